/** Where each task of a folder stands: what its files say, and what the queue says of the jobs. */
import type { QueuedElement } from "./slurm-commands.ts";
import {
  failureFile,
  resultFile,
  type Submission,
  type TaskFailureRecord,
  type TaskFolder,
} from "./task-folder.ts";

/** The element of an array that has a task. */
export interface Place {
  readonly submission: Submission;
  readonly element: number;
}

export type TaskState =
  | { readonly kind: "done"; readonly place: Place | null }
  /** Never submitted. */
  | { readonly kind: "new"; readonly place: null }
  /** In the queue: it waits, runs or is about to end. */
  | { readonly kind: "queued"; readonly place: Place; readonly queued: QueuedElement }
  | { readonly kind: "failed"; readonly place: Place; readonly failure: TaskFailureRecord }
  /** Its job ended and left neither result nor failure. */
  | { readonly kind: "lost"; readonly place: Place; readonly queued: QueuedElement | null }
  /** Stopped at a checkpoint because its job had to end. */
  | { readonly kind: "interrupted"; readonly place: Place; readonly queued: QueuedElement | null };

/**
 * @param files names of files in the folder, looked up after the queue: a job writes its results before it ends, so one
 *   that the queue no longer has left them there
 */
export function taskStates(
  folder: TaskFolder,
  tasks: number,
  files: ReadonlySet<string>,
  submissions: readonly Submission[],
  queue: readonly QueuedElement[],
): TaskState[] {
  const places: (Place | null)[] = new Array(tasks).fill(null);
  for (const submission of submissions)
    if (!submission.abandoned)
      for (const [element, indices] of submission.elements.entries())
        for (const index of indices) places[index] = { submission, element };
  const inQueue = new Map<string, QueuedElement>();
  for (const queued of queue) {
    const key = `${queued.jobName} ${queued.element}`;
    if (queued.alive || !inQueue.has(key)) inQueue.set(key, queued);
  }
  return places.map((place, index): TaskState => {
    if (files.has(resultFile(index))) return { kind: "done", place };
    if (place === null) return { kind: "new", place };
    const queued = inQueue.get(`${place.submission.jobName} ${place.element}`) ?? null;
    if (queued?.alive) return { kind: "queued", place, queued };
    const failure = files.has(failureFile(index)) ? folder.failure(index) : null;
    // A failure of an earlier attempt says nothing about this one.
    if (failure?.submission !== place.submission.number) return { kind: "lost", place, queued };
    return failure.interrupted ? { kind: "interrupted", place, queued } : { kind: "failed", place, failure };
  });
}

/** In words, why a task has to be submitted again. */
export function reasonOf(state: TaskState & { kind: "failed" | "lost" | "interrupted" }): string {
  if (state.kind === "failed") return state.failure.message;
  const { queued, kind } = state;
  if (queued?.state === "CANCELLED") return kind === "lost" ? "cancelled" : "cancelled, at a checkpoint";
  if (kind === "interrupted") return "stopped at a checkpoint: time limit or preemption";
  if (queued === null) return "its job has left the queue: cancelled, or ended long ago";
  switch (queued.state) {
    case "TIMEOUT":
    case "DEADLINE":
      return "time limit";
    case "NODE_FAIL":
    case "BOOT_FAIL":
      return "its node failed";
    case "OUT_OF_MEMORY":
      return "out of memory (slurm.memory_GiB asks for more)";
    case "PREEMPTED":
      return "preempted";
    default:
      return `its job ended without a result (${queued.state}${queued.reason ? `, ${queued.reason}` : ""})`;
  }
}

/** Whether a job ended in the ordinary course of a cluster's life, so that going on is no second attempt. */
export function endedInOrder(state: TaskState): boolean {
  if (state.kind === "interrupted") return state.queued?.state !== "CANCELLED";
  return state.kind === "lost" && ["TIMEOUT", "PREEMPTED"].includes(state.queued?.state ?? "");
}
