import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { det3 } from "../../../src/core/linalg.ts";
import { readPoscar } from "../../../src/data/formats/poscar.ts";
import { writePoscar } from "../../../src/data/formats/poscar-write.ts";
import { periodicStructure, withoutSource } from "./arbitrary-structure.ts";
import { dataErrorOf } from "./errors-of.ts";

const cubic = (edge: number) => [`${edge} 0 0`, `0 ${edge} 0`, `0 0 ${edge}`];
const poscar = (...lines: string[]) => `${lines.join("\n")}\n`;
const read = (text: string, options = {}) => readPoscar(text, "P", options).structures[0];
const errorOf = (text: string, options = {}) => dataErrorOf(() => readPoscar(text, "P", options));

const perovskite = (...rest: string[]) =>
  poscar("SrTiO3", "1.0", ...cubic(4), "Sr Ti O", "1 1 3", "Direct", ...rest);
const perovskiteSites = ["0 0 0", ".5 .5 .5", "0.5 0.5 0", "0.5 0 0.5", "0 0.5 0.5"];

describe("POSCAR headers", () => {
  it("reads the VASP 5 format", () => {
    const structure = read(perovskite(...perovskiteSites));
    expect(structure.species).toEqual(["Sr", "Ti", "O", "O", "O"]);
    expect([...structure.positions]).toEqual([0, 0, 0, 2, 2, 2, 2, 2, 0, 2, 0, 2, 0, 2, 2]);
    expect([...structure.cell]).toEqual([4, 0, 0, 0, 4, 0, 0, 0, 4]);
    expect(structure.periodic).toEqual([true, true, true]);
    expect(structure.name).toBe("SrTiO3");
    expect(structure.source).toEqual({ file: "P", line: 1 });
  });

  it("does not care for CR LF, blank lines between the parts, or comments after ! and #", () => {
    const text = poscar(
      "SrTiO3",
      "",
      "1.0 ! no scaling",
      ...cubic(4),
      "Sr Ti O # species",
      "1 1 3 ! counts",
      "",
      "Direct",
      "",
      ...perovskiteSites,
      "",
    );
    expect(withoutSource(read(text.replaceAll("\n", "\r\n")))).toEqual(
      withoutSource(read(perovskite(...perovskiteSites))),
    );
  });

  it("takes the species out of the names of potentials, over wrapped lines", () => {
    const text = poscar(
      "",
      "1.0",
      ...cubic(4),
      "  Mg_pv/f474ac0d  Si/79d9987ad87",
      "  O_s.x   H1.25",
      " 1 1",
      " 2 1",
      "Direct",
      "0 0 0",
      "0 0 .1",
      "0 0 .2",
      "0 0 .3",
      "0 0 .4",
    );
    const structure = read(text);
    expect(structure.species).toEqual(["Mg", "Si", "O", "O", "H"]);
    expect(structure.info.potentials).toEqual(["Mg_pv/f474ac0d", "Si/79d9987ad87", "O_s.x", "H1.25"]);
  });

  it("keeps repeated blocks of a species, and zero counts, in order", () => {
    const text = poscar("x", "1", ...cubic(4), "O Ce Pd O", "1 1 0 1", "D", "0 0 0", ".5 0 0", "0 .5 0");
    expect(read(text).species).toEqual(["O", "Ce", "O"]);
  });

  it("never guesses species", () => {
    const vasp4 = poscar("Sr Ti", "1.0", ...cubic(4), "1 1", "Direct", "0 0 0", ".5 .5 .5");
    expect(errorOf(vasp4)).toMatch(/^P:6: no species line/);
    expect(read(vasp4, { species: ["Ce", "O_s"] }).species).toEqual(["Ce", "O"]);
    expect(read(vasp4, { speciesFromComment: true }).species).toEqual(["Sr", "Ti"]);
    expect(errorOf(vasp4, { species: ["Ce"] })).toMatch(
      /^P:6: the species option names 1 species .* 2 counts/,
    );
    expect(errorOf(vasp4.replace("Sr Ti", "SrTi"), { speciesFromComment: true })).toMatch(
      /^P:1: expected 2 element symbols in the comment line, found "SrTi"/,
    );
  });

  it("takes species from labels after the coordinates, site by site", () => {
    const text = poscar("GaAs", "1.0", ...cubic(4), "2", "Direct", "0 0 0 Ga", ".5 .5 .5 As Va");
    const { structures, warnings } = readPoscar(text, "P");
    expect(structures[0].species).toEqual(["Ga", "As"]);
    expect(structures[0].info["atom.allowed_species"]).toEqual(["Ga", "As,Va"]);
    expect(warnings).toHaveLength(1);
    expect(errorOf(text.replace(" As Va", ""))).toMatch(/^P:9: .*atom 2.*found none/);
    expect(errorOf(text.replace("As Va", "site2"))).toMatch(/^P:9: .*found "site2"/);
  });

  it("refuses labels or options that contradict the species line, and leaves other words alone", () => {
    const text = (label: string) => perovskite(`0 0 0 ${label}`, ...perovskiteSites.slice(1));
    expect(errorOf(text("Ba"))).toMatch(/^P:9: atom 1 is Sr by the species line, but labelled Ba/);
    expect(read(text("site 1")).species[0]).toBe("Sr");
    expect(read(text("Sr")).species[0]).toBe("Sr");
    expect(errorOf(text(""), { species: ["Ba", "Ti", "O"] })).toMatch(/Sr Ti O.*Ba Ti O/);
  });

  it.each([
    ["an empty file", "", /^P:1: the file ends where the scale should be/],
    ["no scale", poscar("x", "a"), /^P:2: scale: expected a number, found "a"/],
    ["scale zero", poscar("x", "0", ...cubic(4)), /^P:2: scale: expected one number/],
    ["two scales", poscar("x", "1 2", ...cubic(4)), /^P:2: scale/],
    ["negative among three scales", poscar("x", "1 -2 1", ...cubic(4)), /^P:2: scale/],
    ["a short vector", poscar("x", "1", "1 0"), /^P:3: lattice vector 1: expected 3 numbers, found 2/],
    [
      "NaN in a vector",
      poscar("x", "1", "1 0 NaN"),
      /^P:3: lattice vector 1: expected a number, found "NaN"/,
    ],
    ["a flat cell", poscar("x", "1", "1 0 0", "0 1 0", "1 1 0", "O", "1", "D", "0 0 0"), /^P:3: .*no volume/],
    [
      "fewer counts than species",
      poscar("x", "1", ...cubic(4), "Sr O", "1", "D"),
      /^P:7: 2 species .* 1 counts/,
    ],
    [
      "more counts than species",
      poscar("x", "1", ...cubic(4), "Sr O", "1 1 2", "D"),
      /^P:7: 2 species .* 3 counts/,
    ],
    ["fractional counts", poscar("x", "1", ...cubic(4), "Sr", "1 1.5", "D"), /^P:7: counts.*"1.5"/],
    ["no atoms", poscar("x", "1", ...cubic(4), "Sr", "0", "D", "0 0 0"), /^P:7: no atoms/],
    ["no counts", poscar("x", "1", ...cubic(4), "Sr", "Direct", "0 0 0"), /^P:7: expected the counts/],
    ["no mode", poscar("x", "1", ...cubic(4), "Sr", "1", "0 0 0"), /^P:8: expected "Direct" or "Cartesian"/],
    ["the end", poscar("x", "1", ...cubic(4), "Sr", "1", "D"), /ends where the first atom/],
  ])("refuses %s", (_, text, message) => {
    expect(errorOf(text)).toMatch(message);
  });
});

describe("POSCAR scale and coordinates", () => {
  const at = (scale: string, mode: string, coordinates: string) =>
    read(poscar("x", scale, "2 0 0", "0 2 0", "0 0 4", "O", "1", mode, coordinates));

  it("scales cell and Cartesian coordinates, but not direct ones", () => {
    expect([...at("1.5", "Cartesian", "1 1 1").positions]).toEqual([1.5, 1.5, 1.5]);
    expect([...at("1.5", "Direct", "0.5 0.5 0.5").positions]).toEqual([1.5, 1.5, 3]);
    expect([...at("1.5", "k", "1 1 1").positions]).toEqual([1.5, 1.5, 1.5]);
  });

  it("reads a negative scale as the volume", () => {
    // 16 Å³ to 128 Å³ is a factor of 2 in every length.
    const structure = at("-128", "Cartesian", "1 1 1");
    expect(det3(structure.cell)).toBeCloseTo(128, 10);
    expect(structure.positions[0]).toBeCloseTo(2, 12);
  });

  it("reads three scales as those of x, y and z", () => {
    const text = poscar("x", "1 2 3", "1 1 1", "0 1 0", "0 0 1", "O", "1", "Cartesian", "1 1 1");
    expect([...read(text).cell]).toEqual([1, 2, 3, 0, 2, 0, 0, 0, 3]);
    expect([...read(text).positions]).toEqual([1, 2, 3]);
  });

  it("keeps selective dynamics, and asks for the flags", () => {
    const text = (row: string) => poscar("x", "1", ...cubic(4), "O", "1", "selective", "Direct", row);
    expect(read(text("0 0 0 T .FALSE. f O")).info["atom.selective_dynamics"]).toEqual([true, false, false]);
    expect(errorOf(text("0 0 0 T F"))).toMatch(/^P:10: atom 1: selective dynamics needs three flags/);
    expect(errorOf(text("0 0 0"))).toMatch(/^P:10/);
  });

  it("takes flags without selective dynamics for no species: F is not fluorine", () => {
    const text = poscar("x", "1", ...cubic(4), "O", "1", "Direct", "0 0 0 F F F");
    expect(read(text).species).toEqual(["O"]);
    expect(errorOf(text.replace("O\n1", "1"))).toMatch(/no species line/);
  });

  it("leaves out velocities and predictor-corrector coordinates", () => {
    const plain = perovskite(...perovskiteSites);
    const velocities = new Array(5).fill("  0.1E-03  0.2E-03 -0.3E-03").join("\n");
    for (const tail of [
      `\n${velocities}\n\n1\n0.5\n`,
      `Cartesian\n${velocities}\n`,
      "Lattice velocities and vectors\n1\n",
    ])
      expect(read(plain + tail)).toEqual(read(plain));
  });

  it("refuses coordinates that do not fit the counts", () => {
    expect(errorOf(perovskite(...perovskiteSites.slice(1)))).toMatch(
      /^P:13: the coordinates end after 4 atoms.* 5/,
    );
    // Else the velocities would fill the gap.
    expect(errorOf(perovskite(...perovskiteSites.slice(1), "", "0 0 0"))).toMatch(/^P:13: .*after 4 atoms/);
    expect(errorOf(perovskite(...perovskiteSites, "0 0 0"))).toMatch(/^P:14: .*another line of coordinates/);
    expect(errorOf(perovskite("0 0 ****", ...perovskiteSites))).toMatch(
      /^P:9: atom 1 of 5: expected a number/,
    );
    expect(errorOf(perovskite("0 0", ...perovskiteSites))).toMatch(/^P:9: .*found the end of the line/);
  });
});

describe("writePoscar", () => {
  it("reads back exactly", () => {
    fc.assert(
      fc.property(periodicStructure, (structure) => {
        expect(withoutSource(read(writePoscar(structure)))).toEqual(withoutSource(structure));
      }),
    );
  });

  it("writes direct coordinates that read back to rounding", () => {
    const structure = read(perovskite(...perovskiteSites));
    const back = read(writePoscar(structure, { coordinates: "direct" }));
    // A few roundings of numbers of size 4.
    const errors = back.positions.map((x, i) => Math.abs(x - structure.positions[i]));
    expect(Math.max(...errors)).toBeLessThan(1e-14);
  });

  it("keeps selective dynamics", () => {
    const structure = read(poscar("x", "1", ...cubic(4), "O", "1", "S", "D", "0 0 0 T F T"));
    expect(withoutSource(read(writePoscar(structure)))).toEqual(withoutSource(structure));
  });

  it("refuses what would not read back", () => {
    const structure = read(perovskite(...perovskiteSites));
    const refuse = (change: object) => dataErrorOf(() => writePoscar({ ...structure, ...change }));
    expect(refuse({ cell: new Float64Array(9) })).toMatch(/no volume/);
    expect(refuse({ species: ["Sr", "Ti", "O", "O", "Mg_pv"] })).toMatch(/"Mg_pv" is not a species/);
    expect(refuse({ name: "two\nlines" })).toMatch(/several lines/);
    expect(refuse({ species: [], positions: new Float64Array(0) })).toMatch(/no atoms/);
    expect(refuse({ positions: new Float64Array(15).fill(Number.NaN) })).toMatch(/NaN/);
  });
});
