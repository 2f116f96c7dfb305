import { afterAll, describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { bootstrap } from "../../src/fitting/bootstrap.ts";
import { createEstimator } from "../../src/fitting/estimator.ts";
import { fitFree } from "../../src/fitting/gauge.ts";
import {
  createProblem,
  type LinearProblem,
  otherRows,
  predictRows,
  selectRows,
} from "../../src/fitting/problem.ts";
import { refit } from "../../src/fitting/refit.ts";
import { reselectedErrors } from "../../src/fitting/reselect.ts";
import { columnsOf, planted } from "./problems.ts";

function errorsWithout(problem: LinearProblem, columns: readonly number[]): number[] {
  return Array.from({ length: problem.rows }, (_, i) => {
    const training = selectRows(problem, otherRows(problem.rows, i));
    const beta = fitFree(training, new Float64Array(problem.columns), columns);
    return problem.y[i] - predictRows(problem, beta)[i];
  });
}

/** Row 2 alone samples column 5; column 6 is column 3 plus column 4. */
function special(): LinearProblem {
  const { problem } = planted({ rows: 20, columns: 9, seed: 70, weighted: true, unpenalised: 2 });
  const columns = columnsOf(problem);
  columns[5] = columns[5].map((_, i) => (i === 2 ? 1.5 : 0));
  columns[6] = columns[6].map((_, i) => columns[3][i] + columns[4][i]);
  const X = new Float64Array(20 * 9);
  columns.forEach((column, j) => {
    X.set(column, j * 20);
  });
  return createProblem({
    rows: 20,
    columns: 9,
    X,
    y: problem.y,
    weights: problem.weights,
    unpenalised: [0, 1],
  });
}

describe("refit", () => {
  const sparse = Float64Array.from([9, 9, 0, -0.5, 0.4, 0.3, 0.2, 0, 0.1]);

  it("orders by size, tabulates exact leave-one-out errors for every number kept", () => {
    const problem = special();
    const { order, table } = refit(problem, sparse);
    expect(order).toEqual([3, 4, 5, 6, 8]);
    expect(table.map((row) => row.added)).toEqual([null, ...order]);
    const total = problem.weights.reduce((a, b) => a + b, 0);
    table.forEach((row, kept) => {
      const columns = [0, 1, ...order.slice(0, kept)];
      const cv = errorsWithout(problem, columns);
      const beta = fitFree(problem, new Float64Array(9), columns);
      const fit = predictRows(problem, beta).map((value, i) => problem.y[i] - value);
      const rms = (errors: ArrayLike<number>) =>
        Math.sqrt(Array.from(errors).reduce((sum, e, i) => sum + problem.weights[i] * e * e, 0) / total);
      // Least squares of condition ten: a few units in the last place each.
      expect(row.rmse).toBeCloseTo(rms(fit), 11);
      expect(row.cvRmse).toBeCloseTo(rms(cv), 9);
      expect(row.cvMaxError).toBeCloseTo(Math.max(...cv.map(Math.abs)), 9);
      expect(row.maxError).toBeCloseTo(Math.max(...fit.map(Math.abs)), 11);
    });
  });

  it("keeps a number, what exceeds a threshold, or what the errors support", () => {
    const problem = special();
    expect(refit(problem, sparse, { keep: 2 }).kept).toEqual([3, 4]);
    expect(refit(problem, sparse, { threshold: 0.3 }).kept).toEqual([3, 4, 5]);
    const { problem: easy, truth } = planted({ rows: 60, columns: 16, seed: 71, noise: 0.05 });
    // The truth and some small wrong terms: errors stop falling after the planted ones.
    const wide = truth.map((beta, j) => (beta === 0 ? 1e-3 * (j + 1) : beta));
    const chosen = refit(easy, wide);
    const planted_ = Array.from(truth.keys()).filter((j) => j > 0 && truth[j] !== 0);
    expect(chosen.chosenBy).toBe("one-standard-error");
    expect([...chosen.kept].sort((a, b) => a - b)).toEqual(planted_);
    for (const j of planted_) expect(Math.abs(chosen.coefficients[j] - truth[j])).toBeLessThan(0.05);
  });

  it("orders by effect: coefficient times standard deviation", () => {
    const problem = special();
    const scaled = { ...problem, X: problem.X.slice() };
    for (let i = 0; i < 20; i++) scaled.X[8 * 20 + i] *= 100;
    expect(refit(scaled, sparse, { order: "effect" }).order[0]).toBe(8);
    expect(refit(scaled, sparse).order[0]).toBe(3);
  });

  it("refuses a number and a threshold together, and more than was selected", () => {
    expect(() => refit(special(), sparse, { keep: 1, threshold: 0.1 })).toThrow("found both");
    expect(() => refit(special(), sparse, { keep: 6 })).toThrow("expected 0 to 5");
  });
});

describe("refit with the selection repeated in every fold", () => {
  const inline = createExecutor(0);

  it.each(["lasso", "recursive-elimination"] as const)(
    "equals both steps done without the row: %s",
    async (method) => {
      const { problem } = planted({ rows: 24, columns: 20, seed: 74, noise: 0.5 });
      const estimator = createEstimator({ method });
      const path = estimator.hyperPath(problem);
      const until = { name: path.name, values: path.values.slice(0, method === "lasso" ? 25 : 9) };
      const errors = await reselectedErrors(estimator, problem, until, 6, inline);
      for (const i of [0, 11, 23]) {
        const training = selectRows(problem, otherRows(24, i));
        const { fits } = estimator.fitPath(training, until.values);
        const beta = fits[fits.length - 1].coefficients;
        const { order } = refit(training, beta);
        for (let k = 0; k <= 6; k++) {
          const own = fitFree(training, new Float64Array(20), [0, ...order.slice(0, k)]);
          expect(errors[i][k]).toBeCloseTo(problem.y[i] - predictRows(problem, own)[i], 9);
        }
      }
    },
  );

  it("sees the optimism of errors whose terms all rows selected", async () => {
    // Nothing to learn: the target is noise of variance one, and no honest error can be below it for long.
    const { problem } = planted({ rows: 40, columns: 150, seed: 75 });
    const random = new RandomStream(76, 0);
    const noise = { ...problem, y: problem.y.map(() => random.nextNormal()) };
    const estimator = createEstimator({ method: "lasso", path: { count: 20, decades: 1 } });
    const path = estimator.hyperPath(noise);
    const { fits } = estimator.fitPath(noise, path.values);
    const reselected = await reselectedErrors(estimator, noise, path, 8, inline);
    const { table } = refit(noise, fits[19].coefficients, { reselected });
    expect(table[8].cvRmse).toBeLessThan(0.8 * table[0].cvRmse);
    expect(table[8].reselected!.rmse).toBeGreaterThan(table[0].cvRmse);
    expect(table[0].reselected!.rmse).toBeCloseTo(table[0].cvRmse, 12);
    expect(refit(noise, fits[19].coefficients, { reselected }).kept.length).toBe(0);
  });
});

describe("bootstrap", () => {
  const inline = createExecutor(0);
  const threads = createExecutor(2);
  afterAll(() => threads.close());

  it("has the standard errors of least squares", async () => {
    // With independent noise of one size, (XᵀX)⁻¹σ² holds; 2000 resamples tell a standard error to 2 %, and the
    // resampled rows of 200 differ from the model's by a few per cent more.
    const { problem } = planted({ rows: 200, columns: 4, seed: 72, noise: 0.3 });
    const result = await bootstrap(problem, [1, 2, 3], inline, { resamples: 2000, seed: 1 });
    result.coefficients.forEach(({ interval }) => {
      expect(interval.standardError / (0.3 / Math.sqrt(200))).toBeGreaterThan(0.8);
      expect(interval.standardError / (0.3 / Math.sqrt(200))).toBeLessThan(1.2);
      expect(interval.low).toBeLessThan(interval.value);
      expect(interval.high).toBeGreaterThan(interval.value);
      // A normal percentile interval spans 2 × 1.96 standard errors.
      expect((interval.high - interval.low) / interval.standardError).toBeGreaterThan(3.5);
      expect((interval.high - interval.low) / interval.standardError).toBeLessThan(4.3);
      expect(interval.determined).toBe(true);
    });
  });

  it("tells determined coefficients and combinations from those that are not", async () => {
    const { problem } = planted({ rows: 40, columns: 4, seed: 73 });
    const columns = columnsOf(problem);
    columns[3] = columns[1].map((value, i) => value + columns[2][i]);
    const X = new Float64Array(160);
    columns.forEach((column, j) => {
      X.set(column, j * 40);
    });
    const names = ["1", "a", "b", "c"];
    const dependent = createProblem({ rows: 40, columns: 4, X, y: problem.y, names, unpenalised: [0] });
    const result = await bootstrap(dependent, [1, 2, 3], inline, {
      resamples: 50,
      seed: 2,
      combinations: [{ a: 1, c: 1 }, { a: 1, b: -1 }, { b: 1 }],
    });
    expect(result.coefficients.map(({ interval }) => interval.determined)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(result.combinations.map((interval) => interval.determined)).toEqual([true, true, false]);
    expect(result.rankDeficient).toBe(0);
    const misnamed = bootstrap(dependent, [1], inline, { seed: 1, combinations: [{ d: 1 }] });
    await expect(misnamed).rejects.toThrow("found d");
  });

  it("counts resamples that lose a column", async () => {
    // A row is missing from a resample of n rows with probability (1 − 1/n)ⁿ, about 0.36.
    const problem = special();
    const result = await bootstrap(problem, [3, 5], inline, { resamples: 400, seed: 3 });
    expect(result.rankDeficient / 400).toBeGreaterThan(0.28);
    expect(result.rankDeficient / 400).toBeLessThan(0.44);
  });

  it("gives the same bits for any number of workers and another sample for another seed", async () => {
    const problem = special();
    const options = { resamples: 120, seed: 4 };
    const one = await bootstrap(problem, [3, 4], inline, options);
    expect(await bootstrap(problem, [3, 4], threads, options)).toEqual(one);
    expect(await bootstrap(problem, [3, 4], inline, { ...options, seed: 5 })).not.toEqual(one);
  });
});
