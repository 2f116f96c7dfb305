/** What an executor is given to relax structures. */
import { type RelaxPayload, relaxStructures } from "../../dynamics/minimise/relax-task.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { type AnyPotentialSpec, createAnyPotential } from "./create-any-potential.ts";

export const relaxTask: TaskFunction = { module: import.meta.url, name: "relaxWithAny" };

export function relaxWithAny(payload: RelaxPayload<AnyPotentialSpec>, context: TaskContext) {
  return relaxStructures(payload, context, createAnyPotential);
}
