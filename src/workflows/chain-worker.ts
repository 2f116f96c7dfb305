/** A chain of a study as a task: the sampler of one module with the observers of another. */
import type { Study } from "../data/study/schema.ts";
import type { TaskContext, TaskFunction } from "../exec/executor.ts";
import { type ChainPayload, type ChainResult, runChain } from "../mc/chain-task.ts";

export interface ObservedChainPayload extends ChainPayload {
  /** What to measure beside energies and layers. */
  readonly observe?: NonNullable<NonNullable<Study["sample"]>["observe"]>;
}

/** What an executor is given to run the chains of a study. */
export const observedChainTask: TaskFunction = { module: import.meta.url, name: "runObservedChain" };

export async function runObservedChain(
  payload: ObservedChainPayload,
  context: TaskContext,
): Promise<ChainResult> {
  return runChain(payload, context);
}
