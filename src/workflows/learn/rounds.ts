/** The rounds of active learning: train, explore with what was trained, label what it finds, until the minima are right. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import type { HdnnpModel } from "../../nn/hdnnp/model.ts";
import { count } from "../../report/numbers.ts";
import type { RunContext } from "../context.ts";
import { CHECKPOINTS, numbered } from "../output-files.ts";
import { trainAll } from "../train/train.ts";
import { planTraining, type TrainPlan } from "../train/train-plan.ts";
import type { TrainingOutcome } from "../train/train-report.ts";
import type { Example } from "../train/training-data.ts";
import type { CheckedMinimum } from "./check-minima.ts";
import { exploreRound } from "./explore-round.ts";
import { type FailureCounts, failuresOf, labelAll } from "./label-round.ts";
import type { LearnPlan } from "./learn-plan.ts";
import { isDone, type LearnedStructure, type RoundRecord, roundText, searchText } from "./round-record.ts";
import { searchRound } from "./search-round.ts";
import { startStructures } from "./start-structures.ts";

export interface LearnedRounds {
  readonly rounds: readonly RoundRecord[];
  /** All labeled structures, those of the last round among them, though it did not train with them. */
  readonly structures: readonly LearnedStructure[];
  readonly startFailures: FailureCounts;
  /** Of the last training. */
  readonly plan: TrainPlan;
  readonly outcome: Omit<TrainingOutcome, "folders">;
  /** Lowest minima of the last round's searches; empty without. */
  readonly checked: readonly CheckedMinimum[];
}

/**
 * Where the lowest minima of a search are not right, their labels join the others, and learning goes on.
 * Everything that takes long is kept on the way: labels in their archive, explorations and trained weights as checkpoints. A
 * resumed run goes through the same steps and finds them.
 * @throws {EcitonError} "cancelled" after an interruption; "data" where too few structures can be labeled
 */
export async function learnRounds(plan: LearnPlan, context: RunContext): Promise<LearnedRounds> {
  const { section, systems } = plan;
  context.say(
    `${plan.labeler.labeler.name}: ${count(systems.length * section.start_structures, "structure")} to start with`,
  );
  const starts = await startStructures(plan, context);
  const labels = await labelAll(
    starts.map(({ structure }) => structure),
    plan.labeler,
    context,
  );
  const structures = labels.flatMap(({ structure, failure }, k): LearnedStructure[] =>
    failure ? [] : [{ structure, system: starts[k].system, round: 0 }],
  );
  const rounds: RoundRecord[] = [];
  for (let round = 1; ; round++) {
    const training = planTraining(plan.loaded, plan.train, examplesOf(plan, structures), plan.setup);
    const trained = await trainRound(training, round, context);
    const last = round === section.rounds;
    const { record, found } = await exploreRound(plan, training, trained.models, round, last, context);
    structures.push(...found);
    context.say(roundText(record, section.target_meV_per_atom));
    const searched =
      record.met || last ? await searchRound(plan, trained.models, training.settings, round, context) : null;
    const whole = { ...record, search: searched?.record ?? null };
    rounds.push(whole);
    structures.push(...(searched?.found ?? []));
    if (searched) context.say(searchText(searched.record));
    if (!isDone(whole) && !last) continue;
    // What an earlier process trained is here as weights alone; its checkpoints give the rest.
    const outcome =
      trained.outcome ?? (await trainAll(training, { ...context, resume: true }, stemOf(round)));
    return {
      rounds,
      structures,
      startFailures: failuresOf(labels),
      plan: training,
      outcome,
      checked: searched?.checked ?? [],
    };
  }
}

function examplesOf({ given }: LearnPlan, structures: readonly LearnedStructure[]): Example[] {
  const learned = structures.map(({ structure, system }) => ({ structure, structureClass: system }));
  return distinct([...given, ...learned]);
}

/** Relaxations of one funnel end at the same place, and small moves are labeled twice: each counts once. */
function distinct(examples: readonly Example[]): Example[] {
  const seen = new Set<string>();
  return examples.filter(({ structure: { species, positions, cell } }) => {
    const key = fingerprint([species, [...positions], [...cell]]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const stemOf = (round: number) => numbered("train", round);
const checkpoint = ({ outDir }: RunContext, name: string) => join(outDir, CHECKPOINTS, `${name}.json`);

interface TrainedRound {
  readonly models: readonly HdnnpModel[];
  /** null where an earlier process trained it. */
  readonly outcome: Omit<TrainingOutcome, "folders"> | null;
}

async function trainRound(training: TrainPlan, round: number, context: RunContext): Promise<TrainedRound> {
  const { section, settings } = training;
  const path = checkpoint(context, numbered("round", round));
  const task = fingerprint({
    section,
    settings,
    examples: [...training.training, ...training.test].map(({ structure }) => [
      structure.energy,
      [...structure.positions],
    ]),
  });
  const saved = context.resume ? readState<{ models: readonly HdnnpModel[] }>(path, task) : null;
  if (saved) return { models: saved.models, outcome: null };
  context.say(`round ${round}: training with ${count(training.training.length, "structure")}`);
  const outcome = await trainAll(training, context, stemOf(round));
  writeState(path, task, { models: outcome.models });
  // Covariances of filters are large, and the weights are safe.
  outcome.models.forEach((_, member) => {
    rmSync(checkpoint(context, numbered(stemOf(round - 1), member)), { force: true });
  });
  return { models: outcome.models, outcome };
}
