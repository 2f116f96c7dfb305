/** Many structures labeled in parallel, those that were labeled before found in the archive. */
import { resolve } from "node:path";
import { EcitonError } from "../core/errors.ts";
import type { Structure } from "../data/structure.ts";
import type { Executor, TaskFunction } from "../exec/executor.ts";
import { atomsFailure, plausible } from "./check-atoms.ts";
import { LabelArchive, labelKey } from "./label-archive.ts";
import type { LabelPayload, LabelTaskResult } from "./label-task.ts";
import {
  type FailureReason,
  isFailure,
  type LabelAtoms,
  type Labeler,
  type LabelFailure,
  type LabelOutcome,
} from "./labeler.ts";

export interface LabelOptions<Spec> {
  readonly labeler: Labeler;
  /** Plain data that `task` makes the same labeler of. */
  readonly spec: Spec;
  /** An exported function that hands its payload, a LabelPayload<Spec>, to `labelAll`. */
  readonly task: TaskFunction;
  readonly executor: Executor;
  /** Folder that keeps every result; null: nothing is kept, and nothing is found. */
  readonly archive: string | null;
  /** Failures of an earlier call that are tried again. */
  readonly again?: readonly FailureReason[];
  /** Part of the sum of covalent radii that atoms must be apart. */
  readonly leastDistance?: number;
  /** A label with a stronger force on some atom is none, eV/Å. */
  readonly largestForce?: number;
  readonly signal?: AbortSignal;
  /** Called with the number of structures that are done, of all. */
  readonly onProgress?: (done: number, all: number) => void;
}

export interface Labelled {
  /** As it was given; with energy, forces and stress where there is a label. */
  readonly structure: Structure;
  readonly failure: LabelFailure | null;
  readonly notes: readonly string[];
  /** Whether it was in the archive. */
  readonly found: boolean;
  /** Inputs and outputs of the program, gzipped text; null where nothing was run or kept. */
  readonly log: string | null;
}

export interface LabelCounts {
  /** Labeled in this call. */
  readonly new: number;
  /** Labels that were in the archive. */
  readonly found: number;
  /** Without a label, in this call or an earlier one. */
  readonly failed: number;
}

export interface LabelledSet {
  /** In the order of the structures. */
  readonly labelled: readonly Labelled[];
  readonly counts: LabelCounts;
}

/** Tasks for each thread, so that slow structures do not make the others wait. */
const TASKS_PER_WORKER = 16;
const MOST_TOGETHER = 64;

/**
 * Labels are the same for any number of workers and however often the work was interrupted: a label depends on its
 * structure and labeler alone.
 * @throws {EcitonError} "cancelled" after an interruption, finished labels kept; "io" and "data" for an archive that
 *   cannot be written or read
 */
export async function labelStructures<Spec>(
  structures: readonly Structure[],
  options: LabelOptions<Spec>,
): Promise<LabelledSet> {
  const { labeler } = options;
  // Jobs on other machines begin in folders of their own.
  const folder = options.archive === null ? null : resolve(options.archive);
  const archive = folder === null ? null : new LabelArchive(folder);
  archive?.describe(labeler.identity, labeler.name);
  const keys = structures.map((structure) => labelKey(labeler.identity, structure));
  const outcomes = new Map<string, LabelOutcome>();
  const fresh = new Map<string, LabelAtoms>();
  structures.forEach((structure, n) => {
    const key = keys[n];
    if (outcomes.has(key) || fresh.has(key)) return;
    const outcome =
      atomsFailure(structure, options.leastDistance) ??
      labeler.refusal(structure) ??
      archive?.find(key, structure.species.length) ??
      null;
    const again = outcome !== null && isFailure(outcome) && options.again?.includes(outcome.reason);
    if (again) archive?.forget(key);
    if (outcome !== null && !again) outcomes.set(key, outcome);
    else fresh.set(key, atomsOf(structure));
  });
  for (const [key, outcome] of await labelFresh(fresh, { ...options, archive: folder }))
    outcomes.set(key, outcome);
  const labelled = structures.map((structure, n): Labelled => {
    // The archive keeps what was computed; what is plausible can be decided anew.
    const outcome = plausible(outcomes.get(keys[n])!, options.largestForce);
    const common = { found: !fresh.has(keys[n]), log: archive?.logOf(keys[n]) ?? null };
    return isFailure(outcome)
      ? { ...common, structure, failure: outcome, notes: [] }
      : { ...common, structure: withLabel(structure, outcome), failure: null, notes: outcome.notes };
  });
  const labels = labelled.filter(({ failure }) => failure === null);
  const found = labels.filter((one) => one.found).length;
  return {
    labelled,
    counts: { new: labels.length - found, found, failed: labelled.length - labels.length },
  };
}

async function labelFresh<Spec>(
  fresh: ReadonlyMap<string, LabelAtoms>,
  { spec, task, executor, archive, signal, onProgress }: LabelOptions<Spec>,
): Promise<[string, LabelOutcome][]> {
  const waiting = [...fresh].map(([key, atoms]) => ({ key, atoms }));
  const tasks = TASKS_PER_WORKER * Math.max(1, executor.workers);
  const together = Math.min(MOST_TOGETHER, Math.ceil(waiting.length / tasks));
  const parts = Array.from({ length: Math.ceil(waiting.length / Math.max(1, together)) }, (_, k) =>
    waiting.slice(k * together, (k + 1) * together),
  );
  const results = await executor.map<LabelTaskResult>(
    task,
    parts.map((part): LabelPayload<Spec> => ({ labeler: spec, archive, structures: part })),
    {
      signal,
      names: parts.map((_, k) => `labels ${k * together + 1} to ${k * together + parts[k].length}`),
      onProgress:
        onProgress &&
        ((progress) =>
          onProgress(
            progress.reduce((sum, n) => sum + n, 0),
            waiting.length,
          )),
    },
  );
  const finished = results.filter((result) => !result.interrupted);
  if (finished.length < results.length) {
    const kept = archive === null ? "nothing is kept" : `what is finished is kept in ${archive}`;
    throw new EcitonError("cancelled", `interrupted while labeling ${waiting.length} structures; ${kept}`, {
      structures: waiting.length,
    });
  }
  return finished.flatMap(({ outcomes }, k) =>
    outcomes.map((outcome, n): [string, LabelOutcome] => [parts[k][n].key, outcome]),
  );
}

/** What crosses to a thread. */
function atomsOf({ species, periodic, cell, positions }: Structure): LabelAtoms {
  return { species, periodic, cell, positions };
}

function withLabel(structure: Structure, { energy, forces, stress }: Exclude<LabelOutcome, LabelFailure>) {
  const { stress: _, ...rest } = structure;
  return { ...rest, energy, forces, ...(stress ? { stress } : {}), converged: true };
}
