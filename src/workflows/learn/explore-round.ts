/** One round's exploration: many structures relaxed and heated with the committee, the minima labeled, the doubtful chosen. */
import { join } from "node:path";
import { fixedAtoms } from "../../data/fixed-atoms.ts";
import type { Structure } from "../../data/structure.ts";
import { movingAtoms } from "../../dynamics/moving-atoms.ts";
import { fingerprint } from "../../exec/state-file.ts";
import type { Labelled } from "../../labelers/label-structures.ts";
import type { HdnnpModel, HdnnpSpec } from "../../nn/hdnnp/model.ts";
import type { RunContext } from "../context.ts";
import { CHECKPOINTS, numbered } from "../output-files.ts";
import { runTasks } from "../run-tasks.ts";
import { streamOfExploration } from "../streams.ts";
import type { TrainPlan } from "../train/train-plan.ts";
import { chooseCandidates } from "./choose-candidates.ts";
import { type Candidate, type Exploration, type ExplorePayload, exploreTask } from "./explore-task.ts";
import { failuresOf, labelAll } from "./label-round.ts";
import { firstOfRound, type LearnPlan, type LearnSystem } from "./learn-plan.ts";
import {
  type DoubtedStructure,
  energyError,
  type LearnedStructure,
  type RoundRecord,
  type TestedMinimum,
} from "./round-record.ts";

/** Where more relaxations than this do not come to their end, the minima are only the easy ones, and their error proves nothing. */
const LEAST_SHARE_OF_MINIMA = 0.75;

interface Explored {
  readonly system: LearnSystem;
  readonly start: Structure;
  readonly exploration: Exploration;
}

/**
 * Explores with the models of a round, labels the minima that it finds, and, where it goes on, what its members disagree about.
 * @param last whether there is no further training
 */
export async function exploreRound(
  plan: LearnPlan,
  training: TrainPlan,
  models: readonly HdnnpModel[],
  round: number,
  last: boolean,
  context: RunContext,
): Promise<{ record: RoundRecord; found: LearnedStructure[] }> {
  const { section, labeler } = plan;
  const explored = await exploreAll(plan, models, round, context);
  const minima = explored.flatMap(({ system, start, exploration: { minimum } }) =>
    minimum ? [{ system, minimum, structure: placed(start, minimum, "minimum") }] : [],
  );
  const labels = await labelAll(
    minima.map(({ structure }) => structure),
    labeler,
    context,
  );
  const tested = minima.flatMap(({ system, minimum }, k): TestedMinimum[] => {
    const { structure, failure } = labels[k];
    if (failure) return [];
    const atoms = structure.species.length;
    return [
      {
        system: system.name,
        predicted: minimum.energy / atoms,
        reference: structure.energy! / atoms,
        forceError: rmse(minimum.forces, structure.forces!),
        deviation: minimum.deviation,
      },
    ];
  });
  const error = energyError(tested);
  const met =
    error !== null &&
    1000 * error <= section.target_meV_per_atom &&
    minima.length >= LEAST_SHARE_OF_MINIMA * explored.length;
  const candidates = explored.flatMap(({ system, start, exploration }) =>
    exploration.candidates.map((one) => ({ ...one, system: system.index, name: system.name, start })),
  );
  // Labels are dear: there is no training left that would use them.
  const chosen = met || last ? [] : chooseCandidates(candidates, section.per_round).map((k) => candidates[k]);
  const more = await labelAll(
    chosen.map((one, k) => placed(one.start, one, `candidate-${k + 1}`)),
    labeler,
    context,
  );
  const learned = (names: readonly string[], labelled: readonly Labelled[]): LearnedStructure[] =>
    labelled.flatMap(({ structure, failure }, k) =>
      failure ? [] : [{ structure, system: names[k], round }],
    );
  const found = [
    ...learned(
      minima.map(({ system }) => system.name),
      labels,
    ),
    ...learned(
      chosen.map(({ name }) => name),
      more,
    ),
  ];
  const doubted = [
    ...doubtsOf(
      labels,
      minima.map(({ minimum }) => minimum),
    ),
    ...doubtsOf(more, chosen),
  ];
  const ended = (how: Exploration["ended"]) =>
    explored.filter(({ exploration }) => exploration.ended === how).length;
  const record: RoundRecord = {
    round,
    training: training.training.length,
    test: training.test.length,
    explorations: explored.length,
    notTrusted: ended("not trusted"),
    goneWrong: ended("gone wrong"),
    minima: tested,
    doubted,
    error,
    candidates: candidates.length,
    labeled: found.length,
    failures: failuresOf([...labels, ...more]),
    met,
    search: null,
  };
  return { record, found };
}

async function exploreAll(
  plan: LearnPlan,
  models: readonly HdnnpModel[],
  round: number,
  context: RunContext,
): Promise<Explored[]> {
  const { section, systems, relax, loaded } = plan;
  const { starts, temperature_K, steps, every_steps: every } = section.explore;
  const spec: HdnnpSpec = {
    kind: "hdnnp",
    title: `round ${round}`,
    members: models,
    extrapolation: "ignore",
  };
  const model = fingerprint(
    models.map(({ elements }) => elements.map(({ network }) => [...network.weights])),
  );
  const all = systems.flatMap((system) =>
    Array.from({ length: starts }, (_, k) => {
      const number = firstOfRound(plan, round) + k;
      return { system, number, start: system.explore(number) };
    }),
  );
  const payloads = all.map(
    ({ system, number, start }, k): ExplorePayload => ({
      spec,
      model,
      name: start.name,
      atoms: movingAtoms(start, fixedAtoms(start, loaded.study.relax!.fix)),
      settings: { relax, temperature_K, steps, every, trust: section.trust },
      seed: system.seed,
      stream: streamOfExploration(number),
      checkpoint: {
        path: join(context.outDir, CHECKPOINTS, `${numbered(numbered("explore", round), k)}.json`),
        resume: context.resume,
      },
    }),
  );
  const explorations = await runTasks<ExplorePayload, Exploration>(
    {
      task: exploreTask,
      payloads,
      names: all.map(({ start }) => start.name),
      noun: "explorations",
      steps: null,
      label: `exploring, round ${round}`,
    },
    context,
  );
  return all.map(({ system, start }, k) => ({ system, start, exploration: explorations[k] }));
}

/** A start's atoms at other places, with no energy of anybody. */
function placed(
  { species, periodic, name, source }: Structure,
  { positions, cell }: Pick<Candidate, "positions" | "cell">,
  what: string,
): Structure {
  return { species, periodic, positions, cell, name: `${name}-${what}`, info: {}, source };
}

function rmse(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, x, k) => sum + (x - b[k]) ** 2, 0) / a.length);
}

function doubtsOf(
  labelled: readonly Labelled[],
  predicted: readonly Pick<Candidate, "forces" | "deviation">[],
): DoubtedStructure[] {
  return labelled.flatMap(({ structure, failure }, k) => {
    if (failure) return [];
    const { forces, deviation } = predicted[k];
    return [
      {
        deviation,
        error: forces.reduce((most, f, c) => Math.max(most, Math.abs(f - structure.forces![c])), 0),
      },
    ];
  });
}
