/** A run of molecular dynamics: segments of steps, measured on the way. */
import { det3 } from "../../core/linalg.ts";
import type { RandomState, RandomStream } from "../../core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import { type Measurement, SegmentAverages, type SegmentResult } from "./averages.ts";
import { createIntegrator, type EnsembleSpec, hasBarostat } from "./ensemble.ts";
import type { Freedom } from "./freedom.ts";
import type { Integrator, Target } from "./integrator.ts";
import { checkEnergy, checkMoves, checkTemperature, failedForces, type Limits } from "./limits.ts";
import type { Particles, ParticlesState } from "./particles.ts";
import { Schedule, type Segment } from "./schedule.ts";

export interface DynamicsPlan {
  readonly ensemble: EnsembleSpec;
  /** fs */
  readonly timeStep: number;
  readonly segments: readonly Segment[];
  /** Steps from one measurement for the means to the next. */
  readonly sampleEvery: number;
  readonly limits: Limits;
}

/** All that a resumed run needs to go on with the same bits. */
export interface DynamicsState {
  readonly step: number;
  readonly particles: ParticlesState;
  readonly integrator: Float64Array;
  readonly random: RandomState;
  readonly averages: ReturnType<SegmentAverages["state"]>;
  readonly finished: readonly SegmentResult[];
}

export class MolecularDynamics {
  readonly particles: Particles;
  readonly schedule: Schedule;
  /** Segments that are done. */
  readonly finished: SegmentResult[] = [];
  /** The state of things after the last step that was measured. */
  readonly last: Measurement = {
    step: -1,
    time: 0,
    potential: Number.NaN,
    kinetic: Number.NaN,
    temperature: Number.NaN,
    volume: Number.NaN,
    pressure: Number.NaN,
    conserved: Number.NaN,
  };
  readonly #plan: DynamicsPlan;
  readonly #freedom: Freedom;
  readonly #random: RandomStream;
  readonly #integrator: Integrator;
  readonly #withCell: boolean;
  readonly #target: Target = { thermal: 0, pressure: 0 };
  #averages = new SegmentAverages();
  #segment = 0;
  #step = 0;

  /**
   * Computes the first forces.
   * @param particles with their velocities
   * @param random taken over by the run
   * @throws {EcitonError} "study" for an ensemble or segments that are not possible, "data" for atoms that coincide
   */
  constructor(particles: Particles, freedom: Freedom, random: RandomStream, plan: DynamicsPlan) {
    this.particles = particles;
    this.schedule = new Schedule(plan.segments);
    this.#plan = plan;
    this.#freedom = freedom;
    this.#random = random;
    this.#integrator = createIntegrator(plan.ensemble, particles, freedom, random, plan.timeStep);
    this.#withCell = particles.atoms.periodic.every(Boolean) && det3(particles.cell) !== 0;
    this.#integrator.begin(this.schedule.thermalOf(0));
    particles.evaluate(this.#withCell);
    particles.guard = () => checkMoves(particles, plan.limits, this.#moment);
    this.measure();
  }

  /** Steps that are done. */
  get step(): number {
    return this.#step;
  }

  get ended(): boolean {
    return this.#step === this.schedule.steps;
  }

  /** ps, without the digits that multiplication adds. */
  timeAt(step: number): number {
    return Number(((step * this.#plan.timeStep) / 1000).toPrecision(12));
  }

  readonly #moment = () => ({
    step: this.#step + 1,
    time_ps: this.timeAt(this.#step + 1),
    temperature_K: this.#temperature(this.particles.kinetic()),
  });

  #temperature(kinetic: number): number {
    return (2 * kinetic) / (this.#freedom.degrees * BOLTZMANN_EV_PER_K);
  }

  /**
   * One time step.
   * @param measured whether `last` is wanted after it, which for periodic atoms needs the virial
   * @throws {EcitonError} "not-converged" where the dynamics have gone wrong
   */
  advance(measured: boolean): void {
    const { sampleEvery } = this.#plan;
    const sample = (this.#step + 1) % sampleEvery === 0;
    const looked = measured || sample;
    this.schedule.target(this.#segment, this.#step, this.#target);
    try {
      this.#integrator.step(this.#target, looked && this.#withCell);
    } catch (error) {
      throw failedForces(error, this.#moment);
    }
    checkEnergy(this.particles, this.#moment);
    this.#step++;
    if (looked) {
      this.measure();
      checkTemperature(this.last.temperature, this.#plan.limits, () => ({
        step: this.#step,
        time_ps: this.timeAt(this.#step),
        temperature_K: this.last.temperature,
      }));
    }
    const segment = this.schedule.segments[this.#segment];
    if (sample) this.#averages.add(this.last, this.#target.pressure, segment.measured);
    if (this.#step === this.schedule.endOf(this.#segment)) this.#endSegment();
  }

  #endSegment(): void {
    const number = this.#segment;
    const { schedule, finished } = this;
    const { kind } = this.#plan.ensemble;
    const from = this.timeAt(schedule.startOf(number));
    const to = this.timeAt(schedule.endOf(number));
    const law = kind === "nve" ? kind : hasBarostat(this.#plan.ensemble) ? "npt" : "nvt";
    const segment = schedule.segments[number];
    finished.push(this.#averages.result(number, segment, from, to, this.#withCell, law));
    this.#averages = new SegmentAverages();
    if (this.ended) return;
    this.#segment++;
    this.#integrator.begin(schedule.thermalOf(this.#segment));
  }

  /** Fills `last` with the present state; the virial has to be that of the present positions. */
  measure(): void {
    const { particles, last } = this;
    const { virial, energy } = particles;
    const kinetic = particles.kinetic();
    last.step = this.#step;
    last.time = this.timeAt(this.#step);
    last.potential = energy;
    last.kinetic = kinetic;
    last.temperature = this.#temperature(kinetic);
    if (this.#integrator.conserves) last.conserved = energy + kinetic + this.#integrator.stored();
    if (!this.#withCell) return;
    last.volume = Math.abs(det3(particles.cell));
    last.pressure = (2 * kinetic + virial[0] + virial[4] + virial[8]) / (3 * last.volume);
  }

  state(): DynamicsState {
    return {
      step: this.#step,
      particles: this.particles.state(),
      integrator: this.#integrator.state(),
      random: this.#random.state(),
      averages: this.#averages.state(),
      finished: this.finished,
    };
  }

  restore(state: DynamicsState): void {
    this.#step = state.step;
    this.#segment = this.schedule.segmentAt(state.step);
    this.particles.restore(state.particles);
    this.#integrator.begin(this.schedule.thermalOf(this.#segment));
    this.#integrator.restore(state.integrator);
    this.#random.skipTo(state.random.drawn);
    this.#averages.restore(state.averages);
    this.finished.splice(0, this.finished.length, ...state.finished);
    this.measure();
  }
}
