import { afterAll, describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { chooseFrom, crossValidate, scoreFolds } from "../../src/fitting/cross-validation.ts";
import { createEstimator } from "../../src/fitting/estimator.ts";
import { makeFolds } from "../../src/fitting/folds.ts";
import { planted } from "./problems.ts";

describe("folds", () => {
  it("deals every row to one fold in each repeat", () => {
    const folds = makeFolds({ kind: "k-fold", folds: 4, seed: 5, repeats: 3 }, 18);
    expect(folds.length).toBe(12);
    for (let repeat = 0; repeat < 3; repeat++) {
      const part = folds.slice(4 * repeat, 4 * repeat + 4);
      expect(part.flatMap((fold) => Array.from(fold)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 18 }, (_, i) => i),
      );
      for (const fold of part) expect(Math.abs(fold.length - 4.5)).toBe(0.5);
    }
    expect(folds[0]).not.toEqual(folds[4]);
  });

  it("is the same for the same seed and another for another", () => {
    const split = (seed: number) =>
      makeFolds({ kind: "shuffle-split", repeats: 2, testFraction: 0.2, seed }, 50);
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
    for (const fold of split(1)) expect(new Set(fold).size).toBe(10);
  });

  it("refuses schemes that leave nothing", () => {
    expect(() => makeFolds({ kind: "k-fold", folds: 6, seed: 1 }, 5)).toThrow("expected 2 to 5 folds");
    expect(() => makeFolds({ kind: "shuffle-split", repeats: 1, testFraction: 1, seed: 1 }, 5)).toThrow(
      "5 of 5 rows",
    );
    expect(() => makeFolds({ kind: "leave-one-out" }, 1)).toThrow("at least two rows");
  });
});

describe("scores", () => {
  it("are the textbook ones for single rows", () => {
    const errors = [3, -1, 2, 0];
    const folds = errors.map((error, i) => ({ rows: Int32Array.of(i), errors: Float64Array.of(error) }));
    const scores = scoreFolds(folds, new Float64Array(4).fill(1), 1);
    expect(scores.mse[0]).toBe(3.5);
    expect(scores.mae[0]).toBe(1.5);
    expect(scores.maxError[0]).toBe(3);
    // Standard deviation of 9, 1, 4, 0 over the root of four.
    expect(scores.standardError[0]).toBeCloseTo(
      Math.sqrt((5.5 ** 2 + 2.5 ** 2 + 0.5 ** 2 + 3.5 ** 2) / 3 / 4),
      12,
    );
  });

  it("weight rows", () => {
    const fold = { rows: Int32Array.of(0, 1), errors: Float64Array.of(1, 3) };
    expect(scoreFolds([fold], Float64Array.of(3, 1), 1).mse[0]).toBe(3);
  });

  it("choose the most regularised value within one standard error", () => {
    const mse = Float64Array.of(9, 4, 2.4, 2, 2.2);
    expect(chooseFrom({ mse, standardError: Float64Array.of(1, 1, 1, 0.5, 1) })).toEqual({
      minimum: 3,
      oneStandardError: 2,
    });
  });
});

describe("cross-validation", () => {
  const inline = createExecutor(0);
  const threads = createExecutor(2);
  afterAll(() => threads.close());

  it("warns when the minimum is at an end of the path", async () => {
    const { problem } = planted({ rows: 40, columns: 12, seed: 60, noise: 0.01 });
    const short = createEstimator({ method: "lasso", path: { count: 5, decades: 0.5 } });
    const scheme = { kind: "leave-one-out" } as const;
    expect((await crossValidate(short, problem, scheme, inline)).warnings[0]).toMatch(
      /let the path reach further/,
    );
    const random = new RandomStream(62, 0);
    const noise = { ...problem, y: problem.y.map(() => random.nextNormal()) };
    const lasso = createEstimator({ method: "lasso" });
    expect((await crossValidate(lasso, noise, scheme, inline)).warnings[0]).toMatch(
      /the data support no more/,
    );
  });

  it("gives the same bits on threads", async () => {
    const { problem } = planted({ rows: 24, columns: 30, seed: 61, counts: true });
    for (const method of ["ard", "orthogonal-matching-pursuit"] as const) {
      const estimator = createEstimator({ method });
      const scheme = { kind: "shuffle-split", repeats: 6, testFraction: 0.25, seed: 4 } as const;
      const one = await crossValidate(estimator, problem, scheme, inline);
      expect(await crossValidate(estimator, problem, scheme, threads)).toEqual(one);
    }
  });

  it("tells how many folds are done, and stops when asked to", async () => {
    const { problem } = planted({ rows: 24, columns: 30, seed: 63 });
    for (const method of ["lasso", "ridge"] as const) {
      const estimator = createEstimator({ method });
      const path = estimator.hyperPath(problem);
      let done = 0;
      const scheme = { kind: "leave-one-out" } as const;
      await crossValidate(estimator, problem, scheme, inline, path, undefined, (folds) => {
        done = folds;
      });
      expect(done).toBe(24);
      const stopped = crossValidate(estimator, problem, scheme, inline, path, AbortSignal.abort());
      await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
    }
  });
});
