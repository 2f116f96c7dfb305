/** Replicas as tasks of an executor, for the potentials of this layer. */
import { type ReplicaPlan, runReplica } from "../../../src/dynamics/md/replica.ts";
import { createPotential, type PotentialSpec } from "../../../src/dynamics/potentials/create-potential.ts";
import type { TaskContext, TaskFunction } from "../../../src/exec/executor.ts";

export interface MdPayload extends ReplicaPlan {
  readonly potential: PotentialSpec;
}

export const mdTask: TaskFunction = { module: import.meta.url, name: "runMd" };

export function runMd({ potential, ...plan }: MdPayload, context: TaskContext) {
  return runReplica(createPotential(potential), potential, plan, context);
}
