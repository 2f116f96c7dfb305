/** The lowest minima of a search, with what the labeler says of them. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { matchedRmsd } from "../../analysis/atoms/rmsd.ts";
import { readStructures } from "../../data/formats/index.ts";
import type { Structure } from "../../data/structure.ts";
import { movingAtoms } from "../../dynamics/moving-atoms.ts";
import type { RunContext } from "../context.ts";
import { SEARCHES } from "../output-files.ts";
import { labelAll } from "./label-round.ts";
import type { LearnPlan, LearnSystem } from "./learn-plan.ts";
import { relaxEach } from "./relax-each.ts";

export interface CheckedMinimum {
  readonly system: string;
  /** In the order of the potential's energies, 1 the lowest. */
  readonly rank: number;
  /** With the potential's energy. */
  readonly structure: Structure;
  readonly pointGroup: string | null;
  /** The labeler's energy of these very atoms, eV; null where it gives none. */
  readonly reference: number | null;
  /** The atoms with the labeler's energy and forces; null likewise. */
  readonly labeled: Structure | null;
  /** After a relaxation with the labeler itself, where that is a potential; null otherwise, and where it fails. */
  readonly relaxed: { readonly energy: number; readonly moved_A: number } | null;
}

/**
 * @param folder results of the search
 * @param round for the names
 */
export async function checkMinima(
  plan: LearnPlan,
  system: LearnSystem,
  folder: string,
  round: number,
  context: RunContext,
): Promise<CheckedMinimum[]> {
  const file = join(folder, "minima.extxyz");
  // A search can end without a minimum; a file without structures is refused by its reader.
  const found = statSync(file).size === 0 ? [] : readStructures(file).structures;
  // One is needed in any case: dynamics begin there.
  const minima = found.slice(0, Math.max(1, plan.section.check));
  const labels = await labelAll(
    minima.map(({ energy: _, forces: __, ...atoms }, k) => ({
      ...atoms,
      name: `${system.name}-search-${round}-lowest-${k + 1}`,
      info: {},
      // Results say the same wherever their folder lies.
      source: { file: `${SEARCHES}/${system.name}/minima.extxyz`, line: null },
    })),
    plan.labeler,
    context,
  );
  const relaxed = await relaxWithLabeler(plan, minima, context);
  return minima.map((structure, k) => ({
    system: system.name,
    rank: k + 1,
    structure,
    pointGroup: typeof structure.info.point_group === "string" ? structure.info.point_group : null,
    reference: labels[k].failure ? null : labels[k].structure.energy!,
    labeled: labels[k].failure ? null : labels[k].structure,
    relaxed: relaxed[k],
  }));
}

/** The labeler's lowest of a system; without labels the potential's. */
export function bestOf(checked: readonly CheckedMinimum[]): CheckedMinimum {
  return checked.reduce((best, one) =>
    (one.reference ?? Number.POSITIVE_INFINITY) < (best.reference ?? Number.POSITIVE_INFINITY) ? one : best,
  );
}

/** Mean absolute error of the potential's energies, eV/atom; null where none has a label. */
export function errorOf(checked: readonly CheckedMinimum[]): number | null {
  const errors = checked.flatMap(({ structure, reference }) =>
    reference === null ? [] : [Math.abs(structure.energy! - reference) / structure.species.length],
  );
  return errors.length === 0 ? null : errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** A program relaxes too slowly for this. */
async function relaxWithLabeler(
  { labeler, relax }: LearnPlan,
  minima: readonly Structure[],
  context: RunContext,
): Promise<CheckedMinimum["relaxed"][]> {
  const { spec } = labeler;
  if (spec.kind !== "calculator") return minima.map(() => null);
  const atoms = minima.map((minimum) => ({
    ...movingAtoms(minimum),
    species: minimum.species.map((one) => spec.species[one] ?? one),
  }));
  const outcomes = await relaxEach(atoms, spec.potential, relax, context);
  return outcomes.map((outcome, k) => {
    if ("message" in outcome) return null;
    const { species } = minima[k];
    const { rmsd } = matchedRmsd(minima[k], { positions: outcome.positions, species });
    return { energy: outcome.result.energy, moved_A: rmsd };
  });
}
