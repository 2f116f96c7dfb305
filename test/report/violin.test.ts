import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { violin } from "../../src/report/plots/violin.ts";

const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 40 });

describe("violin", () => {
  it("has the quartiles of a list worked out by hand", () => {
    // Median and quartiles of 1..9 (inclusive halves are 1..5 and 5..9 around 5).
    const v = violin([9, 1, 5, 3, 7, 2, 8, 4, 6]);
    expect([v.minimum, v.median, v.maximum]).toEqual([1, 5, 9]);
    expect(v.lowerQuartile).toBe(3);
    expect(v.upperQuartile).toBe(7);
  });

  it("is the sum of Gaussians with Silverman's bandwidth", () => {
    const data = [0, 1, 2, 3, 4];
    // s = sqrt(2.5), IQR = 2, so min(s, IQR/1.34) = 2/1.34.
    const h = ((0.9 * 2) / 1.34) * 5 ** -0.2;
    const v = violin(data, 9);
    v.at.forEach((x, i) => {
      const expected =
        data.map((d) => Math.exp(-((x - d) ** 2) / (2 * h * h))).reduce((a, b) => a + b) /
        (5 * h * Math.sqrt(2 * Math.PI));
      expect(v.density[i]).toBeCloseTo(expected, 12);
    });
    expect(v.at[0]).toBe(0);
    expect(v.at[8]).toBe(4);
  });

  it("integrates to the probability between the extremes", () => {
    // 2000 quantiles of a uniform distribution: almost no mass lies beyond the extremes (a bandwidth of about
    // 0.05 smooths half a bandwidth of mass, 0.4 h on each side, out of the range).
    const data = Array.from({ length: 2000 }, (_, i) => i / 1999);
    const v = violin(data, 400);
    const step = v.at[1] - v.at[0];
    const integral = v.density.reduce((sum, d) => sum + d * step, 0);
    expect(integral).toBeGreaterThan(0.92);
    expect(integral).toBeLessThan(1.01);
  });

  it("keeps order and finite numbers for any list, and draws no area for equal values", () => {
    fc.assert(
      fc.property(values, (list) => {
        const v = violin(list);
        const order = [v.minimum, v.lowerQuartile, v.median, v.upperQuartile, v.maximum];
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expect(v.density.every((d) => Number.isFinite(d) && d >= 0)).toBe(true);
        const spread = Math.max(...list) - Math.min(...list);
        if (spread === 0) expect(v.at).toEqual([]);
        // The deviation of 40 values is at least spread / 12, far above the rounding of numbers up to 10.
        if (spread > 1e-9) expect(v.at.length).toBe(120);
      }),
    );
    expect(violin([2, 2, 2])).toMatchObject({ median: 2, at: [], density: [] });
  });
});
