/** How a function is minimised, and how that ended; relax-settings.ts says it for atoms. */
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
