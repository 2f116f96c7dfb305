/**
 * CUR selection of columns: those columns of a matrix X from which the others follow best, one after the other. In each step
 * the column with the largest leverage score
 *   π_c = Σ_{j ≤ k} v_j,c²     v_j: right singular vectors of X to the k largest singular values
 * is taken, and all columns are made orthogonal to it. With k = 1 the steps are deterministic and use each column once.
 * Only XᵀX is needed: its eigenvectors are the v_j, and orthogonal columns are a step of its Cholesky factorisation.
 * @see Imbalzano, Anelli, Giofré, Klees, Behler, Ceriotti, J. Chem. Phys. 148, 241730 (2018); Mahoney, Drineas, PNAS 106,
 *   697 (2009)
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

export interface CurSelection {
  /** Columns in the order in which they were taken. */
  readonly order: readonly number[];
  /** Of tr XᵀX, the part that does not follow linearly from the columns up to each. */
  readonly unexplained: readonly number[];
  /** Float64Array(columns): of each column's own square, the part that does not follow from those taken. */
  readonly residuals: Float64Array;
}

/** Squares below this part of the column's own are rounding: it depends on those taken. */
const DEPENDENT = 1e-12;
/** Leverage scores that differ by less are equal, so that rounding does not choose; the first column is taken. */
const EQUAL = 1e-9;

/**
 * @param gram Float64Array(columns²), XᵀX; not modified
 * @param most columns to take; fewer where the rest depends on them linearly
 * @param rank k
 */
export function curSelection(gram: Float64Array, columns: number, most: number, rank = 1): CurSelection {
  const rest = gram.slice();
  const square = (c: number) => gram[c * columns + c];
  const left = (c: number) => rest[c * columns + c];
  const trace = Array.from({ length: columns }, (_, c) => square(c)).reduce((sum, x) => sum + x, 0);
  let free = Array.from({ length: columns }, (_, c) => c);
  const order: number[] = [];
  const unexplained: number[] = [];
  while (order.length < most) {
    free = free.filter((c) => left(c) > DEPENDENT * square(c));
    if (free.length === 0) break;
    const scores = leverageScores(rest, columns, free, rank);
    const highest = Math.max(...scores);
    const taken = free[scores.findIndex((score) => score >= highest * (1 - EQUAL))];
    order.push(taken);
    orthogonalise(rest, columns, taken);
    free = free.filter((c) => c !== taken);
    unexplained.push(free.reduce((sum, c) => sum + Math.max(0, left(c)), 0) / trace);
  }
  const residuals = Float64Array.from({ length: columns }, (_, c) =>
    square(c) > 0 ? Math.max(0, left(c)) / square(c) : 0,
  );
  return { order, unexplained, residuals };
}

/** Of the columns `free` of X, whose other columns are left out. */
function leverageScores(
  gram: Float64Array,
  columns: number,
  free: readonly number[],
  rank: number,
): Float64Array {
  const part = new Matrix(free.map((a) => free.map((b) => gram[a * columns + b])));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(part, { assumeSymmetric: true });
  const largest = realEigenvalues
    .map((value, j) => ({ value, j }))
    .sort((a, b) => b.value - a.value)
    .slice(0, rank);
  return Float64Array.from(free, (_, c) =>
    largest.reduce((sum, { j }) => sum + eigenvectorMatrix.get(c, j) ** 2, 0),
  );
}

/** x_c ← x_c − x_t (x_t·x_c)/(x_t·x_t) for all columns, x_t itself becoming 0. */
function orthogonalise(gram: Float64Array, columns: number, taken: number): void {
  const along = gram.slice(taken * columns, (taken + 1) * columns);
  const square = along[taken];
  for (let a = 0; a < columns; a++) {
    const part = along[a] / square;
    for (let b = 0; b < columns; b++) gram[a * columns + b] -= part * along[b];
  }
  for (let a = 0; a < columns; a++) gram[a * columns + taken] = gram[taken * columns + a] = 0;
}
