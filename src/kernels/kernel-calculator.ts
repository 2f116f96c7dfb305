/** A Calculator over a compiled kernel: what the potentials share but for their plan. */

import type { AtomKinds, Calculator, CalculatorState, Evaluation } from "../core/calculator.ts";
import { EcitonError } from "../core/errors.ts";
import { WITH_ENERGIES, WITH_VIRIAL } from "./neighbour-block.ts";
import { NeighbourKernel, type NeighbourPlan } from "./neighbours.ts";

export class KernelCalculator implements Calculator {
  readonly numAtoms: number;
  protected readonly kernel: NeighbourKernel;

  /** @throws {EcitonError} "data" for periodic atoms without a cut-off */
  constructor(plan: NeighbourPlan) {
    this.kernel = new NeighbourKernel(plan);
    this.numAtoms = plan.kinds.length;
  }

  /** Neighbour lists built so far. */
  get builds(): number {
    return this.kernel.builds;
  }

  /** Of the kernel: positions, neighbour list and what it works with. */
  get memoryBytes(): number {
    return this.kernel.memory.buffer.byteLength;
  }

  evaluate(positions: Float64Array, cell: Float64Array, out: Evaluation): void {
    const { kernel } = this;
    if (positions.length !== 3 * this.numAtoms)
      throw new EcitonError(
        "shape",
        `positions: expected 3 x ${this.numAtoms}, found ${positions.length} numbers`,
      );
    kernel.place(positions, cell);
    const energy = kernel.compute((out.energies ? WITH_ENERGIES : 0) | (out.virial ? WITH_VIRIAL : 0));
    kernel.readForces(out.forces);
    // A sum is finite only if all its terms are; one that overflows is none that a step should be made with.
    let sum = energy;
    for (let i = 0; i < out.forces.length; i++) sum += out.forces[i];
    if (!Number.isFinite(sum)) throw this.#notFinite(energy);
    out.energy = energy;
    if (out.energies) kernel.readEnergies(out.energies);
    if (out.virial) kernel.readVirial(out.virial);
  }

  state(): CalculatorState | null {
    return this.kernel.reference();
  }

  restore(state: CalculatorState): void {
    this.kernel.build(state.positions, state.cell);
  }

  #notFinite(energy: number): EcitonError {
    const closest = this.kernel.closest();
    const what = Number.isFinite(energy) ? "a force is not finite" : `the energy is ${energy}`;
    if (closest === null) return new EcitonError("data", `${what}, and no two atoms are near each other`);
    const { atoms, distance } = closest;
    return new EcitonError(
      "data",
      `${what}: atoms ${atoms[0] + 1} and ${atoms[1] + 1} are ${distance.toPrecision(3)} Å apart; ` +
        "atoms must not overlap (see the structure, or take a shorter step)",
      { atoms, distance_A: distance },
    );
  }
}

/**
 * The number of each atom's species in the list that a potential knows.
 * @throws {EcitonError} "data" for a species that is not in the list, named with those that are
 */
export function kindsOf(potential: string, known: readonly string[], atoms: AtomKinds): Uint8Array {
  const numbers = new Map(known.map((species, kind) => [species, kind]));
  return Uint8Array.from(atoms.species, (species, atom) => {
    const kind = numbers.get(species);
    if (kind !== undefined) return kind;
    throw new EcitonError(
      "data",
      `${potential} does not describe ${species} (atom ${atom + 1}); it has ${known.join(", ")}`,
      { species, known: [...known], atoms: [atom] },
    );
  });
}
