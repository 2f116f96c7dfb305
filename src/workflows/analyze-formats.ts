/** Tables as CSV, JSON lines and Parquet. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { EcitonError } from "../core/errors.ts";
import { toCsv } from "../report/csv.ts";

export const tableFormats = ["csv", "jsonl", "parquet"] as const;
export type TableFormat = (typeof tableFormats)[number];

export interface TableColumn {
  /** With its unit: "energy_eV". */
  readonly name: string;
  readonly type: "text" | "number" | "whole" | "flag";
}

/** Rows are as long as the columns; undefined where there is no value. */
export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly (string | number | boolean | undefined)[])[];
}

/**
 * @returns the content of a file
 * @throws {EcitonError} "shape" for a number that is not finite, or a row of another length
 */
export function formatTable(table: Table, format: TableFormat): string | Uint8Array {
  checkTable(table);
  switch (format) {
    case "csv":
      return toCsv(
        table.name,
        table.columns.map((column) => column.name),
        table.rows,
      );
    case "jsonl":
      return table.rows.map((row) => `${jsonRow(table.columns, row)}\n`).join("");
    case "parquet":
      return parquetTable(table);
    default:
      throw format satisfies never;
  }
}

function checkTable({ name, columns, rows }: Table): void {
  rows.forEach((row, r) => {
    if (row.length !== columns.length)
      throw new EcitonError(
        "shape",
        `${name}, row ${r + 1}: ${row.length} values in ${columns.length} columns`,
      );
    row.forEach((value, c) => {
      if (typeof value === "number" && !Number.isFinite(value))
        throw new EcitonError(
          "shape",
          `${name}, row ${r + 1}: ${columns[c].name} is ${value}, expected a number`,
        );
    });
  });
}

function jsonRow(columns: readonly TableColumn[], row: Table["rows"][number]): string {
  return JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
}

const parquetTypes = { text: "STRING", number: "DOUBLE", whole: "DOUBLE", flag: "BOOLEAN" } as const;

/** Whole numbers go as doubles, which hold them exactly up to 2^53 and which every reader takes as plain numbers. */
function parquetTable({ columns, rows }: Table): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, type }, c) => ({
      name,
      type: parquetTypes[type],
      nullable: true,
      data: rows.map((row) => row[c] ?? null),
    })),
    createdBy: "eciton",
  });
  return new Uint8Array(buffer);
}
