import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { det3, type Mat3, type Vec3 } from "../../src/core/linalg.ts";
import type { OccupationRecord } from "../../src/data/occupation-record.ts";
import { parseOccupationTable, readOccupationTable } from "../../src/data/occupation-table.ts";
import {
  formatOccupationCsv,
  formatOccupationJsonl,
  writeOccupationTable,
} from "../../src/data/occupation-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-table-"));
afterAll(() => rmSync(folder, { recursive: true }));

const csv = (text: string, options = {}) => parseOccupationTable(text, "t.csv", "csv", options).records;
const json = (text: string) => parseOccupationTable(text, "t.json", "json").records;
const jsonl = (text: string) => parseOccupationTable(text, "t.jsonl", "jsonl").records;

const expected: OccupationRecord = {
  id: "a1",
  supercell: [4, 0, 0, 0, 4, 0, 0, 0, 1],
  occupants: [
    { species: "V", site: "O1", cell: [0, 1, 0] },
    { species: "Ce3+", site: "Ce1", cell: [2, 3, 0] },
  ],
  energy: -1.25,
  weight: 2,
  extra: { note: "by hand" },
  line: 3,
};

describe("parseOccupationTable", () => {
  it("reads CSV with comments, blanks and extra columns", () => {
    const text = `# ceria
id, supercell, occupants, energy_eV, weight, note
a1, "4,4,1", "V@O1[0,1,0]; Ce3+@Ce1[2,3,0]", -1.25, 2, by hand

# the lattice itself
a2, 1 0 0 0 1 0 0 0 2, , 0, ,
`;
    expect(csv(text)).toEqual([
      expected,
      { id: "a2", supercell: [1, 0, 0, 0, 1, 0, 0, 0, 2], occupants: [], energy: 0, extra: {}, line: 6 },
    ]);
  });

  it("reads the same from JSON, as an array or under a key, and from JSONL", () => {
    const first = `{"id": "a1", "supercell": [4, 4, 1], "energy_eV": -1.25, "weight": 2, "note": "by hand",
      "occupants": ["V@O1[0,1,0]", {"species": "Ce3+", "site": "Ce1", "cell": [2, 3, 0]}]}`;
    const second = `{"id": 7, "supercell": [[1, 0, 0], [0, 1, 0], [0, 0, 2]], "occupants": "", "run": {"k": 3}, "gap": null}`;
    const plain = {
      id: "7",
      supercell: [1, 0, 0, 0, 1, 0, 0, 0, 2],
      occupants: [],
      extra: { run: '{"k":3}' },
    };
    expect(json(`[\n\n${first},\n ${second}\n]`)).toEqual([expected, { ...plain, line: 5 }]);
    expect(json(`{"lattice": {"a": [1, "]"]},\n"configurations":\n[${first}\n]}`)).toEqual([expected]);
    expect(jsonl(`\n\n${first.replace("\n", " ")}\n${second}\n`)).toEqual([expected, { ...plain, line: 4 }]);
  });

  it("takes ids and energies from other columns on request", () => {
    const text = `name,supercell,occupants,e0,energy_eV\nx,1 1 1,,2.5,9\n`;
    const [record] = csv(text, { idColumn: "name", energyColumn: "e0" });
    expect(record).toEqual({
      id: "x",
      supercell: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      occupants: [],
      energy: 2.5,
      extra: {},
      line: 2,
    });
  });

  it("warns when only some configurations have an energy", () => {
    const row = (id: string, energy: string) =>
      `{"id": "${id}", "supercell": "1,1,1", "occupants": []${energy}}\n`;
    const { warnings } = parseOccupationTable(row("a", ', "energy_eV": 1') + row("b", ""), "t", "jsonl");
    expect(warnings).toEqual([`t: 1 of 2 configurations have no energy_eV, first "b" on line 2`]);
  });

  it("tells sites apart modulo the supercell, whatever its shape", () => {
    // Independent reference: cells are the same when S n, over a box of integers n, joins them.
    const matrix = fc
      .array(fc.integer({ min: -1, max: 1 }), { minLength: 9, maxLength: 9 })
      .filter((m) => det3(m) !== 0);
    const cell = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 });
    let same = 0;
    fc.assert(
      fc.property(matrix, cell, cell, (s, a, b) => {
        let joined = false;
        // n = (b − a) adj(S) / det S, so |n| is at most 3 · 4 · 2 for entries this small.
        for (let i = -24; i <= 24; i++)
          for (let j = -24; j <= 24; j++)
            for (let k = -24; k <= 24 && !joined; k++)
              joined = [0, 1, 2].every((c) => a[c] + i * s[c] + j * s[3 + c] + k * s[6 + c] === b[c]);
        const text = `{"id": "x", "supercell": [${s}], "occupants": "V@O[${a}]; V@O[${b}]"}`;
        const read = () => jsonl(text);
        if (joined) {
          same++;
          expect(read).toThrow(/are the same site of the supercell/);
        } else expect(read()).toHaveLength(1);
      }),
      { numRuns: 60, seed: 3 },
    );
    expect(same).toBeGreaterThan(5);
  });

  const row = 'a,"2,2,1",V@O1[0 0 0],1.5';
  it.each([
    [
      "a missing column",
      "id,supercell,energy_eV\na,1 1 1,1\n",
      /^t\.csv: no column "occupants"; found "id", "supercell", "energy_eV"/,
    ],
    [
      "an energy that is NaN",
      `${row}\nb,"2,2,1",,NaN`,
      /^t\.csv:3: energy_eV: expected a finite number, found "NaN"/,
    ],
    ["an energy that overflows", `${row}\nb,"2,2,1",,1e999`, /^t\.csv:3: energy_eV: .*found "1e999"/],
    ["an empty energy", 'b,"2,2,1",,', /^t\.csv:2: energy_eV: expected a finite number, found nothing/],
    ["an energy in words", 'b,"2,2,1",,-1.5 eV', /^t\.csv:2: energy_eV: .*found "-1\.5 eV"/],
    ["an id used twice", `${row}\n${row}`, /^t\.csv:3: id "a" is used twice, first on line 2/],
    [
      "a site listed twice",
      'a,"2,2,1","V@O1[0,0,0]; H@O1[2,0,5]",1',
      /^t\.csv:2: occupants: V@O1\[0,0,0\] and H@O1\[2,0,5\] are the same/,
    ],
    [
      "a cell that is not whole",
      'a,"2,2,1","V@O1[0.5,0,0]",1',
      /^t\.csv:2: occupants: expected three integers for the cell/,
    ],
    [
      "an occupant without cell",
      'a,"2,2,1",V@O1,1',
      /^t\.csv:2: occupants: expected species@site\[i,j,k\], found "V@O1"/,
    ],
    [
      "a singular supercell",
      'a,"1 2 3 2 4 6 0 0 1",,1',
      /^t\.csv:2: supercell: "1 2 3 2 4 6 0 0 1" has no volume/,
    ],
    ["a supercell of two numbers", 'a,"2,2",,1', /^t\.csv:2: supercell: expected three integers/],
    ["a supercell of fractions", 'a,"2,2,0.5",,1', /^t\.csv:2: supercell: expected three integers/],
    ["a row that is too short", "a,2 2 1,", /^t\.csv:2: not a CSV table: .*expect 4, got 3/],
    ["a table without rows", "", /^t\.csv: no configurations in the table/],
  ])("refuses %s", (_, rows, message) => {
    const text = rows.startsWith("id,") ? rows : `id,supercell,occupants,energy_eV\n${rows}\n`;
    expect(() => csv(text)).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ["an empty file", "", /expected an array of objects/],
    ["an empty list", "[]", /^t\.json: no configurations in the table/],
    [
      "an object without the list",
      '{"a": 1}',
      /^t\.json:1: expected an array of objects, or an object with "configurations"/,
    ],
    ["a NaN", '[\n{"id": "a", "energy_eV": NaN}\n]', /^t\.json:2: NaN is no number of JSON/],
    [
      "a null energy",
      '[\n{"id": "a", "supercell": [1,1,1], "occupants": [], "energy_eV": null}]',
      /^t\.json:2: energy_eV: .*found nothing/,
    ],
    ["a cut file", '[\n{"id": "a"},\n{"id"', /^t\.json:3: the JSON ends before/],
    ["a trailing comma", '[\n{"id": "a"},\n]', /^t\.json:3: not JSON/],
    ["text after the end", '[{"id": "a"}] x', /^t\.json: not JSON/],
    ["a number among the rows", "[\n1]", /^t\.json:2: expected an object with named fields, found 1/],
    [
      "a field missing in one row",
      '[{"id": "a", "supercell": "1,1,1", "occupants": []},\n{"id": "b", "occupants": []}]',
      /^t\.json:2: no field "supercell"/,
    ],
  ])("refuses %s in JSON", (_, text, message) => {
    expect(() => json(text)).toThrow(
      expect.objectContaining({ code: "data", message: expect.stringMatching(message) }),
    );
  });
});

describe("the writers", () => {
  const name = fc.string({ minLength: 1, maxLength: 6 }).filter((s) => /^[^@\s;[\]]+$/.test(s));
  const text = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" });
  const energy = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
  const record = (withEnergy: boolean) =>
    fc
      .record(
        {
          id: text.filter((s) => s.trim() === s),
          supercell: fc.oneof(
            fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 9, maxLength: 9 }),
            fc
              .array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 })
              .map(([a, b, c]) => [a, 0, 0, 0, b, 0, 0, 0, c]),
          ) as unknown as fc.Arbitrary<Mat3>,
          occupants: fc.uniqueArray(
            fc.record({
              species: name,
              site: name,
              cell: fc.tuple(fc.integer(), fc.nat(3), fc.nat(3)) as fc.Arbitrary<Vec3>,
            }),
            { maxLength: 4, selector: (o) => o.site },
          ),
          energy,
          weight: fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true }),
          extra: fc.dictionary(
            text.filter(
              (s) => s.trim() === s && !["id", "supercell", "occupants", "energy_eV", "weight"].includes(s),
            ),
            text,
            { maxKeys: 2 },
          ),
        },
        {
          requiredKeys: [
            "id",
            "supercell",
            "occupants",
            "extra",
            ...(withEnergy ? (["energy"] as const) : []),
          ],
        },
      )
      .filter((r) => det3(r.supercell) !== 0)
      .map((r) => (withEnergy ? r : { ...r, energy: undefined }));
  const tables = fc
    .boolean()
    .chain((withEnergy) =>
      fc.uniqueArray(record(withEnergy), { minLength: 1, maxLength: 4, selector: (r) => r.id }),
    );

  it("write what is read back as the same records, bit by bit", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const records = table.map((r) => ({ ...r, extra: { ...r.extra }, line: 0 }));
        const strip = (read: readonly OccupationRecord[]) =>
          read.map((r) => ({ ...r, extra: { ...r.extra }, line: 0 }));
        expect(strip(csv(formatOccupationCsv(records)))).toEqual(records);
        expect(strip(jsonl(formatOccupationJsonl(records)))).toEqual(records);
      }),
      { numRuns: 500 },
    );
  });

  it("write files that are read by their names", () => {
    for (const file of ["t.csv", "t.jsonl"]) {
      const path = join(folder, file);
      writeOccupationTable(path, [expected]);
      const line = file === "t.csv" ? 2 : 1;
      expect(readOccupationTable(path)).toEqual({ records: [{ ...expected, line }], warnings: [] });
    }
  });

  it("refuse what could not be read back", () => {
    const bare = { ...expected, energy: undefined };
    expect(() => formatOccupationCsv([expected, { ...bare, id: "b" }])).toThrow(
      /1 of 2 configurations have an energy/,
    );
    expect(() => formatOccupationCsv([{ ...expected, energy: Number.NaN }])).toThrow(
      /energy of configuration "a1" is NaN/,
    );
    expect(() => formatOccupationJsonl([{ ...expected, energy: Number.NaN }])).toThrow(/not a finite number/);
    expect(() => writeOccupationTable("t.xlsx", [expected])).toThrow(/ends in \.csv or \.jsonl/);
    expect(() => readOccupationTable("t.xlsx")).toThrow(/expected a table that ends in/);
  });
});
