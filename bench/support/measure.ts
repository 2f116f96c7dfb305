/** What every benchmark returns, and how it takes its times. */

export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Median wall time of several runs in seconds, after one that warms the compiler up. */
export function medianSeconds(runs: number, action: () => void): number {
  action();
  const times = Array.from({ length: runs }, () => {
    const begun = performance.now();
    action();
    return (performance.now() - begun) / 1000;
  });
  times.sort((a, b) => a - b);
  const middle = Math.floor(runs / 2);
  return runs % 2 === 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
}
