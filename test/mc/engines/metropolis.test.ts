import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { ENERGY_CHECK_STEPS, MetropolisChain } from "../../../src/mc/engines/metropolis.ts";
import type { LatticeModel } from "../../../src/mc/lattice-model.ts";
import { SwapMoves } from "../../../src/mc/moves/swap-moves.ts";
import { failureOf } from "../../failure.ts";
import { publishedCeria } from "../ceria.ts";

function start(change: (model: LatticeModel) => LatticeModel = (model) => model, temperature = 1500) {
  const { model, supercell, groups } = publishedCeria([2, 2, 1], 2);
  const occupation = new Uint8Array(supercell.numSites);
  // Sites 0..3 are O1, 4..7 Ce1.
  for (const site of [0, 1, 4, 5, 6, 7]) occupation[site] = 1;
  const used = change(model);
  const moves = new SwapMoves(used, supercell, groups, occupation);
  const random = new RandomStream(9, 0);
  return { model, chain: new MetropolisChain(used, moves, occupation, temperature, random) };
}

describe("MetropolisChain", () => {
  it("keeps an energy that equals the full one, and sums every step into its bins", () => {
    const { model, chain } = start();
    const energies: number[] = [];
    for (let bin = 0; bin < 20; bin++) {
      const inside: number[] = [];
      for (let step = 0; step < 50; step++) {
        chain.run(1);
        expect(chain.energy).toBeCloseTo(model.energy(chain.occupation), 10);
        inside.push(chain.energy);
      }
      energies.push(...inside);
      const mean = inside.reduce((a, x) => a + x, 0) / 50;
      const { mean: found, variance } = chain.takeBin();
      expect(found).toBeCloseTo(mean, 10);
      expect(variance).toBeCloseTo(inside.reduce((a, x) => a + (x - mean) ** 2, 0) / 50, 10);
    }
    expect(chain.lowest.energy).toBeCloseTo(Math.min(...energies), 8);
    expect(model.energy(chain.lowest.occupation)).toBeCloseTo(chain.lowest.energy, 10);
    expect(chain.accepted[0]).toBeGreaterThan(0);
    expect(new Set(energies).size).toBeGreaterThan(10);
  });

  it("runs the same whether in one piece or in many", () => {
    const one = start().chain;
    const many = start().chain;
    one.run(10_000);
    for (let step = 0; step < 10_000; step += 625) many.run(625);
    expect(many.state()).toEqual(one.state());
    expect(many.takeBin()).toEqual(one.takeBin());
  });

  it("only ever goes down at a temperature near zero", () => {
    const { chain } = start(undefined, 1e-3);
    let before = chain.energy;
    for (let step = 0; step < 2000; step++) {
      chain.run(1);
      expect(chain.energy).toBeLessThanOrEqual(before + 1e-9);
      before = chain.energy;
    }
  });

  it("stops at its regular check when the model's changes do not add up to its energies", () => {
    const wrong = (model: LatticeModel): LatticeModel => ({
      energy: (o) => model.energy(o),
      changeOfSite: (o, i, s) => model.changeOfSite(o, i, s),
      // Too large by a part in a thousand where energy goes up, so errors cannot cancel.
      changeOfSwap: (o, i, j) => {
        const change = model.changeOfSwap(o, i, j);
        return change > 0 ? 1.001 * change : change;
      },
    });
    const { chain } = start(wrong);
    chain.run(ENERGY_CHECK_STEPS - 1);
    expect(failureOf(() => chain.run(1)).code).toBe("not-converged");
    expect(() => start().chain.run(ENERGY_CHECK_STEPS)).not.toThrow();
  });

  it("never takes a change that is not a number for a rejection", () => {
    const broken = (model: LatticeModel): LatticeModel => ({
      energy: (o) => model.energy(o),
      changeOfSite: () => Number.NaN,
      changeOfSwap: () => Number.NaN,
    });
    expect(failureOf(() => start(broken).chain.run(1)).code).toBe("data");
    const infinite = (): LatticeModel => ({
      energy: () => Number.POSITIVE_INFINITY,
      changeOfSite: () => 0,
      changeOfSwap: () => 0,
    });
    expect(failureOf(() => start(infinite)).code).toBe("data");
  });

  it.each([0, -300, Number.NaN, Number.POSITIVE_INFINITY])("refuses a temperature of %f K", (temperature) => {
    expect(failureOf(() => start(undefined, temperature)).code).toBe("usage");
    expect(failureOf(() => start().chain.setTemperature(temperature)).code).toBe("usage");
  });
});
