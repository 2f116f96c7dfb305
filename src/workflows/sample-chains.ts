/** Metropolis chains, one for each point of the grid. */
import { join } from "node:path";
import type { ClusterExpansion } from "../clusters/expansion.ts";
import type { Study } from "../data/study/schema.ts";
import { latticeRecord } from "../lattice/lattice-record.ts";
import type { GridPoint } from "../mc/grid.ts";
import type { FinishedChain } from "../mc/methods/chain-task.ts";
import type { TrajectoryPlan } from "../mc/records/chain-trajectory.ts";
import type { CheckpointPlan } from "../mc/system.ts";
import { count } from "../report/numbers.ts";
import { type ObservedChainPayload, observedChainTask } from "./chain-worker.ts";
import { conditionsOfStudy } from "./conditions.ts";
import type { RunContext } from "./context.ts";
import type { ObserverPlan } from "./observers.ts";
import { CHECKPOINTS, numbered, TRAJECTORIES } from "./output-files.ts";
import { executorOf, placeOf, runTasks } from "./run-tasks.ts";
import { gridOfStudy, measurementsOf, sampleSection, systemParts } from "./sample-plan.ts";
import { CHAIN_STREAM } from "./streams.ts";
import { supercellText } from "./supercell-text.ts";

export interface SampledChain {
  readonly point: GridPoint;
  /** Of its condition: "1/16", "Δμ = -2.1 eV". */
  readonly conditionLabel: string;
  readonly result: FinishedChain;
}

/**
 * Runs every chain of the grid. Chains write checkpoints below `<out>/checkpoints`; with `resume` they go on from
 * them, and finished ones are not run again.
 * @throws {EcitonError} "cancelled" after an interruption, all checkpoints written
 */
export async function sampleChains(
  study: Study,
  expansion: ClusterExpansion,
  observers: ObserverPlan,
  context: RunContext,
): Promise<SampledChain[]> {
  const section = sampleSection(study);
  const grid = gridOfStudy(study, expansion);
  const conditions = conditionsOfStudy(section);
  const parts = systemParts(study, expansion, executorOf(context));
  const records = recordsOf(study, observers);
  const payloads = grid.map(
    (point): ObservedChainPayload => ({
      ...parts[point.supercellIndex],
      ...records,
      observers,
      composition: point.composition,
      ensemble: point.ensemble,
      temperature_K: point.temperature_K,
      engine: section.engine,
      seed: study.seed,
      index: CHAIN_STREAM + point.index,
      ...(section.until ? { until: section.until } : {}),
      ...trajectoryOf(study, expansion, point, context),
      checkpoint: checkpointOf(study, chainFile(point), context),
    }),
  );
  context.say(
    `sampling ${count(grid.length, "chain")} of ${section.steps.toLocaleString("en-US")} steps ${placeOf(context)}`,
  );
  const names = grid.map(
    (point) =>
      `${chainFile(point).replace("-", " ")}, ${conditions[point.conditionIndex].label}, ${point.temperature_K} K, ${supercellText(point.supercell)}`,
  );
  const results = await runTasks<ObservedChainPayload, FinishedChain>(
    { task: observedChainTask, payloads, names, noun: "chains", steps: section.steps },
    context,
  );
  return results.map((result, i) => ({
    point: grid[i],
    conditionLabel: conditions[grid[i].conditionIndex].label,
    result,
  }));
}

/** How often each thing is recorded. */
export function recordsOf(study: Study, observers: ObserverPlan) {
  const section = sampleSection(study);
  const { steps } = section;
  return {
    steps,
    samples: Math.min(section.samples, steps),
    snapshots: Math.min(section.snapshots, steps),
    measurements: Math.min(measurementsOf(section, observers), steps),
  };
}

export function trajectoryOf(
  study: Study,
  expansion: ClusterExpansion,
  point: GridPoint,
  context: RunContext,
): { readonly trajectory?: TrajectoryPlan } {
  const section = sampleSection(study);
  if (section.trajectory === undefined) return {};
  return {
    trajectory: {
      path: join(context.outDir, TRAJECTORIES, `${chainFile(point)}.traj`),
      frames: Math.min(section.trajectory, section.steps),
      header: {
        lattice: latticeRecord(expansion.lattice),
        supercell: point.supercell,
        about: {
          chain: point.index,
          seed: study.seed,
          steps: section.steps,
          temperature_K: point.temperature_K,
          replica: point.replica,
          state: conditionsOfStudy(section)[point.conditionIndex].label,
        },
      },
    },
  };
}

/** @param name of the task: "chain-0003" */
export function checkpointOf(study: Study, name: string, context: RunContext): CheckpointPlan {
  return {
    path: join(context.outDir, CHECKPOINTS, `${name}.json`),
    everySteps: sampleSection(study).checkpoint_every_steps,
    // A job that is started again goes on where it was; a new run has removed the files of an older one.
    resume: context.resume || !executorOf(context).sharesMemory,
  };
}

/** Of a chain, in names of files. */
export function chainFile({ index }: Pick<GridPoint, "index">): string {
  return numbered("chain", index);
}
