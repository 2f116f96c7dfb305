/** Small linear algebra: 3x3 matrices as flat row-major arrays of nine, vectors as arrays of three. */

export type Vec3 = [number, number, number];
/** Row-major 3x3; as a cell, row i is lattice vector i. */
export type Mat3 = [number, number, number, number, number, number, number, number, number];

export function det3(m: ArrayLike<number>): number {
  return (
    m[0] * (m[4] * m[8] - m[5] * m[7]) -
    m[1] * (m[3] * m[8] - m[5] * m[6]) +
    m[2] * (m[3] * m[7] - m[4] * m[6])
  );
}

/** Inverse of a 3x3 matrix. A singular matrix gives non-finite numbers: test the determinant first. */
export function inv3(m: ArrayLike<number>): Mat3 {
  const d = 1 / det3(m);
  return [
    (m[4] * m[8] - m[5] * m[7]) * d,
    (m[2] * m[7] - m[1] * m[8]) * d,
    (m[1] * m[5] - m[2] * m[4]) * d,
    (m[5] * m[6] - m[3] * m[8]) * d,
    (m[0] * m[8] - m[2] * m[6]) * d,
    (m[2] * m[3] - m[0] * m[5]) * d,
    (m[3] * m[7] - m[4] * m[6]) * d,
    (m[1] * m[6] - m[0] * m[7]) * d,
    (m[0] * m[4] - m[1] * m[3]) * d,
  ];
}

export function mul3(a: ArrayLike<number>, b: ArrayLike<number>): Mat3 {
  const out = new Array(9) as Mat3;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
  return out;
}

export function transpose3(m: ArrayLike<number>): Mat3 {
  return [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
}

/** v M for a row vector: with rows as lattice vectors, fractional to Cartesian. */
export function rowTimes(v: ArrayLike<number>, m: ArrayLike<number>): Vec3 {
  return [
    v[0] * m[0] + v[1] * m[3] + v[2] * m[6],
    v[0] * m[1] + v[1] * m[4] + v[2] * m[7],
    v[0] * m[2] + v[1] * m[5] + v[2] * m[8],
  ];
}

export function cross(a: ArrayLike<number>, b: ArrayLike<number>): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function norm3(v: ArrayLike<number>): number {
  return Math.hypot(v[0], v[1], v[2]);
}

/** Distance between opposite faces of the cell along each lattice vector. */
export function faceSpacings(cell: ArrayLike<number>): Vec3 {
  const rows = [0, 3, 6].map((i) => [cell[i], cell[i + 1], cell[i + 2]]);
  const volume = Math.abs(det3(cell));
  return [0, 1, 2].map((i) => volume / norm3(cross(rows[(i + 1) % 3], rows[(i + 2) % 3]))) as Vec3;
}

/** Non-negative remainder for integers. */
export function modulo(a: number, n: number): number {
  const r = a % n;
  // -5 % 5 is -0, which + 0 makes 0.
  return r < 0 ? r + n : r + 0;
}

/**
 * Hermite normal form of an integer matrix with row vectors: the same lattice of row combinations, lower
 * triangular, positive diagonal, entries below it reduced to 0 .. diagonal-1. Any integer row vector is
 * then brought into the cell by clearing columns from the last to the first.
 */
export function hermiteNormalForm(matrix: ArrayLike<number>): Mat3 {
  const m = Array.from(matrix) as Mat3;
  const addRow = (target: number, source: number, factor: number) => {
    for (let k = 0; k < 3; k++) m[3 * target + k] -= factor * m[3 * source + k];
  };
  const swapRows = (a: number, b: number) => {
    for (let k = 0; k < 3; k++) [m[3 * a + k], m[3 * b + k]] = [m[3 * b + k], m[3 * a + k]];
  };
  for (let column = 2; column >= 0; column--) {
    // Euclid on rows 0..column until only the row `column` has an entry in this column.
    for (let row = column - 1; row >= 0; row--) {
      while (m[3 * row + column] !== 0) {
        addRow(column, row, Math.trunc(m[3 * column + column] / m[3 * row + column]));
        swapRows(row, column);
      }
    }
    if (m[3 * column + column] < 0) for (let k = 0; k < 3; k++) m[3 * column + k] = -m[3 * column + k];
  }
  for (let column = 2; column >= 0; column--)
    for (let row = column + 1; row < 3; row++)
      addRow(row, column, Math.floor(m[3 * row + column] / m[3 * column + column]));
  // -0 would spoil comparisons by Object.is
  for (let i = 0; i < 9; i++) m[i] += 0;
  return m;
}
