/** Every part of a study that a command does, in order, and one report. */
import { join } from "node:path";
import { recordOfConfiguration } from "../data/configuration-record.ts";
import { writeOccupationTable } from "../data/occupation-writer.ts";
import { count } from "../report/numbers.ts";
import type { TrainingData } from "./configurations.ts";
import type { RunContext } from "./context.ts";
import { type FitResult, fitExpansion, stopIfCancelled } from "./fit.ts";
import { modelOfFit } from "./fit-record.ts";
import { writeModelFile } from "./model-file.ts";
import { outlierWarnings } from "./outliers.ts";
import { beginOutput, checkOutputFolder, type OutputPart, removeCheckpoints } from "./output-folder.ts";
import { type RunParts, type RunPlan, requireModel, sampledModel } from "./plan.ts";
import { provenanceOf } from "./provenance.ts";
import { writeReport } from "./report.ts";
import { finalErrors } from "./report-fit.ts";
import { methodWarnings } from "./report-methods.ts";
import { reportModel } from "./report-model.ts";
import { sampleModel } from "./sample.ts";
import type { SampledChain } from "./sample-chains.ts";
import { writeSamplingFiles } from "./sample-files.ts";
import { type SampledState, sampledStates } from "./sample-states.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export interface RunResult {
  readonly report: string | null;
  readonly model: string | null;
  readonly data: TrainingData | null;
  readonly fit: FitResult | null;
  readonly states: readonly SampledState[];
  readonly warnings: readonly string[];
  readonly verdict: Verdict;
  readonly seconds: number;
}

/** Does the parts and writes `<out>`: model.json, training.csv, sampling files, report.html and its CSV files. */
export async function runStudy(plan: RunPlan, parts: RunParts, context: RunContext): Promise<RunResult> {
  const start = performance.now();
  const { loaded, pool, data, published } = plan;
  const { study } = loaded;
  const provenance = provenanceOf(loaded, data?.inputs ?? [], context.command);
  const samples = parts.sample && study.sample !== undefined;
  const done: OutputPart[] = [...(data ? ["fit" as const] : []), ...(samples ? ["sample" as const] : [])];
  checkOutputFolder(context, provenance, done);
  const fit = data && pool ? await fitExpansion(study, pool.pool, data, context) : null;
  stopIfCancelled(context);
  beginOutput(context, provenance, done);
  const modelPath = fit ? join(context.outDir, "model.json") : null;
  if (fit && data && modelPath) {
    writeModelFile(modelPath, modelOfFit(study, data, fit, provenance));
    writeTrainingTable(data, context.outDir);
    const { cvSizes } = finalErrors(fit);
    context.say(
      `${count(fit.kept.length, "term")}, cross-validation RMSE ${cvSizes.rmse.toPrecision(3)} ${fit.setup.errorUnit}: ${modelPath}`,
    );
  }
  const expansion = sampledModel(study, fit !== null) === "fit" ? fit?.expansion : published;
  const outcome = samples
    ? await sampleModel(study, requireModel(expansion ?? null), plan.observers, context)
    : null;
  const chains = outcome?.chains ?? [];
  const states = samples ? sampledStates(study, chains) : [];
  if (outcome) writeSamplingFiles(study, expansion!, outcome, states, context.outDir);
  const warnings = [
    ...(data?.warnings ?? []),
    ...(fit && data ? outlierWarnings(fit, data.configurations) : []),
    ...(fit?.warnings ?? []),
    ...samplingWarnings(chains),
    ...(outcome ? methodWarnings(outcome) : []),
  ];
  const verdict = verdictOf(fit, outcome, states, warnings);
  const seconds = (performance.now() - start) / 1000;
  const model = reportModel({
    plan,
    fit,
    outcome,
    states,
    warnings,
    verdict,
    provenance,
    seconds,
    expansion,
  });
  const report = writeReport(model, context.outDir);
  removeCheckpoints(context.outDir);
  return { report, model: modelPath, data, fit, states, warnings, verdict, seconds };
}

/** The training table as it was fitted, so that anyone can fit it again. */
function writeTrainingTable(data: TrainingData, outDir: string): void {
  const records = data.configurations.map((configuration, i) => recordOfConfiguration(configuration, i + 2));
  const ids = new Set(records.map((record) => record.id));
  // Files may repeat names; a table may not.
  const unique =
    ids.size === records.length ? records : records.map((r, i) => ({ ...r, id: `${r.id}#${i + 1}` }));
  writeOccupationTable(join(outDir, "training.csv"), unique);
}

function samplingWarnings(chains: readonly SampledChain[]): string[] {
  const unsettled = chains.filter(({ result }) => !result.equilibration.equilibrated);
  if (unsettled.length === 0) return [];
  return [
    `${unsettled.length} of ${chains.length} chains did not settle; ${unsettled.length === 1 ? "its" : "their"} averages and error bars cannot be trusted (the table of chains says why)`,
  ];
}
