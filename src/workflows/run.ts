/** Every part of a study that a command does, in order, and one report. */
import { basename, join } from "node:path";
import { recordOfConfiguration } from "../data/configuration-record.ts";
import { writeOccupationTable } from "../data/occupation-writer.ts";
import { pathFromStudy } from "../data/study/load-study.ts";
import { count } from "../report/numbers.ts";
import type { ClaimSummary } from "../report/sampling-model.ts";
import { claimSummary, writeClaims } from "./claims.ts";
import type { TrainingData } from "./configurations.ts";
import type { RunContext } from "./context.ts";
import { type FitResult, fitExpansion, stopIfCancelled } from "./fit.ts";
import { modelOfFit } from "./fit-record.ts";
import { type MethodRecords, methodRecords } from "./method-files.ts";
import { writeModelFile } from "./model-file.ts";
import { outlierWarnings } from "./outliers.ts";
import type { OutputPart } from "./output-files.ts";
import { beginOutput, checkOutputFolder, isFinished } from "./output-folder.ts";
import { type RunParts, type RunPlan, requireModel, sampledModel } from "./plan.ts";
import { hashFile, type Provenance, provenanceOf } from "./provenance.ts";
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
  /** What other methods than single chains found, as in sampling.json. */
  readonly methods: MethodRecords;
  /** What the study's claims came to; null without claims. */
  readonly claims: ClaimSummary | null;
  readonly warnings: readonly string[];
  readonly verdict: Verdict;
  readonly seconds: number;
}

/** @returns whether the folder holds the results of this very run already, so that there is nothing to go on with */
export function alreadyFinished(plan: RunPlan, parts: RunParts, context: RunContext): boolean {
  return context.resume && isFinished(context, provenanceOfPlan(plan, context), partsDone(plan, parts));
}

function provenanceOfPlan({ loaded, data, observers }: RunPlan, context: RunContext): Provenance {
  const model = loaded.study.model?.file;
  const models = model === undefined ? [] : [hashFile(pathFromStudy(loaded.folder, model))];
  const modules = observers.modules.map(({ file, sha256 }) => ({ file: basename(file), sha256 }));
  return provenanceOf(loaded, [...(data?.inputs ?? []), ...models, ...modules], context.command);
}

function partsDone({ loaded, data }: RunPlan, { sample }: RunParts): OutputPart[] {
  return [
    ...(data ? ["fit" as const] : []),
    ...(sample && loaded.study.sample !== undefined ? ["sample" as const] : []),
  ];
}

/**
 * Does the parts and writes `<out>`: model.json, training.csv, sampling files, report.html and its CSV files.
 * @throws {EcitonError} "usage" where another process writes to the folder, and as the parts do
 */
export async function runStudy(plan: RunPlan, parts: RunParts, context: RunContext): Promise<RunResult> {
  const start = performance.now();
  const { data, pool } = plan;
  const provenance = provenanceOfPlan(plan, context);
  const done = partsDone(plan, parts);
  checkOutputFolder(context, provenance, done);
  const fit = data && pool ? await fitExpansion(plan.loaded.study, pool.pool, data, context) : null;
  stopIfCancelled(context);
  const output = beginOutput(context, provenance, done);
  try {
    const result = await writeResults(plan, done, fit, provenance, start, context);
    output.finish();
    return result;
  } finally {
    output.release();
  }
}

/** @param start of the run, for its duration */
async function writeResults(
  plan: RunPlan,
  done: readonly OutputPart[],
  fit: FitResult | null,
  provenance: Provenance,
  start: number,
  context: RunContext,
): Promise<RunResult> {
  const { loaded, data, published } = plan;
  const { study } = loaded;
  const samples = done.includes("sample");
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
  const claims = claimSummary(study, states);
  if (claims) writeClaims(claims, context.outDir);
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
    claims,
    warnings,
    verdict,
    provenance,
    seconds,
    expansion,
  });
  const report = writeReport(model, context.outDir);
  const methods = outcome ? methodRecords(outcome) : {};
  return { report, model: modelPath, data, fit, states, methods, claims, warnings, verdict, seconds };
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
  const warnings =
    unsettled.length === 0
      ? []
      : [
          `${unsettled.length} of ${chains.length} chains did not settle; ${unsettled.length === 1 ? "its" : "their"} averages and error bars cannot be trusted (the table of chains says why)`,
        ];
  const short = chains.flatMap(({ result }) => (result.until && !result.until.reached ? [result.until] : []));
  if (short.length > 0) {
    const { observable, error, confidence } = short[0];
    const widths = short.flatMap(({ halfWidth }) => halfWidth ?? []);
    const worst =
      widths.length === short.length
        ? `the worst is at ± ${Math.max(...widths).toPrecision(2)}`
        : "some are too short to tell how far they are";
    warnings.push(
      `${short.length} of ${chains.length} chains did all their steps before ${observable} was known to ± ${error} ` +
        `(confidence ${confidence}); ${worst}`,
    );
  }
  return warnings;
}
