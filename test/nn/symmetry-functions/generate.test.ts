import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Structure } from "../../../src/data/structure.ts";
import {
  type FunctionCounts,
  functionKinds,
  functionLevels,
  type GenerateSettings,
  generateFunctions,
  levelCounts,
} from "../../../src/nn/symmetry-functions/generate.ts";
import { pairKey, shortestDistances } from "../../../src/nn/symmetry-functions/generate-distances.ts";
import {
  angleBells,
  centredBells,
  centredGaussians,
  shiftedBells,
  shiftedGaussians,
} from "../../../src/nn/symmetry-functions/generate-grids.ts";
import { inFunctionOrder } from "../../../src/nn/symmetry-functions/order.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { termOf } from "../../../src/nn/symmetry-functions/terms.ts";
import { failureOf } from "../../failure.ts";

const cutoff = { form: "poly2", alpha: 0 } as const;
const usual: GenerateSettings = {
  radius: 6,
  cutoff,
  kinds: ["radial", "narrow", "wide"],
  counts: "usual",
  distances: null,
};

describe("grids", () => {
  it("of shells overlap at exp(−1/2)", () => {
    expect(shiftedGaussians(2, 6, 4)).toEqual([2, 3, 4, 5].map((shift) => ({ eta: 0.5, shift })));
    const [a, b] = shiftedGaussians(1.2, 6.5, 7);
    expect(Math.exp(-a.eta * (b.shift - a.shift) ** 2)).toBeCloseTo(Math.exp(-0.5), 3);
  });

  it("of Gaussians about the atom are steepest at the grid's distances", () => {
    expect(centredGaussians(2, 6, 2)).toEqual([
      { eta: 0.125, shift: 0 },
      { eta: 0.03125, shift: 0 },
    ]);
    for (const [k, { eta }] of centredGaussians(1.7, 6, 5).entries()) {
      const slope = (r: number) => -2 * eta * r * Math.exp(-eta * r * r);
      const r = 1.7 + k * 0.86;
      // Four digits of η move the extreme by 5e-5 of r; a slope near its extreme changes in the second order.
      expect(slope(r)).toBeLessThan(slope(r * 1.01));
      expect(slope(r)).toBeLessThan(slope(r * 0.99));
    }
  });

  it("of bells reach from the first step to the radius", () => {
    expect(centredBells(2, 6, 4)).toEqual([
      { form: "p2a", left: -3, radius: 3 },
      { form: "p2a", left: -4, radius: 4 },
      { form: "p2a", left: -5, radius: 5 },
      { form: "p2", left: -6, radius: 6 },
    ]);
    expect(shiftedBells(2, 6, 3)).toEqual([
      { form: "p2a", left: 0, radius: 4 },
      { form: "p2a", left: 1, radius: 5 },
      { form: "p2a", left: 2, radius: 6 },
    ]);
    for (const count of [3, 5, 8] as const) expect(angleBells(count).length).toBe(count);
  });
});

describe("generateFunctions", () => {
  const custom: FunctionCounts = {
    radial: 2,
    narrow: { widths: 1, zetas: [1] },
    wide: { widths: 1, zetas: [3] },
    compact: { bells: 1, shells: 1, widths: 1, angles: 3 },
  };

  it("makes the small set that a hand makes", () => {
    const distances = new Map([
      [pairKey("O", "O"), 3],
      [pairKey("Ce", "O"), 2],
      [pairKey("Ce", "Ce"), 4],
    ]);
    const [oxygen, cerium] = generateFunctions(["Ce", "O"], { ...usual, counts: custom, distances });
    expect(oxygen.element).toBe("O");
    expect(cerium.element).toBe("Ce");
    const radial = (neighbour: string, eta: number, shift: number) => ({
      type: 2,
      neighbour,
      eta,
      shift,
      radius: 6,
      cutoff,
    });
    const angular = (type: 3 | 9, neighbours: [string, string], eta: number, zeta: number) =>
      [-1, 1].map((lambda) => ({ type, neighbours, eta, shift: 0, lambda, zeta, radius: 6, cutoff }));
    // O-O from 3 in steps of 1.5: η = 1/4.5. O-Ce from 2 in steps of 2: η = 1/8.
    // Pairs about O: r² = 9, (9 + 4)/2, 4; η = 1/18, 1/13, 1/8.
    expect(oxygen.functions).toEqual(
      inFunctionOrder([
        radial("O", 0.2222, 3),
        radial("O", 0.2222, 4.5),
        radial("Ce", 0.125, 2),
        radial("Ce", 0.125, 4),
        ...angular(3, ["O", "O"], 0.05556, 1),
        ...angular(3, ["O", "Ce"], 0.07692, 1),
        ...angular(3, ["Ce", "Ce"], 0.125, 1),
        ...angular(9, ["O", "O"], 0.05556, 3),
        ...angular(9, ["O", "Ce"], 0.07692, 3),
        ...angular(9, ["Ce", "Ce"], 0.125, 3),
      ] as SymmetryFunction[]),
    );
  });

  const elements = fc.uniqueArray(fc.constantFrom("H", "C", "O", "Cu", "Ce", "Au", "Zr"), {
    minLength: 1,
    maxLength: 4,
  });
  const kinds = fc.uniqueArray(fc.constantFrom(...functionKinds), { minLength: 1 });
  const counts = fc.constantFrom(...functionLevels, custom);
  const radius = fc.double({ min: 3, max: 12, noNaN: true });

  it("has as many functions as the counts say, all different, in order, for every pair, all of which exist", () => {
    fc.assert(
      fc.property(elements, kinds, counts, radius, (names, chosen, level, r) => {
        const found = generateFunctions(names, { ...usual, radius: r, kinds: chosen, counts: level });
        const { radial, narrow, wide, compact } = typeof level === "string" ? levelCounts[level] : level;
        const n = names.length;
        const pairs = (n * (n + 1)) / 2;
        const cones = ({ widths, zetas }: typeof narrow) => 2 * widths * zetas.length;
        const expected = {
          radial: n * radial,
          narrow: pairs * cones(narrow),
          wide: pairs * cones(wide),
          weighted: radial + cones(narrow),
          compact: n * (compact.bells + compact.shells) + pairs * compact.widths * compact.angles,
        };
        expect(found.length).toBe(n);
        for (const { functions } of found) {
          expect(functions.length).toBe(chosen.reduce((sum, kind) => sum + expected[kind], 0));
          expect(new Set(functions.map((one) => JSON.stringify(one))).size).toBe(functions.length);
          expect(functions).toEqual(inFunctionOrder(functions));
          const seen = new Set(
            functions.map((one) =>
              "neighbour" in one ? one.neighbour : "neighbours" in one ? pairKey(...one.neighbours) : "",
            ),
          );
          seen.delete("");
          const ones = chosen.some((kind) => kind === "radial" || kind === "compact");
          const twos = chosen.some((kind) => kind !== "radial" && kind !== "weighted");
          expect(seen.size).toBe((ones ? n : 0) + (twos ? pairs : 0));
          for (const one of functions) {
            expect(one.radius).toBeLessThanOrEqual(r);
            // The formulas accept the parameters and see a neighbour somewhere.
            const { radial: curve } = termOf(one, found);
            const values = Array.from({ length: 60 }, (_, k) => curve(((k + 0.5) / 60) * r)[0]);
            expect(Math.max(...values)).toBeGreaterThan(1e-6);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it("does not depend on the order of elements, nor on an element that is not there", () => {
    const distances = new Map([[pairKey("O", "Ce"), 2.1]]);
    const settings = { ...usual, distances, kinds: [...functionKinds] };
    expect(generateFunctions(["Ce", "O", "H"], settings)).toEqual(
      generateFunctions(["H", "Ce", "O"], settings),
    );
    const same = { ...settings, distances: new Map([...distances, [pairKey("Au", "Au"), 2.8]]) };
    expect(generateFunctions(["O", "Ce"], same)).toEqual(generateFunctions(["O", "Ce"], settings));
  });

  it("begins within the radius even for elements that are never near each other", () => {
    const [{ functions }] = generateFunctions(["Ce"], {
      ...usual,
      kinds: ["radial"],
      radius: 3,
      distances: new Map([[pairKey("Ce", "Ce"), 3.6]]),
    });
    expect(functions[0]).toMatchObject({ shift: 2.25 });
  });

  it("refuses what makes no set, and says why", () => {
    const cases: [string[], Partial<GenerateSettings>, string][] = [
      [[], {}, "no element"],
      [["O", "Ce", "O"], {}, "element O is there twice"],
      [["O"], { kinds: [] }, "found no kind"],
      [["O"], { radius: 0 }, "found 0 Å"],
      [["O"], { radius: Number.NaN }, "found NaN Å"],
      [["O"], { cutoff: { form: "cos", alpha: 1 } }, "found 1"],
      [["O"], { counts: { ...custom, radial: 0 } }, "whole numbers"],
      [["O"], { counts: { ...custom, narrow: { widths: 1, zetas: [2, 2] } } }, "2, 2"],
      [["O"], { counts: { ...custom, wide: { widths: 1, zetas: [] } } }, "found none"],
    ];
    for (const [names, change, words] of cases) {
      const error = failureOf(() => generateFunctions(names, { ...usual, ...change }));
      expect(error.code).toBe("study");
      expect(error.message).toContain(words);
    }
    expect(failureOf(() => generateFunctions(["Xx"], usual)).code).toBe("data");
  });
});

describe("shortestDistances", () => {
  const structure = (species: string[], positions: number[], length: number): Structure => ({
    cell: Float64Array.of(length, 0, 0, 0, length, 0, 0, 0, length),
    periodic: [length > 0, length > 0, length > 0],
    species,
    positions: Float64Array.from(positions),
    name: "",
    info: {},
    source: { file: "test", line: null },
  });

  it("sees images and takes the smallest over all structures", () => {
    const found = shortestDistances(
      [
        structure(["O", "Ce"], [0, 0, 0, 2.5, 0, 0], 0),
        structure(["Ce", "O", "Ce"], [0, 0, 0, 0, 0, 2.3, 0, 4.1, 0], 0),
        structure(["O"], [0.1, 0.2, 0.3], 3.1),
        structure([], [], 0),
      ],
      6,
    );
    expect(found.size).toBe(3);
    expect(found.get(pairKey("O", "Ce"))).toBeCloseTo(2.3, 12);
    expect(found.get(pairKey("Ce", "O"))).toBeCloseTo(2.3, 12);
    expect(found.get(pairKey("Ce", "Ce"))).toBeCloseTo(4.1, 12);
    expect(found.get(pairKey("O", "O"))).toBeCloseTo(3.1, 12);
    expect(shortestDistances([structure(["O", "O"], [0, 0, 0, 7, 0, 0], 0)], 6).size).toBe(0);
  });

  it("is the minimum over all pairs of random clusters", () => {
    const coordinate = fc.double({ min: 0, max: 4, noNaN: true });
    const cluster = fc.array(fc.tuple(fc.constantFrom("O", "Ce"), coordinate, coordinate, coordinate), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 1, maxLength: 5 }), (clusters) => {
        const expected = new Map<string, number>();
        for (const atoms of clusters)
          for (const [j, b] of atoms.entries())
            for (const a of atoms.slice(0, j)) {
              const distance = Math.hypot(a[1] - b[1], a[2] - b[2], a[3] - b[3]);
              const key = pairKey(a[0], b[0]);
              if (distance < 6) expected.set(key, Math.min(expected.get(key) ?? Infinity, distance));
            }
        fc.pre([...expected.values()].every((distance) => distance > 0));
        const structures = clusters.map((atoms) =>
          structure(
            atoms.map(([name]) => name),
            atoms.flatMap(([, ...r]) => r),
            0,
          ),
        );
        const found = shortestDistances(structures, 6);
        expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
        for (const [key, distance] of expected) expect(found.get(key)).toBeCloseTo(distance, 10);
      }),
      { numRuns: 50 },
    );
  });
});

const published = "../shared/data/nn/reference/n2p2_train/replay_Cu2S_PBE/input.nn";
if (!existsSync(published)) console.warn(`skipped: the published set for Cu2S, there is no ${published}`);
describe.skipIf(!existsSync(published))("the published set for Cu2S", () => {
  const lines = existsSync(published)
    ? readFileSync(published, "utf8")
        .split("\n")
        .filter((line) => line.startsWith("symfunction_short"))
        .map((line) => line.trim().split(/\s+/).slice(1))
    : [];

  it("has the same shells", () => {
    const distances = new Map(
      ["S S", "Cu S", "Cu Cu"].map((pair) => [pairKey(...(pair.split(" ") as [string, string])), 1.5]),
    );
    const counts = { ...levelCounts.usual, radial: 9 };
    const found = generateFunctions(["S", "Cu"], { ...usual, kinds: ["radial"], counts, distances });
    const text = (words: (string | number)[]) =>
      words.map((word) => (Number.isNaN(Number(word)) ? word : Number(word))).join(" ");
    const expected = lines.filter(([, type]) => type === "2").map(text);
    // Its authors took one away, as no two Cu are so near.
    expected.push("Cu 2 Cu 2 1.5 6");
    const generated = found.flatMap(({ element, functions }) =>
      functions.map((one) =>
        one.type === 2 ? text([element, 2, one.neighbour, one.eta, one.shift, one.radius]) : "",
      ),
    );
    expect(generated.sort()).toEqual(expected.sort());
  });

  it("has Gaussians of the same formula about the atoms, on another grid: 1.5, 3.5, 5.5 Å", () => {
    const expected = [...new Set(lines.filter(([, type]) => type === "3").map((words) => Number(words[4])))];
    expect(expected.length).toBe(3);
    expect(centredGaussians(1.5, 7.5, 3).map(({ eta }) => eta)).toEqual(expected);
  });
});
