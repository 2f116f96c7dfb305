/** `eciton analyze`: finished runs taken together. */
import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { EcitonError } from "../core/errors.ts";
import { loadStudy } from "../data/study/load-study.ts";
import type { TableFormat } from "../workflows/analyze-formats.ts";
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
    .description("finished runs taken together: tables, pooled averages, comparison of cells, one page")
    .argument("<dir...>", "output folders of eciton run or eciton sample")
    .option("--json", "print one JSON document on stdout, all talk on stderr")
    .option("--out <dir>", "folder for results (default: eciton-out/analysis)")
    .addOption(workersOption())
    .option("--dry-run", "say what would be analysed; compute and write nothing")
    .option("--study <file>", "measure what this study's sample.observe asks for on the runs' trajectories")
    .addOption(observerOption("measure with on the trajectories"))
    .addOption(
      new Option("--format <list>", `formats of the tables, of ${formats.join(",")}`)
        .argParser(formatList)
        .default(["csv"], "csv"),
    )
    .option("--extxyz", "also write the trajectories as extended XYZ")
    .action(async (folders: string[], options: AnalyzeOptions) => {
      const loaded = options.study === undefined ? null : loadStudy(options.study);
      if (loaded && !loaded.study.sample?.observe)
        throw new EcitonError(
          "usage",
          `--study ${options.study}: it has no section sample.observe to measure by`,
        );
      const work = async () => {
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
        const result = await withContext(
          { study: { name: "analysis" } },
          options,
          (context) => analyzeRuns(runs, settings, context),
          "the analysis ends",
        );
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
        printResult(options, document, [
          verdict.text,
          ...warningLines(warnings),
          ...files.map((file) => `table:  ${file}`),
          `report: ${report}`,
          `${seconds.toFixed(1)} s`,
        ]);
      };
      await (loaded ? withStudy(loaded, work) : work());
    });
}

function formatList(text: string): TableFormat[] {
  return text.split(",").map((name) => {
    const found = formats.find((format) => format === name.trim());
    if (!found) throw new InvalidArgumentError(`"${name}" is none of ${formats.join(", ")}.`);
    return found;
  });
}
