/** What a regression method has to provide; the rest (merging, projection, completion) is the same for all. */
import type { Executor, MapOptions } from "../exec/executor.ts";
import type { LinearProblem } from "./problem.ts";
import type { ProjectedProblem } from "./projection.ts";

/**
 * A regression method with one hyper-parameter. The problem is reduced (no zero and no proportional columns
 * among the penalised ones) and projected (the unpenalised columns are gone).
 */
export interface Method {
  /** Name of the hyper-parameter. */
  readonly hyper: string;
  /** Its values for these data, from the strongest regularisation to the weakest. */
  values(problem: LinearProblem, projected: ProjectedProblem): Float64Array;
  /** Coefficients of the penalised columns at each value. */
  fit(problem: LinearProblem, projected: ProjectedProblem, values: Float64Array): Float64Array[];
  /** Where there is a way faster than refits. */
  leaveOneOut?(
    problem: LinearProblem,
    values: Float64Array,
    executor: Executor,
    signal?: AbortSignal,
    onFolds?: FoldProgress,
  ): Promise<LeaveOneOutFits>;
}

/** Told a few times a second how many folds are done. */
export type FoldProgress = (done: number) => void;

/** The coefficients that are not zero. */
export interface SparseCoefficients {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

export interface LeaveOneOutFits {
  /** errors[i][k] = y_i − prediction of row i by the fit without it at value k, exact. */
  readonly errors: readonly Float64Array[];
  /** Penalised coefficients of each fold at the last value. */
  readonly last: readonly SparseCoefficients[];
  readonly warnings: readonly string[];
}

/** Tasks count their folds in their own slots; whoever watches wants the sum. */
export function progressOptions(signal?: AbortSignal, onFolds?: FoldProgress): MapOptions {
  return { signal, onProgress: onFolds && ((slots) => onFolds(slots.reduce((sum, done) => sum + done, 0))) };
}

/** Projected column k without the padding. */
export function projectedColumn(projected: ProjectedProblem, k: number): Float64Array {
  const start = k * projected.stride;
  return projected.X.subarray(start, start + projected.rows);
}

export function projectedTarget(projected: ProjectedProblem): Float64Array {
  return projected.y.subarray(0, projected.rows);
}

/**
 * Length of every projected column; exactly zero where the unpenalised columns explain all of it and only
 * rounding is left.
 */
export function projectedLengths(projected: ProjectedProblem): Float64Array {
  return Float64Array.from({ length: projected.columns }, (_, k) => {
    let sum = 0;
    for (const value of projectedColumn(projected, k)) sum += value * value;
    return sum > 1e-18 * projected.lengths[k] ? Math.sqrt(sum) : 0;
  });
}
