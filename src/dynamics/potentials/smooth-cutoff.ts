/** Ends of interactions that leave energies, forces and their slopes continuous. */
import { EcitonError } from "../../core/errors.ts";
import type { ValueAndSlope } from "./embedded-atoms.ts";

/** Interactions are whole up to from_A and none from to_A on. */
export interface SmoothCutoff {
  readonly from_A: number;
  readonly to_A: number;
}

/** @throws {EcitonError} "data" unless 0 < from_A < to_A, both finite */
export function checkCutoff({ from_A: from, to_A: to }: SmoothCutoff): void {
  if (!(from > 0 && from < to && Number.isFinite(to)))
    throw new EcitonError(
      "data",
      `cut-off: expected 0 < from_A < to_A, found from_A ${from} and to_A ${to}`,
      { from, to },
    );
}

/**
 * A function times S(r) = 1 - 10 t³ + 15 t⁴ - 6 t⁵, t = (r - from) / (to - from) kept within 0 and 1: two continuous
 * derivatives everywhere.
 * @param cutoff null leaves the function as it is
 */
export function cutOff([value, slope]: ValueAndSlope, r: number, cutoff: SmoothCutoff | null): ValueAndSlope {
  if (cutoff === null || r <= cutoff.from_A) return [value, slope];
  if (r >= cutoff.to_A) return [0, 0];
  const width = cutoff.to_A - cutoff.from_A;
  const t = (r - cutoff.from_A) / width;
  const s = 1 + t * t * t * (t * (15 - 6 * t) - 10);
  const ds = (-30 * t * t * (1 - t) * (1 - t)) / width;
  return [value * s, slope * s + value * ds];
}
