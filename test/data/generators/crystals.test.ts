import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { det3 } from "../../../src/core/linalg.ts";
import { openAtoms } from "../../../src/data/generators/create-atoms.ts";
import { neighbourList } from "../../../src/lattice/neighbour-list.ts";
import { atoms, coordination, count, spec } from "./atoms.ts";

describe("crystals by name", () => {
  // Nearest distance in lattice constants, neighbours at it (of the first species), atoms in the cubic and the smallest cell.
  it.each([
    ["sc", "X", 1, 6, 1, 1],
    ["fcc", "X", Math.SQRT1_2, 12, 4, 1],
    ["bcc", "X", Math.sqrt(3) / 2, 8, 2, 1],
    ["diamond", "X", Math.sqrt(3) / 4, 4, 8, 2],
    ["hcp", "X", 1, 12, 2, 2],
    ["rocksalt", "[X, Y]", 1 / 2, 6, 8, 2],
    ["cscl", "[X, Y]", Math.sqrt(3) / 2, 8, 2, 2],
    ["zincblende", "[X, Y]", Math.sqrt(3) / 4, 4, 8, 2],
    ["fluorite", "[X, Y]", Math.sqrt(3) / 4, 8, 12, 3],
  ])(
    "%s of %s has neighbours at %f a, %i of them, in either cell",
    (structure, species, nearest, n, big, small) => {
      for (const [cell, number] of [
        ["conventional", big],
        ["primitive", small],
      ]) {
        const crystal = atoms(
          `{crystal: {structure: ${structure}, species: ${species}, a_A: 4, cell: ${cell}}}`,
        );
        expect(crystal.species).toHaveLength(number as number);
        expect(coordination(crystal, 4 * nearest * 1.001)[0]).toBe(n);
        expect(coordination(crystal, 4 * nearest * 0.999)[0]).toBe(0);
        expect(det3(crystal.cell)).toBeGreaterThan(0);
      }
    },
  );

  it("take structure and lattice constants of an element from its own crystal, ions included", () => {
    // Kittel, table 3: Mg 3.21, 5.21 Å; W 3.16 Å; Si 5.430 Å.
    expect(Array.from(atoms("{crystal: {species: Mg}}").cell)).toEqual(
      [3.21, 0, 0, -1.605, 3.21 * (Math.sqrt(3) / 2), 0, 0, 0, 5.21].map((x) => expect.closeTo(x, 9)),
    );
    expect(atoms("{crystal: {species: W}}").cell[0]).toBe(3.16);
    expect(atoms("{crystal: {species: Si4+}}").cell[0]).toBe(5.43);
    expect(atoms("{crystal: {species: W}}").name).toBe("W2-bcc");
  });

  it.each([
    [
      "{crystal: {species: [Na, Cl], structure: rocksalt}}",
      "atoms.crystal.a_A: the lattice constant of rocksalt NaCl is not known here; give it",
    ],
    [
      "{crystal: {species: Fe, structure: fcc}}",
      "atoms.crystal.a_A: the lattice constant of fcc Fe is not known",
    ],
    ["{crystal: {species: [Na, Cl]}}", "atoms.crystal.structure: there is no default for Na, Cl"],
    [
      "{crystal: {species: [Cu, Au], structure: fcc}}",
      "atoms.crystal.species: fcc has one species; found Cu, Au",
    ],
    ["{crystal: {species: Ce, structure: fluorite}}", "fluorite has two species, cation and anion; found Ce"],
    ["{crystal: {species: Cu, c_A: 4}}", "atoms.crystal.c_A: fcc is cubic"],
    ["{crystal: {}}", "give species, or a file"],
    ["{crystal: {file: a.cif, a_A: 3}}", "a file says itself"],
    ["{crystal: {species: Cu}, random: {composition: {Cu: 2}}}", "found random, crystal"],
  ])("%s is refused", (section, message) => {
    expect(() => atoms(section)).toThrow(message);
  });
});

describe("supercells", () => {
  it("of any matrix keep density and neighbours", () => {
    const entry = fc.integer({ min: -2, max: 2 });
    fc.assert(
      fc.property(
        fc
          .array(entry, { minLength: 9, maxLength: 9 })
          .filter((m) => Math.abs(det3(m)) > 0 && Math.abs(det3(m)) < 7),
        (m) => {
          const rows = [0, 3, 6].map((i) => m.slice(i, i + 3));
          const crystal = atoms(
            `{crystal: {species: Cu, a_A: 4, cell: primitive}, supercell: ${JSON.stringify(rows)}}`,
          );
          const cells = Math.abs(det3(m));
          expect(crystal.species).toHaveLength(cells);
          expect(Math.abs(det3(crystal.cell))).toBeCloseTo(16 * cells, 8);
          const { first } = neighbourList(crystal.positions, crystal.cell, crystal.periodic, 2.85);
          for (let i = 0; i < cells; i++) expect(first[i + 1] - first[i]).toBe(12);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("keep the species together and their numbers", () => {
    const salt = atoms(
      "{crystal: {structure: rocksalt, species: [Na, Cl], a_A: 5.64}, supercell: [2, 2, 1]}",
    );
    expect([count(salt, "Na"), count(salt, "Cl")]).toEqual([16, 16]);
    expect(coordination(salt, 2.83)).toEqual(new Array(32).fill(6));
  });

  it.each([
    ["[1, 1, 0]", "linearly dependent"],
    ["[1000, 1000, 1000]", "at most 16777216 are built"],
  ])("%s are refused", (matrix, message) => {
    expect(() => atoms(`{crystal: {species: Cu}, supercell: ${matrix}}`)).toThrow(message);
  });
  it("of clusters are refused", () => {
    expect(() => atoms("{icosahedron: {species: Cu, shells: 1}, supercell: [2, 1, 1]}")).toThrow(
      "atoms.supercell: the atoms are not periodic along vector 1",
    );
  });
});

describe("changes", () => {
  const still = atoms("{crystal: {species: Cu}, supercell: [5, 5, 5]}");

  it("rattle by Gaussian numbers", () => {
    const moved = atoms("{crystal: {species: Cu}, supercell: [5, 5, 5], rattle_A: 0.1}");
    const shifts = moved.positions.map((x, i) => x - still.positions[i]);
    const n = shifts.length;
    const mean = shifts.reduce((a, b) => a + b, 0) / n;
    const variance = shifts.reduce((a, b) => a + b * b, 0) / n;
    // Standard errors: σ / √n of the mean, σ² √(2/n) of the variance.
    expect(Math.abs(mean)).toBeLessThan((4 * 0.1) / Math.sqrt(n));
    expect(Math.abs(variance - 0.01)).toBeLessThan(4 * 0.01 * Math.sqrt(2 / n));
  });

  it("displace within a sphere", () => {
    const moved = atoms("{crystal: {species: Cu}, supercell: [5, 5, 5], displace_A: 0.3}");
    const cubes = moved.species.map((_, i) => {
      const d = [0, 1, 2].map((k) => moved.positions[3 * i + k] - still.positions[3 * i + k]);
      return (Math.hypot(...d) / 0.3) ** 3;
    });
    expect(Math.max(...cubes)).toBeLessThanOrEqual(1 + 1e-9);
    // (r / R)³ is uniform on 0 .. 1.
    const mean = cubes.reduce((a, b) => a + b, 0) / cubes.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * cubes.length));
  });

  it("take atoms away, of the species asked for", () => {
    const ceria = "crystal: {structure: fluorite, species: [Ce, O], a_A: 5.41}, supercell: [2, 2, 2]";
    const reduced = atoms(`{${ceria}, vacancies: {O: 3}}`);
    expect([count(reduced, "Ce"), count(reduced, "O")]).toEqual([32, 61]);
    expect(() => atoms(`{${ceria}, vacancies: {O: 65}}`)).toThrow("atoms.vacancies.O: 65 of 64 atoms");
    expect(() => atoms("{crystal: {species: Cu}, vacancies: {Cu: 4}}")).toThrow("no atom would be left");
  });

  it("leave empty space around clusters and slabs, the atoms in the middle", () => {
    const cluster = atoms("{cuboctahedron: {species: Cu, shells: 1, distance_A: 2}, vacuum_A: 10}");
    // ±√2 Å in every direction.
    expect(Array.from(cluster.cell)).toEqual(
      [1, 0, 0, 0, 1, 0, 0, 0, 1].map((x) => expect.closeTo(x * (10 + 2 * Math.SQRT2), 9)),
    );
    expect(cluster.positions.reduce((a, b) => a + b, 0) / 39).toBeCloseTo(5 + Math.SQRT2, 9);
    expect(cluster.periodic).toEqual([false, false, false]);
    const slab = atoms("{slab: {crystal: {species: Cu, a_A: 4}, miller: [1, 0, 0], layers: 3}}");
    expect(slab.cell[8]).toBeCloseTo(15 + 4, 9);
    expect(slab.positions[2]).toBeCloseTo(7.5, 9);
  });
});

describe("files", () => {
  const folder = mkdtempSync(join(tmpdir(), "eciton-atoms-"));
  const frame = (x: number, energy: number) => `2\nenergy=${energy} pbc="F F F"\nCu 0 0 0\nCu ${x} 0 0\n`;
  writeFileSync(join(folder, "two.xyz"), frame(2, -1) + frame(3, -2));
  writeFileSync(join(folder, "one.xyz"), frame(4, -3));
  const open = (section: string) => openAtoms(spec(section), { seed: 1, folder });
  const ends = (section: string) => {
    const source = open(section);
    return Array.from({ length: source.count }, (_, i) => source.create(i).positions[3]);
  };

  it("give the last frame, all, or one, as they are", () => {
    expect(ends("{file: two.xyz}")).toEqual([3]);
    expect(ends("{file: two.xyz, frames: all}")).toEqual([2, 3]);
    expect(ends("{file: two.xyz, frames: 1}")).toEqual([2]);
    expect(ends('{files: ["*.xyz"], frames: all}')).toEqual([4, 2, 3]);
    expect(open("{file: two.xyz}").create(0).energy).toBe(-2);
    expect(open("{file: two.xyz}").files).toEqual([join(folder, "two.xyz")]);
  });

  it("give so many copies of each frame, changed, without the energy that was theirs", () => {
    const source = open("{file: two.xyz, frames: all, count: 3, rattle_A: 0.01}");
    expect(source.count).toBe(6);
    const made = Array.from({ length: 6 }, (_, i) => source.create(i));
    expect(made.map(({ positions }) => Math.round(positions[3] - positions[0]))).toEqual([2, 2, 2, 3, 3, 3]);
    expect(new Set(made.map(({ positions }) => positions[3])).size).toBe(6);
    expect(made.every(({ energy }) => energy === undefined)).toBe(true);
    expect(made.map(({ name }) => name)).toEqual(
      ["1-1", "1-2", "1-3", "2-1", "2-2", "2-3"].map((n) => `two-${n}`),
    );
  });

  it("give crystals to cut and repeat", () => {
    writeFileSync(join(folder, "POSCAR"), "Po\n1.0\n3 0 0\n0 3 0\n0 0 3\nPo\n1\nDirect\n1.5 0.25 -0.25\n");
    const slab = open("{slab: {crystal: {file: POSCAR}, miller: [1, 1, 0], layers: 4}}");
    expect(slab.files).toEqual([join(folder, "POSCAR")]);
    expect(slab.create(0).species).toHaveLength(4);
    expect(slab.create(0).cell[4] * slab.create(0).cell[0]).toBeCloseTo(9 * Math.SQRT2, 9);
    expect(open("{crystal: {file: POSCAR}, supercell: [2, 2, 2]}").create(0).name).toBe("Po8-crystal");
  });

  it("that are not there, or frames that they lack, are refused", () => {
    expect(() => open("{file: none.xyz}")).toThrow("none.xyz");
    expect(() => open('{files: ["a*.cif"]}')).toThrow('atoms.files[0]: no file matches "a*.cif"');
    expect(() => open("{file: two.xyz, frames: 3}")).toThrow("has 2 frames; number 3 is asked for");
    expect(() => open("{crystal: {file: one.xyz}}")).toThrow("a crystal is periodic in three directions");
    expect(() => open("{file: two.xyz}").create(1)).toThrow(
      "there are 1 structures, numbered from 0; found 1",
    );
    rmSync(folder, { recursive: true });
  });

  it("and everything else that is not random has no copies", () => {
    expect(() => atoms("{count: 5, icosahedron: {species: Cu, shells: 1}}")).toThrow(
      "all 5 structures would be the same",
    );
  });
});
