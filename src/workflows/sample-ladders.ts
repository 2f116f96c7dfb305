/** Parallel tempering: one ladder of all temperatures for each cell, condition and replica. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import type { Study } from "../data/study/schema.ts";
import type { GridPoint } from "../mc/grid.ts";
import type { LadderReport } from "../mc/methods/tempering.ts";
import {
  type FinishedLadder,
  joinMembers,
  type LadderPayload,
  type LadderResult,
  ladderMembers,
} from "../mc/methods/tempering-task.ts";
import { count } from "../report/numbers.ts";
import { type ObservedLadderPayload, observedLadderTask } from "./chain-worker.ts";
import { conditionsOfStudy } from "./conditions.ts";
import type { RunContext } from "./context.ts";
import type { ObserverPlan } from "./observers.ts";
import { numbered } from "./output-files.ts";
import { executorOf, placeOf, runTasks } from "./run-tasks.ts";
import { checkpointOf, recordsOf, type SampledChain, trajectoryOf } from "./sample-chains.ts";
import { gridOfStudy, sampleSection, systemParts } from "./sample-plan.ts";
import { streamOfLadder } from "./streams.ts";
import { supercellText } from "./supercell-text.ts";

export interface SampledLadder {
  readonly supercell: readonly number[];
  readonly conditionLabel: string;
  readonly replica: number;
  /** Ascending. */
  readonly temperatures_K: readonly number[];
  readonly report: LadderReport;
}

/**
 * @returns the chains of all temperatures in the order of the grid, and what each ladder tells of its exchanges
 * @throws {EcitonError} "cancelled" after an interruption, all checkpoints written
 */
export async function sampleLadders(
  study: Study,
  expansion: ClusterExpansion,
  observers: ObserverPlan,
  context: RunContext,
): Promise<{ readonly chains: SampledChain[]; readonly ladders: SampledLadder[] }> {
  const section = sampleSection(study);
  const grid = gridOfStudy(study, expansion);
  const conditions = conditionsOfStudy(section);
  const parts = systemParts(study, expansion, executorOf(context));
  const records = recordsOf(study, observers);
  const ladders = laddersOf(grid);
  const payloads = ladders.map(
    (rungs, index): LadderPayload => ({
      ...parts[rungs[0].supercellIndex],
      ...records,
      composition: rungs[0].composition,
      rungs: rungs.map((point) => ({
        temperature_K: point.temperature_K,
        ensemble: point.ensemble,
        ...trajectoryOf(study, expansion, point, context),
      })),
      ...(section.tempering?.exchange_every_steps
        ? { exchangeEverySteps: section.tempering.exchange_every_steps }
        : {}),
      ...(section.engine === "auto" ? {} : { engine: section.engine }),
      seed: study.seed,
      stream: streamOfLadder(index),
      index,
      checkpoint: checkpointOf(study, numbered("ladder", index), context),
    }),
  );
  // Threads that would be idle share out the temperatures of a ladder.
  const members = executorOf(context).sharesMemory
    ? Math.max(1, Math.floor(executorOf(context).workers / payloads.length))
    : 1;
  const shares = payloads.map((payload) => ladderMembers(payload, members));
  context.say(
    `tempering ${count(payloads.length, "ladder")} of ${count(section.temperatures_K.length, "temperature")}, ` +
      `${section.steps.toLocaleString("en-US")} steps at each, ${placeOf(context)}`,
  );
  const results = await runTasks<ObservedLadderPayload, FinishedLadder>(
    {
      task: observedLadderTask,
      payloads: shares.flat().map((payload) => ({ ...payload, observers })),
      names: shares.flatMap((share, ladder) =>
        share.map((_, k) => {
          const { conditionIndex, supercell } = ladders[ladder][0];
          const state = `${conditions[conditionIndex].label}, ${supercellText(supercell)}`;
          return `ladder ${ladder}, ${state}${share.length > 1 ? `, part ${k + 1}` : ""}`;
        }),
      ),
      noun: shares.some((share) => share.length > 1) ? "parts of ladders" : "ladders",
      steps: section.steps * section.temperatures_K.length,
    },
    context,
  );
  let at = 0;
  const joined = shares.map((share) => {
    const own: LadderResult[] = results.slice(at, at + share.length);
    at += share.length;
    return joinMembers(own) as FinishedLadder;
  });
  const chains = joined.flatMap((result, l) =>
    result.chains.map(
      (chain, rung): SampledChain => ({
        point: ladders[l][rung],
        conditionLabel: conditions[ladders[l][rung].conditionIndex].label,
        result: chain,
      }),
    ),
  );
  return {
    chains: chains.sort((a, b) => a.point.index - b.point.index),
    ladders: joined.map((result, l) => ({
      supercell: ladders[l][0].supercell,
      conditionLabel: conditions[ladders[l][0].conditionIndex].label,
      replica: ladders[l][0].replica,
      temperatures_K: ladders[l].map((point) => point.temperature_K),
      report: result.ladder,
    })),
  };
}

/** Points that differ by their temperature alone, ascending. */
function laddersOf(grid: readonly GridPoint[]): GridPoint[][] {
  const ladders = new Map<string, GridPoint[]>();
  for (const point of grid) {
    const key = `${point.supercellIndex}/${point.conditionIndex}/${point.replica}`;
    ladders.set(key, [...(ladders.get(key) ?? []), point]);
  }
  return [...ladders.values()].map((rungs) => rungs.sort((a, b) => a.temperature_K - b.temperature_K));
}
