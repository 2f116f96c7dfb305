/** The labeler that a study names, checked before anything is labeled. */
import { EcitonError } from "../../core/errors.ts";
import { type LabelerSection, usualLabeler } from "../../data/study/labeler-schema.ts";
import { pathFromStudy } from "../../data/study/load-study.ts";
import { ionSets } from "../../dynamics/potentials/ion-sets.ts";
import { createLabeler } from "../../labelers/create-labeler.ts";
import type { Labeler } from "../../labelers/labeler.ts";
import { type SpeciesMap, speciesMap } from "../../labelers/species-map.ts";
import { findXtb } from "../../labelers/xtb-labeler.ts";
import type { InputFile } from "../provenance.ts";
import { createAnyPotential } from "./create-any-potential.ts";
import type { AnyLabelerSpec } from "./label-task.ts";
import { type MovedAtoms, potentialOf } from "./potential.ts";
import type { PotentialPlace, StudyPotential } from "./potential-place.ts";

export interface ChosenLabeler {
  readonly spec: AnyLabelerSpec;
  readonly labeler: Labeler;
  /** Folder of the study's own choice; null: where the results are. */
  readonly archive: string | null;
  /** As labelStructures takes them. */
  readonly leastDistance: number;
  /** eV/Å */
  readonly largestForce: number;
  /** Parameter files of the person. */
  readonly inputs: readonly InputFile[];
}

const SECTION = "labeler";

/**
 * @param atoms all species that will be labeled
 * @throws {EcitonError} "study" with the path for a program that is not installed, or a potential that does not describe
 *   the species; "data" for parameter files that cannot be read
 */
export function labelerOf(place: PotentialPlace, atoms: MovedAtoms): ChosenLabeler {
  const section: LabelerSection = place.study.labeler ?? usualLabeler;
  const archive = section.archive === undefined ? null : pathFromStudy(place.folder, section.archive);
  const common = {
    archive,
    leastDistance: section.least_distance,
    largestForce: section.largest_force_eV_per_A,
  };
  const { spec, inputs } = specOf(section, place, atoms);
  return { ...common, spec, labeler: createLabeler(spec, createAnyPotential), inputs };
}

function specOf(
  section: LabelerSection,
  place: PotentialPlace,
  atoms: MovedAtoms,
): { spec: AnyLabelerSpec; inputs: readonly InputFile[] } {
  switch (section.kind) {
    case "calculator": {
      const given: StudyPotential = section.potential ?? { kind: "buckingham" };
      const species = at(SECTION, () => namesOf(given, atoms.species, section.species));
      const names = [...new Set(Object.values(species))];
      const study = { ...place.study, model: { potential: given } };
      // What is said of the study's model.potential is meant for the labeler's.
      const { spec, inputs } = at(`${SECTION}.potential`, () =>
        potentialOf({ ...place, study }, { ...atoms, species: names }),
      );
      return { spec: { kind: "calculator", potential: spec, species }, inputs };
    }
    case "xtb": {
      const spec = at(SECTION, () =>
        findXtb({
          command: section.command,
          method: section.method,
          charge: section.charge_e,
          unpairedElectrons: section.unpaired_electrons ?? null,
          electronicTemperature: section.electronic_temperature_K,
          accuracy: section.accuracy,
          restartTemperature: section.restart_temperature_K ?? null,
          timeLimit_s: section.time_limit_s,
        }),
      );
      return { spec, inputs: [] };
    }
    default:
      return section satisfies never;
  }
}

function namesOf(potential: StudyPotential, species: readonly string[], given: SpeciesMap = {}): SpeciesMap {
  const sets = ionSets().filter(({ name }) => potential.set === undefined || name === potential.set);
  // What is wrong with other potentials, and with a set that is not there, is said where potentials are made.
  if (potential.kind !== "buckingham" || sets.length === 0)
    return Object.fromEntries(species.map((one) => [one, given[one] ?? one]));
  const known = potential.charges_e
    ? Object.keys(potential.charges_e)
    : [...new Set(sets.flatMap((set) => set.species))];
  return speciesMap(species, known, given);
}

/** Problems of the labeler's parts are problems of the study at its path. */
function at<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EcitonError) || error.details.file !== undefined) throw error;
    const own = "model.potential";
    const message = error.message.startsWith(own)
      ? `${path}${error.message.slice(own.length)}`
      : `${path}: ${error.message}`;
    const found = String(error.details.path ?? "");
    const where = found.startsWith(own) ? path + found.slice(own.length) : path;
    throw new EcitonError("study", message, { ...error.details, path: where }, error);
  }
}
