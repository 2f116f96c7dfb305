/** Parts of a trajectory that motion is measured over, and which frames of them are evenly spaced in time. */
import { dataError } from "../../../core/errors.ts";
import type { Structure } from "../../../data/structure.ts";
import type { Curve } from "./curve.ts";
import { MotionMeasures, type MotionSubject } from "./motion-measures.ts";
import type { AnalysisSection } from "./settings.ts";

/** A segment of a run at one temperature, or heating from one to another. */
export interface TimeWindow {
  /** From 1. */
  readonly segment: number;
  /** K; null where it changes. */
  readonly temperature_K: number | null;
  readonly from_ps: number;
  readonly to_ps: number;
}

/** The name under which readers leave velocities, Å/fs. */
const VELOCITIES = "atom.vel";
/** Times are written with few digits. */
const UNEVEN = 1e-3;
const ROUNDING_PS = 1e-6;

export function velocitiesOf({ info }: Pick<Structure, "info">): Float64Array | null {
  const found = info[VELOCITIES];
  return Array.isArray(found) ? Float64Array.from(found as readonly number[]) : null;
}

/** ps; null where the frame does not say. */
export function timeOf({ info }: Pick<Structure, "info">): number | null {
  return typeof info.time_ps === "number" ? info.time_ps : null;
}

/** The window that a state belongs to: the first state of a segment is the last one of that before it. */
export function windowAt(windows: readonly TimeWindow[], time: number): TimeWindow | undefined {
  return windows.find(({ from_ps, to_ps }) => time > from_ps + ROUNDING_PS && time <= to_ps + ROUNDING_PS);
}

interface Moment {
  readonly positions: Float64Array;
  readonly velocities: Float64Array | null;
  /** ps */
  readonly time: number;
}

interface Open {
  readonly window: TimeWindow | null;
  /** The first frame, until the second tells how far frames are apart. */
  waiting: Moment | null;
  measures: MotionMeasures | null;
  /** fs */
  step: number;
  /** ps */
  last: number;
}

/** Motion over one window after another: only the one at hand is kept in memory. */
export class WindowedMotion {
  readonly #section: AnalysisSection;
  readonly #subject: MotionSubject;
  readonly #windows: readonly TimeWindow[];
  readonly #labels: Curve["labels"];
  readonly #warn: (text: string) => void;
  readonly #curves: Curve[] = [];
  #open: Open | null = null;
  #frames = 0;
  #leftOut = 0;

  /**
   * @param windows in the order of time; none: the whole file is one
   * @param labels of all curves
   */
  constructor(
    section: AnalysisSection,
    subject: MotionSubject,
    windows: readonly TimeWindow[],
    labels: Curve["labels"],
    warn: (text: string) => void,
  ) {
    this.#section = section;
    this.#subject = subject;
    this.#windows = windows;
    this.#labels = labels;
    this.#warn = warn;
  }

  /**
   * @param positions unwrapped
   * @throws {EcitonError} "data" for a frame without a time, or after a gap
   */
  add(structure: Structure, positions: Float64Array): void {
    const time = this.#timeOf(structure);
    const moment = { positions, velocities: velocitiesOf(structure), time };
    this.#frames++;
    const window = this.#windows.length === 0 ? null : windowAt(this.#windows, time);
    if (window === undefined) return;
    if (this.#open === null || this.#open.window !== window) this.#begin(window, moment);
    else this.#continue(this.#open, moment, structure);
  }

  #timeOf(structure: Structure): number {
    const { time_step_fs, every } = this.#section.frames;
    if (time_step_fs !== undefined) return (this.#frames * time_step_fs * every) / 1000;
    const time = timeOf(structure);
    if (time !== null) return time;
    // Distances alone need no times.
    if (!this.#section.msd && !this.#section.velocity_autocorrelation) return this.#frames;
    const { file, line } = structure.source;
    throw dataError(
      file,
      line,
      "the frame does not say its time (time_ps): give analysis.frames.time_step_fs, the time between frames",
    );
  }

  #begin(window: TimeWindow | null, moment: Moment): void {
    this.#close();
    this.#open = { window, waiting: moment, measures: null, step: 0, last: moment.time };
  }

  #continue(open: Open, moment: Moment, { source }: Structure): void {
    const passed = 1000 * (moment.time - open.last);
    if (open.waiting) {
      if (!(passed > 0)) {
        this.#leftOut++;
        return;
      }
      open.step = passed;
      open.measures = new MotionMeasures(this.#section, this.#subject, passed);
      open.measures.add(open.waiting.positions, open.waiting.velocities);
      open.waiting = null;
    } else if (!this.#section.msd && !this.#section.velocity_autocorrelation) {
      // Distances alone are averaged over frames at any times.
    } else if (passed < open.step * (1 - UNEVEN)) {
      // A run writes its last state too, whenever that is, and one that went on may repeat a frame.
      this.#leftOut++;
      return;
    } else if (passed > open.step * (1 + UNEVEN)) {
      throw dataError(
        source.file,
        source.line,
        `expected a frame every ${open.step.toPrecision(6)} fs, found one ${passed.toPrecision(6)} fs after that before it: ` +
          "motion can be followed over evenly spaced frames only",
      );
    }
    open.last = moment.time;
    open.measures!.add(moment.positions, moment.velocities);
  }

  #close(): void {
    const open = this.#open;
    this.#open = null;
    if (!open?.measures) return;
    const { window } = open;
    const labels =
      window === null
        ? this.#labels
        : { ...this.#labels, segment: window.segment, temperature_K: window.temperature_K ?? "" };
    this.#curves.push(...open.measures.curves(labels, this.#warn));
  }

  curves(): Curve[] {
    this.#close();
    if (this.#leftOut > 1)
      this.#warn(
        `${this.#subject.file}: ${this.#leftOut} frames that stand between evenly spaced ones are left out of motion`,
      );
    return this.#curves;
  }
}
