/**
 * The second step of the ceria paper: of the terms that a sparse fit selected the dominant ones are kept and
 * refitted by least squares, and the errors are reported against the number kept.
 */
import { EcitonError } from "../core/errors.ts";
import { chooseFrom, scoreFolds } from "./cross-validation.ts";
import { fitFree, type Gauge } from "./gauge.ts";
import { columnScale } from "./lasso-path.ts";
import { otherRows } from "./leave-one-out.ts";
import { dot, OrthogonalBasis } from "./orthogonal.ts";
import { indicesOf, type LinearProblem, predictRows, selectRows, weightedColumn } from "./problem.ts";

export interface RefitOptions {
  /** How many penalised terms to keep. */
  readonly keep?: number;
  /** Keep the terms of at least this size (the same unit as the coefficients, or the effect when so ordered). */
  readonly threshold?: number;
  /** "coefficient": |β_j|, default; "effect": |β_j| times the column's standard deviation. */
  readonly order?: "coefficient" | "effect";
  readonly gauge?: Gauge;
}

/** Errors of the least-squares fit with the `kept` largest terms, weighted (but for the maxima). */
export interface RefitRow {
  readonly kept: number;
  /** Column that this row has more than the one before, or null in the row with none. */
  readonly added: number | null;
  readonly rmse: number;
  readonly mae: number;
  readonly maxError: number;
  /** The same of leave-one-out errors, exact; the selection of terms is that of all rows. */
  readonly cvRmse: number;
  readonly cvMae: number;
  readonly cvMaxError: number;
  /** Standard error of the mean squared leave-one-out error. */
  readonly cvStandardError: number;
}

export interface Refit {
  /** Float64Array(columns), zero for what was not kept. */
  readonly coefficients: Float64Array;
  /** Penalised columns kept, the largest first. */
  readonly kept: readonly number[];
  /** All selected penalised columns, the largest first. */
  readonly order: readonly number[];
  /** For 0, 1, 2, ... all selected terms. */
  readonly table: readonly RefitRow[];
  /** Leave-one-out errors with the terms kept: y_i − prediction without row i. */
  readonly cvErrors: Float64Array;
  readonly chosenBy: "number" | "threshold" | "one-standard-error";
}

/**
 * @param coefficients of the sparse fit, Float64Array(columns): the penalised ones that are not zero compete;
 *   unpenalised columns are always kept
 * @throws {EcitonError} "study" when both a number and a threshold are given, or the number exceeds what was selected
 */
export function refit(problem: LinearProblem, coefficients: Float64Array, options: RefitOptions = {}): Refit {
  const sizes = termSizes(problem, coefficients, options.order ?? "coefficient");
  const order = Array.from(coefficients.keys())
    .filter((j) => !problem.unpenalised[j] && coefficients[j] !== 0)
    .sort((a, b) => sizes[b] - sizes[a] || problem.complexity[a] - problem.complexity[b] || a - b);
  const errors = nestedErrors(problem, order);
  const table = errors.map(({ fit, cv }, kept) => tableRow(problem, order, kept, fit, cv));
  const { number, chosenBy } = choose(order, sizes, table, options);
  const kept = order.slice(0, number);
  const free = [...indicesOf(problem.unpenalised, true), ...kept];
  const refitted = fitFree(problem, new Float64Array(problem.columns), free, options.gauge);
  return { coefficients: refitted, kept, order, table, cvErrors: errors[number].cv, chosenBy };
}

function termSizes(problem: LinearProblem, coefficients: Float64Array, order: "coefficient" | "effect") {
  return coefficients.map((beta, j) =>
    beta === 0 ? 0 : Math.abs(beta) * (order === "effect" ? columnScale(problem, j) : 1),
  );
}

function choose(
  order: readonly number[],
  sizes: Float64Array,
  table: readonly RefitRow[],
  options: RefitOptions,
): { number: number; chosenBy: Refit["chosenBy"] } {
  const { keep, threshold } = options;
  if (keep !== undefined && threshold !== undefined)
    throw new EcitonError(
      "study",
      `fit.refit: expected a number of terms or a threshold, found both (${keep} and ${threshold})`,
      { path: "fit.refit" },
    );
  if (keep !== undefined) {
    if (!Number.isInteger(keep) || keep < 0 || keep > order.length)
      throw new EcitonError(
        "study",
        `fit.refit.keep: expected 0 to ${order.length}, the number of terms the sparse fit selected, found ${keep}`,
        { path: "fit.refit.keep" },
      );
    return { number: keep, chosenBy: "number" };
  }
  if (threshold !== undefined)
    return { number: order.filter((j) => sizes[j] >= threshold).length, chosenBy: "threshold" };
  const { oneStandardError } = chooseFrom({
    mse: Float64Array.from(table, (row) => row.cvRmse ** 2),
    standardError: Float64Array.from(table, (row) => row.cvStandardError),
  });
  return { number: oneStandardError, chosenBy: "one-standard-error" };
}

/** Where 1 − h is smaller the quotient loses digits, or a row alone decides a coefficient: refit instead. */
const ALONE = 1e-6;

/**
 * Residuals and leave-one-out errors of least squares with the first 0, 1, 2, ... terms of the order. One
 * orthonormal basis grows through all of them: residuals and leverages h follow it, and the error of a
 * left-out row is its residual over 1 − h.
 */
function nestedErrors(
  problem: LinearProblem,
  order: readonly number[],
): { fit: Float64Array; cv: Float64Array }[] {
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
    const fit = residual.map((value, i) => value / roots[i]);
    const cv = fit.map((error, i) =>
      rest[i] > ALONE ? error / rest[i] : errorWithout(problem, [...free, ...order.slice(0, kept)], i),
    );
    return { fit, cv };
  });
}

/** Refit without row i, of minimum norm: the row is the only one to sample some combination of the columns. */
function errorWithout(problem: LinearProblem, columns: readonly number[], i: number): number {
  if (problem.rows === 1) return problem.y[0];
  const training = selectRows(problem, otherRows(problem.rows, i));
  const coefficients = fitFree(training, new Float64Array(problem.columns), columns);
  return problem.y[i] - predictRows(selectRows(problem, [i]), coefficients)[0];
}

function tableRow(
  problem: LinearProblem,
  order: readonly number[],
  kept: number,
  fit: Float64Array,
  cv: Float64Array,
): RefitRow {
  const training = errorScores(fit, problem.weights);
  const tested = errorScores(cv, problem.weights);
  return {
    kept,
    added: kept === 0 ? null : order[kept - 1],
    rmse: training.rmse,
    mae: training.mae,
    maxError: training.maxError,
    cvRmse: tested.rmse,
    cvMae: tested.mae,
    cvMaxError: tested.maxError,
    cvStandardError: tested.standardError,
  };
}

/** Weighted scores of one error for each row. */
export function errorScores(errors: Float64Array, weights: Float64Array) {
  const rows = Array.from(errors, (_, i) => ({ rows: Int32Array.of(i), errors: errors.subarray(i, i + 1) }));
  const scores = scoreFolds(rows, weights, 1);
  return {
    rmse: scores.rmse[0],
    mae: scores.mae[0],
    maxError: scores.maxError[0],
    standardError: scores.standardError[0],
  };
}
