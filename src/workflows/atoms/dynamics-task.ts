/** One task of an executor: one run of molecular dynamics, and what its files tell once it is done. */
import { EcitonError, type ErrorDetails } from "../../core/errors.ts";
import { type MdPayload, runMd } from "../../dynamics/md/md-task.ts";
import type { FinishedMd } from "../../dynamics/md/replica.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { digestReplica, type ReplicaDigest } from "./dynamics-digest.ts";

/** Dynamics that went wrong. */
export interface FailedReplica {
  readonly message: string;
  readonly details: ErrorDetails;
}

export type ReplicaOutcome =
  | { readonly interrupted: false; readonly run: FinishedMd; readonly digest: ReplicaDigest }
  | { readonly interrupted: false; readonly failure: FailedReplica };

export const replicaTask: TaskFunction = { module: import.meta.url, name: "runAndDigest" };

/**
 * Dynamics that go wrong are a result, so that the other replicas go on.
 * @throws {EcitonError} as runMd
 */
export function runAndDigest(
  payload: MdPayload,
  context: TaskContext,
): ReplicaOutcome | { readonly interrupted: true } {
  try {
    const run = runMd(payload, context);
    if (run.interrupted) return { interrupted: true };
    return { interrupted: false, run, digest: digestReplica(payload, run) };
  } catch (error) {
    if (!(error instanceof EcitonError) || error.code !== "not-converged") throw error;
    return { interrupted: false, failure: { message: error.message, details: error.details } };
  }
}
