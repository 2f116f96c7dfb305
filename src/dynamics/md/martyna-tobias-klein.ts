/** NPT by Martyna, Tobias and Klein: a cell that moves, with Nosé-Hoover chains on atoms and cell. */
import { det3 } from "../../core/linalg.ts";
import { eigenSymmetric3 } from "../../core/symmetric3.ts";
import type { Freedom } from "./freedom.ts";
import type { Integrator, Target } from "./integrator.ts";
import { NoseHooverChain } from "./nose-hoover.ts";
import type { Particles } from "./particles.ts";

/** isotropic: the shape stays; orthorhombic: x, y and z stretch on their own; full: all six strains. */
export type CellFreedom = "isotropic" | "orthorhombic" | "full";

const cellDegrees = { isotropic: 1, orthorhombic: 3, full: 6 } as const;

/**
 * Equations of motion, with the symmetric rate of strain g, n degrees of freedom of the atoms and W = (n + 3) kT τ²/3:
 *   ṙ = v + g r,   v̇ = F/m − (g + tr g / n) v,   ḣ = h g,   W ġ = V (P_int − P) + 2K/n
 * where V P_int = Σ m v⊗v + virial; of the last equation the trace alone (isotropic), the diagonal, or all is kept. A
 * symmetric g leaves no room for a rotation of the cell. The conserved energy is kinetic + potential + PV + ½W g:g +
 * both chains.
 * @see Martyna, Tobias, Klein, J. Chem. Phys. 101, 4177 (1994); steps by Martyna, Tuckerman, Tobias, Klein, Mol. Phys.
 *   87, 1117 (1996)
 */
export class MartynaTobiasKlein implements Integrator {
  readonly conserves = true;
  readonly #particles: Particles;
  readonly #freedom: Freedom;
  readonly #shape: CellFreedom;
  readonly #timeStep: number;
  readonly #time: number;
  readonly #atomChain: NoseHooverChain;
  readonly #cellChain: NoseHooverChain;
  readonly #rate = new Float64Array(9);
  #mass = 0;
  #work = 0;
  readonly #kinetic = new Float64Array(9);
  readonly #values = new Float64Array(3);
  readonly #vectors = new Float64Array(9);
  readonly #weights = new Float64Array(3);
  readonly #left = new Float64Array(9);
  readonly #right = new Float64Array(9);

  /**
   * @param timeStep fs
   * @param thermostat relaxation time of the thermostat, fs, and length of its chain
   * @param time relaxation time of the cell, fs
   */
  constructor(
    particles: Particles,
    freedom: Freedom,
    shape: CellFreedom,
    timeStep: number,
    thermostat: { readonly time: number; readonly length: number },
    time: number,
  ) {
    this.#particles = particles;
    this.#freedom = freedom;
    this.#shape = shape;
    this.#timeStep = timeStep;
    this.#time = time;
    this.#atomChain = new NoseHooverChain(thermostat.length, freedom.degrees, thermostat.time);
    this.#cellChain = new NoseHooverChain(thermostat.length, cellDegrees[shape], time);
  }

  begin(thermal: number): void {
    this.#mass = ((this.#freedom.degrees + 3) * thermal * this.#time ** 2) / 3;
    this.#atomChain.begin(thermal);
    this.#cellChain.begin(thermal);
  }

  stored(): number {
    return this.#work + this.#twiceOfCell() / 2 + this.#atomChain.stored() + this.#cellChain.stored();
  }

  step(target: Target): void {
    const half = this.#timeStep / 2;
    this.#exchange(target.thermal, half);
    this.#pushCell(target.pressure, half);
    this.#pushAtoms(half);
    this.#move(target.pressure);
    this.#particles.evaluate(true);
    this.#pushAtoms(half);
    this.#pushCell(target.pressure, half);
    this.#exchange(target.thermal, half);
  }

  /** W g:g, eV */
  #twiceOfCell(): number {
    let sum = 0;
    for (let k = 0; k < 9; k++) sum += this.#rate[k] * this.#rate[k];
    return this.#mass * sum;
  }

  #exchange(thermal: number, time: number): void {
    const factor = this.#cellChain.apply(this.#twiceOfCell(), thermal, time);
    for (let k = 0; k < 9; k++) this.#rate[k] *= factor;
    const twice = 2 * this.#particles.kinetic();
    this.#particles.scaleVelocities(this.#atomChain.apply(twice, thermal, time));
  }

  #pushCell(pressure: number, time: number): void {
    const kinetic = this.#kinetic;
    const rate = this.#rate;
    const { virial, cell } = this.#particles;
    this.#particles.kineticTensor(kinetic);
    const volume = Math.abs(det3(cell));
    const twice = kinetic[0] + kinetic[4] + kinetic[8];
    const diagonal = twice / this.#freedom.degrees - pressure * volume;
    const factor = time / this.#mass;
    if (this.#shape === "isotropic") {
      const change = factor * ((twice + virial[0] + virial[4] + virial[8]) / 3 + diagonal);
      rate[0] += change;
      rate[4] = rate[8] = rate[0];
      return;
    }
    for (let k = 0; k < 9; k += 4) rate[k] += factor * (kinetic[k] + virial[k] + diagonal);
    if (this.#shape === "orthorhombic") return;
    rate[1] += factor * (kinetic[1] + virial[1]);
    rate[2] += factor * (kinetic[2] + virial[2]);
    rate[5] += factor * (kinetic[5] + virial[5]);
    rate[3] = rate[1];
    rate[6] = rate[2];
    rate[7] = rate[5];
  }

  /** Exact solution of v̇ = F/m − A v, with A = g + tr g / n: v e^(−At) + t e^(−At/2) sinh(At/2)/(At/2) F/m. */
  #pushAtoms(time: number): void {
    const { velocities, forces, inertia, numAtoms } = this.#particles;
    const rate = this.#rate;
    const shift = (rate[0] + rate[4] + rate[8]) / this.#freedom.degrees;
    eigenSymmetric3(rate, this.#values, this.#vectors);
    for (let k = 0; k < 3; k++) this.#weights[k] = Math.exp(-(this.#values[k] + shift) * time);
    this.#compose(this.#left);
    for (let k = 0; k < 3; k++) {
      const x = ((this.#values[k] + shift) * time) / 2;
      this.#weights[k] = time * Math.exp(-x) * sinhc(x);
    }
    this.#compose(this.#right);
    const a = this.#left;
    const b = this.#right;
    for (let atom = 0, at = 0; atom < numAtoms; atom++, at += 3) {
      const inverse = 1 / inertia[atom];
      const x = velocities[at];
      const y = velocities[at + 1];
      const z = velocities[at + 2];
      const fx = inverse * forces[at];
      const fy = inverse * forces[at + 1];
      const fz = inverse * forces[at + 2];
      velocities[at] = a[0] * x + a[1] * y + a[2] * z + b[0] * fx + b[1] * fy + b[2] * fz;
      velocities[at + 1] = a[3] * x + a[4] * y + a[5] * z + b[3] * fx + b[4] * fy + b[5] * fz;
      velocities[at + 2] = a[6] * x + a[7] * y + a[8] * z + b[6] * fx + b[7] * fy + b[8] * fz;
    }
  }

  /** Exact solution of ṙ = v + g r and ḣ = h g. */
  #move(pressure: number): void {
    const { velocities, positions, cell, numAtoms } = this.#particles;
    const time = this.#timeStep;
    eigenSymmetric3(this.#rate, this.#values, this.#vectors);
    this.#particles.strain = Math.max(...this.#values.map((value) => Math.abs(value * time)));
    for (let k = 0; k < 3; k++) this.#weights[k] = Math.exp(this.#values[k] * time);
    this.#compose(this.#left);
    for (let k = 0; k < 3; k++) {
      const x = (this.#values[k] * time) / 2;
      this.#weights[k] = time * Math.exp(x) * sinhc(x);
    }
    this.#compose(this.#right);
    const a = this.#left;
    const b = this.#right;
    let longest = 0;
    let longestAtom = -1;
    for (let atom = 0, at = 0; atom < numAtoms; atom++, at += 3) {
      const x = positions[at];
      const y = positions[at + 1];
      const z = positions[at + 2];
      const vx = velocities[at];
      const vy = velocities[at + 1];
      const vz = velocities[at + 2];
      const dx = b[0] * vx + b[1] * vy + b[2] * vz;
      const dy = b[3] * vx + b[4] * vy + b[5] * vz;
      const dz = b[6] * vx + b[7] * vy + b[8] * vz;
      const square = dx * dx + dy * dy + dz * dz;
      if (!(square <= longest)) {
        longest = square;
        longestAtom = atom;
      }
      positions[at] = a[0] * x + a[1] * y + a[2] * z + dx;
      positions[at + 1] = a[3] * x + a[4] * y + a[5] * z + dy;
      positions[at + 2] = a[6] * x + a[7] * y + a[8] * z + dz;
    }
    const before = Math.abs(det3(cell));
    for (let at = 0; at < 9; at += 3) {
      const x = cell[at];
      const y = cell[at + 1];
      const z = cell[at + 2];
      cell[at] = a[0] * x + a[1] * y + a[2] * z;
      cell[at + 1] = a[3] * x + a[4] * y + a[5] * z;
      cell[at + 2] = a[6] * x + a[7] * y + a[8] * z;
    }
    this.#work += pressure * (Math.abs(det3(cell)) - before);
    this.#particles.moved(longest, longestAtom);
  }

  /** The symmetric matrix with the eigenvectors of the rate of strain and the weights as eigenvalues. */
  #compose(out: Float64Array): void {
    const q = this.#vectors;
    const w = this.#weights;
    for (let i = 0; i < 3; i++)
      for (let j = i; j < 3; j++) {
        const value = w[0] * q[i] * q[j] + w[1] * q[3 + i] * q[3 + j] + w[2] * q[6 + i] * q[6 + j];
        out[3 * i + j] = out[3 * j + i] = value;
      }
  }

  state(): Float64Array {
    return Float64Array.of(this.#work, ...this.#rate, ...this.#atomChain.state(), ...this.#cellChain.state());
  }

  restore(state: Float64Array): void {
    this.#work = state[0];
    this.#rate.set(state.subarray(1, 10));
    this.#atomChain.restore(state.subarray(10));
    this.#cellChain.restore(state.subarray(10 + this.#atomChain.size));
  }
}

/** sinh(x)/x */
function sinhc(x: number): number {
  if (Math.abs(x) > 0.03) return Math.sinh(x) / x;
  const square = x * x;
  return 1 + (square / 6) * (1 + (square / 20) * (1 + square / 42));
}
