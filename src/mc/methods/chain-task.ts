/** One task of an executor: one Metropolis chain, from its payload to its averages. */
import { RandomStream } from "../../core/random.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import type { Observers } from "../../lattice/observer.ts";
import type { EngineName } from "../engines/compiled-engine.ts";
import type { ChainState } from "../engines/metropolis.ts";
import type { Ensemble } from "../ensemble.ts";
import type { RecordState, Snapshot } from "../records/chain-records.ts";
import { type ChainSummary, type MoveAcceptance, summarizeChain } from "../records/chain-summary.ts";
import { ChainTrajectory, type TrajectoryPlan } from "../records/chain-trajectory.ts";
import { acceptanceOf, checkRecords, recordedChain, statesOf } from "../records/recorded-chain.ts";
import { type StopResult, StopRule, type Until } from "../records/stop-rule.ts";
import {
  type CheckpointPlan,
  expectWhole,
  POLL_STEPS,
  prepareSystem,
  type SystemPayload,
} from "../system.ts";

export interface ChainPayload extends SystemPayload {
  /** Default: canonical. */
  readonly ensemble?: Ensemble;
  readonly temperature_K: number;
  /** Proposals, accepted or not. */
  readonly steps: number;
  readonly seed: number;
  /** Number of the random stream. */
  readonly index: number;
  /** Evenly spaced measurements. */
  readonly samples: number;
  /** Evenly spaced snapshots; the last one is the final state. */
  readonly snapshots: number;
  /** Evenly spaced measurements by the observers; default 0. */
  readonly measurements?: number;
  /** Ends the chain before its steps are done. */
  readonly until?: Until;
  /** How steps are computed; of all but nfold the results are the same. Default "auto". */
  readonly engine?: EngineName;
  /** Names of layers to count species in. */
  readonly layers: readonly string[];
  /** States to keep in a file. */
  readonly trajectory?: TrajectoryPlan;
  readonly checkpoint: CheckpointPlan | null;
}

export interface FinishedChain extends ChainSummary {
  readonly interrupted: false;
  readonly index: number;
  /** Steps that were done. */
  readonly steps: number;
  readonly numCells: number;
  readonly acceptance: readonly MoveAcceptance[];
  /** Null where the chain was to do all of its steps. */
  readonly until: StopResult | null;
  readonly snapshots: readonly Snapshot[];
  /** The lowest state met in the whole chain. */
  readonly lowest: Snapshot;
}

export interface InterruptedChain {
  readonly interrupted: true;
  readonly index: number;
  /** Steps done, all of them in the checkpoint if there is one. */
  readonly step: number;
}

export type ChainResult = FinishedChain | InterruptedChain;

/** What an executor is given to run chains. */
export const chainTask: TaskFunction = { module: import.meta.url, name: "runChain" };

/** Steps that are skipped cost nothing, so that many go by between two looks at the cancel flag. */
const NFOLD_POLL_STEPS = 65_536;

/**
 * Runs a chain from a random arrangement, or goes on from its checkpoint. The result is a function of the payload and
 * the observers alone: how often the chain was interrupted and resumed leaves no trace in it.
 * @throws {EcitonError} "study" for an impossible composition, layer or number of steps, "data" for a model or
 *   checkpoint that cannot be used, "io" when the checkpoint cannot be written, "not-converged" for energy drift
 */
export function runChain(
  payload: ChainPayload,
  context: TaskContext,
  observers: Observers = { series: [], maps: [] },
): ChainResult {
  const { index, steps, checkpoint } = payload;
  const { recorded, stop, numCells } = prepareChain(payload, observers);
  const { chain, records } = recorded;
  const task = checkpoint ? fingerprintOf(payload) : "";
  const saved = checkpoint?.resume ? readState<Saved>(checkpoint.path, task) : null;
  if (saved) {
    chain.restore(saved.chain);
    records.restore(saved.records);
  }
  let ended = saved?.ended ?? false;
  const trajectory =
    payload.trajectory && !ended
      ? new ChainTrajectory(payload.trajectory, steps, saved?.frames ?? null)
      : null;
  const save = () => {
    if (!checkpoint) return;
    trajectory?.sync();
    const frames = trajectory?.frames ?? null;
    const state: Saved = { ended, frames, chain: chain.state(), records: records.state() };
    writeState(checkpoint.path, task, state);
  };
  const good = () => stop?.satisfied(acceptanceOf(recorded)) ?? false;
  const every = checkpoint?.everySteps ?? Number.POSITIVE_INFINITY;
  const poll = payload.engine === "nfold" ? NFOLD_POLL_STEPS : POLL_STEPS;
  try {
    while (!ended) {
      if (Atomics.load(context.cancel, 0) !== 0) {
        save();
        return { interrupted: true, index, step: chain.step };
      }
      const nextSave = (Math.floor(chain.step / every) + 1) * every;
      const due = Math.min(records.nextStep(), trajectory?.nextStep() ?? steps);
      chain.run(Math.min(steps, chain.step + poll, due, nextSave) - chain.step);
      const before = records.samples;
      records.record(chain);
      trajectory?.record(chain);
      ended = chain.step === steps || (records.samples > before && good());
      if (ended) {
        chain.checkEnergy();
        records.end(chain);
      }
      if (chain.step === nextSave || ended) save();
      const part = ended ? 1000 : Math.floor((1000 * chain.step) / steps);
      Atomics.store(context.progress, context.index, part);
    }
  } finally {
    chain.close();
    trajectory?.close();
  }
  const acceptance = acceptanceOf(recorded);
  return {
    interrupted: false,
    index,
    steps: chain.step,
    numCells,
    ...summarizeChain(records, payload.temperature_K, acceptance),
    acceptance,
    until: stop?.result(acceptance) ?? null,
    ...statesOf(recorded),
  };
}

function prepareChain(payload: ChainPayload, observers: Observers) {
  const { steps, samples, snapshots, measurements = 0, temperature_K, until } = payload;
  const records = { steps, samples, snapshots, measurements };
  checkRecords(records);
  if (payload.checkpoint) expectWhole("checkpoint_every_steps", payload.checkpoint.everySteps, 1);
  const system = prepareSystem(payload);
  const { numCells } = system.supercell;
  const ensemble = payload.ensemble ?? { kind: "canonical" };
  const random = new RandomStream(payload.seed, payload.index);
  const recorded = recordedChain(system, { ...payload, ensemble, observers, records }, random);
  const stop = until ? new StopRule(until, recorded.records, numCells, temperature_K) : null;
  return { recorded, stop, numCells };
}

/** What a checkpoint of a chain holds. */
interface Saved {
  readonly ended: boolean;
  /** In the trajectory; null where none is kept. */
  readonly frames: number | null;
  readonly chain: ChainState;
  readonly records: RecordState;
}

/** Engines that give the same chain to the last bit may change on the way. */
function fingerprintOf(payload: ChainPayload): string {
  const { checkpoint: _, shared: __, trajectory, engine, ...task } = payload;
  return fingerprint({
    ...task,
    frames: trajectory?.frames ?? 0,
    nfold: engine?.startsWith("nfold") ?? false,
  });
}
