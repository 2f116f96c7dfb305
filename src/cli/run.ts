/** `eciton run`, `eciton fit`, `eciton sample`: all parts of a study, or one. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import type { ModelErrors } from "../workflows/fit-errors.ts";
import type { RunParts } from "../workflows/plan.ts";
import type { RunResult } from "../workflows/run.ts";
import {
  type CommonOptions,
  type ExecutorOptions,
  loadStudyWith,
  observerOption,
  printResult,
  warningLines,
  withCommonOptions,
  withContext,
  withExecutorOptions,
  withStudy,
} from "./options.ts";

const commands: readonly { readonly name: string; readonly description: string; readonly parts: RunParts }[] =
  [
    {
      name: "run",
      description: "do every section the study has (fit, sample) and write one report.html",
      parts: { fit: true, sample: true },
    },
    {
      name: "fit",
      description: "fit a cluster expansion to the study's data: model.json and a report",
      parts: { fit: true, sample: false },
    },
    {
      name: "sample",
      description: "Monte Carlo of the study's own model (section model: terms or a file) and a report",
      parts: { fit: false, sample: true },
    },
  ];

interface RunOptions extends CommonOptions, ExecutorOptions {
  readonly observer?: string[];
}

export function registerRun(program: Command): void {
  for (const { name, description, parts } of commands) {
    const command = program
      .command(name)
      .description(description)
      .argument("<study>", "study file (YAML or JSON)");
    if (parts.sample) withExecutorOptions(command).addOption(observerOption("measure with"));
    withCommonOptions(command).action(async (file: string, options: RunOptions) => {
      const loaded = loadStudyWith(file, options);
      await withStudy(loaded, async () => {
        // Loaded here because neither help nor a faulty study should wait for the libraries of the report.
        const { planRun } = await import("../workflows/plan.ts");
        const { finalErrors } = await import("../workflows/report-fit.ts");
        const plan = await planRun(loaded, parts, options.observer);
        if (options.dryRun) {
          const { describePlan } = await import("../workflows/describe-plan.ts");
          const lines = describePlan(plan, parts, options.workers ?? availableParallelism());
          printResult(options, { would: lines }, lines);
          return;
        }
        const { alreadyFinished, runStudy } = await import("../workflows/run.ts");
        const result = await withContext(loaded, options, async (context) => {
          if (!alreadyFinished(plan, parts, context)) return runStudy(plan, parts, context);
          const report = join(context.outDir, "report.html");
          printResult(options, { already_finished: true, report }, [
            `already finished: ${report}; without --resume it is done again`,
          ]);
          return null;
        });
        if (result === null) return;
        const errors = result.fit ? finalErrors(result.fit) : null;
        printResult(options, documentOf(result, errors), linesOf(result));
      });
    });
  }
}

function documentOf(result: RunResult, errors: ModelErrors | null) {
  const { fit, data } = result;
  return {
    report: result.report,
    model: result.model,
    verdict: result.verdict,
    warnings: result.warnings,
    ...(result.claims ? { claims: result.claims } : {}),
    fit:
      fit && errors && data
        ? {
            configurations: data.configurations.length,
            rejected: data.mapping.filter((m) => !m.accepted).length,
            clusters: fit.setup.problem.columns,
            terms: fit.expansion.terms.map((term) => ({
              label: term.label,
              coefficient_eV: term.coefficient,
            })),
            unit: fit.setup.errorUnit,
            training: errors.trainingSizes,
            cross_validation: errors.cvSizes,
            dependencies: fit.dependencies.dependencies.map(({ text }) => text),
            cpu_s: fit.cpuSeconds,
          }
        : null,
    states: result.states.map(({ maps: _, ...state }) => state),
    ...result.methods,
    seconds: result.seconds,
  };
}

function linesOf(result: RunResult): string[] {
  return [
    result.verdict.text,
    ...warningLines(result.warnings),
    ...claimLines(result),
    ...(result.model ? [`model:  ${result.model}`] : []),
    ...(result.report ? [`report: ${result.report}`] : []),
    `${result.seconds.toFixed(1)} s`,
  ];
}

const claimWords = { holds: "holds", fails: "DOES NOT HOLD", open: "cannot be told" } as const;

function claimLines({ claims }: RunResult): string[] {
  return (claims?.claims ?? []).map(({ text, outcome }) => `claim ${claimWords[outcome]}: ${text}`);
}
