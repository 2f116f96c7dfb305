import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldPool } from "../../src/clusters/fold.ts";
import { buildPool, type ClusterPool, countBySize } from "../../src/clusters/pool.ts";
import { createParentLattice, type ParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { findSymmetry, type SymmetryOperation } from "../../src/lattice/symmetry.ts";
import { ceriaInput, fccInput } from "../lattice/lattices.ts";
import { gapCutoff, randomLattice } from "./random-lattices.ts";

const ceria = createParentLattice(ceriaInput);
const cutoffs = (r: number) => ({ 2: r, 3: r, 4: r });

describe("published counts", () => {
  // The ceria paper's pools: 1 empty, 5 points, then pairs, triplets, quadruplets.
  it("of CeO2(111) within 8 Å, infinite and on the 4x4 cell", () => {
    const pool = buildPool(ceria, "indicator", cutoffs(8));
    expect(countBySize(pool.orbits)).toEqual({ 0: 1, 1: 5, 2: 47, 3: 435, 4: 2661 });
    const folding = foldPool(pool, new Supercell(ceria, [4, 4, 1]));
    expect(countBySize(folding.clusters)).toEqual({ 0: 1, 1: 5, 2: 47, 3: 430, 4: 2661 });
    expect(folding.clusters).toHaveLength(3144);
    expect(folding.clusters.flatMap((c) => c.merged)).toHaveLength(5);
  });

  it("of CeO2(111) within 9 Å, infinite and on the 4x4 cell", () => {
    const pool = buildPool(ceria, "indicator", cutoffs(9));
    expect(countBySize(pool.orbits)).toEqual({ 0: 1, 1: 5, 2: 60, 3: 815, 4: 7669 });
    expect(pool.orbits).toHaveLength(8550);
    expect(foldPool(pool, new Supercell(ceria, [4, 4, 1])).clusters).toHaveLength(8527);
  });

  // icet's tutorial of Ag-Pd: 1 singlet, 25 pairs, 20 triplets, 35 quadruplets; 82 parameters with the constant.
  it.each(["indicator", "trigonometric", "chebyshev"] as const)(
    "of Ag-Pd with icet's cut-offs (%s)",
    (basis) => {
      const pool = buildPool(createParentLattice(fccInput(4.09, ["Ag", "Pd"])), basis, {
        2: 13.5,
        3: 6.5,
        4: 6,
      });
      expect(countBySize(pool.orbits)).toEqual({ 0: 1, 1: 1, 2: 25, 3: 20, 4: 35 });
    },
  );

  it("of the first fcc shells, as in every textbook", () => {
    const pool = buildPool(createParentLattice(fccInput(4)), "indicator", { 2: 5, 3: 2.9, 4: 2.9 });
    // Per site: 6, 3, 12 pairs of the first three shells; 8 nearest-neighbour triangles, 2 tetrahedra.
    expect(pool.orbits.slice(2).map((o) => o.instances.length)).toEqual([6, 3, 12, 8, 2]);
  });
});

/**
 * Enumeration by brute force: all subsets of the sites in a ball around each site of the cell, named by the smallest
 * of all their images under every operation and every choice of the origin among their points.
 */
function bruteForce(
  lattice: ParentLattice,
  operations: readonly SymmetryOperation[],
  limits: Record<number, number>,
) {
  interface Point {
    site: number;
    cell: number[];
    fn: number;
  }
  const place = (p: Point) =>
    [0, 1, 2].map(
      (k) =>
        lattice.cartesian[3 * p.site + k] +
        p.cell[0] * lattice.cell[k] +
        p.cell[1] * lattice.cell[3 + k] +
        p.cell[2] * lattice.cell[6 + k],
    );
  const distance = (p: Point, q: Point) => {
    const [a, b] = [place(p), place(q)];
    return Math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);
  };
  const upToTranslation = (points: Point[]) =>
    points
      .map((origin) =>
        points
          .map((p) => `${p.site}(${p.cell.map((x, k) => x - origin.cell[k]).join(" ")})${p.fn}`)
          .sort()
          .join("+"),
      )
      .sort()[0];
  const move = (points: Point[], op: SymmetryOperation): Point[] =>
    points.map((p) => ({
      site: op.siteMap[p.site],
      cell: [0, 1, 2].map(
        (k) =>
          op.rotation.slice(3 * k, 3 * k + 3).reduce((sum, x, j) => sum + x * p.cell[j], 0) +
          op.shift[3 * p.site + k],
      ),
      fn: p.fn,
    }));
  const largest = Math.max(...Object.values(limits));
  const orbits = new Map<string, { size: number; diameter: number; classes: Set<string> }>();
  const active = lattice.sites.flatMap((site, s) => (site.species.length > 1 ? [s] : []));
  const functions = (s: number) =>
    Array.from({ length: lattice.sites[s].species.length - 1 }, (_, i) => i + 1);
  const record = (points: Point[]) => {
    const pairs = points.flatMap((p, i) => points.slice(0, i).map((q) => distance(p, q)));
    const diameter = Math.max(0, ...pairs);
    if (points.length > 1 && !(diameter <= (limits[points.length] ?? -1))) return;
    const name = operations.map((op) => upToTranslation(move(points, op))).sort()[0];
    const orbit = orbits.get(name) ?? { size: points.length, diameter, classes: new Set<string>() };
    orbits.set(name, orbit);
    orbit.classes.add(upToTranslation(points));
  };
  const maxPoints = Math.max(...Object.keys(limits).map(Number));
  const R = 4;
  const range = (k: number) =>
    lattice.periodic[k] ? Array.from({ length: 2 * R + 1 }, (_, i) => i - R) : [0];
  for (const home of active) {
    const around: Point[] = [];
    const centre = { site: home, cell: [0, 0, 0], fn: 1 };
    for (const site of active)
      for (const u of range(0))
        for (const v of range(1))
          for (const w of range(2)) {
            const p = { site, cell: [u, v, w], fn: 1 };
            const r = distance(p, centre);
            if (r > 1e-3 && r <= largest) around.push(p);
          }
    const grow = (points: Point[], from: number) => {
      let decorated: Point[][] = [[]];
      for (const p of points)
        decorated = decorated.flatMap((d) => functions(p.site).map((fn) => [...d, { ...p, fn }]));
      for (const d of decorated) record(d);
      if (points.length === maxPoints) return;
      for (let i = from; i < around.length; i++)
        if (points.every((p) => distance(p, around[i]) <= largest)) grow([...points, around[i]], i + 1);
    };
    grow([centre], 0);
  }
  return [...orbits.values()].map(
    (o) => `${o.size} points, ${o.diameter.toFixed(4)} Å, ${o.classes.size} a cell`,
  );
}

const summary = (pool: ClusterPool) =>
  pool.orbits
    .filter((o) => o.size > 0)
    .map((o) => `${o.size} points, ${o.diameter.toFixed(4)} Å, ${o.instances.length} a cell`);

describe("buildPool", () => {
  it("agrees with brute force on random lattices, in numbers, multiplicities and diameters", () => {
    const neighbours = fc.record({
      2: fc.integer({ min: 2, max: 30 }),
      3: fc.integer({ min: 2, max: 12 }),
      4: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(randomLattice, neighbours, fc.constantFrom(2, 3, 4), (lattice, around, maxPoints) => {
        const limits: Record<number, number> = {};
        for (let n = 2; n <= maxPoints; n++) limits[n] = gapCutoff(lattice, around[n as 2 | 3 | 4]);
        const { operations } = findSymmetry(lattice);
        const pool = buildPool(lattice, "indicator", limits);
        expect(summary(pool).sort()).toEqual(bruteForce(lattice, operations, limits).sort());
      }),
      { numRuns: 60 },
    );
  });

  it("grows larger clusters through sizes that are not asked for, or asked for with less reach", () => {
    const lattice = createParentLattice(fccInput(4));
    const { operations } = findSymmetry(lattice);
    for (const limits of [{ 3: 4.1 }, { 2: 2.9, 3: 4.1 }, { 4: 2.9 }, { 2: 4.1, 4: 2.9 }] as Record<
      number,
      number
    >[])
      expect(summary(buildPool(lattice, "indicator", limits)).sort()).toEqual(
        bruteForce(lattice, operations, limits).sort(),
      );
    expect(summary(buildPool(lattice, "indicator", {}))).toEqual(["1 points, 0.0000 Å, 1 a cell"]);
  });

  it("orders orbits by size and diameter, the same every time", () => {
    const pool = buildPool(ceria, "indicator", cutoffs(5));
    for (let i = 1; i < pool.orbits.length; i++) {
      const [a, b] = [pool.orbits[i - 1], pool.orbits[i]];
      expect(a.size < b.size || (a.size === b.size && a.diameter <= b.diameter + 1e-6)).toBe(true);
    }
    expect(buildPool(ceria, "indicator", cutoffs(5)).orbits).toEqual(pool.orbits);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])("refuses a cut-off of %s", (cutoff) => {
    expect(() => buildPool(ceria, "indicator", { 2: 4, 3: cutoff })).toThrow(
      expect.objectContaining({ code: "study", details: { path: "clusters.cutoffs_A.3" } }),
    );
    expect(() => buildPool(ceria, "indicator", { 2.5: 4 })).toThrow("number of points");
  });

  it("refuses a pool that does not fit, with the numbers, at once", () => {
    const begun = performance.now();
    const build = () => buildPool(ceria, "indicator", { 2: 20, 3: 20, 4: 20 }, 2 ** 30);
    expect(build).toThrow(expect.objectContaining({ code: "memory" }));
    expect(build).toThrow(/clusters\.cutoffs_A\.4: about [\d.]+e\+6 clusters of 4 points within 20 Å .*GiB/);
    expect(build).toThrow("the 1.0 GiB allowed");
    // The pool itself would take a minute; three refusals are far below.
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  it("estimates the number of clusters well before it builds them", () => {
    const pool = buildPool(ceria, "indicator", cutoffs(8));
    for (const size of [2, 3, 4]) {
      const actual = pool.orbits.reduce((sum, o) => sum + (o.size === size ? o.instances.length : 0), 0);
      try {
        buildPool(ceria, "indicator", { [size]: 8 }, 1);
        expect.unreachable();
      } catch (error) {
        const { instances } = (error as { details: { instances: number } }).details;
        // 4000 draws of an event with a share above 0.1 know it within 5%; three of these standard errors.
        expect(Math.abs(instances / actual - 1)).toBeLessThan(0.15);
      }
    }
  });
});

describe("labels", () => {
  const pool = buildPool(ceria, "indicator", cutoffs(8));
  const byLabel = new Map(pool.orbits.map((o) => [o.label, o]));

  it("are unique", () => {
    expect(byLabel.size).toBe(pool.orbits.length);
    const ternary = createParentLattice({
      ...fccInput(4, ["A", "B", "C"]),
      sites: [
        { name: "s", position: [0, 0, 0], species: ["A", "B", "C"] },
        { name: "t", position: [0.5, 0.5, 0.5], species: ["A", "C"] },
      ],
    });
    for (const basis of ["indicator", "chebyshev"] as const) {
      const labels = buildPool(ternary, basis, { 2: 5, 3: 4.1 }).orbits.map((o) => o.label);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });

  it("are those of the paper, at its distances", () => {
    // Shells of the design: O-O 2.731 1N, 3.862 2N, 4.731 3N, 5.462 4N, 6.107 5N; O-Ce 2.365 1N, 4.529 2N; Å.
    const shells: Record<string, number> = {
      VO1VO2_1N: 2.731,
      VO2VO3_1N: 2.731,
      VO1VO1_2N: 3.862,
      VO1VO3_2N: 3.862,
      VO2VO3_3N: 4.731,
      VO1VO2_3N: 4.731,
      VO1VO3_4N: 5.462,
      VO2VO3_5N: 6.107,
      VO1Ce1_1N: 2.365,
      VO2Ce1_1N: 2.365,
      VO1Ce1_2N: 4.529,
      VO2Ce1_2N: 4.529,
      VO3Ce2_2N: 4.529,
      VO2Ce2_2N: 4.529,
      Ce1Ce1_1N: 3.862,
      Ce2Ce2_1N: 3.862,
    }; // prettier-ignore
    const found: Record<string, number> = {};
    for (const label of Object.keys(shells)) found[label] = Number(byLabel.get(label)?.diameter.toFixed(3));
    // Three printed digits: half a unit of the last, and the paper's own rounding.
    for (const [label, distance] of Object.entries(shells))
      expect([label, Math.abs(found[label] - distance) < 1.1e-3]).toEqual([label, true]);
    for (const label of ["VO1", "VO2", "VO3", "Ce1", "Ce2"]) expect(byLabel.get(label)?.size).toBe(1);
  });

  it("name every pair of a larger cluster by its shell", () => {
    const triangle = [...byLabel.keys()].filter((label) => /^VO1VO2Ce1_1N\.\d+N\.\d+N/.test(label));
    expect(triangle.length).toBeGreaterThan(0);
    expect(byLabel.get("VO1VO2Ce1_1N.1N.1N")?.size).toBe(3);
  });
});
