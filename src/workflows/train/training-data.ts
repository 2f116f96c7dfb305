/** The structures that a potential is trained with: read, named by elements, each with its class. */
import { basename } from "node:path";
import { dataError } from "../../core/errors.ts";
import { atomicNumberOf, elementOfNumber } from "../../data/elements.ts";
import { readStructures } from "../../data/formats/index.ts";
import type { Structure } from "../../data/structure.ts";
import { filesMatching } from "../../data/study/file-patterns.ts";
import type { TrainSection } from "../../data/study/train-schema.ts";
import { count } from "../../report/numbers.ts";

export interface Example {
  /** Species are elements of the model. */
  readonly structure: Structure;
  /** "surface"; errors are told class by class. */
  readonly structureClass: string;
}

export interface ReadExamples {
  readonly examples: readonly Example[];
  /** Paths, in order. */
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

type DataSection = NonNullable<TrainSection["data"]>[number];

/**
 * @param folder that relative paths start from
 * @param at path of the section in the study
 * @throws {EcitonError} "data" with file and line for a structure without an energy, or with species that name no element;
 *   "study" for patterns that match nothing; and as the readers do
 */
export function readExamples(section: DataSection, folder: string, at: string): ReadExamples {
  const files = section.files.flatMap((pattern, k) => filesMatching(pattern, folder, `${at}.files[${k}]`));
  const examples: Example[] = [];
  const warnings: string[] = [];
  for (const file of files) {
    const read = readStructures(file, {
      format: section.format,
      energyKey: section.energy_key,
      forcesKey: section.forces_key,
      stressKey: section.stress_key,
      units: section.units,
    });
    warnings.push(...read.warnings);
    const frames = section.frames === "last" ? read.structures.slice(-1) : read.structures;
    const taken = frames.filter((_, i) => i % section.every === 0);
    const converged = taken.filter(hasConverged);
    if (converged.length < taken.length)
      warnings.push(
        `${file}: ${count(taken.length - converged.length, "structure")} of ${taken.length} left out: their electrons did not converge`,
      );
    for (const found of converged) {
      const structure = withEnergy(found, section);
      requireEnergy(structure, section);
      examples.push({
        structure: withElements(structure, section.species ?? {}),
        structureClass: classOf(structure, section.class_key),
      });
    }
  }
  return { examples, files, warnings };
}

/** Where a relaxation has not come to rest its last step is as good as the others: the electrons matter. */
function hasConverged({ converged, info }: Structure): boolean {
  return typeof info.electronic_converged === "boolean" ? info.electronic_converged : converged !== false;
}

/** Runs of VASP have a free energy beside the energy without smearing. */
function withEnergy(structure: Structure, { energy_key }: DataSection): Structure {
  const energy = energy_key === undefined ? undefined : structure.info[energy_key];
  return typeof energy === "number" ? { ...structure, energy } : structure;
}

function requireEnergy({ energy, source, name, info }: Structure, { energy_key }: DataSection): void {
  if (energy !== undefined) return;
  const keys = Object.keys(info).filter((key) => typeof info[key] === "number");
  const known = keys.length === 0 ? "" : `; numbers that it has: ${keys.join(", ")}`;
  throw dataError(
    source.file,
    source.line,
    `${name || "the structure"} has no energy${energy_key === undefined ? " (energy_key names it)" : ` under the key ${energy_key}`}${known}`,
  );
}

/** "Ce4+" is cerium unless the study says otherwise: networks know elements, not charges. */
function withElements(structure: Structure, names: Readonly<Record<string, string>>): Structure {
  const elements = new Map<string, string>();
  for (const species of new Set(structure.species)) {
    const element = names[species] ?? elementOfNumber(atomicNumberOf(species) ?? 0);
    if (element === undefined || atomicNumberOf(element) === undefined)
      throw dataError(
        structure.source.file,
        structure.source.line,
        `${species} is no element; the key species names the one that it stands for, {${species}: Cu}`,
      );
    elements.set(species, element);
  }
  return { ...structure, species: structure.species.map((species) => elements.get(species)!) };
}

function classOf({ info, source, name }: Structure, key: string | undefined): string {
  const value = info[key ?? "config_type"];
  if (value !== undefined) return String(value);
  if (key !== undefined)
    throw dataError(
      source.file,
      source.line,
      `${name || "the structure"} has no entry ${key}, which class_key names`,
    );
  return basename(source.file).replace(/\.gz$/, "");
}
