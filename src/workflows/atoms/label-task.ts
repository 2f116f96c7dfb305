/** What an executor is given to label structures. */
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { createLabeler, type LabelerSpec } from "../../labelers/create-labeler.ts";
import { type LabelPayload, labelAll } from "../../labelers/label-task.ts";
import { type AnyPotentialSpec, createAnyPotential } from "./create-any-potential.ts";

export type AnyLabelerSpec = LabelerSpec<AnyPotentialSpec>;

export const labelTask: TaskFunction = { module: import.meta.url, name: "labelWithAny" };

export function labelWithAny(payload: LabelPayload<AnyLabelerSpec>, context: TaskContext) {
  return labelAll(payload, context, (spec) => createLabeler(spec, createAnyPotential));
}
