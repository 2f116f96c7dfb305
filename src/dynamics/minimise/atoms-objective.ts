/** The energy of atoms in a cell that stays, as a function of their positions. */
import type { Calculator, Evaluation } from "../../core/calculator.ts";
import type { MovingAtoms } from "../moving-atoms.ts";
import { largestBlock, type Objective } from "./objective.ts";

/** What relax asks of an objective beside minimising it. */
export interface AtomsObjective extends Objective {
  /** Where the atoms are now, as coordinates of the objective. */
  begin(): Float64Array;
  /** Puts the atoms where the coordinates say. */
  place(x: Float64Array): void;
  /** Energy, eV, where the objective has this value. */
  energyOf(value: number): number;
  /** Longest force on an atom that may move, eV/Å. */
  largestForce(x: Float64Array, gradient: Float64Array): number;
}

export class PositionsObjective implements AtomsObjective {
  readonly size: number;
  readonly block = 3;
  readonly #calculator: Calculator;
  readonly #atoms: MovingAtoms;
  readonly #out: Evaluation;

  constructor(calculator: Calculator, atoms: MovingAtoms) {
    this.size = atoms.positions.length;
    this.#calculator = calculator;
    this.#atoms = atoms;
    this.#out = { energy: 0, forces: new Float64Array(this.size) };
  }

  begin(): Float64Array {
    return this.#atoms.positions.slice();
  }

  place(x: Float64Array): void {
    this.#atoms.positions.set(x);
  }

  evaluate(x: Float64Array, gradient: Float64Array): number {
    const { forces } = this.#out;
    this.#calculator.evaluate(x, this.#atoms.cell, this.#out);
    for (let i = 0; i < gradient.length; i++) gradient[i] = -forces[i];
    clearFixed(this.#atoms.fixed, gradient);
    return this.#out.energy;
  }

  residual(x: Float64Array, gradient: Float64Array): number {
    return this.largestForce(x, gradient);
  }

  energyOf(value: number): number {
    return value;
  }

  largestForce(_x: Float64Array, gradient: Float64Array): number {
    return largestBlock(gradient, 3);
  }
}

/** Zero where atoms are fixed: no step has a part there, so their coordinates stay to the last bit. */
export function clearFixed(fixed: Uint8Array | null, vectors: Float64Array): void {
  if (!fixed) return;
  for (let atom = 0; atom < fixed.length; atom++) if (fixed[atom]) vectors.fill(0, 3 * atom, 3 * atom + 3);
}
