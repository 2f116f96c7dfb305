/** What the pages and files of build, relax, hop and dynamics have in common. */
import { join } from "node:path";
import type { KeptState } from "../../core/calculator.ts";
import { det3 } from "../../core/linalg.ts";
import { writeExtxyz } from "../../data/formats/extxyz-write.ts";
import type { Structure } from "../../data/structure.ts";
import type { Study } from "../../data/study/schema.ts";
import { writeChunksAtomic } from "../../exec/atomic-file.ts";
import type { ReportModel } from "../../report/model.ts";
import type { Provenance } from "../provenance.ts";
import { provenanceSummary, writeReport } from "../report.ts";
import type { Verdict } from "../verdict.ts";

/** What the head of a page says. */
export interface PageHead {
  readonly verdict: Verdict;
  readonly warnings: readonly string[];
  readonly provenance: Provenance;
  readonly seconds: number;
}

/**
 * Writes report.html, without pictures where the study wants none.
 * @returns path of the page
 */
export function writePage(
  study: Study,
  { verdict, warnings, provenance, seconds }: PageHead,
  { snapshots, ...sections }: Omit<ReportModel, "header">,
  outDir: string,
): string {
  return writeReport(
    {
      header: {
        study: study.report?.title ?? study.name,
        verdict,
        warnings: warnings.map((text) => ({ level: "warning" as const, text })),
        provenance: provenanceSummary(provenance, seconds),
      },
      ...sections,
      ...(snapshots && study.report?.pictures !== false ? { snapshots } : {}),
    },
    outDir,
  );
}

/** Of many structures, paths or replicas with notes a person reads those of so many. */
const MOST_NOTED = 3;

/** What potentials had to say, as warnings. */
export function potentialNotes(
  items: readonly { readonly name: string; readonly notes: readonly string[] }[],
): string[] {
  const noted = items.filter(({ notes }) => notes.length > 0);
  const warnings = noted.slice(0, MOST_NOTED).map(({ name, notes }) => `${name}: ${notes.join("; ")}`);
  return noted.length > MOST_NOTED
    ? [...warnings, `the potential has remarks on ${noted.length - MOST_NOTED} others too`]
    : warnings;
}

/** What a calculation kept for labeling, of the structure that it began with. */
export interface KeptOf {
  readonly from: Pick<Structure, "name" | "species" | "periodic" | "source">;
  readonly kept: readonly KeptState[];
}

/** Writes outside.extxyz where anything was kept, without energies: those of the potential are what is in doubt. */
export function writeKept(outDir: string, items: readonly KeptOf[]): void {
  const structures = items.flatMap(({ from, kept }) =>
    kept.map(({ positions, cell, evaluation, atoms, why }): Structure => {
      const info = { evaluation, outside_atoms: atoms.map((atom) => atom + 1), outside: why };
      const { species, periodic, source } = from;
      return { positions, cell, species, periodic, source, name: `${from.name}-${evaluation}`, info };
    }),
  );
  if (structures.length > 0) writeStructureFile(join(outDir, "outside.extxyz"), structures);
}

/** A file of extended XYZ, written one structure after another. */
export function writeStructureFile(path: string, structures: Iterable<Structure>): void {
  writeChunksAtomic(path, frames(structures));
}

function* frames(structures: Iterable<Structure>): Generator<string> {
  for (const structure of structures) yield writeExtxyz([structure]);
}

/** Å³; undefined for atoms that are not periodic in three directions. */
export function volumeOf({ cell, periodic }: Structure): number | undefined {
  return periodic.every(Boolean) ? Math.abs(det3(cell)) : undefined;
}
