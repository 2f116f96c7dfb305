/** NVT by Langevin's friction and noise. */
import type { RandomStream } from "../../core/random.ts";
import type { Freedom } from "./freedom.ts";
import type { Integrator, Target } from "./integrator.ts";
import type { Particles } from "./particles.ts";

/**
 * The BAOAB splitting: half a kick, half a drift, friction and noise exactly, half a drift, half a kick. Averages over
 * positions are exact for harmonic forces at any stable time step. Where momenta are kept at zero, their part is taken
 * out of the noise, which samples the canonical distribution of the rest.
 * @see Leimkuhler, Matthews, J. Chem. Phys. 138, 174102 (2013)
 */
export class Langevin implements Integrator {
  readonly conserves = true;
  readonly #particles: Particles;
  readonly #freedom: Freedom;
  readonly #random: RandomStream;
  readonly #timeStep: number;
  readonly #kept: number;
  readonly #noise: Float64Array;
  #heat = 0;

  /**
   * @param timeStep fs
   * @param time in which friction takes a velocity down to 1/e, fs
   */
  constructor(particles: Particles, freedom: Freedom, random: RandomStream, timeStep: number, time: number) {
    this.#particles = particles;
    this.#freedom = freedom;
    this.#random = random;
    this.#timeStep = timeStep;
    this.#kept = Math.exp(-timeStep / time);
    this.#noise = new Float64Array(3 * particles.moving.length);
  }

  stored(): number {
    return this.#heat;
  }

  begin(): void {}

  step(target: Target, withVirial: boolean): void {
    const particles = this.#particles;
    const half = this.#timeStep / 2;
    particles.kick(half);
    particles.drift(half);
    const before = particles.kinetic();
    this.#exchange(target.thermal);
    this.#heat += before - particles.kinetic();
    particles.drift(half);
    particles.evaluate(withVirial);
    particles.kick(half);
  }

  /** v = c v + √((1 − c²) kT/m) R */
  #exchange(thermal: number): void {
    const { velocities, inertia, moving } = this.#particles;
    const kept = this.#kept;
    const strength = Math.sqrt((1 - kept * kept) * thermal);
    const noise = this.#noise;
    this.#random.fillNormals(noise);
    for (let k = 0, from = 0; k < moving.length; k++, from += 3) {
      const atom = moving[k];
      const width = strength / Math.sqrt(inertia[atom]);
      const at = 3 * atom;
      velocities[at] = kept * velocities[at] + width * noise[from];
      velocities[at + 1] = kept * velocities[at + 1] + width * noise[from + 1];
      velocities[at + 2] = kept * velocities[at + 2] + width * noise[from + 2];
    }
    this.#freedom.project();
  }

  state(): Float64Array {
    return Float64Array.of(this.#heat);
  }

  restore(state: Float64Array): void {
    this.#heat = state[0];
  }
}
