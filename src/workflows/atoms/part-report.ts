/** What the pages and files of build, relax, hop and dynamics have in common. */
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
