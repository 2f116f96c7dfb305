/**
 * Pairs bootstrap of a least-squares refit: rows are drawn with replacement, the kept columns are refitted.
 * Where a resample (or the data themselves) leave combinations of coefficients open, the minimum-norm rule of
 * the fit applies again; an interval says something about the material only where `determined` is true.
 * @see Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapters 9 and 13
 */
import { EcitonError } from "../core/errors.ts";
import { RandomStream } from "../core/random.ts";
import type { Executor, TaskContext } from "../exec/executor.ts";
import { fitFree, type Gauge } from "./gauge.ts";
import { MinimumNorm } from "./orthogonal.ts";
import { indicesOf, type LinearProblem, selectColumns, weightedColumn } from "./problem.ts";
import { shareProblem } from "./shared.ts";

export interface BootstrapOptions {
  /** Default 1000. */
  readonly resamples?: number;
  readonly seed: number;
  readonly gauge?: Gauge;
  /** Further quantities Σ_j factor_j β_j, by column name. */
  readonly combinations?: readonly Readonly<Record<string, number>>[];
}

export interface Interval {
  /** From all rows. */
  readonly value: number;
  readonly standardError: number;
  /** 95 % percentile interval. */
  readonly low: number;
  readonly high: number;
  /** The data fix the value: it does not rest on the minimum-norm rule or a gauge. */
  readonly determined: boolean;
}

export interface Bootstrap {
  readonly resamples: number;
  /** Resamples in which the rank was lower than with all rows. */
  readonly rankDeficient: number;
  /** For every kept column: its index in the problem and its interval. */
  readonly coefficients: readonly { readonly column: number; readonly interval: Interval }[];
  /** In the order of the options. */
  readonly combinations: readonly Interval[];
}

interface Payload {
  readonly problem: LinearProblem;
  readonly seed: number;
  readonly first: number;
  readonly end: number;
  readonly gauge: Gauge | undefined;
}

interface Answer {
  /** One array of coefficients for each resample. */
  readonly coefficients: Float64Array[];
  readonly ranks: number[];
}

/** Fixed, so that what a task does never depends on the number of workers. */
const RESAMPLES_A_TASK = 50;

/**
 * @param kept penalised columns of the refit; the unpenalised ones always belong to it
 * @throws {EcitonError} "study" for fewer than 20 resamples or a combination that names a column not in the refit
 */
export async function bootstrap(
  problem: LinearProblem,
  kept: readonly number[],
  executor: Executor,
  options: BootstrapOptions,
  signal?: AbortSignal,
): Promise<Bootstrap> {
  const { resamples = 1000, seed, gauge } = options;
  if (!Number.isInteger(resamples) || resamples < 20)
    throw new EcitonError("study", `fit.bootstrap.resamples: expected at least 20, found ${resamples}`, {
      path: "fit.bootstrap.resamples",
    });
  const columns = [...indicesOf(problem.unpenalised, true), ...kept];
  const small = shareProblem(selectColumns(problem, columns));
  const combinations = (options.combinations ?? []).map((wanted) => combinationOf(small, wanted));
  const payloads: Payload[] = [];
  for (let first = 0; first < resamples; first += RESAMPLES_A_TASK)
    payloads.push({
      problem: small,
      seed,
      first,
      end: Math.min(resamples, first + RESAMPLES_A_TASK),
      gauge,
    });
  const task = { module: import.meta.url, name: "bootstrapTask" };
  const answers = await executor.map<Answer>(task, payloads, { signal });
  const samples = answers.flatMap((answer) => answer.coefficients);
  const roots = small.weights.map(Math.sqrt);
  const whole = new MinimumNorm(columns.map((_, k) => weightedColumn(small.X, k, roots)));
  const value = refitSmall(small, gauge);
  const interval = (direction: Float64Array): Interval => {
    const of = (beta: Float64Array) => direction.reduce((sum, factor, k) => sum + factor * beta[k], 0);
    return intervalOf(of(value), samples.map(of), whole.determines(direction));
  };
  return {
    resamples,
    rankDeficient: answers.flatMap((answer) => answer.ranks).filter((rank) => rank < whole.rank).length,
    coefficients: columns.map((column, k) => {
      const unit = new Float64Array(columns.length);
      unit[k] = 1;
      return { column, interval: interval(unit) };
    }),
    combinations: combinations.map(interval),
  };
}

function combinationOf(problem: LinearProblem, wanted: Readonly<Record<string, number>>): Float64Array {
  const direction = new Float64Array(problem.columns);
  for (const [name, factor] of Object.entries(wanted)) {
    const k = problem.names.indexOf(name);
    if (k < 0)
      throw new EcitonError(
        "study",
        `fit.bootstrap.combinations: expected terms of the refit (${problem.names.join(", ")}), found ${name}`,
        { path: "fit.bootstrap.combinations" },
      );
    direction[k] = factor;
  }
  return direction;
}

/** Runs on a thread: the resamples first .. end − 1. */
export function bootstrapTask(payload: Payload, context: TaskContext): Answer {
  const { problem, seed, first, end, gauge } = payload;
  const answer: Answer = { coefficients: [], ranks: [] };
  for (let resample = first; resample < end; resample++) {
    if (Atomics.load(context.cancel, 0) !== 0)
      throw new EcitonError("cancelled", "the bootstrap was interrupted");
    const random = new RandomStream(seed, resample);
    const times = new Float64Array(problem.rows);
    for (let i = 0; i < problem.rows; i++) times[random.nextIndex(problem.rows)] += 1;
    // A row drawn twice is a row of twice the weight.
    const drawn = { ...problem, weights: problem.weights.map((weight, i) => weight * times[i]) };
    const roots = drawn.weights.map(Math.sqrt);
    const columns = Array.from({ length: problem.columns }, (_, k) => weightedColumn(problem.X, k, roots));
    answer.ranks.push(new MinimumNorm(columns).rank);
    answer.coefficients.push(refitSmall(drawn, gauge));
    Atomics.add(context.progress, context.index, 1);
  }
  return answer;
}

function refitSmall(problem: LinearProblem, gauge: Gauge | undefined): Float64Array {
  const all = Array.from({ length: problem.columns }, (_, k) => k);
  return fitFree(problem, new Float64Array(problem.columns), all, gauge);
}

function intervalOf(value: number, samples: number[], determined: boolean): Interval {
  const sorted = Float64Array.from(samples).sort();
  const mean = sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length;
  const square = sorted.reduce((sum, sample) => sum + (sample - mean) ** 2, 0);
  return {
    value,
    standardError: Math.sqrt(square / (sorted.length - 1)),
    low: quantile(sorted, 0.025),
    high: quantile(sorted, 0.975),
    determined,
  };
}

/** Linear interpolation between order statistics. */
function quantile(sorted: Float64Array, part: number): number {
  const at = part * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
