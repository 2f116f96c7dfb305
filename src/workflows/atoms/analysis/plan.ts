/** What an analysis of atoms will measure on which files, everything checked before anything is read as a whole. */
import { BondCutoffs } from "../../../analysis/atoms/bonds.ts";
import { EcitonError, studyError } from "../../../core/errors.ts";
import { covalentRadius } from "../../../data/element-data.ts";
import { filesMatching } from "../../../data/study/file-patterns.ts";
import type { LoadedStudy } from "../../../data/study/load-study.ts";
import { count } from "../../../report/numbers.ts";
import { soapSettings } from "./environments.ts";
import type { FilePayload } from "./file-task.ts";
import { replicaOf } from "./finished-dynamics.ts";
import type { ReferenceAtoms } from "./frame-rows.ts";
import { type DataSet, setText } from "./inputs.ts";
import {
  type AnalysisSection,
  type Measurement,
  measurements,
  motions,
  namedMeasurements,
  sectionWith,
} from "./settings.ts";
import { chosenFrames, type FileAbout, lookInto } from "./sources.ts";
import { fullSection } from "./usual-section.ts";

export interface PlannedFile {
  readonly set: number;
  readonly path: string;
  readonly about: FileAbout;
  readonly payload: FilePayload;
}

export interface AtomsAnalysisPlan {
  readonly sets: readonly DataSet[];
  readonly files: readonly PlannedFile[];
  /** Files that are to cover the data sets. */
  readonly references: readonly { readonly path: string; readonly payload: FilePayload }[];
  /** With what is measured anywhere. */
  readonly section: AnalysisSection;
  readonly measured: readonly Measurement[];
  readonly study: LoadedStudy | null;
  readonly seed: number;
  readonly warnings: readonly string[];
}

/** Clusters up to so many atoms get a point group, and pairs of atoms followed, where nobody asks for it. */
const MOST_GROUP_ATOMS = 500;
const MOST_FOLLOWED_ATOMS = 3000;
/** Data sets that are mapped by their environments where nobody asks for it. */
const MOST_MAPPED_SETS = 7;

/**
 * @param study whose section analysis says what is measured; null: what suits each file
 * @throws {EcitonError} "study" for a measurement that a file has not what is needed for, "data" for files
 */
export function planAnalysis(sets: readonly DataSet[], study: LoadedStudy | null): AtomsAnalysisPlan {
  const given = study?.study.analysis ?? null;
  const named = namedMeasurements(given);
  const usual = fullSection();
  const base = given ?? usual;
  const warnings = sets.flatMap((set) => set.warnings);
  const looked = sets.flatMap((set, index) =>
    set.files.map((path) => ({ set: index, path, about: lookInto(path, base.frames) })),
  );
  const complete: AnalysisSection =
    named.length > 0 ? base : { ...usual, frames: base.frames, bonded: base.bonded };
  const section = { ...complete, bonded: bondRule(complete, given, looked, warnings) };
  const wanted = (about: FileAbout) =>
    named.length > 0 ? named.filter((name) => name !== "soap" && name !== "caloric") : suitable(about);
  if (named.length > 0) for (const { path, about } of looked) checkFile(path, about, section, named);
  const withSoap =
    named.length > 0
      ? named.includes("soap")
      : sets.filter(({ files }) => files.length > 0).length > 1 && sets.length <= MOST_MAPPED_SETS;
  const seed = study?.study.seed ?? 1;
  const reference = rmsdReference(section, named, study);
  const referenceFiles =
    withSoap && section.soap?.reference && study
      ? section.soap.reference.flatMap((pattern, i) =>
          filesMatching(pattern, study.folder, `analysis.soap.reference[${i}]`),
        )
      : [];
  const species = withSoap
    ? (section.soap!.species ??
      [
        ...new Set([
          ...looked.flatMap(({ about }) => about.species),
          ...referenceFiles.flatMap((path) => lookInto(path, section.frames).species),
        ]),
      ].sort())
    : [];
  const environmentsOf = (files: number, file: number): FilePayload["soap"] =>
    withSoap
      ? {
          settings: soapSettings(section.soap!, species),
          most: Math.max(1, Math.ceil(section.soap!.environments / files)),
          seed,
          file,
        }
      : null;
  const plain = {
    windows: [],
    masses: {},
    reference: null,
    mostGroupAtoms: MOST_GROUP_ATOMS,
    pictures: false,
  };
  const pictured = new Set<number>();
  const files = looked.map(({ set, path, about }, index): PlannedFile => {
    const replica = replicaOf(sets[set].runs, path);
    const pictures = !pictured.has(set) && study?.study.report?.pictures !== false;
    pictured.add(set);
    return {
      set,
      path,
      about,
      payload: {
        ...plain,
        path,
        section: sectionWith(section, wanted(about)),
        formula: about.formula,
        windows: replica?.windows ?? [],
        masses: replica?.masses ?? study?.study.dynamics?.masses_amu ?? {},
        reference,
        mostGroupAtoms: named.length > 0 ? Number.POSITIVE_INFINITY : MOST_GROUP_ATOMS,
        soap: environmentsOf(sets[set].files.length, index),
        pictures,
      },
    };
  });
  const references = referenceFiles.map((path, i) => ({
    path,
    payload: {
      ...plain,
      path,
      section: sectionWith(section, []),
      formula: "",
      soap: environmentsOf(referenceFiles.length, looked.length + i),
    },
  }));
  const withCaloric = named.length > 0 ? named.includes("caloric") : sets.some(({ runs }) => runs.length > 0);
  if (named.includes("caloric") && sets.every(({ runs }) => runs.length === 0))
    throw studyError(
      "analysis.caloric",
      "there are no finished runs of eciton dynamics among the data sets, which energies could be taken from",
    );
  const anywhere = new Set<Measurement>([
    ...files.flatMap(({ payload }) => namedMeasurements(payload.section)),
    ...(withSoap ? (["soap"] as const) : []),
    ...(withCaloric ? (["caloric"] as const) : []),
  ]);
  const measured = measurements.filter((name) => anywhere.has(name));
  warnings.push(...frictionWarnings(sets, anywhere));
  return {
    sets,
    files,
    references,
    section: sectionWith(section, measured),
    measured,
    study,
    seed,
    warnings,
  };
}

/** Of quantities that depend on how fast atoms move, and not on where they are alone. */
function frictionWarnings(sets: readonly DataSet[], measured: ReadonlySet<Measurement>): string[] {
  const slow = [
    ...(measured.has("msd") ? ["diffusion coefficients are too small"] : []),
    ...(measured.has("velocity_autocorrelation") ? ["spectra are too broad"] : []),
  ];
  const names = sets.filter(({ runs }) => runs.some(({ friction }) => friction)).map(({ name }) => name);
  if (slow.length === 0 || names.length === 0) return [];
  return [
    `${names.join(", ")}: ${slow.join(" and ")}, as the langevin thermostat slows atoms by its friction: take nve, nose-hoover, ` +
      "velocity-rescaling, or a longer thermostat.time_fs",
  ];
}

/** What can be measured on a file, and says something. */
function suitable({ periodic, atoms, series, times, velocities }: FileAbout): Measurement[] {
  const cluster = !periodic.some(Boolean);
  return [
    "bonds",
    "coordination",
    "rdf",
    "cna",
    ...(cluster && atoms > 1 ? (["shells"] as const) : []),
    ...(cluster && !series && atoms <= MOST_GROUP_ATOMS ? (["point_group"] as const) : []),
    ...(series && times ? (["msd"] as const) : []),
    ...(series && cluster && atoms > 1 && atoms <= MOST_FOLLOWED_ATOMS ? (["lindemann"] as const) : []),
    ...(series && times && velocities ? (["velocity_autocorrelation"] as const) : []),
  ];
}

/** @throws {EcitonError} "study" at the measurement that the file is not fit for */
function checkFile(
  path: string,
  about: FileAbout,
  section: AnalysisSection,
  named: readonly Measurement[],
): void {
  const { periodic, many, series, times, velocities } = about;
  const fail = (name: Measurement, message: string): never => {
    throw studyError(`analysis.${name}`, `${path}: ${message}`);
  };
  const asCluster = "(analysis.frames.cluster: true takes its atoms as a free cluster)";
  for (const name of named) {
    if (["point_group", "equivalence", "lindemann"].includes(name) && periodic.some(Boolean))
      fail(name, `expected a cluster, found periodic directions ${asCluster}`);
    if (name === "shells" && periodic.every(Boolean))
      fail(name, `expected a cluster or a slab, found a crystal ${asCluster}`);
    if (name === "rmsd" && section.rmsd!.superpose !== "none" && periodic.some(Boolean))
      fail(name, `superpose is for clusters, found periodic directions ${asCluster}`);
    if ((motions as readonly Measurement[]).includes(name)) {
      if (!many) fail(name, "expected a trajectory, found a single frame");
      if (name !== "lindemann" && !times)
        fail(name, "the frames do not say their times (time_ps): give analysis.frames.time_step_fs");
      if (name !== "lindemann" && !series)
        fail(name, "the first two frames are not of the same atoms at different times");
    }
    if (name === "velocity_autocorrelation" && !velocities)
      fail(
        name,
        "the frames have no velocities (column vel of extended XYZ, Å/fs; vx vy vz of LAMMPS dumps): in eciton dynamics " +
          "trajectory.velocities: true writes them",
      );
  }
}

/** Where nobody chose how atoms are bonded, species without a radius are no reason to give up. */
function bondRule(
  section: AnalysisSection,
  given: AnalysisSection | null,
  looked: readonly { readonly about: FileAbout }[],
  warnings: string[],
): AnalysisSection["bonded"] {
  const species = [...new Set(looked.flatMap(({ about }) => about.species))];
  const unknown = species.filter((name) => covalentRadius(name) === null);
  if (unknown.length === 0) return section.bonded;
  if (given === null) {
    warnings.push(
      `no covalent radius is known for ${unknown.join(", ")}: atoms count as bonded up to the first minimum of the radial ` +
        "distribution of each file's first frame",
    );
    return "first-minimum";
  }
  const { bonds, coordination, angles, lindemann } = section;
  const rule = typeof section.bonded === "object" ? section.bonded : {};
  if ((bonds || coordination || angles || lindemann?.bonds) && section.bonded !== "first-minimum")
    try {
      const cutoffs = new BondCutoffs({ cutoff: rule.cutoff_A, pairs: rule.pairs_A, factor: rule.factor });
      for (const a of species) for (const b of species) cutoffs.between(a, b);
    } catch (error) {
      if (!(error instanceof EcitonError)) throw error;
      throw studyError("analysis.bonded", `${error.message} (pairs_A, cutoff_A), or take first-minimum`);
    }
  return section.bonded;
}

function rmsdReference(
  section: AnalysisSection,
  named: readonly Measurement[],
  study: LoadedStudy | null,
): ReferenceAtoms | null {
  const file = section.rmsd?.reference;
  if (!named.includes("rmsd") || file === undefined || study === null) return null;
  const [path] = filesMatching(file, study.folder, "analysis.rmsd.reference");
  for (const { structure } of chosenFrames(path, { every: 1, skip: 0, cluster: false }, () => {}))
    return { positions: structure.positions, species: structure.species };
  throw studyError("analysis.rmsd.reference", `${path} holds no structure`);
}

/** Lines for --dry-run. */
export function describeAnalysis({
  sets,
  files,
  references,
  measured,
  warnings,
}: AtomsAnalysisPlan): string[] {
  const largest = files.reduce((most, { about }) => Math.max(most, about.atoms), 0);
  return [
    ...sets.map((set, index) => {
      const own = files.filter((file) => file.set === index);
      const species = [...new Set(own.flatMap(({ about }) => about.species))].sort();
      const series = own.filter(({ about }) => about.series).length;
      return (
        `${setText(set)}${species.length > 0 ? `, species ${species.join(", ")}` : ""}` +
        `${series > 0 ? `, ${count(series, "trajectory", "trajectories")}` : ""}`
      );
    }),
    ...(references.length > 0 ? [`reference: ${count(references.length, "file")}`] : []),
    `measured: ${measured.join(", ") || "nothing"}`,
    `memory: one frame at a time, of ${count(largest, "atom")} in the first ones`,
    ...warnings.map((text) => `warning: ${text}`),
  ];
}
