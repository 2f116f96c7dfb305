/** Chains against averages over every configuration. */
import { describe, expect, it } from "vitest";
import { expansionRecord } from "../../src/clusters/expansion.ts";
import { RandomStream } from "../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { randomOccupation } from "../../src/mc/composition.ts";
import { MetropolisChain } from "../../src/mc/engines/metropolis.ts";
import { type ChainPayload, type FinishedChain, runChain } from "../../src/mc/methods/chain-task.ts";
import { FlipMoves } from "../../src/mc/moves/flip-moves.ts";
import { SwapMoves } from "../../src/mc/moves/swap-moves.ts";
import { publishedCeria } from "./ceria.ts";
import { forEachState } from "./enumerate-states.ts";

const layers = ["O1", "O2", "O3", "Ce1", "Ce2"];

function finished(payload: ChainPayload): FinishedChain {
  const flags = { cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 };
  const result = runChain(payload, flags);
  if (result.interrupted) throw new Error("interrupted");
  return result;
}

/** Canonical averages over all states: energy (eV), heat capacity (k_B), defects in each layer. */
function exactAverages(ceria: ReturnType<typeof publishedCeria>, temperature: number) {
  const { model, supercell, groups, counts } = ceria;
  const beta = 1 / (BOLTZMANN_EV_PER_K * temperature);
  let z = 0;
  let origin = Number.NaN;
  let first = 0;
  let second = 0;
  const inLayer = new Float64Array(5);
  forEachState(model, supercell, groups, counts, (occupation, energy) => {
    if (Number.isNaN(origin)) origin = energy;
    const e = energy - origin;
    const weight = Math.exp(-beta * e);
    z += weight;
    first += weight * e;
    second += weight * e * e;
    for (let site = 0; site < occupation.length; site++)
      inLayer[supercell.sublatticeOf(site)] += weight * occupation[site];
  });
  const mean = first / z;
  return {
    energy: origin + mean,
    heatCapacity: (second / z - mean * mean) * beta * beta,
    // Layers in the order O1, Ce1, O2, O3, Ce2 of the lattice's sites.
    layers: Object.fromEntries(["O1", "Ce1", "O2", "O3", "Ce2"].map((name, s) => [name, inLayer[s] / z])),
    spread: Math.sqrt(second / z - mean * mean),
  };
}

describe("canonical chain against every charge-balanced configuration", () => {
  // 2x2: 12 oxygen and 8 cerium sites; two vacancies and four Ce3+ make 66 * 70 = 4,620 states.
  const ceria = publishedCeria([2, 2, 1], 2);
  const payload = (temperature_K: number, index: number, steps: number): ChainPayload => ({
    expansion: expansionRecord(ceria.expansion),
    supercell: [2, 2, 1],
    composition: { V: 2, "Ce3+": 4 },
    temperature_K,
    steps,
    seed: 2024,
    index,
    samples: 4000,
    snapshots: 1,
    layers,
    checkpoint: null,
  });

  it.each([500, 800, 1200, 2500])("agrees within four standard errors at %i K", (temperature) => {
    const exact = exactAverages(ceria, temperature);
    const found = finished(payload(temperature, temperature, 1_000_000));
    expect(found.equilibration.equilibrated).toBe(true);
    const { energy_eV } = found;
    const heatCapacity_kB = found.heatCapacity_kB!;
    expect(Math.abs(energy_eV.value - exact.energy)).toBeLessThan(4 * energy_eV.error);
    expect(Math.abs(heatCapacity_kB.value - exact.heatCapacity)).toBeLessThan(4 * heatCapacity_kB.error);
    for (const row of found.layers) {
      const exactCount =
        row.species === "V" || row.species === "Ce3+"
          ? exact.layers[row.layer]
          : row.sites - exact.layers[row.layer];
      const { value, error } = row.share!;
      expect(Math.abs(value * row.total! - exactCount)).toBeLessThan(4 * error * row.total! + 1e-12);
      expect(Math.abs(row.occupancy.value * row.sites - exactCount)).toBeLessThan(
        4 * row.occupancy.error * row.sites + 1e-12,
      );
    }
    // The agreement says something only where the errors are small.
    expect(energy_eV.error).toBeLessThan(0.01 * exact.spread);
    expect(heatCapacity_kB.error).toBeLessThan(0.05 * exact.heatCapacity);
  });

  it("states errors that repeated chains obey", () => {
    const temperature = 1000;
    const exact = exactAverages(ceria, temperature);
    const chains = 60;
    let energy = 0;
    let heat = 0;
    let subsurface = 0;
    for (let k = 0; k < chains; k++) {
      const found = finished({ ...payload(temperature, k, 60_000), samples: 1000 });
      energy += ((found.energy_eV.value - exact.energy) / found.energy_eV.error) ** 2;
      heat += ((found.heatCapacity_kB!.value - exact.heatCapacity) / found.heatCapacity_kB!.error) ** 2;
      const row = found.layers.find((l) => l.layer === "O2" && l.species === "V")!;
      subsurface += ((row.share!.value - exact.layers.O2 / 2) / row.share!.error) ** 2;
    }
    // Σ z² is χ² with 60 degrees of freedom: 60 ± 11. Errors from a finite chain scatter too, which widens it.
    for (const sum of [energy, heat, subsurface]) {
      expect(sum).toBeGreaterThan(60 - 3.5 * 11);
      expect(sum).toBeLessThan(1.15 * 60 + 4 * 11);
    }
  });
});

/** Pearson's χ² of visited states, thinned until visits are independent, against the Boltzmann distribution. */
function chiSquare(visits: Map<string, number>, probability: Map<string, number>, samples: number) {
  let sum = 0;
  let cells = 0;
  let rareVisits = 0;
  let rareExpected = 0;
  for (const [key, p] of probability) {
    const expected = p * samples;
    // Cells with few expected visits are pooled, or the statistic would not follow χ².
    if (expected < 10) {
      rareVisits += visits.get(key) ?? 0;
      rareExpected += expected;
    } else {
      sum += ((visits.get(key) ?? 0) - expected) ** 2 / expected;
      cells++;
    }
  }
  if (rareExpected >= 10) {
    sum += (rareVisits - rareExpected) ** 2 / rareExpected;
    cells++;
  }
  return { sum, degrees: cells - 1 };
}

describe("frequencies of single states", () => {
  const samples = 20_000;

  it.each([600, 1500])("follow Boltzmann's law for swaps at %i K", (temperature) => {
    const { model, supercell, groups, counts } = publishedCeria([2, 1, 1], 1);
    const probability = new Map<string, number>();
    let z = 0;
    forEachState(model, supercell, groups, counts, (occupation, energy) => {
      const weight = Math.exp(-(energy - 1) / (BOLTZMANN_EV_PER_K * temperature));
      probability.set(occupation.join(), weight);
      z += weight;
    });
    for (const [key, weight] of probability) probability.set(key, weight / z);
    const random = new RandomStream(31, temperature);
    const occupation = randomOccupation(supercell, groups, counts, random);
    const moves = new SwapMoves(model, supercell, groups, occupation);
    const chain = new MetropolisChain(model, moves, occupation, temperature, random);
    chain.run(5000);
    const visits = new Map<string, number>();
    // An excited state is left within some ten proposals; 150 between samples make them independent.
    for (let sample = 0; sample < samples; sample++) {
      chain.run(150);
      const key = chain.occupation.join();
      visits.set(key, (visits.get(key) ?? 0) + 1);
    }
    for (const key of visits.keys()) expect(probability.has(key)).toBe(true);
    const { sum, degrees } = chiSquare(visits, probability, samples);
    expect(degrees).toBeGreaterThan(5);
    expect(Math.abs(sum - degrees)).toBeLessThan(4 * Math.sqrt(2 * degrees));
  });

  it("follow the semi-grand law for flips at chemical potentials", () => {
    const { model, supercell, groups } = publishedCeria([1, 1, 1], 0);
    const temperature = 3000;
    const mu = { V: 0.2, "Ce3+": 0.8 };
    const probability = new Map<string, number>();
    let z = 0;
    for (let code = 0; code < 32; code++) {
      const occupation = Uint8Array.from({ length: 5 }, (_, site) => (code >> site) & 1);
      const vacancies = occupation[0] + occupation[2] + occupation[3];
      const reduced = occupation[1] + occupation[4];
      const potential = model.energy(occupation) - mu.V * vacancies - mu["Ce3+"] * reduced;
      const weight = Math.exp(-potential / (BOLTZMANN_EV_PER_K * temperature));
      probability.set(occupation.join(), weight);
      z += weight;
    }
    for (const [key, weight] of probability) probability.set(key, weight / z);
    const random = new RandomStream(32, 0);
    const occupation = new Uint8Array(supercell.numSites);
    const moves = new FlipMoves(model, supercell, groups, mu);
    const chain = new MetropolisChain(model, moves, occupation, temperature, random);
    chain.run(1000);
    const visits = new Map<string, number>();
    for (let sample = 0; sample < samples; sample++) {
      chain.run(100);
      const key = chain.occupation.join();
      visits.set(key, (visits.get(key) ?? 0) + 1);
    }
    const { sum, degrees } = chiSquare(visits, probability, samples);
    expect(degrees).toBeGreaterThan(15);
    expect(Math.abs(sum - degrees)).toBeLessThan(4 * Math.sqrt(2 * degrees));
  });
});
