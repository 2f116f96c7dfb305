/**
 * Least squares of the unpenalised columns. Where the data leave combinations of them open, the solution of
 * minimum norm in the study's own scale is taken, unless a gauge fixes some of the coefficients.
 */
import { EcitonError } from "../core/errors.ts";
import { MinimumNorm } from "./orthogonal.ts";
import { indicesOf, type LinearProblem, weightedColumn } from "./problem.ts";

/** Coefficients, by column name, that are given instead of fitted. */
export interface Gauge {
  readonly fix: Readonly<Record<string, number>>;
}

/**
 * Fits the unpenalised columns to what the given penalised coefficients leave of the target.
 * @param coefficients those of the unpenalised columns are ignored
 * @returns a new array with all coefficients
 * @throws {EcitonError} "study" when the gauge names a column that is absent, is penalised, or that the data
 *   determine anyway
 */
export function solveUnpenalised(
  problem: LinearProblem,
  coefficients: Float64Array,
  gauge?: Gauge,
): Float64Array {
  return fitFree(problem, coefficients, indicesOf(problem.unpenalised, true), gauge);
}

/** Fits the columns `free` by least squares while all others keep their coefficients. */
export function fitFree(
  problem: LinearProblem,
  coefficients: Float64Array,
  free: readonly number[],
  gauge?: Gauge,
): Float64Array {
  const n = problem.rows;
  const roots = problem.weights.map(Math.sqrt);
  const columnsOf = (indices: readonly number[]) => indices.map((j) => weightedColumn(problem.X, j, roots));
  const fixed = fixedColumns(problem, gauge);
  const open = free.filter((j) => !fixed.has(j));
  const all = coefficients.slice();
  for (const j of open) all[j] = 0;
  for (const [j, value] of fixed) all[j] = value;
  const solver = new MinimumNorm(columnsOf(open));
  if (fixed.size > 0 && new MinimumNorm(columnsOf(free)).rank > solver.rank)
    throw new EcitonError(
      "study",
      `fit.gauge.fix: the data determine more than the gauge leaves free; fix at most one term for every dependency, found ${[...fixed.keys()].map((j) => problem.names[j]).join(", ")}`,
      { path: "fit.gauge.fix" },
    );
  const rest = problem.y.slice();
  for (let j = 0; j < problem.columns; j++)
    if (all[j] !== 0) for (let i = 0; i < n; i++) rest[i] -= all[j] * problem.X[j * n + i];
  for (let i = 0; i < n; i++) rest[i] *= roots[i];
  const solution = solver.solve(rest);
  open.forEach((j, k) => {
    all[j] = solution[k];
  });
  return all;
}

/** @throws {EcitonError} "study" when the gauge names a column that is absent, or penalised */
function fixedColumns(problem: LinearProblem, gauge?: Gauge): Map<number, number> {
  const fixed = new Map<number, number>();
  for (const [name, value] of Object.entries(gauge?.fix ?? {})) {
    const j = problem.names.indexOf(name);
    const allowed = problem.names.filter((_, k) => problem.unpenalised[k]).join(", ");
    if (j < 0 || !problem.unpenalised[j] || !Number.isFinite(value))
      throw new EcitonError(
        "study",
        `fit.gauge.fix.${name}: expected a finite value for one of the unpenalised terms (${allowed}), found ${value} for ${
          j < 0 ? "an unknown term" : "this term"
        }`,
        { path: `fit.gauge.fix.${name}` },
      );
    fixed.set(j, value);
  }
  return fixed;
}
