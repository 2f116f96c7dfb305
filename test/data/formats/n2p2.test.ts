import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatOfName, readStructures } from "../../../src/data/formats/index.ts";
import { readN2p2Data } from "../../../src/data/formats/n2p2-data.ts";
import { writeN2p2Data } from "../../../src/data/formats/n2p2-data-write.ts";
import type { Structure } from "../../../src/data/structure.ts";
import { anyStructure } from "./arbitrary-structure.ts";
import { dataErrorOf } from "./errors-of.ts";

const water = `begin set=train
comment OUTCAR_3 class=water  charged
lattice 10 0 0
lattice 0 11.5 0
lattice 1 0 12
atom 0.5 1D0 1.5 O -0.8 0.0 0.01 -0.02 3.0E-2
atom 1.5 1 1.5 H 0.4 0 0 0 0.1
atom -0.5 1 1.5 H 0.4 0 0 0 -0.13
energy -17.25
charge 0.0
end
`;
const read = (text: string) => readN2p2Data(text, "input.data");

describe("input.data", () => {
  it("reads structures in Å and eV", () => {
    const [one, two] = read(`${water}begin\natom 0 0 0 Cu 0 0 1 2 3\nenergy 4\ncharge 1\nend\n`).structures;
    expect(one.species).toEqual(["O", "H", "H"]);
    expect([...one.cell]).toEqual([10, 0, 0, 0, 11.5, 0, 1, 0, 12]);
    expect([...one.positions.subarray(0, 3)]).toEqual([0.5, 1, 1.5]);
    expect([...one.forces!.subarray(0, 3)]).toEqual([0.01, -0.02, 0.03]);
    expect(one.energy).toBe(-17.25);
    expect(one.name).toBe("OUTCAR_3 class=water  charged");
    expect(one.info).toEqual({ class: "water", set: "train", "atom.charge": [-0.8, 0.4, 0.4] });
    expect(one.source).toEqual({ file: "input.data", line: 1 });
    expect(two.periodic).toEqual([false, false, false]);
    expect(two.info).toEqual({ charge: 1 });
    expect(two.source.line).toBe(12);
  });

  it("reads bohr and Hartree", () => {
    const units = { length: "bohr", energy: "hartree" } as const;
    const [one] = readN2p2Data(water, "a", { units }).structures;
    expect(one.cell[0]).toBeCloseTo(5.29177210903, 12);
    expect(one.energy).toBeCloseTo(-17.25 * 27.211386245988, 10);
    // 1 Hartree/bohr = 51.422067476 eV/Å.
    expect(one.forces![5]).toBeCloseTo(0.1 * 51.422067476, 8);
  });

  it("passes over blank lines, CR LF, tabs, a missing last line end", () => {
    const [expected] = read(water).structures;
    const messy = `\n${water.replaceAll(" ", "\t").replaceAll("\n", "\r\n\r\n")}\r\n  \r\n`;
    expect(read(messy).structures[0].positions).toEqual(expected.positions);
    expect(read(water.trimEnd()).structures[0]).toEqual(expected);
  });

  it("warns once of further columns", () => {
    const { warnings, structures } = read(water.replaceAll("0.0 0.01 -0.02 3.0E-2", "0 0.01 -0.02 0.03 7 8"));
    expect(warnings).toEqual(["input.data: columns of atoms after fx fy fz are passed over"]);
    expect(structures[0].forces![2]).toBe(0.03);
  });

  it("a structure may lack its energy", () => {
    expect(read(water.replace("energy -17.25\n", "")).structures[0].energy).toBeUndefined();
  });

  it.each([
    ["", /input\.data:1: there are no structures/],
    ["atom 0 0 0 H 0 0 0 0 0\n", /input\.data:1: expected "begin" of a structure, found "atom"/],
    [water.replace("end\n", ""), /input\.data:10: the file ends before the "end" of the structure of line 1/],
    [
      water.replace("end\n", "") + water,
      /input\.data:11: "begin" before the "end" of the structure of line 1/,
    ],
    [water.replace("lattice 1 0 12\n", ""), /input\.data:1: expected 0 or 3 lattice vectors, found 2/],
    [
      water.replace("lattice 1 0 12\n", "lattice 1 0 12\n".repeat(2)),
      /input\.data:6: a fourth lattice vector/,
    ],
    [water.replace("lattice 1 0 12", "lattice 1 0"), /input\.data:5: lattice: component: .*end of the line/],
    [
      water.replace(" 0 0 -0.13", ""),
      /input\.data:8: atom: expected x y z element charge .* found 6 columns/,
    ],
    [water.replace("1.5 O", "1.5 Q"), /input\.data:6: atom: expected an element, found "Q"/],
    [water.replace("0.5 1D0", "nan 1"), /input\.data:6: atom: position: expected a number, found "nan"/],
    [water.replace("-17.25", "inf"), /input\.data:9: energy: value: expected a number, found "inf"/],
    [water.replace("charge 0.0", "charge 0.5"), /input\.data:1: charge 0\.5 of a periodic structure/],
    [water.replace("charge 0.0", "energy 0.5"), /input\.data:10: energy stands twice/],
    [water.replace("charge 0.0", "virial 0.5"), /input\.data:10: expected comment, .* found "virial"/],
    [water.replace("set=train", "now"), /input\.data:1: expected "begin" or "begin set=train\|test"/],
    ["begin\nend\n", /input\.data:1: the structure has no atoms/],
  ])("refuses case %#", (text, message) => {
    expect(dataErrorOf(() => read(text))).toMatch(message);
  });

  it("is told by its name, and takes units as the readers of other formats take theirs", () => {
    for (const name of ["input.data", "a/train.data.gz", "set.n2p2"]) expect(formatOfName(name)).toBe("n2p2");
  });
});

describe("writing input.data", () => {
  /** Labelled, of elements, periodic or not. */
  const labelled = anyStructure
    .filter((one) => one.species.length > 0)
    .map(
      (one): Structure => ({
        ...one,
        species: one.species.map((_, i) => ["Ce", "O", "H"][i % 3]),
        periodic: [one.periodic[0], one.periodic[0], one.periodic[0]],
        cell: one.periodic[0] ? one.cell : new Float64Array(9),
        energy: one.positions[0],
        forces: one.positions.map((x) => -x / 3),
        name: "made up",
        info: { set: "test" },
      }),
    );

  it("reads back to the same bits in Å and eV", () => {
    fc.assert(
      fc.property(fc.array(labelled, { minLength: 1, maxLength: 3 }), (structures) => {
        const back = read(writeN2p2Data(structures)).structures;
        back.forEach((one, k) => {
          const { cell, periodic, species, positions, energy, forces, name, info } = structures[k];
          const { source: _, ...rest } = one;
          expect(rest).toEqual({ cell, periodic, species, positions, energy, forces, name, info });
        });
      }),
    );
  });

  it("reads back to the same bits in atomic units what came from there", () => {
    const units = { length: "bohr", energy: "hartree" } as const;
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 7, maxLength: 7 }), ([x, y, z, fx, fy, fz, energy]) => {
        const text = `begin\natom ${x} ${y} ${z} Cu 0 0 ${fx} ${fy} ${fz}\nenergy ${energy}\ncharge 0\nend\n`;
        const once = readN2p2Data(text, "a", { units }).structures;
        const twice = readN2p2Data(writeN2p2Data(once, { units }), "a", { units }).structures;
        expect(twice[0].positions).toEqual(once[0].positions);
        expect(twice[0].forces).toEqual(once[0].forces);
        expect(twice[0].energy).toBe(once[0].energy);
      }),
    );
  });

  it("refuses what the format cannot hold", () => {
    const [one] = read(water).structures;
    const message = (change: Partial<Structure>) => dataErrorOf(() => writeN2p2Data([{ ...one, ...change }]));
    expect(message({ energy: undefined })).toMatch(/structure 1 .*: it has no energy/);
    expect(message({ forces: undefined })).toMatch(/it has no forces/);
    expect(message({ species: ["Ce3+", "H", "H"] })).toMatch(/species "Ce3\+" is no element/);
    expect(message({ periodic: [true, true, false] })).toMatch(/periodic in some directions only/);
  });
});

const data = "../shared/data/nn";
const skip = !existsSync(data);
if (skip) console.warn(`skipped: tests of reference input.data files, since ${data} is not here`);

describe.skipIf(skip)("reference files", () => {
  const files = ["n2p2", "reference"]
    .flatMap((part) =>
      readdirSync(join(data, part), { recursive: true }).map((name) => join(part, String(name))),
    )
    .filter((name) => name.endsWith("input.data"));

  it.each(files)("%s: every structure, and back", (name) => {
    const path = join(data, name);
    const units = /H2O|mlearn/.test(name) ? ({ length: "bohr", energy: "hartree" } as const) : {};
    const { structures } = readStructures(path, { units });
    expect(structures.length).toBe(readFileSync(path, "utf8").match(/^ *begin/gm)!.length);
    const back = readN2p2Data(writeN2p2Data(structures, { units }), path, { units }).structures;
    structures.forEach((one, k) => {
      expect(back[k].positions).toEqual(one.positions);
      expect(back[k].forces).toEqual(one.forces);
      expect(back[k].energy).toBe(one.energy);
      expect(back[k].cell).toEqual(one.cell);
    });
  });
});
