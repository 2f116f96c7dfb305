/** Progress on stderr: bars on a terminal, elsewhere a line now and then. */
import cliProgress from "cli-progress";
import { durationText, TaskRate } from "./task-rate.ts";

export interface Progress {
  /** @param done between 0 and total */
  update(done: number): void;
  end(): void;
}

/** @returns a bar with the time left, or a silent stand-in where stderr is no terminal */
export function startProgress(label: string, total: number): Progress {
  if (!process.stderr.isTTY || total <= 0) return { update: () => {}, end: () => {} };
  const bar = new cliProgress.SingleBar({
    format: `${label.padEnd(28)} {bar} {percentage}% | {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return { update: (done) => bar.update(Math.min(done, total)), end: () => bar.stop() };
}

export interface TaskProgress {
  /** @param progress of each task, thousandths */
  update(progress: Int32Array): void;
  end(): void;
}

export interface TaskProgressOptions {
  readonly label: string;
  /** What people know the tasks by: "chain-0003, 300 K". */
  readonly names: readonly string[];
  /** Word for many tasks: "chains". */
  readonly noun: string;
  /** Steps of one task, for the speed; null where tasks have no steps that could be told beforehand. */
  readonly steps: number | null;
  /** Tasks may go on from a checkpoint: what they did before is no work of this run. */
  readonly resumed: boolean;
  readonly stream?: NodeJS.WriteStream;
  /** Seconds. */
  readonly now?: () => number;
}

/** With more tasks than this a bar for each would fill the terminal. */
const MOST_BARS = 10;
/** Without a terminal, one line so often. */
const LINE_EVERY_S = 30;

/** Progress of many tasks: how many are done, steps a second, time left; a bar for each where they are few. */
export function startTaskProgress(options: TaskProgressOptions): TaskProgress {
  const { label, names, noun, steps, resumed } = options;
  const stream = options.stream ?? process.stderr;
  const now = options.now ?? (() => performance.now() / 1000);
  const rate = new TaskRate(names.length, resumed);
  const describe = (progress: Int32Array) => {
    const { fraction, finished, tasksPerSecond, secondsLeft } = rate.update(progress, now());
    const parts = [
      `${finished} of ${names.length} ${noun} done`,
      ...(tasksPerSecond > 0 && steps !== null ? [`${stepsText(steps * tasksPerSecond)} steps/s`] : []),
      ...(secondsLeft === null ? [] : [`${durationText(secondsLeft)} left`]),
    ];
    return { fraction, text: parts.join(", ") };
  };
  if (!stream.isTTY) {
    let last = now();
    return {
      update: (progress) => {
        const { fraction, text } = describe(progress);
        if (now() - last < LINE_EVERY_S) return;
        last = now();
        stream.write(`${label}: ${(100 * fraction).toFixed(0)}%, ${text}\n`);
      },
      end: () => {},
    };
  }
  const bars = new cliProgress.MultiBar({
    format: "{name} {bar} {percentage}%{text}",
    stream,
    hideCursor: true,
    clearOnComplete: true,
  });
  const few = names.length > 1 && names.length <= MOST_BARS ? names : [];
  const width = Math.max(label.length, ...few.map((name) => name.length));
  const whole = bars.create(1000, 0, { name: label.padEnd(width), text: "" });
  const single = few.map((name) => bars.create(1000, 0, { name: name.padEnd(width), text: "" }));
  return {
    update: (progress) => {
      const { fraction, text } = describe(progress);
      whole.update(1000 * fraction, { text: ` | ${text}` });
      for (const [index, bar] of single.entries()) bar.update(progress[index]);
    },
    end: () => bars.stop(),
  };
}

function stepsText(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toPrecision(3)} million`;
  return Math.round(perSecond).toLocaleString("en-US");
}
