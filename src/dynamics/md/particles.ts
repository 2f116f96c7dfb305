/** Atoms with velocities and forces: what all integrators push about. */

import {
  type Calculator,
  type CalculatorState,
  type Evaluation,
  evaluationFor,
  type KeptState,
} from "../../core/calculator.ts";
import { AMU_A2_PER_FS2_EV } from "../../core/units.ts";
import type { MovingAtoms } from "../moving-atoms.ts";

/** All that a resumed run needs to go on with the same bits. Copies. */
export interface ParticlesState {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly cell: Float64Array;
  readonly forces: Float64Array;
  readonly virial: Float64Array;
  readonly energy: number;
  readonly calculator: CalculatorState | null;
}

export class Particles {
  readonly atoms: MovingAtoms;
  readonly numAtoms: number;
  /** Å, Float64Array(3N); those of `atoms`. */
  readonly positions: Float64Array;
  /** Å, Float64Array(9); that of `atoms`. */
  readonly cell: Float64Array;
  /** Å/fs, Float64Array(3N); zero for fixed atoms. */
  readonly velocities: Float64Array;
  /** Mass of each atom in eV fs²/Å², so that m v² is an energy and F / m an acceleration. */
  readonly inertia: Float64Array;
  /** Numbers of the atoms that move, in order. */
  readonly moving: Int32Array;
  /** Of the last evaluation. */
  readonly forces: Float64Array;
  /** W_ab of the last evaluation that was asked for it, eV. */
  readonly virial: Float64Array;
  /** eV, of the last evaluation. */
  energy = Number.NaN;
  /** Called after each drift, before the forces at the new positions are computed. */
  guard: (() => void) | null = null;
  /** Square of the longest move in the last drift, Å², and the atom that made it. */
  longest = 0;
  longestAtom = -1;
  /** Largest relative change of a length of the cell in the last step of a barostat. */
  strain = 0;
  readonly #calculator: Calculator;
  readonly #plain: Evaluation;
  readonly #full: Evaluation;

  /** @param masses Float64Array(N), amu */
  constructor(atoms: MovingAtoms, masses: Float64Array, calculator: Calculator) {
    this.atoms = atoms;
    this.numAtoms = atoms.species.length;
    this.positions = atoms.positions;
    this.cell = atoms.cell;
    this.velocities = new Float64Array(3 * this.numAtoms);
    this.inertia = masses.map((mass) => mass * AMU_A2_PER_FS2_EV);
    const numbers = Array.from(atoms.species.keys());
    this.moving = Int32Array.from(numbers.filter((i) => !atoms.fixed?.[i]));
    this.#full = evaluationFor(this.numAtoms, { virial: true });
    this.#plain = { energy: 0, forces: this.#full.forces };
    this.forces = this.#full.forces;
    this.virial = this.#full.virial!;
    this.#calculator = calculator;
  }

  /** Energy and forces at the positions, and the virial if asked for. */
  evaluate(withVirial: boolean): void {
    const out = withVirial ? this.#full : this.#plain;
    this.#calculator.evaluate(this.positions, this.cell, out);
    this.energy = out.energy;
  }

  /** v += (t/m) F */
  kick(time: number): void {
    const { velocities, forces, inertia, moving } = this;
    for (let k = 0; k < moving.length; k++) {
      const atom = moving[k];
      const factor = time / inertia[atom];
      const at = 3 * atom;
      velocities[at] += factor * forces[at];
      velocities[at + 1] += factor * forces[at + 1];
      velocities[at + 2] += factor * forces[at + 2];
    }
  }

  /** r += t v */
  drift(time: number): void {
    const { velocities, positions, moving } = this;
    let longest = 0;
    let longestAtom = -1;
    for (let k = 0; k < moving.length; k++) {
      const at = 3 * moving[k];
      const dx = time * velocities[at];
      const dy = time * velocities[at + 1];
      const dz = time * velocities[at + 2];
      const square = dx * dx + dy * dy + dz * dz;
      // Also true for NaN.
      if (!(square <= longest)) {
        longest = square;
        longestAtom = moving[k];
      }
      positions[at] += dx;
      positions[at + 1] += dy;
      positions[at + 2] += dz;
    }
    this.moved(longest, longestAtom);
  }

  /** Whoever moved the atoms says how far: the square of the longest move, Å², and whose it was (−1: nobody's). */
  moved(longest: number, atom: number): void {
    this.longest = longest;
    this.longestAtom = atom;
    this.guard?.();
  }

  /** v *= factor */
  scaleVelocities(factor: number): void {
    const { velocities } = this;
    for (let i = 0; i < velocities.length; i++) velocities[i] *= factor;
  }

  /** ½ Σ m v², eV. */
  kinetic(): number {
    const { velocities, inertia, numAtoms } = this;
    let sum = 0;
    for (let atom = 0, at = 0; atom < numAtoms; atom++, at += 3) {
      const x = velocities[at];
      const y = velocities[at + 1];
      const z = velocities[at + 2];
      sum += inertia[atom] * (x * x + y * y + z * z);
    }
    return sum / 2;
  }

  /** Σ m v_a v_b, eV. @param out Float64Array(9), overwritten */
  kineticTensor(out: Float64Array): void {
    const { velocities, inertia, numAtoms } = this;
    let xx = 0;
    let yy = 0;
    let zz = 0;
    let xy = 0;
    let xz = 0;
    let yz = 0;
    for (let atom = 0, at = 0; atom < numAtoms; atom++, at += 3) {
      const m = inertia[atom];
      const x = velocities[at];
      const y = velocities[at + 1];
      const z = velocities[at + 2];
      xx += m * x * x;
      yy += m * y * y;
      zz += m * z * z;
      xy += m * x * y;
      xz += m * x * z;
      yz += m * y * z;
    }
    out[0] = xx;
    out[4] = yy;
    out[8] = zz;
    out[1] = out[3] = xy;
    out[2] = out[6] = xz;
    out[5] = out[7] = yz;
  }

  /** What the potential has to say of these atoms so far. */
  notes(): readonly string[] {
    return this.#calculator.notes?.() ?? [];
  }

  /** States that the potential wants labels for. */
  kept(): readonly KeptState[] {
    return this.#calculator.kept?.() ?? [];
  }

  state(): ParticlesState {
    return {
      positions: this.positions.slice(),
      velocities: this.velocities.slice(),
      cell: this.cell.slice(),
      forces: this.forces.slice(),
      virial: this.virial.slice(),
      energy: this.energy,
      calculator: this.#calculator.state(),
    };
  }

  restore(state: ParticlesState): void {
    this.positions.set(state.positions);
    this.velocities.set(state.velocities);
    this.cell.set(state.cell);
    this.forces.set(state.forces);
    this.virial.set(state.virial);
    this.energy = state.energy;
    if (state.calculator) this.#calculator.restore(state.calculator);
  }
}
