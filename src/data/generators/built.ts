/** What generators give, and the small steps that all of them need. */
import type { InfoValue, Structure } from "../structure.ts";

/** Atoms as a generator makes them, before they have a name. */
export interface Built {
  readonly species: readonly string[];
  /** Å, Float64Array(3N). */
  readonly positions: Float64Array;
  /** Rows are lattice vectors, Å; zeros where there is none. */
  readonly cell: Float64Array;
  readonly periodic: readonly [boolean, boolean, boolean];
  /** What a person may want to know of how it came about. */
  readonly info?: Readonly<Record<string, InfoValue>>;
}

/** Atoms without a cell, their mean position at the origin. */
export function cluster(
  species: readonly string[],
  positions: Float64Array,
  info?: Readonly<Record<string, InfoValue>>,
): Built {
  return {
    species,
    positions: centred(positions),
    cell: new Float64Array(9),
    periodic: [false, false, false],
    info,
  };
}

function centred(positions: Float64Array): Float64Array {
  const atoms = positions.length / 3;
  const mean = [0, 0, 0];
  for (let i = 0; i < positions.length; i++) mean[i % 3] += positions[i] / atoms;
  return positions.map((x, i) => x - mean[i % 3]);
}

/** Elements that stand behind others in formulas, in this order (IUPAC, Nomenclature of Inorganic Chemistry, table VI). */
const LAST = "B Si C Sb As P N H Te Se S At I Br Cl O F".split(" ");

/** "Ag35Au112", "Ce27O53": the same for the same atoms in any order; metals by the alphabet, then non-metals. */
export function formulaOf(species: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of species) counts.set(name, (counts.get(name) ?? 0) + 1);
  const place = (name: string) => LAST.indexOf(/^[A-Z][a-z]?/.exec(name)?.[0] ?? "");
  return [...counts]
    .sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
    .map(([name, n]) => (n === 1 ? name : /[+-]$/.test(name) ? `(${name})${n}` : name + n))
    .join("");
}

/** The atoms that a test keeps, with their own order. */
export function keepAtoms(built: Built, keep: (atom: number) => boolean): Built {
  const kept = built.species.flatMap((_, i) => (keep(i) ? [i] : []));
  return {
    ...built,
    species: kept.map((i) => built.species[i]),
    positions: Float64Array.from(kept.flatMap((i) => Array.from(built.positions.subarray(3 * i, 3 * i + 3)))),
  };
}

export function structureOfBuilt(built: Built, name: string): Structure {
  return {
    cell: built.cell,
    periodic: built.periodic,
    species: built.species,
    positions: built.positions,
    name,
    info: built.info ?? {},
    source: { file: name, line: null },
  };
}
