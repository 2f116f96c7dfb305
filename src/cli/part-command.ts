/** What the commands that do one part of a study (build, relax, dynamics, hop) have in common. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { type EcitonError, exitCodeOf } from "../core/errors.ts";
import type { LoadedStudy } from "../data/study/load-study.ts";
import type { RunContext } from "../workflows/context.ts";
import {
  type CommonOptions,
  loadStudyWith,
  outDirOf,
  printResult,
  warningLines,
  withCommonOptions,
  withContext,
  withStudy,
} from "./options.ts";

export interface PartResult {
  readonly report: string;
  readonly warnings: readonly string[];
  /** One short sentence in plain words. */
  readonly verdict: { readonly text: string };
  /** For --json, beside report, warnings and verdict. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Lines for a person after the verdict: names of files, the main figures. */
  readonly lines: readonly string[];
  readonly seconds: number;
  /** Results are there, but not all that was asked for (not converged): printed after them, and decides the exit code. */
  readonly failure: EcitonError | null;
}

/** The workflow of a part; loaded late, because neither help nor a faulty study should wait for its libraries. */
export interface PartWorkflow<Plan> {
  /**
   * Reads and checks everything; nothing is written.
   * @param outDir folder for results, where those of an earlier command may lie that this one needs
   */
  plan(loaded: LoadedStudy, outDir: string): Plan | Promise<Plan>;
  /** What would run, how much memory, how long: lines for --dry-run. */
  describe(plan: Plan, workers: number): readonly string[] | Promise<readonly string[]>;
  finished(plan: Plan, context: RunContext): boolean;
  run(plan: Plan, context: RunContext): Promise<PartResult>;
}

export function registerPart<Plan>(
  program: Command,
  name: string,
  description: string,
  load: () => Promise<PartWorkflow<Plan>>,
): void {
  const command = program
    .command(name)
    .description(description)
    .argument("<study>", "study file (YAML or JSON)");
  withCommonOptions(command).action(async (file: string, options: CommonOptions) => {
    const loaded = loadStudyWith(file, options);
    await withStudy(loaded, async () => {
      const workflow = await load();
      const plan = await workflow.plan(loaded, outDirOf(loaded, options));
      if (options.dryRun) {
        const lines = await workflow.describe(plan, options.workers ?? availableParallelism());
        printResult(options, { would: lines }, lines);
        return;
      }
      const result = await withContext(loaded, options, async (context) => {
        if (!workflow.finished(plan, context)) return workflow.run(plan, context);
        const report = join(context.outDir, "report.html");
        printResult(options, { already_finished: true, report }, [
          `already finished: ${report}; without --resume it is done again`,
        ]);
        return null;
      });
      if (result === null) return;
      const { report, warnings, verdict, document, lines, seconds, failure } = result;
      const failed = failure ? { failure: { code: failure.code, message: failure.message } } : {};
      printResult(options, { report, verdict, warnings, ...document, ...failed, seconds }, [
        verdict.text,
        ...warningLines(warnings),
        ...lines,
        `report: ${report}`,
        `${seconds.toFixed(1)} s`,
      ]);
      if (!failure) return;
      // Not thrown: with --json the one document has been printed.
      process.stderr.write(`eciton: ${failure.message}\n`);
      process.exitCode = exitCodeOf(failure.code);
    });
  });
}
