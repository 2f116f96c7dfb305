/** Monte Carlo of a study: its grid as chains on the executor, restartable. */
import { join } from "node:path";
import { type ClusterExpansion, expansionRecord } from "../clusters/expansion.ts";
import { EcitonError, studyError } from "../core/errors.ts";
import type { Study } from "../data/study/schema.ts";
import { startProgress } from "../exec/progress.ts";
import { Supercell } from "../lattice/supercell.ts";
import { type ChainPayload, type ChainResult, chainTask, type FinishedChain } from "../mc/chain-task.ts";
import { exchangeGroups } from "../mc/exchange-groups.ts";
import { expandGrid, type GridPoint } from "../mc/grid.ts";
import { layerNames } from "../mc/layer-counts.ts";
import type { RunContext } from "./context.ts";
import { CHAIN_STREAM } from "./streams.ts";

export interface SampledChain {
  readonly point: GridPoint;
  readonly result: FinishedChain;
}

/** Folder of the chains' checkpoints below the output folder. */
export const CHECKPOINTS = "checkpoints";

type SampleSection = NonNullable<Study["sample"]>;

/** Everything about the grid that can be wrong, checked before anything runs. */
export function gridOfStudy(study: Study, expansion: ClusterExpansion): GridPoint[] {
  const section = sampleSection(study);
  return expandGrid(expansion.lattice, {
    temperatures_K: section.temperatures_K,
    compositions: section.compositions,
    supercells: section.supercells,
    replicas: section.replicas,
    exchange: section.exchange,
    charges: study.lattice?.charges,
  });
}

function sampleSection(study: Study): SampleSection {
  if (!study.sample)
    throw studyError("sample", "this command needs the section sample (temperatures_K, ...)");
  return study.sample;
}

/**
 * Runs every chain of the grid. Chains write checkpoints below `<out>/checkpoints`; with `resume` they go on from
 * them, and finished ones are not run again.
 * @throws {EcitonError} "cancelled" after an interruption, all checkpoints written
 */
export async function sampleModel(
  study: Study,
  expansion: ClusterExpansion,
  context: RunContext,
): Promise<SampledChain[]> {
  const section = sampleSection(study);
  const grid = gridOfStudy(study, expansion);
  const record = expansionRecord(expansion);
  const groups = exchangeGroups(expansion.lattice, section.exchange);
  const payloads = grid.map(
    (point): ChainPayload => ({
      expansion: record,
      supercell: point.supercell,
      composition: point.composition,
      ...(section.exchange ? { exchange: section.exchange } : {}),
      temperature_K: point.temperature_K,
      steps: section.steps,
      engine: section.engine,
      seed: study.seed,
      index: CHAIN_STREAM + point.index,
      samples: Math.min(section.samples, section.steps),
      snapshots: Math.min(section.snapshots, section.steps),
      layers: layerNames(groups, new Supercell(expansion.lattice, point.supercell)),
      checkpoint: {
        path: join(context.outDir, CHECKPOINTS, `chain-${chainNumber(point)}.json`),
        everySteps: section.checkpoint_every_steps,
        resume: context.resume,
      },
    }),
  );
  context.say(
    `sampling ${grid.length} chains of ${section.steps.toLocaleString("en-US")} steps on ${Math.max(1, context.executor.workers)} threads`,
  );
  const bar = startProgress("Monte Carlo", 1000 * grid.length);
  let results: ChainResult[];
  try {
    results = await context.executor.map<ChainResult>(chainTask, payloads, {
      signal: context.signal,
      onProgress: (progress) => bar.update(progress.reduce((a, b) => a + b, 0)),
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
  return results.map((result, i) => ({ point: grid[i], result: result as FinishedChain }));
}

export function chainNumber(point: GridPoint): string {
  return String(point.index).padStart(4, "0");
}
