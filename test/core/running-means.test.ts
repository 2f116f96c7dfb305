import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { RunningMeans } from "../../src/core/running-means.ts";

/** x' = a x + noise of unit variance: variance 1/(1 − a²), inefficiency (1 + a)/(1 − a). */
function autoregressive(a: number, n: number, seed: number, means: RunningMeans): void {
  const random = new RandomStream(seed, 0);
  let x = random.nextNormal() / Math.sqrt(1 - a * a);
  for (let i = 0; i < n; i++) {
    x = a * x + random.nextNormal();
    means.add([1e6 + x]);
  }
}

describe("running means", () => {
  it("are the mean and the variance of what was added", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];
    const means = new RunningMeans(2);
    for (const x of values) means.add([x, -2 * x]);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(means.entries).toBe(11);
    expect(means.mean(0)!.value).toBeCloseTo(mean, 13);
    expect(means.mean(1)!.value).toBeCloseTo(-2 * mean, 13);
    const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    const error = means.mean(0)!.error ?? 0;
    expect(means.variance(0)!.value).toBeCloseTo(squares + error ** 2, 12);
  });

  it("have no errors where there is too little, and none at all without entries", () => {
    const means = new RunningMeans(1);
    expect(means.mean(0)).toBeNull();
    expect(means.variance(0)).toBeNull();
    means.add([2]);
    expect(means.mean(0)).toEqual({ value: 2, error: null });
    means.add([2]);
    expect(means.mean(0)).toEqual({ value: 2, error: 0 });
  });

  it.each([0, 0.9, 0.99])("know the errors of a series with correlation %d", (a) => {
    const n = a === 0.99 ? 100_000 : 20_000;
    const variance = 1 / (1 - a * a);
    const exact = Math.sqrt((variance * (1 + a)) / (1 - a) / n);
    // Squares of a Gaussian series are correlated by a²: inefficiency (1 + a²)/(1 − a²), variance 2 σ⁴.
    const exactOfVariance = Math.sqrt((2 * variance ** 2 * (1 + a * a)) / (1 - a * a) / n);
    let means2 = 0;
    let variances2 = 0;
    const runs = 40;
    for (let seed = 1; seed <= runs; seed++) {
      const means = new RunningMeans(1);
      autoregressive(a, n, seed, means);
      const mean = means.mean(0)!;
      const spread = means.variance(0)!;
      // Blocks of a finite length miss a part of the correlations, and their errors scatter.
      expect(mean.error! / exact).toBeGreaterThan(0.7);
      expect(mean.error! / exact).toBeLessThan(1.4);
      expect(spread.error! / exactOfVariance).toBeGreaterThan(0.6);
      expect(spread.error! / exactOfVariance).toBeLessThan(1.6);
      means2 += ((mean.value - 1e6) / mean.error!) ** 2;
      variances2 += ((spread.value - variance) / spread.error!) ** 2;
    }
    // χ² of 40 runs, 4 standard deviations of √80, and a tenth for the errors' own errors.
    expect(means2).toBeLessThan(1.1 * (runs + 4 * Math.sqrt(2 * runs)));
    expect(variances2).toBeLessThan(1.1 * (runs + 4 * Math.sqrt(2 * runs)));
    expect(means2).toBeGreaterThan(runs - 3 * Math.sqrt(2 * runs));
  });

  it("go on from their state with the same bits", () => {
    const whole = new RunningMeans(2);
    const first = new RunningMeans(2);
    const random = new RandomStream(1, 0);
    const rows = Array.from({ length: 1000 }, () => [random.nextNormal(), random.nextFloat()]);
    for (const row of rows) whole.add(row);
    for (const row of rows.slice(0, 377)) first.add(row);
    const second = new RunningMeans(2);
    second.restore(first.state());
    for (const row of rows.slice(377)) second.add(row);
    expect(second.state()).toEqual(whole.state());
  });
});
