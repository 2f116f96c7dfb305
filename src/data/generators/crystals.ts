/** Cells of crystals: by name, or from a file. */
import { studyError } from "../../core/errors.ts";
import { inv3, rowTimes, type Vec3 } from "../../core/linalg.ts";
import { elementCrystal } from "../element-data.ts";
import { readStructures } from "../formats/index.ts";
import type { CrystalSpec, CrystalStructure } from "../study/atoms-schema.ts";
import { pathFromStudy } from "../study/load-study.ts";
import type { Built } from "./built.ts";
import { wrapped } from "./supercells.ts";

/** A crystal with the cell that it repeats in, and the one that Miller indices refer to. */
export interface Crystal extends Built {
  /** Rows are the vectors of the conventional cell, Å. */
  readonly conventional: Float64Array;
  /** Null for a crystal from a file. */
  readonly structure: CrystalStructure | null;
}

type Centring = "P" | "F" | "I";
type Site = readonly [kind: number, x: number, y: number, z: number];

const centrings: Readonly<Record<Centring, { translations: readonly Vec3[]; primitive: readonly Vec3[] }>> = {
  P: {
    translations: [[0, 0, 0]],
    primitive: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  F: {
    translations: [
      [0, 0, 0],
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ],
    primitive: [
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ],
  },
  I: {
    translations: [
      [0, 0, 0],
      [0.5, 0.5, 0.5],
    ],
    primitive: [
      [-0.5, 0.5, 0.5],
      [0.5, -0.5, 0.5],
      [0.5, 0.5, -0.5],
    ],
  },
};

/** Sites of one lattice point, in fractions of the conventional cell; kinds are 0 the cation, 1 the anion. */
const prototypes: Readonly<Record<CrystalStructure, { centring: Centring; sites: readonly Site[] }>> = {
  sc: { centring: "P", sites: [[0, 0, 0, 0]] },
  fcc: { centring: "F", sites: [[0, 0, 0, 0]] },
  bcc: { centring: "I", sites: [[0, 0, 0, 0]] },
  hcp: {
    centring: "P",
    sites: [
      [0, 1 / 3, 2 / 3, 1 / 4],
      [0, 2 / 3, 1 / 3, 3 / 4],
    ],
  },
  diamond: {
    centring: "F",
    sites: [
      [0, 0, 0, 0],
      [0, 1 / 4, 1 / 4, 1 / 4],
    ],
  },
  rocksalt: {
    centring: "F",
    sites: [
      [0, 0, 0, 0],
      [1, 1 / 2, 1 / 2, 1 / 2],
    ],
  },
  cscl: {
    centring: "P",
    sites: [
      [0, 0, 0, 0],
      [1, 1 / 2, 1 / 2, 1 / 2],
    ],
  },
  zincblende: {
    centring: "F",
    sites: [
      [0, 0, 0, 0],
      [1, 1 / 4, 1 / 4, 1 / 4],
    ],
  },
  fluorite: {
    centring: "F",
    sites: [
      [0, 0, 0, 0],
      [1, 1 / 4, 1 / 4, 1 / 4],
      [1, 3 / 4, 3 / 4, 3 / 4],
    ],
  },
};

/**
 * @param path of the section in the study, for errors
 * @param folder that the file's name starts from
 * @throws {EcitonError} "study" for species or lattice constants that do not belong to the structure or are missing;
 *   "data" for a file that cannot be read or holds no crystal
 */
export function createCrystal(spec: CrystalSpec, path: string, folder: string): Crystal {
  if (spec.file !== undefined) return crystalOfFile(spec.file, path, folder);
  const species = typeof spec.species === "string" ? [spec.species] : spec.species!;
  const element = species.length === 1 ? elementCrystal(species[0]) : null;
  const structure = spec.structure ?? element?.structure;
  if (structure === undefined)
    throw studyError(`${path}.structure`, `there is no default for ${species.join(", ")}; give it`);
  const { centring, sites } = prototypes[structure];
  const kinds = Math.max(...sites.map(([kind]) => kind)) + 1;
  if (species.length !== kinds)
    throw studyError(
      `${path}.species`,
      `${structure} has ${kinds === 1 ? "one species" : "two species, cation and anion"}; found ${species.join(", ")}`,
    );
  const conventional = conventionalCell(spec, structure, species, path);
  const { translations, primitive } = centrings[centring];
  const isPrimitive = spec.cell === "primitive";
  const names: string[] = [];
  const positions: number[] = [];
  for (const [kind, x, y, z] of sites)
    for (const [u, v, w] of isPrimitive ? translations.slice(0, 1) : translations) {
      names.push(species[kind]);
      positions.push(...rowTimes([(x + u) % 1, (y + v) % 1, (z + w) % 1], conventional));
    }
  const cell = isPrimitive
    ? Float64Array.from(primitive.flatMap((vector) => rowTimes(vector, conventional)))
    : conventional;
  return {
    species: names,
    positions: Float64Array.from(positions),
    cell,
    periodic: [true, true, true],
    conventional,
    structure,
  };
}

function conventionalCell(
  { a_A, c_A }: CrystalSpec,
  structure: CrystalStructure,
  species: readonly string[],
  path: string,
): Float64Array {
  const element = species.length === 1 ? elementCrystal(species[0]) : null;
  const own = element?.structure === structure ? element : null;
  const a = a_A ?? own?.a;
  if (a === undefined)
    throw studyError(
      `${path}.a_A`,
      `the lattice constant of ${structure} ${species.join("")} is not known here; give it`,
    );
  if (structure !== "hcp") {
    if (c_A !== undefined) throw studyError(`${path}.c_A`, `${structure} is cubic; c_A belongs to hcp`);
    return Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a);
  }
  const c = c_A ?? (a_A === undefined ? own!.c! : a * Math.sqrt(8 / 3));
  return Float64Array.of(a, 0, 0, -a / 2, (a * Math.sqrt(3)) / 2, 0, 0, 0, c);
}

function crystalOfFile(file: string, path: string, folder: string): Crystal {
  const found = readStructures(pathFromStudy(folder, file)).structures.at(-1);
  if (!found) throw studyError(`${path}.file`, `${file} holds no structure`);
  if (!found.periodic.every(Boolean))
    throw studyError(`${path}.file`, `${file}: a crystal is periodic in three directions`);
  const inverse = inv3(found.cell);
  const positions = found.positions.slice();
  for (let i = 0; i < positions.length; i += 3)
    positions.set(wrapped(positions.subarray(i, i + 3), found.cell, inverse, found.periodic), i);
  return {
    species: found.species,
    positions,
    cell: found.cell,
    periodic: [true, true, true],
    conventional: found.cell,
    structure: null,
  };
}
