/** What molecular dynamics will do with a study, everything checked before anything runs. */
import { EcitonError, studyError } from "../../core/errors.ts";
import { checkFixedSpecies, fixedAtoms } from "../../data/fixed-atoms.ts";
import { openAtoms } from "../../data/generators/create-atoms.ts";
import { massesOf } from "../../data/masses.ts";
import type { Structure } from "../../data/structure.ts";
import type { DynamicsSection } from "../../data/study/dynamics-schema.ts";
import type { LoadedStudy } from "../../data/study/load-study.ts";
import type { EnsembleSpec } from "../../dynamics/md/ensemble.ts";
import { type MdAtoms, prepare, type ReplicaPlan } from "../../dynamics/md/replica.ts";
import type { Segment } from "../../dynamics/md/schedule.ts";
import { count } from "../../report/numbers.ts";
import { numbered } from "../output-files.ts";
import type { PartPlan } from "../part-run.ts";
import { hashFile } from "../provenance.ts";
import { streamOfReplica } from "../streams.ts";
import { createAnyPotential } from "./create-any-potential.ts";
import { replicaSettings, startAtoms } from "./dynamics-settings.ts";
import { type ChosenPotential, potentialOf } from "./potential.ts";
import { checkOverlaps } from "./start-check.ts";

/** One run of one structure. */
export interface PlannedReplica {
  /** For people: "Cu147-icosahedron, replica 2"; without the number where there is one run of each. */
  readonly name: string;
  /** "replica-0001" */
  readonly file: string;
  /** Number of the structure, from 0. */
  readonly structure: number;
  /** Without files. */
  readonly plan: ReplicaPlan;
}

export interface DynamicsPlan extends PartPlan {
  readonly section: DynamicsSection;
  readonly structures: readonly Structure[];
  readonly potential: ChosenPotential;
  readonly segments: readonly Segment[];
  readonly replicas: readonly PlannedReplica[];
  readonly warnings: readonly string[];
}

/**
 * @throws {EcitonError} "study" for a missing section, species that the potential does not describe, settings that do
 *   not fit the atoms; "data" for files, and for atoms that overlap
 */
export function plan(loaded: LoadedStudy, outDir: string): DynamicsPlan {
  const { study, folder } = loaded;
  if (!study.atoms)
    throw studyError("atoms", "this command needs this section: the structures to start from");
  const section = study.dynamics;
  if (!section) throw studyError("dynamics", "this command needs this section: how long to run, how hot");
  const source = openAtoms(study.atoms, { seed: study.seed, folder });
  const structures = Array.from({ length: source.count }, (_, i) => source.create(i));
  const potential = potentialOf(
    { study, folder, outDir },
    {
      species: [...new Set(structures.flatMap((structure) => structure.species))],
      periodic: structures.some((structure) => structure.periodic.some(Boolean)),
    },
  );
  const settings = replicaSettings(section);
  checkFixedSpecies(structures, section.fix, "dynamics.fix");
  checkMasses(section, structures);
  const starts = structures.map((structure) =>
    startAtoms(structure, fixedAtoms(structure, section.fix, "dynamics.fix"), section),
  );
  const replicaOf = (structure: number, replica: number): PlannedReplica => {
    const { name } = structures[structure];
    return {
      name: section.replicas === 1 ? name : `${name}, replica ${replica + 1}`,
      file: numbered("replica", structure * section.replicas + replica),
      structure,
      plan: {
        ...settings,
        atoms: starts[structure],
        seed: study.seed,
        index: streamOfReplica(structure, replica),
        trajectory: null,
        series: null,
        checkpoint: null,
      },
    };
  };
  const replicas = structures.flatMap((_, i) =>
    Array.from({ length: section.replicas }, (_, k) => replicaOf(i, k)),
  );
  for (const [i, structure] of structures.entries())
    checkStart(structure, replicas[i * section.replicas].plan, potential);
  return {
    loaded,
    inputs: [...source.files.map(hashFile), ...potential.inputs],
    section,
    structures,
    potential,
    segments: settings.segments,
    replicas,
    warnings: [
      ...source.warnings,
      ...timeStepWarnings(section, starts),
      ...sameRunWarnings(section, settings.ensemble),
    ],
  };
}

/** A mass that belongs to no atom is a slip of the pen. */
function checkMasses({ masses_amu }: DynamicsSection, structures: readonly Structure[]): void {
  const present = new Set(structures.flatMap(({ species }) => species));
  for (const name of Object.keys(masses_amu))
    if (!present.has(name))
      throw studyError(`dynamics.masses_amu.${name}`, `there is no ${name} among ${[...present].join(", ")}`);
}

/** Whether a structure can begin to move: what the ensemble asks of it, and the forces that it starts with. */
function checkStart(structure: Structure, replica: ReplicaPlan, { spec }: ChosenPotential): void {
  try {
    const { dynamics } = prepare(replica, createAnyPotential(spec));
    checkOverlaps(structure, dynamics.particles, replica.timeStep_fs, replica.maxDisplacement_A);
  } catch (error) {
    if (!(error instanceof EcitonError) || error.code !== "data" || error.message.startsWith(structure.name))
      throw error;
    throw new EcitonError("data", `${structure.name}: ${error.message}`, error.details, error);
  }
}

/** A tenth of the period of a stretched C-H bond, 11 fs; periods grow with the root of the mass. */
const LONGEST_STEP_OF_H_FS = 1.1;
const MASS_OF_H = 1.008;

function timeStepWarnings(section: DynamicsSection, starts: readonly MdAtoms[]): string[] {
  let lightest = { mass: Number.POSITIVE_INFINITY, species: "" };
  for (const { species, fixed } of starts) {
    const masses = massesOf(species, section.masses_amu);
    const still = new Set(fixed);
    species.forEach((name, i) => {
      if (!still.has(i) && masses[i] < lightest.mass) lightest = { mass: masses[i], species: name };
    });
  }
  const longest = LONGEST_STEP_OF_H_FS * Math.sqrt(lightest.mass / MASS_OF_H);
  if (section.time_step_fs <= longest) return [];
  return [
    `dynamics.time_step_fs is ${section.time_step_fs}, long for ${lightest.species} (${lightest.mass} amu): stiff bonds of such an ` +
      `atom need at most ${Number(longest.toPrecision(2))} fs; look at the drift`,
  ];
}

/** Without noise, runs from the same velocities are one and the same. */
function sameRunWarnings(section: DynamicsSection, ensemble: EnsembleSpec): string[] {
  const noisy = ["langevin", "velocity-rescaling", "stochastic-cell"].includes(ensemble.kind);
  if (section.replicas === 1 || noisy || section.start?.velocities !== "file") return [];
  return [
    `all ${count(section.replicas, "replica")} of a structure are the same run: they start with the same velocities, and ` +
      `${ensemble.kind} has no noise`,
  ];
}

/** For people: "langevin (500 fs), time step 1 fs, 30 segments of 300 ps in all". */
export function methodText({ section, segments, replicas }: DynamicsPlan): string {
  const { ensemble } = replicas[0].plan;
  const times = [
    ...("time_fs" in ensemble ? [`${ensemble.time_fs} fs`] : []),
    ...("barostat_time_fs" in ensemble ? [`cell ${ensemble.barostat_time_fs} fs`] : []),
  ].join(", ");
  const ps = Number(((stepsOf(segments) * section.time_step_fs) / 1000).toPrecision(6));
  const temperatures = segments.flatMap((segment) => segment.temperature_K);
  const round = (kelvin: number) => Number(kelvin.toPrecision(6));
  const [from, to] = [round(temperatures[0]), round(temperatures[temperatures.length - 1])];
  const range = from === to ? `${from} K` : `${from} to ${to} K`;
  return (
    `${section.ensemble}${ensemble.kind === "nve" ? "" : `, ${ensemble.kind} (${times})`}, time step ${section.time_step_fs} fs, ` +
    `${count(segments.length, "segment")} of ${ps} ps in all, ${range}`
  );
}

export function stepsOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { steps }) => sum + steps, 0);
}
