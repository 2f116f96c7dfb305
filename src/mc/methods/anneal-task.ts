/** One task of an executor: one cooling from a random arrangement, and the descent to the next minimum. */
import { studyError } from "../../core/errors.ts";
import { RandomStream } from "../../core/random.ts";
import type { TaskContext, TaskFunction } from "../../exec/executor.ts";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import type { Snapshot } from "../records/chain-records.ts";
import {
  type CheckpointPlan,
  expectWhole,
  POLL_STEPS,
  prepareSystem,
  type SystemPayload,
} from "../system.ts";
import type { InterruptedChain } from "./chain-task.ts";
import { Cooling, type CoolingPlan, type CoolingState } from "./cooling.ts";

export interface CoolingPayload extends SystemPayload, CoolingPlan {
  readonly seed: number;
  /** Number of the random stream: one for each restart. */
  readonly stream: number;
  /** Number of the task. */
  readonly index: number;
  readonly checkpoint: CheckpointPlan | null;
}

export interface FinishedCooling {
  readonly interrupted: false;
  readonly index: number;
  readonly steps: number;
  readonly numCells: number;
  /** The lowest state met, after the descent from it. */
  readonly lowest: Omit<Snapshot, "step">;
  /** Of that state: what was to be lowered, eV; the energy in the canonical ensemble. */
  readonly potential_eV: number;
  /** Changes that the descent after the cooling has made. */
  readonly descended: number;
  /** Whether no exchange of two sites (and, at given chemical potentials, no change of one) lowers it further. */
  readonly minimum: boolean;
  /** Energies at the end of each temperature. */
  readonly trace: { readonly temperatures_K: readonly number[]; readonly energies_eV: readonly number[] };
}

export type CoolingResult = FinishedCooling | InterruptedChain;

/** What an executor is given to run coolings. */
export const annealTask: TaskFunction = { module: import.meta.url, name: "runCooling" };

/**
 * Runs one cooling, or goes on from its checkpoint.
 * @throws {EcitonError} "usage" for temperatures that do not fall, and as runChain
 */
export function runCooling(payload: CoolingPayload, context: TaskContext): CoolingResult {
  const { index, steps, checkpoint } = payload;
  checkPayload(payload);
  const system = prepareSystem(payload);
  const cooling = new Cooling(system, payload, new RandomStream(payload.seed, payload.stream));
  const task = checkpoint ? fingerprintOf(payload) : "";
  const saved = checkpoint?.resume ? readState<CoolingState>(checkpoint.path, task) : null;
  if (saved) cooling.restore(saved);
  const save = () => {
    if (checkpoint) writeState(checkpoint.path, task, cooling.state());
  };
  const every = checkpoint?.everySteps ?? Number.POSITIVE_INFINITY;
  try {
    while (cooling.step < steps) {
      if (Atomics.load(context.cancel, 0) !== 0) {
        save();
        return { interrupted: true, index, step: cooling.step };
      }
      const nextSave = (Math.floor(cooling.step / every) + 1) * every;
      cooling.advance(Math.min(steps, cooling.step + POLL_STEPS, nextSave));
      if (cooling.step === nextSave || cooling.step === steps) save();
      Atomics.store(context.progress, context.index, Math.floor((1000 * cooling.step) / steps));
    }
  } finally {
    cooling.close();
  }
  const { occupation, energy, potential, descended, minimum } = cooling.lowest();
  return {
    interrupted: false,
    index,
    steps,
    numCells: system.supercell.numCells,
    lowest: { energy_eV: energy, occupation },
    potential_eV: potential,
    descended,
    minimum,
    trace: { temperatures_K: cooling.temperatures, energies_eV: [...cooling.energies] },
  };
}

/** States closer in potential than this are one, eV: above rounding, below any interaction that matters. */
const LEVEL_WIDTH_EV = 1e-7;

export interface GroundStateSearch {
  readonly restarts: number;
  /** Restarts that ended at the lowest potential found; few of many make it likely that there is a lower one. */
  readonly metLowest: number;
  /** The ends of all restarts, ascending, those of one potential (often one state and its images by symmetry) once. */
  readonly states: readonly {
    readonly potential_eV: number;
    readonly energy_eV: number;
    readonly occupation: Uint8Array;
    /** Numbers of the tasks that ended there. */
    readonly found: readonly number[];
  }[];
}

/** What the restarts of one state have found together. */
export function joinCoolings(coolings: readonly FinishedCooling[]): GroundStateSearch {
  const states: (GroundStateSearch["states"][number] & { found: number[] })[] = [];
  for (const cooling of [...coolings].sort((a, b) => a.potential_eV - b.potential_eV || a.index - b.index)) {
    const last = states.at(-1);
    if (last && cooling.potential_eV - last.potential_eV <= LEVEL_WIDTH_EV) last.found.push(cooling.index);
    else
      states.push({
        potential_eV: cooling.potential_eV,
        energy_eV: cooling.lowest.energy_eV,
        occupation: cooling.lowest.occupation,
        found: [cooling.index],
      });
  }
  return { restarts: coolings.length, metLowest: states[0]?.found.length ?? 0, states };
}

function checkPayload({ steps, ensemble, checkpoint }: CoolingPayload): void {
  if (ensemble.kind === "variance-constrained")
    throw studyError(
      "sample.ensemble",
      "with a variance constraint no state is the lowest at all temperatures; anneal in the canonical or semi-grand ensemble",
    );
  expectWhole("steps", steps, 1);
  if (checkpoint) expectWhole("checkpoint_every_steps", checkpoint.everySteps, 1);
}

function fingerprintOf(payload: CoolingPayload): string {
  const { checkpoint: _, shared: __, engine, ...task } = payload;
  return fingerprint({ ...task, nfold: engine?.startsWith("nfold") ?? false });
}
