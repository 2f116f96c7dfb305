import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AtomFrame } from "../../../src/analysis/atoms/frame.ts";
import {
  firstMinimum,
  firstShellCutoff,
  RadialDistribution,
  type RadialOptions,
} from "../../../src/analysis/atoms/radial-distribution.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { bcc, cluster, fcc, fluorite } from "./crystals.ts";
import { mackay, molecule } from "./molecules.ts";
import { moved } from "./moves.ts";

function measured(frames: readonly AtomFrame[], options: RadialOptions) {
  const distribution = new RadialDistribution(options);
  for (const frame of frames) distribution.add(frame);
  return distribution.result();
}

const gas = (random: RandomStream, species: readonly string[], edge: number): AtomFrame => ({
  species,
  positions: Float64Array.from({ length: 3 * species.length }, () => edge * random.nextFloat()),
  cell: Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge),
  periodic: [true, true, true],
});

describe("radial distribution of periodic atoms", () => {
  it("has the shells of fcc, by images also in a cell smaller than the cut-off", () => {
    const a = 3.615;
    for (const times of [1, 3]) {
      const [all, own] = measured([fcc(a, times)], { cutoff: 5 });
      expect([all.pair, own.pair, all.kind]).toEqual(["all", "Cu-Cu", "g"]);
      const within = (r: number) => all.within[all.r.findIndex((middle) => middle > r)];
      // 12 at a/√2 = 2.556, 6 at a, 24 at a√(3/2) = 4.427
      expect([2.4, 3, 4, 4.9].map(within)).toEqual([0, 12, 18, 42].map((n) => expect.closeTo(n, 9)));
      // All of g stands in the bin of the shell: 12 neighbours over what ρ v would be.
      const bin = all.values.findIndex((g) => g > 0);
      const [inner, outer] = [0.05 * bin, 0.05 * (bin + 1)];
      const volume = ((4 * Math.PI) / 3) * (outer ** 3 - inner ** 3);
      expect(all.values[bin]).toBeCloseTo(12 / ((4 / a ** 3) * volume), 8);
      expect(own.values).toEqual(all.values);
    }
  });

  it("is one for atoms at random, within its error bars", () => {
    const random = new RandomStream(2, 0);
    const species = Array.from({ length: 60 }, (_, i) => (i < 20 ? "A" : "B"));
    const frames = Array.from({ length: 60 }, () => gas(random, species, 10));
    for (const { pair, values, error } of measured(frames, { cutoff: 5, width: 0.5 })) {
      // A pair of like atoms is seen from both ends, and an atom does not see itself: (N_a − 1) / N_a.
      const expected = pair === "A-A" ? 19 / 20 : pair === "B-B" ? 39 / 40 : pair === "all" ? 59 / 60 : 1;
      values.forEach((g, k) => {
        // Below 1.5 Å some frames have no pair at all, and errors are not normal.
        if (k >= 3) expect(Math.abs(g - expected)).toBeLessThan(4 * error![k]);
        if (k >= 3) expect(error![k]).toBeLessThan(0.2);
      });
    }
  });

  it("adds up from its partial functions with the concentrations as weights", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new RandomStream(seed, 0);
        const species = Array.from({ length: 24 }, () => ["Ag", "Au", "O2-"][random.nextIndex(3)]);
        const [all, ...parts] = measured([gas(random, species, 6)], { cutoff: 4, width: 0.25 });
        const share = (name: string) => species.filter((s) => s === name).length / species.length;
        const names = [...new Set(species)].sort();
        all.values.forEach((g, k) => {
          let sum = 0;
          for (const a of names)
            for (const b of names) {
              const pair = parts.find((part) => part.pair === (a < b ? `${a}-${b}` : `${b}-${a}`))!;
              sum += share(a) * share(b) * pair.values[k];
            }
          expect(sum).toBeCloseTo(g, 9);
        });
      }),
      { numRuns: 20 },
    );
  });

  it("tells the neighbours of each species in ceria", () => {
    const a = 5.411;
    const found = measured([fluorite(a, 2)], { cutoff: 3 });
    const last = (pair: string) => found.find((part) => part.pair === pair)!.within.at(-1);
    // Up to 3 Å: O around Ce at a√3/4, O around O at a/2.
    expect(last("Ce-O")).toBeCloseTo(8, 10);
    expect(last("O-O")).toBeCloseTo(6, 10);
    expect(last("Ce-Ce")).toBe(0);
  });
});

describe("distances in clusters", () => {
  it("count all other atoms and have no volume", () => {
    const [all, agAg, agAu] = measured([cluster(molecule(["Ag", mackay(1, 2.9)], ["Au", [[20, 0, 0]]]))], {
      cutoff: 40,
      width: 0.1,
    });
    expect(all.kind).toBe("per_A");
    expect(all.values.reduce((sum, x) => sum + 0.1 * x, 0)).toBeCloseTo(13, 10);
    expect(agAg.within.at(-1)).toBeCloseTo(12, 10);
    expect(agAu.within.at(-1)).toBeCloseTo(1, 10);
  });

  it("are not mixed with those of crystals", () => {
    const distribution = new RadialDistribution({ cutoff: 5 });
    distribution.add(fcc(3.6, 1));
    expect(() => distribution.add(cluster(molecule(["Cu", mackay(1, 2.6)])))).toThrow("cannot be averaged");
    expect(() => new RadialDistribution({ cutoff: 5, width: 6 })).toThrow("narrower");
  });
});

describe("first minimum", () => {
  const of = (frames: readonly AtomFrame[], options: RadialOptions) =>
    firstMinimum(measured(frames, options)[0]);

  it("lies half-way between the first two shells of a crystal", () => {
    const a = 3.615;
    // Bins of 0.05 Å are 0.025 Å off at either end.
    expect(of([fcc(a, 2)], { cutoff: 5 })).toBeCloseTo((a / Math.SQRT2 + a) / 2, 1);
    expect(of([bcc(2.87, 2)], { cutoff: 5, width: 0.01 })).toBeCloseTo(
      (2.87 * (Math.sqrt(3) / 2 + 1)) / 2,
      2,
    );
  });

  it("lies between them in shaken crystals and clusters", () => {
    const random = new RandomStream(4, 0);
    const crystal = fcc(3.615, 4);
    const frames = Array.from({ length: 5 }, () => ({
      ...crystal,
      positions: crystal.positions.map((x) => x + 0.12 * random.nextNormal()),
    }));
    const found = of(frames, { cutoff: 6 });
    expect(found).toBeGreaterThan(2.8);
    expect(found).toBeLessThan(3.4);
    const shaken = Array.from({ length: 5 }, () =>
      cluster(moved(molecule(["Cu", mackay(3, 2.6)]), random, 0.3)),
    );
    const inCluster = of(shaken, { cutoff: 6 });
    expect(inCluster).toBeGreaterThan(2.8);
    expect(inCluster).toBeLessThan(3.5);
  });

  it("is found without any setting", () => {
    const a = 3.615;
    const cutoff = firstShellCutoff([fcc(a, 3)]);
    expect(cutoff).toBeCloseTo((a / Math.SQRT2 + a) / 2, 1);
    // In reduced units, too; and where each species has its own distances.
    const ico = (spacing: number) =>
      cluster(moved(molecule(["Ar", mackay(3, spacing)]), new RandomStream(2, 2), 0.1 * spacing));
    for (const spacing of [1.1, 2.6]) {
      const found = firstShellCutoff([ico(spacing)]) / spacing;
      expect(found).toBeGreaterThan(1.15);
      expect(found).toBeLessThan(1.4);
    }
    expect(() =>
      firstShellCutoff([
        cluster(
          molecule([
            "H",
            [
              [0, 0, 0],
              [0, 0, 0.74],
            ],
          ]),
        ),
      ]),
    ).toThrow("give the length");
  });

  it("is that of a liquid's curve", () => {
    // Two peaks of a simple liquid on the step of its core; the minimum between by its derivative, on a fine grid.
    const g = (r: number) =>
      (r < 0.9 ? 0 : 1) +
      1.9 * Math.exp(-(((r - 1.1) / 0.13) ** 2)) +
      0.3 * Math.exp(-(((r - 2.1) / 0.25) ** 2)) -
      0.4 * Math.exp(-(((r - 1.6) / 0.2) ** 2));
    const r = Array.from({ length: 400 }, (_, k) => (k + 0.5) * 0.01);
    const exact = r.reduce((best, x) => (x > 1.2 && x < 2 && g(x) < g(best) ? x : best), 1.5);
    const curve = { pair: "all", kind: "g" as const, r, values: r.map(g), error: null, within: [] };
    expect(firstMinimum(curve)).toBeCloseTo(exact, 10);
    // In three dimensions neighbours for each Å grow as r²: the same minimum.
    const counts = { ...curve, kind: "per_A" as const, values: r.map((x) => g(x) * x * x) };
    expect(firstMinimum(counts)).toBeCloseTo(exact, 10);
  });

  it("is unknown where nothing follows the first shell", () => {
    expect(
      of(
        [
          cluster(
            molecule([
              "H",
              [
                [0, 0, 0],
                [0, 0, 0.74],
              ],
            ]),
          ),
        ],
        { cutoff: 5 },
      ),
    ).toBeNull();
    expect(of([fcc(3.615, 2)], { cutoff: 3 })).toBeNull();
  });
});
