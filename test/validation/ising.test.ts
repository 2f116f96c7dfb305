/**
 * Longer Ising runs: the square lattice through its critical point, squares at fixed magnetisation and with tempering
 * against all of their states, and the critical point of the fcc lattice.
 */
import { describe, expect, it } from "vitest";
import { expansionRecord } from "../../src/clusters/expansion.ts";
import { estimateMean, estimateVariance, findEquilibration } from "../../src/core/statistics.ts";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { runChain } from "../../src/mc/methods/chain-task.ts";
import { runLadder } from "../../src/mc/methods/tempering-task.ts";
import { isingLevels, momentsOf } from "../mc/density-of-states.ts";
import {
  FCC_CRITICAL_COUPLING,
  fccSeriesEnergy,
  isingChain,
  isingModel,
  J,
  onsagerEnergy,
  torusExact,
} from "../mc/ising-models.ts";

function energyRun(kind: "square" | "fcc", size: number, coupling: number, sweeps: number) {
  // Runs at different temperatures must not share their luck.
  const chain = isingChain(kind, size, coupling, Math.round(1e6 * coupling));
  const spins = chain.occupation.length;
  const means = new Float64Array(sweeps / 10);
  const variances = new Float64Array(sweeps / 10);
  for (let bin = 0; bin < means.length; bin++) {
    chain.run(10 * spins);
    const { mean, variance } = chain.takeBin();
    means[bin] = mean / (spins * J);
    variances[bin] = variance / (spins * J) ** 2;
  }
  chain.close();
  const { start } = findEquilibration(means);
  const energy = estimateMean(means, start);
  const variance = estimateVariance(means, variances, start, energy.inefficiency);
  const scale = spins * coupling ** 2;
  return { energy, heatCapacity: { value: variance.value * scale, error: variance.error * scale } };
}

/** Mean of independent runs, with the error that their scatter shows. */
function pooled(values: readonly number[]) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length * (values.length - 1))) };
}

describe("square lattice, 64x64", () => {
  it("energy and heat capacity at the critical point, T = 2.269", () => {
    // The magnetisation turns round once in some thousand sweeps, and energies follow it: the error bars of single runs
    // know little of that, so eight runs of fixed start tell it by their scatter.
    const coupling = 1 / 2.269;
    const exact = torusExact(64, coupling);
    const runs = Array.from({ length: 8 }, (_, replica) => {
      const chain = isingChain("square", 64, coupling, 900 + replica);
      chain.run(2_000 * 4096);
      chain.takeBin();
      chain.run(20_000 * 4096);
      const { mean, variance } = chain.takeBin();
      chain.close();
      return { energy: mean / (4096 * J), heat: (variance * coupling ** 2) / (4096 * J * J) };
    });
    const energy = pooled(runs.map((run) => run.energy));
    // The variance about a run's own mean lacks that of the means themselves.
    const lost = 4096 * coupling ** 2 * energy.error ** 2 * runs.length;
    const heat = pooled(runs.map((run) => run.heat + lost));
    console.log(
      `T 2.269: energy ${energy.mean.toFixed(5)}(${energy.error.toFixed(5)}), exact ${exact.energy.toFixed(5)}, ` +
        `infinite ${onsagerEnergy(coupling).toFixed(5)}; heat capacity ${heat.mean.toFixed(4)}` +
        `(${heat.error.toFixed(4)}), exact ${exact.heatCapacity.toFixed(4)}`,
    );
    // Student's t of seven degrees of freedom: 6 is as rare as 4 standard errors of a normal distribution is in 8 tests.
    expect(Math.abs(energy.mean - exact.energy)).toBeLessThan(6 * energy.error);
    expect(Math.abs(heat.mean - exact.heatCapacity)).toBeLessThan(6 * heat.error);
    expect(energy.error).toBeLessThan(0.006);
    expect(heat.error).toBeLessThan(0.1 * exact.heatCapacity);
  });

  // k_B T / J and sweeps; the critical point is at 2.269, and fluctuations last longer near it.
  it.each([
    [1.8, 15_000],
    [2.1, 15_000],
    [2.2, 15_000],
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

const context = () => ({ cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 });

/** What the tasks below are told of an n x n square. */
function squareTask(n: number, seed: number) {
  const { expansion } = isingModel("square", n);
  const records = { samples: 10_000, snapshots: 1, layers: [], checkpoint: null };
  return { expansion: expansionRecord(expansion), supercell: [n, n, 1], index: 0, seed, ...records };
}

/** Mean and variance of the energy (J, J²) over all arrangements of a number of up spins on 4 x 4, bond by bond. */
function fixedMagnetisation(up: number, coupling: number): { mean: number; variance: number } {
  let [sum, first, second] = [0, 0, 0];
  for (let state = 0; state < 1 << 16; state++) {
    const spin = (x: number, y: number) => (((state >> (4 * (y % 4) + (x % 4))) & 1) === 1 ? 1 : -1);
    let magnetisation = 0;
    let energy = 0;
    for (let x = 0; x < 4; x++)
      for (let y = 0; y < 4; y++) {
        magnetisation += spin(x, y);
        energy -= spin(x, y) * (spin(x + 1, y) + spin(x, y + 1));
      }
    if (magnetisation !== 2 * up - 16) continue;
    const weight = Math.exp(-coupling * energy);
    sum += weight;
    first += weight * energy;
    second += weight * energy * energy;
  }
  return { mean: first / sum, variance: second / sum - (first / sum) ** 2 };
}

describe("square lattice, 4 x 4 at fixed magnetisation", () => {
  it.each([
    [8, 1.5, "auto", {}],
    [8, 2.269, "auto", {}],
    [5, 2.269, "auto", {}],
    [8, 4, "auto", {}],
    [8, 1.5, "nfold", {}],
    [5, 2.269, "nfold", {}],
    [8, 2.269, "auto", { neighbourSwap: 1 }],
    [5, 1.5, "auto", { swap: 1, neighbourSwap: 2 }],
  ] as const)("%i up spins exchange at T = %f (%s, %o)", (up, temperature, engine, moves) => {
    const exact = fixedMagnetisation(up, 1 / temperature);
    const result = runChain(
      {
        ...squareTask(4, 100 * up + Math.round(10 * temperature)),
        composition: { up },
        temperature_K: (temperature * J) / BOLTZMANN_EV_PER_K,
        steps: 2_000_000,
        engine,
        ...(Object.keys(moves).length > 0 ? { moves } : {}),
      },
      context(),
    );
    if (result.interrupted) throw new Error("interrupted");
    const { energy_eV, heatCapacity_kB } = result;
    expect(Math.abs(energy_eV.value - J * exact.mean)).toBeLessThan(4 * energy_eV.error);
    const heat = exact.variance / temperature ** 2;
    expect(Math.abs(heatCapacity_kB!.value - heat)).toBeLessThan(4 * heatCapacity_kB!.error);
    expect(heatCapacity_kB!.error).toBeLessThan(0.05 * heat);
  });
});

describe.each([4, 6])("tempering of a square of %i spins a side", (n) => {
  it("gives the exact energy at every temperature", () => {
    const levels = isingLevels(n);
    const temperatures = [1, 1.5, 2, 2.269, 2.7, 3.5];
    const result = runLadder(
      {
        ...squareTask(n, 77 + n),
        composition: { up: (n * n) / 2 },
        rungs: temperatures.map((t) => ({
          temperature_K: (t * J) / BOLTZMANN_EV_PER_K,
          ensemble: { kind: "semi-grand", chemicalPotentials: {} },
        })),
        steps: 2_000_000,
        exchangeEverySteps: 5 * n * n,
        stream: 0,
      },
      context(),
    );
    if (result.interrupted) throw new Error("interrupted");
    result.chains.forEach(({ energy_eV }, i) => {
      const { mean } = momentsOf(levels, 1 / (temperatures[i] * J));
      expect(Math.abs(energy_eV.value - mean)).toBeLessThan(4 * energy_eV.error);
      expect(energy_eV.error).toBeLessThan(0.02 * Math.abs(mean));
    });
    expect(result.ladder.roundTrips).toBeGreaterThan(100);
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
