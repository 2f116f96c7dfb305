/** Files that a run writes on its way: frames of a trajectory, and a table of energies. */
import { AppendedFile } from "../../exec/appended-file.ts";
import type { Measurement } from "./averages.ts";
import { type DynamicsFormat, type FrameParts, frameText, seriesHeader, seriesLine } from "./frame-text.ts";
import type { Particles } from "./particles.ts";

export interface TrajectoryPlan extends FrameParts {
  readonly path: string;
  readonly format: DynamicsFormat;
  /** Steps from one frame to the next; the first and the last state are always written. */
  readonly everySteps: number;
}

export interface SeriesPlan {
  /** A CSV file. */
  readonly path: string;
  readonly everySteps: number;
}

/** Lengths of the files at a checkpoint; null where there is none. */
export interface OutputState {
  readonly trajectory: number | null;
  readonly series: number | null;
}

export class MdOutput {
  readonly #trajectory: { readonly plan: TrajectoryPlan; readonly file: AppendedFile } | null;
  readonly #series: { readonly plan: SeriesPlan; readonly file: AppendedFile } | null;
  readonly #name: string;
  readonly #steps: number;

  /**
   * @param name of the structure, written into each frame
   * @param steps of the whole run
   * @param saved lengths at the checkpoint that the run goes on from; null for a new run
   */
  constructor(
    plans: { readonly trajectory: TrajectoryPlan | null; readonly series: SeriesPlan | null },
    name: string,
    steps: number,
    saved: OutputState | null,
  ) {
    const open = (path: string, bytes: number | null | undefined) =>
      bytes == null ? AppendedFile.create(path) : AppendedFile.resume(path, bytes);
    const { trajectory, series } = plans;
    this.#name = name;
    this.#steps = steps;
    this.#trajectory = trajectory && { plan: trajectory, file: open(trajectory.path, saved?.trajectory) };
    this.#series = series && { plan: series, file: open(series.path, saved?.series) };
  }

  /** Whether the state after so many steps is written. */
  due(step: number): boolean {
    return this.#isDue(this.#trajectory, step) || this.#isDue(this.#series, step);
  }

  #isDue(output: { readonly plan: { readonly everySteps: number } } | null, step: number): boolean {
    return output !== null && (step % output.plan.everySteps === 0 || step === this.#steps);
  }

  write(particles: Particles, moment: Measurement): void {
    if (this.#series && this.#isDue(this.#series, moment.step)) {
      if (moment.step === 0) this.#series.file.append(seriesHeader(!Number.isNaN(moment.volume)));
      this.#series.file.append(seriesLine(moment));
    }
    if (this.#trajectory && this.#isDue(this.#trajectory, moment.step)) {
      const { plan, file } = this.#trajectory;
      file.append(frameText(particles, moment, this.#name, plan.format, plan));
    }
  }

  /** Returns when everything is on the disk. */
  sync(): OutputState {
    this.#trajectory?.file.sync();
    this.#series?.file.sync();
    return { trajectory: this.#trajectory?.file.bytes ?? null, series: this.#series?.file.bytes ?? null };
  }

  close(): void {
    try {
      this.#trajectory?.file.close();
    } finally {
      this.#series?.file.close();
    }
  }
}
