/** The fit of a study: sparse regression with cross-validation, refit, intervals, and the model that follows. */
import type { ClusterExpansion, Term } from "../clusters/expansion.ts";
import type { ClusterPool } from "../clusters/pool.ts";
import { EcitonError, studyError } from "../core/errors.ts";
import type { Study } from "../data/study/schema.ts";
import { startProgress } from "../exec/progress.ts";
import { type Bootstrap, bootstrap } from "../fitting/bootstrap.ts";
import { type CrossValidation, crossValidate } from "../fitting/cross-validation.ts";
import { type DependencyReport, findDependencies } from "../fitting/dependencies.ts";
import {
  createEstimator,
  type Estimator,
  type EstimatorOptions,
  type Fit,
  type PathFit,
} from "../fitting/estimator.ts";
import type { CrossValidationScheme } from "../fitting/folds.ts";
import type { Gauge } from "../fitting/gauge.ts";
import type { LinearProblem } from "../fitting/problem.ts";
import { type Refit, refit } from "../fitting/refit.ts";
import { reselectedErrors } from "../fitting/reselect.ts";
import type { TrainingData } from "./configurations.ts";
import type { RunContext } from "./context.ts";
import { type FitProblem, fitProblem } from "./fit-problem.ts";
import { readableDependencies } from "./readable-dependencies.ts";
import { seedOfPart } from "./streams.ts";
import { nearestLabels } from "./study-lattice.ts";
import { inStudyTerms } from "./study-paths.ts";

export type FitSection = NonNullable<Study["fit"]>;

export interface FitResult {
  readonly setup: FitProblem;
  readonly cv: CrossValidation;
  /** Fits of all rows along the hyper-parameter. */
  readonly path: PathFit;
  /** Index in the path of the chosen value. */
  readonly chosen: number;
  /** Null when the study asks for none. */
  readonly refit: SecondStep | null;
  /** Coefficients of the model, one for each column. */
  readonly coefficients: Float64Array;
  /** Unpenalised and kept columns. */
  readonly kept: readonly number[];
  readonly dependencies: DependencyReport;
  /** Null when the study asks for no resamples. */
  readonly intervals: Bootstrap | null;
  readonly expansion: ClusterExpansion;
  readonly warnings: readonly string[];
  /** CPU seconds of all threads. */
  readonly cpuSeconds: number;
}

/** The options of src/fitting by the keys of a study. */
const studyKeys = {
  "fit.lambda": "fit.path.values",
  "fit.cv": "fit.cross_validation",
  "fit.l1Ratio": "fit.l1_ratio",
  "fit.gauge.fix": "fit.gauge",
  "fit.bootstrap.resamples": "fit.bootstrap",
};

/**
 * @throws {EcitonError} "study" for settings that do not go together, "data" for rows that cannot be fitted,
 *   "not-converged" when optimality conditions are not met, "cancelled" by the context's signal
 */
export async function fitExpansion(
  study: Study,
  pool: ClusterPool,
  data: TrainingData,
  context: RunContext,
): Promise<FitResult> {
  try {
    return await fitSteps(study, pool, data, context);
  } catch (error) {
    if (error instanceof EcitonError && error.code === "cancelled") stopIfCancelled(context);
    throw inStudyTerms(error, studyKeys);
  }
}

async function fitSteps(
  study: Study,
  pool: ClusterPool,
  data: TrainingData,
  context: RunContext,
): Promise<FitResult> {
  const section = study.fit;
  if (!section) throw studyError("fit", "this command needs the section fit");
  const setup = fitProblem(section, pool, data.configurations, study.lattice?.vacancies);
  const { problem } = setup;
  const gauge = gaugeOf(section, setup);
  const cpu = process.cpuUsage();
  context.say(
    `fitting ${problem.rows} configurations with ${problem.columns} clusters: ${section.method}, ${schemeText(section)}`,
  );
  const estimator = createEstimator(estimatorOptions(section));
  const given = section.path.values;
  const hyper = estimator.hyperPath(problem);
  const hyperPath = given ? { name: hyper.name, values: sorted(given, hyper.values) } : hyper;
  const path = estimator.fitPath(problem, hyperPath.values, gauge);
  const scheme = schemeOf(section, study.seed);
  const bar = startProgress("cross-validation", foldsOf(scheme, problem.rows));
  const cv = await crossValidate(
    estimator,
    problem,
    scheme,
    context.executor,
    hyperPath,
    context.signal,
    bar.update,
  );
  bar.end();
  const chosen = section.choice === "minimum" ? cv.minimum : cv.oneStandardError;
  const sparse = path.fits[chosen];
  stopIfCancelled(context);
  const second =
    section.refit === "none"
      ? null
      : await secondStep(section, gauge, estimator, problem, { cv, chosen, sparse }, context);
  const coefficients = second?.coefficients ?? sparse.coefficients;
  const penalised = second?.kept ?? sparse.selected;
  const free = Array.from({ length: problem.columns }, (_, j) => j).filter((j) => problem.unpenalised[j]);
  const kept = [...free, ...penalised];
  const dependencies = findDependencies(problem, kept);
  const intervals =
    section.bootstrap === 0
      ? null
      : await bootstrap(
          problem,
          penalised,
          context.executor,
          {
            resamples: section.bootstrap,
            seed: seedOfPart(study.seed, "bootstrap"),
            gauge,
            combinations: readableDependencies(dependencies).determined.map(({ terms }) =>
              Object.fromEntries(terms.map(({ name, factor }) => [name, factor])),
            ),
          },
          context.signal,
        );
  const used = process.cpuUsage(cpu);
  return {
    setup,
    cv,
    path,
    chosen,
    refit: second,
    coefficients,
    kept,
    dependencies,
    intervals,
    expansion: expansionOf(pool, setup, coefficients, kept),
    warnings: fitWarnings(cv, path, dependencies, gauge, setup),
    cpuSeconds: (used.user + used.system) / 1e6,
  };
}

/** The refit, and leave-one-out errors of its kept terms. */
export interface SecondStep extends Refit {
  /** y_i - prediction without row i; where the method allows it, the terms too are selected without the row. */
  readonly honestErrors: Float64Array;
  /** Whether every left-out row had its own selection of terms. */
  readonly reselected: boolean;
}

/**
 * Least squares on the dominant terms. For methods with a fast leave-one-out the terms are selected anew without each
 * row: the errors of a selection made with the row in sight are too small, and would keep terms that fit noise.
 */
async function secondStep(
  section: FitSection,
  gauge: Gauge | undefined,
  estimator: Estimator,
  problem: LinearProblem,
  first: { readonly cv: CrossValidation; readonly chosen: number; readonly sparse: Fit },
  context: RunContext,
): Promise<SecondStep> {
  const { cv, chosen, sparse } = first;
  const options = refitOptions(section, gauge);
  const reselected = estimator.leaveOneOut
    ? await reselectedErrors(
        estimator,
        problem,
        { name: cv.path.name, values: cv.path.values.slice(0, chosen + 1) },
        sparse.selected.length,
        context.executor,
        "coefficient",
        context.signal,
      )
    : undefined;
  const second = refit(problem, sparse.coefficients, { ...options, reselected });
  const kept = second.kept.length;
  return {
    ...second,
    honestErrors: reselected
      ? Float64Array.from(reselected, (errors) => errors[Math.min(kept, errors.length - 1)])
      : second.cvErrors,
    reselected: reselected !== undefined,
  };
}

function foldsOf(scheme: CrossValidationScheme, rows: number): number {
  switch (scheme.kind) {
    case "leave-one-out":
      return rows;
    case "k-fold":
      return scheme.folds * (scheme.repeats ?? 1);
    case "shuffle-split":
      return scheme.repeats;
    default:
      return scheme satisfies never;
  }
}

function expansionOf(
  pool: ClusterPool,
  { orbits }: FitProblem,
  coefficients: Float64Array,
  kept: readonly number[],
): ClusterExpansion {
  const columns = [...kept].sort((a, b) => a - b);
  return {
    lattice: pool.lattice,
    basis: pool.basis,
    terms: columns.map((j): Term => ({ ...orbits[j], coefficient: coefficients[j] })),
  };
}

/** Ridge shrinks slowly, so its penalties cover more than those of the LASSO. */
const RIDGE_DECADES = 8;

function estimatorOptions(section: FitSection): EstimatorOptions {
  const { method, path, standardise, l1_ratio } = section;
  if (l1_ratio !== undefined && method !== "elastic-net")
    throw studyError("fit.l1_ratio", `is for the method elastic-net, not for ${method}`);
  const { count, decades } = path;
  const hasGrid = count !== undefined || decades !== undefined;
  if (hasGrid && path.values) throw studyError("fit.path", "give either values, or count and decades");
  const grid = { path: { count, decades }, standardise };
  switch (method) {
    case "lasso":
    case "adaptive-lasso":
      return { method, ...grid };
    case "elastic-net":
      return { method, ...grid, l1Ratio: l1_ratio };
    case "ridge":
      return {
        method,
        standardise,
        ...(hasGrid ? { path: { count, decades: decades ?? RIDGE_DECADES } } : {}),
      };
    case "ard":
    case "orthogonal-matching-pursuit":
    case "recursive-elimination":
    case "ordinary-least-squares":
      if (hasGrid)
        throw studyError(
          "fit.path",
          `the method ${method} has no penalties to spread; leave out count and decades`,
        );
      return method === "ard" ? { method, standardise: standardise ?? true } : { method };
    default:
      return method satisfies never;
  }
}

/** Values in the order in which the method goes, from the strongest regularisation to the weakest. */
function sorted(values: readonly number[], like: Float64Array): Float64Array {
  const ascending = like.length > 1 && like[0] < like[like.length - 1];
  return Float64Array.from(values).sort((a, b) => (ascending ? a - b : b - a));
}

function schemeOf(section: FitSection, studySeed: number): CrossValidationScheme {
  const cv = section.cross_validation;
  const seed = seedOfPart(studySeed, "cross-validation");
  if (cv === "leave-one-out") return { kind: "leave-one-out" };
  if ("k_fold" in cv) return { kind: "k-fold", folds: cv.k_fold, repeats: cv.repeats, seed };
  return { kind: "shuffle-split", repeats: cv.shuffle_split, testFraction: cv.test_fraction, seed };
}

export function schemeText(section: FitSection): string {
  const cv = section.cross_validation;
  if (cv === "leave-one-out") return "leave-one-out cross-validation";
  if ("k_fold" in cv)
    return `${cv.k_fold}-fold cross-validation${cv.repeats > 1 ? `, ${cv.repeats} repeats` : ""}`;
  return `${cv.shuffle_split} random splits that leave out ${Math.round(100 * cv.test_fraction)}%`;
}

function refitOptions(section: FitSection, gauge: Gauge | undefined) {
  if (section.refit === "none") return {};
  const { keep, threshold_eV } = section.refit;
  if (keep !== undefined && keep !== "auto" && threshold_eV !== undefined)
    throw studyError("fit.refit", "give either keep or threshold_eV");
  return { gauge, threshold: threshold_eV, ...(typeof keep === "number" ? { keep } : {}) };
}

function gaugeOf(section: FitSection, { problem }: FitProblem): Gauge | undefined {
  if (!section.gauge) return undefined;
  for (const label of Object.keys(section.gauge))
    if (!problem.names.includes(label))
      throw studyError(
        `fit.gauge.${label}`,
        `the pool has no cluster with this label; the nearest are ${nearestLabels(label, problem.names)}`,
      );
  return { fix: section.gauge };
}

/** What a person must know before using the model. */
function fitWarnings(
  cv: CrossValidation,
  path: PathFit,
  dependencies: DependencyReport,
  gauge: Gauge | undefined,
  { problem }: FitProblem,
): string[] {
  const warnings = [...cv.warnings];
  const { relations, summary } = readableDependencies(dependencies);
  const choice = gauge
    ? "the study fixes the choice"
    : "of all equally good values those of least norm are given";
  for (const { text } of relations)
    warnings.push(
      `the data cannot separate these terms, because in every configuration the numbers of these clusters obey ${text}; ${choice}`,
    );
  if (summary !== null) warnings.push(`${summary}; ${choice}`);
  if (path.unsampled.length > 0)
    warnings.push(
      `${path.unsampled.length} of ${problem.columns} clusters occur in no configuration; the data say nothing of them and the model takes them as zero`,
    );
  return warnings;
}

/** @throws {EcitonError} "cancelled" if Ctrl-C came meanwhile */
export function stopIfCancelled(context: RunContext): void {
  if (context.signal.aborted)
    throw new EcitonError(
      "cancelled",
      "interrupted during the fit: nothing was written; run the same command again",
    );
}
