import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correlationsOf } from "../../../src/nn/symmetry-functions/correlation.ts";
import { failureOf } from "../../failure.ts";

describe("correlationsOf", () => {
  it("is Pearson's correlation by its definition", () => {
    const value = fc.double({ min: -10, max: 10, noNaN: true });
    const table = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 12 }))
      .chain(([columns, rows]) =>
        fc.array(fc.array(value, { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    fc.assert(
      fc.property(table, (rows) => {
        const columns = rows[0].map((_, c) => rows.map((row) => row[c]));
        const mean = columns.map((x) => x.reduce((sum, y) => sum + y, 0) / x.length);
        const sum = (a: number, b: number) =>
          rows.reduce((total, row) => total + (row[a] - mean[a]) * (row[b] - mean[b]), 0);
        const found = correlationsOf(Float64Array.from(rows.flat()), columns.length);
        expect(found.count).toBe(rows.length);
        columns.forEach((x, a) => {
          expect(found.min[a]).toBe(Math.min(...x));
          expect(found.max[a]).toBe(Math.max(...x));
          expect(found.sigma[a]).toBeCloseTo(Math.sqrt(sum(a, a) / (rows.length - 1)), 10);
          columns.forEach((_, b) => {
            // Sigmas near rounding have no correlation to speak of.
            if (!(sum(a, a) > 1e-8 && sum(b, b) > 1e-8)) return;
            const expected = sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b));
            expect(found.matrix[a * columns.length + b]).toBeCloseTo(expected, 8);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  it("keeps its digits far from zero", () => {
    // Sums of squares would lose all sixteen.
    const rows = [0, 1, 2, 3].map((x) => [1e9 + 1e-3 * x, 5 - x]);
    const { matrix, sigma } = correlationsOf(Float64Array.from(rows.flat()), 2);
    expect(sigma[0]).toBeCloseTo(1e-3 * Math.sqrt(5 / 3), 7);
    expect(matrix[1]).toBeCloseTo(-1, 6);
  });

  it("is zero with a constant, and has sigma 0 for one atom", () => {
    const { matrix, sigma } = correlationsOf(Float64Array.of(1, 0.1, 2, 0.1, 4, 0.1), 2);
    expect(Array.from(matrix)).toEqual([1, 0, 0, 0]);
    expect(sigma[1]).toBe(0);
    expect(Array.from(correlationsOf(Float64Array.of(1, 2), 2).sigma)).toEqual([0, 0]);
  });

  it("refuses rows that are not whole, no atom, and what is not finite", () => {
    expect(failureOf(() => correlationsOf(new Float64Array(5), 2)).code).toBe("shape");
    expect(failureOf(() => correlationsOf(new Float64Array(0), 2)).code).toBe("data");
    const error = failureOf(() => correlationsOf(Float64Array.of(1, 2, 3, Number.NaN), 2));
    expect(error.code).toBe("data");
    expect(error.message).toContain("symmetry function 2");
  });
});
