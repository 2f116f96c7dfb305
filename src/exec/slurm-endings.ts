/** How a map on Slurm ends when it does not end with results: what stands where, and what to do next. */
import { EcitonError } from "../core/errors.ts";
import type { TaskFolder } from "./task-folder.ts";

export interface Waiting {
  /** By the wish of whoever submitted, not by an interruption. */
  readonly detached: boolean;
  readonly jobs: readonly number[];
  readonly tasks: number;
  readonly done: number;
  readonly queued: number;
}

/** The waiting ends, the jobs do not. */
export function waitingEnded(folder: TaskFolder, waiting: Waiting): EcitonError {
  const { detached, jobs, tasks, done } = waiting;
  const numbers = jobs.join(" ");
  const message = [
    `${detached ? "submitted" : "stopped waiting"}: ${done} of ${tasks} tasks are done` +
      (jobs.length === 0 ? ", no job is in the queue" : `; the jobs (${numbers}) go on without this process`),
    "the same command with --resume waits for them and gathers the results; eciton status shows how far they are" +
      (jobs.length === 0 ? "" : `; scancel ${numbers} ends them at a checkpoint`),
  ].join("\n");
  return new EcitonError("cancelled", message, { ...waiting, folder: folder.path });
}

/** Tasks that a message names. */
const MOST_NAMED = 10;

export interface GivenUp {
  readonly index: number;
  readonly name: string;
  readonly reason: string;
  readonly log: string;
}

/** Some tasks failed too often, all others are done. */
export function tasksGivenUp(folder: TaskFolder, failed: readonly GivenUp[], tasks: number): EcitonError {
  const lines = failed
    .slice(0, MOST_NAMED)
    .map(({ name, reason, log }) => `  ${name}: ${reason} (see ${log})`);
  if (failed.length > MOST_NAMED) lines.push(`  and ${failed.length - MOST_NAMED} more`);
  const message =
    `${failed.length} of ${tasks} tasks failed too often; the others are done and kept; the same command with --resume ` +
    "tries again";
  return new EcitonError("partial", [message, ...lines].join("\n"), {
    folder: folder.path,
    tasks: failed.map(({ index }) => index),
  });
}
