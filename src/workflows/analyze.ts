/** `analyze`: finished runs taken together, as tables and one page. */
import { realpathSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { EcitonError } from "../core/errors.ts";
import { openTrajectory } from "../data/trajectory.ts";
import { trajectoryExtxyz } from "../data/trajectory-extxyz.ts";
import { writeChunksAtomic, writeFileAtomic } from "../exec/atomic-file.ts";
import type { ReportModel } from "../report/model.ts";
import { count } from "../report/numbers.ts";
import { renderReport } from "../report/render.ts";
import { checkAnalysisFolder, LATTICE_REPORT, removeEarlierAnalysis } from "./analysis-folder.ts";
import { formatTable, type TableFormat } from "./analyze-formats.ts";
import { Labels } from "./analyze-labels.ts";
import {
  type CellDifference,
  compareCells,
  FLAG_SIGMAS,
  type PooledState,
  poolStates,
  quantitiesOf,
  type RunEntry,
} from "./analyze-pool.ts";
import { analysisSummary, cellComparisons, observationSummary } from "./analyze-report.ts";
import { type AnalysedRun, readRun } from "./analyze-runs.ts";
import { snapshotMaps } from "./analyze-snapshots.ts";
import { analysisTables, mapTable, shortHash } from "./analyze-tables.ts";
import { type Measured, measureTrajectories } from "./analyze-trajectories.ts";
import type { RunContext } from "./context.ts";
import type { ObserverPlan } from "./observers.ts";
import { numbered } from "./output-files.ts";
import { ecitonVersion, hashFile } from "./provenance.ts";

export interface AnalysisOptions {
  readonly formats: readonly TableFormat[];
  /** What to measure anew on the trajectories; null to take only what the runs have measured. */
  readonly observers: ObserverPlan | null;
  /** Also write every trajectory as extended XYZ. */
  readonly extxyz: boolean;
}

export interface AnalysisResult {
  readonly report: string;
  readonly files: readonly string[];
  readonly runs: readonly AnalysedRun[];
  readonly pooled: readonly PooledState[];
  readonly differences: readonly CellDifference[];
  readonly warnings: readonly string[];
  readonly verdict: { readonly level: "ok" | "warning" | "problem"; readonly text: string };
  readonly seconds: number;
}

/**
 * Reads and checks all folders.
 * @throws {EcitonError} "usage" for a folder given twice, "data" for one that is no finished run
 */
export function readRuns(folders: readonly string[]): AnalysedRun[] {
  const runs = folders.map(readRun);
  const places = folders.map((folder) => realpathSync(folder));
  places.forEach((place, i) => {
    const first = places.indexOf(place);
    if (first < i)
      throw new EcitonError("usage", `${folders[i]} is the same folder as ${folders[first]}; give it once`);
  });
  return runs;
}

/**
 * Analyses runs and writes `<out>`: analysis.html, its CSV files and the tables. Everything is computed before the first
 * file is written.
 * @throws {EcitonError} "usage" for an output folder that holds a run, "data" for runs and trajectories that cannot be
 *   used, "cancelled" after an interruption
 */
export async function analyzeRuns(
  runs: readonly AnalysedRun[],
  options: AnalysisOptions,
  context: RunContext,
): Promise<AnalysisResult> {
  const start = performance.now();
  const { outDir } = context;
  checkAnalysisFolder(outDir);
  if (options.extxyz && runs.every(({ trajectories }) => trajectories.size === 0))
    throw new EcitonError(
      "data",
      "there is nothing to write as extended XYZ: no run has trajectories; sample again with sample.trajectory in the study",
    );
  const measured = options.observers ? await measureTrajectories(runs, options.observers, context) : null;
  if (context.signal.aborted) throw interrupted();
  const entries = runs.flatMap((run) => run.states.map((state) => entryOf(run, state, measured)));
  const { states: pooled, warnings: copies } = poolStates(entries);
  const differences = compareCells(pooled);
  const warnings = [...modelWarnings(runs), ...copies, ...(measured?.warnings ?? [])];
  const verdict = verdictOf(pooled, differences, warnings);
  const tables = [
    ...analysisTables(entries, runs, pooled, differences),
    ...(measured && measured.maps.length > 0 ? [mapTable(measured.maps)] : []),
  ];
  const contents = tables.flatMap((table) =>
    options.formats.map((format) => ({
      name: `${table.name}.${format}`,
      content: formatTable(table, format),
    })),
  );
  const labels = new Labels(pooled);
  const model: ReportModel = {
    header: {
      study: `Analysis of ${count(runs.length, "run")}`,
      verdict,
      warnings: warnings.map((text) => ({ level: "warning", text })),
      provenance: {
        version: ecitonVersion(),
        date: new Date().toISOString(),
        command: context.command,
        cores: cpus().length,
        wallTime_s: (performance.now() - start) / 1000,
        inputs: runs.map(({ folder }) => ({
          file: join(folder, "sampling.json"),
          sha256: hashFile(join(folder, "sampling.json")).sha256,
        })),
      },
    },
    mc: analysisSummary(runs, pooled, labels),
    snapshotMaps: modelsOf(runs).flatMap((hash, _, all) =>
      snapshotMaps(
        pooled.filter(({ modelHash }) => modelHash === hash),
        (state) => labels.of(state),
        all.length > 1 ? `, model ${shortHash(hash)}` : "",
      ),
    ),
    comparisons: cellComparisons(differences, labels),
  };
  const observations = observationSummary(pooled, labels);
  const rendered = renderReport(observations ? { ...model, observations } : model);
  if (context.signal.aborted) throw interrupted();

  removeEarlierAnalysis(outDir);
  const written = (name: string) => join(outDir, name);
  for (const { name, content } of contents) writeFileAtomic(written(name), content);
  for (const [name, text] of rendered.csv) writeFileAtomic(written(name), text);
  const frames = options.extxyz ? await writeFrames(runs, context) : [];
  writeFileAtomic(written(LATTICE_REPORT), rendered.html);
  return {
    report: written(LATTICE_REPORT),
    files: [...contents.map(({ name }) => written(name)), ...frames],
    runs,
    pooled,
    differences,
    warnings,
    verdict,
    seconds: (performance.now() - start) / 1000,
  };
}

function interrupted(): EcitonError {
  return new EcitonError("cancelled", "interrupted: the analysis is not finished");
}

function entryOf(run: AnalysedRun, state: RunEntry["state"], measured: Measured | null): RunEntry {
  const own = quantitiesOf(state);
  const anew = measured?.observations.get(state) ?? [];
  const names = new Set(anew.map(({ name }) => name));
  return {
    run,
    state,
    // What was measured again stands for what the run measured by the same name.
    quantities: [
      ...own.filter(({ kind, name }) => kind !== "observation" || !names.has(name)),
      ...anew.map((observation) => ({ kind: "observation" as const, ...observation })),
    ],
  };
}

function modelsOf(runs: readonly AnalysedRun[]): string[] {
  return [...new Set(runs.map(({ modelHash }) => modelHash))];
}

function modelWarnings(runs: readonly AnalysedRun[]): string[] {
  const models = modelsOf(runs);
  if (models.length === 1) return [];
  const folders = (hash: string) =>
    runs
      .filter(({ modelHash }) => modelHash === hash)
      .map(({ folder }) => folder)
      .join(", ");
  return [
    `the runs sampled ${models.length} different models, whose states are neither pooled nor compared: ` +
      models.map((hash) => `${shortHash(hash)} in ${folders(hash)}`).join("; "),
  ];
}

function verdictOf(
  pooled: readonly PooledState[],
  differences: readonly CellDifference[],
  warnings: readonly string[],
): AnalysisResult["verdict"] {
  const settled = pooled.filter(({ equilibrated }) => equilibrated).length;
  const flagged = differences.filter((difference) => difference.flagged).length;
  const sentences = [
    settled === pooled.length
      ? `All ${count(pooled.length, "state")} settled.`
      : `${settled} of ${count(pooled.length, "state")} settled; the others need longer chains.`,
    ...(differences.length === 0
      ? []
      : [
          flagged === 0
            ? `No difference between cells is beyond ${FLAG_SIGMAS} standard errors (${differences.length} were compared).`
            : `${flagged} of ${count(differences.length, "difference")} between cells ${flagged === 1 ? "is" : "are"} beyond ${FLAG_SIGMAS} standard errors.`,
        ]),
  ];
  const fine = settled === pooled.length && flagged === 0 && warnings.length === 0;
  return { level: settled === 0 ? "problem" : fine ? "ok" : "warning", text: sentences.join(" ") };
}

/** Frame by frame: a trajectory may be larger than memory. */
async function writeFrames(runs: readonly AnalysedRun[], context: RunContext): Promise<string[]> {
  const paths: string[] = [];
  for (const [r, run] of runs.entries())
    for (const [chain, path] of run.trajectories) {
      // Lets a pending interruption be seen between files.
      await new Promise((resolve) => setImmediate(resolve));
      if (context.signal.aborted) throw interrupted();
      const trajectory = openTrajectory(path);
      try {
        const to = join(context.outDir, "frames", `run-${r + 1}-${numbered("chain", chain)}.extxyz`);
        writeChunksAtomic(to, trajectoryExtxyz(trajectory, { vacancies: run.vacancies, absent: "dummy" }));
        paths.push(to);
      } finally {
        trajectory.close();
      }
    }
  return paths;
}
