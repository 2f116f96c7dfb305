/** NVT by chains of Nosé-Hoover thermostats. */
import type { Freedom } from "./freedom.ts";
import { type Integrator, type Target, verletStep } from "./integrator.ts";
import type { Particles } from "./particles.ts";

/** Suzuki and Yoshida's weights of fourth order. */
const outer = 1 / (2 - 2 ** (1 / 3));
const weights = [outer, 1 - 2 * outer, outer];

/**
 * A chain of thermostats: the first one acts on a kinetic energy, each next one on the one before it. The masses are
 * Q₁ = n kT τ² for n degrees, and kT τ² for the others.
 * @see Martyna, Klein, Tuckerman, J. Chem. Phys. 97, 2635 (1992); steps by Martyna, Tuckerman, Tobias, Klein, Mol. Phys.
 *   87, 1117 (1996)
 */
export class NoseHooverChain {
  readonly #degrees: number;
  readonly #time: number;
  readonly #masses: Float64Array;
  readonly #rates: Float64Array;
  #heat = 0;

  /** @param time relaxation time τ, fs */
  constructor(length: number, degrees: number, time: number) {
    this.#degrees = degrees;
    this.#time = time;
    this.#masses = new Float64Array(length);
    this.#rates = new Float64Array(length);
  }

  begin(thermal: number): void {
    this.#masses.fill(thermal * this.#time ** 2);
    this.#masses[0] *= this.#degrees;
  }

  /** Energy in the chain, Σ ½Q v² + ∫ kT (n dξ₁ + dξ₂ + ...), eV. */
  stored(): number {
    let sum = this.#heat;
    for (let k = 0; k < this.#rates.length; k++) sum += (this.#masses[k] * this.#rates[k] ** 2) / 2;
    return sum;
  }

  /**
   * Moves the chain on.
   * @param twice 2K of what it acts on, eV
   * @param thermal kT, eV
   * @param time fs
   * @returns the factor for the velocities
   */
  apply(twice: number, thermal: number, time: number): number {
    const rates = this.#rates;
    const masses = this.#masses;
    const last = rates.length - 1;
    const wanted = this.#degrees * thermal;
    let kinetic = twice;
    let scale = 1;
    for (let w = 0; w < weights.length; w++) {
      const t = weights[w] * time;
      for (let k = last; k >= 0; k--) {
        const force = k === 0 ? kinetic - wanted : masses[k - 1] * rates[k - 1] * rates[k - 1] - thermal;
        const drag = k === last ? 1 : Math.exp((-t / 4) * rates[k + 1]);
        rates[k] = (rates[k] * drag + ((t / 2) * force) / masses[k]) * drag;
      }
      const factor = Math.exp(-t * rates[0]);
      scale *= factor;
      kinetic *= factor * factor;
      this.#heat += t * wanted * rates[0];
      for (let k = 1; k <= last; k++) this.#heat += t * thermal * rates[k];
      for (let k = 0; k <= last; k++) {
        const force = k === 0 ? kinetic - wanted : masses[k - 1] * rates[k - 1] * rates[k - 1] - thermal;
        const drag = k === last ? 1 : Math.exp((-t / 4) * rates[k + 1]);
        rates[k] = (rates[k] * drag + ((t / 2) * force) / masses[k]) * drag;
      }
    }
    return scale;
  }

  /** Length of the state. */
  get size(): number {
    return this.#rates.length + 1;
  }

  state(): Float64Array {
    return Float64Array.of(this.#heat, ...this.#rates);
  }

  restore(state: Float64Array): void {
    this.#heat = state[0];
    this.#rates.set(state.subarray(1, this.size));
  }
}

export class NoseHoover implements Integrator {
  readonly conserves = true;
  readonly #particles: Particles;
  readonly #timeStep: number;
  readonly #chain: NoseHooverChain;

  /**
   * @param timeStep fs
   * @param time relaxation time, fs
   * @param length thermostats in the chain
   */
  constructor(particles: Particles, freedom: Freedom, timeStep: number, time: number, length: number) {
    this.#particles = particles;
    this.#timeStep = timeStep;
    this.#chain = new NoseHooverChain(length, freedom.degrees, time);
  }

  stored(): number {
    return this.#chain.stored();
  }

  begin(thermal: number): void {
    this.#chain.begin(thermal);
  }

  step(target: Target, withVirial: boolean): void {
    this.#exchange(target.thermal);
    verletStep(this.#particles, this.#timeStep, withVirial);
    this.#exchange(target.thermal);
  }

  #exchange(thermal: number): void {
    const twice = 2 * this.#particles.kinetic();
    this.#particles.scaleVelocities(this.#chain.apply(twice, thermal, this.#timeStep / 2));
  }

  state(): Float64Array {
    return this.#chain.state();
  }

  restore(state: Float64Array): void {
    this.#chain.restore(state);
  }
}
