/** One time step after another: what the ensembles have in common. */
import type { Particles } from "./particles.ts";

/** What a thermostat and a barostat aim at during a step. */
export interface Target {
  /** kT, eV */
  thermal: number;
  /** eV/Å³ */
  pressure: number;
}

export interface Integrator {
  /** Whether kinetic + potential energy + stored() stays the same but for the errors of the time step. */
  readonly conserves: boolean;
  /** Energy that the surroundings have taken up since the start, eV: heat, work against the pressure, moving walls. */
  stored(): number;
  /**
   * The masses of thermostats and barostats follow from one temperature for each segment.
   * @param thermal kT, eV
   */
  begin(thermal: number): void;
  /**
   * One time step. The forces belong to the positions before and after it.
   * @param withVirial whether the virial is wanted after it
   */
  step(target: Target, withVirial: boolean): void;
  /** Numbers that a resumed run goes on with; those of the particles and random numbers are kept elsewhere. */
  state(): Float64Array;
  restore(state: Float64Array): void;
}

/** Velocity Verlet: half a kick, a drift, new forces, half a kick. */
export function verletStep(particles: Particles, timeStep: number, withVirial: boolean): void {
  particles.kick(timeStep / 2);
  particles.drift(timeStep);
  particles.evaluate(withVirial);
  particles.kick(timeStep / 2);
}

/** NVE. */
export class VelocityVerlet implements Integrator {
  readonly conserves = true;
  readonly #particles: Particles;
  readonly #timeStep: number;

  /** @param timeStep fs */
  constructor(particles: Particles, timeStep: number) {
    this.#particles = particles;
    this.#timeStep = timeStep;
  }

  stored(): number {
    return 0;
  }

  begin(): void {}

  step(_: Target, withVirial: boolean): void {
    verletStep(this.#particles, this.#timeStep, withVirial);
  }

  state(): Float64Array {
    return new Float64Array(0);
  }

  restore(): void {}
}
