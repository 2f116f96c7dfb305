import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { propertyOf, readProperties } from "../../src/data/property-table.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-properties-"));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("readProperties", () => {
  const csv = "# two\nname,e,gap,note\nb,-1.5,0.25,x\na,2,0,y\n";

  it("reads numeric columns by id and joins them in the order asked for", () => {
    const table = readProperties(put("t.csv", csv), { idColumn: "name", columns: ["gap", "e"] });
    expect(table.ids).toEqual(["b", "a"]);
    expect([...table.columns.keys()]).toEqual(["gap", "e"]);
    expect([...propertyOf(table, "e", ["a", "b", "a"])]).toEqual([2, -1.5, 2]);
    expect([...propertyOf(table, "gap", [])]).toEqual([]);
  });

  it("reads JSON and JSONL alike, with numbers as ids", () => {
    const json = readProperties(put("t.json", '{"rows": [{"id": 3, "e": 1}, {"id": "x", "e": "2.5"}]}'), {
      columns: ["e"],
    });
    expect([...propertyOf(json, "e", ["x", "3"])]).toEqual([2.5, 1]);
    const jsonl = readProperties(put("t.jsonl", '{"id": "x", "e": 4}\n'), { columns: ["e"] });
    expect([...propertyOf(jsonl, "e", ["x"])]).toEqual([4]);
  });

  it.each([
    ["a column that is not there", csv, ["f"], /t\.csv: no column "f"; found "name", "e", "gap", "note"/],
    ["words", csv, ["note"], /t\.csv:3: note: expected a finite number, found "x"/],
    ["an id used twice", `${csv}b,1,1,z\n`, ["e"], /t\.csv:5: name "b" is used twice, first on line 3/],
    ["an empty value", `${csv}c,,1,z\n`, ["e"], /t\.csv:5: e: expected a finite number, found nothing/],
    ["an empty id", `${csv},1,1,z\n`, ["e"], /t\.csv:5: name: expected a name, found ""/],
    ["an empty table", "name,e\n", ["e"], /t\.csv: no rows in the table/],
  ])("refuses %s", (_, text, columns, message) => {
    expect(() => readProperties(put("t.csv", text), { idColumn: "name", columns })).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringMatching(message) }),
    );
  });

  it("names the ids that the table does not have", () => {
    const table = readProperties(put("t.csv", csv), { idColumn: "name", columns: ["e"] });
    expect(() => propertyOf(table, "e", ["a", "c", "d", "b"])).toThrow(/no row for "c", "d" \(2 of 4 ids\)/);
    expect(() => propertyOf(table, "e", [..."123456789"])).toThrow(/"5" and 4 more \(9 of 9 ids\)/);
    expect(() => propertyOf(table, "gap", ["a"])).toThrow(/column "gap" was not read/);
  });
});

const reference = "../shared/data/ce/srcuox-vacancies-pyclupan";
const absent = !existsSync(reference);
if (absent) console.warn(`skipped: no reference data at ${reference}`);

describe.skipIf(absent)("energies of published VASP runs", () => {
  it("join onto every structure by id, and show where VASP 5 puts energy(sigma->0)", () => {
    const table = readProperties(`${reference}/energies.csv`, {
      columns: ["e_fr_energy", "e_wo_entrp", "e_0_energy"],
    });
    const ids = [...readFileSync(`${reference}/final.extxyz`, "utf8").matchAll(/config_id="([^"]+)"/g)].map(
      (m) => m[1],
    );
    expect(ids.length).toBe(513);
    const [free, second, third] = ["e_fr_energy", "e_wo_entrp", "e_0_energy"].map((c) =>
      propertyOf(table, c, ids),
    );
    const stated = [...readFileSync(`${reference}/final.extxyz`, "utf8").matchAll(/free_energy=(\S+)/g)].map(
      (m) => Number(m[1]),
    );
    expect([...free]).toEqual(stated);
    // In a step's last block e_0_energy is the entropy S, and e_wo_entrp is F − S/2, the mean of F and F − S: the
    // reason why the reader of vasprun.xml takes neither from there. Three numbers with 8 decimals: 1.3e-8.
    ids.forEach((_, i) => void expect(Math.abs(second[i] - (free[i] - third[i] / 2))).toBeLessThan(1.5e-8));
  });
});
