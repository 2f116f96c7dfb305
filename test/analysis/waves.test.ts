import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LongRangeOrder, type OrderChoice } from "../../src/analysis/long-range-order.ts";
import type { SpeciesChoice } from "../../src/analysis/species-sites.ts";
import { StructureFactor } from "../../src/analysis/structure-factor.ts";
import type { EcitonError } from "../../src/core/errors.ts";
import { inv3, rowTimes, transpose3 } from "../../src/core/linalg.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { findSymmetry, preservesSupercell } from "../../src/lattice/symmetry.ts";
import { matricesFor, randomLattice, randomOccupation } from "../clusters/random-lattices.ts";
import { ceriaInput, fccInput, squareInput } from "../lattice/lattices.ts";
import { measured, siteOf, speciesAt, transformed, translated } from "./reference.ts";

/** Places of the atoms of a species that can change, Å. */
function placesOf(supercell: Supercell, occupation: Uint8Array, { species, layers }: SpeciesChoice) {
  const positions = supercell.positions();
  return [...occupation.keys()]
    .filter((i) => {
      const site = siteOf(supercell, i);
      return (
        site.species.length > 1 &&
        speciesAt(supercell, occupation, i) === species &&
        (!layers || layers.includes(site.layer))
      );
    })
    .map((i) => positions.slice(3 * i, 3 * i + 3));
}

/** |Σ_j e^(iq·r_j)| with q in Å⁻¹ from the reciprocal vectors 2π (cell⁻¹)ᵀ, term by term. */
function amplitude(supercell: Supercell, places: readonly Float64Array[], k: readonly number[]): number {
  const reciprocal = transpose3(inv3(supercell.lattice.cell));
  const q = rowTimes(k, reciprocal).map((x) => 2 * Math.PI * x);
  let re = 0;
  let im = 0;
  for (const place of places) {
    const phase = q[0] * place[0] + q[1] * place[1] + q[2] * place[2];
    re += Math.cos(phase);
    im += Math.sin(phase);
  }
  return Math.hypot(re, im);
}

function factors(map: StructureFactor, occupation: Uint8Array): Float64Array {
  const out = new Float64Array(map.size + 2).fill(Number.NaN);
  map.measure(occupation, out, 1);
  expect([out[0], out[map.size + 1]]).toEqual([Number.NaN, Number.NaN]);
  return out.slice(1, -1);
}

describe("StructureFactor", () => {
  const cases = randomLattice
    .filter((lattice) => lattice.sites.some(({ species }) => species.length > 1 && species.includes("A")))
    .chain((lattice) =>
      fc.record({ lattice: fc.constant(lattice), matrix: matricesFor(lattice), seed: fc.nat(1000) }),
    );

  it("is the sum over the atoms, wave vector by wave vector, in cells of any shape", () => {
    let skewed = 0;
    fc.assert(
      fc.property(cases, ({ lattice, matrix, seed }) => {
        const supercell = new Supercell(lattice, matrix);
        if (matrix.some((x, i) => i % 4 !== 0 && x !== 0)) skewed++;
        const map = new StructureFactor(supercell, { species: "A" }, "s");
        const occupation = randomOccupation(supercell, new RandomStream(seed, 0));
        const places = placesOf(supercell, occupation, { species: "A" });
        const values = factors(map, occupation);
        values.forEach((value, entry) => {
          const plain = amplitude(supercell, places, map.labelOf(entry)) ** 2 / Math.max(1, places.length);
          // At most 12 terms of size 1, whose phases are of the order of 10 turns.
          expect(Math.abs(value - plain)).toBeLessThan(1e-11);
        });
      }),
      { numRuns: 80 },
    );
    expect(skewed).toBeGreaterThan(20);
  });

  it("is so in larger skewed cells and on chosen layers", () => {
    const ceria = createParentLattice(ceriaInput);
    const random = new RandomStream(3, 0);
    for (const [lattice, matrix, choice] of [
      [ceria, [8, 0, 0, 0, 8, 0, 0, 0, 1], { species: "V" }],
      [ceria, [7, 3, 0, -2, 5, 0, 0, 0, 1], { species: "V", layers: ["O2", "O3"] }],
      [createParentLattice(fccInput(4)), [3, 1, -1, 0, 4, 2, 1, -2, 3], { species: "B" }],
    ] as const) {
      const supercell = new Supercell(lattice, matrix);
      const map = new StructureFactor(supercell, choice, "s");
      const occupation = randomOccupation(supercell, random);
      const places = placesOf(supercell, occupation, choice);
      expect(places.length).toBeGreaterThan(10);
      factors(map, occupation).forEach((value, entry) => {
        const plain = amplitude(supercell, places, map.labelOf(entry)) ** 2 / places.length;
        // At most 200 terms whose phases have errors of 1e-14; the square is up to 200.
        expect(Math.abs(value - plain)).toBeLessThan(1e-9);
      });
    }
  });

  it("has every wave vector of the supercell once", () => {
    fc.assert(
      fc.property(cases, ({ lattice, matrix }) => {
        const supercell = new Supercell(lattice, matrix);
        const map = new StructureFactor(supercell, { species: "A" }, "s");
        const keys = new Set<string>();
        for (let entry = 0; entry < map.size; entry++) {
          const k = map.labelOf(entry);
          for (let row = 0; row < 3; row++) {
            const turns = k.reduce((sum, x, i) => sum + x * supercell.matrix[3 * row + i], 0);
            expect(Math.abs(turns - Math.round(turns))).toBeLessThan(1e-12);
          }
          for (const x of k) {
            expect(x).toBeGreaterThan(-0.5);
            expect(x).toBeLessThanOrEqual(0.5);
          }
          keys.add(k.map((x) => x.toFixed(9)).join());
        }
        expect(keys.size).toBe(supercell.numCells);
      }),
      { numRuns: 40 },
    );
  });

  it("adds up to the number of cells, is N at k = 0, and does not change when everything moves", () => {
    const supercell = new Supercell(createParentLattice(squareInput(3)), [6, 2, 0, -1, 5, 0, 0, 0, 1]);
    const map = new StructureFactor(supercell, { species: "B" }, "s");
    const random = new RandomStream(8, 0);
    const { operations } = findSymmetry(supercell.lattice);
    for (let trial = 0; trial < 5; trial++) {
      const occupation = randomOccupation(supercell, random);
      const values = factors(map, occupation);
      const atoms = occupation.reduce((a, b) => a + b, 0);
      // Parseval: Σ_k |n_k|² = cells · atoms on a lattice of one site.
      expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(supercell.numCells, 9);
      const origin = [...values.keys()].find((entry) => map.labelOf(entry).every((x) => x === 0))!;
      expect(values[origin]).toBeCloseTo(atoms, 9);
      const moved = factors(map, translated(supercell, occupation, [2, -1, 0]));
      values.forEach((value, entry) => {
        expect(moved[entry]).toBeCloseTo(value, 9);
      });
      const sorted = [...values].sort((a, b) => a - b);
      for (const operation of operations.filter((op) => preservesSupercell(op, supercell.matrix)))
        [...factors(map, transformed(supercell, operation, occupation))]
          .sort((a, b) => a - b)
          .forEach((value, n) => {
            expect(value).toBeCloseTo(sorted[n], 9);
          });
    }
    expect([...factors(map, new Uint8Array(supercell.numSites))].every((x) => x === 0)).toBe(true);
  });
});

describe("LongRangeOrder", () => {
  const ceria = createParentLattice(ceriaInput);
  const mPoints: OrderChoice = {
    name: "2x2",
    species: "V",
    layers: ["O2"],
    k_points: [
      [0.5, 0, 0],
      [0, 0.5, 0],
      [0.5, 0.5, 0],
    ],
  };

  it("is 1 for the 2 × 2 order wherever it stands, 1/3 for rows, 0 for a full layer", () => {
    const supercell = new Supercell(ceria, [8, 8, 1]);
    const observer = new LongRangeOrder(supercell, mPoints, "o");
    expect(observer.columns.map(({ name }) => name)).toEqual([
      "order 2x2",
      "order 2x2 0.5 0 0",
      "order 2x2 0 0.5 0",
      "order 2x2 0.5 0.5 0",
    ]);
    const o2 = ceria.sites.findIndex(({ name }) => name === "O2");
    const state = (holds: (u: number, v: number) => boolean) => {
      const occupation = new Uint8Array(supercell.numSites);
      for (let u = 0; u < 8; u++)
        for (let v = 0; v < 8; v++) if (holds(u, v)) occupation[supercell.siteIndex(o2, [u, v, 0])] = 1;
      return [...measured(observer, occupation).values()];
    };
    for (const [a, b] of [
      [0, 0],
      [1, 0],
      [1, 1],
    ])
      state((u, v) => u % 2 === a && v % 2 === b).forEach((value) => {
        expect(value).toBeCloseTo(1, 14);
      });
    const rows = state((u) => u % 2 === 0);
    [1 / 3, 1, 0, 0].forEach((value, n) => {
      expect(rows[n]).toBeCloseTo(value, 14);
    });
    for (const value of state(() => true)) expect(value).toBeCloseTo(0, 14);
    for (const value of state(() => false)) expect(value).toBe(0);
  });

  it("is the sum over the atoms, and the star does not change under translations and symmetry", () => {
    const supercell = new Supercell(ceria, [4, 4, 1]);
    const { operations } = findSymmetry(ceria);
    const thirds: OrderChoice = { name: "two", species: "V", k_points: [[0.25, 0.5, 0]] };
    const random = new RandomStream(5, 0);
    const star = new LongRangeOrder(supercell, mPoints, "o");
    const general = new LongRangeOrder(supercell, thirds, "o");
    expect(general.columns).toHaveLength(1);
    expect(operations.filter((op) => preservesSupercell(op, supercell.matrix)).length).toBeGreaterThan(3);
    for (let trial = 0; trial < 10; trial++) {
      const occupation = randomOccupation(supercell, random);
      const values = measured(star, occupation);
      const places = placesOf(supercell, occupation, mPoints);
      const amplitudes = mPoints.k_points.map((k) => amplitude(supercell, places, k) / places.length);
      // Phases of the reference are known to 1e-14 or so.
      expect(values.get("order 2x2")).toBeCloseTo(amplitudes.reduce((a, b) => a + b, 0) / 3, 12);
      expect(values.get("order 2x2 0 0.5 0")).toBeCloseTo(amplitudes[1], 12);
      const all = placesOf(supercell, occupation, thirds);
      expect(measured(general, occupation).get("order two")).toBeCloseTo(
        amplitude(supercell, all, thirds.k_points[0]) / all.length,
        12,
      );
      const images = [
        translated(supercell, occupation, [1, 2, 0]),
        ...operations
          .filter((op) => preservesSupercell(op, supercell.matrix))
          .map((op) => transformed(supercell, op, occupation)),
      ];
      for (const image of images)
        expect(measured(star, image).get("order 2x2")).toBeCloseTo(values.get("order 2x2")!, 12);
    }
  });

  it("is for random vacancies what the docstring says", () => {
    // 400 states of 256 atoms on 64 x 64 sites: |Σ ±1| / N has the mean sqrt(2 / (π N)) at M, and sqrt(π / (4 N)) at a
    // general k, both less by the factor sqrt(1 - c) because no site is taken twice.
    const supercell = new Supercell(createParentLattice(squareInput(3)), [64, 64, 1]);
    const choice: OrderChoice = {
      name: "r",
      species: "B",
      k_points: [
        [0.5, 0, 0],
        [0.25, 0.125, 0],
      ],
    };
    const observer = new LongRangeOrder(supercell, choice, "o");
    const random = new RandomStream(6, 0);
    const atoms = 256;
    const series = Array.from({ length: 400 }, () => {
      const occupation = new Uint8Array(supercell.numSites);
      for (let n = 0; n < atoms; ) {
        const i = random.nextIndex(occupation.length);
        if (occupation[i] === 0) {
          occupation[i] = 1;
          n++;
        }
      }
      return [...measured(observer, occupation).values()];
    });
    [Math.sqrt(2 / (Math.PI * atoms)), Math.sqrt(Math.PI / (4 * atoms))].forEach((expected, q) => {
      const values = series.map((row) => row[q + 1]);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
      const thinned = expected * Math.sqrt(1 - atoms / supercell.numSites);
      expect(Math.abs(mean - thinned)).toBeLessThan(4 * Math.sqrt(variance / values.length));
    });
  });

  it("takes wave vectors that fit the supercell only, typed with some digits", () => {
    const square = createParentLattice(squareInput(3));
    const failure = (supercell: Supercell, k: [number, number, number]) => {
      try {
        new LongRangeOrder(supercell, { name: "n", species: "B", k_points: [[0, 0, 0], k] }, "at[2]");
      } catch (error) {
        expect((error as EcitonError).code).toBe("study");
        return (error as EcitonError).message;
      }
      return "";
    };
    expect(failure(new Supercell(square, [3, 4, 1]), [0.5, 0, 0])).toMatch(
      /^at\[2\]\.k_points\[1\]: .*vector 1 .*1\.5 turns/,
    );
    expect(failure(new Supercell(square, [3, 4, 1]), [1 / 3, 0.25, 0])).toBe("");
    expect(failure(new Supercell(square, [1, 1, 0, -1, 1, 0, 0, 0, 1]), [0.5, 0.5, 0])).toBe("");
    expect(failure(new Supercell(square, [1, 1, 0, -1, 1, 0, 0, 0, 1]), [0.5, 0, 0])).toContain("0.5 turns");
    expect(failure(new Supercell(square, [2, 2, 1]), [0, 0, 1])).toContain("not periodic");
    expect(failure(new Supercell(square, [2, 2, 1]), [Number.NaN, 0, 0])).toContain("NaN");
    // Six digits of 1/3 are taken as 1/3, so that moving everything changes nothing.
    const supercell = new Supercell(square, [9, 3, 1]);
    const observer = new LongRangeOrder(
      supercell,
      { name: "n", species: "B", k_points: [[0.333333, 0, 0]] },
      "o",
    );
    const occupation = randomOccupation(supercell, new RandomStream(1, 0));
    const before = measured(observer, occupation).get("order n")!;
    expect(measured(observer, translated(supercell, occupation, [7, 0, 0])).get("order n")).toBeCloseTo(
      before,
      13,
    );
  });
});
