// Tasks that the jobs of the tests run, as plain JavaScript: a job does not know the test's loader.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * A chain as Monte Carlo has them: it does not yield, looks at its cancel flag, writes checkpoints and goes on from them.
 * @returns a number that depends on every one of its steps, and on nothing else
 */
export function chain({ seed, steps, stepMs, checkpoint, resume }, { cancel, progress, index }) {
  const saved = resume && existsSync(checkpoint) ? JSON.parse(readFileSync(checkpoint, "utf8")) : null;
  let { step, value } = saved ?? { step: 0, value: seed };
  appendFileSync(`${checkpoint}.starts`, `${step} ${process.pid} ${process.env.SLURM_RESTART_COUNT ?? 0}\n`);
  const save = () => {
    writeFileSync(`${checkpoint}.part`, JSON.stringify({ step, value }));
    renameSync(`${checkpoint}.part`, checkpoint);
  };
  while (step < steps) {
    if (Atomics.load(cancel, 0) !== 0) {
      save();
      return { interrupted: true, step };
    }
    if (stepMs > 0) Atomics.wait(sleeper, 0, 0, stepMs);
    value = (Math.imul(value, 1664525) + 1013904223) >>> 0;
    step++;
    if (step % 10 === 0) save();
    Atomics.store(progress, index, Math.floor((1000 * step) / steps));
  }
  return { interrupted: false, value, series: Float64Array.of(value, Number.NaN), inThread: threadId > 0 };
}

/** Ends its process once, or every time. */
export function dies({ marker, always }) {
  const before = existsSync(marker);
  writeFileSync(marker, "");
  if (always || !before) process.kill(process.pid, "SIGKILL");
  return "lived";
}
