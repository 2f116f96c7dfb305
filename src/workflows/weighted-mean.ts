/** Independent values of one quantity taken together. */
import type { ValueWithError } from "../mc/records/chain-summary.ts";

/**
 * Σ w x / Σ w. The error is the larger of what follows from the single errors and what the scatter shows, so that chains
 * stuck in different basins are not reported as one sharp number.
 * @param weights of independent values, above 0
 */
export function weightedMean(values: readonly ValueWithError[], weights: readonly number[]): ValueWithError {
  const whole = weights.reduce((a, b) => a + b, 0);
  const share = weights.map((w) => w / whole);
  const sum = (of: (v: ValueWithError, w: number) => number) =>
    values.reduce((total, v, i) => total + of(v, share[i]), 0);
  const mean = sum((v, w) => w * v.value);
  const stated = Math.sqrt(sum((v, w) => (w * v.error) ** 2));
  const n = values.length;
  // With equal weights this is the usual standard error of n values.
  const scatter = n < 2 ? 0 : Math.sqrt((sum((v, w) => (w * (v.value - mean)) ** 2) * n) / (n - 1));
  return { value: mean, error: Math.max(stated, scatter) };
}
