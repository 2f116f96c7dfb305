/** Series in bounded memory against the same series kept whole. */
import { describe, expect, it } from "vitest";
import { BinnedSeries } from "../../src/core/binned-series.ts";
import { RandomStream } from "../../src/core/random.ts";
import { estimateMean, findEquilibration } from "../../src/core/statistics.ts";

/** x' = φ x + noise: the standard error of the mean of n entries is σ_noise / ((1 - φ) √n). */
function autoregressive(n: number, phi: number, seed: number): Float64Array {
  const random = new RandomStream(seed, 0);
  const values = new Float64Array(n);
  let x = 0;
  for (let i = 0; i < n; i++) {
    x = phi * x + (random.nextFloat() - 0.5) * Math.sqrt(12);
    values[i] = x;
  }
  return values;
}

function binned(values: Float64Array): BinnedSeries {
  const series = new BinnedSeries(2);
  for (const value of values) series.add(Float64Array.of(value, 2 * value + 3));
  return series;
}

describe("BinnedSeries", () => {
  it("keeps short series entry by entry, with the estimate of the plain series", () => {
    const values = autoregressive(10_000, 0.8, 3);
    const series = binned(values);
    expect(series.binLength).toBe(1);
    expect(series.series(0)).toEqual(values);
    const start = Math.max(1234, findEquilibration(values).start);
    const { mean, error } = estimateMean(values, start);
    expect(series.estimate(0, 1234)).toEqual({ value: mean, error });
  });

  it("has bins that are means of consecutive entries, whatever the length", () => {
    for (const n of [2 ** 14, 2 ** 14 + 1, 3 * 2 ** 14 + 7, 200_001]) {
      const values = Float64Array.from({ length: n }, (_, i) => i);
      const series = binned(values);
      const length = series.binLength;
      expect(series.bins).toBeLessThan(2 ** 14);
      expect(series.bins).toBe(Math.floor(n / length));
      // Sums of whole numbers are exact.
      series.series(0).forEach((mean, b) => {
        if (mean !== b * length + (length - 1) / 2) expect(mean).toBe(b * length + (length - 1) / 2);
      });
      expect(series.series(1)[3]).toBe(2 * series.series(0)[3] + 3);
    }
  });

  it("estimates mean and error of long correlated series", () => {
    const n = 400_000;
    const phi = 0.9;
    const exact = 1 / ((1 - phi) * Math.sqrt(n));
    for (const seed of [1, 2, 3, 4]) {
      const values = autoregressive(n, phi, seed);
      const estimate = binned(values).estimate(0, 0)!;
      expect(Math.abs(estimate.value)).toBeLessThan(4 * exact);
      // Some hundreds of independent bins and a part that is left out: the error itself is known to a few per cent.
      expect(estimate.error / exact).toBeGreaterThan(0.8);
      expect(estimate.error / exact).toBeLessThan(1.3);
    }
  });

  it("gives no estimate for fewer than two bins", () => {
    expect(new BinnedSeries(1).estimate(0, 0)).toBeNull();
    expect(binned(Float64Array.of(1, 2, 3)).estimate(0, 2)).toBeNull();
    expect(binned(Float64Array.of(1, 2, 3)).estimate(0, 1)).not.toBeNull();
  });
});
