/** Lattices and structures that the mapping is tested with. */
import type { Structure } from "../../../src/data/structure.ts";
import { createParentLattice, type ParentLattice } from "../../../src/lattice/parent-lattice.ts";

export function structureOf(
  cell: readonly number[],
  atoms: readonly (readonly [string, number, number, number])[],
  more: Partial<Structure> = {},
): Structure {
  return {
    cell: Float64Array.from(cell),
    periodic: [true, true, true],
    species: atoms.map(([name]) => name),
    positions: Float64Array.from(atoms.flatMap(([, x, y, z]) => [x, y, z])),
    name: "test",
    info: {},
    source: { file: "test", line: null },
    ...more,
  };
}

export const cube = (a: number) => [a, 0, 0, 0, a, 0, 0, 0, a];
export const fccCell = (a: number) => [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0];

export const fcc = (a: number, species: readonly string[]): ParentLattice =>
  createParentLattice({
    cell: fccCell(a),
    coordinates: "fractional",
    sites: [{ name: "X", position: [0, 0, 0], species }],
  });

export const rocksalt = (a: number, cations: readonly string[], anions: readonly string[]): ParentLattice =>
  createParentLattice({
    cell: fccCell(a),
    coordinates: "fractional",
    sites: [
      { name: "cation", position: [0, 0, 0], species: cations },
      { name: "anion", position: [0.5, 0.5, 0.5], species: anions },
    ],
  });

export const perovskite = (a: number): ParentLattice =>
  createParentLattice({
    cell: cube(a),
    coordinates: "fractional",
    sites: [
      { name: "A", position: [0, 0, 0], species: ["Sr", "La"] },
      { name: "B", position: [0.5, 0.5, 0.5], species: ["Cu"] },
      { name: "O1", position: [0.5, 0.5, 0], species: ["O", "Va"] },
      { name: "O2", position: [0, 0.5, 0.5], species: ["O", "Va"] },
      { name: "O3", position: [0.5, 0, 0.5], species: ["O", "Va"] },
    ],
  });

/** CeO2(111) as in Eciton's main job: three oxygen layers, two cerium layers. */
export function ceriaSlab(): ParentLattice {
  const L = 15.45 / 4;
  const d = (L * Math.SQRT2) / Math.sqrt(3);
  const oxygen = ["O", "V"];
  const cerium = ["Ce4+", "Ce3+"];
  return createParentLattice({
    cell: [L, 0, 0, -L / 2, (L * Math.sqrt(3)) / 2, 0, 0, 0, 20],
    periodic: [true, true, false],
    coordinates: "cartesian",
    sites: [
      { name: "O1", position: [-L / 2, -L / (2 * Math.sqrt(3)), d / 4], species: oxygen, layer: "O1" },
      { name: "Ce1", position: [0, 0, 0], species: cerium, layer: "Ce1" },
      { name: "O2", position: [-L / 2, L / (2 * Math.sqrt(3)), -d / 4], species: oxygen, layer: "O2" },
      { name: "O3", position: [0, 0, (-3 * d) / 4], species: oxygen, layer: "O3" },
      { name: "Ce2", position: [-L / 2, L / (2 * Math.sqrt(3)), -d], species: cerium, layer: "Ce2" },
    ],
  });
}

/** The eight atoms of the conventional rocksalt cell, moved as a whole. */
export function rocksaltAtoms(a: number, cation: string, anion: string, shift = [0, 0, 0]) {
  const h = a / 2;
  const corners = [
    [0, 0, 0],
    [0, h, h],
    [h, 0, h],
    [h, h, 0],
  ];
  const place = (name: string, dx: number) =>
    corners.map(([x, y, z]) => [name, x + dx + shift[0], y + shift[1], z + shift[2]] as const);
  return [...place(cation, 0), ...place(anion, h)];
}
