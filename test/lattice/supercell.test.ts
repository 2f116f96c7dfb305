import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { det3, inv3, mul3, rowTimes } from "../../src/core/linalg.ts";
import { createParentLattice, type LatticeInput } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { squareInput } from "./lattices.ts";

const input: LatticeInput = {
  cell: [3, 0.5, 0, -1, 4, 0.3, 0.2, 0.1, 5],
  coordinates: "fractional",
  sites: [
    { name: "a", position: [0.1, 0.2, 0.3], species: ["A", "B"] },
    { name: "b", position: [0.6, 0.5, 0.4], species: ["C"] },
    { name: "c", position: [0.9, 0.9, 0.9], species: ["A", "B", "D"] },
  ],
};
const bulk = createParentLattice(input);
const slab = createParentLattice(squareInput(3));

const matrix = fc
  .array(fc.integer({ min: -4, max: 4 }), { minLength: 9, maxLength: 9 })
  .filter((m) => det3(m) !== 0 && Math.abs(det3(m)) <= 40);
const cell = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -30, max: 30 })));

/** Whether two parent cells are one on the supercell: their difference in supercell vectors is of integers. */
function same(m: readonly number[], a: readonly number[], b: readonly number[]): boolean {
  const difference = rowTimes(
    a.map((x, k) => x - b[k]),
    inv3(m),
  );
  return difference.every((x) => Math.abs(x - Math.round(x)) < 1e-9);
}

describe("Supercell", () => {
  it("numbers its parent cells one to one", () => {
    fc.assert(
      fc.property(matrix, (m) => {
        const supercell = new Supercell(bulk, m);
        expect(supercell.numCells).toBe(Math.abs(det3(m)));
        expect(supercell.numSites).toBe(3 * supercell.numCells);
        for (let c = 0; c < supercell.numCells; c++)
          expect(supercell.cellIndex(...supercell.cellOf(c))).toBe(c);
      }),
    );
  });

  it("wraps: two cells share a number exactly when a supercell vector lies between them", () => {
    fc.assert(
      fc.property(matrix, cell, cell, (m, a, b) => {
        const supercell = new Supercell(bulk, m);
        const [i, j] = [a, b].map((c) => supercell.cellIndex(c[0], c[1], c[2]));
        expect(i >= 0 && i < supercell.numCells && Number.isInteger(i)).toBe(true);
        expect(i === j).toBe(same(m, a, b));
        const moved = rowTimes([1, -2, 3], m).map((x, k) => x + a[k]);
        expect(supercell.cellIndex(moved[0], moved[1], moved[2])).toBe(i);
      }),
    );
  });

  it("shifts all cells by an offset, as a permutation", () => {
    fc.assert(
      fc.property(matrix, cell, (m, offset) => {
        const supercell = new Supercell(bulk, m);
        const table = supercell.shiftTable(offset);
        expect(new Set(table).size).toBe(supercell.numCells);
        table.forEach((to, from) => {
          const moved = supercell.cellOf(from).map((x, k) => x + offset[k]);
          expect(same(m, moved, supercell.cellOf(to))).toBe(true);
        });
      }),
    );
  });

  it("places every site on the parent lattice, inside the cell, each once", () => {
    fc.assert(
      fc.property(matrix, (m) => {
        const supercell = new Supercell(bulk, m);
        const positions = supercell.positions();
        const inParent = inv3(bulk.cell);
        const inSuper = inv3(supercell.cell);
        const seen = new Set<string>();
        for (let i = 0; i < supercell.numSites; i++) {
          const x = positions.subarray(3 * i, 3 * i + 3);
          const s = supercell.sublatticeOf(i);
          const cellOfSite = rowTimes(x, inParent).map((f, k) => f - bulk.fractional[3 * s + k]);
          // Fractions of cells up to 16 parents long: rounding stays many digits below 1e-9.
          for (const f of cellOfSite) expect(Math.abs(f - Math.round(f))).toBeLessThan(1e-9);
          expect(supercell.siteIndex(s, cellOfSite.map(Math.round))).toBe(i);
          for (const f of rowTimes(x, inSuper)) expect(f > -2e-9 && f < 1).toBe(true);
          seen.add(`${s}:${cellOfSite.map(Math.round).join()}`);
        }
        expect(seen.size).toBe(supercell.numSites);
      }),
      { numRuns: 40 },
    );
  });

  it("has the supercell's vectors, sublattices in blocks, and active sites only where species vary", () => {
    const m = [2, 0, 0, 1, -1, 0, 0, 0, 1];
    const supercell = new Supercell(bulk, m);
    expect(supercell.numCells).toBe(2);
    expect(Array.from(supercell.cell)).toEqual(mul3(m, bulk.cell));
    expect([0, 1, 2, 3, 4, 5].map((i) => supercell.sublatticeOf(i))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(Array.from(supercell.active)).toEqual([0, 1, 4, 5]);
    expect(new Supercell(bulk, [2, 3, 1]).numCells).toBe(6);
  });

  it.each([
    [[1, 2], "three or nine integers"],
    [[1, 2, 0.5], "three or nine integers"],
    [[1, 2, Number.NaN], "three or nine integers"],
    [[1, 0, 1], "linearly dependent"],
    [[4000, 4000, 4000], "192000000000 sites, at most"],
    [[1, 1, 0, 2, 2, 0, 0, 0, 1], "linearly dependent"],
  ])("refuses the matrix %j", (m, message) => {
    expect(() => new Supercell(bulk, m)).toThrow(expect.objectContaining({ code: "study" }));
    expect(() => new Supercell(bulk, m)).toThrow(message);
  });

  it("repeats a slab in its plane only", () => {
    expect(new Supercell(slab, [2, 1, 0, 0, 3, 0, 0, 0, 1]).numCells).toBe(6);
    for (const m of [
      [2, 2, 2],
      [1, 0, 1, 0, 1, 0, 0, 0, 1],
      [1, 0, 0, 0, 1, 0, 1, 0, 1],
      [1, 1, -1],
    ])
      expect(() => new Supercell(slab, m)).toThrow("not periodic along its vector 3");
  });
});
