/**
 * LASSO and elastic net along a path of λ:
 *   1/(2W) Σ_i w_i (y_i − x_i·β)² + λ a Σ_j f_j |β_j| + ½ λ (1 − a) Σ_j f_j² β_j²,   W = Σ_i w_i,
 * the sums over j running over penalised columns only. With unit weights W is the number of rows and this is
 * scikit-learn's objective (a = l1_ratio); a weight of two is a row given twice. The ceria paper's eq. 3,
 * Σ_i (y_i − x_i·β)² + λ' Σ_j |β_j|, is the same with λ' = 2Wλ and a = 1.
 */
import { EcitonError } from "../core/errors.ts";
import { ActiveSetSolver, type SolverCounters } from "./active-set.ts";
import type { LinearProblem } from "./problem.ts";
import { completeCoefficients, type ProjectedProblem, projectProblem } from "./projection.ts";

/** How a penalty is shared among the columns. */
export interface PenaltyOptions {
  /**
   * True penalises β_j times the column's weighted standard deviation, as if columns had been divided by it
   * first. A constant column is divided by its root mean square. Default false.
   */
  readonly standardise?: boolean;
  /** Further factor of every column, Float64Array(columns of the problem); ones when absent. */
  readonly factors?: Float64Array;
}

export interface LambdaGrid {
  /** Number of values, default 50. */
  readonly count?: number;
  /** Powers of ten between the largest and the smallest, default 3. */
  readonly decades?: number;
}

export interface PenalisedPath {
  readonly lambdas: Float64Array;
  /** Coefficients of all columns for each λ. */
  readonly coefficients: readonly Float64Array[];
  /** Largest violation of the optimality conditions for each λ, as a part of λ f_j. */
  readonly violations: Float64Array;
  readonly counters: SolverCounters;
}

/** Optimality conditions may be violated by this part of λ_max at most. */
export const OPTIMALITY = 1e-8;

/** λ values from the largest down, evenly spaced in the logarithm. */
export function lambdaGrid(largest: number, grid: LambdaGrid = {}): Float64Array {
  const { count = 50, decades = 3 } = grid;
  if (!Number.isInteger(count) || count < 1 || !(decades > 0 && Number.isFinite(decades)))
    throw new EcitonError(
      "study",
      `fit.path: expected a positive number of values and of decades, found ${count} and ${decades}`,
      { path: "fit.path" },
    );
  return Float64Array.from({ length: count }, (_, k) =>
    count === 1 ? largest : largest * 10 ** ((-decades * k) / (count - 1)),
  );
}

/** Factor f_j of every penalised column. */
export function penaltyFactors(
  problem: LinearProblem,
  penalised: readonly number[],
  options: PenaltyOptions,
  leftOut = -1,
): Float64Array {
  return Float64Array.from(penalised, (j) => {
    const own = options.factors ? options.factors[j] : 1;
    return options.standardise ? own * columnScale(problem, j, leftOut) : own;
  });
}

/** Weighted standard deviation of a column; of a constant one the root mean square. */
export function columnScale(problem: LinearProblem, j: number, leftOut = -1): number {
  const { rows, X, weights } = problem;
  let total = 0;
  let mean = 0;
  for (let i = 0; i < rows; i++)
    if (i !== leftOut) {
      total += weights[i];
      mean += weights[i] * X[j * rows + i];
    }
  mean /= total;
  let centred = 0;
  let plain = 0;
  for (let i = 0; i < rows; i++)
    if (i !== leftOut) {
      centred += weights[i] * (X[j * rows + i] - mean) ** 2;
      plain += weights[i] * X[j * rows + i] ** 2;
    }
  // A mean of equal numbers is not always exactly that number.
  const scale = Math.sqrt((centred > 1e-24 * plain ? centred : plain) / total);
  return scale > 0 ? scale : 1;
}

/** Smallest λ at which no penalised column is selected. */
export function largestLambda(problem: LinearProblem, options: PenaltyOptions = {}, l1Ratio = 1): number {
  const projected = projectProblem(problem);
  return largestProjectedLambda(projected, penaltyFactors(problem, projected.penalised, options), l1Ratio);
}

/** @param factors f_j for each penalised column; Infinity excludes one */
export function largestProjectedLambda(
  projected: ProjectedProblem,
  factors: Float64Array,
  l1Ratio = 1,
): number {
  const solver = new ActiveSetSolver(projected, 1);
  solver.reset(null, factors);
  return solver.largestPenalty() / (projected.totalWeight * l1Ratio);
}

/**
 * Solves at every λ, each beginning at the solution of the one before.
 * @param lambdas positive, in descending order
 * @param l1Ratio a of the objective above, in (0, 1]; 1 is the LASSO
 * @throws {EcitonError} "study" for a λ that is not positive; "not-converged" when the optimality conditions
 *   are not met to 1e-8 of the largest λ
 */
export function penalisedPath(
  problem: LinearProblem,
  lambdas: Float64Array,
  options: PenaltyOptions = {},
  l1Ratio = 1,
): PenalisedPath {
  const projected = projectProblem(problem);
  const factors = penaltyFactors(problem, projected.penalised, options);
  const { betas, violations, counters } = projectedPath(projected, lambdas, factors, l1Ratio);
  const coefficients = betas.map((beta) => completeCoefficients(problem, projected, beta));
  return { lambdas, coefficients, violations, counters };
}

/**
 * The same on a projected problem.
 * @param factors f_j for each penalised column; Infinity excludes one
 * @returns coefficients of the penalised columns for each λ
 */
export function projectedPath(
  projected: ProjectedProblem,
  lambdas: Float64Array,
  factors: Float64Array,
  l1Ratio: number,
): { betas: Float64Array[]; violations: Float64Array; counters: SolverCounters } {
  checkLambdas(lambdas, projected.rows, projected.columns);
  const solver = new ActiveSetSolver(projected, capacityFor(projected, l1Ratio));
  solver.reset(null, factors);
  const violations = new Float64Array(lambdas.length);
  const betas: Float64Array[] = [];
  const scale = projected.totalWeight;
  const largest = Math.max(solver.largestPenalty() / (scale * l1Ratio), lambdas[0]);
  lambdas.forEach((lambda, k) => {
    const violation = solver.solve(lambda * l1Ratio * scale, lambda * (1 - l1Ratio) * scale);
    checkOptimality(violation, lambda, largest);
    violations[k] = violation;
    betas.push(solver.beta.slice());
  });
  return { betas, violations, counters: solver.counters };
}

/** With a ridge more columns than rows can be active. */
export function capacityFor(projected: ProjectedProblem, l1Ratio: number): number {
  return l1Ratio < 1 ? projected.columns : Math.min(projected.rows, projected.columns);
}

export function checkLambdas(lambdas: Float64Array, rows: number, penalised: number): void {
  for (const lambda of lambdas)
    if (!(lambda > 0 && Number.isFinite(lambda)))
      throw new EcitonError(
        "study",
        `fit.lambda: expected a positive λ, found ${lambda}; with ${penalised} penalised columns and ${rows} rows ` +
          (penalised > rows
            ? "least squares has no unique solution"
            : "use the method ordinary-least-squares for a fit without penalty"),
        { path: "fit.lambda" },
      );
}

export function checkOptimality(violation: number, lambda: number, largest: number): void {
  if (violation * lambda <= OPTIMALITY * largest) return;
  throw new EcitonError(
    "not-converged",
    `the optimality conditions at λ = ${lambda} are violated by ${violation} of λ, more than ${OPTIMALITY} of the largest λ (${largest}); columns may be nearly, but not exactly, dependent`,
    { lambda, violation },
  );
}
