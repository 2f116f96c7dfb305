/** `run`: every section that a study has, in order, and one report. */
import { join } from "node:path";
import type { ClusterExpansion } from "../clusters/expansion.ts";
import { studyError } from "../core/errors.ts";
import { recordOfConfiguration } from "../data/configuration-record.ts";
import { writeOccupationTable } from "../data/occupation-writer.ts";
import type { LoadedStudy } from "../data/study/load-study.ts";
import type { Study } from "../data/study/schema.ts";
import type { ReportModel } from "../report/model.ts";
import { count } from "../report/numbers.ts";
import { checkClaims, claimSummary } from "./claims.ts";
import { loadTrainingData, type TrainingData } from "./configurations.ts";
import type { RunContext } from "./context.ts";
import { type FitResult, fitExpansion, stopIfCancelled } from "./fit.ts";
import { modelOfFit } from "./fit-record.ts";
import { formationHull } from "./formation-hull.ts";
import { writeModelFile } from "./model-file.ts";
import type { ObserverPlan } from "./observers.ts";
import { outlierWarnings } from "./outliers.ts";
import { beginOutput, checkOutputFolder, type OutputPart, removeCheckpoints } from "./output-folder.ts";
import { buildStudyPool, type PoolResult } from "./pool.ts";
import { type Provenance, provenanceOf } from "./provenance.ts";
import { latticeSummary, provenanceSummary, writeReport } from "./report.ts";
import { dataSummary, finalErrors, fitSummary } from "./report-fit.ts";
import { methodsSummary, methodWarnings } from "./report-methods.ts";
import { observationSummary } from "./report-observations.ts";
import { mcSummary, snapshotMapsOf, snapshotSummary } from "./report-sample.ts";
import { type SampleOutcome, sampleModel } from "./sample.ts";
import type { SampledChain } from "./sample-chains.ts";
import { writeSamplingFiles } from "./sample-files.ts";
import { checkedObservers, countTasks } from "./sample-plan.ts";
import { type SampledState, sampledStates } from "./sample-states.ts";
import { modelOfStudy } from "./study-lattice.ts";
import { verdictOf } from "./verdict.ts";

export interface RunResult {
  readonly report: string | null;
  readonly model: string | null;
  readonly data: TrainingData | null;
  readonly fit: FitResult | null;
  readonly states: readonly SampledState[];
  readonly warnings: readonly string[];
  readonly verdict: { readonly level: "ok" | "warning" | "problem"; readonly text: string };
  readonly seconds: number;
}

/** Which parts of a study a command does; a part that the study does not have is left out. */
export interface RunParts {
  readonly fit: boolean;
  readonly sample: boolean;
}

/** What is known before any work starts. */
export interface RunPlan {
  readonly loaded: LoadedStudy;
  readonly pool: PoolResult | null;
  readonly data: TrainingData | null;
  /** The study's own model, if it states one. */
  readonly published: ClusterExpansion | null;
  readonly chains: number;
  readonly observers: ObserverPlan;
}

/**
 * Reads and checks everything that the parts need: study, lattice, pool, data, grid, observers.
 * @param observerFiles users' observer modules
 * @throws {EcitonError} as the parts do, before anything is written
 */
export async function planRun(
  loaded: LoadedStudy,
  parts: RunParts,
  observerFiles: readonly string[] = [],
): Promise<RunPlan> {
  const { study, folder } = loaded;
  const fits = parts.fit && study.fit !== undefined;
  const samples = parts.sample && study.sample !== undefined;
  if (!fits && !samples) {
    const missing = parts.fit ? "fit" : "sample";
    throw studyError(
      missing,
      parts.fit && parts.sample
        ? "there is nothing to run without this section or the section sample"
        : "this command needs this section",
    );
  }
  if (samples && sampledModel(study, fits) === "fit" && !fits)
    throw studyError(
      "sample.model",
      "asks for the fitted model, but nothing is fitted here (eciton run does both)",
    );
  const needsPool = fits || study.model?.terms !== undefined;
  const pool = needsPool ? buildStudyPool(study) : null;
  const lazyPool = () => pool!.pool;
  const published = study.model ? modelOfStudy(study, folder, lazyPool) : null;
  const data = fits ? loadTrainingData(loaded, pool!.pool.lattice, () => requireModel(published)) : null;
  if (data && study.fit?.hull) {
    // Whether there is a hull at all depends on the data alone.
    const energies = data.configurations.map((configuration) => configuration.energy!);
    formationHull(study.fit.hull.species, data.configurations, energies);
  }
  if (samples && sampledModel(study, fits) === "published") requireModel(published);
  // The grid depends on the lattice alone, so it can be checked before there is a fit.
  const lattice = pool?.pool.lattice ?? published?.lattice;
  const chains = samples
    ? countTasks(study, published ?? { lattice: lattice!, basis: "indicator", terms: [] })
    : 0;
  if (samples) checkClaims(study);
  const observers = samples
    ? await checkedObservers(study, lattice ?? published!.lattice, observerFiles)
    : { modules: [] };
  return { loaded, pool, data, published, chains, observers };
}

function requireModel(model: ClusterExpansion | null): ClusterExpansion {
  if (!model)
    throw studyError(
      "model",
      "this needs a model of the study's own: the section model with terms or a file",
    );
  return model;
}

function sampledModel(study: Study, fits: boolean): "fit" | "published" {
  return study.sample?.model ?? (fits ? "fit" : "published");
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

/** A part of the report that may have nothing to say. */
function optional<Key extends string, Part>(key: Key, part: Part | null): { [K in Key]?: Part } {
  return part === null ? {} : ({ [key]: part } as { [K in Key]?: Part });
}

interface ReportParts {
  readonly plan: RunPlan;
  readonly fit: FitResult | null;
  readonly outcome: SampleOutcome | null;
  readonly states: readonly SampledState[];
  readonly warnings: readonly string[];
  readonly verdict: RunResult["verdict"];
  readonly provenance: Provenance;
  readonly seconds: number;
  readonly expansion: ClusterExpansion | null | undefined;
}

function reportModel(parts: ReportParts): ReportModel {
  const { plan, fit, outcome, states, warnings, verdict, provenance, seconds, expansion } = parts;
  const chains = outcome?.chains ?? [];
  const { study } = plan.loaded;
  const known = plan.data?.synthetic ? plan.published : null;
  const assumed = (study.model?.terms ?? []).filter((term) => term.assumed).map((term) => term.label);
  const notes = assumed.length > 0 ? [`assumed, not in the source of the model: ${assumed.join(", ")}`] : [];
  return {
    header: {
      study: study.report?.title ?? study.name,
      verdict,
      warnings: [...warnings, ...notes].map((text) => ({ level: "warning" as const, text })),
      provenance: provenanceSummary(provenance, seconds),
    },
    ...(plan.data ? { data: dataSummary(study, plan.data) } : {}),
    ...(plan.pool ? { lattice: latticeSummary(study, plan.pool) } : {}),
    ...(fit && plan.data ? { fit: fitSummary(study, plan.data, fit, known) } : {}),
    ...(outcome ? optional("methods", methodsSummary(outcome)) : {}),
    ...(chains.length > 0 && expansion
      ? {
          mc: mcSummary(study, expansion, chains, states),
          ...optional("claims", claimSummary(study, states)),
          ...optional("observations", observationSummary(study, expansion.lattice, states)),
          ...(study.report?.pictures === false
            ? {}
            : {
                snapshotMaps: snapshotMapsOf(expansion.lattice, chains),
                snapshots: snapshotSummary(study, expansion.lattice, chains),
              }),
        }
      : {}),
  };
}

/** What would be done, for --dry-run. */
export function describePlan(plan: RunPlan, parts: RunParts, workers: number): string[] {
  const { study } = plan.loaded;
  const lines: string[] = [];
  if (plan.pool) {
    const { pool, folding } = plan.pool;
    lines.push(
      `pool: ${pool.orbits.length} clusters on the infinite lattice` +
        (folding ? `, ${folding.clusters.length} on the supercell of the study` : ""),
    );
  }
  if (plan.data) {
    const megabytes = (8 * plan.data.configurations.length * (plan.pool?.pool.orbits.length ?? 0)) / 2 ** 20;
    lines.push(
      `fit: ${count(plan.data.configurations.length, "configuration")} from ${plan.data.source}, method ${study.fit!.method}, ` +
        `design matrix ${megabytes.toFixed(1)} MiB, very roughly ${duration(fitSeconds(plan), workers)}`,
    );
  }
  if (parts.sample && plan.chains > 0) {
    const steps = plan.chains * study.sample!.steps;
    lines.push(
      `sample: ${plan.chains} chains of ${study.sample!.steps.toLocaleString("en-US")} steps, ` +
        `very roughly ${duration(steps / STEPS_PER_SECOND, workers)}`,
    );
  }
  return lines;
}

/** Core-seconds of a cross-validated path: some products of the matrix with a vector for each fold and value. */
function fitSeconds({ loaded, data, pool }: RunPlan): number {
  const rows = data?.configurations.length ?? 0;
  const { cross_validation: cv, path } = loaded.study.fit!;
  const folds = cv === "leave-one-out" ? rows : "k_fold" in cv ? cv.k_fold * cv.repeats : cv.shuffle_split;
  return (
    (PRODUCTS_PER_VALUE *
      folds *
      (path.values?.length ?? path.count ?? 50) *
      2 *
      rows *
      (pool?.pool.orbits.length ?? 0)) /
    5e9
  );
}

const PRODUCTS_PER_VALUE = 4;

function duration(coreSeconds: number, workers: number): string {
  const threads = Math.max(1, workers);
  const seconds = Math.max(1, coreSeconds / threads);
  const time = seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  return `${time} on ${threads} thread${threads > 1 ? "s" : ""}`;
}

/** Trial exchanges a second and thread for a model of some dozen pair interactions. */
const STEPS_PER_SECOND = 4e6;
