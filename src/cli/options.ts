/** The options that every command has, and what they turn into. */
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { EcitonError } from "../core/errors.ts";
import { type LoadedStudy, loadStudy, type Overrides } from "../data/study/load-study.ts";
import type { Study } from "../data/study/schema.ts";
import { slurmSection } from "../data/study/slurm-schema.ts";
import { createExecutor } from "../exec/executor.ts";
import { createSlurmExecutor, refuseLiveJobs, taskFoldersIn } from "../exec/slurm.ts";
import type { RunContext } from "../workflows/context.ts";
import { ecitonVersion } from "../workflows/provenance.ts";
import { pathOf } from "../workflows/study-paths.ts";

export interface CommonOptions {
  readonly json?: boolean;
  readonly out?: string;
  readonly seed?: number;
  readonly workers?: number;
  readonly dryRun?: boolean;
  readonly resume?: boolean;
}

/** Options of the commands that run chains. */
export interface ExecutorOptions {
  readonly executor?: "threads" | "slurm";
  readonly detach?: boolean;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("expected a whole number, 0 or more.");
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("expected a number above zero.");
  return value;
}

/** "4,4,1" or nine integers. */
export function supercellOption(text: string): number[] | number[][] {
  const numbers = text.split(",").map(Number);
  if (!numbers.every(Number.isInteger) || (numbers.length !== 3 && numbers.length !== 9))
    throw new InvalidArgumentError("expected three or nine integers, for example 4,4,1.");
  return numbers.length === 3 ? numbers : [numbers.slice(0, 3), numbers.slice(3, 6), numbers.slice(6)];
}

/** Adds the options that the design gives to every command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON document on stdout, all talk on stderr")
    .option("--out <dir>", "folder for results (default: eciton-out/<name of the study>)")
    .addOption(new Option("--seed <n>", "use this seed instead of the study's").argParser(wholeNumber))
    .addOption(workersOption())
    .option("--dry-run", "say what would run, how much memory and how long; compute nothing")
    .option("--resume", "go on where an earlier run into the same folder stopped");
}

export function workersOption(): Option {
  return new Option(
    "--workers <n>",
    "threads; 0 computes in the main thread (default: every core)",
  ).argParser(wholeNumber);
}

/** @param use what the module is for */
export function observerOption(use: string): Option {
  return new Option("--observer <file>", `module of your own to ${use}; may be repeated`)
    .argParser((file: string, before: readonly string[]) => [...before, file])
    .default([], "none");
}

export function withExecutorOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--executor <name>",
        "where chains run: threads of this machine, or slurm jobs (section slurm)",
      )
        .choices(["threads", "slurm"])
        .default("threads"),
    )
    .option("--detach", "with --executor slurm: submit the jobs and do not wait for them");
}

export function loadStudyWith(file: string, options: CommonOptions, more: Overrides = {}): LoadedStudy {
  const overrides: Record<string, unknown> = { ...more };
  if (options.seed !== undefined) overrides.seed = options.seed;
  return loadStudy(file, overrides);
}

/** Does something with a study; an error that names a path in the study gets its file and line too. */
export async function withStudy<Result>(
  loaded: LoadedStudy,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    const path = pathOf(error);
    if (path === "" || !error.message.startsWith(path)) throw error;
    const message = `${loaded.locate(path)}: ${error.message}`;
    throw new EcitonError(error.code, message, { ...error.details, file: loaded.file }, error);
  }
}

/** Folder for results. */
export function outDirOf(loaded: { readonly study: Pick<Study, "name"> }, options: CommonOptions): string {
  return options.out ?? join("eciton-out", loaded.study.name);
}

/** Runs a workflow with an executor and Ctrl-C wired to its signal, and cleans up after it. */
export async function withContext<Result>(
  loaded: { readonly study: Pick<Study, "name" | "slurm"> },
  options: CommonOptions & ExecutorOptions,
  work: (context: RunContext) => Promise<Result>,
  onInterrupt = "writing checkpoints",
): Promise<Result> {
  const onSlurm = options.executor === "slurm";
  const resume = options.resume ?? false;
  const outDir = outDirOf(loaded, options);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  if (options.detach && !onSlurm)
    throw new EcitonError("usage", "--detach needs --executor slurm: threads end with this process");
  // Before anything of an earlier run is removed.
  if (!(onSlurm && resume) && taskFoldersIn(outDir).length > 0) await refuseLiveJobs(outDir);
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    const what = onSlurm ? "no longer waiting for the jobs" : onInterrupt;
    say(`\ninterrupted: ${what} (press Ctrl-C again to stop at once)`);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const executor = createExecutor(options.workers ?? availableParallelism());
  const chainExecutor = onSlurm
    ? createSlurmExecutor({
        settings: loaded.study.slurm ?? slurmSection.parse({}),
        outDir,
        resume,
        detach: options.detach ?? false,
        version: ecitonVersion(),
        say,
      })
    : executor;
  try {
    return await work({
      executor,
      chainExecutor,
      // Jobs need not start in this folder.
      outDir: onSlurm ? resolve(outDir) : outDir,
      resume,
      signal: controller.signal,
      say,
      command: `eciton ${process.argv.slice(2).join(" ")}`,
    });
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    await executor.close();
  }
}

/** Of many warnings a person reads so many; the report has all. */
const MOST_WARNINGS = 10;

export function warningLines(warnings: readonly string[]): string[] {
  const more = warnings.length - MOST_WARNINGS;
  return [
    ...warnings.slice(0, MOST_WARNINGS).map((text) => `warning: ${text}`),
    ...(more > 0 ? [`and ${more} more warnings, all in the report`] : []),
  ];
}

/** Prints the one document of a command: JSON, or the lines for a person. */
export function printResult(options: CommonOptions, document: unknown, lines: readonly string[]): void {
  process.stdout.write(`${options.json ? JSON.stringify(document) : lines.join("\n")}\n`);
}
