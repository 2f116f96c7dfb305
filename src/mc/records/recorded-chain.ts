/** A chain and what is recorded along it: one by itself, or one temperature of a ladder. */
import type { RandomStream } from "../../core/random.ts";
import type { Observers } from "../../lattice/observer.ts";
import type { EngineName } from "../engines/compiled-engine.ts";
import { MetropolisChain } from "../engines/metropolis.ts";
import type { Ensemble, MoveWeights } from "../ensemble.ts";
import type { Moves } from "../lattice-model.ts";
import { expectWhole, type System, startState } from "../system.ts";
import { ChainRecords, type RecordPlan } from "./chain-records.ts";
import type { MoveAcceptance } from "./chain-summary.ts";
import { CompositionCounter, LayerCounter } from "./layer-counts.ts";

export interface RecordedChainPlan {
  readonly ensemble: Ensemble;
  /** Default: what the ensemble needs. */
  readonly moves?: MoveWeights;
  readonly temperature_K: number;
  /** Default "auto". */
  readonly engine?: EngineName;
  /** Names of layers to count species in. */
  readonly layers: readonly string[];
  readonly observers: Observers;
  readonly records: RecordPlan;
}

export interface RecordedChain {
  readonly chain: MetropolisChain;
  readonly moves: Moves;
  readonly records: ChainRecords;
}

/**
 * Begins a chain at a random arrangement.
 * @param random taken over by the chain
 * @throws {EcitonError} "study" for an ensemble or moves that are not possible, or an unknown layer
 */
export function recordedChain(system: System, plan: RecordedChainPlan, random: RandomStream): RecordedChain {
  const { supercell, groups, counts, model } = system;
  const { ensemble, temperature_K, observers, records } = plan;
  const { occupation, moves } = startState(system, ensemble, plan.moves, random);
  const fixed = ensemble.kind === "canonical";
  const layers = new LayerCounter(supercell, groups, fixed ? counts : null, plan.layers);
  const composition = fixed ? null : new CompositionCounter(supercell, groups);
  return {
    chain: new MetropolisChain(model, moves, occupation, temperature_K, random, plan.engine),
    moves,
    records: new ChainRecords(layers, composition, observers, records),
  };
}

/** @throws {EcitonError} "study" for numbers of records that do not fit the steps */
export function checkRecords({ steps, samples, snapshots, measurements }: RecordPlan): void {
  expectWhole("samples", samples, 2);
  expectWhole("snapshots", snapshots, 1);
  expectWhole("observe.measurements", measurements, 0);
  expectWhole("steps", steps, Math.max(samples, snapshots, measurements));
}

export function acceptanceOf({ chain, moves }: RecordedChain): MoveAcceptance[] {
  return moves.kinds.map((move, kind) => ({
    move,
    proposed: chain.proposed[kind],
    accepted: chain.accepted[kind],
  }));
}

/** What a finished chain leaves beside its averages. */
export function statesOf({ chain, records }: RecordedChain) {
  const { step, energy, occupation } = chain.lowest;
  return { snapshots: records.snapshots, lowest: { step, energy_eV: energy, occupation } };
}
