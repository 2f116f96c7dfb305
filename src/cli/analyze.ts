/** `eciton analyze`: finished runs on lattices taken together, or what is measured on atoms. */
import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { EcitonError } from "../core/errors.ts";
import { type LoadedStudy, loadStudy } from "../data/study/load-study.ts";
import type { TableFormat } from "../workflows/analyze-formats.ts";
import type { RunContext } from "../workflows/context.ts";
import {
  observerOption,
  printResult,
  warningLines,
  withContext,
  withStudy,
  workersOption,
} from "./options.ts";

interface AnalyzeOptions {
  readonly json?: boolean;
  readonly out?: string;
  readonly workers?: number;
  readonly dryRun?: boolean;
  readonly study?: string;
  readonly observer: readonly string[];
  readonly format: readonly TableFormat[];
  readonly extxyz?: boolean;
}

const formats = ["csv", "jsonl", "parquet"] as const satisfies readonly TableFormat[];

export function registerAnalyze(program: Command): void {
  program
    .command("analyze")
    .description("finished runs taken together, or structures and trajectories of atoms: tables and one page")
    .argument(
      "<input...>",
      "output folders of eciton run or sample; or files of atoms and output folders of build, relax, dynamics, hop; or a study",
    )
    .option("--json", "print one JSON document on stdout, all talk on stderr")
    .option("--out <dir>", "folder for results (default: eciton-out/analysis)")
    .addOption(workersOption())
    .option("--dry-run", "say what would be analysed; compute and write nothing")
    .option(
      "--study <file>",
      "measure what this study's sample.observe asks for on the runs' trajectories, or its analysis on atoms",
    )
    .addOption(observerOption("measure with on the trajectories"))
    .addOption(
      new Option("--format <list>", `formats of the tables, of ${formats.join(",")}`)
        .argParser(formatList)
        .default(["csv"], "csv"),
    )
    .option("--extxyz", "also write the trajectories as extended XYZ")
    .action(async (inputs: string[], options: AnalyzeOptions) => {
      const { kindOfAll } = await import("../workflows/atoms/analysis/inputs.ts");
      const kind = kindOfAll(inputs);
      if (kind === "lattice") await analyzeLattices(inputs, options);
      else await analyzeFiles(inputs, kind, options);
    });
}

async function analyzeLattices(folders: readonly string[], options: AnalyzeOptions): Promise<void> {
  const loaded = options.study === undefined ? null : loadStudy(options.study);
  if (loaded && !loaded.study.sample?.observe)
    throw new EcitonError(
      "usage",
      `--study ${options.study}: it has no section sample.observe to measure by`,
    );
  await maybeWithStudy(loaded, async () => {
    const { analyzeRuns, readRuns } = await import("../workflows/analyze.ts");
    const { observerPlan } = await import("../workflows/observers.ts");
    const runs = readRuns(folders);
    const observers =
      loaded || options.observer.length > 0
        ? observerPlan(loaded?.study ?? { sample: undefined }, options.observer)
        : null;
    if (options.dryRun) {
      const lines = runs.map(
        (run) =>
          `${run.folder}: study ${run.study}, ${run.states.length} states, ${run.chains.length} chains, ` +
          `${run.trajectories.size} trajectories`,
      );
      if (observers)
        lines.push(`measuring on trajectories with ${options.workers ?? availableParallelism()} threads`);
      printResult(options, { would: lines }, lines);
      return;
    }
    const settings = { formats: options.format, observers, extxyz: options.extxyz ?? false };
    const result = await inFolder(options, (context) => analyzeRuns(runs, settings, context));
    const { report, files, verdict, warnings, differences, pooled, seconds } = result;
    const document = {
      report,
      files,
      verdict,
      warnings,
      runs: runs.map(({ folder, study, modelHash, states }) => ({
        folder,
        study,
        model_sha256: modelHash,
        states: states.length,
      })),
      states: pooled.length,
      differences: differences.length,
      flagged: differences.filter(({ flagged }) => flagged).length,
      seconds,
    };
    printAnalysis(options, document, result);
  });
}

/** Structures and trajectories of atoms. */
async function analyzeFiles(
  inputs: readonly string[],
  kind: "atoms" | "study",
  options: AnalyzeOptions,
): Promise<void> {
  for (const [given, name] of [
    [options.observer.length > 0, "--observer"],
    [options.extxyz, "--extxyz"],
  ] as const)
    if (given) throw new EcitonError("usage", `${name} is for runs on a lattice, found ${inputs[0]}`);
  if (kind === "study" && options.study !== undefined)
    throw new EcitonError("usage", `${inputs[0]} is a study already; --study is for files and folders`);
  const file = kind === "study" ? inputs[0] : options.study;
  const loaded = file === undefined ? null : loadStudy(file);
  if (loaded && !loaded.study.analysis)
    throw new EcitonError("usage", `${file}: it has no section analysis to measure by`);
  await maybeWithStudy(loaded, async () => {
    const { setsOfInputs, setsOfStudy } = await import("../workflows/atoms/analysis/inputs.ts");
    const { describeAnalysis, planAnalysis } = await import("../workflows/atoms/analysis/plan.ts");
    const sets = kind === "study" ? setsOfStudy(loaded!) : setsOfInputs(inputs);
    const plan = planAnalysis(sets, loaded);
    if (options.dryRun) {
      const lines = describeAnalysis(plan);
      printResult(options, { would: lines }, lines);
      return;
    }
    const { analyzeAtoms } = await import("../workflows/atoms/analysis/analyze-atoms.ts");
    const result = await inFolder(options, (context) => analyzeAtoms(plan, options.format, context));
    const { report, files, verdict, seconds } = result;
    printAnalysis(options, { report, files, verdict, ...result.document, seconds }, result);
  });
}

function maybeWithStudy(loaded: LoadedStudy | null, work: () => Promise<void>): Promise<void> {
  return loaded ? withStudy(loaded, work) : work();
}

function inFolder<Result>(
  options: AnalyzeOptions,
  work: (context: RunContext) => Promise<Result>,
): Promise<Result> {
  return withContext({ study: { name: "analysis" } }, options, work, "the analysis ends");
}

interface Analysed {
  readonly report: string;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
  readonly verdict: { readonly text: string };
  readonly seconds: number;
}

function printAnalysis(
  options: AnalyzeOptions,
  document: unknown,
  { report, files, warnings, verdict, seconds }: Analysed,
): void {
  printResult(options, document, [
    verdict.text,
    ...warningLines(warnings),
    ...files.map((file) => `table:  ${file}`),
    `report: ${report}`,
    `${seconds.toFixed(1)} s`,
  ]);
}

function formatList(text: string): TableFormat[] {
  return text.split(",").map((name) => {
    const found = formats.find((format) => format === name.trim());
    if (!found) throw new InvalidArgumentError(`"${name}" is none of ${formats.join(", ")}.`);
    return found;
  });
}
