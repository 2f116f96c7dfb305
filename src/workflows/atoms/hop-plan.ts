/** What a search for the lowest minima will do with a study, everything checked before anything runs. */

import { evaluationFor, type Potential } from "../../core/calculator.ts";
import { EcitonError, studyError } from "../../core/errors.ts";
import { checkFixedSpecies, fixedAtoms } from "../../data/fixed-atoms.ts";
import { openAtoms } from "../../data/generators/create-atoms.ts";
import type { Structure } from "../../data/structure.ts";
import type { HopSection } from "../../data/study/hop-schema.ts";
import type { LoadedStudy } from "../../data/study/load-study.ts";
import { type HopSettings, type MoveKind, moveKinds } from "../../dynamics/hop/hop-settings.ts";
import { checkedWeights } from "../../dynamics/hop/move-weights.ts";
import type { RelaxSettings } from "../../dynamics/minimise/relax-settings.ts";
import { movingAtoms } from "../../dynamics/moving-atoms.ts";
import { count, integer } from "../../report/numbers.ts";
import { numbered } from "../output-files.ts";
import type { PartPlan } from "../part-run.ts";
import { hashFile } from "../provenance.ts";
import { createAnyPotential } from "./create-any-potential.ts";
import { type ChosenPotential, potentialOf } from "./potential.ts";
import { checkRelaxable, relaxSettings } from "./relax-settings.ts";

export interface HopPlan extends PartPlan {
  readonly section: HopSection;
  /** The first start of the first path. */
  readonly first: Structure;
  readonly fixed: Uint8Array | null;
  readonly potential: ChosenPotential;
  readonly settings: HopSettings;
  readonly warnings: readonly string[];
}

/**
 * @throws {EcitonError} "study" for a missing section, for moves that the atoms do not allow and settings that do not fit
 *   them; "data" for files
 */
export function plan(loaded: LoadedStudy, outDir: string): HopPlan {
  const { study, folder } = loaded;
  if (!study.atoms)
    throw studyError("atoms", "this command needs this section: the structures to start from");
  if (!study.hop) throw studyError("hop", "this command needs this section: how long to search");
  if (!study.relax) throw studyError("relax", "this command needs this section; {} takes every default");
  const section = study.hop;
  const source = openAtoms({ ...study.atoms, count: 1 }, { seed: study.seed, folder });
  const starts = Array.from({ length: source.count }, (_, i) => source.create(i));
  const first = starts[0];
  for (const [i, start] of starts.entries()) refuseOthers(first, start, i);
  const relax = relaxSettings(study.relax);
  for (const start of starts) checkRelaxable(start, relax);
  if (relax.pressure !== 0)
    throw studyError("relax.pressure_GPa", "a search compares energies; it knows no pressure");
  checkFixedSpecies(starts, study.relax.fix);
  const fixed = fixedAtoms(first, study.relax.fix);
  const settings = settingsOf(section, relax, first, fixed);
  const mobile = Int32Array.from(first.species.keys()).filter((i) => fixed?.[i] !== 1);
  checkedWeights(settings, movingAtoms(first, fixed), mobile);
  const potential = potentialOf(
    { study, folder, outDir },
    {
      species: [...new Set(first.species)],
      periodic: first.periodic.some(Boolean),
    },
  );
  // Of random starts some may be beyond a potential; paths draw others then.
  if (!study.atoms.random && !study.atoms.extract)
    for (const start of starts) checkEnergy(start, createAnyPotential(potential.spec));
  return {
    loaded,
    inputs: [...source.files.map(hashFile), ...potential.inputs],
    section,
    first,
    fixed,
    potential,
    settings,
    warnings: source.warnings,
  };
}

function checkEnergy(start: Structure, potential: Potential): void {
  try {
    potential.calculator(start).evaluate(start.positions, start.cell, evaluationFor(start.species.length));
  } catch (error) {
    if (!(error instanceof EcitonError) || error.code !== "data") throw error;
    throw new EcitonError("data", `${start.name}: ${error.message}`, error.details, error);
  }
}

/** All paths move the same atoms. */
function refuseOthers(first: Structure, other: Structure, index: number): void {
  const sorted = ({ species }: Structure) => [...species].sort().join(" ");
  if (sorted(first) === sorted(other) && first.periodic.every((p, k) => p === other.periodic[k])) return;
  throw studyError(
    "atoms",
    `structure ${index + 1} (${other.name}) has other atoms, or other periodic directions, than the first (${first.name}); ` +
      "all starts of a search need the same",
  );
}

function settingsOf(
  section: HopSection,
  relax: RelaxSettings,
  first: Structure,
  fixed: Uint8Array | null,
): HopSettings {
  const { target_eV: target } = section;
  return {
    sampling: section.sampling,
    steps: section.steps,
    temperature: section.temperature_K ?? 0,
    moves: section.sampling === "independent" ? {} : (section.moves ?? usualMoves(first, fixed)),
    step: section.step_A ?? null,
    targetAcceptance: section.target_acceptance ?? null,
    restartAfter: section.restart_after ?? null,
    relax,
    targetEnergy: target === undefined ? null : target + section.target_tolerance_eV,
    keep: section.keep,
    same: { energy: section.same.energy_eV, distance: section.same.distance_A },
    container: section.container_A ?? null,
    minDistance: section.min_distance_A,
  };
}

/** Smaller clusters are all surface: displacements alone find everything. */
const SMALLEST_SHAPED = 8;

/** Every kind of move that these atoms allow, and that helps. */
function usualMoves(
  { species, periodic }: Structure,
  fixed: Uint8Array | null,
): Partial<Record<MoveKind, number>> {
  const mobile = species.filter((_, i) => fixed?.[i] !== 1);
  const free = periodic.every((p) => !p);
  const shaped = mobile.length >= SMALLEST_SHAPED;
  return {
    displace: 1,
    ...(new Set(mobile).size > 1 ? { exchange: 1 } : {}),
    ...(shaped && !periodic.every(Boolean) ? { surface: 1 } : {}),
    ...(shaped && free ? { twist: 1 } : {}),
  };
}

/** For people: "displace 1, surface 1". */
function movesText({ moves }: HopSettings): string {
  return moveKinds
    .filter((kind) => (moves[kind] ?? 0) > 0)
    .map((kind) => `${kind} ${moves[kind]}`)
    .join(", ");
}

/** "10 paths of 10 000 relaxations at 800 K; moves: displace 1, surface 1". */
export function methodText(paths: number, settings: HopSettings): string {
  const { steps, sampling, temperature, restartAfter } = settings;
  const each = `${count(paths, "path")} of ${count(steps, "relaxation")}`;
  if (sampling === "independent") return `${each}, each of a fresh structure`;
  const anew =
    restartAfter === null ? "" : `, begun anew after ${integer(restartAfter)} without a lower energy`;
  return `${each} at ${Number(temperature.toPrecision(6))} K${anew}; moves: ${movesText(settings)}`;
}

/** "path-0003" */
export function pathFile(path: number): string {
  return numbered("path", path);
}
