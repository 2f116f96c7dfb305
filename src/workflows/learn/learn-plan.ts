/** What active learning will do with a study, everything checked before anything runs. */
import { studyError } from "../../core/errors.ts";
import { type AtomsSource, openAtoms } from "../../data/generators/create-atoms.ts";
import type { Structure } from "../../data/structure.ts";
import type { AtomsSpec } from "../../data/study/atoms-schema.ts";
import type { LearnSection } from "../../data/study/learn-schema.ts";
import type { LoadedStudy } from "../../data/study/load-study.ts";
import type { TrainSection } from "../../data/study/train-schema.ts";
import type { RelaxSettings } from "../../dynamics/minimise/relax-settings.ts";
import { type ChosenLabeler, labelerOf } from "../atoms/labeler.ts";
import { checkRelaxable, relaxSettings } from "../atoms/relax-settings.ts";
import type { PartPlan } from "../part-run.ts";
import { hashFile } from "../provenance.ts";
import { seedOfSystem } from "../streams.ts";
import { readSetupFiles, type SetupFiles } from "../train/model-setup.ts";
import { setupPaths } from "../train/train-plan.ts";
import { type Example, readExamples } from "../train/training-data.ts";

/** Atoms that the potential learns, one kind of several. */
export interface LearnSystem {
  readonly name: string;
  /** Number among the systems, from 0. */
  readonly index: number;
  /** Of everything random about it. */
  readonly seed: number;
  /** Structures that its search begins with. */
  readonly search: AtomsSpec;
  /** Structure number k to begin with, of as many as are needed: frames of files come in turn. */
  create(k: number): Structure;
  /** The same to explore from: every other one is a structure that the search would begin with. */
  explore(k: number): Structure;
}

export interface LearnPlan extends PartPlan {
  readonly section: LearnSection;
  /** With at least two members. */
  readonly train: TrainSection;
  readonly setup: SetupFiles;
  readonly systems: readonly LearnSystem[];
  /** What the study brings along, from train.data. */
  readonly given: readonly Example[];
  readonly labeler: ChosenLabeler;
  readonly relax: RelaxSettings;
  readonly warnings: readonly string[];
}

/** One member cannot disagree with itself. */
const FEWEST_MEMBERS = 2;

/**
 * @throws {EcitonError} "study" for missing sections and settings that do not fit the atoms; "data" for files
 */
export function plan(loaded: LoadedStudy, outDir: string): LearnPlan {
  const { study, folder } = loaded;
  const section = study.learn;
  if (!section) throw studyError("learn", "this command needs this section; {} takes every default");
  if (!study.train) throw studyError("train", "this command needs this section; {} takes every default");
  if (!study.relax) throw studyError("relax", "this command needs this section; {} takes every default");
  if (study.model)
    throw studyError(
      "model",
      "the potential is what is learned: leave this section out; labels are of the section labeler",
    );
  if (study.dynamics && !study.hop)
    throw studyError(
      "dynamics",
      "the dynamics begin at the lowest minimum of a search, which needs the section hop",
    );
  if ("files" in study.train.test && !study.train.data)
    throw studyError("train.test.files", "the files are read as train.data says, which is missing");
  const opened = systemsOf(section, study.atoms, study.seed, folder);
  const systems = opened.map(({ system }) => system);
  const firsts = systems.map((system) => system.create(0));
  const relax = relaxSettings(study.relax);
  for (const structure of firsts) checkRelaxable(structure, relax);
  const labeler = labelerOf(
    { study, folder, outDir },
    {
      species: [...new Set(firsts.flatMap(({ species }) => species))],
      periodic: firsts.some(({ periodic }) => periodic.some(Boolean)),
    },
  );
  if (section.start_descent > 0 && labeler.spec.kind !== "calculator")
    throw studyError(
      "learn.start_descent",
      `only a labeler of kind calculator relaxes structures; ${labeler.labeler.name} gives single points: leave it out`,
    );
  const read = (study.train.data ?? []).map((data, k) => readExamples(data, folder, `train.data[${k}]`));
  const setup = readSetupFiles(study.train, folder);
  const members = Math.max(FEWEST_MEMBERS, study.train.members);
  return {
    loaded,
    section,
    train: { ...study.train, members },
    setup,
    systems,
    given: read.flatMap(({ examples }) => examples),
    labeler,
    relax,
    inputs: [
      ...[
        ...opened.flatMap(({ files }) => files),
        ...read.flatMap(({ files }) => files),
        ...setupPaths(setup),
      ].map(hashFile),
      ...labeler.inputs,
    ],
    warnings: [
      ...opened.flatMap(({ warnings }) => warnings),
      ...read.flatMap(({ warnings }) => warnings),
      ...(members > study.train.members
        ? [
            `train.members is ${study.train.members}: ${members} are trained, because it is by their disagreement that learning ` +
              "finds what the potential does not know",
          ]
        : []),
    ],
  };
}

function systemsOf(
  { systems, start_structures, rounds, explore }: LearnSection,
  atoms: AtomsSpec | undefined,
  seed: number,
  folder: string,
) {
  if (!systems && !atoms)
    throw studyError(
      "atoms",
      "this command needs this section, or learn.systems: what the potential is to learn",
    );
  const given = systems ?? [{ name: "atoms", atoms: atoms!, search: undefined }];
  const needed = start_structures + rounds * explore.starts;
  return given.map((one, index) => {
    const own = seedOfSystem(seed, index);
    const open = (atoms: AtomsSpec) => openAtoms({ ...atoms, count: needed }, { seed: own, folder });
    const source = open(one.atoms);
    const searched = one.search ? open(one.search) : source;
    const from = (which: AtomsSource, k: number): Structure => ({
      ...structureAt(which, needed, k),
      name: `${one.name}-${k + 1}`,
    });
    const system: LearnSystem = {
      name: one.name,
      index,
      seed: own,
      search: one.search ?? one.atoms,
      create: (k) => from(source, k),
      explore: (k) => from(k % 2 === 0 ? source : searched, k),
    };
    const sources = searched === source ? [source] : [source, searched];
    return {
      system,
      files: sources.flatMap(({ files }) => files),
      warnings: sources.flatMap(({ warnings }) => warnings),
    };
  });
}

/** A source has its copies of one frame together; here frames come in turn. */
function structureAt(source: AtomsSource, copies: number, k: number): Structure {
  const frames = source.count / copies;
  return source.create((k % frames) * copies + Math.floor(k / frames));
}

/** Number of the first structure that a round explores; those before are of earlier rounds, and the labeled starts. */
export function firstOfRound({ section }: Pick<LearnPlan, "section">, round: number): number {
  return section.start_structures + (round - 1) * section.explore.starts;
}
