/** One task of an executor: one walker that learns a density of states. */
import { studyError } from "../../core/errors.ts";
import { RandomStream } from "../../core/random.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import type { Ensemble } from "../ensemble.ts";
import type { Snapshot } from "../records/chain-records.ts";
import {
  type CheckpointPlan,
  expectWhole,
  POLL_STEPS,
  prepareSystem,
  type SystemPayload,
} from "../system.ts";
import type { InterruptedChain } from "./chain-task.ts";
import {
  type EnergyLevelStates,
  normalised,
  type Thermodynamics,
  thermodynamicsOf,
} from "./density-of-states.ts";
import { type EnergyBins, findBins } from "./energy-bins.ts";
import { logNumberOfStates } from "./number-of-states.ts";
import { PotentialWalk } from "./potential-walk.ts";
import { type WangLandauState, WangLandauWalker } from "./wang-landau.ts";

export interface WalkerPayload extends SystemPayload {
  /** Canonical, semi-grand or reservoir. In the last two the potential Φ stands in the place of the energy. */
  readonly ensemble: Ensemble;
  /** Of which averages are wanted; the lowest one bounds the width of bins. */
  readonly temperatures_K: readonly number[];
  /** Default: the distance of the levels where there are levels, else about k_B T of the lowest temperature. */
  readonly bin_eV?: number;
  readonly finalLnF: number;
  readonly flatness: number;
  /** At most. */
  readonly steps: number;
  readonly seed: number;
  /** Random stream of the search for the range, the same for all walkers; walker w uses this plus 1 + w. */
  readonly stream: number;
  readonly walker: number;
  /** Number of the task. */
  readonly index: number;
  readonly checkpoint: CheckpointPlan | null;
}

export interface FinishedWalker {
  readonly interrupted: false;
  readonly index: number;
  readonly walker: number;
  readonly steps: number;
  readonly numCells: number;
  readonly lnF: number;
  /** Whether ln f came down to the value asked for. */
  readonly converged: boolean;
  /** Why not, and what to do; null if converged. */
  readonly reason: string | null;
  /** How often an energy was found that late that ln f had to begin at 1 again. */
  readonly restarts: number;
  readonly bin_eV: number;
  /** Whether no bin holds more than one energy. */
  readonly exactLevels: boolean;
  /** Numbers of all states of the ensemble, as ln. */
  readonly lnTotalStates: number;
  readonly levels: readonly EnergyLevelStates[];
  readonly thermodynamics: readonly Thermodynamics[];
  /** State of the lowest energy (or potential) that the walker met. */
  readonly lowest: Omit<Snapshot, "step">;
}

export type WalkerResult = FinishedWalker | InterruptedChain;

/** What an executor is given to run walkers. */
export const wangLandauTask: TaskFunction = { module: import.meta.url, name: "runWalker" };

interface Saved {
  readonly bins: EnergyBins;
  readonly walker: WangLandauState;
}

/**
 * Learns ln g, normalised by the number of all states. Each walker does the same search for the range, so that all have
 * the same bins; their scatter gives error bars (`joinDensities`).
 * @throws {EcitonError} "study" for an ensemble or numbers that are not possible, and as runChain
 */
export function runWalker(payload: WalkerPayload, context: TaskContext): WalkerResult {
  const { index, steps, checkpoint, ensemble, seed, stream } = payload;
  checkPayload(payload);
  const system = prepareSystem(payload);
  const { groups, supercell, counts, model } = system;
  const lnTotalStates = logNumberOfStates(ensemble, groups, counts);
  const task = checkpoint ? fingerprintOf(payload) : "";
  const saved = checkpoint?.resume ? readState<Saved>(checkpoint.path, task) : null;
  // The search for the range takes its time, which somebody who interrupts many walkers should not wait for.
  if (!saved && Atomics.load(context.cancel, 0) !== 0) return { interrupted: true, index, step: 0 };
  const walkWith = (number: number) =>
    new PotentialWalk(system, ensemble, payload.moves, new RandomStream(seed, number));
  const sites = groups.reduce((sum, { sublattices }) => sum + sublattices.length, 0) * supercell.numCells;
  const lowestTemperature = Math.min(...payload.temperatures_K);
  const bins = saved?.bins ?? findBins(walkWith(stream), sites, lowestTemperature, payload.bin_eV);
  const { finalLnF, flatness } = payload;
  const walker = new WangLandauWalker(walkWith(stream + 1 + payload.walker), bins, { finalLnF, flatness });
  if (saved) walker.restore(saved.walker);
  else walker.begin();
  const save = () => {
    const state: Saved = { bins, walker: walker.state() };
    if (checkpoint) writeState(checkpoint.path, task, state);
  };
  const every = checkpoint?.everySteps ?? Number.POSITIVE_INFINITY;
  const ended = () => walker.ended || walker.step === steps;
  while (!ended()) {
    if (Atomics.load(context.cancel, 0) !== 0) {
      save();
      return { interrupted: true, index, step: walker.step };
    }
    const nextSave = (Math.floor(walker.step / every) + 1) * every;
    walker.run(Math.min(steps, walker.step + POLL_STEPS, nextSave) - walker.step);
    if (walker.step === nextSave || ended()) save();
    Atomics.store(context.progress, context.index, progressOf(walker, payload));
  }
  const levels = normalised(
    walker.found().map(({ bin, energy, lnStates }) => ({ bin, energy_eV: energy, lnStates })),
    lnTotalStates,
  );
  const { occupation } = walker.lowest;
  return {
    interrupted: false,
    index,
    walker: payload.walker,
    steps: walker.step,
    numCells: supercell.numCells,
    lnF: walker.lnF,
    converged: walker.ended,
    reason: walker.ended
      ? null
      : `ln f came down to ${walker.lnF.toPrecision(2)} in ${walker.step} steps, not to ${finalLnF}; allow more steps, ` +
        "wider bins or a larger final_ln_f",
    restarts: walker.restarts,
    bin_eV: bins.width,
    exactLevels: bins.levels,
    lnTotalStates,
    levels,
    thermodynamics: payload.temperatures_K.map((temperature) => thermodynamicsOf(levels, temperature)),
    lowest: { energy_eV: model.energy(occupation), occupation: occupation.slice() },
  };
}

/** In thousandths; with ln f = 1/t the steps grow as 1/ln f. */
function progressOf(walker: WangLandauWalker, { steps, finalLnF }: WalkerPayload): number {
  const part = Math.max(walker.step / steps, finalLnF / walker.lnF);
  return Math.floor(1000 * Math.min(1, part));
}

function checkPayload({
  steps,
  bin_eV,
  finalLnF,
  flatness,
  temperatures_K,
  checkpoint,
}: WalkerPayload): void {
  expectWhole("steps", steps, 1);
  if (checkpoint) expectWhole("checkpoint_every_steps", checkpoint.everySteps, 1);
  const expectBetween = (key: string, value: number, most: number) => {
    if (!(value > 0 && value <= most))
      throw studyError(
        `sample.wang_landau.${key}`,
        `expected a number above 0${most < Number.MAX_VALUE ? ` and at most ${most}` : ""}, found ${value}`,
      );
  };
  if (bin_eV !== undefined) expectBetween("bin_eV", bin_eV, Number.MAX_VALUE);
  expectBetween("final_ln_f", finalLnF, 0.5);
  expectBetween("flatness", flatness, 1);
  temperatures_K.forEach((temperature, t) => {
    if (!(Number.isFinite(temperature) && temperature > 0))
      throw studyError(`sample.temperatures_K[${t}]`, `expected a number above 0, found ${temperature}`);
  });
  if (temperatures_K.length === 0)
    throw studyError("sample.temperatures_K", "expected at least one temperature");
}

function fingerprintOf(payload: WalkerPayload): string {
  const { checkpoint: _, shared: __, ...task } = payload;
  return fingerprint(task);
}
