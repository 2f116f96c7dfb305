/** Cross-validation of any estimator along its hyper-parameter, and the choice that follows from it. */
import { EcitonError } from "../core/errors.ts";
import type { Executor, MapOptions, TaskContext } from "../exec/executor.ts";
import { createEstimator, type Estimator, type EstimatorOptions, type HyperPath } from "./estimator.ts";
import { type CrossValidationScheme, makeFolds } from "./folds.ts";
import { type FoldProgress, progressOptions, type SparseCoefficients } from "./method.ts";
import { type LinearProblem, selectRows } from "./problem.ts";
import { shareProblem } from "./shared.ts";

/** Everything is weighted by the rows' weights, but for maxError. One number for each hyper-parameter value. */
export interface CrossValidationScores {
  /** Mean squared error. */
  readonly mse: Float64Array;
  /** Standard error of mse, from the spread of the folds' own. */
  readonly standardError: Float64Array;
  readonly rmse: Float64Array;
  readonly mae: Float64Array;
  readonly maxError: Float64Array;
}

export interface CrossValidation extends CrossValidationScores {
  readonly scheme: CrossValidationScheme;
  readonly path: HyperPath;
  readonly folds: readonly FoldErrors[];
  /** Index of the least mean squared error (of equal ones the most regularised). */
  readonly minimum: number;
  /** Index of the strongest regularisation within one standard error of the minimum. */
  readonly oneStandardError: number;
  readonly warnings: readonly string[];
}

export interface FoldErrors {
  /** Rows left out. */
  readonly rows: Int32Array;
  /** errors[k * rows.length + a] = y − prediction of the a-th of these rows at value k. */
  readonly errors: Float64Array;
  /** Penalised coefficients of the fold at the last value. */
  readonly last: SparseCoefficients;
}

interface Payload {
  readonly problem: LinearProblem;
  readonly options: EstimatorOptions;
  readonly values: Float64Array;
  readonly rows: Int32Array;
}

/**
 * Every fold is a fit to its rows alone: merging, standardisation and pilot estimates included.
 * @param path default: the estimator's own for the whole data
 * @throws {EcitonError} "study" for an impossible scheme; "cancelled"; whatever the estimator throws
 */
export async function crossValidate(
  estimator: Estimator,
  problem: LinearProblem,
  scheme: CrossValidationScheme,
  executor: Executor,
  path: HyperPath = estimator.hyperPath(problem),
  signal?: AbortSignal,
  onFolds?: FoldProgress,
): Promise<CrossValidation> {
  const tests = makeFolds(scheme, problem.rows);
  const fast = scheme.kind === "leave-one-out" ? estimator.leaveOneOut : undefined;
  const fits = await fast?.(problem, path.values, executor, signal, onFolds);
  const folds = fits
    ? tests.map((rows, i) => ({ rows, errors: fits.errors[i], last: fits.last[i] }))
    : await refitFolds(estimator, problem, tests, path.values, executor, progressOptions(signal, onFolds));
  const scores = scoreFolds(folds, problem.weights, path.values.length);
  const choice = chooseFrom(scores);
  const warnings = [...(fits?.warnings ?? []), ...endWarnings(path, choice.minimum)];
  return { scheme, path, folds, ...scores, ...choice, warnings };
}

async function refitFolds(
  estimator: Estimator,
  problem: LinearProblem,
  tests: readonly Int32Array[],
  values: Float64Array,
  executor: Executor,
  options: MapOptions,
): Promise<FoldErrors[]> {
  const shared = shareProblem(problem);
  const payloads = tests.map(
    (rows): Payload => ({ problem: shared, options: estimator.options, values, rows }),
  );
  return executor.map<FoldErrors>({ module: import.meta.url, name: "foldTask" }, payloads, options);
}

/** Runs on a thread: one fold. */
export function foldTask(payload: Payload, context: TaskContext): FoldErrors {
  if (Atomics.load(context.cancel, 0) !== 0)
    throw new EcitonError("cancelled", "the cross-validation was interrupted");
  const { problem, options, values, rows } = payload;
  const left = new Set(rows);
  const training = selectRows(
    problem,
    Array.from({ length: problem.rows }, (_, i) => i).filter((i) => !left.has(i)),
  );
  const { fits } = createEstimator(options).fitPath(training, values);
  const errors = new Float64Array(values.length * rows.length);
  fits.forEach(({ coefficients }, k) => {
    rows.forEach((row, a) => {
      let error = problem.y[row];
      for (let j = 0; j < problem.columns; j++)
        if (coefficients[j] !== 0) error -= coefficients[j] * problem.X[j * problem.rows + row];
      errors[k * rows.length + a] = error;
    });
  });
  Atomics.store(context.progress, context.index, 1);
  const { coefficients, selected } = fits[fits.length - 1];
  const last = { columns: selected, values: selected.map((j) => coefficients[j]) };
  return { rows, errors, last };
}

/** @param values number of hyper-parameter values */
export function scoreFolds(
  folds: readonly Pick<FoldErrors, "rows" | "errors">[],
  weights: Float64Array,
  values: number,
): CrossValidationScores {
  const mse = new Float64Array(values);
  const standardError = new Float64Array(values);
  const mae = new Float64Array(values);
  const maxError = new Float64Array(values);
  const sizes = folds.map(({ rows }) => rows.reduce((sum, i) => sum + weights[i], 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (let k = 0; k < values; k++) {
    const sums = folds.map(({ rows, errors }) => {
      let square = 0;
      rows.forEach((i, a) => {
        const error = Math.abs(errors[k * rows.length + a]);
        square += weights[i] * error * error;
        mae[k] += (weights[i] * error) / total;
        maxError[k] = Math.max(maxError[k], error);
      });
      return square;
    });
    mse[k] = sums.reduce((sum, value) => sum + value, 0) / total;
    // Spread of the folds' sums about what their weights would give them.
    const spread = sums.reduce((sum, value, f) => sum + (value - sizes[f] * mse[k]) ** 2, 0);
    const count = folds.length;
    standardError[k] = count > 1 ? Math.sqrt((spread * count) / (count - 1)) / total : 0;
  }
  return { mse, standardError, rmse: mse.map(Math.sqrt), mae, maxError };
}

/** Values must run from the strongest regularisation to the weakest. */
export function chooseFrom(scores: Pick<CrossValidationScores, "mse" | "standardError">): {
  minimum: number;
  oneStandardError: number;
} {
  const { mse, standardError } = scores;
  let minimum = 0;
  for (let k = 1; k < mse.length; k++) if (mse[k] < mse[minimum]) minimum = k;
  const limit = mse[minimum] + standardError[minimum];
  return { minimum, oneStandardError: mse.findIndex((value) => value <= limit) };
}

function endWarnings(path: HyperPath, minimum: number): string[] {
  const { name, values } = path;
  const last = values.length - 1;
  if (values.length < 2 || (minimum > 0 && minimum < last)) return [];
  return [
    minimum === 0
      ? `the cross-validation error is least at the first ${name} of the path (${Number(values[0].toPrecision(4))}): the data support no more than the most regularised model, or the path should begin earlier`
      : `the cross-validation error is least at the last ${name} of the path (${Number(values[last].toPrecision(4))}): let the path reach further`,
  ];
}
