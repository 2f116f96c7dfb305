import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DuplicateFinder,
  expandCoefficients,
  reduceProblem,
  UNSAMPLED,
} from "../../src/fitting/duplicates.ts";
import { createProblem, type LinearProblem } from "../../src/fitting/problem.ts";
import { fromRows } from "./problems.ts";

/** The definition, column by column: the best-ranked column that this one is a multiple of. */
function slowKeeper(problem: LinearProblem, leftOut: number): number[] {
  const { rows, columns, X, unpenalised, complexity } = problem;
  const order = Array.from({ length: columns }, (_, j) => j).sort(
    (a, b) => Number(unpenalised[b]) - Number(unpenalised[a]) || complexity[a] - complexity[b] || a - b,
  );
  const entries = (j: number) =>
    Array.from({ length: rows }, (_, i) => X[j * rows + i]).filter((_, i) => i !== leftOut);
  const proportional = (a: number[], b: number[]) =>
    a.every((_, i) => a.every((_, k) => a[i] * b[k] === a[k] * b[i])) &&
    a.some((x) => x !== 0) &&
    b.some((x) => x !== 0);
  return Array.from({ length: columns }, (_, j) => {
    if (unpenalised[j]) return j;
    const own = entries(j);
    if (own.every((x) => x === 0)) return UNSAMPLED;
    return order.find((k) => k === j || proportional(own, entries(k)))!;
  });
}

describe("merging columns", () => {
  it("keeps the simplest of identical and proportional columns and reports the others", () => {
    const rows = [
      [1, 2, 0, 1, 4, 0, 2],
      [1, 0, 0, 0, 0, 3, 0],
      [1, 4, 0, 2, 8, 1, 4],
    ];
    const problem = fromRows(rows, [1, 2, 3], {
      unpenalised: [0],
      names: ["1", "big", "never", "small", "huge", "other", "twin"],
      complexity: Float64Array.from([0, 5, 1, 2, 9, 3, 4]),
    });
    const reduced = reduceProblem(problem);
    expect(reduced.kept).toEqual([0, 3, 5]);
    expect(reduced.unsampled).toEqual([2]);
    expect(reduced.aliases).toEqual([
      { column: 1, of: 3, factor: 2 },
      { column: 4, of: 3, factor: 4 },
      { column: 6, of: 3, factor: 2 },
    ]);
    expect(reduced.problem.names).toEqual(["1", "small", "other"]);
    expect(Array.from(expandCoefficients(reduced, Float64Array.from([7, 8, 9]), 7))).toEqual([
      7, 0, 0, 8, 0, 9, 0,
    ]);
  });

  it("takes an unpenalised column before a simpler penalised one, and never merges unpenalised ones", () => {
    const rows = [
      [1, 1, 1, 0],
      [1, 1, 1, 0],
    ];
    const problem = fromRows(rows, [0, 1], {
      unpenalised: [1, 2, 3],
      complexity: Float64Array.from([0, 1, 2, 3]),
    });
    const { keeper } = new DuplicateFinder(problem).find(-1);
    expect(Array.from(keeper)).toEqual([1, 1, 2, 3]);
  });

  it("tells columns apart that differ in a single element by little", () => {
    const X = Float64Array.from([1, 2, 3, 4, 1, 2, 3, 4 + 4e-11, -1, -2, -3, -4]);
    const problem = createProblem({ rows: 4, columns: 3, X, y: new Float64Array(4) });
    expect(Array.from(new DuplicateFinder(problem).find(-1).keeper)).toEqual([0, 1, 0]);
    expect(Array.from(new DuplicateFinder(problem).find(3).keeper)).toEqual([0, 0, 0]);
  });

  it("agrees with the definition on small integer matrices, whatever row is left out", () => {
    const matrix = fc.integer({ min: 2, max: 5 }).chain((n) =>
      fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { minLength: n, maxLength: n }), {
        minLength: 1,
        maxLength: 9,
      }),
    );
    fc.assert(
      fc.property(matrix, fc.nat(4), (columns, leftOut) => {
        const rows = columns[0].length;
        const problem = createProblem({
          rows,
          columns: columns.length,
          X: Float64Array.from(columns.flat()),
          y: new Float64Array(rows),
          unpenalised: [0],
          complexity: Float64Array.from(columns, (_, j) => (j * 7) % 5),
        });
        const row = leftOut < rows ? leftOut : -1;
        const { keeper, factor } = new DuplicateFinder(problem).find(row);
        expect(Array.from(keeper)).toEqual(slowKeeper(problem, row));
        keeper.forEach((k, j) => {
          if (k < 0) return;
          for (let i = 0; i < rows; i++)
            if (i !== row)
              expect(problem.X[j * rows + i]).toBeCloseTo(factor[j] * problem.X[k * rows + i], 12);
        });
      }),
      { numRuns: 400, seed: 3 },
    );
  });
});
