/** Work on atoms that can be asked to stop between two evaluations of its calculator. */

import type { Calculator } from "../core/calculator.ts";
import { EcitonError } from "../core/errors.ts";

/**
 * Looks before each evaluation whether a stop was asked for: the relaxation of a large structure takes long.
 * @param cancel shared Int32Array(1) of the task; non-zero asks to stop
 * @returns a calculator whose evaluate throws {EcitonError} "cancelled" from then on
 */
export function stoppable(calculator: Calculator, cancel: Int32Array): Calculator {
  return {
    numAtoms: calculator.numAtoms,
    evaluate: (positions, cell, out) => {
      if (Atomics.load(cancel, 0) !== 0) throw new EcitonError("cancelled", "the relaxation was interrupted");
      calculator.evaluate(positions, cell, out);
    },
    state: () => calculator.state(),
    restore: (state) => calculator.restore(state),
    notes: () => calculator.notes?.() ?? [],
    kept: () => calculator.kept?.() ?? [],
  };
}
