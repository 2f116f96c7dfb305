/** "8 × 8 × 1", or the rows of a matrix: "(2 0 0) (-1 2 0) (0 0 1)". */
export function supercellText(matrix: readonly number[]): string {
  const rows = matrix.length === 9 ? [matrix.slice(0, 3), matrix.slice(3, 6), matrix.slice(6)] : [];
  return matrix.length === 3 ? matrix.join(" × ") : rows.map((row) => `(${row.join(" ")})`).join(" ");
}
