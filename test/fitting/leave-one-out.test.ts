import { afterAll, describe, expect, it } from "vitest";
import { createExecutor } from "../../src/exec/executor.ts";
import { expandCoefficients, reduceProblem } from "../../src/fitting/duplicates.ts";
import {
  lambdaGrid,
  largestLambda,
  type PenaltyOptions,
  penalisedPath,
} from "../../src/fitting/lasso-path.ts";
import { leaveOneOut } from "../../src/fitting/leave-one-out.ts";
import { createProblem, type LinearProblem, otherRows, selectRows } from "../../src/fitting/problem.ts";
import { columnsOf, planted } from "./problems.ts";

const inline = createExecutor(0);

/** Refits every fold from its rows alone. */
function naive(problem: LinearProblem, lambdas: Float64Array, options: PenaltyOptions, l1Ratio: number) {
  return Array.from({ length: problem.rows }, (_, row) => {
    const reduced = reduceProblem(selectRows(problem, otherRows(problem.rows, row)));
    const path = penalisedPath(reduced.problem, lambdas, options, l1Ratio);
    return path.coefficients.map((coefficients) => {
      const all = expandCoefficients(reduced, coefficients, problem.columns);
      return all.reduce((rest, beta, j) => rest - beta * problem.X[j * problem.rows + row], problem.y[row]);
    });
  });
}

async function compare(problem: LinearProblem, options: PenaltyOptions = {}, l1Ratio = 1) {
  const reduced = reduceProblem(problem).problem;
  const lambdas = lambdaGrid(largestLambda(reduced, options, l1Ratio), { count: 12, decades: 3 });
  const fast = await leaveOneOut(reduced, lambdas, inline, options, l1Ratio);
  const slow = naive(reduced, lambdas, options, l1Ratio);
  fast.errors.forEach((errors, i) => {
    errors.forEach((error, k) => {
      expect(Math.abs(error - slow[i][k]), `row ${i}, λ ${k}`).toBeLessThan(1e-9);
    });
  });
  expect(fast.counters.downdates + fast.counters.rankChanges).toBe(problem.rows);
  return fast.counters;
}

/** Row 3 alone samples the unpenalised column 1 and the penalised column 10; without row 5, 11 equals 12. */
function withSpecialRows(): LinearProblem {
  const { problem } = planted({ rows: 24, columns: 40, seed: 21, counts: true, unpenalised: 3 });
  const columns = columnsOf(problem);
  columns[1] = columns[1].map((_, i) => (i === 3 ? 2 : 0));
  columns[10] = columns[10].map((_, i) => (i === 3 ? 1 : 0));
  columns[11] = columns[12].map((value, i) => (i === 5 ? value + 1 : value));
  columns[14] = columns[15].map((value, i) => (i === 7 ? value + 1 : 2 * value));
  const X = new Float64Array(24 * 40);
  columns.forEach((column, j) => {
    X.set(column, j * 24);
  });
  return createProblem({ rows: 24, columns: 40, X, y: problem.y, unpenalised: [0, 1, 2] });
}

describe("leave-one-out", () => {
  it("equals a refit of every fold: more columns than rows", async () => {
    const counters = await compare(planted({ rows: 25, columns: 60, seed: 20 }).problem);
    expect(counters.downdates).toBe(25);
  });

  it("equals a refit of every fold: weights, correlated columns", async () => {
    await compare(planted({ rows: 25, columns: 40, seed: 22, weighted: true, correlation: 0.95 }).problem);
  });

  it("equals a refit of every fold: counts", async () => {
    await compare(planted({ rows: 40, columns: 70, seed: 23, counts: true, unpenalised: 4 }).problem);
  });

  it("equals a refit of every fold: no unpenalised column", async () => {
    await compare(planted({ rows: 20, columns: 30, seed: 24, unpenalised: 0 }).problem);
  });

  it("equals a refit of every fold when columns are standardised on the fold", async () => {
    await compare(planted({ rows: 25, columns: 50, seed: 25, counts: true }).problem, { standardise: true });
  });

  it("equals a refit of every fold for the elastic net", async () => {
    await compare(planted({ rows: 20, columns: 40, seed: 26 }).problem, {}, 0.5);
    await compare(planted({ rows: 20, columns: 40, seed: 27 }).problem, { standardise: true }, 0.5);
  });

  it("equals a refit where the left-out row changes ranks and merges columns", async () => {
    const counters = await compare(withSpecialRows());
    expect(counters.rankChanges).toBe(1);
    await compare(withSpecialRows(), { standardise: true });
  });

  it("says so where the solution of a fold is not unique", async () => {
    // Five rows of small integers and a dozen columns: the same fit at the same penalty in several ways.
    const { problem } = planted({ rows: 6, columns: 13, seed: 1, counts: true });
    const reduced = reduceProblem(problem).problem;
    const { counters, warnings } = await leaveOneOut(reduced, lambdaGrid(largestLambda(reduced)), inline);
    expect(counters.ambiguous).toBeGreaterThan(0);
    expect(warnings[0]).toContain("not unique");
  });

  it("refuses a single row", async () => {
    const { problem } = planted({ rows: 1, columns: 3, seed: 28 });
    await expect(leaveOneOut(problem, new Float64Array([1]), inline)).rejects.toThrow(/at least two rows/);
  });
});

describe("leave-one-out on threads", () => {
  const executors = [1, 2].map((workers) => createExecutor(workers));
  afterAll(() => Promise.all(executors.map((executor) => executor.close())));

  it("gives the same bits for any number of workers", async () => {
    const { problem } = planted({ rows: 30, columns: 60, seed: 29, counts: true });
    const reduced = reduceProblem(problem).problem;
    const lambdas = lambdaGrid(largestLambda(reduced), { count: 20 });
    const expected = await leaveOneOut(reduced, lambdas, inline);
    for (const executor of executors) {
      const found = await leaveOneOut(reduced, lambdas, executor);
      expect(found.errors).toEqual(expected.errors);
      expect(found.last).toEqual(expected.last);
      expect(found.counters).toEqual(expected.counters);
    }
  });
});
