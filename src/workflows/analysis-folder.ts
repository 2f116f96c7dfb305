/** The folder that an analysis writes into: of lattice runs or of atoms, never parts of two. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { EcitonError } from "../core/errors.ts";
import { tableFormats } from "./analyze-formats.ts";
import { tableNames } from "./analyze-tables.ts";
import { atomTableNames } from "./atoms/analysis/table-names.ts";
import { PROVENANCE } from "./output-files.ts";

/** Page of an analysis of lattice runs. */
export const LATTICE_REPORT = "analysis.html";
/** Page and numbers of an analysis of atoms. */
export const ATOMS_REPORT = "report.html";
export const ATOMS_NUMBERS = "analysis.json";

/** The results of an analysis and of a run share names of files. */
export function checkAnalysisFolder(outDir: string): void {
  if (!existsSync(outDir)) return;
  if (!statSync(outDir).isDirectory())
    throw new EcitonError("usage", `${outDir} is a file; --out needs a folder`, { outDir });
  if (existsSync(join(outDir, PROVENANCE)))
    throw new EcitonError("usage", `${outDir} holds the results of a run; choose another folder with --out`, {
      outDir,
    });
}

/** What an earlier analysis left goes, so that no table of it stands beside those of this one. */
export function removeEarlierAnalysis(outDir: string): void {
  const ofLattices = existsSync(join(outDir, LATTICE_REPORT));
  const ofAtoms = existsSync(join(outDir, ATOMS_NUMBERS));
  if (!ofLattices && !ofAtoms) return;
  const pages = [...(ofLattices ? [LATTICE_REPORT] : []), ...(ofAtoms ? [ATOMS_REPORT, ATOMS_NUMBERS] : [])];
  for (const name of pages) rmSync(join(outDir, name), { force: true });
  for (const name of [...(ofLattices ? [...tableNames, "maps"] : []), ...(ofAtoms ? atomTableNames : [])])
    for (const format of tableFormats) rmSync(join(outDir, `${name}.${format}`), { force: true });
  const csv = join(outDir, "report-csv");
  if (existsSync(csv))
    for (const name of readdirSync(csv)) if (name.endsWith(".csv")) rmSync(join(csv, name));
}
