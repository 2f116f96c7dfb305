/** `eciton analyze` on structures and trajectories of atoms: tables, the main numbers as JSON, one page. */
import { cpus } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { EcitonError } from "../../../core/errors.ts";
import { strictJson, writeFileAtomic } from "../../../exec/atomic-file.ts";
import { startProgress } from "../../../exec/progress.ts";
import { count } from "../../../report/numbers.ts";
import { renderReport } from "../../../report/render.ts";
import {
  ATOMS_NUMBERS,
  ATOMS_REPORT,
  checkAnalysisFolder,
  removeEarlierAnalysis,
} from "../../analysis-folder.ts";
import { formatTable, type TableFormat } from "../../analyze-formats.ts";
import type { RunContext } from "../../context.ts";
import { ecitonVersion, hashFile } from "../../provenance.ts";
import type { Verdict } from "../../verdict.ts";
import { atomsPictures } from "../atoms-pictures.ts";
import { caloricCurves } from "../caloric.ts";
import { compareSets } from "./comparison.ts";
import { poolCurves } from "./curve.ts";
import { analysisDocument } from "./document.ts";
import { type FileResult, fileTask } from "./file-task.ts";
import type { AtomsAnalysisPlan } from "./plan.ts";
import { type Measurements, reportParts } from "./report-parts.ts";
import { atomTables, type CaloricOf, type MeasuredSet } from "./tables.ts";

export interface AtomsAnalysisResult {
  readonly report: string;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
  readonly verdict: Verdict;
  /** All main numbers. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/**
 * Everything is computed before the first file is written.
 * @throws {EcitonError} "usage" for an output folder that holds a run, "data" for files that cannot be used, "cancelled"
 *   after an interruption
 */
export async function analyzeAtoms(
  plan: AtomsAnalysisPlan,
  formats: readonly TableFormat[],
  context: RunContext,
): Promise<AtomsAnalysisResult> {
  const start = performance.now();
  const { outDir } = context;
  checkAnalysisFolder(outDir);
  const { results, references } = await measureFiles(plan, context);
  const warnings = [...plan.warnings];
  for (const result of [...results, ...references])
    for (const warning of result.warnings) if (!warnings.includes(warning)) warnings.push(warning);
  const sets = plan.sets.map(
    ({ name }, index): MeasuredSet => ({
      name,
      curves: poolCurves(results.filter((_, f) => plan.files[f].set === index)),
    }),
  );
  const caloric = plan.section.caloric ? caloricOf(plan, warnings) : [];
  const comparison = compareSets(plan, results, references, warnings);
  if (context.signal.aborted) throw interrupted();
  const measured: Measurements = { plan, sets, results, caloric, comparison };
  const contents = atomTables(plan, sets, results, caloric, comparison).flatMap((table) =>
    formats.map((format) => ({ name: `${table.name}.${format}`, content: formatTable(table, format) })),
  );
  const verdict = verdictOf(plan, results, contents.length, warnings);
  const document = analysisDocument(measured, warnings);
  const inputs = [...plan.files, ...plan.references].map(({ path }) => hashFile(path));
  const rendered = renderReport({
    header: {
      study: plan.study?.study.report?.title ?? plan.study?.study.name ?? `Analysis of ${describeSets(plan)}`,
      verdict,
      warnings: warnings.map((text) => ({ level: "warning" as const, text })),
      provenance: {
        version: ecitonVersion(),
        seed: plan.seed,
        date: new Date().toISOString(),
        command: context.command,
        cores: cpus().length,
        wallTime_s: (performance.now() - start) / 1000,
        inputs,
        resolvedStudy: stringify({ analysis: plan.section }),
      },
    },
    atoms: { sets: summaries(plan, results), parts: reportParts(measured) },
    ...picturesOf(plan, results),
  });
  if (context.signal.aborted) throw interrupted();

  removeEarlierAnalysis(outDir);
  const written = (name: string) => join(outDir, name);
  for (const { name, content } of contents) writeFileAtomic(written(name), content);
  for (const [name, text] of rendered.csv) writeFileAtomic(written(name), text);
  const provenance = { eciton: ecitonVersion(), command: context.command, seed: plan.seed, inputs };
  writeFileAtomic(
    written(ATOMS_NUMBERS),
    `${strictJson({ ...document, warnings, analysis: plan.section, provenance }, 1)}\n`,
  );
  writeFileAtomic(written(ATOMS_REPORT), rendered.html);
  return {
    report: written(ATOMS_REPORT),
    files: [...contents.map(({ name }) => written(name)), written(ATOMS_NUMBERS)],
    warnings,
    verdict,
    document,
    seconds: (performance.now() - start) / 1000,
  };
}

function interrupted(): EcitonError {
  return new EcitonError("cancelled", "interrupted: the analysis is not finished, and nothing was written");
}

async function measureFiles(plan: AtomsAnalysisPlan, context: RunContext) {
  const all = [...plan.files, ...plan.references];
  context.say(`measuring on ${count(all.length, "file")}`);
  const bar = startProgress("Files", all.length);
  let done = 0;
  let results: (FileResult | null)[];
  try {
    results = await context.executor.map<FileResult | null>(
      fileTask,
      all.map(({ payload }) => payload),
      {
        signal: context.signal,
        names: all.map(({ path }) => path),
        onResult: () => bar.update(++done),
      },
    );
  } finally {
    bar.end();
  }
  const finished = results.filter((result) => result !== null);
  if (finished.length < results.length) throw interrupted();
  return { results: finished.slice(0, plan.files.length), references: finished.slice(plan.files.length) };
}

/** Energies of finished runs: replicas of one structure together. */
function caloricOf(plan: AtomsAnalysisPlan, warnings: string[]): CaloricOf[] {
  const potential = plan.section.caloric!.energy === "potential";
  return plan.sets.flatMap(({ name, runs }) =>
    runs.flatMap(({ folder, replicas }) => {
      const structures = [...new Set(replicas.map(({ structure }) => structure))];
      const found = structures.flatMap((structure) =>
        caloricCurves(
          replicas
            .filter((replica) => replica.structure === structure)
            .map(({ result }) => ({
              ...result,
              segments: potential
                ? result.segments.map((segment) => ({ ...segment, total_eV: segment.potential_eV }))
                : result.segments,
            })),
        ).map((caloric) => ({ set: name, structure, caloric })),
      );
      if (found.length === 0 && plan.study?.study.analysis?.caloric)
        warnings.push(`${folder}: fewer than three temperatures were measured, which are no caloric curve`);
      return found;
    }),
  );
}

function describeSets({ sets }: AtomsAnalysisPlan): string {
  return sets.length === 1 ? sets[0].name : count(sets.length, "data set");
}

function verdictOf(
  plan: AtomsAnalysisPlan,
  results: readonly FileResult[],
  tables: number,
  warnings: readonly string[],
): Verdict {
  const frames = results.reduce((sum, result) => sum + result.frames, 0);
  const text = `${count(frames, "frame")} of ${count(results.length, "file")} in ${count(plan.sets.length, "data set")} measured.`;
  if (tables === 0)
    return { level: "problem", text: `${text} Nothing of what was asked for could be found.` };
  return { level: warnings.length > 0 ? "warning" : "ok", text };
}

function summaries({ sets, files }: AtomsAnalysisPlan, results: readonly FileResult[]) {
  return sets.map(({ name }, index) => {
    const own = results.filter((_, f) => files[f].set === index);
    const fewest = own.reduce((least, { atoms }) => Math.min(least, atoms[0]), Number.POSITIVE_INFINITY);
    const most = own.reduce((largest, { atoms }) => Math.max(largest, atoms[1]), 0);
    const species = files.filter(({ set }) => set === index).flatMap(({ about }) => about.species);
    return {
      name,
      files: own.length,
      frames: own.reduce((sum, { frames }) => sum + frames, 0),
      atoms: own.length === 0 ? "–" : fewest === most ? String(most) : `${fewest} to ${most}`,
      species: [...new Set(species)].sort().join(", "),
    };
  });
}

function picturesOf({ sets, files }: AtomsAnalysisPlan, results: readonly FileResult[]) {
  const pictures = results.flatMap((result, f) =>
    result.pictures.map((structure, k) => ({
      name: sets[files[f].set].name,
      label: `${k === 0 ? "first" : "last"} frame${structure.name === "" ? "" : `, ${structure.name}`}`,
      structure,
    })),
  );
  return pictures.length === 0 ? {} : { snapshots: atomsPictures("Structures", "Data set", pictures) };
}
