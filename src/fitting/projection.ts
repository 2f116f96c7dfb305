/**
 * Unpenalised columns leave the problem: with Q an orthonormal basis of √w·U,
 *   min over β, γ of ½‖√w(y − Xβ − Uγ)‖² + penalty(β)
 * is the same as the problem in β alone with X̃ = (1 − QQᵀ)√wX and ỹ = (1 − QQᵀ)√wy. γ follows afterwards by
 * least squares, of minimum norm where the columns of U depend on each other.
 */
import { type Gauge, solveUnpenalised } from "./gauge.ts";
import { OrthogonalBasis } from "./orthogonal.ts";
import { indicesOf, type LinearProblem, weightedColumn } from "./problem.ts";

export interface ProjectedProblem {
  readonly rows: number;
  /** Length of a stored column: rows rounded up to a multiple of 4, zero beyond the data. */
  readonly stride: number;
  /** Number of penalised columns. */
  readonly columns: number;
  /** Float64Array(stride × columns): √w·X without its part in the span of the unpenalised columns. */
  readonly X: Float64Array;
  /** Float64Array(stride) */
  readonly y: Float64Array;
  /** Float64Array(columns): ‖√w x_j‖² before projection, the scale against which zero is told. */
  readonly lengths: Float64Array;
  /** Float64Array(rows × rank): the basis Q, vector after vector. */
  readonly basis: Float64Array;
  readonly totalWeight: number;
  /** Column of the original problem for every penalised column. */
  readonly penalised: readonly number[];
}

export function strideOf(rows: number): number {
  return (rows + 3) & ~3;
}

export function projectProblem(problem: LinearProblem): ProjectedProblem {
  const { rows, X } = problem;
  const roots = problem.weights.map(Math.sqrt);
  const basis = new OrthogonalBasis();
  for (const j of indicesOf(problem.unpenalised, true)) basis.add(weightedColumn(X, j, roots));
  const penalised = indicesOf(problem.unpenalised, false);
  const stride = strideOf(rows);
  const projected = new Float64Array(stride * penalised.length);
  const lengths = new Float64Array(penalised.length);
  penalised.forEach((j, k) => {
    const column = weightedColumn(X, j, roots);
    for (const value of column) lengths[k] += value * value;
    basis.project(column);
    projected.set(column, k * stride);
  });
  const y = new Float64Array(stride);
  const target = problem.y.map((value, i) => value * roots[i]);
  basis.project(target);
  y.set(target);
  const flat = new Float64Array(rows * basis.vectors.length);
  basis.vectors.forEach((q, a) => {
    flat.set(q, a * rows);
  });
  const totalWeight = problem.weights.reduce((sum, w) => sum + w, 0);
  return {
    rows,
    stride,
    columns: penalised.length,
    X: projected,
    y,
    lengths,
    basis: flat,
    totalWeight,
    penalised,
  };
}

/** All coefficients of the problem from those of its penalised columns. */
export function completeCoefficients(
  problem: LinearProblem,
  projected: Pick<ProjectedProblem, "penalised">,
  beta: ArrayLike<number>,
  gauge?: Gauge,
): Float64Array {
  const coefficients = new Float64Array(problem.columns);
  projected.penalised.forEach((j, k) => {
    coefficients[j] = beta[k];
  });
  return solveUnpenalised(problem, coefficients, gauge);
}
