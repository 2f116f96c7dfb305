/** Relaxes atoms, and on request their cell, in the forces of any calculator. */

import type { Calculator } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import type { MovingAtoms } from "../moving-atoms.ts";
import { PositionsObjective } from "./atoms-objective.ts";
import { CellObjective } from "./cell-objective.ts";
import { minimise } from "./minimise.ts";
import type { MinimiseResult } from "./minimise-settings.ts";
import type { RelaxResult, RelaxSettings } from "./relax-settings.ts";

/**
 * Moves the atoms, in place, downhill to a minimum nearby. The energy (with a cell that is relaxed E + pV) at the end
 * is the lowest that was seen, to its rounding. A start with atoms on top of each other is fine as long as its energy
 * is finite: the step limit holds from the first step on.
 *
 * Fixed atoms keep their positions to the last bit; with a cell that is relaxed they keep their place in the cell.
 * With such a cell the force tolerance also holds for the derivative by the strain, in the unit of cell-objective.ts:
 * the stress is then below tolerance / (√N d²), d being the distance between atoms.
 * @param calculator made for these atoms
 * @param atoms positions and cell are changed; after an error they are where the last step had brought them
 * @throws {EcitonError} "study" for settings that cannot be met: bfgs with more than 500 atoms, a cell without a
 *   periodic direction, a pressure on atoms that are not periodic in all; "data" where the calculator meets atoms that
 *   coincide or an energy that is not finite, with details {step, evaluation} beside its own
 */
export function relax(calculator: Calculator, atoms: MovingAtoms, settings: RelaxSettings): RelaxResult {
  if (calculator.numAtoms !== atoms.species.length)
    throw new EcitonError(
      "shape",
      `the calculator was made for ${calculator.numAtoms} atoms, found ${atoms.species.length}`,
    );
  const objective =
    settings.cell === "fixed"
      ? new PositionsObjective(calculator, atoms)
      : new CellObjective(calculator, atoms, settings.cell === "isotropic", settings.pressure);
  const x = objective.begin();
  let result: MinimiseResult;
  try {
    result = minimise(objective, x, {
      method: settings.method,
      residualTolerance: settings.forceTolerance,
      valueTolerance: settings.energyTolerance,
      maxEvaluations: settings.maxEvaluations,
      maxStep: settings.maxStep,
    });
  } finally {
    objective.place(x);
  }
  return {
    energy: objective.energyOf(result.value),
    largestForce: objective.largestForce(x, result.gradient),
    steps: result.steps,
    evaluations: result.evaluations,
    ended: result.ended,
  };
}
