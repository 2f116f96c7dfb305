/** What is told of each structure that was mapped or refused. */
import type { Configuration } from "../configuration.ts";

export const rejectionCodes = [
  "cell", // the file's cell cannot be compared with the lattice
  "species", // a species that no site holds
  "moment", // magnetic moments are missing or ambiguous
  "oxidation-state", // formal charges are missing or not in the rules
  "composition", // no number of parent cells can hold these atoms
  "volume", // the composition fits, the volume does not
  "strain", // no supercell of the right size has nearly this shape
  "displacement", // an atom is too far from every site that could be its own
  "crowded", // two atoms want one site
  "ambiguous", // two mappings that differ are about as good
  "charge", // the charges do not add up
] as const;

export type RejectionCode = (typeof rejectionCodes)[number];

/** An atom whose magnetic moment does not tell its species. */
export interface AmbiguousAtom {
  /** Number of the atom in the file, from 0. */
  readonly atom: number;
  readonly element: string;
  readonly moment: number;
}

/** Fields are null where the mapping did not get so far. */
export interface MappingReport {
  readonly id: string;
  readonly source: { readonly file: string; readonly line: number | null };
  /** Integer rows: the supercell in units of the parent cell. */
  readonly supercell: readonly number[] | null;
  readonly numCells: number | null;
  /** Distances of the atoms from their sites, after rigid shift and strain are taken off, Å. */
  readonly largestDisplacement_A: number | null;
  readonly meanDisplacement_A: number | null;
  readonly strain: {
    /** Volume (area, length) of a parent cell in the structure over that of the lattice. */
    readonly volumeRatio: number;
    /** Frobenius norm of V/s - 1: the change of shape. */
    readonly shape: number;
  } | null;
  /** Unmatched sites by site name. */
  readonly vacancies: Readonly<Record<string, number>>;
  /** e; null when no charges are given. */
  readonly charge: number | null;
  readonly ambiguousAtoms: readonly AmbiguousAtom[];
  readonly notes: readonly string[];
}

export type MappingResult =
  | { readonly accepted: true; readonly configuration: Configuration; readonly report: MappingReport }
  | {
      readonly accepted: false;
      readonly code: RejectionCode;
      /** One sentence with the numbers. */
      readonly reason: string;
      readonly report: MappingReport;
    };

/** One line for people. */
export function mappingLine(result: MappingResult): string {
  const { report } = result;
  const parts = [`${report.id}:`];
  if (result.accepted) parts.push("mapped");
  else parts.push(`rejected (${result.code}): ${result.reason}`);
  if (report.numCells !== null) parts.push(`| ${report.numCells} cells [${report.supercell?.join(" ")}]`);
  if (report.largestDisplacement_A !== null && report.meanDisplacement_A !== null)
    parts.push(
      `| displacement ${report.largestDisplacement_A.toFixed(3)} Å at most, ${report.meanDisplacement_A.toFixed(3)} Å mean`,
    );
  if (report.strain)
    parts.push(
      `| volume x ${report.strain.volumeRatio.toFixed(4)}, shape strain ${report.strain.shape.toFixed(4)}`,
    );
  const vacancies = Object.entries(report.vacancies);
  if (vacancies.length > 0)
    parts.push(`| vacancies ${vacancies.map(([site, count]) => `${count} on ${site}`).join(", ")}`);
  if (report.charge !== null) parts.push(`| charge ${report.charge}`);
  for (const { atom, element, moment } of report.ambiguousAtoms)
    parts.push(`| atom ${atom + 1} (${element}): |moment| ${Math.abs(moment)} tells no species`);
  for (const note of report.notes) parts.push(`| ${note}`);
  return parts.join(" ");
}
