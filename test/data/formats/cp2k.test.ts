import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { det3 } from "../../../src/core/linalg.ts";
import { readCp2k } from "../../../src/data/formats/cp2k.ts";
import { formatOfName, readStructures } from "../../../src/data/formats/index.ts";
import { dataErrorOf } from "./errors-of.ts";

const folder = "test/reference/cp2k";
const textOf = (name: string) => readFileSync(join(folder, name), "utf8");
const read = (name: string) => readStructures(join(folder, name), { format: "cp2k" });
const scratch = mkdtempSync(join(tmpdir(), "eciton-cp2k-"));
afterAll(() => rmSync(scratch, { recursive: true }));

// CODATA 2018, by hand: 1 Hartree in eV, and Hartree/bohr in eV/Å.
const HARTREE = 27.211386245988;
const FORCE = HARTREE / 0.529177210903;

describe("outputs that CP2K 2023.1 wrote", () => {
  it("molecular dynamics: every step with positions, energy, forces and stress", () => {
    const { structures, warnings } = read("h2-md.out");
    expect(warnings).toEqual([]);
    expect(structures.length).toBe(3);
    const [first, second, third] = structures;
    expect([...first.cell]).toEqual([5, 0, 0, 0.3, 5.1, 0, 0, 0.2, 5.2]);
    expect(first.periodic).toEqual([true, true, true]);
    expect([...first.positions]).toEqual([0.1, 0.2, 0.3, 0.2, 0.3, 1.05]);
    expect(first.energy).toBeCloseTo(-1.125958994246235 * HARTREE, 12);
    expect(first.forces![5]).toBeCloseTo(0.07661918 * FORCE, 12);
    // From the file of positions, where the later steps are.
    expect([...third.positions.subarray(0, 3)]).toEqual([0.1082463569, 0.1836536004, 0.28859594]);
    expect(third.energy).toBeCloseTo(-1.151858185032651 * HARTREE, 12);
    expect(third.species).toEqual(["H", "H"]);
    expect(second.info.step).toBe(2);
    expect(structures.map((one) => one.converged)).toEqual([true, true, true]);
  });

  it("the stress is negative under pressure", () => {
    // Two runs at strains of ∓0.001 along z, tight settings: (E(+) − E(−)) / (0.002 V) = 4.61 GPa in tension, where CP2K printed
    // −4.58 and −4.62 GPa.
    const [{ stress }] = read("h2-md.out").structures;
    const GPA = 1 / 160.2176634;
    expect(stress![8]).toBeCloseTo(-13.266099918 * GPA, 12);
    expect(stress![1]).toBeCloseTo(-0.15808229917 * GPA, 12);
    expect(stress![7]).toBe(stress![5]);
  });

  it("cell optimisation: each step with its own cell, to the digits of lengths and angles", () => {
    const { structures, warnings } = read("h2-cell.out");
    expect(warnings).toEqual([]);
    expect(structures.length).toBe(3);
    const volumes = [...textOf("h2-cell.out").matchAll(/^ CELL\| Volume \[angstrom\^3\]: +(\S+)/gm)].map(
      (m) => Number(m[1]),
    );
    expect(structures.map((one) => det3(one.cell))[1]).toBeCloseTo(volumes.at(-2)!, 4);
    expect(structures.map((one) => det3(one.cell))[2]).toBeCloseTo(volumes.at(-1)!, 4);
    expect(structures[1].cell[8]).not.toBe(structures[2].cell[8]);
  });

  it("tells that the electrons did not converge", () => {
    const [only] = read("h2-unconverged.out").structures;
    expect(only.converged).toBe(false);
    expect(only.energy).toBeDefined();
  });

  it("a molecule in a box is not periodic", () => {
    const [only] = read("h2-molecule.out").structures;
    expect(only.periodic).toEqual([false, false, false]);
    expect(only.converged).toBe(true);
    expect(only.stress).toBeUndefined();
  });
});

describe("incomplete outputs", () => {
  it("leaves out later steps whose positions are nowhere", () => {
    const path = join(scratch, "cp2k-md.out");
    cpSync(join(folder, "h2-md.out"), path);
    expect(formatOfName(path)).toBe("cp2k");
    const { structures, warnings } = readStructures(path);
    expect(structures.length).toBe(1);
    expect(warnings.join()).toMatch(/2 steps without coordinates left out.*PROJECT-pos-1\.xyz/);
  });

  it("does not take positions of other energies", () => {
    const path = join(scratch, "other.out");
    cpSync(join(folder, "h2-md.out"), path);
    writeFileSync(
      join(scratch, "h2md-pos-1.xyz"),
      readFileSync(join(folder, "h2md-pos-1.xyz"), "utf8").replaceAll("E =        -1.1", "E =        -1.2"),
    );
    expect(readStructures(path, { format: "cp2k" }).structures.length).toBe(1);
    rmSync(join(scratch, "h2md-pos-1.xyz"));
  });

  it("an interrupted run keeps its complete parts, cut within the table of forces", () => {
    const text = textOf("h2-md.out");
    const cut = text.slice(0, text.indexOf("SUM OF ATOMIC FORCES"));
    const { structures, warnings } = readCp2k(cut, "a.out");
    expect(structures.length).toBe(1);
    expect(structures[0].forces).toBeUndefined();
    expect(warnings.join()).toMatch(/no forces.*interrupted run/s);
  });

  it("cut at any line, it gives whole steps or says that there are none", () => {
    const lines = textOf("h2-md.out").split("\n");
    const whole = read("h2-md.out").structures;
    const seen = new Set<number>();
    for (let end = 0; end < lines.length; end++) {
      const path = join(folder, "h2-md.out");
      const text = lines.slice(0, end).map((line) => `${line}\n`);
      try {
        const { structures } = readCp2k(`${text.join("")} ENERGY| Total FORCE_EVAL ( QS ) ener`, path);
        seen.add(structures.length);
        structures.forEach(({ forces, stress, ...rest }, k) => {
          const { forces: f, stress: s, ...other } = whole[k];
          expect(rest).toEqual(other);
          if (forces !== undefined) expect(forces).toEqual(f);
          if (stress !== undefined) expect(stress).toEqual(s);
        });
      } catch (error) {
        if (!(error instanceof EcitonError)) throw error;
        expect(error.message).toMatch(/not an output of CP2K|ends before its first energy/);
        seen.add(0);
      }
    }
    expect([...seen]).toEqual([0, 1, 2, 3]);
  });

  it.each([
    ["", /a\.out:1: not an output of CP2K/],
    ["random\ntext\n", /a\.out:3: not an output of CP2K/],
    [" CP2K| version string: x\n", /the file ends before its first energy/],
  ])("refuses %j", (text, message) => {
    expect(dataErrorOf(() => readCp2k(text, "a.out"))).toMatch(message);
  });

  it("names file and line of numbers that cannot be read", () => {
    const text = textOf("h2-molecule.out");
    const line = (part: string) => text.slice(0, text.indexOf(part)).split("\n").length;
    const force = / {6}1 {6}1 {6}H +\S+/.exec(text)![0];
    expect(dataErrorOf(() => readCp2k(text.replace(force, force.replace(/\S+$/, "****")), "a.out"))).toBe(
      `a.out:${line(force)}: force: expected a number, found "****"`,
    );
    const energy = /energy \[a\.u\.\]: +(\S+)/.exec(text)![1];
    expect(dataErrorOf(() => readCp2k(text.replace(energy, "NaN"), "a.out"))).toBe(
      `a.out:${line(energy)}: energy: expected a number, found "NaN"`,
    );
    expect(dataErrorOf(() => readCp2k(text.replaceAll("CELL|", "X|"), "a.out"))).toMatch(/a\.out: no cell/);
    expect(
      dataErrorOf(() => readCp2k(text.replace("FORCE_EVAL ( QS )", "FORCE_EVAL ( MIXED )"), "a.out")),
    ).toMatch(/mixed force evaluations/);
  });

  it("reads CR LF", () => {
    const [unix] = read("h2-molecule.out").structures;
    const [dos] = readCp2k(textOf("h2-molecule.out").replaceAll("\n", "\r\n"), unix.source.file).structures;
    expect(dos).toEqual(unix);
  });
});

// Composed after lines of newer outputs as they are quoted in public programs that read them; no such version ran for these tests.
describe("the tables of newer versions", () => {
  const newer = (text: string) =>
    text.replace(/energy \[a\.u\.\]:/, "energy [hartree]").replace(
      / ATOMIC FORCES in \[a\.u\.\][\s\S]*?SUM OF.*\n/,
      ` FORCES| Atomic forces [hartree/bohr]
 FORCES|   Atom     x               y               z               |f|
 FORCES|      1 -1.00000000E-01  2.00000000E-01 -3.00000000E-01   3.74165739E-01
 FORCES|      2  4.00000000E-01 -5.00000000E-01  6.00000000E-01   8.77496439E-01
 FORCES| Sum     3.00000000E-01 -3.00000000E-01  3.00000000E-01   5.19615242E-01
 FORCES| Total atomic force         1.00000000E+00

 STRESS| Analytical stress tensor [bar]
 STRESS|                        x                   y                   z
 STRESS|      x        1.00000000000E+04   0.00000000000E+00   0.00000000000E+00
 STRESS|      y        0.00000000000E+00   2.00000000000E+04   0.00000000000E+00
 STRESS|      z        0.00000000000E+00   0.00000000000E+00   3.00000000000E+04
 STRESS| 1/3 Trace                                             2.00000000000E+04
`,
    );

  it("reads forces and stress", () => {
    const before = read("h2-molecule.out").structures[0];
    const [after] = readCp2k(newer(textOf("h2-molecule.out")), "a.out").structures;
    expect(after.energy).toBe(before.energy);
    [-0.1, 0.2, -0.3, 0.4, -0.5, 0.6].forEach((f, i) => {
      expect(after.forces![i]).toBeCloseTo(f * FORCE, 12);
    });
    expect([0, 4, 8].map((k) => after.stress![k] * 160.2176634)).toEqual([
      expect.closeTo(-1, 12),
      expect.closeTo(-2, 12),
      expect.closeTo(-3, 12),
    ]);
  });
});
