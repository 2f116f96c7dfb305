import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inv3, rowTimes } from "../../src/core/linalg.ts";
import {
  createParentLattice,
  type LatticeInput,
  type ParentLattice,
} from "../../src/lattice/parent-lattice.ts";
import { findSymmetry, preservesSupercell, type SymmetryOperation } from "../../src/lattice/symmetry.ts";
import { ceriaInput, fccInput, squareInput } from "./lattices.ts";

const orderOf = (input: LatticeInput) => findSymmetry(createParentLattice(input)).operations.length;

/** Distances between all sites of a block of cells survive an isometry, whatever its form. */
function expectIsometry(lattice: ParentLattice, operation: SymmetryOperation): void {
  const place = (s: number, c: readonly number[]) =>
    rowTimes(c, lattice.cell).map((x, k) => x + lattice.cartesian[3 * s + k]);
  const points: { s: number; c: number[] }[] = [];
  const range = (k: number) => (lattice.periodic[k] ? [0, 1] : [0]);
  for (let s = 0; s < lattice.sites.length; s++)
    for (const u of range(0))
      for (const v of range(1)) for (const w of range(2)) points.push({ s, c: [u, v, w] });
  const images = points.map(({ s, c }) => {
    const r = operation.rotation;
    const moved = [0, 1, 2].map(
      (k) => r[3 * k] * c[0] + r[3 * k + 1] * c[1] + r[3 * k + 2] * c[2] + operation.shift[3 * s + k],
    );
    expect(lattice.sites[operation.siteMap[s]].species).toEqual(lattice.sites[s].species);
    expect(lattice.sites[operation.siteMap[s]].layer).toBe(lattice.sites[s].layer);
    return place(operation.siteMap[s], moved);
  });
  const distance = (a: readonly number[], b: readonly number[]) =>
    Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  for (let i = 0; i < points.length; i++)
    for (let j = 0; j < i; j++) {
      const before = distance(place(points[i].s, points[i].c), place(points[j].s, points[j].c));
      // Each image may be off by the search's 1e-3 Å.
      expect(Math.abs(distance(images[i], images[j]) - before)).toBeLessThan(2e-3);
    }
}

function cluster(positions: readonly (readonly number[])[], species = ["A", "B"]): LatticeInput {
  return {
    cell: [20, 0, 0, 0, 20, 0, 0, 0, 20],
    periodic: [false, false, false],
    coordinates: "cartesian",
    sites: positions.map((position, i) => ({
      name: `s${i}`,
      position: position as unknown as [number, number, number],
      species,
    })),
  };
}

function wire(period: number, positions: readonly (readonly number[])[]): LatticeInput {
  return { ...cluster(positions), cell: [20, 0, 0, 0, 20, 0, 0, 0, period], periodic: [false, false, true] };
}

const ring = (n: number, radius: number, z = 0) =>
  Array.from({ length: n }, (_, i) => [
    radius * Math.cos((2 * Math.PI * i) / n),
    radius * Math.sin((2 * Math.PI * i) / n),
    z,
  ]);
const golden = (1 + Math.sqrt(5)) / 2;

const one = { name: "s", position: [0, 0, 0] as const, species: ["A", "B"] };
const bulk = (cell: number[], positions: number[][]): LatticeInput => ({
  cell,
  coordinates: "fractional",
  sites: positions.map((p, i) => ({ ...one, name: `s${i}`, position: p as [number, number, number] })),
});
const fccCell = [0, 2, 2, 2, 0, 2, 2, 2, 0];
const hexCell = (c: number) => [1, 0, 0, -1 / 2, Math.sqrt(3) / 2, 0, 0, 0, c];

/** Orders of the groups: textbook point groups, times the centring translations of the given cell. */
const known: [string, number, LatticeInput][] = [
  ["simple cubic, m-3m", 48, bulk([3, 0, 0, 0, 3, 0, 0, 0, 3], [[0, 0, 0]])],
  ["fcc, m-3m", 48, fccInput(4)],
  ["bcc, m-3m", 48, bulk([-1, 1, 1, 1, -1, 1, 1, 1, -1], [[0, 0, 0]])],
  [
    "hcp, 6/mmm",
    24,
    bulk(hexCell(1.633), [
      [1 / 3, 2 / 3, 1 / 4],
      [2 / 3, 1 / 3, 3 / 4],
    ]),
  ], // prettier-ignore
  [
    "diamond, m-3m",
    48,
    bulk(fccCell, [
      [0, 0, 0],
      [0.25, 0.25, 0.25],
    ]),
  ], // prettier-ignore
  [
    "zincblende, -43m",
    24,
    {
      ...bulk(fccCell, []),
      sites: [one, { name: "t", position: [0.25, 0.25, 0.25], species: ["C"] }],
    },
  ],
  [
    "conventional fcc cell: four pure translations",
    192,
    bulk(
      [4, 0, 0, 0, 4, 0, 0, 0, 4],
      [
        [0, 0, 0],
        [0, 0.5, 0.5],
        [0.5, 0, 0.5],
        [0.5, 0.5, 0],
      ],
    ), // prettier-ignore
  ],
  ["left-handed hexagonal cell", 24, bulk([1, 0, 0, 1 / 2, -Math.sqrt(3) / 2, 0, 0, 0, 2], [[0, 0, 0]])],
  ["ceria slab, p3m1", 6, ceriaInput],
  ["square monolayer, p4mm", 8, squareInput(3)],
  [
    "square monolayer with a tilted box vector",
    8,
    { ...squareInput(3), cell: [3, 0, 0, 0, 3, 0, 1.1, 0.7, 9] },
  ],
  [
    "square monolayer in a 1x2 cell: a pure translation; the cell has lost the fourfold axis",
    8,
    {
      ...squareInput(3),
      cell: [3, 0, 0, 0, 6, 0, 0, 0, 10],
      sites: [one, { ...one, name: "t", position: [0, 0.5, 0] }],
    },
  ], // prettier-ignore
  [
    "square bilayer: it is not turned over",
    8,
    { ...squareInput(3), sites: [one, { ...one, name: "t", position: [0, 0, 0.2] }] },
  ],
  ["one site", 1, cluster([[1, 2, 3]])],
  [
    "two sites",
    2,
    cluster([
      [1, 2, 3],
      [2, 3, 5],
    ]),
  ], // prettier-ignore
  ["ring of six as in benzene, 6mm acting on its plane", 12, cluster(ring(6, 1.4))],
  ["square of four", 8, cluster(ring(4, 1.4))],
  [
    "tetrahedron, -43m",
    24,
    cluster([
      [1, 1, 1],
      [1, -1, -1],
      [-1, 1, -1],
      [-1, -1, 1],
    ]),
  ], // prettier-ignore
  [
    "octahedron, m-3m",
    48,
    cluster(
      [1, -1].flatMap((x) => [
        [x, 0, 0],
        [0, x, 0],
        [0, 0, x],
      ]),
    ),
  ], // prettier-ignore
  [
    "icosahedron, m-3-5",
    120,
    cluster(
      [1, -1].flatMap((x) =>
        [golden, -golden].flatMap((g) => [
          [0, x, g],
          [x, g, 0],
          [g, 0, x],
        ]),
      ), // prettier-ignore
    ),
  ],
  [
    "chiral cluster",
    1,
    cluster([
      [0, 0, 0],
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 3],
    ]),
  ], // prettier-ignore
  ["chain of one site: identity and reversal", 2, wire(2, [[1, 1, 0]])],
  [
    "chain of two sites, uneven: reversal swaps them",
    2,
    wire(3, [
      [0, 0, 0],
      [0, 0, 1.2],
    ]),
  ], // prettier-ignore
  [
    "chain in a doubled cell: a pure translation more",
    4,
    wire(4, [
      [0, 0, 0],
      [0, 0, 2],
    ]),
  ], // prettier-ignore
  ["square wire, 4/mmm", 16, wire(3, ring(4, 2))],
  ["hexagonal wire, 6/mmm", 24, wire(3, ring(6, 2))],
  [
    "zigzag chain, flat",
    4,
    wire(3, [
      [0.5, 0, 0],
      [-0.5, 0, 1.5],
    ]),
  ], // prettier-ignore
  [
    "helix with a fourfold screw, 422",
    8,
    wire(
      8,
      ring(4, 2).map((p, i) => [p[0], p[1], 2 * i]),
    ),
  ], // prettier-ignore
];

describe("findSymmetry", () => {
  it.each(known)("%s: %i operations", (_, order, input) => {
    const lattice = createParentLattice(input);
    const { operations } = findSymmetry(lattice);
    expect(operations).toHaveLength(order);
    for (const operation of operations) {
      expect(new Set(operation.siteMap).size).toBe(lattice.sites.length);
      expectIsometry(lattice, operation);
    }
  });

  it("keeps layers and allowed species apart, and lets spectators lower the symmetry", () => {
    const bilayer = (second: object) => ({
      ...bulk([3, 0, 0, 0, 3, 0, 0, 0, 3], []),
      sites: [one, { ...one, name: "t", position: [0.5, 0.5, 0.5] as const, ...second }],
    });
    // bcc in its cubic cell: 48 and the body centring.
    expect(orderOf(bilayer({}))).toBe(96);
    expect(orderOf(bilayer({ layer: "other" }))).toBe(48);
    expect(orderOf(bilayer({ species: ["B", "A"] }))).toBe(48);
    // A spectator off the centre along z leaves 4mm.
    expect(orderOf(bilayer({ species: ["X"], position: [0.5, 0.5, 0.4] }))).toBe(8);
    // A layer per site of a ring: nothing but the identity.
    const labelled = cluster(ring(6, 1.4));
    expect(orderOf({ ...labelled, sites: labelled.sites.map((s, i) => ({ ...s, layer: `${i}` })) })).toBe(1);
    expect(orderOf({ ...labelled, sites: labelled.sites.map((s, i) => ({ ...s, layer: `${i % 2}` })) })).toBe(
      6,
    );
  });

  it("does not depend on where the cell begins or how it is turned", () => {
    const turn = [0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6];
    for (const [name, order, input] of known.filter(([name]) =>
      /benzene|helix|p3m1|icosa|diamond/.test(name),
    )) {
      const lattice = createParentLattice(input);
      const cell = [0, 3, 6].flatMap((i) => rowTimes(lattice.cell.subarray(i, i + 3), turn));
      const moved = {
        ...input,
        cell,
        coordinates: "cartesian" as const,
        sites: input.sites.map((site, s) => {
          const x = rowTimes(lattice.cartesian.subarray(3 * s, 3 * s + 3), turn);
          return { ...site, position: [x[0] + 0.31, x[1] - 0.17, x[2] + 0.23] as const };
        }),
      };
      expect([name, orderOf(moved)]).toEqual([name, order]);
    }
  });

  it("refuses positions that lie between two symmetries, or gives a group", () => {
    for (const off of [2e-4, 5e-4, 8e-4, 1.2e-3, 3e-3]) {
      const input = cluster(ring(6, 1.4).map((p, i) => (i === 0 ? [p[0] + off, p[1], p[2]] : p)));
      try {
        // Subgroups of 6mm have orders that divide 12.
        expect(12 % orderOf(input)).toBe(0);
      } catch (error) {
        expect(error).toMatchObject({ code: "study" });
      }
    }
  });
});

describe("preservesSupercell", () => {
  it("is true for the operations of the group of the supercell's own shape", () => {
    const { operations } = findSymmetry(createParentLattice(squareInput(3)));
    const kept = (matrix: number[]) => operations.filter((op) => preservesSupercell(op, matrix)).length;
    expect(kept([2, 0, 0, 0, 2, 0, 0, 0, 1])).toBe(8);
    expect(kept([1, 1, 0, 1, -1, 0, 0, 0, 1])).toBe(8);
    expect(kept([2, 0, 0, 0, 3, 0, 0, 0, 1])).toBe(4); // 2mm
    expect(kept([2, 1, 0, -1, 2, 0, 0, 0, 1])).toBe(4); // fourfold axis, no mirrors
    expect(kept([2, 1, 0, 1, 3, 0, 0, 0, 1])).toBe(4); // the same lattice in other vectors
  });
});

const path = "../shared/data/reference/spglib/spglib_test_structures.json";
if (!existsSync(path)) console.warn(`skipped: symmetry of the spglib structures (no ${path})`);

describe.skipIf(!existsSync(path))("the structures of spglib's tests", () => {
  interface Entry {
    file: string;
    spacegroup_from_name: number;
    lattice: number[][];
    positions: [number, number, number][];
    types: number[];
    symprec: number;
  }

  /** Order of the point group of each space group, from the ranges of the International Tables. */
  function pointGroupOrder(number: number): number {
    const upTo: [number, number][] = [
      [1, 1],
      [5, 2],
      [9, 2],
      [15, 4],
      [46, 4],
      [74, 8],
      [82, 4],
      [88, 8],
      [122, 8],
      [142, 16],
      [146, 3],
      [148, 6],
      [161, 6],
      [167, 12],
      [174, 6],
      [176, 12],
      [190, 12],
      [194, 24],
      [199, 12],
      [206, 24],
      [220, 24],
      [230, 48],
    ]; // prettier-ignore
    if (number === 2) return 2;
    return upTo.find(([last]) => number <= last)![1];
  }

  /** Lattice translations that are no cell vectors, by comparing the structure with itself moved. */
  function centring(entry: Entry): number {
    const { positions, types } = entry;
    const rows = inv3(inv3(entry.lattice.flat()));
    const at = (f: readonly number[], type: number) =>
      positions.some((g, t) => {
        if (types[t] !== type) return false;
        const difference = f.map((x, k) => x - g[k] - Math.round(x - g[k]));
        return Math.hypot(...rowTimes(difference, rows)) < 1e-3;
      });
    return positions.filter((target, j) => {
      if (types[j] !== types[0]) return false;
      const shift = target.map((x, k) => x - positions[0][k]);
      return positions.every((f, s) =>
        at(
          f.map((x, k) => x + shift[k]),
          types[s],
        ),
      );
    }).length;
  }

  // Distorted structures hold their symmetry only within 0.1 Å, which is not ours; cells of more than 80 sites are
  // left out for time; virtual_structure/POSCAR-230-230-conv-62 has a wrong name (see the data's SOURCE.md), and
  // orthorhombic/POSCAR-060-3 differs from group 72 by less than 1e-3 Å, which we take as that group.
  const excluded = ["virtual_structure/POSCAR-230-230-conv-62", "orthorhombic/POSCAR-060-3"];
  const entries = existsSync(path)
    ? (JSON.parse(readFileSync(path, "utf8")) as Entry[]).filter(
        (entry) => entry.symprec < 1e-3 && entry.positions.length <= 80 && !excluded.includes(entry.file),
      )
    : [];

  it("have the operations of their space groups", () => {
    const wrong: string[] = [];
    const groups = new Set<number>();
    for (const entry of entries) {
      let lattice: ParentLattice;
      try {
        lattice = createParentLattice({
          cell: entry.lattice.flat(),
          coordinates: "fractional",
          sites: entry.positions.map((position, i) => ({
            name: `s${i}`,
            position,
            species: [`${entry.types[i]}`],
          })),
        });
      } catch (error) {
        // A few made-up structures have two sites closer than any atoms.
        expect((error as Error).message).toContain("stands where");
        continue;
      }
      const expected = pointGroupOrder(entry.spacegroup_from_name) * centring(entry);
      const found = findSymmetry(lattice).operations.length;
      groups.add(entry.spacegroup_from_name);
      if (found !== expected) wrong.push(`${entry.file}: ${found}, expected ${expected}`);
    }
    expect(wrong).toEqual([]);
    expect(groups.size).toBeGreaterThan(200);
  });
});
