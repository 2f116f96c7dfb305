/** The rejection-free engine against full enumeration, against Metropolis steps, and its two codes against each other. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompiledExpansion } from "../../../src/clusters/compiled-expansion.ts";
import { expansionRecord } from "../../../src/clusters/expansion.ts";
import { buildPool } from "../../../src/clusters/pool.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import { createParentLattice } from "../../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import type { EngineName } from "../../../src/mc/engines/compiled-engine.ts";
import { ENERGY_CHECK_STEPS, MetropolisChain } from "../../../src/mc/engines/metropolis.ts";
import { exchangeGroups } from "../../../src/mc/exchange-groups.ts";
import { type ChainPayload, type FinishedChain, runChain } from "../../../src/mc/methods/chain-task.ts";
import { FlipMoves } from "../../../src/mc/moves/flip-moves.ts";
import { SwapMoves } from "../../../src/mc/moves/swap-moves.ts";
import { randomOccupation } from "../../clusters/random-lattices.ts";
import { failureOf } from "../../failure.ts";
import { publishedCeria } from "../ceria.ts";
import { canExchange, engineCases, type Subject, subjectOf } from "../engine-subjects.ts";
import { forEachState } from "../enumerate-states.ts";

const codes = ["nfold", "nfold-reference"] as const;

function chainOf(subject: Subject, temperature: number, engine: EngineName, stream = 3): MetropolisChain {
  const { model, supercell, groups, occupation } = subject;
  const moves = new SwapMoves(model, supercell, groups, occupation);
  return new MetropolisChain(model, moves, occupation, temperature, new RandomStream(77, stream), engine);
}

/** The published model with vacancies and Ce3+ on the first sites of their sublattices. */
function ceria(size: number, vacancies: number): Subject {
  const { model, supercell, groups } = publishedCeria([size, size, 1], vacancies);
  const occupation = new Uint8Array(supercell.numSites);
  const cells = size * size;
  for (let k = 0; k < vacancies; k++) {
    occupation[k] = 1;
    for (const twice of [2 * k, 2 * k + 1]) occupation[twice < cells ? cells + twice : 3 * cells + twice] = 1;
  }
  return { model, supercell, groups, occupation };
}

/** Four species on two sublattices and two on a third, with clusters of up to four sites. */
function mixed(): Subject {
  const lattice = createParentLattice({
    cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
    coordinates: "fractional",
    sites: [
      { name: "a", position: [0, 0, 0], species: ["X", "Y", "Z", "W"] },
      { name: "s", position: [0, 0.5, 0.5], species: ["S"] },
      { name: "b", position: [0.5, 0.5, 0], species: ["X", "Y", "Z", "W"] },
      { name: "c", position: [0.5, 0, 0.5], species: ["P", "Q"] },
    ],
  });
  const random = new RandomStream(5, 1);
  const { orbits } = buildPool(lattice, "indicator", { 2: 4.1, 3: 2.9, 4: 2.9 });
  const terms = orbits.map((orbit) => ({ ...orbit, coefficient: 0.05 * random.nextNormal() }));
  const supercell = new Supercell(lattice, [3, 2, 2]);
  const model = new CompiledExpansion({ lattice, basis: "indicator", terms }, supercell);
  return {
    model,
    supercell,
    groups: exchangeGroups(lattice),
    occupation: randomOccupation(supercell, random),
  };
}

/** Probability of every swap in one Metropolis step from a state, by what it leads to. */
function swapProbabilities(
  { model, supercell, groups }: Subject,
  occupation: Uint8Array,
  temperature: number,
) {
  const beta = 1 / (BOLTZMANN_EV_PER_K * temperature);
  const moves = new SwapMoves(model, supercell, groups, occupation);
  const members = moves.state();
  const lists = moves.lists();
  const weights = lists.reduce((sum, { weight }) => sum + weight, 0);
  const found = new Map<string, number>();
  for (const { startA, countA, startB, countB, weight } of lists)
    for (const i of members.subarray(startA, startA + countA))
      for (const j of members.subarray(startB, startB + countB)) {
        const rate = Math.min(1, Math.exp(-beta * model.changeOfSwap(occupation, i, j)));
        found.set(`${Math.min(i, j)} ${Math.max(i, j)}`, (rate * weight) / (weights * countA * countB));
      }
  return found;
}

describe("the law of one accepted swap", () => {
  // Cold and warm, with sites that share clusters making up much of the cell.
  it.each([
    ["ceria, pairs", () => ceria(3, 2), 600],
    ["ceria, pairs, colder", () => ceria(3, 2), 350],
    ["four species, larger clusters", mixed, 500],
  ] as const)("is that of Metropolis steps: %s", (_, subjectOf, temperature) => {
    const subject = subjectOf();
    for (const [n, engine] of codes.entries()) {
      const settled = chainOf(subject, temperature, engine, n);
      settled.run(2000);
      const state = settled.state();
      const exact = swapProbabilities(subject, state.occupation, temperature);
      const total = [...exact.values()].reduce((sum, p) => sum + p, 0);
      expect(total).toBeLessThan(0.25);
      const samples = engine === "nfold" ? 4000 : 1000;
      const visits = new Map<string, number>();
      let waits = 0;
      const accepted = (chain: MetropolisChain) => chain.accepted.reduce((sum, count) => sum + count, 0);
      const chain = chainOf(subject, temperature, engine, n);
      for (let sample = 0; sample < samples; sample++) {
        chain.restore({ ...state, random: { seed: 5, stream: sample, drawn: 0 }, nfold: null });
        const before = accepted(chain);
        while (accepted(chain) === before) chain.run(1);
        waits += chain.step - state.step;
        const changed = [...chain.occupation.keys()].filter(
          (i) => chain.occupation[i] !== state.occupation[i],
        );
        const key = changed.join(" ");
        visits.set(key, (visits.get(key) ?? 0) + 1);
      }
      // The wait has the mean 1 / P and the deviation √(1 - P) / P.
      const error = Math.sqrt((1 - total) / samples);
      expect(Math.abs((waits / samples) * total - 1)).toBeLessThan(4 * error);
      let sum = 0;
      let cells = 0;
      let rareExpected = 0;
      let rareVisits = 0;
      for (const key of visits.keys()) expect(exact.has(key)).toBe(true);
      for (const [key, p] of exact) {
        const expected = (samples * p) / total;
        if (expected < 10) {
          rareExpected += expected;
          rareVisits += visits.get(key) ?? 0;
        } else {
          sum += ((visits.get(key) ?? 0) - expected) ** 2 / expected;
          cells++;
        }
      }
      if (rareExpected >= 10) {
        sum += (rareVisits - rareExpected) ** 2 / rareExpected;
        cells++;
      }
      expect(cells).toBeGreaterThan(3);
      expect(Math.abs(sum - (cells - 1))).toBeLessThan(4 * Math.sqrt(2 * (cells - 1)));
      if (engine === "nfold") expect(chain.nfoldSteps).toBeGreaterThan(samples);
    }
  });
});

const layers = ["O1", "O2", "O3", "Ce1", "Ce2"];

function finished(payload: ChainPayload): FinishedChain {
  const flags = { cancel: new Int32Array(1), progress: new Int32Array(1), index: 0 };
  const result = runChain(payload, flags);
  if (result.interrupted) throw new Error("interrupted");
  return result;
}

describe("rejection-free chains against every configuration", () => {
  // 66 * 70 = 4,620 states.
  const system = publishedCeria([2, 2, 1], 2);
  const payload = (temperature_K: number, engine: EngineName, steps: number): ChainPayload => ({
    expansion: expansionRecord(system.expansion),
    supercell: [2, 2, 1],
    composition: { V: 2, "Ce3+": 4 },
    temperature_K,
    steps,
    seed: 2024,
    index: temperature_K,
    samples: 4000,
    snapshots: 1,
    layers,
    engine,
    checkpoint: null,
  });

  // Cold chains need many steps, nearly all of which are skipped.
  it.each([
    [150, "nfold", 8_000_000],
    [220, "nfold", 4_000_000],
    [400, "nfold", 2_000_000],
    [900, "nfold", 1_000_000],
    [350, "nfold-reference", 300_000],
  ] as const)("agree within four standard errors at %i K, %s", (temperature, engine, steps) => {
    const beta = 1 / (BOLTZMANN_EV_PER_K * temperature);
    const { model, supercell, groups, counts } = system;
    let lowest = Number.POSITIVE_INFINITY;
    forEachState(model, supercell, groups, counts, (_, energy) => {
      lowest = Math.min(lowest, energy);
    });
    let z = 0;
    let first = 0;
    let second = 0;
    const inLayer = new Float64Array(5);
    forEachState(model, supercell, groups, counts, (occupation, energy) => {
      const e = energy - lowest;
      const weight = Math.exp(-beta * e);
      z += weight;
      first += weight * e;
      second += weight * e * e;
      for (let site = 0; site < occupation.length; site++)
        inLayer[supercell.sublatticeOf(site)] += weight * occupation[site];
    });
    const mean = first / z;
    const heatCapacity = (second / z - mean * mean) * beta * beta;
    const found = finished(payload(temperature, engine, steps));
    expect(found.equilibration.equilibrated).toBe(true);
    const { energy_eV } = found;
    const heat = found.heatCapacity_kB!;
    expect(Math.abs(energy_eV.value - lowest - mean)).toBeLessThan(4 * energy_eV.error);
    expect(Math.abs(heat.value - heatCapacity)).toBeLessThan(4 * heat.error);
    for (const row of found.layers) {
      const defects = inLayer[["O1", "Ce1", "O2", "O3", "Ce2"].indexOf(row.layer)] / z;
      const exact = row.species === "V" || row.species === "Ce3+" ? defects : row.sites - defects;
      // Counts that hardly ever change can be zero in all samples, error included: such a share is below 1/samples.
      expect(Math.abs(row.occupancy.value * row.sites - exact)).toBeLessThan(
        4 * row.occupancy.error * row.sites + 8 / 4000,
      );
    }
    // The agreement says something only where the errors are small.
    expect(energy_eV.error).toBeLessThan(0.05 * Math.sqrt(second / z - mean * mean));
    expect(heat.error).toBeLessThan(0.15 * heatCapacity);
  });
});

describe("rejection-free chains against Metropolis chains", () => {
  it("agree on ceria, 8 x 8, within their errors", () => {
    const { expansion } = publishedCeria([8, 8, 1], 8);
    const [metropolis, nfold] = (["auto", "nfold"] as const).map((engine) =>
      finished({
        expansion: expansionRecord(expansion),
        supercell: [8, 8, 1],
        composition: { V: 8, "Ce3+": 16 },
        temperature_K: 400,
        steps: 6_000_000,
        seed: 9,
        index: 1,
        samples: 3000,
        snapshots: 1,
        layers,
        engine,
        checkpoint: null,
      }),
    );
    const near = (a: { value: number; error: number }, b: { value: number; error: number }) =>
      expect(Math.abs(a.value - b.value)).toBeLessThan(4 * Math.hypot(a.error, b.error) + 1e-12);
    near(nfold.energy_eV, metropolis.energy_eV);
    near(nfold.heatCapacity_kB!, metropolis.heatCapacity_kB!);
    nfold.layers.forEach((row, k) => {
      near(row.occupancy, metropolis.layers[k].occupancy);
    });
    nfold.acceptance.forEach(({ proposed, accepted }, k) => {
      const other = metropolis.acceptance[k];
      expect(proposed / 6_000_000).toBeCloseTo(1 / 3 + k / 3, 6);
      // Correlated acceptances scatter more than by √n; ten per cent is far above that here.
      expect(accepted / proposed / (other.accepted / other.proposed)).toBeCloseTo(1, 0.3);
    });
    expect(nfold.energy_eV.value).not.toBe(metropolis.energy_eV.value);
  });
});

describe.each(codes)("a chain by %s", (engine) => {
  it("is the same whether in one piece or in many, and from a checkpoint", () => {
    const parts = [1, 2, 3, 500, 61, 1, 433, 999];
    for (const subject of [ceria(4, 4), mixed()])
      for (const temperature of [250, 6000]) {
        const whole = chainOf(subject, temperature, engine);
        whole.run(2000);
        const pieces = chainOf(subject, temperature, engine);
        for (const part of parts) pieces.run(part);
        expect(pieces.state()).toEqual(whole.state());
        let state = chainOf(subject, temperature, engine).state();
        for (const part of parts) {
          const chain = chainOf(subject, temperature, engine);
          chain.restore(structuredClone(state));
          chain.run(part);
          state = chain.state();
        }
        expect(state).toEqual(whole.state());
        expect(pieces.takeBin()).toEqual(whole.takeBin());
      }
  });

  it("goes on at another temperature as if it had been made for it, checkpointed or not", () => {
    const subject = ceria(4, 3);
    const run = (stop: boolean) => {
      let chain = chainOf(subject, 1500, engine);
      for (const temperature of [1500, 600, 200, 300, 2000]) {
        chain.setTemperature(temperature);
        chain.run(1500);
        if (stop) {
          const state = chain.state();
          chain = chainOf(subject, 800, engine);
          chain.restore(state);
        }
      }
      return chain.state();
    };
    expect(run(true)).toEqual(run(false));
  });

  it("keeps its energy, its bins, its lowest state and its counts", () => {
    for (const subject of [ceria(4, 4), mixed()]) {
      const chain = chainOf(subject, 700, engine);
      let lowest = chain.energy;
      const { model, supercell } = subject;
      for (let bin = 0; bin < 30; bin++) {
        const inside: number[] = [];
        for (let step = 0; step < 40; step++) {
          chain.run(1);
          inside.push(chain.energy);
        }
        expect(chain.energy).toBeCloseTo(model.energy(chain.occupation), 9);
        lowest = Math.min(lowest, ...inside);
        const { mean, variance } = chain.takeBin();
        const expected = inside.reduce((sum, x) => sum + x, 0) / 40;
        expect(mean).toBeCloseTo(expected, 9);
        expect(variance).toBeCloseTo(inside.reduce((sum, x) => sum + (x - expected) ** 2, 0) / 40, 9);
        for (const site of model.tables.sites) {
          const range = { site, from: site * supercell.numCells, to: (site + 1) * supercell.numCells };
          const held = chain.occupation.subarray(range.from, range.to);
          expect(chain.countOf(range, 1)).toBe(held.filter((species) => species === 1).length);
        }
      }
      expect(chain.lowest.energy).toBeCloseTo(lowest, 8);
      expect(model.energy(chain.lowest.occupation)).toBeCloseTo(chain.lowest.energy, 9);
      expect(chain.proposed.reduce((sum, n) => sum + n, 0)).toBe(1200);
      expect(chain.accepted.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(10);
    }
  });

  it("refuses what it cannot skip rejections of", () => {
    const { model, supercell, groups, occupation } = ceria(2, 1);
    const flips = new FlipMoves(model, supercell, groups);
    const random = new RandomStream(1, 0);
    expect(failureOf(() => new MetropolisChain(model, flips, occupation, 500, random, engine)).code).toBe(
      "usage",
    );
  });
});

describe("a state of the rejection-free engine", () => {
  it("goes on by other engines, with all steps in its bin, and the other way round", () => {
    const subject = ceria(4, 4);
    const nfold = chainOf(subject, 300, "nfold");
    nfold.run(10_001);
    const state = nfold.state();
    const other = chainOf(subject, 300, "auto");
    other.restore(state);
    expect(other.energy).toBe(nfold.energy);
    // The same sums in one more addition.
    expect(other.takeBin().mean).toBeCloseTo(nfold.takeBin().mean, 12);
    other.run(1000);
    const back = chainOf(subject, 300, "nfold");
    back.restore(other.state());
    back.run(5000);
    expect(back.energy).toBeCloseTo(subject.model.energy(back.occupation), 9);
  });
});

describe("the compiled code", () => {
  function expectSame(subject: Subject, temperatures: readonly number[], parts: readonly number[]): void {
    const compiled = chainOf(subject, temperatures[0], "nfold");
    const plain = chainOf(subject, temperatures[0], "nfold-reference");
    let done = 0;
    for (const temperature of temperatures)
      for (const part of parts) {
        for (const chain of [compiled, plain]) {
          chain.setTemperature(temperature);
          chain.run(part);
        }
        done += part;
        expect(compiled.state()).toEqual(plain.state());
        expect(compiled.takeBin()).toEqual(plain.takeBin());
      }
    expect(compiled.nfoldSteps).toBe(done);
    expect(plain.nfoldSteps).toBe(0);
  }

  it("gives the same chains as the plain code on any lattice, basis and supercell", () => {
    let tried = 0;
    fc.assert(
      fc.property(engineCases(100, 300, 1000, 5000), (given) => {
        const { subject } = subjectOf(given);
        if (!canExchange(subject)) return;
        tried++;
        expectSame(subject, [given.temperature], [1, 2, 3, 500, 10_000]);
      }),
      { numRuns: 50 },
    );
    expect(tried).toBeGreaterThan(12);
  });

  it("does so from hot to cold, with many species or many sites", () => {
    expectSame(mixed(), [4000, 1000, 300, 100, 800], [500, 1, 1000]);
    expectSame(ceria(6, 4), [1000, 400, 200, 60, 300], [1000, 10, 5000]);
    // The lists are laid out anew when the energies have left their classes behind.
    expectSame(ceria(3, 2), [1e-3, 20, 1500], [1000, 2000]);
  });

  it("does so over a check of the energy", () => {
    expectSame(ceria(4, 2), [100], [ENERGY_CHECK_STEPS - 5, 10, 2 * ENERGY_CHECK_STEPS]);
  });
});
