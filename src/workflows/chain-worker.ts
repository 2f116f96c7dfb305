/** A chain of a study as a task: the sampler of one module with the observers of another. */

import type { TaskContext, TaskFunction } from "../exec/executor.ts";
import { latticeFromRecord } from "../lattice/lattice-record.ts";
import { Supercell } from "../lattice/supercell.ts";
import { type ChainPayload, type ChainResult, runChain } from "../mc/chain-task.ts";
import { makeObservers, type ObserverPlan } from "./observers.ts";

export interface ObservedChainPayload extends ChainPayload {
  /** What to measure beside energies and layers. */
  readonly observers: ObserverPlan;
}

/** What an executor is given to run the chains of a study. */
export const observedChainTask: TaskFunction = { module: import.meta.url, name: "runObservedChain" };

export async function runObservedChain(
  payload: ObservedChainPayload,
  context: TaskContext,
): Promise<ChainResult> {
  const lattice = latticeFromRecord(payload.expansion.lattice, "model");
  const observers = await makeObservers(payload.observers, new Supercell(lattice, payload.supercell));
  return runChain(payload, context, observers);
}
