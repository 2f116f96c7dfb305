/** What every estimator must do; run for each of them by estimator.test.ts. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { crossValidate } from "../../src/fitting/cross-validation.ts";
import { createEstimator, type EstimatorOptions } from "../../src/fitting/estimator.ts";
import {
  createProblem,
  type LinearProblem,
  otherRows,
  predictRows,
  selectRows,
} from "../../src/fitting/problem.ts";
import { columnsOf, planted } from "../fitting/problems.ts";

export interface EstimatorTraits {
  /** Reaches weak regularisation, so that a noise-free solution is recovered. */
  readonly options: EstimatorOptions;
  /** Largest error of a recovered coefficient of order one, and why. */
  readonly recovery: number;
  /** The number of rows enters the definition otherwise than through weighted sums. */
  readonly countsRows?: boolean;
  /** Absolute values and squares are penalised in a fixed ratio, which no change of unit leaves alone. */
  readonly mixedPenalty?: boolean;
}

const executor = createExecutor(0);

function withColumns(problem: LinearProblem, columns: readonly Float64Array[], y = problem.y): LinearProblem {
  const X = new Float64Array(problem.rows * columns.length);
  columns.forEach((column, j) => {
    X.set(column, j * problem.rows);
  });
  const unpenalised = problem.unpenalised.flatMap((free, j) => (free ? [j] : []));
  return createProblem({ rows: problem.rows, columns: columns.length, X, y, unpenalised });
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  expect(found.length).toBe(expected.length);
  for (let j = 0; j < found.length; j++)
    expect(Math.abs(found[j] - expected[j]), `element ${j}`).toBeLessThanOrEqual(tolerance);
}

export function estimatorContract(name: string, traits: EstimatorTraits): void {
  describe(`estimator contract: ${name}`, () => {
    const estimator = createEstimator(traits.options);
    const coefficients = (problem: LinearProblem, values = estimator.hyperPath(problem).values) =>
      estimator.fitPath(problem, values).fits.map((fit) => fit.coefficients);
    const noisy = planted({ rows: 40, columns: 15, seed: 31, unpenalised: 2 }).problem;
    const wide = planted({ rows: 20, columns: 45, seed: 32, counts: true }).problem;

    it("orders its path from strong to weak and selects more at the weak end", () => {
      const path = estimator.hyperPath(noisy);
      const { fits } = estimator.fitPath(noisy, path.values);
      expect(path.values.length).toBeGreaterThan(0);
      expect(fits[fits.length - 1].rmse).toBeLessThanOrEqual(fits[0].rmse * (1 + 1e-12));
      expect(fits[fits.length - 1].selected.length).toBeGreaterThanOrEqual(fits[0].selected.length);
    });

    it("recovers a noise-free planted solution", () => {
      for (const weighted of [false, true]) {
        const { problem, truth } = planted({ rows: 60, columns: 20, seed: 33, noise: 0, weighted });
        const path = coefficients(problem);
        expectClose(path[path.length - 1], truth, traits.recovery);
      }
    });

    // A mixed penalty has no scale of its own, so this does not hold by definition.
    if (!traits.mixedPenalty)
      it("scales with the target", () => {
        const problem = { ...noisy, y: noisy.y.map((value) => -1000 * value) };
        const expected = coefficients(noisy);
        coefficients(problem).forEach((found, k) => {
          // Iterations end at other roundings of the same numbers.
          expectClose(
            found,
            expected[k].map((value) => -1000 * value),
            1e-5,
          );
        });
      });

    it("does not depend on the order of the rows", () => {
      const order = new RandomStream(34, 0).shuffle(Array.from({ length: noisy.rows }, (_, i) => i));
      const { values } = estimator.hyperPath(noisy);
      const expected = coefficients(noisy, values);
      coefficients(selectRows(noisy, order), values).forEach((found, k) => {
        expectClose(found, expected[k], 1e-8);
      });
    });

    // A method that counts rows tells two rows from one of weight two by definition.
    if (!traits.countsRows)
      it("takes a row given twice as a row of weight two", () => {
        const twice = Array.from({ length: noisy.rows }, (_, i) => i);
        const doubled = { ...noisy, weights: noisy.weights.slice() };
        for (const i of [0, 7, 21]) {
          twice.push(i);
          doubled.weights[i] = 2;
        }
        const { values } = estimator.hyperPath(noisy);
        const expected = coefficients(doubled, values);
        coefficients(selectRows(noisy, twice), values).forEach((found, k) => {
          expectClose(found, expected[k], 1e-8);
        });
      });

    it("does not depend on the scale of the weights", () => {
      const heavy = { ...noisy, weights: noisy.weights.map((weight) => 7 * weight) };
      const expected = coefficients(noisy);
      coefficients(heavy).forEach((found, k) => {
        expectClose(found, expected[k], 1e-8);
      });
    });

    it("lets unpenalised columns take whatever is in their span", () => {
      const { values } = estimator.hyperPath(noisy);
      const before = coefficients(noisy, values);
      const n = noisy.rows;
      const moved = { ...noisy, y: noisy.y.map((value, i) => value + 5 - 3 * noisy.X[n + i]) };
      // ARD measures its noise on the scale of the target, which moves with it.
      if (traits.options.method === "ard")
        return expect(coefficients(moved, values).length).toBe(before.length);
      coefficients(moved, values).forEach((found, k) => {
        const expected = before[k].slice();
        expected[0] += 5;
        expected[1] -= 3;
        expectClose(found, expected, 1e-8);
      });
    });

    it("drops zero columns and merges proportional ones, keeping the first", () => {
      const columns = columnsOf(noisy);
      const more = [
        ...columns,
        columns[4].slice(),
        new Float64Array(noisy.rows),
        columns[6].map((v) => -3 * v),
      ];
      const problem = withColumns(noisy, more);
      const { values } = estimator.hyperPath(noisy);
      const expected = coefficients(noisy, values);
      const { fits, aliases, unsampled } = estimator.fitPath(problem, values);
      expect(unsampled).toEqual([16]);
      expect(aliases).toEqual([
        { column: 15, of: 4, factor: 1 },
        { column: 17, of: 6, factor: -3 },
      ]);
      fits.forEach((fit, k) => {
        expectClose(fit.coefficients, [...expected[k], 0, 0, 0], 1e-12);
      });
    });

    it("gives zero to a column that the unpenalised ones explain", () => {
      const columns = columnsOf(noisy);
      const problem = withColumns(noisy, [...columns, columns[1].map((value) => 2 * value - 3)]);
      for (const found of coefficients(problem)) expect(found[15]).toBe(0);
    });

    it("gives the same bits every time", () => {
      expect(coefficients(wide)).toEqual(coefficients(wide));
    });

    it("stays finite with more columns than rows, dependent columns, few rows", () => {
      const problems = [wide];
      for (let seed = 0; seed < 12; seed++)
        problems.push(
          planted({ rows: 2 + seed, columns: 3 + 4 * (seed % 4), seed: 40 + seed, counts: true }).problem,
        );
      for (const problem of problems)
        for (const found of coefficients(problem)) expect(found.every(Number.isFinite)).toBe(true);
    });

    it("fits a constant target with the intercept alone", () => {
      const problem = { ...noisy, y: new Float64Array(noisy.rows).fill(4.25) };
      for (const found of coefficients(problem)) {
        expect(found[0]).toBeCloseTo(4.25, 9);
        expect(found.slice(1).every((value) => Math.abs(value) < 1e-9)).toBe(true);
      }
    });

    it("cross-validates along its path, and leave-one-out equals refits", async () => {
      const problem = planted({ rows: 16, columns: 12, seed: 35, counts: true }).problem;
      const folds = await crossValidate(estimator, problem, { kind: "k-fold", folds: 4, seed: 1 }, executor);
      expect(folds.mse.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      expect(folds.mse[folds.minimum]).toBe(Math.min(...folds.mse));
      expect(folds.oneStandardError).toBeLessThanOrEqual(folds.minimum);

      const single = await crossValidate(estimator, problem, { kind: "leave-one-out" }, executor);
      single.folds.forEach(({ rows, errors }) => {
        const training = selectRows(problem, otherRows(problem.rows, rows[0]));
        coefficients(training, single.path.values).forEach((beta, k) => {
          const error = problem.y[rows[0]] - predictRows(problem, beta)[rows[0]];
          expect(Math.abs(errors[k] - error)).toBeLessThan(1e-9);
        });
      });
    });
  });
}
