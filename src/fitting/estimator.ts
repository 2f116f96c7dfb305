/** Every regression method behind one interface; an estimator is made from plain data, so threads can make it too. */
import { EcitonError } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";
import { type Alias, expandCoefficients, reduceProblem } from "./duplicates.ts";
import type { Gauge } from "./gauge.ts";
import type { FoldProgress, LeaveOneOutFits, Method } from "./method.ts";
import { type ArdOptions, automaticRelevance } from "./methods/ard.ts";
import {
  type EliminationOptions,
  ordinaryLeastSquares,
  orthogonalMatchingPursuit,
  type PursuitOptions,
  recursiveElimination,
} from "./methods/least-squares.ts";
import {
  type AdaptiveOptions,
  adaptiveLasso,
  elasticNet,
  type PenalisedOptions,
} from "./methods/penalised.ts";
import { type RidgeOptions, ridge } from "./methods/ridge.ts";
import { type LinearProblem, predictRows } from "./problem.ts";
import { completeCoefficients, projectProblem } from "./projection.ts";

export const methodNames = [
  "ordinary-least-squares",
  "ridge",
  "lasso",
  "elastic-net",
  "adaptive-lasso",
  "orthogonal-matching-pursuit",
  "ard",
  "recursive-elimination",
] as const;

export type MethodName = (typeof methodNames)[number];

export type EstimatorOptions =
  | { readonly method: "ordinary-least-squares" }
  | ({ readonly method: "ridge" } & RidgeOptions)
  | ({ readonly method: "lasso" } & PenalisedOptions)
  /** l1Ratio in (0, 1], default 0.5. */
  | ({ readonly method: "elastic-net"; readonly l1Ratio?: number } & PenalisedOptions)
  | ({ readonly method: "adaptive-lasso" } & AdaptiveOptions)
  | ({ readonly method: "orthogonal-matching-pursuit" } & PursuitOptions)
  | ({ readonly method: "ard" } & ArdOptions)
  | ({ readonly method: "recursive-elimination" } & EliminationOptions);

/** Values of the one hyper-parameter, from the strongest regularisation to the weakest. */
export interface HyperPath {
  /** "lambda", "columns", "threshold", or "none" for ordinary least squares (which has one value). */
  readonly name: string;
  readonly values: Float64Array;
}

export interface Fit {
  /** Float64Array(columns): zero for unsampled, merged and unselected columns. */
  readonly coefficients: Float64Array;
  /** Hyper-parameter. */
  readonly value: number;
  /** Penalised columns with a coefficient that is not zero. */
  readonly selected: readonly number[];
  /** Weighted root mean square of the residuals on the rows of the fit. */
  readonly rmse: number;
}

export interface PathFit {
  readonly fits: readonly Fit[];
  readonly unsampled: readonly number[];
  readonly aliases: readonly Alias[];
}

export interface Estimator {
  readonly options: EstimatorOptions;
  /** The values to choose from for these data. */
  hyperPath(problem: LinearProblem): HyperPath;
  /**
   * One fit for every value, all columns of the problem in their order.
   * @param gauge fixes coefficients of unpenalised columns that the data leave open
   */
  fitPath(problem: LinearProblem, values: Float64Array, gauge?: Gauge): PathFit;
  /** Exact, where the method has a way faster than refits. */
  leaveOneOut?(
    problem: LinearProblem,
    values: Float64Array,
    executor: Executor,
    signal?: AbortSignal,
    onFolds?: FoldProgress,
  ): Promise<LeaveOneOutFits>;
}

/** @throws {EcitonError} "study" for options out of range */
export function createEstimator(options: EstimatorOptions): Estimator {
  const method = methodFor(options);
  const fast = method.leaveOneOut;
  return {
    options,
    hyperPath: (problem) => {
      const { problem: reduced } = reduceProblem(problem);
      return { name: method.hyper, values: method.values(reduced, projectProblem(reduced)) };
    },
    fitPath: (problem, values, gauge) => {
      const reduced = reduceProblem(problem);
      const projected = projectProblem(reduced.problem);
      const betas = method.fit(reduced.problem, projected, values);
      const fits = betas.map((beta, k) => {
        const own = completeCoefficients(reduced.problem, projected, beta, gauge);
        const coefficients = expandCoefficients(reduced, own, problem.columns);
        return describe(problem, coefficients, values[k]);
      });
      return { fits, unsampled: reduced.unsampled, aliases: reduced.aliases };
    },
    leaveOneOut:
      fast &&
      (async (problem, ...rest) => {
        const reduced = reduceProblem(problem);
        const { last, ...others } = await fast(reduced.problem, ...rest);
        const original = last.map(({ columns, values }) => ({
          columns: columns.map((j) => reduced.kept[j]),
          values,
        }));
        return { ...others, last: original };
      }),
  };
}

function methodFor(options: EstimatorOptions): Method {
  switch (options.method) {
    case "ordinary-least-squares":
      return ordinaryLeastSquares();
    case "ridge":
      return ridge(options);
    case "lasso":
      return elasticNet(options, 1);
    case "elastic-net": {
      const { l1Ratio = 0.5 } = options;
      if (!(l1Ratio > 0 && l1Ratio <= 1))
        throw new EcitonError("study", `fit.l1Ratio: expected a number in (0, 1], found ${l1Ratio}`, {
          path: "fit.l1Ratio",
        });
      return elasticNet(options, l1Ratio);
    }
    case "adaptive-lasso":
      return adaptiveLasso(options);
    case "orthogonal-matching-pursuit":
      return orthogonalMatchingPursuit(options);
    case "ard":
      return automaticRelevance(options);
    case "recursive-elimination":
      return recursiveElimination(options);
    default:
      return options satisfies never;
  }
}

function describe(problem: LinearProblem, coefficients: Float64Array, value: number): Fit {
  const fitted = predictRows(problem, coefficients);
  let square = 0;
  let total = 0;
  for (let i = 0; i < problem.rows; i++) {
    square += problem.weights[i] * (problem.y[i] - fitted[i]) ** 2;
    total += problem.weights[i];
  }
  const rmse = Math.sqrt(square / total);
  const bad = coefficients.findIndex((c) => !Number.isFinite(c));
  if (bad >= 0 || !Number.isFinite(rmse))
    throw new EcitonError(
      "not-converged",
      `the fit at ${value} gave ${coefficients[bad]} for ${problem.names[bad]}, root mean square ${rmse}`,
    );
  const selected = Array.from(coefficients.keys()).filter(
    (j) => !problem.unpenalised[j] && coefficients[j] !== 0,
  );
  return { coefficients, value, selected, rmse };
}
