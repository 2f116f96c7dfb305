/** What stands at the head of sampling.json: who reads it later must know the format, the model and the lattice. */
import { createHash } from "node:crypto";
import { type ClusterExpansion, expansionRecord } from "../clusters/expansion.ts";
import type { LatticeRecord } from "../lattice/lattice-record.ts";

/** Counted up when readers of earlier versions would misunderstand the file. */
export const SAMPLING_FORMAT = 1;

export interface SamplingHeader {
  readonly format: number;
  readonly model: {
    /** Of everything that defines energies: runs with equal hashes sampled the same model. */
    readonly sha256: string;
    readonly lattice: LatticeRecord;
    /** Species that stand for an absent atom. */
    readonly vacancies: readonly string[];
  };
}

export function samplingHeader(expansion: ClusterExpansion, vacancies: readonly string[]): SamplingHeader {
  const record = expansionRecord(expansion);
  const sha256 = createHash("sha256").update(JSON.stringify(record)).digest("hex");
  return { format: SAMPLING_FORMAT, model: { sha256, lattice: record.lattice, vacancies } };
}
