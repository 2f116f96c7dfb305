import fc from "fast-check";
import { expect, test } from "vitest";
import { CountsEvaluator } from "../../../src/clusters/counts.ts";
import { buildPool } from "../../../src/clusters/pool.ts";
import { areEquivalent } from "../../../src/data/mapping/equivalence.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import { findSymmetry } from "../../../src/lattice/symmetry.ts";
import { fcc, perovskite } from "./fixtures.ts";

test("two colourings of a small fcc cell are equivalent exactly when all cluster counts agree", () => {
  const lattice = fcc(4, ["A", "B"]);
  const { operations } = findSymmetry(lattice);
  // Four sites: pairs, triangles and the tetrahedron of the cell tell its colourings apart.
  const pool = buildPool(lattice, "indicator", { 2: 6, 3: 4.1, 4: 4.1 });
  const colours = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 4, maxLength: 4 });
  let same = 0;
  let different = 0;
  for (const matrix of [
    [4, 1, 1],
    [1, 0, 0, 0, 2, 0, 0, 0, 2],
    [-1, 1, 1, 1, -1, 1, 1, 1, -1],
  ]) {
    const supercell = new Supercell(lattice, matrix);
    const evaluator = new CountsEvaluator(supercell, "indicator", pool.orbits);
    fc.assert(
      fc.property(colours, colours, (x, y) => {
        const a = { supercell, occupation: Uint8Array.from(x) };
        const b = { supercell, occupation: Uint8Array.from(y) };
        const [p, q] = [a, b].map(({ occupation }) => Array.from(evaluator.counts(occupation)));
        const expected = p.every((n, i) => Math.abs(n - q[i]) < 1e-9);
        if (expected) same++;
        else different++;
        expect(areEquivalent(a, b, operations)).toBe(expected);
      }),
      { numRuns: 100 },
    );
  }
  expect(Math.min(same, different)).toBeGreaterThan(20);
});

test("one vacancy on any oxygen site of a cubic perovskite is the same, unless the cell tells them apart", () => {
  const lattice = perovskite(4);
  const { operations } = findSymmetry(lattice);
  const withVacancy = (matrix: number[], site: number, cell: number) => {
    const supercell = new Supercell(lattice, matrix);
    const occupation = new Uint8Array(supercell.numSites);
    occupation[site * supercell.numCells + cell] = 1;
    return { supercell, occupation };
  };
  const cubic = [2, 2, 2];
  for (const site of [2, 3, 4])
    expect(areEquivalent(withVacancy(cubic, 2, 0), withVacancy(cubic, site, 5), operations)).toBe(true);
  const tall = [1, 1, 2];
  // O1 lies between two copper atoms along z, O2 along x, O3 along y; only the last two are alike in this cell.
  expect(areEquivalent(withVacancy(tall, 2, 0), withVacancy(tall, 3, 0), operations)).toBe(false);
  expect(areEquivalent(withVacancy(tall, 3, 0), withVacancy(tall, 4, 1), operations)).toBe(true);
});
