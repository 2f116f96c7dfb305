/** The structures that a potential is trained with: read, named by elements, each with its class. */
import { basename } from "node:path";
import { dataError, EcitonError, studyError } from "../../core/errors.ts";
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
    const converged = taken.filter((structure) => structure.converged !== false);
    if (converged.length < taken.length)
      warnings.push(
        `${file}: ${count(taken.length - converged.length, "structure")} of ${taken.length} left out: not converged`,
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
    `${name} has no energy${energy_key === undefined ? " (energy_key names it)" : ` under the key ${energy_key}`}${known}`,
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
        `${structure.name}: ${species} is no element; the key species names the one that it stands for, {${species}: Cu}`,
      );
    elements.set(species, element);
  }
  return { ...structure, species: structure.species.map((species) => elements.get(species)!) };
}

function classOf({ info, source, name }: Structure, key: string | undefined): string {
  const value = info[key ?? "config_type"];
  if (value !== undefined) return String(value);
  if (key !== undefined)
    throw dataError(source.file, source.line, `${name} has no entry ${key}, which class_key names`);
  return basename(source.file).replace(/\.gz$/, "");
}

/**
 * What is wrong, or strange, with all the examples together.
 * @throws {EcitonError} "data" where nothing can be learned
 */
export function checkExamples(examples: readonly Example[], { use, test }: TrainSection): string[] {
  const warnings: string[] = [];
  if (examples.length < 2)
    throw new EcitonError(
      "data",
      `${count(examples.length, "structure")} with an energy: nothing can be learned from so few`,
    );
  if ("fraction" in test && test.fraction > 0 && Math.round(test.fraction * examples.length) === 0)
    warnings.push(
      `a share of ${test.fraction} of ${examples.length} structures is none: there will be no test errors; raise train.test.fraction`,
    );
  const without = examples.filter(({ structure }) => structure.forces === undefined).length;
  if (use.forces && without > 0)
    warnings.push(
      without === examples.length
        ? "the data have no forces: the potential is fitted to energies alone, and forces will be poor"
        : `${count(without, "structure")} of ${examples.length} have no forces; their energies are used`,
    );
  if (use.stress && examples.every(({ structure }) => structure.stress === undefined))
    throw studyError("train.use.stress", "the data have no stresses");
  const seen = new Map<string, Example>();
  let doubles = 0;
  for (const example of examples) {
    const { species, positions, cell } = example.structure;
    const key = `${species.join()} ${positions.join()} ${cell.join()}`;
    const other = seen.get(key);
    if (!other) seen.set(key, example);
    else if (other.structure.energy === example.structure.energy) doubles++;
    else
      throw dataError(
        example.structure.source.file,
        example.structure.source.line,
        `${example.structure.name} has the atoms of ${other.structure.name} (${placeOf(other)}) and another energy: ` +
          `${example.structure.energy} and ${other.structure.energy} eV`,
      );
  }
  if (doubles > 0) warnings.push(`${count(doubles, "structure")} stand in the data twice, and count twice`);
  return warnings;
}

function placeOf({ structure: { source } }: Example): string {
  return source.line === null ? source.file : `${source.file}:${source.line}`;
}
