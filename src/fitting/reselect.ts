/**
 * Cross-validation of both steps together. The leave-one-out errors of a refit whose terms were selected with
 * the left-out row in sight are too small; here every row's fold selects and orders its own terms.
 * @see Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2009), section 7.10.2
 */
import type { Executor } from "../exec/executor.ts";
import { crossValidate } from "./cross-validation.ts";
import type { Estimator, HyperPath } from "./estimator.ts";
import { nestedFits, orderTerms, type TermOrder } from "./nested-fits.ts";
import type { LinearProblem } from "./problem.ts";

/**
 * @param path hyper-parameter values up to and including the one that was chosen
 * @param terms largest number of terms kept
 * @returns errors[i][k] = y_i − prediction of row i by the refit with the k largest terms (all of them where
 *   the fold selected fewer) of the fit without row i, k = 0 .. terms
 */
export async function reselectedErrors(
  estimator: Estimator,
  problem: LinearProblem,
  path: HyperPath,
  terms: number,
  executor: Executor,
  order: TermOrder = "coefficient",
  signal?: AbortSignal,
): Promise<Float64Array[]> {
  const { folds } = await crossValidate(
    estimator,
    problem,
    { kind: "leave-one-out" },
    executor,
    path,
    signal,
  );
  return folds.map(({ last }, i) => {
    const coefficients = new Float64Array(problem.columns);
    last.columns.forEach((j, a) => {
      coefficients[j] = last.values[a];
    });
    const fits = nestedFits(problem, orderTerms(problem, coefficients, order, i).slice(0, terms));
    return Float64Array.from({ length: terms + 1 }, (_, k) => fits[Math.min(k, fits.length - 1)].leftOut(i));
  });
}
