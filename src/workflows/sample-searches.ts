/** Searches for ground states by annealing: one for each cell and condition, with restarts. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import type { Study } from "../data/study/schema.ts";
import {
  annealTask,
  type CoolingPayload,
  type FinishedCooling,
  type GroundStateSearch,
  joinCoolings,
} from "../mc/methods/anneal-task.ts";
import type { RunContext } from "./context.ts";
import { numbered } from "./output-files.ts";
import { executorOf, placeOf, runTasks } from "./run-tasks.ts";
import { checkpointOf } from "./sample-chains.ts";
import { type AthermalState, annealPlan, athermalStates, sampleSection, systemParts } from "./sample-plan.ts";
import { streamOfCoolings } from "./streams.ts";
import { supercellText } from "./supercell-text.ts";

export interface SampledSearch {
  readonly state: AthermalState;
  readonly numCells: number;
  readonly coolings: readonly FinishedCooling[];
  readonly search: GroundStateSearch;
}

/** @throws {EcitonError} "cancelled" after an interruption, all checkpoints written */
export async function sampleSearches(
  study: Study,
  expansion: ClusterExpansion,
  context: RunContext,
): Promise<SampledSearch[]> {
  const section = sampleSection(study);
  const { steps } = section;
  const { from_K, to_K, restarts } = annealPlan(section);
  const states = athermalStates(study, expansion);
  const parts = systemParts(study, expansion, executorOf(context));
  const tasks = states.flatMap((state, s) =>
    Array.from({ length: restarts }, (_, restart) => ({
      state,
      stream: streamOfCoolings(s) + restart,
      restart,
    })),
  );
  const payloads = tasks.map(({ state, stream }, index): CoolingPayload => {
    const { layers: _, ...part } = parts[state.supercellIndex];
    return {
      ...part,
      composition: state.composition,
      ensemble: state.ensemble,
      from_K,
      to_K,
      steps,
      engine: section.engine,
      seed: study.seed,
      stream,
      index,
      checkpoint: checkpointOf(study, numbered("cooling", index), context),
    };
  });
  context.say(
    `annealing ${states.length} state${states.length > 1 ? "s" : ""} from ${from_K} K to ${to_K} K, ${restarts} restarts of ` +
      `${steps.toLocaleString("en-US")} steps each, ${placeOf(context)}`,
  );
  const results = await runTasks<CoolingPayload, FinishedCooling>(
    {
      task: annealTask,
      payloads,
      names: tasks.map(
        ({ state, restart }) =>
          `${state.conditionLabel}, ${supercellText(state.supercell)}, restart ${restart + 1}`,
      ),
      noun: "coolings",
      steps,
    },
    context,
  );
  return states.map((state, s) => {
    const coolings = results.slice(s * restarts, (s + 1) * restarts);
    return { state, numCells: coolings[0].numCells, coolings, search: joinCoolings(coolings) };
  });
}
