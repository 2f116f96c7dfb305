import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import {
  estimateMean,
  estimateVariance,
  findEquilibration,
  standardDeviation,
  statisticalInefficiency,
} from "../../src/core/statistics.ts";

/** x(t+1) = φ x(t) + noise, started in its stationary state: mean 0, variance 1, ρ(t) = φ^t, g = (1+φ)/(1-φ). */
function autoregressive(length: number, phi: number, random: RandomStream): Float64Array {
  const series = new Float64Array(length);
  const width = Math.sqrt(1 - phi * phi);
  let x = random.nextNormal();
  for (let i = 0; i < length; i++) {
    series[i] = x;
    x = phi * x + width * random.nextNormal();
  }
  return series;
}

const inefficiencyOf = (phi: number) => (1 + phi) / (1 - phi);

describe("means of correlated series", () => {
  it.each([0, 0.5, 0.9, 0.98])("finds the inefficiency of an AR(1) series with φ = %f", (phi) => {
    const exact = inefficiencyOf(phi);
    const length = 200_000;
    const found = statisticalInefficiency(autoregressive(length, phi, new RandomStream(11, 0)));
    // Relative error of an autocorrelation time summed over a window of W: sqrt(2 (2 W + 1) / n); W is some g here.
    const tolerance = 4 * Math.sqrt((2 * (2 * 5 * exact + 1)) / length);
    expect(Math.abs(found / exact - 1)).toBeLessThan(tolerance);
  });

  it.each([0, 0.8, 0.95])("gives errors that the means of many series with φ = %f obey", (phi) => {
    const series = 400;
    let squares = 0;
    for (let k = 0; k < series; k++) {
      const { mean, error } = estimateMean(autoregressive(4000, phi, new RandomStream(12, k)));
      squares += (mean / error) ** 2;
    }
    // Σ z² is χ² with 400 degrees of freedom, 400 ± 28. A Geyer window misses a little of the tail: up to 10% more.
    expect(squares).toBeGreaterThan(400 - 4 * 28.3);
    expect(squares).toBeLessThan(440 + 4 * 28.3);
  });

  it("starts where it is told", () => {
    const series = Float64Array.from([100, 50, 1, 3, 1, 3, 1, 3]);
    expect(estimateMean(series, 2).mean).toBeCloseTo(2, 12);
  });

  it("takes a constant series as known exactly", () => {
    const constant = new Float64Array(100).fill(0.1);
    expect(estimateMean(constant)).toEqual({ mean: 0.1, error: 0, inefficiency: 1, effective: 100 });
  });
});

describe("findEquilibration", () => {
  it("leaves out a relaxation and keeps the rest", () => {
    const length = 5000;
    const series = autoregressive(length, 0.8, new RandomStream(13, 0));
    // Relaxes with 100 entries from 30 standard deviations away: below one after 100 ln 30 = 340 entries.
    for (let i = 0; i < length; i++) series[i] += 30 * Math.exp(-i / 100);
    const { start, effective, inefficiency } = findEquilibration(series);
    expect(start).toBeGreaterThanOrEqual(200);
    expect(start).toBeLessThanOrEqual(1000);
    expect(effective).toBeCloseTo((length - start) / inefficiency, 9);
    // What is left of the relaxation after `start` is below the error bar.
    const { mean, error } = estimateMean(series, start);
    expect(Math.abs(mean)).toBeLessThan(4 * error);
  });

  it("leaves out an approach of a single entry, which would spoil the variance", () => {
    const series = autoregressive(1500, 0.2, new RandomStream(17, 0));
    series[0] = 30;
    const { start, inefficiency } = findEquilibration(series);
    expect(start).toBeGreaterThan(0);
    const { value, error } = estimateVariance(series, new Float64Array(1500), start, inefficiency);
    expect(Math.abs(value - 1)).toBeLessThan(4 * error);
    // Variance of a variance: 2 g / n, g being 1.5 for the series and less for its squares.
    expect(error).toBeLessThan(1.5 * Math.sqrt((2 * 1.5) / 1500));
  });

  it("keeps nearly all of a series without relaxation", () => {
    for (let k = 0; k < 5; k++) {
      const { start } = findEquilibration(autoregressive(5000, 0.9, new RandomStream(14, k)));
      expect(start).toBeLessThan(0.3 * 5000);
    }
  });
});

describe("estimateVariance", () => {
  it("gives the variance with an error that many series obey, without the bias of short ones", () => {
    const series = 400;
    const phi = 0.9;
    let squares = 0;
    let sum = 0;
    let errors = 0;
    for (let k = 0; k < series; k++) {
      const means = autoregressive(8000, phi, new RandomStream(15, k));
      const { value, error } = estimateVariance(means, new Float64Array(8000), 0, inefficiencyOf(phi));
      squares += ((value - 1) / error) ** 2;
      sum += value - 1;
      errors += error;
    }
    // χ²(400) within 4 standard deviations, and 15% more for the jackknife's own error with 50 blocks.
    expect(squares).toBeGreaterThan(400 - 4 * 28.3);
    expect(squares).toBeLessThan(460 + 4 * 28.3);
    expect(Math.abs(sum / series)).toBeLessThan((4 * errors) / series / Math.sqrt(series));
  });

  it("adds the variance inside bins to the one between them", () => {
    const random = new RandomStream(16, 0);
    const values = Float64Array.from({ length: 10_000 }, () => random.nextNormal());
    const means = new Float64Array(1000);
    const variances = new Float64Array(1000);
    for (let bin = 0; bin < 1000; bin++) {
      const part = values.slice(10 * bin, 10 * bin + 10);
      means[bin] = part.reduce((a, x) => a + x, 0) / 10;
      variances[bin] = part.reduce((a, x) => a + (x - means[bin]) ** 2, 0) / 10;
    }
    const mean = values.reduce((a, x) => a + x, 0) / values.length;
    const variance = values.reduce((a, x) => a + (x - mean) ** 2, 0) / values.length;
    // The jackknife takes off a bias of about (variance of the mean) = 1e-4, nothing else differs.
    expect(Math.abs(estimateVariance(means, variances, 0, 1).value - variance)).toBeLessThan(3e-4);
  });
});

describe("standardDeviation", () => {
  it("divides by one less than the numbers there are, far from zero too", () => {
    // Deviations −3, −1, 4: squares of 26 over two.
    expect(standardDeviation([1, 3, 8])).toBeCloseTo(Math.sqrt(13), 14);
    expect(standardDeviation([1e9 + 1, 1e9 + 3, 1e9 + 8])).toBeCloseTo(Math.sqrt(13), 6);
    expect([standardDeviation([]), standardDeviation([5]), standardDeviation([5, 5])]).toEqual([0, 0, 0]);
  });

  it("does not mask what is no number", () => {
    expect(standardDeviation([1, Number.NaN])).toBeNaN();
  });
});
