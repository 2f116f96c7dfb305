/** Tasks of long runs (chains, replicas, paths) on the executor, with progress, and what an interruption says. */
import { join } from "node:path";
import { EcitonError } from "../core/errors.ts";
import type { Executor, TaskFunction } from "../exec/executor.ts";
import { LifeSignFile } from "../exec/life-sign.ts";
import { startTaskProgress } from "../exec/progress.ts";
import type { RunContext } from "./context.ts";
import { CHECKPOINTS, LIFE_SIGN } from "./output-files.ts";

export interface TaskGroup<Payload> {
  readonly task: TaskFunction;
  readonly payloads: readonly Payload[];
  /** What people know each task by. */
  readonly names: readonly string[];
  /** "chains". */
  readonly noun: string;
  /** Steps of one task, for the speed that is shown; null: none is shown. */
  readonly steps: number | null;
  /** What is done, beside the bar; default "Monte Carlo". */
  readonly label?: string;
}

type Interrupted = { readonly interrupted: true };

/** Where such tasks run. */
export function executorOf(context: RunContext): Executor {
  return context.chainExecutor ?? context.executor;
}

/** "on 2 threads". */
export function placeOf(context: RunContext): string {
  const executor = executorOf(context);
  const threads = Math.max(1, executor.workers);
  return executor.sharesMemory ? `on ${threads} thread${threads > 1 ? "s" : ""}` : "as Slurm jobs";
}

/**
 * @returns results in the order of the payloads
 * @throws {EcitonError} "cancelled" after an interruption, all checkpoints written
 */
export async function runTasks<Payload, Finished extends { readonly interrupted: false }>(
  group: TaskGroup<Payload>,
  context: RunContext,
): Promise<Finished[]> {
  const { task, payloads, names, noun, steps, label = "Monte Carlo" } = group;
  const bar = startTaskProgress({ label, noun, names, steps, resumed: context.resume });
  const executor = executorOf(context);
  const sign = executor.sharesMemory
    ? new LifeSignFile(join(context.outDir, CHECKPOINTS, LIFE_SIGN), names)
    : null;
  let results: (Finished | Interrupted)[];
  try {
    results = await executor.map<Finished | Interrupted>(task, payloads, {
      signal: context.signal,
      names,
      onProgress: (progress) => {
        bar.update(progress);
        sign?.update(progress);
      },
    });
  } catch (error) {
    throw executor.sharesMemory ? withWayOn(error) : error;
  } finally {
    bar.end();
  }
  const finished = results.filter((result): result is Finished => !result.interrupted);
  if (finished.length < results.length)
    throw new EcitonError(
      "cancelled",
      `interrupted: ${finished.length} of ${results.length} ${noun} are finished, the others stopped at ` +
        "a checkpoint; run the same command with --resume to go on",
      { finished: finished.length, [noun]: results.length },
    );
  return finished;
}

/** Where the disk or a thread failed, the same tasks can go on. */
function withWayOn(error: unknown): unknown {
  if (!(error instanceof EcitonError) || error.code !== "io") return error;
  const message = `${error.message}\nwhen that is mended, the same command with --resume goes on from the last checkpoints`;
  return new EcitonError(error.code, message, error.details, error);
}
