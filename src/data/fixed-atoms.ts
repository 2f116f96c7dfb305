/** Which atoms of a structure stay where they are: `relax.fix` and `dynamics.fix` of a study. */
import { studyError } from "../core/errors.ts";
import type { Structure } from "./structure.ts";
import type { FixSection } from "./study/fix-schema.ts";

/** @throws {EcitonError} "study" for a species that none of the structures has, which would fix nothing */
export function checkFixedSpecies(
  structures: readonly Structure[],
  fix: FixSection | undefined,
  path = "relax.fix",
): void {
  const present = new Set(structures.flatMap(({ species }) => species));
  for (const [k, name] of (fix?.species ?? []).entries())
    if (!present.has(name))
      throw studyError(`${path}.species[${k}]`, `there is no ${name} among ${[...present].join(", ")}`);
}

/**
 * 1 for atoms that stay where they are; null where all move.
 * @param path of these keys in the study
 * @throws {EcitonError} "study" for a number beyond the atoms, and where no atom is left to move
 */
export function fixedAtoms(
  structure: Structure,
  fix: FixSection | undefined,
  path = "relax.fix",
): Uint8Array | null {
  if (!fix) return null;
  const { name, species, positions } = structure;
  const fixed = new Uint8Array(species.length);
  if (fix.species) for (let i = 0; i < fixed.length; i++) if (fix.species.includes(species[i])) fixed[i] = 1;
  for (const [k, number] of (fix.indices ?? []).entries()) {
    if (number > fixed.length)
      throw studyError(
        `${path}.indices[${k}]`,
        `${name} has ${fixed.length} atoms, there is no number ${number}`,
      );
    fixed[number - 1] = 1;
  }
  if (fix.below_A !== undefined) {
    let lowest = Number.POSITIVE_INFINITY;
    for (let i = 2; i < positions.length; i += 3) lowest = Math.min(lowest, positions[i]);
    for (let i = 0; i < fixed.length; i++) if (positions[3 * i + 2] < lowest + fix.below_A) fixed[i] = 1;
  }
  if (fixed.every((one) => one === 1)) throw studyError(path, `every atom of ${name} is fixed`);
  return fixed.includes(1) ? fixed : null;
}
