/**
 * The enthalpy E + pV of atoms and their cell. The coordinates are the positions r₀ in the cell of the start, and the
 * strain S: r = r₀ F and cell = cell₀ F with F = 1 + S, S symmetric (so the cell does not turn) and only within the
 * periodic directions. Strain enters as q = c S, c = √N times the distance between atoms: the curvature along q is then
 * about that of a bond, whatever the number of atoms, and one step limit serves both.
 * @see Pfrommer, Côté, Louie, Cohen, J. Comput. Phys. 131, 233 (1997): atoms and strains in one quasi-Newton search
 * @see Tadmor, Smith, Bernstein, Kaxiras, Phys. Rev. B 59, 235 (1999): atoms moving in a strained frame
 */

import type { Calculator, Evaluation } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { cross, det3, norm3, type Vec3 } from "../../core/linalg.ts";
import type { MovingAtoms } from "../moving-atoms.ts";
import { type AtomsObjective, clearFixed } from "./atoms-objective.ts";
import { largestBlock } from "./objective.ts";

export class CellObjective implements AtomsObjective {
  readonly size: number;
  readonly block = 3;
  readonly #calculator: Calculator;
  readonly #atoms: MovingAtoms;
  readonly #isotropic: boolean;
  readonly #pressure: number;
  readonly #startCell: Float64Array;
  /** Projector on the space of the periodic directions, and their number. */
  readonly #projector: Float64Array;
  readonly #dimensions: number;
  /** c, Å. */
  readonly #unit: number;
  readonly #positions: Float64Array;
  readonly #cell = new Float64Array(9);
  readonly #deformation = new Float64Array(9);
  readonly #inverse = new Float64Array(9);
  readonly #strainGradient = new Float64Array(9);
  readonly #work = new Float64Array(9);
  readonly #virial = new Float64Array(9);
  readonly #out: Evaluation;

  /**
   * @param pressure external, eV/Å³
   * @throws {EcitonError} "study" without a periodic direction, and for a pressure on atoms that are not periodic in all
   */
  constructor(calculator: Calculator, atoms: MovingAtoms, isotropic: boolean, pressure: number) {
    const numAtoms = atoms.species.length;
    this.#dimensions = atoms.periodic.filter(Boolean).length;
    if (this.#dimensions === 0)
      throw new EcitonError("study", "atoms without a periodic direction have no cell that could be relaxed");
    if (pressure !== 0 && this.#dimensions < 3)
      throw new EcitonError(
        "study",
        `a pressure needs atoms that are periodic in three directions, these are in ${this.#dimensions}: there is no volume to press on`,
      );
    this.size = 3 * numAtoms + 9;
    this.#calculator = calculator;
    this.#atoms = atoms;
    this.#isotropic = isotropic;
    this.#pressure = pressure;
    this.#startCell = atoms.cell.slice();
    const { projector, size } = periodicSpace(atoms.cell, atoms.periodic);
    if (!(size > 0))
      throw new EcitonError("data", "the lattice vectors of the periodic directions depend on each other");
    this.#projector = projector;
    // The distance between atoms, as if they filled a cube with sides as long as the periodic ones.
    this.#unit = Math.sqrt(numAtoms) * (size ** (1 / this.#dimensions) / Math.cbrt(numAtoms));
    this.#positions = new Float64Array(3 * numAtoms);
    this.#out = { energy: 0, forces: new Float64Array(3 * numAtoms), virial: this.#virial };
  }

  begin(): Float64Array {
    const x = new Float64Array(this.size);
    x.set(this.#atoms.positions);
    return x;
  }

  place(x: Float64Array): void {
    this.#deform(x);
    this.#atoms.positions.set(this.#positions);
    this.#atoms.cell.set(this.#cell);
  }

  evaluate(x: Float64Array, gradient: Float64Array): number {
    if (!(this.#deform(x) > 0)) return Number.POSITIVE_INFINITY; // strained beyond turning inside out
    const { forces } = this.#out;
    const f = this.#deformation;
    const count = forces.length;
    this.#calculator.evaluate(this.#positions, this.#cell, this.#out);
    // dE = −f · dr₀ F
    for (let i = 0; i < count; i += 3) {
      const fx = forces[i];
      const fy = forces[i + 1];
      const fz = forces[i + 2];
      gradient[i] = -(fx * f[0] + fy * f[1] + fz * f[2]);
      gradient[i + 1] = -(fx * f[3] + fy * f[4] + fz * f[5]);
      gradient[i + 2] = -(fx * f[6] + fy * f[7] + fz * f[8]);
    }
    clearFixed(this.#atoms.fixed, gradient);
    const volume = Math.abs(det3(this.#cell));
    const strain = this.#strain(volume);
    for (let k = 0; k < 9; k++) gradient[count + k] = strain[k] / this.#unit;
    return this.#out.energy + this.#pressure * volume;
  }

  /** The longest force, or where that is longer the derivative by the strain in the same unit. */
  residual(x: Float64Array, gradient: Float64Array): number {
    return Math.max(this.largestForce(x, gradient), largestBlock(gradient, 3, this.size - 9));
  }

  energyOf(value: number): number {
    return value - this.#pressure * Math.abs(det3(this.#atoms.cell));
  }

  largestForce(x: Float64Array, gradient: Float64Array): number {
    this.#setDeformation(x);
    const w = this.#inverse;
    let largest = 0;
    for (let i = 0; i < this.size - 9; i += 3) {
      const gx = gradient[i];
      const gy = gradient[i + 1];
      const gz = gradient[i + 2];
      const fx = gx * w[0] + gy * w[3] + gz * w[6];
      const fy = gx * w[1] + gy * w[4] + gz * w[7];
      const fz = gx * w[2] + gy * w[5] + gz * w[8];
      largest = Math.max(largest, fx * fx + fy * fy + fz * fz);
    }
    return Math.sqrt(largest);
  }

  /** F of these coordinates with its inverse, and its determinant. */
  #setDeformation(x: Float64Array): number {
    const f = this.#deformation;
    const w = this.#inverse;
    for (let k = 0; k < 9; k++) f[k] = x[this.size - 9 + k] / this.#unit;
    f[0] += 1;
    f[4] += 1;
    f[8] += 1;
    const determinant = det3(f);
    w[0] = (f[4] * f[8] - f[5] * f[7]) / determinant;
    w[1] = (f[2] * f[7] - f[1] * f[8]) / determinant;
    w[2] = (f[1] * f[5] - f[2] * f[4]) / determinant;
    w[3] = (f[5] * f[6] - f[3] * f[8]) / determinant;
    w[4] = (f[0] * f[8] - f[2] * f[6]) / determinant;
    w[5] = (f[2] * f[3] - f[0] * f[5]) / determinant;
    w[6] = (f[3] * f[7] - f[4] * f[6]) / determinant;
    w[7] = (f[1] * f[6] - f[0] * f[7]) / determinant;
    w[8] = (f[0] * f[4] - f[1] * f[3]) / determinant;
    return determinant;
  }

  /** Positions and cell of these coordinates; returns the determinant of F. */
  #deform(x: Float64Array): number {
    const determinant = this.#setDeformation(x);
    rowsTimes(x, this.#deformation, this.#positions);
    rowsTimes(this.#startCell, this.#deformation, this.#cell);
    // Rows of directions that are not periodic are only carried along.
    for (let row = 0; row < 3; row++)
      if (!this.#atoms.periodic[row])
        for (let k = 3 * row; k < 3 * row + 3; k++) this.#cell[k] = this.#startCell[k];
    return determinant;
  }

  /** ∂(E + pV)/∂S = F⁻¹ (pV − W), symmetric and within the periodic directions. */
  #strain(volume: number): Float64Array {
    const w = this.#inverse;
    const t = this.#work;
    const g = this.#strainGradient;
    const p = this.#projector;
    for (let k = 0; k < 9; k++) g[k] = (k % 4 === 0 ? this.#pressure * volume : 0) - this.#virial[k];
    rowsTimes(w, g, t);
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) g[3 * a + b] = 0.5 * (t[3 * a + b] + t[3 * b + a]);
    rowsTimes(p, g, t);
    rowsTimes(t, p, g);
    if (this.#isotropic) {
      const mean = (g[0] + g[4] + g[8]) / this.#dimensions;
      for (let k = 0; k < 9; k++) g[k] = mean * p[k];
    }
    return g;
  }
}

/** Each row of three of `rows` times a matrix; `out` says how many. */
function rowsTimes(rows: Float64Array, m: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i += 3) {
    const x = rows[i];
    const y = rows[i + 1];
    const z = rows[i + 2];
    out[i] = x * m[0] + y * m[3] + z * m[6];
    out[i + 1] = x * m[1] + y * m[4] + z * m[7];
    out[i + 2] = x * m[2] + y * m[5] + z * m[8];
  }
}

/** Projector on what the periodic rows span, and the length, area or volume of these. */
function periodicSpace(cell: Float64Array, periodic: readonly boolean[]) {
  const rows = [0, 1, 2].filter((i) => periodic[i]).map((i) => cell.subarray(3 * i, 3 * i + 3));
  const projector = new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  if (rows.length === 3) return { projector, size: Math.abs(det3(cell)) };
  const one = rows.length === 1;
  const vector = one ? ([...rows[0]] as Vec3) : cross(rows[0], rows[1]);
  const size = norm3(vector);
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++) {
      const along = (vector[a] * vector[b]) / (size * size);
      projector[3 * a + b] = one ? along : projector[3 * a + b] - along;
    }
  return { projector, size };
}
