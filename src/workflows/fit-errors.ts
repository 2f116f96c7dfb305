/** Errors of a fit in the unit of the report, training and cross-validated. */
import type { FoldErrors } from "../fitting/cross-validation.ts";
import { predictRows } from "../fitting/problem.ts";
import type { FitResult } from "./fit.ts";
import type { FitProblem } from "./fit-problem.ts";

export interface ErrorSizes {
  readonly rmse: number;
  readonly mae: number;
  readonly max: number;
}

/** Errors of one model: residuals on the rows of the fit, and errors on rows left out. */
export interface ModelErrors {
  readonly training: Float64Array;
  /** Mean over the folds that left a row out; NaN never: rows that no fold left out are not listed. */
  readonly cv: ReadonlyMap<number, number>;
  readonly trainingSizes: ErrorSizes;
  readonly cvSizes: ErrorSizes;
}

/** Weighted root mean square, weighted mean magnitude and largest magnitude; rows with scale 0 do not count. */
function sizes(errors: Iterable<readonly [row: number, error: number]>, setup: FitProblem): ErrorSizes {
  const { errorScale, problem } = setup;
  let square = 0;
  let magnitude = 0;
  let max = 0;
  let total = 0;
  for (const [row, error] of errors) {
    if (errorScale[row] === 0) continue;
    const scaled = Math.abs(error) * errorScale[row];
    const weight = problem.weights[row];
    square += weight * scaled * scaled;
    magnitude += weight * scaled;
    max = Math.max(max, scaled);
    total += weight;
  }
  return total === 0
    ? { rmse: 0, mae: 0, max: 0 }
    : { rmse: Math.sqrt(square / total), mae: magnitude / total, max };
}

/** Errors of the sparse fit at one value of its hyper-parameter. */
export function errorsAt(
  { setup, path, cv }: Pick<FitResult, "setup" | "path" | "cv">,
  index: number,
): ModelErrors {
  return collect(setup, path.fits[index].coefficients, foldErrors(cv.folds, index));
}

/** Errors of the least-squares refit, each left-out row with its own selection of terms where the method allows it. */
export function refitErrors({ setup, refit }: Pick<FitResult, "setup" | "refit">): ModelErrors {
  return collect(
    setup,
    refit!.coefficients,
    Array.from(refit!.honestErrors, (error, row) => [row, error]),
  );
}

function collect(setup: FitProblem, coefficients: Float64Array, left: [number, number][]): ModelErrors {
  const fitted = predictRows(setup.problem, coefficients);
  const training = setup.problem.y.map((y, i) => y - fitted[i]);
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [row, error] of left) {
    const known = sums.get(row) ?? { sum: 0, count: 0 };
    sums.set(row, { sum: known.sum + error, count: known.count + 1 });
  }
  return {
    training,
    cv: new Map([...sums].map(([row, { sum, count }]) => [row, sum / count])),
    trainingSizes: sizes(training.entries(), setup),
    cvSizes: sizes(left, setup),
  };
}

function foldErrors(folds: readonly FoldErrors[], index: number): [number, number][] {
  return folds.flatMap(({ rows, errors }) =>
    Array.from(rows, (row, a): [number, number] => [row, errors[index * rows.length + a]]),
  );
}

/** Weighted root mean square cross-validation error at every value, in the unit of the report, with its standard error. */
export function cvCurve({
  setup,
  cv,
}: Pick<FitResult, "setup" | "cv">): { rmse: number; standardError: number }[] {
  return Array.from(cv.path.values, (_, k) => {
    const squares = foldErrors(cv.folds, k)
      .filter(([row]) => setup.errorScale[row] > 0)
      .map(([row, error]) => ({
        weight: setup.problem.weights[row],
        square: (error * setup.errorScale[row]) ** 2,
      }));
    const n = squares.length;
    const total = squares.reduce((sum, { weight }) => sum + weight, 0);
    const mean = squares.reduce((sum, { weight, square }) => sum + weight * square, 0) / total;
    const spread = squares.reduce((sum, { weight, square }) => sum + (weight * (square - mean)) ** 2, 0);
    const rmse = Math.sqrt(mean);
    const error = n > 1 ? Math.sqrt((spread * n) / (n - 1)) / total : 0;
    return { rmse, standardError: rmse === 0 ? 0 : error / (2 * rmse) };
  });
}
