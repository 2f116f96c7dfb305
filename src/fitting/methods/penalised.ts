/** LASSO, elastic net and adaptive LASSO as methods. */
import {
  type LambdaGrid,
  lambdaGrid,
  largestProjectedLambda,
  type PenaltyOptions,
  penaltyFactors,
  projectedPath,
} from "../lasso-path.ts";
import { leaveOneOut } from "../leave-one-out.ts";
import type { Method } from "../method.ts";
import type { LinearProblem } from "../problem.ts";
import type { ProjectedProblem } from "../projection.ts";
import { ridgeSolver } from "./ridge.ts";

export interface PenalisedOptions {
  readonly path?: LambdaGrid;
  readonly standardise?: boolean;
}

/** @param l1Ratio 1 is the LASSO */
export function elasticNet(options: PenalisedOptions, l1Ratio: number): Method {
  const penalty: PenaltyOptions = { standardise: options.standardise };
  const factors = (problem: LinearProblem, projected: ProjectedProblem) =>
    penaltyFactors(problem, projected.penalised, penalty);
  return {
    hyper: "lambda",
    values: (problem, projected) =>
      lambdaGrid(
        positive(largestProjectedLambda(projected, factors(problem, projected), l1Ratio)),
        options.path,
      ),
    fit: (problem, projected, values) =>
      projectedPath(projected, values, factors(problem, projected), l1Ratio).betas,
    leaveOneOut: (problem, values, executor, signal, onFolds) =>
      leaveOneOut(problem, values, executor, penalty, l1Ratio, signal, onFolds),
  };
}

export interface AdaptiveOptions extends PenalisedOptions {
  /** Exponent of the pilot estimate, default 1. */
  readonly gamma?: number;
}

/** Ridge of the pilot fit, as a part of the largest eigenvalue. */
const PILOT_RIDGE = 1e-3;

/**
 * LASSO with the penalty of each column divided by the size of a pilot estimate (ridge regression with 1e-3 of
 * the largest eigenvalue, on the same rows): f_j = (max|b| / |b_j|)^γ.
 * @see Zou, J. Am. Stat. Assoc. 101, 1418 (2006)
 */
export function adaptiveLasso(options: AdaptiveOptions): Method {
  const { gamma = 1 } = options;
  const factors = (problem: LinearProblem, projected: ProjectedProblem) => {
    const base = penaltyFactors(problem, projected.penalised, { standardise: options.standardise });
    const pilot = ridgeSolver(projected, base);
    const size = pilot.solve(PILOT_RIDGE * pilot.largest).map((b, k) => Math.abs(b) * base[k]);
    const largest = size.reduce((a, b) => Math.max(a, b), 0);
    // A size of zero gives an infinite penalty: the column is out.
    return base.map((f, k) => (largest > 0 ? f * (largest / size[k]) ** gamma : f));
  };
  return {
    hyper: "lambda",
    values: (problem, projected) =>
      lambdaGrid(positive(largestProjectedLambda(projected, factors(problem, projected))), options.path),
    fit: (problem, projected, values) =>
      projectedPath(projected, values, factors(problem, projected), 1).betas,
  };
}

/** A target that the unpenalised columns explain leaves no scale for λ; any serves. */
function positive(largest: number): number {
  return largest > 0 ? largest : 1;
}
