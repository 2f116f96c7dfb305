/** One task of an executor: one replica of a molecular dynamics run. */
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { createPotential, type PotentialSpec } from "../potentials/create-potential.ts";
import { type MdResult, type ReplicaPlan, runReplica } from "./replica.ts";

export interface MdPayload extends ReplicaPlan {
  readonly potential: PotentialSpec;
}

/** What an executor is given to run replicas. */
export const mdTask: TaskFunction = { module: import.meta.url, name: "runMd" };

/** @throws {EcitonError} as runReplica, and "data" for parameters of the potential that cannot be used */
export function runMd({ potential, ...plan }: MdPayload, context: TaskContext): MdResult {
  return runReplica(createPotential(potential), potential, plan, context);
}
