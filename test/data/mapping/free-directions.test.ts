/** Slabs, wires and clusters: directions without periodicity. */
import { expect, test } from "vitest";
import { speciesCounts } from "../../../src/data/configuration.ts";
import { mapStructure } from "../../../src/data/mapping/map-structure.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { createParentLattice } from "../../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../../src/lattice/supercell.ts";
import { ceriaSlab, structureOf } from "./fixtures.ts";

const lattice = ceriaSlab();
const supercell = new Supercell(lattice, [2, 2, 1]);
const sitesOf = (name: string) => lattice.sites.findIndex((site) => site.name === name) * supercell.numCells;

/** A 2x2 slab with one vacancy in O2, its atoms lifted by z and wrapped into a periodic box of height c. */
function slab(
  lift: number,
  c: number,
  extra: readonly (readonly [string, number, number, number])[] = [],
): Structure {
  const positions = supercell.positions();
  const atoms: [string, number, number, number][] = [];
  for (let i = 0; i < supercell.numSites; i++) {
    if (i === sitesOf("O2") + 1) continue;
    const name = lattice.sites[supercell.sublatticeOf(i)].species[0];
    atoms.push([name, positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]]);
  }
  for (const atom of extra) atoms.push([...atom]);
  for (const atom of atoms) {
    atom[3] += lift;
    atom[3] -= c * Math.floor(atom[3] / c);
  }
  return structureOf([...supercell.cell.slice(0, 6), 0, 0, c], atoms);
}

const options = { vacancy: ["V"] };

test("a slab maps wherever it stands in its box, also across the box's edge", () => {
  for (const lift of [0, 2.5, 9, 17.3]) {
    const result = mapStructure(slab(lift, 18), lattice, options);
    if (!result.accepted) throw new Error(`${lift}: ${result.reason}`);
    expect(result.report.vacancies).toEqual({ O2: 1 });
    expect(result.report.largestDisplacement_A).toBeLessThan(1e-9);
  }
});

test("a file that names its free direction, as another vector, maps too", () => {
  const upright = slab(4, 18);
  const { cell } = upright;
  const turned: Structure = {
    ...upright,
    cell: Float64Array.from([...cell.subarray(6, 9), ...cell.subarray(0, 6)]),
    periodic: [false, true, true],
  };
  expect(mapStructure(turned, lattice, options).accepted).toBe(true);
});

test("upside down it is another slab", () => {
  const upright = slab(4, 18);
  const positions = upright.positions.map((x, i) => (i % 3 === 2 ? -x : x));
  const result = mapStructure({ ...upright, positions }, lattice, options);
  expect(result.accepted).toBe(false);
});

test("an adsorbate and the substrate are left out only when the study says so", () => {
  const adsorbate = ["Pd", 0.4, 0.3, 2.4] as const;
  // The next trilayer's oxygen and, below it, a layer of another metal.
  const below = [
    ["O", 0, 0, -4.8],
    ["Zr", 1, 1, -5.6],
  ] as const;
  const whole = slab(7, 25, [adsorbate, ...below]);
  const species = { Zr: "Ce4+" };
  expect(mapStructure(whole, lattice, { ...options, species }).accepted).toBe(false);
  const result = mapStructure(whole, lattice, {
    ...options,
    species,
    leave_out: { species: ["Pd"], below_A: 1.6 },
  });
  if (!result.accepted) throw new Error(result.reason);
  expect(result.report.vacancies).toEqual({ O2: 1 });
  expect(result.report.notes).toEqual(["1 atoms left out by species", "2 atoms of the substrate left out"]);
});

test("a cluster of sites maps by position, whatever box it is in", () => {
  const square = createParentLattice({
    cell: [10, 0, 0, 0, 10, 0, 0, 0, 10],
    periodic: [false, false, false],
    coordinates: "cartesian",
    sites: [
      { name: "a", position: [0, 0, 0], species: ["Pt", "Va"] },
      { name: "b", position: [2.7, 0, 0], species: ["Pt", "Va"] },
      { name: "c", position: [0, 2.7, 0], species: ["Pt", "Va"] },
      { name: "core", position: [0, 0, 2.7], species: ["Au"] },
    ],
  });
  const structure = structureOf(
    new Array(9).fill(0),
    [
      ["Au", 5, 5, 7.75],
      ["Pt", 5, 7.7, 5],
      ["Pt", 5, 5, 5],
    ],
    { periodic: [false, false, false] },
  );
  const result = mapStructure(structure, square);
  if (!result.accepted) throw new Error(result.reason);
  expect(result.report.vacancies).toEqual({ b: 1 });
  // Three atoms, one of them 0.05 Å off: the shift takes a third of it.
  expect(result.report.largestDisplacement_A).toBeCloseTo((0.05 * 2) / 3, 9);
});

test("a wire maps along its axis", () => {
  const wire = createParentLattice({
    cell: [2.5, 0, 0, 0, 10, 0, 0, 0, 10],
    periodic: [true, false, false],
    coordinates: "cartesian",
    sites: [
      { name: "chain", position: [0, 0, 0], species: ["Fe", "Co"] },
      { name: "side", position: [1.25, 2, 0], species: ["O", "Va"] },
    ],
  });
  const structure = structureOf(
    [7.6, 0, 0, 0, 12, 0, 0, 0, 12],
    [
      ["Fe", 1, 6, 6],
      ["Co", 1 + 7.6 / 3, 6, 6],
      ["Fe", 1 + (2 * 7.6) / 3, 6, 6],
      ["O", 1 + 7.6 / 2, 8, 6],
    ],
  );
  const result = mapStructure(structure, wire);
  if (!result.accepted) throw new Error(result.reason);
  expect(Object.fromEntries(speciesCounts(result.configuration))).toEqual({ Fe: 2, Co: 1, O: 1, Va: 2 });
  expect(result.report.strain!.volumeRatio).toBeCloseTo(7.6 / 7.5, 9);
});

test("a molecule is no bulk crystal", () => {
  const bulk = createParentLattice({
    cell: [3, 0, 0, 0, 3, 0, 0, 0, 3],
    coordinates: "fractional",
    sites: [{ name: "X", position: [0, 0, 0], species: ["A"] }],
  });
  const molecule = structureOf([3, 0, 0, 0, 3, 0, 0, 0, 3], [["A", 0, 0, 0]], {
    periodic: [false, false, false],
  });
  const result = mapStructure(molecule, bulk);
  expect(result.accepted ? "" : result.code).toBe("cell");
});
