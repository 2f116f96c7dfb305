/** The training data of a study: from its tables or files to configurations with energies. */
import { basename } from "node:path";
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { dataError, EcitonError, studyError } from "../core/errors.ts";
import { type Configuration, SupercellCache, speciesCounts } from "../data/configuration.ts";
import { configurationOfRecord } from "../data/configuration-record.ts";
import { DUMMY_SPECIES, splitCharge } from "../data/configuration-structure.ts";
import { readStructures } from "../data/formats/index.ts";
import { checkCharge } from "../data/mapping/charge-balance.ts";
import { mapDataset } from "../data/mapping/map-structure.ts";
import type { MappingOptions } from "../data/mapping/options.ts";
import { type MappingResult, mappingLine } from "../data/mapping/report.ts";
import { readOccupationTable } from "../data/occupation-table.ts";
import { propertyOf, readProperties } from "../data/property-table.ts";
import type { Structure } from "../data/structure.ts";
import { filesMatching } from "../data/study/file-patterns.ts";
import { type LoadedStudy, pathFromStudy } from "../data/study/load-study.ts";
import type { Study } from "../data/study/schema.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { unitsOf } from "./energy-units.ts";
import { hashFile, type InputFile } from "./provenance.ts";
import { syntheticTable } from "./synthetic-table.ts";

type DataSection = NonNullable<Study["data"]>;
type StructuresSection = NonNullable<DataSection["structures"]>;

export interface TrainingData {
  /** Every one has an energy. */
  readonly configurations: readonly Configuration[];
  /** One for each structure that was read; empty for tables. */
  readonly mapping: readonly MappingResult[];
  readonly warnings: readonly string[];
  readonly inputs: readonly InputFile[];
  readonly source: string;
  /** Why the table is synthetic; null when it is not. */
  readonly synthetic: string | null;
}

/**
 * Reads, maps and checks everything before any work starts.
 * @param model the study's own model, asked for by a synthetic table only
 * @throws {EcitonError} "study" or "data" naming file and line, "mapping" when no structure maps
 */
export function loadTrainingData(
  loaded: LoadedStudy,
  lattice: ParentLattice,
  model: () => ClusterExpansion,
): TrainingData {
  const { study } = loaded;
  const { data } = study;
  if (!data) throw studyError("data", "this command needs the section data (table, structures or synthetic)");
  const charges = study.lattice?.charges;
  if (data.energy_per === "atom" && !data.structures)
    throw studyError("data.energy_per", "energies per atom need data.structures; a table knows no atoms");
  const read = data.synthetic
    ? syntheticData(data.synthetic, study, model)
    : data.table
      ? tableData(data.table, loaded, lattice)
      : structureData(data.structures!, data.energy_per, loaded, lattice);
  if (read.configurations.length === 0)
    throw new EcitonError("data", `${read.source}: there is no configuration to fit`);
  if (charges) for (const configuration of read.configurations) requireNeutral(configuration, charges);
  return { ...read, configurations: read.configurations.map((c) => withTotalEnergy(c, data)) };
}

function syntheticData(
  section: NonNullable<DataSection["synthetic"]>,
  study: Study,
  model: () => ClusterExpansion,
): TrainingData {
  const configurations = syntheticTable(model(), {
    section,
    charges: study.lattice?.charges,
    seed: study.seed,
  });
  return {
    configurations,
    mapping: [],
    warnings: [],
    inputs: [],
    source: `${section.configurations} synthetic configurations, noise ${section.noise_eV} eV each`,
    synthetic: section.why,
  };
}

function tableData(
  section: NonNullable<DataSection["table"]>,
  { folder }: LoadedStudy,
  lattice: ParentLattice,
): TrainingData {
  const path = pathFromStudy(folder, section.file);
  const { records, warnings } = readOccupationTable(path, {
    energyColumn: section.energy_column,
    idColumn: section.id_column,
  });
  const supercells = new SupercellCache(lattice);
  return {
    configurations: records.map((record) => configurationOfRecord(record, supercells, path)),
    mapping: [],
    warnings,
    inputs: [hashFile(path)],
    source: section.file,
    synthetic: null,
  };
}

function structureData(
  section: StructuresSection,
  energyPer: DataSection["energy_per"],
  { folder, study }: LoadedStudy,
  lattice: ParentLattice,
): TrainingData {
  const paths = section.files.flatMap((pattern, i) =>
    filesMatching(pattern, folder, `data.structures.files[${i}]`),
  );
  const inputs = paths.map(hashFile);
  const warnings: string[] = [];
  const structures = paths.flatMap((path) => {
    const dataset = readStructures(path, { format: section.format, energyKey: section.energy_key });
    warnings.push(...dataset.warnings);
    const taken =
      section.steps === "last" && isRun(path, section) ? dataset.structures.slice(-1) : dataset.structures;
    return taken.map((structure) => named(structure, section));
  });
  const energies = section.properties ? joinedEnergies(section.properties, structures, folder, inputs) : null;
  const options = mappingOptions(section.mapping, study);
  const mapping = [...mapDataset(structures, lattice, options)];
  const rejected = mapping.filter((result) => !result.accepted);
  const lines = mapping.flatMap((result, i) => (result.accepted ? [] : [placedLine(result, structures[i])]));
  if (rejected.length > 0 && section.on_rejected === "error")
    throw new EcitonError(
      "mapping",
      `${lines.join("\n")}\n(data.structures.on_rejected: report leaves such structures out)`,
      { rejected: rejected.length },
    );
  if (rejected.length > 0 && rejected.length === mapping.length)
    throw new EcitonError(
      "mapping",
      `none of the ${mapping.length} structures maps to the lattice; the first: ${lines[0]}`,
      { rejected: rejected.length },
    );
  for (const result of rejected) warnings.push(`left out ${mappingLine(result)}`);
  const configurations = mapping.flatMap((result, i): Configuration[] => {
    if (!result.accepted) return [];
    const structure = structures[i];
    if (structure.converged === false)
      warnings.push(
        `${structure.name} (${structure.source.file}): the calculation behind it did not converge`,
      );
    const energy = energies ? energies[i] : structure.energy;
    const scale = energyPer === "atom" ? atomsOf(structure) : 1;
    return [
      {
        ...result.configuration,
        energy: energy === undefined ? undefined : energy * scale,
        weight: weightOf(structure, section),
      },
    ];
  });
  return {
    configurations,
    mapping,
    warnings,
    inputs,
    source: section.files.map((file) => basename(file)).join(", "),
    synthetic: null,
  };
}

/** Sites that a file writes as empty (X) are no atoms. */
function atomsOf({ species }: Structure): number {
  return species.filter((name) => name !== DUMMY_SPECIES).length;
}

/**
 * The study's mapping section with what its lattice says of charges and vacancies. Species such as Ce3+ and Ce4+ are
 * told apart by the charges of a file unless the study has rules of its own; X stands for nothing, as in the
 * snapshots that sampling writes.
 */
export function mappingOptions(section: StructuresSection["mapping"], study: Study): MappingOptions {
  const { leave_out, magnetic, oxidation_states } = section;
  const names = new Set(study.lattice?.sites.flatMap((site) => site.species));
  const charged = [...names].flatMap((species) => {
    const { element, charge } = splitCharge(species);
    return charge === null ? [] : [{ element, charge, species }];
  });
  const rules = oxidation_states ?? (magnetic ? undefined : charged);
  // The lattice's list has defaults that not every lattice holds.
  const vacancy = section.vacancy ?? study.lattice?.vacancies.filter((species) => names.has(species));
  return {
    ...section,
    ...(rules ? { oxidation_states: rules } : {}),
    leave_out: { ...leave_out, species: [...(leave_out?.species ?? []), DUMMY_SPECIES] },
    charges: study.lattice?.charges,
    vacancy,
  };
}

/** What was wrong with a structure, behind its file and line; a structure without a name is called by these already. */
function placedLine(result: MappingResult, { source }: Structure): string {
  const line = mappingLine(result);
  const place = source.line === null ? source.file : `${source.file}:${source.line}`;
  return line.startsWith(place) ? line : `${place}: ${line}`;
}

/** Files of VASP runs hold the steps of one structure; other files hold structures of their own. */
function isRun(path: string, section: StructuresSection): boolean {
  return section.format === "vasprun" || section.format === "outcar" || /vasprun|OUTCAR/.test(basename(path));
}

function named(structure: Structure, section: StructuresSection): Structure {
  if (section.id_key === undefined) return structure;
  const id = structure.info[section.id_key];
  if (id === undefined && structure.name === "")
    throw dataError(
      structure.source.file,
      structure.source.line,
      `no entry "${section.id_key}" (data.structures.id_key)`,
    );
  return id === undefined ? structure : { ...structure, name: String(id) };
}

function weightOf(structure: Structure, section: StructuresSection): number {
  if (section.weight_key === undefined) return 1;
  const weight = structure.info[section.weight_key];
  if (typeof weight !== "number" || !(weight > 0))
    throw dataError(
      structure.source.file,
      structure.source.line,
      `${section.weight_key}: expected a number above zero as weight, found ${weight ?? "nothing"} (data.structures.weight_key)`,
    );
  return weight;
}

function joinedEnergies(
  section: NonNullable<StructuresSection["properties"]>,
  structures: readonly Structure[],
  folder: string,
  inputs: InputFile[],
): number[] {
  const path = pathFromStudy(folder, section.file);
  const table = readProperties(path, { idColumn: section.id_column, columns: [section.energy_column] });
  inputs.push(hashFile(path));
  const seen = new Map<string, Structure>();
  for (const structure of structures) {
    const other = seen.get(structure.name);
    if (other)
      throw dataError(
        structure.source.file,
        structure.source.line,
        `"${structure.name}" is the name of two structures (the first: ${other.source.file}:${other.source.line ?? 1}), ` +
          `so ${section.file} cannot tell their energies apart`,
      );
    seen.set(structure.name, structure);
  }
  return Array.from(
    propertyOf(
      table,
      section.energy_column,
      structures.map((structure) => structure.name),
    ),
  );
}

function requireNeutral(configuration: Configuration, charges: Readonly<Record<string, number>>): void {
  const balance = checkCharge(configuration, charges);
  if (balance.balanced) return;
  const charged = [...speciesCounts(configuration)].filter(([species, n]) => n > 0 && charges[species]);
  const sum = charged.map(([species, n]) => `${n} ${species} of ${charges[species]} e`).join(", ");
  throw dataError(
    configuration.source.file,
    configuration.source.line,
    `${configuration.id}: not neutral: ${sum} add up to ${balance.total} e (lattice.charges)`,
  );
}

/** The energy of the whole supercell relative to the study's reference, whatever the file's energies stand for. */
function withTotalEnergy(configuration: Configuration, data: DataSection): Configuration {
  const { energy, supercell, source } = configuration;
  if (energy === undefined)
    throw dataError(
      source.file,
      source.line,
      "this configuration has no energy; name its column (data.table.energy_column, energy_eV if not given) or its entry " +
        "(data.structures.energy_key), or leave it out",
    );
  // Energies per atom were scaled where the atoms were still known.
  const per = data.energy_per === "atom" ? "configuration" : data.energy_per;
  const units = unitsOf(per, configuration, "data.energy_per");
  if (units === 0 && energy !== 0)
    throw dataError(
      source.file,
      source.line,
      `${configuration.id}: its energy is ${energy} eV per ${per}, but it holds no ${per} (data.energy_per); ` +
        "leave it out, or give 0 if the others are relative to it",
    );
  let total = energy * units;
  if (data.reference) {
    const { per_cell_eV = 0, per_species_eV = {} } = data.reference;
    total -= per_cell_eV * supercell.numCells;
    for (const [species, value] of Object.entries(per_species_eV))
      total -= value * unitsOf(species, configuration, "data.reference.per_species_eV");
  }
  return { ...configuration, energy: total };
}
