/** Structures of a round handed to the labeler, and those that it could label as examples of the training. */
import { join } from "node:path";
import type { Structure } from "../../data/structure.ts";
import { startProgress } from "../../exec/progress.ts";
import { type Labelled, labelStructures } from "../../labelers/label-structures.ts";
import type { FailureReason } from "../../labelers/labeler.ts";
import { labelTask } from "../atoms/label-task.ts";
import type { ChosenLabeler } from "../atoms/labeler.ts";
import type { RunContext } from "../context.ts";
import { LABELS } from "../output-files.ts";

/** How often each reason occurred. */
export type FailureCounts = Readonly<Partial<Record<FailureReason, number>>>;

/** @returns in the order of the structures */
export async function labelAll(
  structures: readonly Structure[],
  { spec, labeler, archive, leastDistance, largestForce }: ChosenLabeler,
  { executor, outDir, signal }: RunContext,
): Promise<readonly Labelled[]> {
  const bar = startProgress("labels", structures.length);
  try {
    const { labelled } = await labelStructures(structures, {
      labeler,
      spec,
      task: labelTask,
      executor,
      archive: archive ?? join(outDir, LABELS),
      leastDistance,
      largestForce,
      signal,
      onProgress: bar.update,
    });
    return labelled;
  } finally {
    bar.end();
  }
}

export function failuresOf(labelled: readonly Labelled[]): FailureCounts {
  const counts: Partial<Record<FailureReason, number>> = {};
  for (const { failure } of labelled) if (failure) counts[failure.reason] = (counts[failure.reason] ?? 0) + 1;
  return counts;
}

/** "3 overlap, 1 implausible"; empty where nothing failed. */
export function failureText(counts: FailureCounts): string {
  return Object.entries(counts)
    .map(([reason, n]) => `${n} ${reason}`)
    .join(", ");
}
