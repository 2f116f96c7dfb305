/**
 * Least squares with the first 0, 1, 2, ... of a sequence of columns beside the unpenalised ones. One
 * orthonormal basis grows through all of them: residuals r and leverages h follow it, and the error of a row
 * that is left out is r/(1 − h).
 */
import { fitFree } from "./gauge.ts";
import { columnScale } from "./lasso-path.ts";
import { dot, OrthogonalBasis } from "./orthogonal.ts";
import {
  indicesOf,
  type LinearProblem,
  otherRows,
  predictRows,
  selectRows,
  weightedColumn,
} from "./problem.ts";

/** Where 1 − h is smaller the quotient loses digits, or a row alone decides a coefficient: refit instead. */
const ALONE = 1e-6;

/** "coefficient": |β_j|; "effect": |β_j| times the column's standard deviation. */
export type TermOrder = "coefficient" | "effect";

/** @param leftOut a row that does not count, or -1 */
export function termSizes(
  problem: LinearProblem,
  coefficients: Float64Array,
  order: TermOrder,
  leftOut = -1,
): Float64Array {
  return coefficients.map((beta, j) =>
    beta === 0 ? 0 : Math.abs(beta) * (order === "effect" ? columnScale(problem, j, leftOut) : 1),
  );
}

/** Penalised columns with a coefficient that is not zero, the largest first; of equal ones the simplest. */
export function orderTerms(
  problem: LinearProblem,
  coefficients: Float64Array,
  order: TermOrder,
  leftOut = -1,
): number[] {
  const sizes = termSizes(problem, coefficients, order, leftOut);
  return Array.from(coefficients.keys())
    .filter((j) => !problem.unpenalised[j] && coefficients[j] !== 0)
    .sort((a, b) => sizes[b] - sizes[a] || problem.complexity[a] - problem.complexity[b] || a - b);
}

export interface NestedFit {
  /** y_i − fitted value, for every row. */
  readonly residuals: Float64Array;
  /** y_i − prediction of row i by the fit to the other rows with the same columns. */
  leftOut(i: number): number;
}

/** For 0, 1, 2, ... order.length columns. */
export function nestedFits(problem: LinearProblem, order: readonly number[]): NestedFit[] {
  const roots = problem.weights.map(Math.sqrt);
  const basis = new OrthogonalBasis();
  const residual = problem.y.map((value, i) => value * roots[i]);
  const rest = new Float64Array(problem.rows).fill(1);
  const include = (j: number) => {
    if (basis.add(weightedColumn(problem.X, j, roots)) === 0) return;
    const q = basis.vectors[basis.vectors.length - 1];
    for (let pass = 0; pass < 2; pass++) {
      const c = dot(q, residual);
      for (let i = 0; i < q.length; i++) residual[i] -= c * q[i];
    }
    for (let i = 0; i < q.length; i++) rest[i] -= q[i] * q[i];
  };
  const free = indicesOf(problem.unpenalised, true);
  free.forEach(include);
  return Array.from({ length: order.length + 1 }, (_, kept) => {
    if (kept > 0) include(order[kept - 1]);
    const residuals = residual.map((value, i) => value / roots[i]);
    const left = rest.slice();
    return {
      residuals,
      leftOut: (i) =>
        left[i] > ALONE
          ? residuals[i] / left[i]
          : errorWithout(problem, [...free, ...order.slice(0, kept)], i),
    };
  });
}

/** Refit without row i, of minimum norm: the row is the only one to sample some combination of the columns. */
function errorWithout(problem: LinearProblem, columns: readonly number[], i: number): number {
  if (problem.rows === 1) return problem.y[0];
  const training = selectRows(problem, otherRows(problem.rows, i));
  const coefficients = fitFree(training, new Float64Array(problem.columns), columns);
  return problem.y[i] - predictRows(selectRows(problem, [i]), coefficients)[0];
}
