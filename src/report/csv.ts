/** CSV (RFC 4180, "\n" line ends) of the numbers behind a plot. */
import { EcitonError } from "../core/errors.ts";

export type CsvValue = string | number | boolean | undefined;

/**
 * @param rows one list a row, as long as `columns`; undefined gives an empty field
 * @throws {EcitonError} "shape" for a row of another length or a number that is not finite
 */
export function toCsv(name: string, columns: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [columns.map(field).join(",")];
  for (const row of rows) {
    if (row.length !== columns.length)
      throw new EcitonError(
        "shape",
        `${name}, CSV row ${lines.length}: expected ${columns.length} values, found ${row.length}`,
      );
    lines.push(row.map((value, i) => field(checked(name, lines.length, columns[i], value))).join(","));
  }
  return `${lines.join("\n")}\n`;
}

function checked(name: string, row: number, column: string, value: CsvValue): CsvValue {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new EcitonError("shape", `${name}, row ${row}: ${column} is ${value}, expected a finite number`, {
      plot: name,
      row,
      column,
    });
  return value;
}

function field(value: CsvValue): string {
  const text = value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
