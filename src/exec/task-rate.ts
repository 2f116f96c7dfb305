/** How fast tasks get on, and how long the rest takes. */

/** Progress of a finished task. */
const WHOLE = 1000;
/** The rate is that of the last seconds: queues and other users change it. */
const WINDOW_S = 60;

export interface RateReport {
  /** Share of all work that is done. */
  readonly fraction: number;
  readonly finished: number;
  /** Tasks a second, parts of tasks counted. */
  readonly tasksPerSecond: number;
  /** null while nothing is known. */
  readonly secondsLeft: number | null;
}

export class TaskRate {
  readonly #tasks: number;
  /** Progress of each task when it was first heard of; -1 until then. */
  readonly #first: Int32Array;
  readonly #resumed: boolean;
  #samples: { readonly time: number; readonly work: number }[] = [];

  /** @param resumed a task's first report counts as done before */
  constructor(tasks: number, resumed: boolean) {
    this.#tasks = tasks;
    this.#resumed = resumed;
    this.#first = new Int32Array(tasks).fill(-1);
  }

  /** @param progress of each task, thousandths. @param time seconds */
  update(progress: Int32Array, time: number): RateReport {
    let done = 0;
    let work = 0;
    let finished = 0;
    for (let i = 0; i < this.#tasks; i++) {
      const now = Math.min(progress[i], WHOLE);
      if (this.#first[i] < 0 && now > 0) this.#first[i] = this.#resumed ? now : 0;
      done += now;
      work += now - Math.max(0, this.#first[i]);
      if (now === WHOLE) finished++;
    }
    this.#samples.push({ time, work });
    // The oldest one kept lies just outside the window, so that the window is full.
    const begin = this.#samples.findLastIndex((sample) => sample.time <= time - WINDOW_S);
    if (begin > 0) this.#samples = this.#samples.slice(begin);
    const oldest = this.#samples[0];
    const rate = time > oldest.time ? (work - oldest.work) / (time - oldest.time) / WHOLE : 0;
    const left = this.#tasks - done / WHOLE;
    return {
      fraction: this.#tasks === 0 ? 1 : done / WHOLE / this.#tasks,
      finished,
      tasksPerSecond: rate,
      secondsLeft: left === 0 ? 0 : rate > 0 ? left / rate : null,
    };
  }
}

/** In the unit that a person would use. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86400).toFixed(1)} days`;
}
