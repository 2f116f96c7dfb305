/** The compiled engines against the plain code: equal to the last bit, because all their sums are exact. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompiledExpansion } from "../../../src/clusters/compiled-expansion.ts";
import { buildPool } from "../../../src/clusters/pool.ts";
import { basisNames } from "../../../src/clusters/site-basis.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { createParentLattice } from "../../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import type { EngineName } from "../../../src/mc/engines/compiled-engine.ts";
import { ENERGY_CHECK_STEPS, MetropolisChain } from "../../../src/mc/engines/metropolis.ts";
import { exchangeGroups } from "../../../src/mc/exchange-groups.ts";
import { SwapMoves } from "../../../src/mc/moves/swap-moves.ts";
import { randomOccupation } from "../../clusters/random-lattices.ts";
import { publishedCeria } from "../ceria.ts";
import { canExchange, engineCases, expectSameChains, type Subject, subjectOf } from "../engine-subjects.ts";

function chainOf(subject: Subject, temperature: number, engine: EngineName): MetropolisChain {
  const { model, supercell, groups, occupation } = subject;
  const moves = new SwapMoves(model, supercell, groups, occupation);
  return new MetropolisChain(model, moves, occupation, temperature, new RandomStream(77, 3), engine);
}

function expectSame(subject: Subject, temperature: number, steps: number): MetropolisChain {
  return expectSameChains(subject, (engine) => chainOf(subject, temperature, engine), steps);
}

describe("compiled engines", () => {
  it("give the same chains as the plain code on any lattice, basis and supercell", () => {
    let tried = 0;
    fc.assert(
      fc.property(engineCases(200, 1000, 5000), (given) => {
        const { subject } = subjectOf(given);
        if (!canExchange(subject)) return;
        tried++;
        expectSame(subject, given.temperature, 400);
      }),
      { numRuns: 80 },
    );
    expect(tried).toBeGreaterThan(20);
  });

  const mixed = createParentLattice({
    cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
    coordinates: "fractional",
    sites: [
      { name: "a", position: [0, 0, 0], species: ["X", "Y", "Z", "W"] },
      { name: "s", position: [0, 0.5, 0.5], species: ["S"] },
      { name: "b", position: [0.5, 0.5, 0], species: ["X", "Y", "Z", "W"] },
      { name: "c", position: [0.5, 0, 0.5], species: ["P", "Q"] },
    ],
  });

  it.each([
    [3, 2, 2],
    [1, 1, 2],
    [2, 1, 0, -1, 2, 0, 0, 1, 2],
  ])("do so with several species on several sublattices, cell %j", (...matrix) => {
    for (const basis of basisNames) {
      const random = new RandomStream(5, 1);
      const { orbits } = buildPool(mixed, basis, { 2: 4.1, 3: 2.9, 4: 2.9 });
      const terms = orbits.map((orbit) => ({ ...orbit, coefficient: 0.1 * random.nextNormal() }));
      const supercell = new Supercell(mixed, matrix);
      const model = new CompiledExpansion({ lattice: mixed, basis, terms }, supercell);
      const occupation = randomOccupation(supercell, random);
      expectSame({ model, supercell, groups: exchangeGroups(mixed), occupation }, 3000, 2000);
    }
  });

  it("do so with pairs alone, of four species", () => {
    const random = new RandomStream(5, 2);
    const { orbits } = buildPool(mixed, "chebyshev", { 2: 5.7 });
    const terms = orbits.map((orbit) => ({ ...orbit, coefficient: 0.1 * random.nextNormal() }));
    const supercell = new Supercell(mixed, [3, 3, 2]);
    const model = new CompiledExpansion({ lattice: mixed, basis: "chebyshev", terms }, supercell);
    expect(Math.max(...model.tables.manyBody)).toBe(0);
    const occupation = randomOccupation(supercell, random);
    expectSame({ model, supercell, groups: exchangeGroups(mixed), occupation }, 2000, 3000);
  });

  it("do so with more literals around a site than one mask word holds", () => {
    const lattice = createParentLattice({
      cell: [0, 2, 2, 2, 0, 2, 2, 2, 0],
      coordinates: "fractional",
      sites: [{ name: "m", position: [0, 0, 0], species: ["A", "B", "C"] }],
    });
    const random = new RandomStream(6, 0);
    // 54 neighbours up to the fourth shell, two literals each.
    const { orbits } = buildPool(lattice, "indicator", { 2: 5.7, 3: 5.7 });
    const terms = orbits.map((orbit) => ({ ...orbit, coefficient: 0.02 * random.nextNormal() }));
    const supercell = new Supercell(lattice, [5, 5, 5]);
    const model = new CompiledExpansion({ lattice, basis: "indicator", terms }, supercell);
    expect(model.tables.manyBody[0]).toBeGreaterThan(32);
    const occupation = randomOccupation(supercell, random);
    expectSame({ model, supercell, groups: exchangeGroups(lattice), occupation }, 1500, 3000);
  });

  it("do so for ceria over a check of the energy, and from one to the other", () => {
    const { model, supercell, groups } = publishedCeria([4, 4, 1], 4);
    const occupation = new Uint8Array(supercell.numSites);
    for (let i = 0; i < 4; i++) occupation[i] = 1;
    for (let i = 16; i < 24; i++) occupation[i] = 1;
    const subject = { model, supercell, groups, occupation };
    const chains = (["reference", "direct", "field", "auto"] as const).map((engine) =>
      chainOf(subject, 2000, engine),
    );
    // Hot, many moves are accepted; cold, nearly none.
    for (const [temperature, steps] of [
      [2000, 200_000],
      [150, 400_000],
      [2500, ENERGY_CHECK_STEPS - 550_000],
    ])
      for (const chain of chains) {
        chain.setTemperature(temperature);
        chain.run(steps);
      }
    const [plain, ...others] = chains.map((chain) => chain.state());
    for (const other of others) expect(other).toEqual(plain);
    const { direct, field } = chains[3].engineSteps!;
    expect(direct + field).toBe(plain.step);
    expect(direct).toBeGreaterThan(100_000);
    expect(field).toBeGreaterThan(300_000);
  });

  it("start from a state of the plain code, and the other way round", () => {
    const { model, supercell, groups } = publishedCeria([3, 3, 1], 3);
    const occupation = new Uint8Array(supercell.numSites);
    for (let i = 0; i < 3; i++) occupation[i] = 1;
    for (let i = 9; i < 15; i++) occupation[i] = 1;
    const subject = { model, supercell, groups, occupation };
    const whole = chainOf(subject, 900, "reference");
    whole.run(5000);
    let state = chainOf(subject, 900, "reference").state();
    for (const [k, engine] of (["field", "reference", "direct", "field", "auto"] as const).entries()) {
      const chain = chainOf(subject, 900, engine);
      chain.restore(state);
      chain.run([1, 1234, 777, 3, 2985][k]);
      state = chain.state();
    }
    expect(state).toEqual(whole.state());
  });

  it("count species on each sublattice as they go", () => {
    const { model, supercell, groups, lattice } = publishedCeria([4, 4, 1], 4);
    const occupation = new Uint8Array(supercell.numSites);
    for (let i = 0; i < 4; i++) occupation[i] = 1;
    for (let i = 16; i < 24; i++) occupation[i] = 1;
    const subject = { model, supercell, groups, occupation };
    const fast = chainOf(subject, 2000, "auto");
    const plain = chainOf(subject, 2000, "reference");
    for (let k = 0; k < 20; k++) {
      fast.run(97);
      plain.run(97);
      lattice.sites.forEach((_, site) => {
        const range = { site, from: 16 * site, to: 16 * (site + 1) };
        for (const species of [0, 1]) {
          expect(fast.countOf(range, species)).toBe(plain.countOf(range, species));
          const counted = fast.occupation.subarray(range.from, range.to).filter((s) => s === species);
          expect(fast.countOf(range, species)).toBe(counted.length);
        }
      });
    }
  });

  it("draw the words of the stream beyond 2^34, where its counter needs a second word", () => {
    const { model, supercell, groups } = publishedCeria([2, 2, 1], 2);
    const occupation = new Uint8Array(supercell.numSites);
    for (const site of [0, 1, 4, 5, 6, 7]) occupation[site] = 1;
    const subject = { model, supercell, groups, occupation };
    const [plain, fast] = (["reference", "direct"] as const).map((engine) => {
      const chain = chainOf(subject, 1500, engine);
      const state = chain.state();
      chain.restore({ ...state, random: { seed: 2 ** 40 + 5, stream: 2 ** 33 + 1, drawn: 2 ** 34 - 301 } });
      chain.run(500);
      return chain.state();
    });
    expect(fast).toEqual(plain);
    expect(fast.random.drawn).toBeGreaterThan(2 ** 34);
  });
});
