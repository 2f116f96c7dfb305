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

/** Atoms of a configuration on the ideal lattice, sorted by parent site. */
export function structureOfConfiguration(
  configuration: Pick<Configuration, "id" | "supercell" | "occupation" | "energy">,
  options: AtomsOptions,
): Structure {
  const { supercell, occupation, energy, id } = configuration;
  const all = supercell.positions();
  const species: string[] = [];
  const charges: number[] = [];
  const positions: number[] = [];
  let charged = false;
  for (let i = 0; i < occupation.length; i++) {
    const name = supercell.lattice.sites[supercell.sublatticeOf(i)].species[occupation[i]];
    const absent = options.vacancies.includes(name);
    if (absent && options.absent === "omit") continue;
    const { element, charge } = splitCharge(name);
    species.push(absent ? DUMMY_SPECIES : element);
    charges.push(charge ?? 0);
    charged ||= charge !== null;
    positions.push(all[3 * i], all[3 * i + 1], all[3 * i + 2]);
  }
  return checkStructure({
    cell: supercell.cell,
    periodic: supercell.lattice.periodic,
    species,
    positions: Float64Array.from(positions),
    ...(energy === undefined ? {} : { energy }),
    ...(charged ? { charges: Float64Array.from(charges) } : {}),
    name: id,
    info: {},
    source: { file: id, line: null },
  });
}
