/** Energies of a fitted model for structures or tables that it has not seen. */
import { CompiledExpansion } from "../clusters/compiled-expansion.ts";
import { EcitonError } from "../core/errors.ts";
import { type Configuration, SupercellCache } from "../data/configuration.ts";
import { configurationOfRecord } from "../data/configuration-record.ts";
import { readStructures } from "../data/formats/index.ts";
import { checkCharge } from "../data/mapping/charge-balance.ts";
import { mapDataset } from "../data/mapping/map-structure.ts";
import { mappingLine } from "../data/mapping/report.ts";
import { readOccupationTable } from "../data/occupation-table.ts";
import type { Supercell } from "../lattice/supercell.ts";
import type { ModelFile } from "./model-file.ts";

export interface Prediction {
  readonly id: string;
  readonly cells: number;
  /** eV for the whole supercell. */
  readonly energy_eV: number;
  readonly energy_per_cell_eV: number;
  /** Energy that the input gives, eV for the whole supercell; null where it gives none. */
  readonly reference_eV: number | null;
  /** Charge of the configuration, e; null where the model knows no charges. */
  readonly charge_e: number | null;
}

export interface PredictionResult {
  readonly predictions: readonly Prediction[];
  /** One line for each structure that does not fit the model's lattice. */
  readonly rejected: readonly string[];
  readonly warnings: readonly string[];
}

export interface PredictOptions {
  /** Name of the energy in an extended XYZ file. */
  readonly energyKey?: string;
}

/**
 * @param input a table of occupations (.csv, .json, .jsonl) or a file of structures in any format that is read
 * @throws {EcitonError} "data" for an unreadable input, "mapping" when no structure fits the lattice
 */
export function predictEnergies(
  model: ModelFile,
  input: string,
  options: PredictOptions = {},
): PredictionResult {
  const { configurations, rejected, warnings } = /\.(csv|jsonl?)(\.gz)?$/i.test(input)
    ? fromTable(model, input)
    : fromStructures(model, input, options);
  if (configurations.length === 0)
    throw new EcitonError("mapping", `${input}: nothing fits the model's lattice\n${rejected.join("\n")}`);
  const compiled = new Map<Supercell, CompiledExpansion>();
  const predictions = configurations.map((configuration): Prediction => {
    const { supercell, occupation } = configuration;
    let expansion = compiled.get(supercell);
    if (!expansion) {
      expansion = new CompiledExpansion(model.expansion, supercell);
      compiled.set(supercell, expansion);
    }
    const energy = expansion.energy(occupation);
    return {
      id: configuration.id,
      cells: supercell.numCells,
      energy_eV: energy,
      energy_per_cell_eV: energy / supercell.numCells,
      reference_eV: configuration.energy ?? null,
      charge_e: model.charges ? checkCharge(configuration, model.charges).total : null,
    };
  });
  const charged = predictions.filter(({ charge_e }) => charge_e !== null && Math.abs(charge_e) > 1e-6);
  if (charged.length > 0)
    warnings.push(
      `${charged.length} of ${predictions.length} configurations are not neutral (${charged[0].id}: ${charged[0].charge_e} e); ` +
        "the model was fitted to neutral ones and says nothing of others",
    );
  const { per, reference } = model.energies;
  if ((per !== "configuration" || reference !== null) && predictions.some((p) => p.reference_eV !== null))
    warnings.push(
      `the model was fitted to energies ${per === "configuration" ? "" : `given per ${per} `}` +
        `${reference === null ? "" : "relative to a reference "}(training_energies in the model file); ` +
        "predictions are whole configurations relative to that reference, and energies of the input are compared as such",
    );
  return { predictions, rejected, warnings };
}

interface Input {
  readonly configurations: readonly Configuration[];
  readonly rejected: readonly string[];
  readonly warnings: string[];
}

function fromTable({ expansion }: ModelFile, input: string): Input {
  const { records, warnings } = readOccupationTable(input);
  const supercells = new SupercellCache(expansion.lattice);
  return {
    configurations: records.map((record) => configurationOfRecord(record, supercells, input)),
    rejected: [],
    warnings: [...warnings],
  };
}

function fromStructures({ expansion, mapping }: ModelFile, input: string, options: PredictOptions): Input {
  const { structures, warnings } = readStructures(input, options);
  // A charge that does not balance is told with the prediction, not a reason to give none.
  const results = [...mapDataset(structures, expansion.lattice, { ...mapping, charges: undefined })];
  return {
    configurations: results.flatMap((result, i) =>
      result.accepted ? [{ ...result.configuration, energy: structures[i].energy }] : [],
    ),
    rejected: results.filter((result) => !result.accepted).map(mappingLine),
    warnings: [...warnings],
  };
}

/** Root mean square and largest error per cell where the input gives energies; null where it gives none. */
export function predictionErrors(predictions: readonly Prediction[]) {
  const errors = predictions.flatMap(({ energy_eV, reference_eV, cells }) =>
    reference_eV === null ? [] : [(energy_eV - reference_eV) / cells],
  );
  if (errors.length === 0) return null;
  return {
    compared: errors.length,
    rmse_per_cell_eV: Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length),
    max_per_cell_eV: errors.reduce((max, e) => Math.max(max, Math.abs(e)), 0),
  };
}
