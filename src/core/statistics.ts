/** Means of correlated series, their errors, and where a series has settled. */

export interface Estimate {
  readonly mean: number;
  /** Standard error of the mean. */
  readonly error: number;
  /** Number of entries for each effectively uncorrelated one, g = 1 + 2 Σ ρ(t), at least 1. */
  readonly inefficiency: number;
  /** Number of effectively uncorrelated entries. */
  readonly effective: number;
}

function meanOf(series: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += series[i] - series[from];
  return series[from] + sum / (to - from);
}

/** Of a sample (n − 1); 0 for fewer than two numbers. */
export function standardDeviation(sample: ArrayLike<number>): number {
  const n = sample.length;
  if (n < 2) return 0;
  const mean = meanOf(sample, 0, n);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (sample[i] - mean) ** 2;
  return Math.sqrt(squares / (n - 1));
}

/**
 * Statistical inefficiency by Geyer's initial monotone sequence: autocorrelations are summed in neighbouring
 * pairs, which for a reversible chain are positive and decreasing, up to the first pair that is neither.
 * @returns 1 for a constant series
 * @see Geyer, Statistical Science 7, 473 (1992)
 */
export function statisticalInefficiency(series: ArrayLike<number>, start = 0): number {
  const n = series.length - start;
  if (n < 2) return 1;
  const mean = meanOf(series, start, series.length);
  const deviations = new Float64Array(n);
  for (let i = 0; i < n; i++) deviations[i] = series[start + i] - mean;
  const covariance = (lag: number) => {
    let sum = 0;
    for (let i = 0; i + lag < n; i++) sum += deviations[i] * deviations[i + lag];
    return sum / n;
  };
  const variance = covariance(0);
  if (variance === 0) return 1;
  let sum = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = ((lag === 0 ? variance : covariance(lag)) + covariance(lag + 1)) / variance;
    if (pair <= 0) break;
    smallest = Math.min(smallest, pair);
    sum += smallest;
  }
  return Math.max(1, 2 * sum - 1);
}

/** Mean of series[start ...] and its standard error sqrt(variance g / n). */
export function estimateMean(series: ArrayLike<number>, start = 0): Estimate {
  const n = series.length - start;
  const mean = meanOf(series, start, series.length);
  const inefficiency = statisticalInefficiency(series, start);
  let squares = 0;
  for (let i = start; i < series.length; i++) squares += (series[i] - mean) ** 2;
  const variance = n > 1 ? squares / (n - 1) : 0;
  return { mean, error: Math.sqrt((variance * inefficiency) / n), inefficiency, effective: n / inefficiency };
}

export interface Equilibration {
  /** First entry that belongs to equilibrium. */
  readonly start: number;
  readonly inefficiency: number;
  readonly effective: number;
}

/** Starts are tried at multiples of one part in so many. */
const STARTS = 50;

/**
 * The start that leaves the largest number of effectively uncorrelated entries: an earlier one would count the
 * approach to equilibrium as a slow correlation, a later one would throw data away. The first part in 50 is always
 * left out: an approach of a few entries hardly shows in the correlations, but would spoil the variance.
 * @see Chodera, J. Chem. Theory Comput. 12, 1799 (2016)
 */
export function findEquilibration(series: ArrayLike<number>): Equilibration {
  const { blocks, first, length } = blockMeans(series);
  let start = 0;
  let most = 0;
  for (let k = 1; k < STARTS; k++) {
    const block = Math.floor((blocks.length * k) / STARTS);
    if (blocks.length - block <= most) break;
    const effective = (blocks.length - block) / statisticalInefficiency(blocks, block);
    if (effective > most) {
      most = effective;
      start = first + block * length;
    }
  }
  const inefficiency = statisticalInefficiency(series, start);
  return { start, inefficiency, effective: (series.length - start) / inefficiency };
}

/** Starts differ by a part in 50, so a series of some thousand blocks tells them apart as well as a longer one. */
const MOST_ENTRIES = 1000;

/** Means of blocks of equal length; entries that are left over stand before the first block. */
function blockMeans(series: ArrayLike<number>): {
  readonly blocks: Float64Array;
  readonly first: number;
  readonly length: number;
} {
  const length = Math.max(1, Math.floor(series.length / MOST_ENTRIES));
  const count = Math.floor(series.length / length);
  const first = series.length - count * length;
  const blocks = new Float64Array(count);
  for (let b = 0; b < count; b++) blocks[b] = meanOf(series, first + b * length, first + (b + 1) * length);
  return { blocks, first, length };
}

/** A block must be longer than the correlation for blocks to be independent. */
const CORRELATIONS_PER_BLOCK = 4;
const MOST_BLOCKS = 50;

/**
 * Variance of a quantity of which consecutive bins of equal length have known means and variances, with its
 * standard error by the jackknife over blocks of bins. The jackknife also takes off the bias that comes from using
 * the mean of the same data.
 * @param inefficiency of the series of means; blocks are several times longer
 * @see Efron, The Jackknife, the Bootstrap and Other Resampling Plans (1982)
 */
export function estimateVariance(
  means: ArrayLike<number>,
  variances: ArrayLike<number>,
  start: number,
  inefficiency: number,
): { value: number; error: number } {
  const n = means.length - start;
  const blocks = Math.max(2, Math.min(MOST_BLOCKS, Math.floor(n / (CORRELATIONS_PER_BLOCK * inefficiency))));
  const length = Math.floor(n / blocks);
  if (length === 0) return { value: variances[means.length - 1], error: 0 };
  // Left-over bins at the beginning, which are the least sure to be in equilibrium, are not used.
  const first = means.length - blocks * length;
  const origin = meanOf(means, first, means.length);
  const sum = new Float64Array(blocks);
  const squares = new Float64Array(blocks);
  for (let b = 0; b < blocks; b++)
    for (let i = first + b * length; i < first + (b + 1) * length; i++) {
      const difference = means[i] - origin;
      sum[b] += difference;
      squares[b] += difference * difference + variances[i];
    }
  const totalSum = sum.reduce((a, x) => a + x, 0);
  const totalSquares = squares.reduce((a, x) => a + x, 0);
  const varianceOf = (s: number, q: number, count: number) => q / count - (s / count) ** 2;
  const whole = varianceOf(totalSum, totalSquares, blocks * length);
  const without = Array.from({ length: blocks }, (_, b) =>
    varianceOf(totalSum - sum[b], totalSquares - squares[b], (blocks - 1) * length),
  );
  const mean = without.reduce((a, x) => a + x, 0) / blocks;
  const spread = without.reduce((a, x) => a + (x - mean) ** 2, 0);
  return {
    value: Math.max(0, blocks * whole - (blocks - 1) * mean),
    error: Math.sqrt((spread * (blocks - 1)) / blocks),
  };
}
