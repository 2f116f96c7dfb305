/** Structures relaxed with a potential, all at once. */
import { EcitonError } from "../../core/errors.ts";
import type { RelaxSettings } from "../../dynamics/minimise/relax-settings.ts";
import type { RelaxOutcome, RelaxPayload, RelaxTaskResult } from "../../dynamics/minimise/relax-task.ts";
import type { MovingAtoms } from "../../dynamics/moving-atoms.ts";
import type { AnyPotentialSpec } from "../atoms/create-any-potential.ts";
import { relaxTask } from "../atoms/relax-task.ts";
import type { RunContext } from "../context.ts";

/**
 * @returns in the order of the atoms
 * @throws {EcitonError} "cancelled" after an interruption; nothing is kept, since so few are done in no time
 */
export async function relaxEach(
  atoms: readonly MovingAtoms[],
  potential: AnyPotentialSpec,
  settings: RelaxSettings,
  { executor, signal }: RunContext,
): Promise<RelaxOutcome[]> {
  const payloads = atoms.map(
    (one): RelaxPayload<AnyPotentialSpec> => ({
      potential,
      settings,
      structures: [one],
      checkpoint: null,
    }),
  );
  const results = await executor.map<RelaxTaskResult>(relaxTask, payloads, { signal });
  return results.map((result) => {
    if (result.interrupted)
      throw new EcitonError(
        "cancelled",
        "interrupted while structures were relaxed; run the same command with --resume to go on",
      );
    return result.outcomes[0];
  });
}
