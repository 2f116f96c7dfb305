/** Seeded regression problems for the tests of this folder. */
import { RandomStream } from "../../src/core/random.ts";
import { createProblem, type LinearProblem, type ProblemInput } from "../../src/fitting/problem.ts";

export interface Planted {
  readonly problem: LinearProblem;
  readonly truth: Float64Array;
}

export interface Recipe {
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
  /** Correlation of neighbouring columns. */
  readonly correlation?: number;
  /** Small integer counts instead of normal deviates. */
  readonly counts?: boolean;
  readonly noise?: number;
  readonly weighted?: boolean;
  /** The first columns: the intercept, then free ones. */
  readonly unpenalised?: number;
}

export function planted(recipe: Recipe): Planted {
  const { rows, columns, seed, correlation = 0, noise = 0.1, unpenalised = 1 } = recipe;
  const random = new RandomStream(seed, 0);
  const X = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    let before = random.nextNormal();
    for (let j = 0; j < columns; j++) {
      before = correlation * before + Math.sqrt(1 - correlation ** 2) * random.nextNormal();
      X[j * rows + i] = recipe.counts ? Math.max(0, Math.round(1.2 * before)) : before;
    }
    if (unpenalised > 0) X[i] = 1;
  }
  const truth = new Float64Array(columns);
  for (let j = 0; j < columns; j++)
    if (j < unpenalised || j % 7 === 3) truth[j] = Math.round(20 * random.nextNormal()) / 10 + 0.05;
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    y[i] = noise * random.nextNormal();
    for (let j = 0; j < columns; j++) y[i] += truth[j] * X[j * rows + i];
  }
  const weights = recipe.weighted
    ? Float64Array.from({ length: rows }, () => 0.3 + random.nextFloat())
    : undefined;
  const free = Array.from({ length: unpenalised }, (_, j) => j);
  return { problem: createProblem({ rows, columns, X, y, weights, unpenalised: free }), truth };
}

/** A problem given row by row. */
export function fromRows(
  rows: readonly (readonly number[])[],
  y: readonly number[],
  rest: Partial<ProblemInput> = {},
): LinearProblem {
  const columns = rows[0].length;
  const X = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    row.forEach((value, j) => {
      X[j * rows.length + i] = value;
    });
  });
  return createProblem({ rows: rows.length, columns, X, y: Float64Array.from(y), ...rest });
}

/** Every column of a problem copied, for changing some. */
export function columnsOf(problem: LinearProblem): Float64Array[] {
  return Array.from({ length: problem.columns }, (_, j) =>
    problem.X.slice(j * problem.rows, (j + 1) * problem.rows),
  );
}
