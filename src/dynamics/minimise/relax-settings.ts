/** How structures are relaxed, and how a relaxation ended. */

export const minimisers = ["conjugate-gradient", "bfgs", "l-bfgs", "fire"] as const;
export type MinimiserName = (typeof minimisers)[number];

export interface RelaxSettings {
  readonly method: MinimiserName;
  /** Ends where no atom that may move feels more, eV/Å; null: not looked at. */
  readonly forceTolerance: number | null;
  /** Ends where a step changed the energy by less, eV; null: not looked at. */
  readonly energyTolerance: number | null;
  /** Evaluations of the energy, at most. */
  readonly maxEvaluations: number;
  /** Longest move of one atom in one step, Å. */
  readonly maxStep: number;
  /** Which strains are relaxed together with the atoms; only in periodic directions. */
  readonly cell: "fixed" | "isotropic" | "full";
  /** External pressure on a cell that is relaxed, eV/Å³. */
  readonly pressure: number;
}

export interface RelaxResult {
  /** eV; with a relaxed cell the energy itself, not the enthalpy. */
  readonly energy: number;
  /** eV/Å, of the atoms that may move. */
  readonly largestForce: number;
  readonly steps: number;
  readonly evaluations: number;
  /** "limit": evaluations ran out; "stuck": no lower energy was found although the tolerances are not met. */
  readonly ended: "forces" | "energy" | "limit" | "stuck";
}
