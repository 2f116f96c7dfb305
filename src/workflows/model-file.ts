/** The model file: one JSON document, versioned, with everything needed to use and to trust the model. */
import {
  type ClusterExpansion,
  type ExpansionRecord,
  expansionFromRecord,
  expansionRecord,
} from "../clusters/expansion.ts";
import { EcitonError } from "../core/errors.ts";
import type { MappingOptions } from "../data/mapping/options.ts";
import { readTextFile } from "../data/read-text.ts";
import { strictJson, writeFileAtomic } from "../exec/atomic-file.ts";
import type { Provenance } from "./provenance.ts";

export const MODEL_FORMAT = "eciton-cluster-expansion";
export const MODEL_VERSION = 1;

/** How sure the fit is of one term. */
export interface TermUncertainty {
  readonly label: string;
  readonly standardError_eV: number;
  /** 95 % bootstrap interval. */
  readonly interval_eV: readonly [number, number];
}

export interface FitRecord {
  readonly method: string;
  readonly configurations: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly errorUnit: string;
  readonly uncertainties: readonly TermUncertainty[];
  /** Exact linear dependencies of the data, in words: "2 VO1 + 2 VO2 - Ce1 = 0". */
  readonly dependencies: readonly string[];
  /** Combinations of terms that the data do determine where single terms are not. */
  readonly determined: readonly {
    readonly combination: string;
    readonly value_eV: number;
    readonly standardError_eV: number | null;
  }[];
  /** How undetermined combinations were fixed. */
  readonly gauge: string;
  /** Clusters that no configuration could tell from a kept one: N of merged = factor * N of kept. */
  readonly aliases: readonly { readonly kept: string; readonly merged: string; readonly factor: number }[];
  readonly unsampledClusters: number;
}

/** The study's `data.energy_per` and `data.reference`. */
export interface TrainingEnergies {
  readonly per: string;
  readonly reference: {
    readonly per_cell_eV?: number;
    readonly per_species_eV?: Readonly<Record<string, number>>;
  } | null;
}

export interface ModelFile {
  readonly expansion: ClusterExpansion;
  /** Charges that a configuration must balance, where the study gave them. */
  readonly charges: Readonly<Record<string, number>> | null;
  /** How structures are mapped to the lattice: the study's `data.structures.mapping` and its vacancies. */
  readonly mapping: MappingOptions;
  /** What the energies of the training data stood for, before they were turned into totals of configurations. */
  readonly energies: TrainingEnergies;
  readonly fit: FitRecord | null;
  readonly provenance: Provenance;
}

export function writeModelFile(path: string, model: ModelFile): void {
  const document = {
    format: MODEL_FORMAT,
    version: MODEL_VERSION,
    energy:
      "E(S) = sum over terms of coefficient_eV * N(S); N of the empty term is the number of parent cells",
    expansion: expansionRecord(model.expansion),
    charges: model.charges,
    mapping: model.mapping,
    training_energies: model.energies,
    fit: model.fit,
    provenance: model.provenance,
  };
  writeFileAtomic(path, `${strictJson(document, 2)}\n`);
}

/** @throws {EcitonError} "data" for a file that is not a model, is of a newer version, or contradicts itself */
export function readModelFile(path: string): ModelFile {
  let document: Record<string, unknown>;
  try {
    document = (JSON.parse(readTextFile(path)) ?? {}) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof EcitonError) throw error;
    throw new EcitonError(
      "data",
      `${path}: not a JSON file: ${(error as Error).message}`,
      { file: path },
      error,
    );
  }
  const fail = (message: string): never => {
    throw new EcitonError("data", `${path}: ${message}`, { file: path });
  };
  if (document.format !== MODEL_FORMAT) fail(`not a model of Eciton: expected format "${MODEL_FORMAT}"`);
  if (document.version !== MODEL_VERSION)
    fail(`a model of version ${String(document.version)}; this Eciton reads version ${MODEL_VERSION}`);
  const record = document.expansion as ExpansionRecord | undefined;
  if (!record?.lattice?.sites || !Array.isArray(record.terms)) fail("its section expansion is incomplete");
  return {
    expansion: expansionFromRecord(record!, path),
    charges: (document.charges as ModelFile["charges"]) ?? null,
    mapping: (document.mapping as MappingOptions) ?? {},
    energies: (document.training_energies as TrainingEnergies) ?? { per: "configuration", reference: null },
    fit: (document.fit as FitRecord | null) ?? null,
    provenance: document.provenance as Provenance,
  };
}
