/**
 * The second step of the ceria paper: of the terms that a sparse fit selected the dominant ones are kept and
 * refitted by least squares, and the errors are reported against the number kept.
 */
import { EcitonError } from "../core/errors.ts";
import { chooseFrom, scoreFolds } from "./cross-validation.ts";
import { fitFree, type Gauge } from "./gauge.ts";
import { nestedFits, orderTerms, type TermOrder, termSizes } from "./nested-fits.ts";
import { indicesOf, type LinearProblem } from "./problem.ts";

export interface RefitOptions {
  /** How many penalised terms to keep. */
  readonly keep?: number;
  /** Keep the terms of at least this size (the same unit as the coefficients, or the effect when so ordered). */
  readonly threshold?: number;
  /** Default "coefficient". */
  readonly order?: TermOrder;
  /** errors[i][k] from reselectedErrors; with them the automatic choice is made on honest errors. */
  readonly reselected?: readonly Float64Array[];
  readonly gauge?: Gauge;
}

/** Weighted by the rows' weights, but for the maximum. */
export interface ErrorScores {
  readonly rmse: number;
  readonly mae: number;
  readonly maxError: number;
  /** Standard error of the mean squared error. */
  readonly standardError: number;
}

/** Errors of the least-squares fit with the `kept` largest terms. */
export interface RefitRow {
  readonly kept: number;
  /** Column that this row has more than the one before, or null in the row with none. */
  readonly added: number | null;
  readonly rmse: number;
  readonly mae: number;
  readonly maxError: number;
  /** The same of exact leave-one-out errors of the refit; the terms are those that all rows selected. */
  readonly cvRmse: number;
  readonly cvMae: number;
  readonly cvMaxError: number;
  readonly cvStandardError: number;
  /**
   * The same with the terms selected and ordered anew without the row: free of the optimism of the former.
   * Null unless the options brought such errors.
   */
  readonly reselected: ErrorScores | null;
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
  const rule = options.order ?? "coefficient";
  const sizes = termSizes(problem, coefficients, rule);
  const order = orderTerms(problem, coefficients, rule);
  const errors = nestedFits(problem, order).map((fit) => ({
    fit: fit.residuals,
    cv: fit.residuals.map((_, i) => fit.leftOut(i)),
  }));
  const table = errors.map(({ fit, cv }, kept) =>
    tableRow(problem, order, kept, fit, cv, options.reselected),
  );
  const { number, chosenBy } = choose(order, sizes, table, options);
  const kept = order.slice(0, number);
  const free = [...indicesOf(problem.unpenalised, true), ...kept];
  const refitted = fitFree(problem, new Float64Array(problem.columns), free, options.gauge);
  return { coefficients: refitted, kept, order, table, cvErrors: errors[number].cv, chosenBy };
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
    mse: Float64Array.from(table, (row) => (row.reselected?.rmse ?? row.cvRmse) ** 2),
    standardError: Float64Array.from(table, (row) => row.reselected?.standardError ?? row.cvStandardError),
  });
  return { number: oneStandardError, chosenBy: "one-standard-error" };
}

function tableRow(
  problem: LinearProblem,
  order: readonly number[],
  kept: number,
  fit: Float64Array,
  cv: Float64Array,
  reselected: readonly Float64Array[] | undefined,
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
    reselected: reselected
      ? errorScores(
          Float64Array.from(reselected, (errors) => errors[Math.min(kept, errors.length - 1)]),
          problem.weights,
        )
      : null,
  };
}

/** Weighted scores of one error for each row. */
export function errorScores(errors: Float64Array, weights: Float64Array): ErrorScores {
  const rows = Array.from(errors, (_, i) => ({ rows: Int32Array.of(i), errors: errors.subarray(i, i + 1) }));
  const scores = scoreFolds(rows, weights, 1);
  return {
    rmse: scores.rmse[0],
    mae: scores.mae[0],
    maxError: scores.maxError[0],
    standardError: scores.standardError[0],
  };
}
