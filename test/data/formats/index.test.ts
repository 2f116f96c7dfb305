import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { formatOfName, readStructures } from "../../../src/data/formats/index.ts";
import { dataErrorOf } from "./errors-of.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-formats-"));
afterAll(() => rmSync(folder, { recursive: true }));
const xyz = "1\n\nCe 0 0 0\n";

describe("formats by name", () => {
  it.each([
    ["runs/POSCAR", "poscar"],
    ["CONTCAR.3", "poscar"],
    ["pd2-ceria-CONTCAR", "poscar"],
    ["slab.vasp", "poscar"],
    ["POSCAR.xyz", "extxyz"],
    ["a.XYZ", "extxyz"],
    ["train.extxyz.gz", "extxyz"],
    ["POSCAR-like.cif", "cif"],
    ["vasprun.xml", "vasprun"],
    ["vasprun_12.xml.gz", "vasprun"],
    ["OUTCAR", "outcar"],
    ["OUTCAR.relax.gz", "outcar"],
    ["run3-OUTCAR", "outcar"],
  ])("%s is %s", (name, format) => {
    expect(formatOfName(name)).toBe(format);
  });

  it("lists the formats for a name that tells none", () => {
    expect(dataErrorOf(() => formatOfName("data/structures.dat"))).toMatch(
      /^data\/structures\.dat: .*POSCAR\*.*poscar, extxyz, cif, vasprun, outcar, lammps-dump, n2p2, cp2k$/,
    );
  });
});

describe("readStructures", () => {
  it("reads plain and gzipped files, by name or by the format given", () => {
    writeFileSync(join(folder, "a.xyz"), xyz);
    writeFileSync(join(folder, "b.xyz.gz"), new Uint8Array(gzipSync(xyz)));
    writeFileSync(join(folder, "c.txt"), xyz);
    for (const [name, options] of [["a.xyz"], ["b.xyz.gz"], ["c.txt", { format: "extxyz" }]] as const)
      expect(readStructures(join(folder, name), options).structures[0].species).toEqual(["Ce"]);
  });

  it("hands each reader its options", () => {
    const path = join(folder, "POSCAR");
    writeFileSync(path, "x\n1\n4 0 0\n0 4 0\n0 0 4\n1\nD\n0 0 0\n");
    expect(readStructures(path, { species: ["Ce"], energyKey: "E" }).structures[0].species).toEqual(["Ce"]);
    expect(dataErrorOf(() => readStructures(path))).toMatch(/POSCAR:6: no species line/);
  });

  it("names a file that is not there", () => {
    const path = join(folder, "none.xyz");
    expect(dataErrorOf(() => readStructures(path))).toBe(`${path}: there is no such file`);
  });
});
