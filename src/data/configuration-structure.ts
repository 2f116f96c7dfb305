/** A configuration as atoms: for trajectories, pictures and other programs. */
import type { Configuration } from "./configuration.ts";
import { checkStructure, type Structure } from "./structure.ts";

/** Symbol that stands for an absent atom where one is wanted in a picture, as in extended XYZ. */
export const DUMMY_SPECIES = "X";

export interface AtomsOptions {
  /** Species that stand for an absent atom. */
  readonly vacancies: readonly string[];
  /** Leave absent atoms out (POSCAR), or show them as X (pictures). */
  readonly absent: "omit" | "dummy";
}

/** "Ce3+" -> Ce and 3; "O2-" -> O and -2; anything else is a name without a charge. */
export function splitCharge(species: string): { readonly element: string; readonly charge: number | null } {
  const match = /^([A-Z][a-z]?)(\d*)([+-])$/.exec(species);
  if (!match) return { element: species, charge: null };
  const size = match[2] === "" ? 1 : Number(match[2]);
  return { element: match[1], charge: match[3] === "+" ? size : -size };
}

/**
 * Atoms of a configuration on the ideal lattice, one species of the lattice after the other: where a format knows no
 * charges, the order still tells Ce4+ from Ce3+.
 */
export function structureOfConfiguration(
  configuration: Pick<Configuration, "id" | "supercell" | "occupation" | "energy">,
  options: AtomsOptions,
): Structure {
  const { supercell, occupation, energy, id } = configuration;
  const { sites } = supercell.lattice;
  const nameOf = (i: number) => sites[supercell.sublatticeOf(i)].species[occupation[i]];
  const names = [...new Set(sites.flatMap((site) => site.species))];
  const blocks = names.map((): number[] => []);
  for (let i = 0; i < occupation.length; i++) blocks[names.indexOf(nameOf(i))].push(i);
  const kept = blocks.flatMap((indices, b) => {
    const absent = options.vacancies.includes(names[b]);
    if (absent && options.absent === "omit") return [];
    const { element, charge } = splitCharge(names[b]);
    return indices.map((i) => ({ i, element: absent ? DUMMY_SPECIES : element, charge }));
  });
  const all = supercell.positions();
  const positions = new Float64Array(3 * kept.length);
  kept.forEach(({ i }, k) => {
    positions.set(all.subarray(3 * i, 3 * i + 3), 3 * k);
  });
  return checkStructure({
    cell: supercell.cell,
    periodic: supercell.lattice.periodic,
    species: kept.map(({ element }) => element),
    positions,
    ...(energy === undefined ? {} : { energy }),
    ...(kept.some(({ charge }) => charge !== null)
      ? { charges: Float64Array.from(kept, ({ charge }) => charge ?? 0) }
      : {}),
    name: id,
    info: {},
    source: { file: id, line: null },
  });
}
