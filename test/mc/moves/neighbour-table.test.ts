import { describe, expect, it } from "vitest";
import { createParentLattice } from "../../../src/lattice/parent-lattice.ts";
import type { Supercell } from "../../../src/lattice/supercell.ts";
import { exchangeGroups } from "../../../src/mc/exchange-groups.ts";
import { groupNeighbours, NeighbourTable } from "../../../src/mc/moves/neighbour-table.ts";
import { ceriaLattice } from "../ceria.ts";
import { alloy } from "../small-systems.ts";

const path = "sample.moves.neighbour_cutoff_A";

/** How often j is a neighbour of i, from distances between all images. */
function countedMultiplicity(supercell: Supercell, i: number, j: number, cutoff: number): number {
  const positions = supercell.positions();
  const { cell, lattice } = supercell;
  const reach = lattice.periodic.map((periodic) => (periodic ? 6 : 0));
  let count = 0;
  for (let u = -reach[0]; u <= reach[0]; u++)
    for (let v = -reach[1]; v <= reach[1]; v++)
      for (let w = -reach[2]; w <= reach[2]; w++) {
        const d = [0, 1, 2].map(
          (k) =>
            positions[3 * j + k] - positions[3 * i + k] + u * cell[k] + v * cell[3 + k] + w * cell[6 + k],
        );
        const distance = Math.hypot(...d);
        if (distance > 1e-6 && distance < cutoff + 1e-4) count++;
      }
  return count;
}

describe("neighbours within a group", () => {
  it.each([
    [[1, 1, 1], 4.3],
    [[2, 1, 1], 4.3],
    [[1, 1, 0, -1, 1, 0, 0, 0, 2], 5.1],
    [[3, 2, 1], 3],
  ])("are those of all images in the cell %j within %f Å", (matrix, cutoff) => {
    const { supercell, groups } = alloy(matrix);
    // The second group has one site for each cell, 3 Å apart.
    const table = new NeighbourTable(supercell, groupNeighbours(supercell.lattice, groups, cutoff, path));
    let itself = 0;
    for (const { sublattices } of groups) {
      const sites = sublattices.flatMap((s) =>
        Array.from({ length: supercell.numCells }, (_, c) => s * supercell.numCells + c),
      );
      for (const i of sites) {
        const found = Array.from({ length: table.count(i) }, (_, place) => table.neighbour(i, place));
        for (const j of sites) {
          const times = found.filter((site) => site === j).length;
          expect(times).toBe(countedMultiplicity(supercell, i, j, cutoff));
          if (i === j) itself += times;
        }
        expect(found.every((site) => sites.includes(site))).toBe(true);
      }
    }
    // In every one of these cells but the last some site is its own neighbour.
    expect(itself > 0).toBe(matrix[0] < 3 || cutoff > 3.5);
  });

  it("are the nearest of each group by default", () => {
    const lattice = ceriaLattice();
    const groups = exchangeGroups(lattice);
    const distances = groups.map((group) => {
      const pairs = groupNeighbours(lattice, [group], undefined, path);
      return [...new Set(pairs.map(({ distance }) => distance.toFixed(3)))];
    });
    // O-O from the paper's list of shells; Ce-Ce is the surface lattice constant 15.45 / 4, also between layers.
    expect(distances[0]).toEqual(["2.731"]);
    for (const distance of distances[1]) expect(Number(distance)).toBeCloseTo(15.45 / 4, 3);
  });

  it("are found where they are farther apart than the cell is long or wide", () => {
    // A needle: 1 Å between images along a, and two groups of one site each.
    const lattice = createParentLattice({
      cell: [1, 0, 0, 0, 40, 0, 0, 0, 40],
      periodic: [false, true, false],
      coordinates: "fractional",
      sites: [{ name: "s", position: [0, 0, 0], species: ["A", "B"] }],
    });
    const pairs = groupNeighbours(lattice, exchangeGroups(lattice), undefined, path);
    expect(pairs.map(({ distance }) => distance)).toEqual([40, 40]);
  });

  it("refuse distances within which there are none", () => {
    const { supercell, groups } = alloy();
    const { lattice } = supercell;
    expect(() => groupNeighbours(lattice, groups, 2.5, path)).toThrow(
      `${path}: no two sites of A/B/C are within 2.5 Å; the nearest are 2.5981 Å apart`,
    );
    expect(() => groupNeighbours(lattice, groups, 2.6, path)).toThrow(/no two sites of P\/Q .* 3.0000 Å/);
    for (const cutoff of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => groupNeighbours(lattice, groups, cutoff, path)).toThrow(/above 0 Å/);
    const single = createParentLattice({
      cell: [3, 0, 0, 0, 3, 0, 0, 0, 3],
      periodic: [false, false, false],
      coordinates: "fractional",
      sites: [{ name: "s", position: [0, 0, 0], species: ["A", "B"] }],
    });
    expect(() => groupNeighbours(single, exchangeGroups(single), undefined, path)).toThrow(/single site/);
    expect(() => groupNeighbours(single, exchangeGroups(single), 9, path)).toThrow(/single site/);
  });
});
