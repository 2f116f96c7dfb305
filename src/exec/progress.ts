/** Progress bars on stderr, on a terminal only. */
import cliProgress from "cli-progress";

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
