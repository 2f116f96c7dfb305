/** A parent lattice as files hold it. */
import { EcitonError } from "../core/errors.ts";
import { createParentLattice, type ParentLattice } from "./parent-lattice.ts";

export interface LatticeRecord {
  readonly cell_A: readonly number[];
  readonly periodic: readonly [boolean, boolean, boolean];
  readonly sites: readonly {
    readonly name: string;
    /** Fractional. */
    readonly position: readonly [number, number, number];
    readonly species: readonly string[];
    readonly kind: string;
    readonly layer: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
}

export function latticeRecord(lattice: ParentLattice): LatticeRecord {
  return {
    cell_A: Array.from(lattice.cell),
    periodic: lattice.periodic,
    sites: lattice.sites.map((site, s) => ({
      name: site.name,
      position: Array.from(lattice.fractional.subarray(3 * s, 3 * s + 3)) as [number, number, number],
      species: site.species,
      kind: site.kind,
      layer: site.layer,
      labels: site.labels,
    })),
  };
}

/**
 * @param where named in errors, for example the file
 * @throws {EcitonError} "data" for a record that no lattice can have
 */
export function latticeFromRecord(record: LatticeRecord, where: string): ParentLattice {
  try {
    return createParentLattice({
      cell: record.cell_A,
      periodic: record.periodic,
      coordinates: "fractional",
      sites: record.sites,
    });
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    // Here the fault is in the file, not in the study.
    throw new EcitonError("data", `${where}: ${error.message}`, { ...error.details, file: where }, error);
  }
}
