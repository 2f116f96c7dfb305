/** What a relaxation will do with a study, everything checked before anything runs. */
import { studyError } from "../../core/errors.ts";
import { checkFixedSpecies, fixedAtoms } from "../../data/fixed-atoms.ts";
import { type AtomsSource, openAtoms } from "../../data/generators/create-atoms.ts";
import type { Structure } from "../../data/structure.ts";
import type { LoadedStudy } from "../../data/study/load-study.ts";
import type { RelaxSettings } from "../../dynamics/minimise/relax-settings.ts";
import type { PartPlan } from "../part-run.ts";
import { hashFile } from "../provenance.ts";
import { type ChosenPotential, potentialOf } from "./potential.ts";
import { checkRelaxable, relaxSettings } from "./relax-settings.ts";

export interface RelaxPlan extends PartPlan {
  readonly source: AtomsSource;
  readonly structures: readonly Structure[];
  readonly fixed: readonly (Uint8Array | null)[];
  readonly potential: ChosenPotential;
  readonly settings: RelaxSettings;
}

/** @throws {EcitonError} "study" for a missing section and for settings that do not fit a structure; "data" for files */
export function plan(loaded: LoadedStudy, outDir: string): RelaxPlan {
  const { study, folder } = loaded;
  if (!study.atoms) throw studyError("atoms", "this command needs this section: what to relax");
  const section = study.relax;
  if (!section) throw studyError("relax", "this command needs this section; {} takes every default");
  const source = openAtoms(study.atoms, { seed: study.seed, folder });
  const structures = Array.from({ length: source.count }, (_, i) => source.create(i));
  const settings = relaxSettings(section);
  for (const structure of structures) checkRelaxable(structure, settings);
  checkFixedSpecies(structures, section.fix);
  const potential = potentialOf(
    { study, folder, outDir },
    {
      species: [...new Set(structures.flatMap((structure) => structure.species))],
      periodic: structures.some((structure) => structure.periodic.some(Boolean)),
    },
  );
  return {
    loaded,
    inputs: [...source.files.map(hashFile), ...potential.inputs],
    source,
    structures,
    fixed: structures.map((structure) => fixedAtoms(structure, section.fix)),
    potential,
    settings,
  };
}
