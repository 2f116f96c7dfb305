/** Tables as files, read back by other programs' rules. */
import { parse as parseCsv } from "csv-parse/sync";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../src/core/errors.ts";
import { formatTable, type Table, tableFormats } from "../../src/workflows/analyze-formats.ts";

const table: Table = {
  name: "test",
  columns: [
    { name: "run", type: "text" },
    { name: "energy_eV", type: "number" },
    { name: "steps", type: "whole" },
    { name: "settled", type: "flag" },
  ],
  rows: [
    ['a, "b"', -Math.PI * 1e-7, 5_000_000_000, true],
    ["Θ = 1/16", 0.1 + 0.2, 0, false],
    ["line\nbreak", undefined, undefined, undefined],
  ],
};
const empty: Table = { ...table, rows: [] };

function records({ columns, rows }: Table) {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
}

async function readParquet(content: string | Uint8Array) {
  const bytes = content as Uint8Array;
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return { metadata: parquetMetadata(file), rows: await parquetReadObjects({ file }) };
}

describe("formatTable", () => {
  it("writes Parquet that gives every value back, with types", async () => {
    const { metadata, rows } = await readParquet(formatTable(table, "parquet"));
    expect(rows).toEqual(records(table));
    expect(parquetSchema(metadata).children.map(({ element }) => [element.name, element.type])).toEqual([
      ["run", "BYTE_ARRAY"],
      ["energy_eV", "DOUBLE"],
      ["steps", "DOUBLE"],
      ["settled", "BOOLEAN"],
    ]);
  });

  it("writes Parquet without rows", async () => {
    const { metadata, rows } = await readParquet(formatTable(empty, "parquet"));
    expect(rows).toEqual([]);
    expect(parquetSchema(metadata).children.map(({ element }) => element.name)).toEqual(
      table.columns.map(({ name }) => name),
    );
  });

  it("writes Parquet with more rows than one group holds", async () => {
    const many = {
      ...table,
      rows: Array.from({ length: 5000 }, (_, i) => [`r${i % 7}`, i / 3, i, i % 2 === 0]),
    };
    const { rows } = await readParquet(formatTable(many, "parquet"));
    expect(rows).toEqual(records(many));
  });

  it("writes JSON lines: one document a row, null where there is no value", () => {
    const text = formatTable(table, "jsonl") as string;
    expect(text.endsWith("\n")).toBe(true);
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(records(table));
    expect(formatTable(empty, "jsonl")).toBe("");
  });

  it("writes CSV with the columns' names, and doubles with all their digits", () => {
    const rows = parseCsv(formatTable(table, "csv") as string, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => [row.run, row.settled])).toEqual([
      ['a, "b"', "true"],
      ["Θ = 1/16", "false"],
      ["line\nbreak", ""],
    ]);
    expect(rows.map(({ energy_eV }) => (energy_eV === "" ? undefined : Number(energy_eV)))).toEqual(
      table.rows.map((row) => row[1]),
    );
  });

  it.each(tableFormats)("never writes a number that is not finite, nor a crooked row: %s", (format) => {
    const wrong = (row: Table["rows"][number]) => () => formatTable({ ...table, rows: [row] }, format);
    expect(wrong(["a", Number.NaN, 1, true])).toThrow(EcitonError);
    expect(wrong(["a", 1, Number.POSITIVE_INFINITY, true])).toThrow(/test, row 1: steps is Infinity/);
    expect(wrong(["a", 1])).toThrow(/2 values in 4 columns/);
  });
});
