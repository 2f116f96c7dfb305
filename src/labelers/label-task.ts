/** Structures that are labeled one after the other, each result kept as soon as there is one. */
import type { TaskContext } from "../exec/executor.ts";
import { LabelArchive } from "./label-archive.ts";
import type { LabelAtoms, Labeler, LabelOutcome } from "./labeler.ts";

export interface LabelPayload<Spec> {
  /** Plain data that decides the labeler. */
  readonly labeler: Spec;
  /** Folder of the archive; null: results are only returned. */
  readonly archive: string | null;
  readonly structures: readonly { readonly key: string; readonly atoms: LabelAtoms }[];
}

export type LabelTaskResult =
  | { readonly interrupted: false; readonly outcomes: readonly LabelOutcome[] }
  | { readonly interrupted: true };

/**
 * A structure that cannot be labeled fails by itself; the others are labeled.
 * @throws {EcitonError} "io" when the archive cannot be written
 */
export async function labelAll<Spec>(
  payload: LabelPayload<Spec>,
  context: TaskContext,
  create: (spec: Spec) => Labeler,
): Promise<LabelTaskResult> {
  const labeler = create(payload.labeler);
  const archive = payload.archive === null ? null : new LabelArchive(payload.archive);
  const outcomes: LabelOutcome[] = [];
  for (const { key, atoms } of payload.structures) {
    // A task that was begun before, in a job that ended early, has left entries.
    let outcome = archive?.find(key, atoms.species.length) ?? null;
    if (outcome === null) {
      const attempt =
        Atomics.load(context.cancel, 0) === 0 ? await labeler.label(atoms, context.cancel) : null;
      if (attempt === null) return { interrupted: true };
      archive?.keep(key, labeler.identity, atoms, attempt);
      ({ outcome } = attempt);
    }
    outcomes.push(outcome);
    Atomics.store(context.progress, context.index, outcomes.length);
  }
  return { interrupted: false, outcomes };
}
