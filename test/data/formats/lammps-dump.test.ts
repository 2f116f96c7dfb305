import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { det3, norm3 } from "../../../src/core/linalg.ts";
import { readLammpsDump } from "../../../src/data/formats/lammps-dump.ts";
import { writeLammpsDump } from "../../../src/data/formats/lammps-dump-write.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { failureOf } from "../../failure.ts";
import { dataErrorOf } from "./errors-of.ts";

const header = (step: number, atoms: number, box: string) =>
  `ITEM: TIMESTEP\n${step}\nITEM: NUMBER OF ATOMS\n${atoms}\nITEM: BOX BOUNDS ${box}\n`;
const brick = header(100, 2, "pp pp ff\n0 4\n-1 4\n2 8");
const tilted = header(0, 1, "xy xz yz pp pp pp\n-1 5.5 0.5\n-0.25 3 -1\n0 6 -0.25");
const read = (text: string, options = {}) => readLammpsDump(text, "X", options);
const one = (text: string, options = {}) => read(text, options).structures[0];
const errorOf = (text: string, options = {}) => dataErrorOf(() => read(text, options));

describe("LAMMPS dump files", () => {
  it("are read with box, boundaries, ids in order, elements", () => {
    const s = one(`${brick}ITEM: ATOMS id type element x y z\n2 2 O 1 2 3\n1 1 Ce 0.5 0 2.5\n`);
    expect(s.species).toEqual(["Ce", "O"]);
    expect([...s.positions]).toEqual([0.5, 0, 2.5, 1, 2, 3]);
    expect([...s.cell]).toEqual([4, 0, 0, 0, 5, 0, 0, 0, 6]);
    expect(s.periodic).toEqual([true, true, false]);
    expect(s.info).toEqual({ step: 100 });
    expect(s.source).toEqual({ file: "X", line: 1 });
  });

  it("have tilted boxes: the bounds are those of the brick around", () => {
    // LAMMPS: xlo_bound = xlo + min(0, xy, xz, xy + xz), and so on.
    const s = one(`${tilted}ITEM: ATOMS id type xs ys zs\n1 1 0.5 0.5 0.5\n`);
    expect([...s.cell]).toEqual([5, 0, 0, 0.5, 3, 0, -1, -0.25, 6]);
    expect([...s.positions]).toEqual([2.25, 1.375, 3]);
  });

  it("have boxes by three vectors and a corner", () => {
    const box = "abc origin pp pp pp\n4 0 0 1\n0 0 5 2\n0 -6 0 3";
    const s = one(`${header(0, 1, box)}ITEM: ATOMS id type element xs ys zs\n1 1 Cu 0.5 0 0\n`);
    expect([...s.cell]).toEqual([4, 0, 0, 0, 0, 5, 0, -6, 0]);
    expect([...s.positions]).toEqual([3, 2, 3]);
  });

  it("unwraps by images where there are any, and takes unwrapped positions first", () => {
    const wrapped = one(
      `${tilted.replace("0\n", "5\n")}ITEM: ATOMS id type element x y z ix iy iz\n1 1 Cu 1 1 1 1 -1 2\n`,
    );
    expect([...wrapped.positions]).toEqual([1 + 5 - 0.5 - 2, 1 - 3 - 0.5, 1 + 12]);
    const both = one(
      `${brick}ITEM: ATOMS id type element x y z xu yu zu ix iy iz\n1 1 Cu 1 1 1 5 1 1 1 0 0\n2 1 Cu 1 1 1 1 6 1 0 1 0\n`,
    );
    expect([...both.positions]).toEqual([5, 1, 1, 1, 6, 1]);
  });

  it("keeps velocities, forces and charges in our units, and other columns under their names", () => {
    const rows =
      "ITEM: ATOMS id type element x y z vx vy vz fx fy fz q c_pe tag\n7 1 Cu 0 0 0 1 2 3 4 5 6 0.5 -3.5 a\n";
    const metal = one(`ITEM: UNITS\nmetal\nITEM: TIME\n0.25\n${brick.replace("\n2\n", "\n1\n")}${rows}`);
    expect(metal.info).toEqual({
      step: 100,
      time_ps: 0.25,
      "atom.vel": [0.001, 0.002, 0.003],
      "atom.id": [7],
      "atom.c_pe": [-3.5],
      "atom.tag": ["a"],
    });
    expect([...metal.forces!]).toEqual([4, 5, 6]);
    expect([...metal.charges!]).toEqual([0.5]);
    const real = one(`ITEM: UNITS\nreal\nITEM: TIME\n250\n${brick.replace("\n2\n", "\n1\n")}${rows}`);
    expect(real.info["atom.vel"]).toEqual([1, 2, 3]);
    expect(real.info.time_ps).toBeCloseTo(0.25, 12);
    // 1 kcal/mol = 0.0433641 eV.
    expect(real.forces![0]).toBeCloseTo(4 * 0.0433641, 6);
    const unknown = read(`${brick.replace("\n2\n", "\n1\n")}${rows}`);
    expect(unknown.structures[0].forces).toEqual(metal.forces);
    expect(unknown.warnings).toEqual([expect.stringMatching(/^X:1: there is no ITEM: UNITS: .*metal/)]);
  });

  it("names species by type where no column says the element", () => {
    const text = `${brick}ITEM: ATOMS id type x y z\n1 2 0 0 3\n2 1 1 1 3\n`;
    expect(one(text, { types: ["Cu", "Zr"] }).species).toEqual(["Zr", "Cu"]);
    const { structures, warnings } = read(text + text);
    expect(structures[1].species).toEqual(["type2", "type1"]);
    expect(warnings).toHaveLength(1);
    expect(errorOf(text, { types: ["Cu"] })).toMatch(/^X:10: type "2": names are given for the types 1 to 1/);
  });

  it("holds several frames, each with its own atoms", () => {
    const rows = "ITEM: ATOMS id type element x y z\n1 1 Cu 0 0 3\n";
    const text = `${brick}${rows}2 1 Cu 1 1 3\n${brick.replace("100", "200").replace("\n2\n", "\n1\n")}${rows}\n\n`;
    const { structures } = read(text);
    expect(structures.map((s) => [s.species.length, s.info.step, s.source.line])).toEqual([
      [2, 100, 1],
      [1, 200, 12],
    ]);
  });

  it.each([
    [
      "a lost row",
      `${brick}ITEM: ATOMS id type element x y z\n1 1 Cu 0 0 3\n`,
      /^X:10: the file ends after 1 of the 2 atoms of the frame at line 1/,
    ],
    [
      "a short row",
      `${brick}ITEM: ATOMS id type element x y z\n1 1 Cu 0 0 3\n2 1 Cu 0\n`,
      /^X:11: atom 2 of 2 .*expected 6 columns, found 4/,
    ],
    [
      "no number",
      `${brick}ITEM: ATOMS id type element x y z\n1 1 Cu 0 0 nan\n2 1 Cu 0 1 3\n`,
      /^X:10: column z: expected a number, found "nan"/,
    ],
    [
      "an id twice",
      `${brick}ITEM: ATOMS id type element x y z\n1 1 Cu 0 0 1\n1 1 Cu 0 1 3\n`,
      /^X:11: the id 1 is also that of the atom at line 10/,
    ],
    [
      "no positions",
      `${brick}ITEM: ATOMS id type element x y\n1 1 Cu 0 0\n2 1 Cu 0 1\n`,
      /^X:9: expected columns x y z/,
    ],
    [
      "no kinds",
      `${brick}ITEM: ATOMS id x y z\n1 0 0 1\n2 1 1 1\n`,
      /^X:9: expected a column element or type/,
    ],
    ["a wrong item", "ITEM: NOTHING\n1\n", /^X:1: expected ITEM: TIMESTEP/],
    ["no dump at all", "3\n\nCu 0 0 0\n", /^X:1: expected a line ITEM/],
    [
      "no box",
      "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: ATOMS id\n1\n",
      /^X:5: the frame at line 1 has no ITEM: BOX BOUNDS/,
    ],
    ["an empty file", "", /^X:1: there are no structures/],
    ["an empty box", header(0, 1, "pp pp pp\n0 1\n1 1\n0 1"), /^X:5: expected a box with a volume/],
    [
      "foreign units",
      `ITEM: UNITS\nsi\n${brick}ITEM: ATOMS id type element x y z vx vy vz\n1 1 Cu 0 0 0 0 0 0\n2 1 Cu 0 0 1 0 0 0\n`,
      /^X:1: units "si": expected metal, real, lj/,
    ],
  ])("%s is an error with its line", (_, text, message) => {
    expect(errorOf(text)).toMatch(message);
  });
});

describe("writing LAMMPS dumps", () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true });
  const vectors = (n: number) => fc.array(number, { minLength: 3 * n, maxLength: 3 * n });

  it("a cell along the axes comes back exactly, any other one turned, with all distances and angles", () => {
    const cases = fc
      .tuple(
        fc.boolean(),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }),
        fc.integer({ min: 1, max: 5 }),
      )
      .chain(([along, tilts, n]) =>
        fc.record({
          along: fc.constant(along),
          tilts: fc.constant(tilts),
          positions: vectors(n),
          forces: fc.option(vectors(n), { nil: undefined }),
          velocities: vectors(n),
        }),
      );
    fc.assert(
      fc.property(cases, ({ along, tilts, positions, forces, velocities }) => {
        const cell = Float64Array.from([5, 0, 0, 0, 6, 0, 0, 0, 7]);
        for (const k of along ? [3, 6, 7] : [0, 1, 2, 3, 4, 5, 6, 7, 8]) cell[k] += tilts[k];
        fc.pre(det3(cell) > 1);
        const species = positions.filter((_, i) => i % 3 === 0).map((_, i) => (i % 2 === 0 ? "Cu" : "Ce3+"));
        const structure: Structure = {
          cell,
          periodic: [true, true, true],
          species,
          positions: Float64Array.from(positions),
          ...(forces && { forces: Float64Array.from(forces) }),
          name: "",
          info: { step: 0, "atom.vel": velocities.map((v) => v / 1000) },
          source: { file: "f", line: null },
        };
        const back = one(writeLammpsDump(structure));
        expect(back.species).toEqual(species);
        const parts: [ArrayLike<number>, ArrayLike<number>, number][] = [
          [back.cell, cell, 1],
          [back.positions, structure.positions, 1],
          [back.info["atom.vel"] as number[], structure.info["atom.vel"] as number[], 1e-3],
        ];
        if (forces) parts.push([back.forces!, forces, 1]);
        for (const [a, b, unit] of parts)
          for (let k = 0; k < b.length; k += 3) {
            const [u, v] = [a, b].map((x) => [x[k], x[k + 1], x[k + 2]]);
            // A rotation keeps lengths, and products with the first cell vector.
            const scale = 1e-12 * 100 * unit;
            expect(Math.abs(norm3(u) - norm3(v))).toBeLessThan(scale);
            const along0 = (x: number[], c: ArrayLike<number>) => x[0] * c[0] + x[1] * c[1] + x[2] * c[2];
            expect(Math.abs(along0(u, back.cell) - along0(v, cell))).toBeLessThan(10 * scale);
            if (along) for (let d = 0; d < 3; d++) expect(Math.abs(u[d] - v[d])).toBeLessThan(scale);
          }
        if (along) expect(back.positions).toEqual(structure.positions);
        expect(Math.sign(det3(back.cell))).toBe(1);
      }),
    );
  });

  const plain: Structure = {
    cell: new Float64Array(9),
    periodic: [false, false, false],
    species: ["Cu"],
    positions: Float64Array.of(1, 2, 3),
    name: "",
    info: { step: 3 },
    source: { file: "f", line: null },
  };

  it("draws a box around a cluster", () => {
    const back = one(writeLammpsDump(plain));
    expect(back.positions).toEqual(plain.positions);
    expect(back.periodic).toEqual([false, false, false]);
  });

  it("refuses what the format cannot hold", () => {
    const left = Float64Array.of(0, 3, 0, 3, 0, 0, 0, 0, 3);
    const refused = (change: Partial<Structure>) =>
      failureOf(() => writeLammpsDump({ ...plain, ...change })).message;
    expect(refused({ cell: left, periodic: [true, true, true] })).toContain("left-handed");
    expect(refused({ periodic: [true, false, false] })).toContain("no volume");
    expect(refused({ species: ["C u"] })).toContain("not a species");
    expect(refused({ positions: Float64Array.of(1, 2, Number.NaN) })).toContain("NaN");
  });
});
