/** The potential that a study names, for the atoms that it moves. */
import { basename } from "node:path";
import { dataError, EcitonError, studyError } from "../../core/errors.ts";
import { elementOfNumber, isElement } from "../../data/elements.ts";
import { parseFuncfl } from "../../data/formats/eam-funcfl.ts";
import { parseSetfl } from "../../data/formats/eam-setfl.ts";
import { readTextFile } from "../../data/read-text.ts";
import { pathFromStudy } from "../../data/study/load-study.ts";
import type { PotentialKind } from "../../data/study/potential-schema.ts";
import type { BuckinghamSpec } from "../../dynamics/potentials/buckingham.ts";
import type { CoulombSpec } from "../../dynamics/potentials/coulomb.ts";
import { type EamSpec, tablesFromFuncfl } from "../../dynamics/potentials/eam.ts";
import { fifthShellCutoff, type GuptaSpec } from "../../dynamics/potentials/gupta.ts";
import { ionSet, ionSets } from "../../dynamics/potentials/ion-sets.ts";
import type { LennardJonesSpec } from "../../dynamics/potentials/lennard-jones.ts";
import type { MorseSpec } from "../../dynamics/potentials/morse.ts";
import type { PairCutoff } from "../../dynamics/potentials/pair-potential.ts";
import {
  lennardJonesSet,
  lennardJonesSets,
  morseSet,
  morseSets,
  usualLennardJonesCutoff,
  usualMorseCutoff,
} from "../../dynamics/potentials/pair-sets.ts";
import {
  guptaSet,
  guptaSets,
  suttonChenSet,
  suttonChenSets,
} from "../../dynamics/potentials/parameter-sets.ts";
import type { SmoothCutoff } from "../../dynamics/potentials/smooth-cutoff.ts";
import { type SuttonChenSpec, twoLatticeConstants } from "../../dynamics/potentials/sutton-chen.ts";
import { zhouTables } from "../../dynamics/potentials/zhou-eam.ts";
import { hashFile, type InputFile } from "../provenance.ts";
import { type AnyPotentialSpec, createAnyPotential } from "./create-any-potential.ts";
import type { PotentialPlace, StudyPotential } from "./potential-place.ts";
import { trainedPotential, trainedSpec } from "./trained-potential.ts";

export interface ChosenPotential {
  readonly spec: AnyPotentialSpec;
  /** For people: "Gupta Cu (cleri-rosato-1993)". */
  readonly name: string;
  /** Parameter files of the person; those of the package belong to its version. */
  readonly inputs: readonly InputFile[];
}

/** What is going to move. */
export interface MovedAtoms {
  /** Each once. */
  readonly species: readonly string[];
  /** Whether any of the structures is periodic in some direction: without, nothing needs a cut-off. */
  readonly periodic: boolean;
}

/** Forces in ceria are then within 3 % of Ewald's at 12 Å; stronger damping is worse there, 1/Å. */
const USUAL_DAMPING = 0.1;

/**
 * @throws {EcitonError} "study" with the path for a missing section, an unknown set, species that the potential does not
 *   describe, or a missing cut-off; "data" for parameter files that cannot be read
 */
export function potentialOf(place: PotentialPlace, atoms: MovedAtoms): ChosenPotential {
  const { study } = place;
  const given = study.model?.potential ?? trainedPotential(study);
  if (!given) throw studyError("model", "this command needs model.potential: what holds the atoms together");
  try {
    const { spec, inputs } = specOf(given, place, atoms);
    const potential = createAnyPotential(spec);
    if (atoms.periodic && potential.cutoff === Number.POSITIVE_INFINITY)
      throw studyError(
        given.cutoff_A === undefined ? "model.potential" : "model.potential.cutoff_A",
        `${potential.name} without a cut-off is for clusters; periodic atoms need one (and a Coulomb sum other than bare)`,
      );
    const missing = atoms.species.filter((one) => potential.species && !potential.species.includes(one));
    if (missing.length > 0)
      throw studyError(
        "model.potential",
        `${potential.name} does not describe ${missing.join(", ")}; it has ${potential.species!.join(", ")}`,
      );
    return { spec, name: potential.name, inputs };
  } catch (error) {
    // Sets and parameters stand in the study; only their files are data.
    if (error instanceof EcitonError && error.code === "data" && error.details.file === undefined)
      throw new EcitonError(
        "study",
        `model.potential: ${error.message}`,
        { ...error.details, path: "model.potential" },
        error,
      );
    throw error;
  }
}

function specOf(
  given: StudyPotential,
  { folder, outDir }: PotentialPlace,
  atoms: MovedAtoms,
): { spec: AnyPotentialSpec; inputs: InputFile[] } {
  switch (given.kind) {
    case "lennard-jones":
      return { spec: lennardJonesSpec(given, atoms), inputs: [] };
    case "morse":
      return { spec: morseSpec(given, atoms), inputs: [] };
    case "gupta":
      return { spec: guptaSpec(given, atoms), inputs: [] };
    case "sutton-chen":
      return { spec: suttonChenSpec(given, atoms), inputs: [] };
    case "eam":
      return eamSpec(given, folder, atoms);
    case "buckingham":
      return { spec: buckinghamSpec(given, atoms), inputs: [] };
    case "hdnnp":
      return trainedSpec(given, folder, outDir);
    default:
      return given.kind satisfies never;
  }
}

function ownCutoff(given: StudyPotential): SmoothCutoff | null | undefined {
  const { cutoff_A: cutoff } = given;
  if (cutoff === undefined) return undefined;
  return cutoff === "none" ? null : { from_A: cutoff[0], to_A: cutoff[1] };
}

/** A pair potential ends as the study says, or by the usual cut-off of periodic atoms. */
function pairCutoff(given: StudyPotential, { periodic }: MovedAtoms, usual: () => SmoothCutoff): PairCutoff {
  const own = ownCutoff(given);
  const cutoff = own === undefined ? (periodic ? usual() : null) : own;
  const { ending = "smooth" } = given;
  if (ending === "smooth") return cutoff;
  if (cutoff === null)
    throw studyError("model.potential.ending", `${ending} interactions need a cut-off (cutoff_A) to end at`);
  return { to_A: cutoff.to_A, end: ending };
}

function lennardJonesSpec(given: StudyPotential, atoms: MovedAtoms): LennardJonesSpec {
  const spec = lennardJonesParameters(given, atoms.species);
  return { ...spec, cutoff: pairCutoff(given, atoms, () => usualLennardJonesCutoff(spec.pairs)) };
}

function lennardJonesParameters(given: StudyPotential, species: readonly string[]): LennardJonesSpec {
  const { epsilon_eV, sigma_A, lennard_jones } = given;
  const own = { kind: "lennard-jones", mixing: "lorentz-berthelot", cutoff: null } as const;
  if (epsilon_eV !== undefined && sigma_A !== undefined) {
    const pairs = species.map((one) => ({ species: [one, one] as const, epsilon_eV, sigma_A }));
    return { ...own, title: `ε ${epsilon_eV} eV, σ ${sigma_A} Å`, pairs };
  }
  if (lennard_jones) return { ...own, title: "of the study", pairs: lennard_jones };
  const has = (set: string) => lennardJonesSet(set, species, "none").pairs.length > 0;
  const name = given.set ?? firstSet("lennard-jones", lennardJonesSets(), has, species);
  return lennardJonesSet(name, species, "none");
}

function morseSpec(given: StudyPotential, atoms: MovedAtoms): MorseSpec {
  const { species } = atoms;
  const parameters = (): MorseSpec => {
    if (given.morse) return { kind: "morse", title: "of the study", pairs: given.morse, cutoff: null };
    const has = (set: string) => allPairs(morseSet(set, species, "none").pairs, species);
    return morseSet(given.set ?? firstSet("morse", morseSets(), has, species), species, "none");
  };
  const spec = parameters();
  return { ...spec, cutoff: pairCutoff(given, atoms, () => usualMorseCutoff(spec.pairs)) };
}

/** Whether every species stands with itself and with every other one. */
function allPairs(
  pairs: readonly { readonly species: readonly [string, string] }[],
  species: readonly string[],
): boolean {
  const has = (a: string, b: string) =>
    pairs.some(({ species: [c, d] }) => (a === c && b === d) || (a === d && b === c));
  return species.every((a) => species.every((b) => has(a, b)));
}

function guptaSpec(given: StudyPotential, { species, periodic }: MovedAtoms): GuptaSpec {
  const own = ownCutoff(given);
  if (given.gupta) {
    const usual = periodic ? fifthShellCutoff(given.gupta) : null;
    return {
      kind: "gupta",
      title: "of the study",
      pairs: given.gupta,
      cutoff: own === undefined ? usual : own,
    };
  }
  const ending = own === undefined && periodic ? "shells" : "none";
  const has = (set: string) => allPairs(guptaSet(set, species, "none").pairs, species);
  const name = given.set ?? firstSet("gupta", guptaSets("usual"), has, species);
  const spec = guptaSet(name, species, ending);
  return own === undefined ? spec : { ...spec, cutoff: own };
}

function suttonChenSpec(given: StudyPotential, { species, periodic }: MovedAtoms): SuttonChenSpec {
  const own = ownCutoff(given);
  if (given.sutton_chen) {
    const elements = given.sutton_chen;
    const usual = periodic ? twoLatticeConstants(elements) : null;
    return { kind: "sutton-chen", title: "of the study", elements, cutoff: own === undefined ? usual : own };
  }
  const ending = own === undefined && periodic ? "two-lattice-constants" : "none";
  const has = (set: string) => suttonChenSet(set, species, "none").elements.length === species.length;
  const name = given.set ?? firstSet("sutton-chen", suttonChenSets(), has, species);
  const spec = suttonChenSet(name, species, ending);
  return own === undefined ? spec : { ...spec, cutoff: own };
}

function eamSpec(
  given: StudyPotential,
  folder: string,
  { species }: MovedAtoms,
): { spec: EamSpec; inputs: InputFile[] } {
  if (given.cutoff_A !== undefined)
    throw studyError(
      "model.potential.cutoff_A",
      "the tables of an EAM file end where they end; leave it out",
    );
  if (given.file !== undefined) {
    const path = pathFromStudy(folder, given.file);
    const spec: EamSpec = {
      kind: "eam",
      title: basename(path),
      tables: parseSetfl(readTextFile(path), path),
    };
    return { spec, inputs: [hashFile(path)] };
  }
  if (given.funcfl !== undefined) {
    const files = Object.entries(given.funcfl).map(([name, file]) => {
      const path = pathFromStudy(folder, file);
      const read = parseFuncfl(readTextFile(path), path);
      checkElement(name, read.atomicNumber, path);
      return { name, path, file: read };
    });
    const title = files.map(({ path }) => basename(path)).join(", ");
    return {
      spec: { kind: "eam", title, tables: tablesFromFuncfl(files) },
      inputs: files.map(({ path }) => hashFile(path)),
    };
  }
  const only = "zhou-2004";
  if (given.set !== undefined && given.set !== only)
    throw studyError(
      "model.potential.set",
      `eam has the set ${only} only, found ${given.set}; or give a file`,
    );
  return { spec: { kind: "eam", title: only, tables: zhouTables(species) }, inputs: [] };
}

/** A species that begins with an element is that element. */
function checkElement(species: string, atomicNumber: number, path: string): void {
  const symbol = /^[A-Z][a-z]?(?![a-z])/.exec(species)?.[0];
  const element = elementOfNumber(atomicNumber);
  if (symbol === undefined || !isElement(symbol) || element === undefined || symbol === element) return;
  throw dataError(
    path,
    2,
    `these tables are of ${element} (atomic number ${atomicNumber}); the study gives them for ${species}`,
  );
}

function buckinghamSpec(given: StudyPotential, { species, periodic }: MovedAtoms): BuckinghamSpec {
  const coulomb = coulombSpec(given, periodic);
  const own = ownCutoff(given);
  if (given.buckingham && given.charges_e) {
    if (own === undefined && periodic)
      throw studyError(
        "model.potential.cutoff_A",
        "periodic ions of your own parameters need a cut-off, [11, 12]",
      );
    const { charges_e, buckingham: pairs } = given;
    return { kind: "buckingham", title: "of the study", charges_e, pairs, cutoff: own ?? null, coulomb };
  }
  const sets = ionSets();
  const has = (set: string) =>
    sets.some((one) => one.name === set && species.every((s) => one.species.includes(s)));
  const name =
    given.set ??
    firstSet(
      "buckingham",
      sets.map((one) => one.name),
      has,
      species,
    );
  const spec = ionSet(name, coulomb, species);
  return own === undefined ? spec : { ...spec, cutoff: own };
}

function coulombSpec({ coulomb }: StudyPotential, periodic: boolean): CoulombSpec {
  const method = coulomb?.method ?? (periodic ? "ewald" : "bare");
  const { accuracy, slab, background, damping_per_A } = coulomb ?? {};
  const wrong = (key: string, of: string): never => {
    throw studyError(`model.potential.coulomb.${key}`, `this belongs to ${of}; the method is ${method}`);
  };
  if (method !== "ewald")
    for (const [key, value] of Object.entries({ accuracy, slab, background }))
      if (value !== undefined) wrong(key, "ewald");
  if (method !== "wolf" && damping_per_A !== undefined) wrong("damping_per_A", "wolf");
  switch (method) {
    case "ewald":
      return { method, accuracy, slab, background };
    case "wolf":
      return { method, damping_per_A: damping_per_A ?? USUAL_DAMPING };
    case "bare":
      return { method };
    default:
      return method satisfies never;
  }
}

/** The first set, in the order of the file, that describes all species together. */
function firstSet(
  kind: PotentialKind,
  names: readonly string[],
  describes: (name: string) => boolean,
  species: readonly string[],
): string {
  const found = names.find((name) => {
    try {
      return describes(name);
    } catch (error) {
      if (error instanceof EcitonError) return false;
      throw error;
    }
  });
  if (found === undefined)
    throw studyError(
      "model.potential",
      `no ${kind} set describes ${species.join(", ")}${species.length > 1 ? " together" : ""}; the sets are ${names.join(", ")}; ` +
        "or give parameters of your own",
    );
  return found;
}
