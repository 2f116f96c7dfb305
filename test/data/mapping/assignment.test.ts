import fc from "fast-check";
import { expect, test } from "vitest";
import { solveAssignment } from "../../../src/data/mapping/assignment.ts";

/** Smallest summed cost by trying every injection of rows into columns. */
function bruteForce(cost: Float64Array, rows: number, columns: number): number {
  const used = new Array<boolean>(columns).fill(false);
  const place = (row: number): number => {
    if (row === rows) return 0;
    let best = Number.POSITIVE_INFINITY;
    for (let j = 0; j < columns; j++) {
      if (used[j]) continue;
      used[j] = true;
      best = Math.min(best, cost[row * columns + j] + place(row + 1));
      used[j] = false;
    }
    return best;
  };
  return place(0);
}

const entry = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -20, max: 20 }).map((x) => x / 4) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);

test("costs as little as the best of all assignments, and finds none where there is none", () => {
  const problem = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 }))
    .chain(([rows, more]) =>
      fc.tuple(
        fc.constant(rows),
        fc.constant(rows + more),
        fc.array(entry, { minLength: rows * (rows + more), maxLength: rows * (rows + more) }),
      ),
    );
  fc.assert(
    fc.property(problem, ([rows, columns, values]) => {
      const cost = Float64Array.from(values);
      const expected = bruteForce(cost, rows, columns);
      const found = solveAssignment(cost, rows, columns);
      if (expected === Number.POSITIVE_INFINITY) {
        expect(found).toBeNull();
        return;
      }
      expect(new Set(found).size).toBe(rows);
      // Quarters are exact in binary, so the sums are too.
      expect(Array.from(found!).reduce((sum, j, i) => sum + cost[i * columns + j], 0)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test("more rows than columns have no assignment", () => {
  expect(solveAssignment(Float64Array.of(1, 2), 2, 1)).toBeNull();
});

test("prefers the pair of long moves over the tempting short one", () => {
  // Greedy takes the 0 and pays 10; the best costs 2.
  expect(solveAssignment(Float64Array.of(0, 1, 1, 10), 2, 2)).toEqual(Int32Array.of(1, 0));
});
