/** What temperature and pressure are wanted at each step. */
import { EcitonError } from "../../core/errors.ts";
import { BOLTZMANN_EV_PER_K, GPA_EV_PER_A3 } from "../../core/units.ts";
import type { Target } from "./integrator.ts";

/** Plain data, so that it can be handed to another thread. */
export interface Segment {
  readonly steps: number;
  /** From and to, K; it changes evenly with the steps. */
  readonly temperature_K: readonly [number, number];
  /** From and to, GPa; only looked at under constant pressure. */
  readonly pressure_GPa: readonly [number, number];
  /** Whether means are taken. */
  readonly measured: boolean;
}

export class Schedule {
  readonly segments: readonly Segment[];
  readonly steps: number;
  readonly #ends: number[];

  /** @throws {EcitonError} "study" for a segment without steps or with a temperature that is not above zero */
  constructor(segments: readonly Segment[]) {
    if (segments.length === 0) throw wrong("dynamics.segments", "expected at least one segment");
    segments.forEach(({ steps, temperature_K }, i) => {
      const path = `dynamics.segments[${i}]`;
      if (!Number.isSafeInteger(steps) || steps < 1)
        throw wrong(path, `expected at least one time step, found ${steps}`);
      if (!temperature_K.every((t) => t > 0 && Number.isFinite(t)))
        throw wrong(path, `expected temperatures above 0 K, found ${temperature_K.join(" to ")}`);
    });
    this.segments = segments;
    this.#ends = [];
    let steps = 0;
    for (const segment of segments) this.#ends.push((steps += segment.steps));
    this.steps = steps;
  }

  /** Number of the segment that follows after so many steps; the last one at the end. */
  segmentAt(step: number): number {
    const found = this.#ends.findIndex((end) => step < end);
    return found < 0 ? this.segments.length - 1 : found;
  }

  /** Steps before a segment. */
  startOf(segment: number): number {
    return segment === 0 ? 0 : this.#ends[segment - 1];
  }

  endOf(segment: number): number {
    return this.#ends[segment];
  }

  /** kT that the masses of thermostats are made for, eV: that in the middle of the segment. */
  thermalOf(segment: number): number {
    const [from, to] = this.segments[segment].temperature_K;
    return (BOLTZMANN_EV_PER_K * (from + to)) / 2;
  }

  /** @param step number of the step that comes, from 0; half-way through it is looked at */
  target(segment: number, step: number, out: Target): void {
    const { temperature_K, pressure_GPa, steps } = this.segments[segment];
    const part = (step - this.startOf(segment) + 0.5) / steps;
    out.thermal = BOLTZMANN_EV_PER_K * (temperature_K[0] + part * (temperature_K[1] - temperature_K[0]));
    out.pressure = GPA_EV_PER_A3 * (pressure_GPa[0] + part * (pressure_GPa[1] - pressure_GPa[0]));
  }
}

function wrong(path: string, message: string): EcitonError {
  return new EcitonError("study", `${path}: ${message}`, { path });
}

export interface Staircase {
  readonly temperatures_K: readonly number[];
  /** Steps at each temperature before means are taken, and while they are. */
  readonly equilibrate: number;
  readonly measure: number;
  readonly pressure_GPa: number;
}

/** Two segments for each temperature: one to settle, one to measure. */
export function staircaseSegments(staircase: Staircase): Segment[] {
  const { temperatures_K, equilibrate, measure, pressure_GPa } = staircase;
  return temperatures_K.flatMap((t) => {
    const held = { temperature_K: [t, t], pressure_GPa: [pressure_GPa, pressure_GPa] } as const;
    const measuring = { ...held, steps: measure, measured: true };
    return equilibrate === 0 ? [measuring] : [{ ...held, steps: equilibrate, measured: false }, measuring];
  });
}
