import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readExtxyz } from "../../../src/data/formats/extxyz.ts";
import { parseExtxyz } from "../../../src/data/formats/extxyz-frames.ts";
import { writeExtxyz } from "../../../src/data/formats/extxyz-write.ts";
import { linesOfText } from "../../../src/data/line-source.ts";
import { anyStructure, withoutSource } from "./arbitrary-structure.ts";
import { dataErrorOf } from "./errors-of.ts";

const lattice = 'Lattice="4 0 0 0 5 0 0 0 6"';
const frame = (second: string, ...rows: string[]) => `${rows.length}\n${second}\n${rows.join("\n")}\n`;
const read = (text: string, options = {}) => readExtxyz(text, "X", options);
const one = (text: string, options = {}) => read(text, options).structures[0];
const errorOf = (text: string, options = {}) => dataErrorOf(() => read(text, options));

describe("extended XYZ frames", () => {
  it("reads several frames, with the line of each", () => {
    const text = frame(lattice, "Ag 0 0 0") + frame("", "Cu 0 0 0", "Cu 1 1 1") + frame("tag=c", "O 0 0 1");
    const { structures, warnings } = read(text);
    expect(structures.map((s) => s.species.join(""))).toEqual(["Ag", "CuCu", "O"]);
    expect(structures.map((s) => s.source.line)).toEqual([1, 4, 8]);
    expect(structures[2].name).toBe("c");
    expect(warnings).toEqual([]);
  });

  it("does not care for CR LF, blank lines at the end, or a missing last line end", () => {
    const text = frame(`${lattice} a=1`, "Ag 0 0 0") + frame("", "Cu 0 0 0");
    const plain = read(text).structures;
    for (const variant of [text.replaceAll("\n", "\r\n"), `${text}\n \n\n`, text.trimEnd()])
      expect(read(variant).structures).toEqual(plain);
  });

  it("reads one frame at a time", () => {
    const frames = parseExtxyz(linesOfText(`${frame("a=1", "Ag 0 0 0")}not a number\n`), "X");
    expect(frames.next().value).toMatchObject({ line: 1, atoms: 1 });
    expect(dataErrorOf(() => frames.next())).toMatch(/^X:4: expected the number of atoms/);
  });

  it("takes columns in any order, and keeps those it does not know", () => {
    const text = frame(
      "Properties=forces:R:3:tags:I:1:pos:R:3:fixed:L:2:species:S:1:site:S:1:oxi:R:1:magmoms:R:1",
      "1 2 3 7 4 5 6 T F Ce a1 3 0.9",
      "0 0 1 8 0 0 0 F F O b2 -2 0",
    );
    const structure = one(text);
    expect(structure.species).toEqual(["Ce", "O"]);
    expect([...structure.positions]).toEqual([4, 5, 6, 0, 0, 0]);
    expect([...structure.forces!]).toEqual([1, 2, 3, 0, 0, 1]);
    expect([...structure.charges!]).toEqual([3, -2]);
    expect([...structure.magneticMoments!]).toEqual([0.9, 0]);
    expect(structure.info).toEqual({
      "atom.tags": [7, 8],
      "atom.fixed": [true, false, false, false],
      "atom.site": ["a1", "b2"],
    });
  });

  it("turns atomic numbers into symbols", () => {
    expect(one(frame("Properties=Z:I:1:pos:R:3", "58 0 0 0")).species).toEqual(["Ce"]);
    expect(one(frame("", "8 0 0 0")).species).toEqual(["O"]);
    expect(errorOf(frame("", "0 0 0 0"))).toMatch(/^X:2: species: 0 is not an atomic number/);
  });

  it("leaves vectors as moments in info, since moments are collinear here", () => {
    const structure = one(frame("Properties=species:S:1:pos:R:3:magmoms:R:3", "Fe 0 0 0 0 0 2"));
    expect(structure.magneticMoments).toBeUndefined();
    expect(structure.info["atom.magmoms"]).toEqual([0, 0, 2]);
  });

  it.each([
    [
      "too few lines at the end",
      "3\n\nAg 0 0 0\nAg 1 1 1\n",
      /^X:4: the file ends after 2 of the 3 atoms of the frame at line 1/,
    ],
    ["an end after the count", "3\n", /^X:1: the file ends after the number of atoms/],
    [
      "too many atoms",
      "1\n\nAg 0 0 0\nAg 1 1 1\n",
      /^X:4: expected the number of atoms .* "Ag 1 1 1"; does the frame before/,
    ],
    [
      "too few atoms",
      "2\n\nAg 0 0 0\n1\n\nAg 1 1 1\n",
      /^X:4: atom 2 of 2 of the frame at line 1: expected 4 columns, found 1/,
    ],
    ["no count", "x\n", /^X:1: expected the number of atoms of a frame, found "x"/],
    ["zero atoms", "0\n\n", /^X:1: expected the number/],
    ["a blank line between frames", "1\n\nAg 0 0 0\n\n1\n\nAg 0 0 0\n", /^X:4: blank line between frames/],
    ["an empty file", "", /^X:1: there are no structures/],
    ["NaN", frame("", "Ag 0 nan 0"), /^X:3: column 3 \(pos\): expected a number, found "nan"/],
    [
      "NaN in other columns",
      frame("Properties=species:S:1:pos:R:3:q:R:1", "Ag 0 0 0 NaN"),
      /^X:3: column 5 \(q\)/,
    ],
    [
      "a missing column",
      frame("Properties=species:S:1:pos:R:3", "Ag 0 0"),
      /^X:3: .*expected 4 columns, found 3/,
    ],
    [
      "an extra column",
      frame("Properties=species:S:1:pos:R:3", "Ag 0 0 0 1"),
      /^X:3: .*expected 4 columns, found 5/,
    ],
    ["a logical for a number", frame("Properties=species:S:1:pos:R:3", "Ag 0 0 T"), /^X:3: column 4/],
    [
      "a fraction for an integer",
      frame("Properties=species:S:1:pos:R:3:n:I:1", "Ag 0 0 0 1.5"),
      /whole number/,
    ],
    [
      "a number for a logical",
      frame("Properties=species:S:1:pos:R:3:n:L:1", "Ag 0 0 0 1"),
      /expected T or F/,
    ],
    ["an unknown type", frame("Properties=species:S:1:pos:D:3", "Ag 0 0 0"), /^X:2: Properties: type "D"/],
    ["cut Properties", frame("Properties=species:S:1:pos:R:", "Ag 0 0 0"), /^X:2: Properties: width ""/],
    ["odd Properties", frame('Properties="1 1"', "Ag 0 0 0"), /^X:2: Properties: not a list/],
    ["a column twice", frame("Properties=species:S:1:pos:R:3:pos:R:3", "Ag 0 0 0"), /"pos" twice/],
    ["no positions", frame("Properties=species:S:1", "Ag"), /^X:2: Properties: expected a column pos:R:3/],
    ["no species", frame("Properties=pos:R:3", "0 0 0"), /^X:2: Properties: expected a column species:S:1/],
    ["a short Lattice", frame('Lattice="1 1 0 0 1 0 0 0"', "Si 0 0 0"), /^X:2: Lattice: expected 9 numbers/],
    ["a word as Lattice", frame("Lattice=bob", "Si 0 0 0"), /^X:2: Lattice/],
    ["logicals as Lattice", frame('Lattice="T F F F T F F F T"', "Si 0 0 0"), /^X:2: Lattice/],
    ["a flat Lattice", frame('Lattice="1 0 0 0 1 0 1 1 0"', "Si 0 0 0"), /no volume/],
    ["pbc without Lattice", frame('pbc="T F F" a=1', "Si 0 0 0"), /^X:2: periodic along lattice vector 1/],
    ["odd pbc", frame(`${lattice} pbc="T F"`, "Si 0 0 0"), /^X:2: pbc: expected three of T and F/],
    ["bad text beside Lattice", frame(`${lattice} a=b=c`, "Si 0 0 0"), /^X:2: column \d+: "=" within/],
  ])("refuses %s", (_, text, message) => {
    expect(errorOf(text)).toMatch(message);
  });
});

describe("extended XYZ cell and periodicity", () => {
  it("is periodic with a Lattice and not without, unless pbc says otherwise", () => {
    const pbc = (second: string) => one(frame(second, "Ag 0 0 0")).periodic;
    expect(pbc(lattice)).toEqual([true, true, true]);
    expect(pbc("a=1")).toEqual([false, false, false]);
    expect(pbc(`${lattice} pbc="T T F"`)).toEqual([true, true, false]);
    expect(pbc(`${lattice} pbc=[T, F, F]`)).toEqual([true, false, false]);
    expect(pbc(`${lattice} pbc='0 1 1'`)).toEqual([false, true, true]);
    expect(pbc(`${lattice} pbc=F`)).toEqual([false, false, false]);
  });

  it("takes the nine numbers as three vectors in turn, nested or not", () => {
    const cell = (text: string) => [...one(frame(text, "Ag 0 0 0")).cell];
    const vectors = [4, 0, 0, 1, 3, 0, 0.5, 0.7, 2];
    expect(cell('Lattice="4 0 0 1 3 0 0.5 0.7 2"')).toEqual(vectors);
    expect(cell("Lattice={4 0 0 1 3 0 0.5 0.7 2}")).toEqual(vectors);
    expect(cell("Lattice=[4,0,0,1,3,0,0.5,0.7,2]")).toEqual(vectors);
    const nested = read(frame("Lattice=[[4,0,0],[1,3,0],[0.5,0.7,2]]", "Ag 0 0 0"));
    expect([...nested.structures[0].cell]).toEqual(vectors);
    expect(nested.warnings.join()).toMatch(/nested Lattice/);
  });
});

describe("plain XYZ", () => {
  it("keeps a free second line as the name", () => {
    const structure = one(frame("water, from a textbook", "O 0 0 0", "H 1 0 0"));
    expect(structure.name).toBe("water, from a textbook");
    expect(structure.info).toEqual({});
  });

  it("still finds key=value text", () => {
    expect(one(frame("energy=-3.5 step=7", "O 0 0 0"))).toMatchObject({ energy: -3.5, info: { step: 7 } });
  });

  it("says when a second line with = is not key=value text, and when columns are skipped", () => {
    const { structures, warnings } = read(frame("E = -3 = total", "O 0 0 0 1 2 3", "O 0 0 1 1 2 3"));
    expect(structures[0].name).toBe("E = -3 = total");
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^X:1: .*taken as a comment/);
    expect(warnings[1]).toMatch(/columns after species, x, y, z are skipped/);
  });
});

describe("which entries are energies, forces and stresses", () => {
  const rows = (...names: string[]) =>
    `Properties=species:S:1:pos:R:3${names.map((name) => `:${name}:R:3`).join("")}`;

  it("uses the first usual name and says so where there is a choice", () => {
    expect(read(frame("free_energy=-2 energy=-1", "O 0 0 0"))).toMatchObject({
      structures: [{ energy: -1, info: { free_energy: -2 } }],
      warnings: ['X:1: energyKey: "energy" is used; "free_energy" may differ from it'],
    });
    expect(read(frame("free_energy=-1 energy=-1", "O 0 0 0")).warnings).toEqual([]);
    expect(read(frame("free_energy=-2", "O 0 0 0"))).toMatchObject({
      structures: [{ energy: -2 }],
      warnings: ['X:1: energyKey: "free_energy" is used'],
    });
    expect(one(frame("a=1", "O 0 0 0")).energy).toBeUndefined();
  });

  it("uses chosen names, and complains where they are missing", () => {
    const text = frame(`energy=1 mixing_energy=-2 ${rows("f")}`, "O 0 0 0 1 2 3");
    const structure = one(text, { energyKey: "mixing_energy", forcesKey: "f" });
    expect(structure.energy).toBe(-2);
    expect(structure.info).toEqual({ energy: 1 });
    expect([...structure.forces!]).toEqual([1, 2, 3]);
    expect(errorOf(text, { energyKey: "E0" })).toMatch(
      /energy_key is "E0", but no frame has it; there are energy, mixing_energy, species, pos, f/,
    );
    expect(read(frame("a=1", "O 0 0 0") + text, { energyKey: "mixing_energy" }).warnings).toEqual([
      'X:1: there is no "mixing_energy" (energyKey)',
    ]);
    expect(errorOf(text, { chargeKey: "f" })).toMatch(
      /^X:2: Properties: chargeKey "f" must be R:1, found R:3/,
    );
  });

  it("refuses energies that are not one finite number", () => {
    for (const value of ["nan", "inf", "1e999", '"1 2"', "T", "high"])
      expect(errorOf(frame(`energy=${value}`, "O 0 0 0"))).toMatch(/^X:2: energy: expected a number, found/);
  });

  it("reads stress in eV/Å³, tension positive, and the virial with its opposite sign", () => {
    // A virial of 120 eV in 120 Å³ pushes outwards: the stress is -1 eV/Å³.
    const compressed = one(frame(`${lattice} virial="120 0 0 0 120 0 0 0 120"`, "O 0 0 0"));
    expect([...compressed.stress!].map((x) => x + 0)).toEqual([-1, 0, 0, 0, -1, 0, 0, 0, -1]);
    const both = one(
      frame(`${lattice} virial="120 0 0 0 120 0 0 0 120" stress="1 2 3 2 4 5 3 5 6"`, "O 0 0 0"),
    );
    expect([...both.stress!]).toEqual([1, 2, 3, 2, 4, 5, 3, 5, 6]);
    expect(both.info.virial).toHaveLength(9);
  });

  it("keeps stresses of another form in info, and refuses asymmetric ones", () => {
    const voigt = one(frame(`${lattice} stress="1 2 3 4 5 6"`, "O 0 0 0"));
    expect(voigt.stress).toBeUndefined();
    expect(voigt.info.stress).toEqual([1, 2, 3, 4, 5, 6]);
    const kbar = one(frame(`${lattice} stress_kB="1 2 3 2 4 5 3 5 6"`, "O 0 0 0"));
    expect(kbar.stress).toBeUndefined();
    expect(errorOf(frame(`${lattice} stress="1 2 3 9 4 5 3 5 6"`, "O 0 0 0"))).toMatch(
      /^X:2: stress: .*not symmetric/,
    );
    expect(errorOf(frame(`${lattice} s="1 2 3"`, "O 0 0 0"), { stressKey: "s" })).toMatch(
      /^X:2: s: expected 9 numbers/,
    );
  });
});

describe("writeExtxyz", () => {
  it("reads back exactly, for several structures at once", () => {
    fc.assert(
      fc.property(fc.array(anyStructure, { minLength: 1, maxLength: 3 }), (structures) => {
        const back = read(writeExtxyz(structures)).structures;
        expect(back.map(withoutSource)).toEqual(structures.map(withoutSource));
      }),
    );
  });

  it("does not repeat a name that an entry gives", () => {
    const text = frame("config_id=2-0-0", "O 0 0 0");
    const written = writeExtxyz(read(text).structures);
    expect(written).not.toMatch(/name=/);
    expect(one(written).name).toBe("2-0-0");
  });

  it("refuses what would not read back", () => {
    const structure = one(frame(`${lattice} energy=1`, "O 0 0 0"));
    const refuse = (change: object) => dataErrorOf(() => writeExtxyz([{ ...structure, ...change }]));
    expect(refuse({ energy: Number.NaN })).toMatch(/NaN/);
    expect(refuse({ species: ["8"] })).toMatch(/"8" is not a species/);
    expect(refuse({ info: { energy: 2 } })).toMatch(/its info has "energy" too/);
    expect(refuse({ info: { "atom.x": [1, 2], "atom.x y": [1] } })).toMatch(/"x y" cannot be the name/);
    expect(refuse({ info: { "atom.x": [] } })).toMatch(/x has 0 values for 1 atoms/);
    expect(writeExtxyz([{ ...structure, info: { energy: 2 } }], { energyKey: "e_dft" })).toMatch(
      /e_dft=1 energy=2/,
    );
  });
});
