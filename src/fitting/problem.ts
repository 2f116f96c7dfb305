/** A linear regression problem: a design matrix with named columns, a target, and a weight for each row. */
import { EcitonError } from "../core/errors.ts";

export interface LinearProblem {
  readonly rows: number;
  readonly columns: number;
  /** Float64Array(rows × columns), column-major: X[j * rows + i]. */
  readonly X: Float64Array;
  /** Float64Array(rows) */
  readonly y: Float64Array;
  /** Float64Array(rows), positive. */
  readonly weights: Float64Array;
  readonly names: readonly string[];
  /** Columns that no penalty touches and no selection removes (the intercept among them). */
  readonly unpenalised: readonly boolean[];
  /** Float64Array(columns): of several identical columns the one with the smallest value is kept. */
  readonly complexity: Float64Array;
}

export interface ProblemInput {
  readonly rows: number;
  readonly columns: number;
  readonly X: Float64Array;
  readonly y: Float64Array;
  /** One for each row when absent. */
  readonly weights?: Float64Array;
  /** x1, x2, ... when absent. */
  readonly names?: readonly string[];
  /** Indices of the unpenalised columns. */
  readonly unpenalised?: readonly number[];
  /** The order of the columns when absent. */
  readonly complexity?: Float64Array;
}

/**
 * Checks sizes and numbers and fills in what is absent.
 * @throws {EcitonError} "shape" for arrays of the wrong length; "data" for a number that is not finite, with
 *   its row (counted from 1) and column name, for a weight that is not positive, and for an empty table
 */
export function createProblem(input: ProblemInput): LinearProblem {
  const { rows, columns, X, y } = input;
  if (rows === 0 || columns === 0)
    throw new EcitonError("data", `a fit needs rows and columns, found ${rows} rows and ${columns} columns`);
  const weights = input.weights ?? new Float64Array(rows).fill(1);
  const names = input.names ?? Array.from({ length: columns }, (_, j) => `x${j + 1}`);
  const complexity = input.complexity ?? Float64Array.from({ length: columns }, (_, j) => j);
  checkLength("X", X.length, rows * columns);
  checkLength("y", y.length, rows);
  checkLength("weights", weights.length, rows);
  checkLength("names", names.length, columns);
  checkLength("complexity", complexity.length, columns);
  const unpenalised = new Array<boolean>(columns).fill(false);
  for (const j of input.unpenalised ?? []) {
    if (!Number.isInteger(j) || j < 0 || j >= columns)
      throw new EcitonError(
        "shape",
        `unpenalised column ${j} is not one of the ${columns} columns, counted from 0`,
      );
    unpenalised[j] = true;
  }
  for (let j = 0; j < columns; j++)
    for (let i = 0; i < rows; i++)
      if (!Number.isFinite(X[j * rows + i])) throw notFinite(i, names[j], X[j * rows + i]);
  for (let i = 0; i < rows; i++) {
    if (!Number.isFinite(y[i])) throw notFinite(i, "target", y[i]);
    if (!(weights[i] > 0 && Number.isFinite(weights[i])))
      throw new EcitonError(
        "data",
        `row ${i + 1}: expected a positive weight, found ${weights[i]}; leave the row out instead`,
        { row: i + 1 },
      );
  }
  return { rows, columns, X, y, weights, names, unpenalised, complexity };
}

function checkLength(what: string, found: number, expected: number): void {
  if (found !== expected)
    throw new EcitonError("shape", `${what}: expected ${expected} elements, found ${found}`);
}

function notFinite(row: number, column: string, value: number): EcitonError {
  return new EcitonError(
    "data",
    `row ${row + 1}, column ${column}: expected a finite number, found ${value}`,
    {
      row: row + 1,
      column,
    },
  );
}

/** The problem made of some of the rows, in the order given; a row may be given more than once. */
export function selectRows(problem: LinearProblem, rows: ArrayLike<number>): LinearProblem {
  const n = rows.length;
  const X = new Float64Array(n * problem.columns);
  const y = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    y[i] = problem.y[rows[i]];
    weights[i] = problem.weights[rows[i]];
  }
  for (let j = 0; j < problem.columns; j++)
    for (let i = 0; i < n; i++) X[j * n + i] = problem.X[j * problem.rows + rows[i]];
  return { ...problem, rows: n, X, y, weights };
}

/** The problem made of some of the columns, in the order given. */
export function selectColumns(problem: LinearProblem, columns: ArrayLike<number>): LinearProblem {
  const n = problem.rows;
  const kept = Array.from(columns);
  const X = new Float64Array(n * kept.length);
  kept.forEach((j, k) => {
    X.set(problem.X.subarray(j * n, (j + 1) * n), k * n);
  });
  return {
    ...problem,
    columns: kept.length,
    X,
    names: kept.map((j) => problem.names[j]),
    unpenalised: kept.map((j) => problem.unpenalised[j]),
    complexity: Float64Array.from(kept, (j) => problem.complexity[j]),
  };
}

/** out[i] = Σ_j X[i, j] coefficients[j] */
export function predictRows(problem: LinearProblem, coefficients: ArrayLike<number>): Float64Array {
  const n = problem.rows;
  const out = new Float64Array(n);
  for (let j = 0; j < problem.columns; j++) {
    const c = coefficients[j];
    if (c === 0) continue;
    for (let i = 0; i < n; i++) out[i] += c * problem.X[j * n + i];
  }
  return out;
}

export function indicesOf(flags: readonly boolean[], wanted: boolean): number[] {
  const found: number[] = [];
  flags.forEach((flag, j) => {
    if (flag === wanted) found.push(j);
  });
  return found;
}

/** √w · column j */
export function weightedColumn(X: Float64Array, j: number, roots: Float64Array): Float64Array {
  const n = roots.length;
  const column = X.slice(j * n, (j + 1) * n);
  for (let i = 0; i < n; i++) column[i] *= roots[i];
  return column;
}

/** All rows but one. */
export function otherRows(rows: number, leftOut: number): number[] {
  return Array.from({ length: rows }, (_, i) => i).filter((i) => i !== leftOut);
}
