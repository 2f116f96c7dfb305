/** Minimises a function of many coordinates; relax.ts does it for atoms. */
import { EcitonError } from "../../core/errors.ts";
import { descend } from "./descend.ts";
import { fire } from "./fire.ts";
import type { Objective } from "./objective.ts";
import type { MinimiserName, RelaxResult } from "./relax-settings.ts";

export interface MinimiseSettings {
  readonly method: MinimiserName;
  /** Ends where the residual of the objective is no more; null: not looked at. */
  readonly residualTolerance: number | null;
  /** Ends where a step changed the value by less; null: not looked at. */
  readonly valueTolerance: number | null;
  /** At least 1. */
  readonly maxEvaluations: number;
  /** Longest move of one block of coordinates in one step. */
  readonly maxStep: number;
}

/** How far a minimisation has come. */
export interface Progress {
  steps: number;
  evaluations: number;
}

export interface MinimiseResult extends Readonly<Progress> {
  readonly value: number;
  /** Float64Array(size), at the end. */
  readonly gradient: Float64Array;
  readonly residual: number;
  readonly ended: RelaxResult["ended"];
}

/**
 * Goes down from x to a minimum nearby.
 * @param x Float64Array(size): where to begin; at the end the lowest point seen (to the rounding of the value), after an
 *   error the last one that was accepted
 * @throws {EcitonError} "study" for bfgs with more coordinates than MAX_DENSE; what the objective throws, with the step
 */
export function minimise(objective: Objective, x: Float64Array, settings: MinimiseSettings): MinimiseResult {
  const progress = { steps: 0, evaluations: 0 };
  try {
    if (settings.method === "fire") return fire(objective, x, settings, progress);
    return descend(objective, settings.method, x, settings, progress);
  } catch (error) {
    if (!(error instanceof EcitonError) || progress.evaluations === 0) throw error;
    const { steps, evaluations } = progress;
    throw new EcitonError(
      error.code,
      `${error.message} (step ${steps + 1} of ${settings.method}, evaluation ${evaluations + 1})`,
      { ...error.details, step: steps + 1, evaluation: evaluations + 1 },
      error,
    );
  }
}
