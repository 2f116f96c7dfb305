/** Densities of states by Wang-Landau walkers: one state for each cell and condition, replicas are walkers. */
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { usualWangLandau } from "../data/study/sample-schema.ts";
import type { Study } from "../data/study/schema.ts";
import { type JoinedDensity, joinDensities } from "../mc/methods/density-of-states.ts";
import { type FinishedWalker, type WalkerPayload, wangLandauTask } from "../mc/methods/wang-landau-task.ts";
import { count } from "../report/numbers.ts";
import type { RunContext } from "./context.ts";
import { numbered } from "./output-files.ts";
import { executorOf, placeOf, runTasks } from "./run-tasks.ts";
import { checkpointOf } from "./sample-chains.ts";
import { type AthermalState, athermalStates, sampleSection, systemParts } from "./sample-plan.ts";
import { streamOfWalkers } from "./streams.ts";
import { supercellText } from "./supercell-text.ts";

export interface SampledDensity {
  readonly state: AthermalState;
  readonly walkers: readonly FinishedWalker[];
  readonly joined: JoinedDensity;
}

/** @throws {EcitonError} "cancelled" after an interruption, all checkpoints written */
export async function sampleDensities(
  study: Study,
  expansion: ClusterExpansion,
  context: RunContext,
): Promise<SampledDensity[]> {
  const section = sampleSection(study);
  const { steps, replicas, temperatures_K } = section;
  const { bin_eV, final_ln_f, flatness } = { ...usualWangLandau, ...section.wang_landau };
  const states = athermalStates(study, expansion);
  const parts = systemParts(study, expansion, executorOf(context));
  const tasks = states.flatMap((state, s) =>
    Array.from({ length: replicas }, (_, walker) => ({ state, stream: streamOfWalkers(s), walker })),
  );
  const payloads = tasks.map(({ state, stream, walker }, index): WalkerPayload => {
    const { layers: _, ...part } = parts[state.supercellIndex];
    return {
      ...part,
      composition: state.composition,
      ensemble: state.ensemble,
      temperatures_K,
      ...(bin_eV === undefined ? {} : { bin_eV }),
      finalLnF: final_ln_f,
      flatness,
      steps,
      seed: study.seed,
      stream,
      walker,
      index,
      checkpoint: checkpointOf(study, numbered("walker", index), context),
    };
  });
  context.say(
    `learning ${count(states.length, "density", "densities")} of states with ${count(replicas, "walker")} each, at most ${steps.toLocaleString("en-US")} steps a walker, ${placeOf(context)}`,
  );
  const results = await runTasks<WalkerPayload, FinishedWalker>(
    {
      task: wangLandauTask,
      payloads,
      names: tasks.map(
        ({ state, walker }) =>
          `${state.conditionLabel}, ${supercellText(state.supercell)}, walker ${walker + 1}`,
      ),
      noun: "walkers",
      steps,
    },
    context,
  );
  return states.map((state, s) => {
    const walkers = results.slice(s * replicas, (s + 1) * replicas);
    return {
      state,
      walkers,
      joined: joinDensities(
        walkers.map(({ levels }) => levels),
        temperatures_K,
      ),
    };
  });
}
