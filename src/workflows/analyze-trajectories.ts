/** What is measured anew on the trajectories of runs: one task a chain, then means over the chains of each state. */
import { EcitonError } from "../core/errors.ts";
import { startProgress } from "../exec/progress.ts";
import type { Observation } from "../mc/records/chain-summary.ts";
import type { AnalysedRun, RunState } from "./analyze-runs.ts";
import {
  type MeasurementPayload,
  type MeasurementResult,
  measurementTask,
} from "./analyze-trajectory-task.ts";
import type { RunContext } from "./context.ts";
import type { ObserverPlan } from "./observers.ts";
import { weightedMean } from "./weighted-mean.ts";

export interface MeasuredMap {
  readonly run: AnalysedRun;
  readonly state: RunState;
  readonly name: string;
  readonly values: Float64Array;
}

export interface Measured {
  readonly observations: ReadonlyMap<RunState, readonly Observation[]>;
  readonly maps: readonly MeasuredMap[];
  readonly warnings: readonly string[];
}

interface Chain {
  readonly run: AnalysedRun;
  readonly state: RunState;
  readonly payload: MeasurementPayload;
}

/**
 * @throws {EcitonError} "data" where no run has trajectories or one is damaged, "cancelled" after an interruption, "study"
 *   for something to observe that the lattice does not have
 */
export async function measureTrajectories(
  runs: readonly AnalysedRun[],
  observers: ObserverPlan,
  context: RunContext,
): Promise<Measured> {
  const warnings: string[] = [];
  const chains = runs.flatMap((run) => {
    const whole = run.states.flatMap((state) => chainsOf(run, state, observers) ?? []);
    const left = run.states.filter((state) => chainsOf(run, state, observers) === null).length;
    if (left > 0)
      warnings.push(
        `${run.folder}: ${left} of ${run.states.length} states have no trajectories (sample.trajectory in the study keeps ` +
          "them); nothing was measured anew there",
      );
    return whole;
  });
  if (chains.length === 0)
    throw new EcitonError(
      "data",
      `there is nothing to measure on: no run has trajectories; sample again with sample.trajectory in the study`,
    );
  context.say(`measuring on ${chains.length} trajectories`);
  const bar = startProgress("Trajectories", 1000 * chains.length);
  let results: MeasurementResult[];
  try {
    results = await context.executor.map<MeasurementResult>(
      measurementTask,
      chains.map(({ payload }) => payload),
      {
        signal: context.signal,
        onProgress: (progress) => bar.update(progress.reduce((a, b) => a + b, 0)),
      },
    );
  } finally {
    bar.end();
  }
  if (results.some((result) => result === null))
    throw new EcitonError("cancelled", "interrupted: the analysis is not finished, and nothing was written");
  const observations = new Map<RunState, readonly Observation[]>();
  const maps: MeasuredMap[] = [];
  for (const state of new Set(chains.map((chain) => chain.state))) {
    const own = chains.flatMap((chain, i) => (chain.state === state ? [{ chain, result: results[i]! }] : []));
    const short = own.find(({ result }) => result.frames < 2);
    if (short) {
      const { path, fromStep } = short.chain.payload;
      warnings.push(
        `${path}: ${short.result.frames} frames after step ${fromStep}, where equilibrium begins; at least 2 are needed`,
      );
      continue;
    }
    const weights = own.map(({ result }) => result.frames);
    observations.set(
      state,
      own[0].result.observations.map(({ name, unit }, k) => ({
        name,
        unit,
        ...weightedMean(
          own.map(({ result }) => result.observations[k]),
          weights,
        ),
      })),
    );
    const frames = weights.reduce((a, b) => a + b, 0);
    own[0].result.maps.forEach(({ name, values }, m) => {
      const mean = values.map((_, i) =>
        own.reduce((sum, { result }, c) => sum + (weights[c] / frames) * result.maps[m].values[i], 0),
      );
      maps.push({ run: own[0].chain.run, state, name, values: mean });
    });
  }
  return { observations, maps, warnings };
}

/** Null unless every chain of the state has its trajectory: a mean over the others is not that of the state. */
function chainsOf(run: AnalysedRun, state: RunState, observers: ObserverPlan): Chain[] | null {
  const found = state.chains.flatMap((chain): Chain[] => {
    const path = run.trajectories.get(chain.index);
    if (path === undefined) return [];
    const { index, temperature_K, equilibration } = chain;
    return [
      {
        run,
        state,
        payload: {
          path,
          chain: index,
          seed: run.seed,
          temperature_K,
          fromStep: equilibration.start_step,
          observers,
        },
      },
    ];
  });
  return found.length > 0 && found.length === state.chains.length ? found : null;
}
