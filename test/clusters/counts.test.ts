import fc from "fast-check";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { CountsEvaluator } from "../../src/clusters/counts.ts";
import { buildPool, type ClusterPool } from "../../src/clusters/pool.ts";
import { type BasisName, basisNames, siteFunctions } from "../../src/clusters/site-basis.ts";
import { rowTimes } from "../../src/core/linalg.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { findSymmetry, preservesSupercell, type SymmetryOperation } from "../../src/lattice/symmetry.ts";
import { ceriaInput, fccInput, squareInput } from "../lattice/lattices.ts";
import {
  allOccupations,
  gapCutoff,
  matricesFor,
  randomLattice,
  randomOccupation,
} from "./random-lattices.ts";

const latticeAndCells = randomLattice.chain((lattice) =>
  fc.record({ lattice: fc.constant(lattice), matrix: matricesFor(lattice), seed: fc.nat(1000) }),
);

function smallPool(lattice: ParentLattice, basis: BasisName): ClusterPool {
  return buildPool(lattice, basis, { 2: gapCutoff(lattice, 12), 3: gapCutoff(lattice, 6) });
}

/** N by its definition: every instance in every parent cell, sites looked up one by one, nothing prepared. */
function plainCounts(supercell: Supercell, pool: ClusterPool, occupation: Uint8Array): number[] {
  return pool.orbits.map((orbit) => {
    let sum = 0;
    for (const points of orbit.instances)
      for (let c = 0; c < supercell.numCells; c++) {
        const home = supercell.cellOf(c);
        let product = 1;
        for (let at = 0; at < points.length; at += 5) {
          const [s, u, v, w, fn] = points.slice(at, at + 5);
          const { length } = supercell.lattice.sites[s].species;
          const site = supercell.siteIndex(s, [home[0] + u, home[1] + v, home[2] + w]);
          product *= siteFunctions(pool.basis, length)[(fn - 1) * length + occupation[site]];
        }
        sum += product;
      }
    return sum;
  });
}

describe("CountsEvaluator", () => {
  it("agrees with the definition in every basis, also where clusters meet their own image", () => {
    fc.assert(
      fc.property(latticeAndCells, fc.constantFrom(...basisNames), ({ lattice, matrix, seed }, basis) => {
        const pool = smallPool(lattice, basis);
        const supercell = new Supercell(lattice, matrix);
        const random = new RandomStream(seed, 0);
        const evaluator = new CountsEvaluator(supercell, basis, pool.orbits);
        for (let i = 0; i < 3; i++) {
          const occupation = randomOccupation(supercell, random);
          const counts = evaluator.counts(occupation);
          plainCounts(supercell, pool, occupation).forEach((n, orbit) => {
            // Sums of at most a few hundred products of at most three numbers up to 1.
            expect(Math.abs(counts[orbit] - n)).toBeLessThan(1e-10);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("agrees with counting occupied pairs and triplets by their distances alone", () => {
    const lattice = createParentLattice(ceriaInput);
    const pool = buildPool(lattice, "indicator", { 2: 6.2, 3: 4.8 });
    const supercell = new Supercell(lattice, [3, 1, 0, -1, 2, 0, 0, 0, 1]);
    const evaluator = new CountsEvaluator(supercell, "indicator", pool.orbits);
    const random = new RandomStream(1, 0);

    /** A shape: names of the points and their distances, in the order that gives the smallest text. */
    const shapeOf = (names: readonly string[], places: readonly (readonly number[])[]): string => {
      const orders = names.length === 2 ? ["01", "10"] : ["012", "021", "102", "120", "201", "210"];
      const texts = orders.map((order) => {
        const o = [...order].map(Number);
        const distances = o.flatMap((i, k) =>
          o
            .slice(0, k)
            .map((j) => Math.hypot(...[0, 1, 2].map((x) => places[i][x] - places[j][x])).toFixed(4)),
        );
        return `${o.map((i) => names[i]).join()} ${distances.join()}`;
      });
      return texts.sort()[0];
    };
    const expected = new Map<string, number[]>();
    const byShape = new Map<string, number[]>();
    pool.orbits.forEach((orbit, index) => {
      if (orbit.size < 2) return;
      const points = orbit.instances[0];
      const sites = Array.from({ length: orbit.size }, (_, i) => points.slice(5 * i, 5 * i + 5));
      const places = sites.map(([s, u, v, w]) =>
        rowTimes([u, v, w], lattice.cell).map((x, k) => x + lattice.cartesian[3 * s + k]),
      );
      const shape = shapeOf(
        sites.map(([s]) => lattice.sites[s].name),
        places,
      );
      byShape.set(shape, [...(byShape.get(shape) ?? []), index]);
    });

    for (let trial = 0; trial < 4; trial++) {
      const occupation = Uint8Array.from(supercell.active, () => (random.nextFloat() < 0.5 ? 1 : 0));
      const counts = evaluator.counts(occupation);
      const positions = supercell.positions();
      const occupied: { name: string; x: number[]; home: boolean }[] = [];
      for (let i = 0; i < supercell.numSites; i++)
        if (occupation[i] === 1)
          for (let p = -2; p <= 2; p++)
            for (let q = -2; q <= 2; q++)
              occupied.push({
                name: lattice.sites[supercell.sublatticeOf(i)].name,
                x: rowTimes([p, q, 0], supercell.cell).map((x, k) => x + positions[3 * i + k]),
                home: p === 0 && q === 0,
              });
      expected.clear();
      const add = (points: typeof occupied) => {
        const shape = shapeOf(
          points.map((p) => p.name),
          points.map((p) => p.x),
        );
        // A set with h points at home is met once for every one of its translates that has a point at home; all
        // its n points take that place in turn, so h/n each adds up to one for each supercell.
        const share = points.filter((p) => p.home).length / points.length;
        expected.set(shape, [(expected.get(shape)?.[0] ?? 0) + share]);
      };
      const near = (a: { x: number[] }, b: { x: number[] }, cutoff: number) =>
        Math.hypot(a.x[0] - b.x[0], a.x[1] - b.x[1], a.x[2] - b.x[2]) <= cutoff + 1e-4;
      occupied.forEach((a, i) => {
        occupied.slice(0, i).forEach((b, j) => {
          if ((a.home || b.home) && near(a, b, 6.2)) add([a, b]);
          if (!near(a, b, 4.8)) return;
          for (const c of occupied.slice(0, j))
            if ((a.home || b.home || c.home) && near(a, c, 4.8) && near(b, c, 4.8)) add([a, b, c]);
        });
      });
      expect(expected.size).toBeGreaterThan(byShape.size / 3);
      for (const shape of expected.keys()) expect(byShape.has(shape)).toBe(true);
      for (const [shape, orbits] of byShape) {
        const total = orbits.reduce((sum, orbit) => sum + counts[orbit], 0);
        expect([shape, total]).toEqual([shape, expect.closeTo(expected.get(shape)?.[0] ?? 0, 6)]);
      }
    }
  });

  it("gives the number of parent cells for the empty cluster and of species for a point", () => {
    const lattice = createParentLattice(fccInput(4));
    const pool = buildPool(lattice, "indicator", {});
    const supercell = new Supercell(lattice, [2, 3, 1]);
    const counts = new CountsEvaluator(supercell, "indicator", pool.orbits);
    expect(Array.from(counts.counts(Uint8Array.of(1, 0, 1, 1, 0, 0)))).toEqual([6, 3]);
  });

  it("is invariant under every operation and translation that keeps the supercell", () => {
    fc.assert(
      fc.property(latticeAndCells, fc.constantFrom(...basisNames), ({ lattice, matrix, seed }, basis) => {
        const pool = smallPool(lattice, basis);
        const supercell = new Supercell(lattice, matrix);
        const evaluator = new CountsEvaluator(supercell, basis, pool.orbits);
        const occupation = randomOccupation(supercell, new RandomStream(seed, 1));
        const before = evaluator.counts(occupation);
        for (const image of imagesOf(supercell, pool.symmetry.operations, occupation))
          evaluator.counts(image).forEach((n, orbit) => {
            expect(Math.abs(n - before[orbit])).toBeLessThan(1e-10);
          });
      }),
      { numRuns: 40 },
    );
  });

  it("is extensive: a repeated configuration has twice the counts, however small its cell", () => {
    const doubling = fc.constantFrom([2, 0, 0], [0, 2, 0], [0, 0, 2]);
    fc.assert(
      fc.property(
        latticeAndCells,
        doubling,
        fc.constantFrom(...basisNames),
        ({ lattice, matrix, seed }, twice, basis) => {
          const axis = twice.indexOf(2);
          fc.pre(lattice.periodic[axis]);
          const small = new Supercell(lattice, matrix);
          const large = new Supercell(
            lattice,
            matrix.map((x, i) => (Math.floor(i / 3) === axis ? 2 * x : x)),
          );
          const pool = smallPool(lattice, basis);
          const occupation = randomOccupation(small, new RandomStream(seed, 2));
          const repeated = new Uint8Array(large.numSites);
          for (let i = 0; i < large.numSites; i++) {
            const s = large.sublatticeOf(i);
            repeated[i] = occupation[small.siteIndex(s, large.cellOf(i - s * large.numCells))];
          }
          const one = new CountsEvaluator(small, basis, pool.orbits).counts(occupation);
          const two = new CountsEvaluator(large, basis, pool.orbits).counts(repeated);
          two.forEach((n, orbit) => {
            expect(Math.abs(n - 2 * one[orbit])).toBeLessThan(1e-10);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("refuses occupations of another length, and species that a site does not have", () => {
    const lattice = createParentLattice(fccInput(4));
    const evaluator = new CountsEvaluator(new Supercell(lattice, [2, 1, 1]), "indicator", []);
    expect(() => evaluator.counts(new Uint8Array(3))).toThrow(expect.objectContaining({ code: "shape" }));
    expect(() => evaluator.counts(Uint8Array.of(0, 2))).toThrow("no species number 2");
    expect(() => evaluator.counts(new Uint8Array(2), new Float64Array(1))).toThrow("out has 1 places");
  });
});

/** The occupation moved by every operation that keeps the supercell, and by every translation. */
function imagesOf(
  supercell: Supercell,
  operations: readonly SymmetryOperation[],
  occupation: Uint8Array,
): Uint8Array[] {
  const images: Uint8Array[] = [];
  for (const { rotation: r, siteMap, shift } of operations.filter((op) =>
    preservesSupercell(op, supercell.matrix),
  ))
    for (let t = 0; t < supercell.numCells; t++) {
      const by = supercell.cellOf(t);
      const image = new Uint8Array(supercell.numSites);
      for (let i = 0; i < supercell.numSites; i++) {
        const s = supercell.sublatticeOf(i);
        const c = supercell.cellOf(i - s * supercell.numCells);
        const moved = [0, 1, 2].map(
          (k) => r[3 * k] * c[0] + r[3 * k + 1] * c[1] + r[3 * k + 2] * c[2] + shift[3 * s + k] + by[k],
        );
        image[supercell.siteIndex(siteMap[s], moved)] = occupation[i];
      }
      images.push(image);
    }
  return images;
}

function rankOf(rows: readonly (readonly number[])[]): number {
  const { diagonal } = new SingularValueDecomposition(new Matrix(rows.map((row) => [...row])), {
    autoTranspose: true,
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  // Integers and cosines of simple angles: true singular values stay far above 1e-8 of the largest.
  return diagonal.filter((x) => x > 1e-8 * diagonal[0]).length;
}

describe("bases", () => {
  const countsOf = (supercell: Supercell, pool: ClusterPool, occupations: readonly Uint8Array[]) => {
    const evaluator = new CountsEvaluator(supercell, pool.basis, pool.orbits);
    return occupations.map((occupation) => Array.from(evaluator.counts(occupation)));
  };

  it("span one space: expanding a product of one basis gives products of the other on the same sites", () => {
    fc.assert(
      fc.property(latticeAndCells, ({ lattice, matrix, seed }) => {
        const supercell = new Supercell(lattice, matrix);
        const random = new RandomStream(seed, 3);
        const occupations = Array.from({ length: 120 }, () => randomOccupation(supercell, random));
        // One cut-off for all sizes, so that the pool holds every part of each of its clusters.
        const cutoff = gapCutoff(lattice, 6);
        const tables = basisNames.map((basis) =>
          countsOf(supercell, buildPool(lattice, basis, { 2: cutoff, 3: cutoff }), occupations),
        );
        const ranks = tables.map(rankOf);
        expect(ranks[1]).toBe(ranks[0]);
        expect(ranks[2]).toBe(ranks[0]);
        const joined = occupations.map((_, i) => tables.flatMap((table) => table[i]));
        expect(rankOf(joined)).toBe(ranks[0]);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ["square 2x2, two species", squareInput(3), [2, 2, 1], 4],
    ["square 2x2, three species", squareInput(3, ["A", "B", "C"]), [2, 2, 1], 4],
    ["fcc with four sites", fccInput(4), [-1, 1, 1, 1, -1, 1, 1, 1, -1], 4],
  ] as const)("a complete pool tells all distinct configurations apart: %s", (_, input, matrix, points) => {
    // Every set of sites of the supercell lifts to a cluster of the pool, and sums over orbits of sets of sites
    // are a basis of the functions that are invariant under translations and the supercell's operations.
    const lattice = createParentLattice(input);
    const { operations } = findSymmetry(lattice);
    const supercell = new Supercell(lattice, matrix);
    expect(operations.every((op) => preservesSupercell(op, supercell.matrix))).toBe(true);
    const occupations = allOccupations(supercell);
    const distinct = new Set(
      occupations.map(
        (occupation) =>
          imagesOf(supercell, operations, occupation)
            .map((image) => image.join())
            .sort()[0],
      ),
    );
    const cutoff = 4.3; // the square's diagonal 4.243 Å; fcc's second shell 4 Å
    for (const basis of basisNames) {
      const limits = Object.fromEntries([2, 3, 4].filter((n) => n <= points).map((n) => [n, cutoff]));
      const pool = buildPool(lattice, basis, limits);
      expect(rankOf(countsOf(supercell, pool, occupations))).toBe(distinct.size);
    }
  });
});

describe("siteFunctions", () => {
  it("together with the constant are independent, for any number of species", () => {
    for (const basis of basisNames)
      for (let m = 2; m <= 6; m++) {
        const values = siteFunctions(basis, m);
        const rows = [Array(m).fill(1)];
        for (let k = 0; k < m - 1; k++) rows.push(Array.from(values.slice(k * m, (k + 1) * m)));
        expect(rankOf(rows)).toBe(m);
      }
  });

  it("are the published ones for two and three species", () => {
    expect(Array.from(siteFunctions("indicator", 3))).toEqual([0, 1, 0, 0, 0, 1]);
    expect(Array.from(siteFunctions("chebyshev", 2))).toEqual([-1, 1]);
    // T_1 = x, T_2 = 2x^2 - 1 at -1, 0, 1
    expect(Array.from(siteFunctions("chebyshev", 3))).toEqual([-1, 0, 1, 1, -1, 1]);
    // icet: -cos(pi s) for two species; -cos, -sin of 2 pi s / 3 for three
    expect(Array.from(siteFunctions("trigonometric", 2))).toEqual([-1, 1]);
    const third = Array.from(siteFunctions("trigonometric", 3));
    const sine = Math.sqrt(3) / 2;
    [-1, 0.5, 0.5, 0, -sine, sine].forEach((x, i) => {
      expect(third[i]).toBeCloseTo(x, 14);
    });
  });

  it("of the trigonometric basis are orthogonal under a uniform distribution", () => {
    for (let m = 2; m <= 6; m++) {
      const values = siteFunctions("trigonometric", m);
      const row = (k: number) => Array.from(values.slice(k * m, (k + 1) * m));
      for (let k = 0; k < m - 1; k++) {
        expect(row(k).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 12);
        for (let l = 0; l < k; l++)
          expect(row(k).reduce((sum, x, s) => sum + x * row(l)[s], 0)).toBeCloseTo(0, 12);
      }
    }
  });
});
