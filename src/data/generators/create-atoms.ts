/** The structures of the section `atoms` of a study: one source, then what changes it. */
import { basename } from "node:path";
import { EcitonError, studyError } from "../../core/errors.ts";
import { RandomStream } from "../../core/random.ts";
import { elementDistance } from "../element-data.ts";
import { checkStructure, type Structure } from "../structure.ts";
import type { AtomsSpec } from "../study/atoms-schema.ts";
import { pathFromStudy } from "../study/load-study.ts";
import { type Built, cluster, formulaOf, structureOfBuilt } from "./built.ts";
import { createCrystal } from "./crystals.ts";
import { clusterExtractor } from "./extract.ts";
import { structuresOfFiles } from "./files.ts";
import { displaced, rattled, withoutAtoms, withVacuum } from "./modify.ts";
import { ordered } from "./ordering.ts";
import {
  cuboctahedronPositions,
  decahedronPositions,
  icosahedronPositions,
  octahedronPositions,
} from "./polyhedra.ts";
import { randomCluster } from "./random-cluster.ts";
import { createSlab } from "./slab.ts";
import { repeated } from "./supercells.ts";
import { wulffCluster } from "./wulff.ts";

/** Structure i draws from the stream of this number plus i; streams below belong to other parts of a study. */
export const ATOMS_STREAM = 2 ** 45;
/** Between slabs, Å. */
const USUAL_VACUUM_A = 15;

export interface AtomsOptions {
  /** The study's seed. */
  readonly seed: number;
  /** Folder that files are named from; default: the working one. */
  readonly folder?: string;
}

/** The structures of a section, read and checked once, each made when asked for. */
export interface AtomsSource {
  /** How many structures there are. */
  readonly count: number;
  /** Files that they come from. */
  readonly files: readonly string[];
  readonly warnings: readonly string[];
  /**
   * Structure number `index`, 0 .. count - 1: the same whenever and wherever it is made.
   * @throws {EcitonError} "study" where something does not fit the atoms (a composition, a supercell), "not-converged"
   *   where random atoms find no place
   */
  create(index: number): Structure;
}

/**
 * @throws {EcitonError} "study" for a source that cannot be built, "data" for a file that cannot be read
 */
export function openAtoms(spec: AtomsSpec, { seed, folder = "" }: AtomsOptions): AtomsSource {
  const source =
    spec.file !== undefined || spec.files !== undefined ? fileSource(spec, folder) : madeSource(spec, folder);
  const count = source.bases * spec.count;
  const digits = String(spec.count).length;
  return {
    count,
    files: source.files,
    warnings: source.warnings,
    create: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= count)
        throw new EcitonError("shape", `there are ${count} structures, numbered from 0; found ${index}`);
      const copy = spec.count === 1 ? "" : `-${String((index % spec.count) + 1).padStart(digits, "0")}`;
      const structure = source.create(
        Math.floor(index / spec.count),
        new RandomStream(seed, ATOMS_STREAM + index),
      );
      return checkStructure({ ...structure, name: `${structure.name}${copy}` });
    },
  };
}

/** One structure of a section; `openAtoms` makes many without reading files again. */
export function createAtoms(spec: AtomsSpec, options: AtomsOptions & { readonly index: number }): Structure {
  return openAtoms(spec, options).create(options.index);
}

interface Source {
  /** Structures that copies are made of: frames of files, one of a generator. */
  readonly bases: number;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
  create(base: number, random: RandomStream): Structure;
}

function fileSource(spec: AtomsSpec, folder: string): Source {
  const { structures: read, files, warnings } = structuresOfFiles(spec, folder);
  const structures = named(read);
  const { supercell, ordering, vacancies, rattle_A, displace_A, vacuum_A } = spec;
  const asTheyAre = (supercell ?? ordering ?? vacancies ?? rattle_A ?? displace_A ?? vacuum_A) === undefined;
  return {
    bases: structures.length,
    files,
    warnings,
    create: (base, random) => {
      const from = structures[base];
      if (asTheyAre) return from;
      // Energies, forces and the like of the file are not those of the changed atoms.
      const { species, positions, cell, periodic } = from;
      const built = changed({ species, positions, cell, periodic }, spec, random);
      return { ...structureOfBuilt(built, from.name), source: from.source };
    },
  };
}

/** Structures that their file gives no name have that of the file, numbered where it holds several. */
function named(structures: readonly Structure[]): Structure[] {
  let number = 0;
  return structures.map((structure, i) => {
    const { file } = structure.source;
    number = structures[i - 1]?.source.file === file ? number + 1 : 1;
    if (structure.name !== "") return structure;
    const stem = basename(file).replace(/(?<=.)\.[^.]*(\.gz)?$/i, "");
    const alone = number === 1 && structures[i + 1]?.source.file !== file;
    return { ...structure, name: alone ? stem : `${stem}-${number}` };
  });
}

function madeSource(spec: AtomsSpec, folder: string): Source {
  const { name, build } = builderOf(spec, folder);
  const crystal = spec.crystal ?? spec.slab?.crystal ?? spec.extract?.crystal;
  return {
    bases: 1,
    files: crystal?.file === undefined ? [] : [pathFromStudy(folder, crystal.file)],
    warnings: [],
    create: (_, random) => {
      const built = changed(build(random), spec, random);
      return structureOfBuilt(built, `${formulaOf(built.species)}-${name}`);
    },
  };
}

interface Builder {
  /** For the names of the structures. */
  readonly name: string;
  readonly build: (random: RandomStream) => Built;
}

function builderOf(spec: AtomsSpec, folder: string): Builder {
  const { random, extract, icosahedron, decahedron, cuboctahedron, octahedron, wulff, crystal, slab } = spec;
  if (random) return { name: "random", build: (stream) => randomCluster(random, stream) };
  if (extract) {
    const from = createCrystal(extract.crystal, "atoms.extract.crystal", folder);
    return { name: "extract", build: clusterExtractor(extract, from) };
  }
  if (icosahedron) {
    const distance = distanceOf(icosahedron, "atoms.icosahedron");
    return metal("icosahedron", icosahedron.species, icosahedronPositions(icosahedron.shells, distance));
  }
  if (decahedron) {
    const { width, height, reentrance, species } = decahedron;
    const distance = distanceOf(decahedron, "atoms.decahedron");
    return metal("decahedron", species, decahedronPositions(width, height, reentrance, distance));
  }
  if (cuboctahedron) {
    const distance = distanceOf(cuboctahedron, "atoms.cuboctahedron");
    return metal(
      "cuboctahedron",
      cuboctahedron.species,
      cuboctahedronPositions(cuboctahedron.shells, distance),
    );
  }
  if (octahedron) {
    const distance = distanceOf(octahedron, "atoms.octahedron");
    return metal(
      "octahedron",
      octahedron.species,
      octahedronPositions(octahedron.edge, octahedron.cut, distance),
    );
  }
  if (wulff) {
    const shape = wulffCluster(wulff, createCrystal(wulff.crystal, "atoms.wulff.crystal", folder));
    return { name: "wulff", build: () => shape };
  }
  if (crystal) {
    const cell = createCrystal(crystal, "atoms.crystal", folder);
    return { name: cell.structure ?? "crystal", build: () => cell };
  }
  const cut = createSlab(
    slab!,
    // The smallest surface cell belongs to the smallest cell.
    createCrystal({ ...slab!.crystal, cell: "primitive" }, "atoms.slab.crystal", folder),
  );
  return { name: `slab-${slab!.miller.join("")}`, build: () => cut };
}

function metal(name: string, species: string, positions: Float64Array): Builder {
  const built = cluster(new Array<string>(positions.length / 3).fill(species), positions);
  return { name, build: () => built };
}

function distanceOf(
  { species, distance_A }: { readonly species: string; readonly distance_A?: number },
  path: string,
): number {
  const distance = distance_A ?? elementDistance(species);
  if (distance === null)
    throw studyError(
      `${path}.distance_A`,
      `the distance of neighbours in ${species} is not known here; give it`,
    );
  return distance;
}

/** What the rest of the section does to atoms, in this order. */
function changed(built: Built, spec: AtomsSpec, random: RandomStream): Built {
  let atoms = built;
  if (spec.supercell) atoms = repeated(atoms, spec.supercell);
  if (spec.ordering) atoms = ordered(atoms, spec.ordering, random);
  if (spec.vacancies) atoms = withoutAtoms(atoms, spec.vacancies, random);
  if (spec.rattle_A !== undefined) atoms = rattled(atoms, spec.rattle_A, random);
  if (spec.displace_A !== undefined) atoms = displaced(atoms, spec.displace_A, random);
  const vacuum = spec.vacuum_A ?? (spec.slab ? USUAL_VACUUM_A : null);
  return vacuum === null ? atoms : withVacuum(atoms, vacuum);
}
