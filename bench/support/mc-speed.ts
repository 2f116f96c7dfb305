/** How fast a chain is. */
import type { MetropolisChain } from "../../src/mc/engines/metropolis.ts";

const BATCHES = 5;
const BATCH_SECONDS = 0.06;
/** The compiler of the second tier works beside the first calls. */
const WARM_SECONDS = 0.3;

export const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

export const sumOf = (counts: Float64Array) => counts.reduce((total, n) => total + n, 0);

/** Median over batches of trial steps for each second of CPU time; the chain is closed. */
export function stepsPerSecond(chain: MetropolisChain): number {
  const warm = cpuSeconds() + WARM_SECONDS;
  while (cpuSeconds() < warm) chain.run(2000);
  let steps = 2000;
  for (let seconds = 0; seconds < BATCH_SECONDS / 2; ) {
    steps *= 2;
    const begun = cpuSeconds();
    chain.run(steps);
    seconds = cpuSeconds() - begun;
  }
  const speeds = Array.from({ length: BATCHES }, () => {
    const begun = cpuSeconds();
    chain.run(steps);
    return steps / (cpuSeconds() - begun);
  });
  chain.close();
  return speeds.sort((x, y) => x - y)[BATCHES >> 1];
}
