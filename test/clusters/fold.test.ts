import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CountsEvaluator } from "../../src/clusters/counts.ts";
import { foldPool } from "../../src/clusters/fold.ts";
import { buildPool, type ClusterPool } from "../../src/clusters/pool.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { fccInput, squareInput } from "../lattice/lattices.ts";
import {
  allOccupations,
  gapCutoff,
  matricesFor,
  randomLattice,
  randomOccupation,
} from "./random-lattices.ts";

/** Columns of integer counts over all configurations, or over many random ones where there are too many. */
function columnsOf(pool: ClusterPool, supercell: Supercell): number[][] {
  const choices = Array.from({ length: supercell.numSites }, (_, i) => {
    return supercell.lattice.sites[supercell.sublatticeOf(i)].species.length;
  }).reduce((a, b) => a * b, 1);
  const random = new RandomStream(1, 0);
  const occupations =
    choices <= 1000
      ? allOccupations(supercell)
      : Array.from({ length: 500 }, () => randomOccupation(supercell, random));
  const evaluator = new CountsEvaluator(supercell, pool.basis, pool.orbits);
  const counts = occupations.map((occupation) => evaluator.counts(occupation));
  return pool.orbits.map((_, orbit) => counts.map((row) => row[orbit]));
}

/** Columns of whole numbers in lowest terms: equal texts mean proportional columns. */
function direction(column: readonly number[]): string {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  const divisor = column.reduce(gcd, 0);
  return divisor === 0 ? "zero" : column.map((x) => x / divisor).join();
}

/** What folding must say, found from the columns alone. */
function groupsByColumns(pool: ClusterPool, supercell: Supercell): string[] {
  const groups = new Map<string, number[]>();
  columnsOf(pool, supercell).forEach((column, orbit) => {
    const key = direction(column);
    groups.set(key, [...(groups.get(key) ?? []), orbit]);
  });
  groups.delete("zero");
  return [...groups.values()].map((group) => group.join()).sort();
}

function groupsByFolding(pool: ClusterPool, supercell: Supercell): string[] {
  return foldPool(pool, supercell)
    .clusters.map(({ kept, merged }) => [kept, ...merged].join())
    .sort();
}

describe("foldPool", () => {
  it("merges two orbits exactly when their counts are proportional, and drops those that are always zero", () => {
    const lattices = randomLattice.chain((lattice) =>
      fc.record({ lattice: fc.constant(lattice), matrix: matricesFor(lattice) }),
    );
    fc.assert(
      fc.property(lattices, ({ lattice, matrix }) => {
        const pool = buildPool(lattice, "indicator", { 2: gapCutoff(lattice, 24), 3: gapCutoff(lattice, 8) });
        const supercell = new Supercell(lattice, matrix);
        expect(groupsByFolding(pool, supercell)).toEqual(groupsByColumns(pool, supercell));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["square, 2x1", squareInput(3), [2, 1, 1]],
    ["square, 3x1", squareInput(3), [3, 1, 1]],
    ["square, chiral five", squareInput(3), [2, 1, 0, -1, 2, 0, 0, 0, 1]],
    ["square, sheared four", squareInput(3), [4, 0, 0, 1, 1, 0, 0, 0, 1]],
    ["square, three species", squareInput(3, ["A", "B", "C"]), [2, 1, 1]],
    ["fcc, one cell", fccInput(4, ["A", "B", "C"]), [1, 1, 1]],
    ["fcc, 3x1x1", fccInput(4), [3, 1, 1]],
  ] as const)("does so in supercells less symmetric than the lattice: %s", (_, input, matrix) => {
    const lattice = createParentLattice(input);
    const pool = buildPool(lattice, "indicator", { 2: 13, 3: 6.1, 4: 4.3 });
    const supercell = new Supercell(lattice, matrix);
    expect(groupsByFolding(pool, supercell)).toEqual(groupsByColumns(pool, supercell));
  });

  it("in other bases merges only what is proportional", () => {
    const lattice = createParentLattice(squareInput(3, ["A", "B", "C"]));
    for (const basis of ["chebyshev", "trigonometric"] as const) {
      const pool = buildPool(lattice, basis, { 2: 9.1, 3: 6.1 });
      const supercell = new Supercell(lattice, [2, 2, 1]);
      const columns = columnsOf(pool, supercell);
      const folding = foldPool(pool, supercell);
      expect(folding.clusters.flatMap((c) => c.merged).length).toBeGreaterThan(0);
      for (const { kept, merged } of folding.clusters)
        for (const other of merged) {
          const [a, b] = [columns[kept], columns[other]];
          const [aa, ab, bb] = [0, 1, 2].map((i) =>
            a.reduce((sum, x, k) => sum + [x * x, x * b[k], b[k] * b[k]][i], 0),
          );
          // Equality in the Cauchy-Schwarz inequality.
          expect(ab * ab).toBeCloseTo(aa * bb, 6);
        }
    }
  });

  it("keeps the simplest orbit, lists every orbit once, and says which meet their own image", () => {
    const lattice = createParentLattice(squareInput(3));
    const pool = buildPool(lattice, "indicator", { 2: 6.1, 3: 6.1 });
    const supercell = new Supercell(lattice, [2, 2, 1]);
    const { clusters, selfMeeting } = foldPool(pool, supercell);
    expect(clusters.flatMap((c) => [c.kept, ...c.merged]).sort((a, b) => a - b)).toEqual(
      pool.orbits.map((_, i) => i),
    );
    for (const { kept, merged } of clusters) for (const other of merged) expect(other).toBeGreaterThan(kept);
    // A 2x2 torus of four sites has the empty set, a site, two kinds of pairs, one triplet.
    expect(clusters.map((c) => c.size)).toEqual([0, 1, 2, 2, 3]);
    for (const [index, orbit] of pool.orbits.entries()) {
      const meets = orbit.instances.some((points) => {
        const sites = Array.from({ length: orbit.size }, (_, i) =>
          supercell.siteIndex(points[5 * i], points.slice(5 * i + 1, 5 * i + 4)),
        );
        return new Set(sites).size < orbit.size;
      });
      expect(selfMeeting.includes(index)).toBe(meets);
    }
  });

  it("changes nothing on a supercell that is larger than twice every cluster", () => {
    const lattice = createParentLattice(squareInput(3));
    const pool = buildPool(lattice, "indicator", { 2: 6.1, 3: 4.3 });
    const { clusters, selfMeeting } = foldPool(pool, new Supercell(lattice, [5, 5, 1]));
    expect(clusters.map((c) => c.kept)).toEqual(pool.orbits.map((_, i) => i));
    expect(selfMeeting).toEqual([]);
  });

  it("refuses a supercell of another lattice", () => {
    const pool = buildPool(createParentLattice(squareInput(3)), "indicator", {});
    const other = new Supercell(createParentLattice(squareInput(3)), [1, 1, 1]);
    expect(() => foldPool(pool, other)).toThrow(expect.objectContaining({ code: "shape" }));
  });
});
