/** The calculator of neural network potentials: a compiled kernel, and what it found outside the training set. */
import type { Evaluation } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import * as block from "../../kernels/hdnnp-block.ts";
import { KernelCalculator } from "../../kernels/kernel-calculator.ts";
import type { NeighbourPlan } from "../../kernels/neighbours.ts";
import { type ExtrapolatingCalculator, type Extrapolation, extrapolationText } from "./extrapolation.ts";
import { MOST_OUTSIDE } from "./hdnnp-plan.ts";
import type { HdnnpModel } from "./model.ts";

export class HdnnpCalculator extends KernelCalculator implements ExtrapolatingCalculator {
  /** Values outside their ranges in the last evaluation. */
  numExtrapolations = 0;
  readonly #members: readonly HdnnpModel[];
  readonly #stop: boolean;

  /** @param stop whether an atom outside the training set is an error */
  constructor(plan: NeighbourPlan, members: readonly HdnnpModel[], stop: boolean) {
    super(plan);
    this.#members = members;
    this.#stop = stop;
  }

  /** @throws {EcitonError} "data" as all calculators do, and, to stop, where a value lies outside its range */
  override evaluate(positions: Float64Array, cell: Float64Array, out: Evaluation): void {
    super.evaluate(positions, cell, out);
    this.numExtrapolations = this.kernel.readParameter(block.OUTSIDE);
    if (this.#stop && this.numExtrapolations > 0) {
      const found = this.extrapolations();
      const atoms = [...new Set(found.map(({ atom }) => atom))];
      throw new EcitonError(
        "data",
        `${this.numExtrapolations} values of symmetry functions are outside the training set: ` +
          `${extrapolationText(this.#members[0], found[0])}; train with such structures, or let extrapolation be "warn"`,
        { atoms, extrapolations: found },
      );
    }
  }

  /** By atom and function; where there are more than some thousand, those that were found first. */
  extrapolations(): readonly Extrapolation[] {
    const count = Math.min(this.numExtrapolations, MOST_OUTSIDE);
    if (count === 0) return [];
    const at = this.kernel.readParameter(block.OUTSIDE_AT);
    const rows = this.kernel.readParameters(at, count * block.OUTSIDE_FIELDS);
    return Array.from({ length: count }, (_, n) => {
      const [atom, element, functionIndex, value] = rows.subarray(block.OUTSIDE_FIELDS * n);
      const ranges = this.#members.map(({ elements }) => elements[element].ranges);
      const min = Math.max(...ranges.map((range) => range.min[functionIndex]));
      const max = Math.min(...ranges.map((range) => range.max[functionIndex]));
      return { atom, element, functionIndex, value, min, max };
    }).sort((a, b) => a.atom - b.atom || a.functionIndex - b.functionIndex);
  }
}
