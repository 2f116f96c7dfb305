/** Longer Ising runs: the square lattice through its critical point, and the critical point of the fcc lattice. */
import { describe, expect, it } from "vitest";
import { estimateMean, estimateVariance, findEquilibration } from "../../src/mc/statistics.ts";
import {
  FCC_CRITICAL_COUPLING,
  fccSeriesEnergy,
  isingChain,
  J,
  onsagerEnergy,
  torusExact,
} from "../mc/ising-models.ts";

function energyRun(kind: "square" | "fcc", size: number, coupling: number, sweeps: number) {
  const chain = isingChain(kind, size, coupling, 4711);
  const spins = chain.occupation.length;
  const means = new Float64Array(sweeps / 10);
  const variances = new Float64Array(sweeps / 10);
  for (let bin = 0; bin < means.length; bin++) {
    chain.run(10 * spins);
    const { mean, variance } = chain.takeBin();
    means[bin] = mean / (spins * J);
    variances[bin] = variance / (spins * J) ** 2;
  }
  const { start } = findEquilibration(means);
  const energy = estimateMean(means, start);
  const variance = estimateVariance(means, variances, start, energy.inefficiency);
  const scale = spins * coupling ** 2;
  return { energy, heatCapacity: { value: variance.value * scale, error: variance.error * scale } };
}

describe("square lattice, 64x64", () => {
  // k_B T / J and sweeps; the critical point is at 2.269, and fluctuations last longer near it.
  it.each([
    [1.8, 15_000],
    [2.1, 15_000],
    [2.2, 15_000],
    [2.269, 60_000],
    [2.35, 25_000],
    [2.6, 15_000],
    [3.5, 15_000],
  ])("energy and heat capacity at T = %f", (temperature, sweeps) => {
    const coupling = 1 / temperature;
    const exact = torusExact(64, coupling);
    const { energy, heatCapacity } = energyRun("square", 64, coupling, sweeps);
    console.log(
      `T ${temperature}: energy ${energy.mean.toFixed(5)}(${energy.error.toFixed(5)}), exact ${exact.energy.toFixed(5)}, ` +
        `infinite ${onsagerEnergy(coupling).toFixed(5)}; heat capacity ${heatCapacity.value.toFixed(4)}` +
        `(${heatCapacity.error.toFixed(4)}), exact ${exact.heatCapacity.toFixed(4)}`,
    );
    expect(Math.abs(energy.mean - exact.energy)).toBeLessThan(4 * energy.error);
    expect(Math.abs(heatCapacity.value - exact.heatCapacity)).toBeLessThan(4 * heatCapacity.error);
    expect(energy.error).toBeLessThan(0.008);
    expect(heatCapacity.error).toBeLessThan(0.1 * exact.heatCapacity);
  });
});

/** Binder's U = 1 - <m^4> / (3 <m^2>^2), with its error by the jackknife over blocks. */
function binder(size: number, coupling: number, sweeps: number): { value: number; error: number } {
  const chain = isingChain("fcc", size, coupling, 815);
  const spins = chain.occupation.length;
  const blocks = 40;
  const second = new Float64Array(blocks);
  const fourth = new Float64Array(blocks);
  chain.run(0.05 * sweeps * spins);
  for (let block = 0; block < blocks; block++)
    for (let sweep = 0; sweep < sweeps / blocks; sweep++) {
      chain.run(spins);
      let up = 0;
      for (let i = 0; i < spins; i++) up += chain.occupation[i];
      const square = ((2 * up) / spins - 1) ** 2;
      second[block] += square;
      fourth[block] += square * square;
    }
  const count = sweeps / blocks;
  const cumulant = (m2: number, m4: number, n: number) => 1 - m4 / n / (3 * (m2 / n) ** 2);
  const m2 = second.reduce((a, x) => a + x, 0);
  const m4 = fourth.reduce((a, x) => a + x, 0);
  const without = Array.from(second, (x, b) => cumulant(m2 - x, m4 - fourth[b], (blocks - 1) * count));
  const mean = without.reduce((a, x) => a + x, 0) / blocks;
  const spread = without.reduce((a, x) => a + (x - mean) ** 2, 0);
  return { value: cumulant(m2, m4, blocks * count), error: Math.sqrt((spread * (blocks - 1)) / blocks) };
}

describe("fcc lattice", () => {
  it("has its critical point where it is published: K_c = 0.1020707, k_B T_c = 9.7971 J", () => {
    const published = FCC_CRITICAL_COUPLING;
    const couplings = [0.995 * published, 1.005 * published];
    const small = couplings.map((coupling) => binder(6, coupling, 400_000));
    const large = couplings.map((coupling) => binder(12, coupling, 120_000));
    const gaps = large.map((u, i) => u.value - small[i].value);
    const errors = large.map((u, i) => Math.hypot(u.error, small[i].error));
    // Where the cumulants of the two sizes cross, by a straight line between the two couplings.
    const [low, high] = gaps;
    const width = couplings[1] - couplings[0];
    const crossing = couplings[0] - (width * low) / (high - low);
    const error = (width * Math.hypot(high * errors[0], low * errors[1])) / (high - low) ** 2;
    console.log(
      `fcc: cumulants ${small.map((u) => u.value.toFixed(4))} (L = 6), ${large.map((u) => u.value.toFixed(4))} (L = 12); ` +
        `crossing at K = ${crossing.toFixed(6)}(${error.toFixed(6)}), published ${published}`,
    );
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    // Besides chance: corrections to scaling move the crossing of sizes L, 2L by about L^(-ω-1/ν) = 6^(-2.4) = 1.3%
    // times an amplitude of some hundredths.
    expect(Math.abs(crossing / published - 1)).toBeLessThan((4 * error) / published + 0.001);
    expect(error / published).toBeLessThan(0.002);
  });

  it.each([0.03, 0.05, 0.06])("follows the high-temperature series at K = %f", (coupling) => {
    const exact = fccSeriesEnergy(coupling, [8, 33, 168, 970, 6168]);
    const { energy } = energyRun("fcc", 10, coupling, 60_000);
    console.log(
      `fcc, K ${coupling}: energy ${energy.mean.toFixed(5)}(${energy.error.toFixed(5)}), ` +
        `series ${exact.energy.toFixed(5)}(${exact.remainder.toFixed(5)})`,
    );
    expect(Math.abs(energy.mean - exact.energy)).toBeLessThan(4 * energy.error + exact.remainder);
    expect(energy.error).toBeLessThan(0.003 * Math.abs(exact.energy));
  });
});
