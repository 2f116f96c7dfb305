/** A command that does one part of a study (build, relax, dynamics, hop) into a folder of its own. */
import type { LoadedStudy } from "../data/study/load-study.ts";
import type { RunContext } from "./context.ts";
import type { OutputPart } from "./output-files.ts";
import { beginOutput, checkOutputFolder, isFinished } from "./output-folder.ts";
import { type InputFile, type Provenance, provenanceOf } from "./provenance.ts";

export interface PartPlan {
  readonly loaded: LoadedStudy;
  /** Files beside the study that decide the results: structures, parameters of potentials. */
  readonly inputs: readonly InputFile[];
}

/** @returns whether the folder holds the results of this very run already, so that there is nothing to go on with */
export function partFinished(part: OutputPart, { loaded, inputs }: PartPlan, context: RunContext): boolean {
  return context.resume && isFinished(context, provenanceOf(loaded, inputs, context.command), [part]);
}

/**
 * Does the work with the folder taken for this process alone; what it wrote counts as finished when it returns.
 * @throws {EcitonError} "usage" where another process writes to the folder or it holds another run to resume, and as
 *   the work does
 */
export async function runPart<Result>(
  part: OutputPart,
  { loaded, inputs }: PartPlan,
  context: RunContext,
  work: (provenance: Provenance) => Promise<Result>,
): Promise<Result> {
  const provenance = provenanceOf(loaded, inputs, context.command);
  checkOutputFolder(context, provenance, [part]);
  const output = beginOutput(context, provenance, [part]);
  try {
    const result = await work(provenance);
    output.finish();
    return result;
  } finally {
    output.release();
  }
}
