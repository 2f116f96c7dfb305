/** Tasks that the executor's tests run, in this thread and in others. */
import { EcitonError } from "../../src/core/errors.ts";
import type { TaskContext } from "../../src/exec/executor.ts";

export const module = import.meta.url;
export const notAFunction = 3;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Later tasks finish first. */
export async function squareSlowly(
  payload: { x: number; of: number },
  context: TaskContext,
): Promise<number> {
  await pause(5 * (payload.of - context.index));
  return payload.x ** 2;
}

export function echo(payload: unknown): unknown {
  return payload;
}

export function failOn(payload: { x: number; bad: number; plain?: boolean }): number {
  if (payload.x === payload.bad) {
    if (payload.plain) throw new TypeError("plain");
    throw new EcitonError("not-converged", `no end at ${payload.x}`, { x: payload.x, list: [1, 2] });
  }
  return payload.x;
}

export async function exitOn(payload: { x: number; bad: number }): Promise<number> {
  if (payload.x === payload.bad) process.exit(3);
  await pause(20);
  return payload.x;
}

/** Works until it is told to stop, and says how far it came. */
export async function untilCancelled(limit: number, context: TaskContext): Promise<string> {
  for (let step = 1; step <= limit; step++) {
    Atomics.store(context.progress, context.index, step);
    if (Atomics.load(context.cancel, 0) !== 0) return "stopped";
    await pause(5);
  }
  return "finished";
}

/** The first fails at once; the others run on until they are told to stop, and leave a mark that they began. */
export async function failFirst(marks: Int32Array, context: TaskContext): Promise<void> {
  Atomics.add(marks, 0, 1);
  if (context.index === 0) throw new EcitonError("data", "first");
  for (let i = 0; i < 400 && Atomics.load(context.cancel, 0) === 0; i++) await pause(5);
  Atomics.add(marks, 1, 1);
}

export function notCloneable(): unknown {
  return () => 1;
}
