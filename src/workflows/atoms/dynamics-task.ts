/** One task of an executor: one run of molecular dynamics, and what its files tell once it is done. */
import { EcitonError, type ErrorDetails } from "../../core/errors.ts";
import { type FinishedMd, type ReplicaPlan, runReplica } from "../../dynamics/md/replica.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { type AnyPotentialSpec, createAnyPotential } from "./create-any-potential.ts";
import { digestReplica, type ReplicaDigest } from "./dynamics-digest.ts";

export interface MdPayload extends ReplicaPlan {
  readonly potential: AnyPotentialSpec;
}

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
 * @throws {EcitonError} as runReplica, and "data" for parameters of the potential that cannot be used
 */
export function runAndDigest(
  payload: MdPayload,
  context: TaskContext,
): ReplicaOutcome | { readonly interrupted: true } {
  try {
    const { potential, ...plan } = payload;
    const run = runReplica(createAnyPotential(potential), potential, plan, context);
    if (run.interrupted) return { interrupted: true };
    return { interrupted: false, run, digest: digestReplica(payload, run) };
  } catch (error) {
    if (!(error instanceof EcitonError) || error.code !== "not-converged") throw error;
    return { interrupted: false, failure: { message: error.message, details: error.details } };
  }
}
