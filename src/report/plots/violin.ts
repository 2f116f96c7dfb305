/** Kernel density and quartiles: what a violin is drawn from. */
import { quantileSorted, sampleStandardDeviation } from "simple-statistics";

export interface Violin {
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
  /** Values at which the density is given, from minimum to maximum; empty when all values are equal up to rounding. */
  readonly at: readonly number[];
  /** Density at each, 1/unit of the values. */
  readonly density: readonly number[];
}

/**
 * Gaussian kernel density, cut at the extremes, with Silverman's bandwidth
 *   h = 0.9 min(s, IQR/1.34) n^(-1/5)
 * @param values at least one, all finite
 * @see B. W. Silverman, Density Estimation for Statistics and Data Analysis (1986), eq. 3.31
 */
export function violin(values: readonly number[], points = 120): Violin {
  const sorted = [...values].sort((a, b) => a - b);
  const minimum = sorted[0];
  const maximum = sorted[sorted.length - 1];
  const lowerQuartile = quantileSorted(sorted, 0.25);
  const upperQuartile = quantileSorted(sorted, 0.75);
  const summary = { minimum, lowerQuartile, median: quantileSorted(sorted, 0.5), upperQuartile, maximum };
  if (sorted.length === 1) return { ...summary, at: [], density: [] };

  const deviation = sampleStandardDeviation(sorted);
  // More than half of the values may be equal, up to rounding: the quartile range then says nothing.
  const range = (upperQuartile - lowerQuartile) / 1.34;
  const width = range > 1e-9 * deviation ? Math.min(deviation, range) : deviation;
  const bandwidth = 0.9 * width * sorted.length ** -0.2;
  // Values that differ by rounding alone have no shape to show.
  if (bandwidth <= 1e-12 * Math.max(-minimum, maximum)) return { ...summary, at: [], density: [] };

  const at = Array.from({ length: points }, (_, i) => minimum + ((maximum - minimum) * i) / (points - 1));
  const scale = 1 / (sorted.length * bandwidth * Math.sqrt(2 * Math.PI));
  const density = at.map((x) => {
    let sum = 0;
    for (const value of sorted) sum += Math.exp(-0.5 * ((x - value) / bandwidth) ** 2);
    return scale * sum;
  });
  return { ...summary, at, density };
}
