/** What a training will do with a study, everything checked before anything runs. */
import { studyError } from "../../core/errors.ts";
import type { LoadedStudy } from "../../data/study/load-study.ts";
import type { TrainSection } from "../../data/study/train-schema.ts";
import { trainingSettingsOf } from "../../nn/n2p2/training-keywords.ts";
import { splitStructures } from "../../nn/training/selection.ts";
import type { TrainingSettings } from "../../nn/training/training-settings.ts";
import type { PartPlan } from "../part-run.ts";
import { hashFile } from "../provenance.ts";
import { seedOfPart } from "../streams.ts";
import { checkExamples } from "./check-examples.ts";
import { requireMemory, requireOneSource, type UpdateCounts, updatesOfEpoch } from "./check-settings.ts";
import { type ModelSetup, modelSetup, readSetupFiles, type SetupFiles } from "./model-setup.ts";
import { trainingSettings } from "./train-settings.ts";
import { type Example, readExamples } from "./training-data.ts";

export interface TrainPlan extends PartPlan {
  readonly section: TrainSection;
  readonly training: readonly Example[];
  readonly test: readonly Example[];
  readonly setup: ModelSetup;
  readonly settings: TrainingSettings;
  /** Of an epoch. */
  readonly updates: UpdateCounts;
  readonly warnings: readonly string[];
}

/** @throws {EcitonError} "study" for a missing section and for keys that contradict each other; "data" for files */
export function plan(loaded: LoadedStudy): TrainPlan {
  const { study, folder } = loaded;
  const section = study.train;
  if (!section)
    throw studyError("train", "this command needs this section: the data, and what to fit to them");
  if (!section.data) throw studyError("train.data", "this command needs structures with energies");
  const read = section.data.map((data, k) => readExamples(data, folder, `train.data[${k}]`));
  const plan = planTraining(
    loaded,
    section,
    read.flatMap((one) => one.examples),
    readSetupFiles(section, folder),
  );
  return {
    ...plan,
    inputs: [...read.flatMap((one) => one.files).map(hashFile), ...plan.inputs],
    warnings: [...read.flatMap((one) => one.warnings), ...plan.warnings],
  };
}

/**
 * The training of these examples; inputs are the files of the test and of the setup.
 * @throws {EcitonError} as plan
 */
export function planTraining(
  loaded: LoadedStudy,
  section: TrainSection,
  examples: readonly Example[],
  files: SetupFiles,
): TrainPlan {
  const { study, folder, given } = loaded;
  requireOneSource(loaded, files);
  const own = files.kind === "setup" ? trainingSettingsOf(files.setup.input) : null;
  const whole: TrainSection =
    own?.testFraction == null || given("train.test")
      ? section
      : { ...section, test: { fraction: own.testFraction } };
  const { training, test, testFiles, warnings } = splitOf(whole, examples, study.seed, folder);
  checkElementKeys(whole, training);
  const settings = trainingSettings(whole, training, own?.settings ?? null, (key) => given(`train.${key}`));
  const updates = updatesOfEpoch(settings, training);
  const setup = modelSetup(
    whole,
    files,
    training.map(({ structure }) => structure),
  );
  requireMemory(settings, setup);
  return {
    loaded,
    section: whole,
    training,
    test,
    setup,
    settings,
    updates,
    inputs: [...testFiles, ...setupPaths(files)].map(hashFile),
    warnings: [...warnings, ...(own?.remarks ?? [])],
  };
}

/** The examples as those to learn from and those that only measure. */
function splitOf(section: TrainSection, examples: readonly Example[], seed: number, folder: string) {
  const { test: given } = section;
  if ("files" in given) {
    const read = readExamples({ ...section.data![0], files: given.files }, folder, "train.test");
    return {
      training: examples,
      test: read.examples,
      testFiles: read.files,
      warnings: [...read.warnings, ...checkExamples(examples, read.examples, section)],
    };
  }
  const split = splitStructures(
    examples.map(({ structureClass }) => structureClass),
    given.fraction,
    seedOfPart(seed, "training"),
  );
  const [training, test] = [split.train, split.test].map((numbers) => numbers.map((k) => examples[k]));
  return { training, test, testFiles: [], warnings: checkExamples(training, test, section) };
}

/** A name that no atom has is most often a slip. */
function checkElementKeys(section: TrainSection, training: readonly Example[]): void {
  const elements = new Set(training.flatMap(({ structure }) => structure.species));
  const check = (at: string, names: readonly string[]) => {
    for (const name of names)
      if (!elements.has(name))
        throw studyError(
          `${at}.${name}`,
          `no training structure has ${name}; they have ${[...elements].join(", ")}`,
        );
  };
  check("train.network.elements", Object.keys(section.network.elements ?? {}));
  const { atomic_energies_eV: energies } = section;
  if (typeof energies !== "object") return;
  check("train.atomic_energies_eV", Object.keys(energies));
  const missing = [...elements].filter((element) => !(element in energies));
  if (missing.length > 0)
    throw studyError("train.atomic_energies_eV", `the energy of ${missing.join(", ")} is missing`);
}

/** Files that the setup of a training was read from. */
export function setupPaths(files: SetupFiles): readonly string[] {
  switch (files.kind) {
    case "setup":
      return [files.file];
    case "start":
      return files.paths;
    case "generate":
      return [];
    default:
      return files satisfies never;
  }
}
