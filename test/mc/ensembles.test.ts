/** Chains of every ensemble and of mixed moves against averages over all states of all compositions. */
import { describe, expect, it } from "vitest";
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { RandomStream } from "../../src/core/random.ts";
import { estimateMean } from "../../src/core/statistics.ts";
import { BOLTZMANN_EV_PER_K } from "../../src/core/units.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { MetropolisChain } from "../../src/mc/engines/metropolis.ts";
import { type Ensemble, freeEnergyDerivative, type MoveWeights, potentialOf } from "../../src/mc/ensemble.ts";
import { exchangeGroups } from "../../src/mc/exchange-groups.ts";
import { createMoves } from "../../src/mc/moves/create-moves.ts";
import { publishedCeria } from "./ceria.ts";
import { forEachState } from "./enumerate-states.ts";
import { isingModel } from "./ising-models.ts";
import { alloy, allStates, type SmallSystem } from "./small-systems.ts";
import type { State } from "./transition-matrix.ts";

type Measure = (occupation: Uint8Array, energy: number) => number[];

/** Energy, then how often each species occurs on each sublattice: compositions and layers. */
function measures({ supercell }: SmallSystem): Measure {
  const { sites } = supercell.lattice;
  let numbers = 1;
  const first = sites.map(({ species }) => {
    numbers += species.length;
    return numbers - species.length;
  });
  return (occupation, energy) => {
    const out = new Array<number>(numbers).fill(0);
    out[0] = energy;
    occupation.forEach((species, site) => {
      out[first[supercell.sublatticeOf(site)] + species]++;
    });
    return out;
  };
}

/** Means and standard deviations over all states. */
function exactMeans(states: readonly State[], { model }: SmallSystem, measure: Measure, temperature: number) {
  const beta = 1 / (BOLTZMANN_EV_PER_K * temperature);
  const exponents = states.map(({ potential, logWeight }) => logWeight - beta * potential);
  const top = exponents.reduce((a, b) => Math.max(a, b));
  let z = 0;
  const sums: number[] = [];
  const squares: number[] = [];
  states.forEach(({ occupation }, i) => {
    const weight = Math.exp(exponents[i] - top);
    z += weight;
    measure(occupation, model.energy(occupation)).forEach((value, k) => {
      sums[k] = (sums[k] ?? 0) + weight * value;
      squares[k] = (squares[k] ?? 0) + weight * value * value;
    });
  });
  return sums.map((sum, k) => ({
    mean: sum / z,
    spread: Math.sqrt(Math.max(0, squares[k] / z - (sum / z) ** 2)),
  }));
}

interface Run {
  readonly system: SmallSystem;
  readonly ensemble: Ensemble;
  readonly weights?: MoveWeights;
  readonly start?: Uint8Array;
  readonly temperature: number;
  readonly seed: number;
  readonly samples?: number;
  readonly stride?: number;
}

function runChain({ system, ensemble, weights, start, temperature, seed, ...length }: Run, measure: Measure) {
  const { samples = 10_000, stride = 40 } = length;
  const { model, supercell, groups } = system;
  const occupation = start ?? new Uint8Array(supercell.numSites);
  const moves = createMoves(ensemble, weights, model, supercell, groups, occupation);
  const chain = new MetropolisChain(model, moves, occupation, temperature, new RandomStream(seed, 0));
  chain.run((samples * stride) / 20);
  const series: Float64Array[] = [];
  for (let n = 0; n < samples; n++) {
    chain.run(stride);
    measure(chain.occupation, chain.energy).forEach((value, k) => {
      series[k] ??= new Float64Array(samples);
      series[k][n] = value;
    });
  }
  expect(chain.proposed.reduce((a, b) => a + b, 0)).toBe(chain.step);
  // Every kind of move took part.
  for (const accepted of chain.accepted) expect(accepted).toBeGreaterThan(0);
  chain.checkEnergy();
  return series;
}

/** Every mean of a chain within four standard errors of the exact one. */
function expectAgreement(run: Run, states: readonly State[]): void {
  const measure = measures(run.system);
  const exact = exactMeans(states, run.system, measure, run.temperature);
  const series = runChain(run, measure);
  exact.forEach(({ mean, spread }, k) => {
    const found = estimateMean(series[k]);
    expect(Math.abs(found.mean - mean), `number ${k}`).toBeLessThan(4 * found.error + 1e-9);
    // The agreement says something only where the errors are small.
    expect(found.error).toBeLessThan(0.06 * spread + 1e-9);
  });
  // And where the composition takes several values.
  expect(exact.some(({ spread }, k) => k > 0 && spread > 0.3)).toBe(true);
}

const semiGrand: Ensemble = { kind: "semi-grand", chemicalPotentials: { A: -0.04, B: 0.005, "Q@P/Q": 0.01 } };
const constrained: Ensemble = {
  kind: "variance-constrained",
  kappa: 3,
  phi: { A: -0.6, "B@A/B/C": -0.4, Q: -1.1 },
};

describe("alloy of three and two species", () => {
  // 3^6 * 2^3 = 5,832 states; interactions weak enough for all of them to matter.
  const system = alloy([3, 1, 1], 0.006);

  it.each([
    [semiGrand, undefined],
    [semiGrand, { flip: 2, swap: 1, neighbourSwap: 1 }],
    [constrained, undefined],
    [constrained, { flip: 1, swap: 0.5, neighbourSwap: 0.3, neighbourCutoff: 4.3 }],
  ] as [Ensemble, MoveWeights | undefined][])("agrees with all states: %o, moves %o", (ensemble, weights) => {
    const states = allStates(system, ensemble);
    for (const temperature of [400, 800, 2000])
      expectAgreement({ system, ensemble, weights, temperature, seed: temperature }, states);
  });

  it("agrees with all states that swaps reach from a composition, with neighbours and any two sites", () => {
    const start = Uint8Array.from([0, 1, 2, 0, 0, 1, 0, 1, 0]);
    const ensemble: Ensemble = { kind: "canonical" };
    const states = allStates(system, ensemble, (counts) => counts.join(";") === "3,2,1;2,1");
    expect(states).toHaveLength(60 * 3); // 6! / (3! 2! 1!) * 3
    for (const weights of [{ neighbourSwap: 1 }, { swap: 1, neighbourSwap: 3 }])
      for (const temperature of [400, 800])
        expectAgreement({ system, ensemble, weights, start, temperature, seed: 5 }, states);
  });

  it("agrees with all states of a reaction in which one species takes no part", () => {
    // 2 A and P become 2 C and Q; B moves by swaps only.
    const ensemble: Ensemble = {
      kind: "reservoir",
      replace: [
        { from: "A", to: "C", count: 2 },
        { from: "P", to: "Q", count: 1 },
      ],
      deltaMu: 0.03,
    };
    const start = Uint8Array.from([0, 1, 0, 0, 0, 2, 0, 0, 0]);
    const states = allStates(system, ensemble, ([abc, pq]) => abc[1] === 1 && abc[2] === 1 + 2 * pq[1]);
    expect(states).toHaveLength(30 + 60 * 3 + 6 * 3);
    for (const weights of [undefined, { reaction: 1, neighbourSwap: 2 }])
      for (const temperature of [400, 900])
        expectAgreement({ system, ensemble, weights, start, temperature, seed: 6 }, states);
  });
});

describe("ceria with a reservoir of oxygen", () => {
  // 12 oxygen and 8 cerium sites: Σ_n C(12, n) C(8, 2n) neutral states.
  const system = publishedCeria([2, 2, 1], 0);
  const reservoir = (deltaMu: number): Ensemble => ({
    kind: "reservoir",
    replace: [
      { from: "O", to: "V", count: 1 },
      { from: "Ce4+", to: "Ce3+", count: 2 },
    ],
    deltaMu,
  });

  // Made and healed vacancies are about equally probable at these potentials.
  it.each([
    [700, -1.7, undefined],
    [1200, -1.8, undefined],
    [1200, -1.8, { reaction: 1 }],
    [1200, -2.2, { reaction: 2, swap: 1, neighbourSwap: 1 }],
    [3000, -1.5, { reaction: 1, neighbourSwap: 1, neighbourCutoff: 4 }],
  ] as [number, number, MoveWeights | undefined][])(
    "agrees with all neutral states at %i K, %f eV, moves %o",
    (temperature, deltaMu, weights) => {
      const ensemble = reservoir(deltaMu);
      const states = allStates(system, ensemble, ([oxygen, cerium]) => cerium[1] === 2 * oxygen[1]);
      expect(states).toHaveLength(1 + 12 * 28 + 66 * 70 + 220 * 28 + 495);
      expectAgreement({ system, ensemble, weights, temperature, seed: 11 }, states);
    },
  );

  it("is the semi-grand ensemble where one species is replaced by one other", () => {
    const { model, supercell, groups } = system;
    const random = new RandomStream(7, 0);
    for (let n = 0; n < 50; n++) {
      const occupation = Uint8Array.from({ length: supercell.numSites }, () => random.nextIndex(2));
      const single: Ensemble = {
        kind: "reservoir",
        replace: [{ from: "O", to: "V", count: 1 }],
        deltaMu: 0.7,
      };
      const open: Ensemble = { kind: "semi-grand", chemicalPotentials: { V: -0.7 } };
      expect(potentialOf(single, model, groups, supercell, occupation).potential).toBeCloseTo(
        potentialOf(open, model, groups, supercell, occupation).potential,
        12,
      );
    }
  });
});

describe("canonical and semi-grand ensembles agree through the chemical potential", () => {
  // 16 spins with 65,536 states; n is the number of up spins.
  const { model, supercell, groups } = isingModel("square", 4);
  const system: SmallSystem = { model, supercell, groups };
  const size = supercell.numSites;
  const temperature = 400;
  const beta = 1 / (BOLTZMANN_EV_PER_K * temperature);
  /** -F(n) / k_B T from the canonical states of each composition. */
  const logZ = Array.from({ length: size + 1 }, (_, n) => {
    let z = 0;
    forEachState(model, supercell, groups, [[size - n, n]], (_, energy) => {
      z += Math.exp(-beta * energy);
    });
    return Math.log(z);
  });
  const countUp: Measure = (occupation) => [occupation.reduce((sum, up) => sum + up, 0)];

  it.each([-0.03, -0.01, 0, 0.02])(
    "mean composition at Δμ = %f eV follows from canonical free energies",
    (mu) => {
      const weights = logZ.map((l, n) => Math.exp(l - logZ[size / 2] + beta * mu * n));
      const z = weights.reduce((a, b) => a + b, 0);
      const exact = weights.reduce((sum, w, n) => sum + w * n, 0) / z;
      const ensemble: Ensemble = { kind: "semi-grand", chemicalPotentials: { up: mu } };
      const run = { system, ensemble, temperature, seed: 21 };
      const found = estimateMean(runChain(run, countUp)[0]);
      expect(Math.abs(found.mean - exact)).toBeLessThan(4 * found.error);
      expect(found.error).toBeLessThan(0.1);
    },
  );

  it.each([3, 6, 10])("flips tried in a canonical chain of %i up spins give the same Δμ", (n) => {
    // Widom: Z(n+1) / Z(n) = (size - n) / (n + 1) <exp(-ΔE / k_B T)>, over flips of all down spins.
    const insertion: Measure = (occupation) => {
      let sum = 0;
      for (let site = 0; site < size; site++)
        if (occupation[site] === 0) sum += Math.exp(-beta * model.changeOfSite(occupation, site, 1));
      return [sum / (size - n)];
    };
    const start = new Uint8Array(size).fill(1, 0, n);
    const ensemble: Ensemble = { kind: "canonical" };
    const series = runChain({ system, ensemble, start, temperature, seed: 22 }, insertion);
    const found = estimateMean(series[0]);
    const exact = (Math.exp(logZ[n + 1] - logZ[n]) * (n + 1)) / (size - n);
    expect(Math.abs(found.mean - exact)).toBeLessThan(4 * found.error);
    expect(found.error).toBeLessThan(0.02 * exact);
  });

  it.each([-0.4, -0.9, -1.3])("composition with constrained variance at φ = %f follows too", (phi) => {
    const kappa = 20;
    const exponents = logZ.map((l, n) => l - logZ[8] - kappa * size * (n / size + phi / 2) ** 2);
    const weights = exponents.map(Math.exp);
    const z = weights.reduce((a, b) => a + b, 0);
    const exact = weights.reduce((sum, w, n) => sum + w * n, 0) / z;
    const ensemble: Ensemble = { kind: "variance-constrained", kappa, phi: { up: phi } };
    const found = estimateMean(runChain({ system, ensemble, temperature, seed: 23 }, countUp)[0]);
    expect(Math.abs(found.mean - exact)).toBeLessThan(4 * found.error);
    expect(found.error).toBeLessThan(0.05);
  });
});

describe("free-energy derivative from a constrained variance", () => {
  // Sites that do not interact: f(c) / k_B T = β ε c + c ln c + (1 - c) ln(1 - c) for large cells.
  const epsilon = 0.05;
  const lattice = createParentLattice({
    cell: [3, 0, 0, 0, 3, 0, 0, 0, 3],
    coordinates: "fractional",
    sites: [{ name: "s", position: [0, 0, 0], species: ["A", "B"] }],
  });
  const point = buildPool(lattice, "indicator", { 2: 3 }).orbits.find((orbit) => orbit.size === 1)!;
  const supercell = new Supercell(lattice, [10, 10, 10]);
  const expansion = { lattice, basis: "indicator" as const, terms: [{ ...point, coefficient: epsilon }] };
  const model = new CompiledExpansion(expansion, supercell);
  const system: SmallSystem = { model, supercell, groups: exchangeGroups(lattice) };

  it.each([-0.3, -0.8, -1.5])("is that of an ideal solution at φ = %f", (phi) => {
    const kappa = 30;
    const temperature = 500;
    const sites = supercell.numSites;
    const start = new Uint8Array(sites).fill(1, 0, Math.round((-phi / 2) * sites));
    const ensemble: Ensemble = { kind: "variance-constrained", kappa, phi: { B: phi } };
    const measure: Measure = (occupation) => [occupation.reduce((sum, b) => sum + b, 0) / sites];
    const run = { system, ensemble, start, temperature, seed: 31, samples: 5000, stride: 100 };
    const found = estimateMean(runChain(run, measure)[0]);
    const c = found.mean;
    const exact = epsilon / (BOLTZMANN_EV_PER_K * temperature) + Math.log(c / (1 - c));
    // The error of <c> enters with 2 κ and with f'' = 1 / c (1 - c). Stirling's formula leaves out (1/c - 1/(1-c)) / 2N,
    // and the mean of f' differs from f' at the mean by f''' σ² / 2 with σ² < 1 / 2 κ N.
    const statistical = found.error * (2 * kappa + 1 / (c * (1 - c)));
    const finite =
      (1 / c + 1 / (1 - c)) / (2 * sites) + (1 / c ** 2 + 1 / (1 - c) ** 2) / (4 * kappa * sites);
    expect(Math.abs(freeEnergyDerivative(kappa, phi, c) - exact)).toBeLessThan(4 * statistical + finite);
    expect(4 * statistical + finite).toBeLessThan(0.15);
  });
});
