/** What an executor is given to run paths of basin hopping. */
import { type HopPayload, runPath } from "../../dynamics/hop/hop-task.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { type AnyPotentialSpec, createAnyPotential } from "./create-any-potential.ts";

export const hopTask: TaskFunction = { module: import.meta.url, name: "hopWithAny" };

export function hopWithAny(payload: HopPayload<AnyPotentialSpec>, context: TaskContext) {
  return runPath(payload, context, createAnyPotential);
}
