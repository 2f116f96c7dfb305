/** Minimises a function of many coordinates; relax.ts does it for atoms. */
import { EcitonError } from "../../core/errors.ts";
import { descend } from "./descend.ts";
import { fire } from "./fire.ts";
import type { MinimiseResult, MinimiseSettings } from "./minimise-settings.ts";
import type { Objective } from "./objective.ts";

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
