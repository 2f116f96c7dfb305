/** The searches of a round whose minima are right, and whether the labeler agrees with what they find. */
import { join } from "node:path";
import { fingerprint, readState, writeState } from "../../exec/state-file.ts";
import type { HdnnpModel } from "../../nn/hdnnp/model.ts";
import type { TrainingSettings } from "../../nn/training/training-settings.ts";
import * as hop from "../atoms/hop.ts";
import type { RunContext } from "../context.ts";
import { CHECKPOINTS, numbered, SEARCHES } from "../output-files.ts";
import { writePotential } from "../train/train-files.ts";
import { type CheckedMinimum, checkMinima, errorOf } from "./check-minima.ts";
import type { LearnPlan } from "./learn-plan.ts";
import type { LearnedStructure, SearchRecord } from "./round-record.ts";
import { runForSystem } from "./system-run.ts";

export interface SearchedRound {
  readonly record: SearchRecord;
  readonly checked: readonly CheckedMinimum[];
  /** The minima that have labels. */
  readonly found: readonly LearnedStructure[];
}

/**
 * Writes the potential, on which the searches rest.
 * @returns null for a study without a search
 * @throws {EcitonError} "cancelled" after an interruption
 */
export async function searchRound(
  plan: LearnPlan,
  models: readonly HdnnpModel[],
  settings: TrainingSettings,
  round: number,
  context: RunContext,
): Promise<SearchedRound | null> {
  if (!plan.loaded.study.hop) return null;
  writePotential(context.outDir, models, settings);
  const path = join(context.outDir, CHECKPOINTS, `${numbered("checked", round)}.json`);
  const task = fingerprint([
    plan.section.check,
    models.map(({ elements }) => elements.map(({ network }) => [...network.weights])),
  ]);
  // A later round's search lies in the folders of an earlier one.
  const saved = context.resume ? readState<CheckedMinimum[]>(path, task) : null;
  const checked = saved ?? (await searchAll(plan, round, context));
  if (!saved) writeState(path, task, checked);
  return {
    record: recordOf(plan, checked),
    checked,
    found: checked.flatMap(({ labeled, system }) => (labeled ? [{ structure: labeled, system, round }] : [])),
  };
}

async function searchAll(plan: LearnPlan, round: number, context: RunContext): Promise<CheckedMinimum[]> {
  const checked: CheckedMinimum[] = [];
  for (const system of plan.systems) {
    const noun = numbered("search", round);
    const folder = await runForSystem(hop, noun, SEARCHES, system.search, system, plan, context);
    checked.push(...(await checkMinima(plan, system, folder, round, context)));
  }
  return checked;
}

function recordOf({ systems, section }: LearnPlan, checked: readonly CheckedMinimum[]): SearchRecord {
  const errors = systems.map(({ name }) => errorOf(checked.filter(({ system }) => system === name)));
  const known = errors.filter((error) => error !== null);
  const unlabeled = checked.filter(({ labeled }) => labeled === null).length;
  const error = known.length === 0 ? null : Math.max(...known);
  const right = known.length === systems.length && 1000 * Math.max(...known) <= section.target_meV_per_atom;
  return { error, unlabeled, right: right && unlabeled === 0 };
}
