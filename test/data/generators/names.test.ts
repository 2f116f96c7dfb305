/** Names of structures: formulas that do not depend on the order of atoms, and names of those that come without one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { formulaOf } from "../../../src/data/generators/built.ts";
import { openAtoms } from "../../../src/data/generators/create-atoms.ts";
import { atoms, spec } from "./atoms.ts";

describe("formulas", () => {
  it.each([
    [["O", "O", "Ce"], "CeO2"],
    [["Cl", "Na"], "NaCl"],
    [["O", "H", "H"], "H2O"],
    [["Au", "Ag", "Au"], "AgAu2"],
    [["O2-", "O2-", "Ce4+", "Ce3+", "Ce3+"], "(Ce3+)2Ce4+(O2-)2"],
    [["X", "X"], "X2"],
  ])("%j is %s", (species, formula) => {
    expect(formulaOf(species)).toBe(formula);
    expect(formulaOf([...species].reverse())).toBe(formula);
  });

  it("are the same for every arrangement of a composition", () => {
    const section =
      "{crystal: {species: Cu}, ordering: {of: [Cu], composition: {Au: 2, Cu: rest}}, count: 6}";
    const names = Array.from({ length: 6 }, (_, i) => atoms(section, i).name);
    expect(new Set(names.map((name) => name.replace(/-\d$/, "")))).toEqual(new Set(["Au2Cu2-fcc"]));
  });
});

describe("structures of files that give no name", () => {
  const frame = "1\n\nCu 0 0 0\n";
  const namesOf = (section: string, files: Readonly<Record<string, string>>) => {
    const folder = mkdtempSync(join(tmpdir(), "eciton-names-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const source = openAtoms(spec(section), { seed: 1, folder });
    return Array.from({ length: source.count }, (_, i) => source.create(i).name);
  };

  it("have that of the file", () => {
    const two = { "a.b.xyz": frame, "c.extxyz": frame };
    expect(namesOf("{files: [a.b.xyz, c.extxyz]}", two)).toEqual(["a.b", "c"]);
    expect(namesOf("{file: a.b.xyz, rattle_A: 0.1, count: 2}", two)).toEqual(["a.b-1", "a.b-2"]);
  });

  it("are numbered where a file holds several, but for those that have a name", () => {
    const several = `${frame}1\nname=mine\nCu 0 0 0\n${frame}`;
    const files = { "a.xyz": several, "b.xyz": several };
    expect(namesOf("{files: [a.xyz, b.xyz], frames: all}", files)).toEqual([
      "a-1",
      "mine",
      "a-3",
      "b-1",
      "mine",
      "b-3",
    ]);
    expect(namesOf("{file: a.xyz}", files)).toEqual(["a"]);
  });
});
