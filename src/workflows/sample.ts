/** Monte Carlo of a study: its grid as chains on the executor, restartable. */
import { join } from "node:path";
import { type ClusterExpansion, expansionRecord } from "../clusters/expansion.ts";
import { compileSharedModel, type SharedModel } from "../clusters/shared-model.ts";
import { EcitonError, studyError } from "../core/errors.ts";
import type { Study } from "../data/study/schema.ts";
import { startTaskProgress } from "../exec/progress.ts";
import { latticeRecord } from "../lattice/lattice-record.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import type { ChainResult, FinishedChain } from "../mc/chain-task.ts";
import { checkEnsemble } from "../mc/check-ensemble.ts";
import { exchangeGroups } from "../mc/exchange-groups.ts";
import { expandGrid, type GridPoint } from "../mc/grid.ts";
import { layerNames } from "../mc/layer-counts.ts";
import { columnOf } from "../mc/stop-rule.ts";
import { type ObservedChainPayload, observedChainTask } from "./chain-worker.ts";
import { conditionsOfStudy } from "./conditions.ts";
import type { RunContext } from "./context.ts";
import { makeObservers, type ObserverPlan, observerPlan } from "./observers.ts";
import { CHAIN_STREAM } from "./streams.ts";

export interface SampledChain {
  readonly point: GridPoint;
  /** Of its condition: "1/16", "Δμ = -2.1 eV". */
  readonly conditionLabel: string;
  readonly result: FinishedChain;
}

/** Folder of the chains' checkpoints below the output folder. */
export const CHECKPOINTS = "checkpoints";
/** Folder of the states that are kept for analysis. */
export const TRAJECTORIES = "trajectories";

type SampleSection = NonNullable<Study["sample"]>;

/** Everything about the grid that can be wrong, checked before anything runs. */
export function gridOfStudy(study: Study, expansion: ClusterExpansion): GridPoint[] {
  const section = sampleSection(study);
  const { lattice } = expansion;
  const charges = study.lattice?.charges;
  const groups = exchangeGroups(lattice, section.exchange);
  const weights = section.moves && moveWeights(section.moves);
  for (const { ensemble } of conditionsOfStudy(section))
    checkEnsemble(ensemble(section.temperatures_K[0]), weights, lattice, groups, charges);
  return expandGrid(lattice, {
    temperatures_K: section.temperatures_K,
    conditions: conditionsOfStudy(section),
    supercells: section.supercells,
    replicas: section.replicas,
    exchange: section.exchange,
    charges,
  });
}

function sampleSection(study: Study): SampleSection {
  if (!study.sample)
    throw studyError("sample", "this command needs the section sample (temperatures_K, ...)");
  return study.sample;
}

/**
 * What is to be measured, checked on every supercell before anything runs.
 * @param files users' modules
 * @throws {EcitonError} "study", "data" or "usage" for what cannot be measured or is not measured but waited for
 */
export async function checkedObservers(
  study: Study,
  lattice: ParentLattice,
  files: readonly string[],
): Promise<ObserverPlan> {
  const section = sampleSection(study);
  const plan = observerPlan(study, files);
  for (const matrix of section.supercells) {
    const { series } = await makeObservers(plan, new Supercell(lattice, matrix));
    if (section.until)
      columnOf(
        section.until,
        series.flatMap(({ columns }) => columns),
      );
  }
  return plan;
}

/** The chains of a study as tasks. */
function chainPayloads(
  study: Study,
  expansion: ClusterExpansion,
  grid: readonly GridPoint[],
  observers: ObserverPlan,
  context: RunContext,
): ObservedChainPayload[] {
  const section = sampleSection(study);
  const record = expansionRecord(expansion);
  const groups = exchangeGroups(expansion.lattice, section.exchange);
  const conditions = conditionsOfStudy(section);
  const { steps } = section;
  const executor = context.chainExecutor ?? context.executor;
  const shared = executor.sharesMemory ? sharedModels(expansion, section.supercells) : [];
  return grid.map((point): ObservedChainPayload => {
    const number = chainNumber(point);
    return {
      expansion: record,
      supercell: point.supercell,
      ...(shared.length > 0 ? { shared: shared[point.supercellIndex] } : {}),
      composition: point.composition,
      ensemble: point.ensemble,
      ...(section.moves ? { moves: moveWeights(section.moves) } : {}),
      ...(section.exchange ? { exchange: section.exchange } : {}),
      temperature_K: point.temperature_K,
      steps,
      engine: section.engine,
      seed: study.seed,
      index: CHAIN_STREAM + point.index,
      samples: Math.min(section.samples, steps),
      snapshots: Math.min(section.snapshots, steps),
      measurements: Math.min(measurementsOf(section, observers), steps),
      observers,
      ...(section.until ? { until: section.until } : {}),
      layers: layerNames(groups, new Supercell(expansion.lattice, point.supercell)),
      ...(section.trajectory
        ? {
            trajectory: {
              path: join(context.outDir, TRAJECTORIES, `chain-${number}.traj`),
              frames: Math.min(section.trajectory, steps),
              header: {
                lattice: latticeRecord(expansion.lattice),
                supercell: point.supercell,
                about: {
                  chain: point.index,
                  seed: study.seed,
                  steps,
                  temperature_K: point.temperature_K,
                  replica: point.replica,
                  state: conditions[point.conditionIndex].label,
                },
              },
            },
          }
        : {}),
      checkpoint: {
        path: join(context.outDir, CHECKPOINTS, `chain-${number}.json`),
        everySteps: section.checkpoint_every_steps,
        // A job of a cluster may be begun again at any time.
        resume: context.resume || !executor.sharesMemory,
      },
    };
  });
}

/** Measurements where only a user's module asks for them. */
const USUAL_MEASUREMENTS = 1000;

function measurementsOf({ observe }: SampleSection, { modules }: ObserverPlan): number {
  return observe?.measurements ?? (modules.length > 0 ? USUAL_MEASUREMENTS : 0);
}

/** The tables of each supercell, compiled once for all chains and threads. */
function sharedModels(
  expansion: ClusterExpansion,
  supercells: readonly (readonly number[])[],
): SharedModel[] {
  return supercells.map((matrix) => compileSharedModel(expansion, new Supercell(expansion.lattice, matrix)));
}

function moveWeights({ neighbour_swap, neighbour_cutoff_A, ...rest }: NonNullable<SampleSection["moves"]>) {
  return {
    ...rest,
    ...(neighbour_swap === undefined ? {} : { neighbourSwap: neighbour_swap }),
    ...(neighbour_cutoff_A === undefined ? {} : { neighbourCutoff: neighbour_cutoff_A }),
  };
}

/**
 * Runs every chain of the grid. Chains write checkpoints below `<out>/checkpoints`; with `resume` they go on from
 * them, and finished ones are not run again.
 * @throws {EcitonError} "cancelled" after an interruption, all checkpoints written
 */
export async function sampleModel(
  study: Study,
  expansion: ClusterExpansion,
  observers: ObserverPlan,
  context: RunContext,
): Promise<SampledChain[]> {
  const section = sampleSection(study);
  const grid = gridOfStudy(study, expansion);
  const conditions = conditionsOfStudy(section);
  const payloads = chainPayloads(study, expansion, grid, observers, context);
  const executor = context.chainExecutor ?? context.executor;
  const place = executor.sharesMemory ? `on ${Math.max(1, executor.workers)} threads` : "as Slurm jobs";
  context.say(`sampling ${grid.length} chains of ${section.steps.toLocaleString("en-US")} steps ${place}`);
  const names = grid.map((point) => `chain ${chainNumber(point)}, ${point.temperature_K} K`);
  const bar = startTaskProgress({
    label: "Monte Carlo",
    noun: "chains",
    names,
    steps: section.steps,
    resumed: context.resume,
  });
  let results: ChainResult[];
  try {
    results = await executor.map<ChainResult>(observedChainTask, payloads, {
      signal: context.signal,
      names,
      onProgress: (progress) => bar.update(progress),
    });
  } finally {
    bar.end();
  }
  const interrupted = results.filter((result) => result.interrupted).length;
  if (interrupted > 0)
    throw new EcitonError(
      "cancelled",
      `interrupted: ${results.length - interrupted} of ${results.length} chains are finished, the others stopped at ` +
        "a checkpoint; run the same command with --resume to go on",
      { finished: results.length - interrupted, chains: results.length },
    );
  return results.map((result, i) => ({
    point: grid[i],
    conditionLabel: conditions[grid[i].conditionIndex].label,
    result: result as FinishedChain,
  }));
}

export function chainNumber(point: GridPoint): string {
  return String(point.index).padStart(4, "0");
}
