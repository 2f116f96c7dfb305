/**
 * Exact leave-one-out cross-validation of the LASSO and the elastic net: every row, every λ, refitted to the
 * same optimality conditions as the fit itself. Leaving out row i is the same as giving the problem another
 * unpenalised column e_i, whose coefficient is then the prediction error of the row:
 *   y_i − x_i·β = r̃_i / ((1 − h_ii) √w_i),   r̃ = ỹ − X̃β,   h_ii the leverage in the unpenalised columns.
 * A fold is therefore a rank-one downdate of the projected problem (see active-set.ts), and no fold projects
 * the matrix again.
 */
import { EcitonError } from "../core/errors.ts";
import type { Executor, TaskContext } from "../exec/executor.ts";
import { ActiveSetSolver, type SolverCounters } from "./active-set.ts";
import { DuplicateFinder } from "./duplicates.ts";
import {
  capacityFor,
  checkLambdas,
  checkOptimality,
  type PenaltyOptions,
  penaltyFactors,
} from "./lasso-path.ts";
import {
  type FoldProgress,
  type LeaveOneOutFits,
  progressOptions,
  type SparseCoefficients,
} from "./method.ts";
import { type LinearProblem, otherRows, selectRows } from "./problem.ts";
import { completeCoefficients, type ProjectedProblem, projectProblem } from "./projection.ts";
import { shareArray, shareProblem, shareProjected } from "./shared.ts";

/** Below this length of the projected unit vector the row alone decides a direction of the unpenalised columns. */
const ALONE = 1e-7;
/** Fixed, so that what a task does never depends on the number of workers. */
const FOLDS_A_TASK = 4;

export interface LeaveOneOut extends LeaveOneOutFits {
  readonly counters: LeaveOneOutCounters;
}

export interface LeaveOneOutCounters extends SolverCounters {
  /** Folds solved by the rank-one downdate. */
  downdates: number;
  /** Folds in which the left-out row was the only one to sample a direction of the unpenalised columns. */
  rankChanges: number;
}

interface Payload {
  readonly problem: LinearProblem;
  readonly projected: ProjectedProblem;
  readonly lambdas: Float64Array;
  readonly l1Ratio: number;
  readonly standardise: boolean;
  readonly factors: Float64Array | undefined;
  readonly first: number;
  readonly end: number;
}

interface Answer {
  readonly errors: Float64Array[];
  readonly last: SparseCoefficients[];
  readonly counters: LeaveOneOutCounters;
}

/**
 * @param problem reduced (see reduceProblem); columns that become zero or proportional to a simpler one when
 *   the row is left out are dropped in that fold, as a refit of the fold's own reduced problem would
 * @param lambdas positive, in descending order; in a fold λ multiplies the fold's own total weight
 * @throws {EcitonError} "study" for a λ that is not positive or fewer than two rows; "not-converged"
 */
export async function leaveOneOut(
  problem: LinearProblem,
  lambdas: Float64Array,
  executor: Executor,
  options: PenaltyOptions = {},
  l1Ratio = 1,
  signal?: AbortSignal,
  onFolds?: FoldProgress,
): Promise<LeaveOneOut> {
  if (problem.rows < 2)
    throw new EcitonError("study", "fit.cv: leaving one out needs at least two rows", { path: "fit.cv" });
  const projected = projectProblem(problem);
  checkLambdas(lambdas, problem.rows, projected.columns);
  const common = {
    problem: shareProblem(problem),
    projected: shareProjected(projected),
    lambdas,
    l1Ratio,
    standardise: options.standardise ?? false,
    factors: options.factors && shareArray(options.factors),
  };
  const payloads: Payload[] = [];
  for (let first = 0; first < problem.rows; first += FOLDS_A_TASK)
    payloads.push({ ...common, first, end: Math.min(problem.rows, first + FOLDS_A_TASK) });
  const task = { module: import.meta.url, name: "leaveOneOutTask" };
  const answers = await executor.map<Answer>(task, payloads, progressOptions(signal, onFolds));
  const counters = { ...answers[0].counters };
  for (const answer of answers.slice(1))
    for (const key of Object.keys(counters) as (keyof LeaveOneOutCounters)[])
      counters[key] += answer.counters[key];
  return {
    errors: answers.flatMap((answer) => answer.errors),
    last: answers.flatMap((answer) => answer.last),
    warnings:
      counters.ambiguous === 0
        ? []
        : [
            `in ${counters.ambiguous} of ${problem.rows * lambdas.length} fits of the cross-validation the solution is not unique: columns depend on each other without the left-out row, and its prediction depends on which of them is taken`,
          ],
    counters,
  };
}

/** Runs on a thread: the folds first .. end − 1. */
export function leaveOneOutTask(payload: Payload, context: TaskContext): Answer {
  const { problem, projected, lambdas, l1Ratio } = payload;
  const solver = new ActiveSetSolver(projected, capacityFor(projected, l1Ratio));
  const duplicates = new DuplicateFinder(problem);
  const answer: Answer = {
    errors: [],
    last: [],
    counters: { ...solver.counters, downdates: 0, rankChanges: 0 },
  };
  for (let row = payload.first; row < payload.end; row++) {
    if (Atomics.load(context.cancel, 0) !== 0)
      throw new EcitonError("cancelled", "the cross-validation was interrupted");
    const { q, rest } = unitDirection(projected, row);
    if (q) answer.counters.downdates += 1;
    else answer.counters.rankChanges += 1;
    solver.reset(q, foldPenalty(payload, duplicates, row));
    const weight = projected.totalWeight - problem.weights[row];
    const largest = Math.max(lambdas[0], solver.largestPenalty() / (weight * l1Ratio));
    const training = q ? null : selectRows(problem, otherRows(problem.rows, row));
    const errors = new Float64Array(lambdas.length);
    lambdas.forEach((lambda, k) => {
      const violation = solver.solve(lambda * l1Ratio * weight, lambda * (1 - l1Ratio) * weight);
      checkOptimality(violation, lambda, largest);
      errors[k] = training
        ? rowError(problem, row, completeCoefficients(training, projected, solver.beta))
        : projectedRest(projected, row, solver.beta) / (rest * Math.sqrt(problem.weights[row]));
    });
    answer.errors.push(errors);
    answer.last.push(sparseOf(solver.beta, projected.penalised));
    Atomics.add(context.progress, context.index, 1);
  }
  Object.assign(answer.counters, solver.counters);
  return answer;
}

function foldPenalty(payload: Payload, duplicates: DuplicateFinder, row: number): Float64Array {
  const { problem, projected } = payload;
  const penalty = penaltyFactors(problem, projected.penalised, payload, row);
  const { keeper } = duplicates.find(row);
  projected.penalised.forEach((j, k) => {
    if (keeper[j] !== j) penalty[k] = Number.POSITIVE_INFINITY;
  });
  return penalty;
}

/**
 * The unit vector of a row without its part in the span of the unpenalised columns: normalised (null when
 * nothing is left), and its squared length 1 − h.
 */
function unitDirection(projected: ProjectedProblem, row: number): { q: Float64Array | null; rest: number } {
  const { rows, basis } = projected;
  const e = new Float64Array(rows);
  e[row] = 1;
  for (let pass = 0; pass < 2; pass++)
    for (let start = 0; start < basis.length; start += rows) {
      let c = 0;
      for (let i = 0; i < rows; i++) c += basis[start + i] * e[i];
      for (let i = 0; i < rows; i++) e[i] -= c * basis[start + i];
    }
  let rest = 0;
  for (const value of e) rest += value * value;
  const length = Math.sqrt(rest);
  return length > ALONE ? { q: e.map((value) => value / length), rest } : { q: null, rest: 0 };
}

/** Element `row` of ỹ − X̃β. */
function projectedRest(projected: ProjectedProblem, row: number, beta: Float64Array): number {
  let rest = projected.y[row];
  for (let j = 0; j < beta.length; j++)
    if (beta[j] !== 0) rest -= beta[j] * projected.X[j * projected.stride + row];
  return rest;
}

function rowError(problem: LinearProblem, row: number, coefficients: Float64Array): number {
  let error = problem.y[row];
  for (let j = 0; j < problem.columns; j++)
    if (coefficients[j] !== 0) error -= coefficients[j] * problem.X[j * problem.rows + row];
  return error;
}

function sparseOf(beta: Float64Array, penalised: readonly number[]): SparseCoefficients {
  const chosen = Array.from(beta.keys()).filter((k) => beta[k] !== 0);
  return { columns: chosen.map((k) => penalised[k]), values: chosen.map((k) => beta[k]) };
}
