/** Whether dynamics have left the minimum that they began at: where their last states relax to. */
import { join } from "node:path";
import { matchedRmsd } from "../../analysis/atoms/rmsd.ts";
import { readStructures } from "../../data/formats/index.ts";
import type { Structure } from "../../data/structure.ts";
import { movingAtoms } from "../../dynamics/moving-atoms.ts";
import { potentialOf } from "../atoms/potential.ts";
import type { RunContext } from "../context.ts";
import type { LearnPlan } from "./learn-plan.ts";
import { relaxEach } from "./relax-each.ts";

export interface SettledMotion {
  readonly system: string;
  /** "replica-0000" */
  readonly replica: string;
  readonly time_ps: number;
  /** Of the last state after its relaxation, above the minimum that the run began at, eV. */
  readonly above: number;
  /** From that minimum, turned and with like atoms exchanged, Å. */
  readonly rmsd: number;
  /** Whether it is the same minimum. */
  readonly stayed: boolean;
}

/**
 * @param best where the runs began, with the potential's energy
 * @param folder results of the dynamics; runs that went wrong have no last state there
 */
export async function settledMotions(
  { loaded, relax }: LearnPlan,
  system: string,
  best: Structure,
  folder: string,
  context: RunContext,
): Promise<SettledMotion[]> {
  const { study } = loaded;
  const { structures } = readStructures(join(folder, "final.extxyz"));
  const { spec } = potentialOf(
    { study, folder: loaded.folder, outDir: context.outDir },
    { species: [...new Set(best.species)], periodic: best.periodic.some(Boolean) },
  );
  const outcomes = await relaxEach(
    structures.map((structure) => movingAtoms(structure)),
    spec,
    relax,
    context,
  );
  return outcomes.flatMap((outcome, k) => {
    if ("message" in outcome) return [];
    const { info, species } = structures[k];
    const above = outcome.result.energy - best.energy!;
    return [
      {
        system,
        replica: String(info.replica),
        time_ps: Number(info.time_ps),
        above,
        rmsd: matchedRmsd(best, { positions: outcome.positions, species }).rmsd,
        stayed: Math.abs(above) <= study.hop!.same.energy_eV,
      },
    ];
  });
}
