/** NPT by stochastic cell rescaling, isotropic, with stochastic velocity rescaling as its thermostat. */

import { det3 } from "../../core/linalg.ts";
import type { RandomStream } from "../../core/random.ts";
import type { Freedom } from "./freedom.ts";
import type { Integrator, Target } from "./integrator.ts";
import type { Particles } from "./particles.ts";
import { rescalingFactor } from "./velocity-rescaling.ts";

/**
 * The volume relaxes without inertia. In λ = √V the noise does not depend on the volume, so that Euler's steps are exact
 * for it:
 *   dλ = −(βλ/2τ) (P − P_int − kT/2V) dt + √(kTβ/2τ) dW
 * Positions and cell are scaled by (V'/V)^(1/3), velocities by the inverse. The scaling stands in the middle of the
 * drift, so that the forces on both sides of it belong to their positions; the virial is half a time step old.
 * @see Bernetti, Bussi, J. Chem. Phys. 153, 114107 (2020)
 */
export class StochasticCell implements Integrator {
  readonly conserves = false;
  readonly #particles: Particles;
  readonly #freedom: Freedom;
  readonly #random: RandomStream;
  readonly #timeStep: number;
  readonly #kept: number;
  readonly #mobility: number;

  /**
   * @param timeStep fs
   * @param thermostat time in which the kinetic energy relaxes, fs
   * @param time in which the volume relaxes, fs
   * @param compressibility an estimate of −(∂V/∂P)/V, Å³/eV; with a wrong one the volume relaxes in another time
   */
  constructor(
    particles: Particles,
    freedom: Freedom,
    random: RandomStream,
    timeStep: number,
    thermostat: number,
    time: number,
    compressibility: number,
  ) {
    this.#particles = particles;
    this.#freedom = freedom;
    this.#random = random;
    this.#timeStep = timeStep;
    this.#kept = Math.exp(-timeStep / thermostat);
    this.#mobility = compressibility / (2 * time);
  }

  stored(): number {
    return 0;
  }

  begin(): void {}

  step(target: Target): void {
    const particles = this.#particles;
    const half = this.#timeStep / 2;
    particles.kick(half);
    particles.drift(half);
    this.#exchange(target.thermal);
    this.#scale(target);
    particles.drift(half);
    particles.evaluate(true);
    particles.kick(half);
  }

  #exchange(thermal: number): void {
    const { degrees } = this.#freedom;
    const kinetic = this.#particles.kinetic();
    this.#particles.scaleVelocities(rescalingFactor(kinetic, degrees, thermal, this.#kept, this.#random));
  }

  #scale({ thermal, pressure }: Target): void {
    const { virial, cell, positions } = this.#particles;
    const volume = Math.abs(det3(cell));
    const inside = (2 * this.#particles.kinetic() + virial[0] + virial[4] + virial[8]) / (3 * volume);
    const root = Math.sqrt(volume);
    const push = this.#mobility * this.#timeStep;
    const next =
      root -
      push * root * (pressure - inside - thermal / (2 * volume)) +
      Math.sqrt(thermal * push) * this.#random.nextNormal();
    const factor = Math.cbrt((next * next) / volume);
    this.#particles.strain = Math.abs(factor - 1);
    for (let i = 0; i < positions.length; i++) positions[i] *= factor;
    for (let i = 0; i < 9; i++) cell[i] *= factor;
    this.#particles.scaleVelocities(1 / factor);
  }

  state(): Float64Array {
    return new Float64Array(0);
  }

  restore(): void {}
}
