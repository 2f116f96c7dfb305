/** Chains and ladders of a study as tasks: the samplers of one module with the observers of another. */
import type { TaskContext, TaskFunction } from "../exec/executor.ts";
import { latticeFromRecord } from "../lattice/lattice-record.ts";
import type { Observers } from "../lattice/observer.ts";
import { Supercell } from "../lattice/supercell.ts";
import { type ChainPayload, type ChainResult, runChain } from "../mc/methods/chain-task.ts";
import { type LadderPayload, type LadderResult, runLadder } from "../mc/methods/tempering-task.ts";
import { makeObservers, type ObserverPlan } from "./observers.ts";

interface Observed {
  /** What to measure beside energies and layers. */
  readonly observers: ObserverPlan;
}

export type ObservedChainPayload = ChainPayload & Observed;
export type ObservedLadderPayload = LadderPayload & Observed;

/** What an executor is given to run the chains of a study. */
export const observedChainTask: TaskFunction = { module: import.meta.url, name: "runObservedChain" };
/** The same for ladders of temperatures. */
export const observedLadderTask: TaskFunction = { module: import.meta.url, name: "runObservedLadder" };

export async function runObservedChain(
  payload: ObservedChainPayload,
  context: TaskContext,
): Promise<ChainResult> {
  return runChain(withoutPlaces(payload), context, await observersOf(payload));
}

export async function runObservedLadder(
  payload: ObservedLadderPayload,
  context: TaskContext,
): Promise<LadderResult> {
  return runLadder(withoutPlaces(payload), context, await observersOf(payload));
}

async function observersOf(payload: (ChainPayload | LadderPayload) & Observed): Promise<Observers> {
  const lattice = latticeFromRecord(payload.expansion.lattice, "model");
  return makeObservers(payload.observers, new Supercell(lattice, payload.supercell));
}

/** A checkpoint knows users' modules by what they hold, so that folders may be moved. */
function withoutPlaces<Payload extends Observed>(payload: Payload): Payload {
  const { modules, ...observers } = payload.observers;
  return {
    ...payload,
    observers: { ...observers, modules: modules.map(({ sha256 }) => ({ file: "", sha256 })) },
  };
}
