/** Tables of numbers by id: energies and the like, to be joined onto structures that stand elsewhere. */
import { dataError } from "../core/errors.ts";
import { finiteNumber } from "./occupation-record.ts";
import { readTextFile } from "./read-text.ts";
import { parseTableRows, tableFormatOf } from "./table-rows.ts";

export interface PropertyTable {
  readonly file: string;
  readonly ids: readonly string[];
  /** One array for each column asked for, in the order of `ids`. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

export interface PropertyOptions {
  /** "id" unless told. */
  readonly idColumn?: string;
  /** The numeric columns to read; others are not looked at. */
  readonly columns: readonly string[];
}

/**
 * Reads a .csv, .json (an array, or an object with "rows") or .jsonl table.
 * @throws {EcitonError} "data" with the line: a column that is missing, a value that is not a finite number, an id
 *   used twice, an empty table
 */
export function readProperties(path: string, options: PropertyOptions): PropertyTable {
  const idColumn = options.idColumn ?? "id";
  const { columns, rows } = parseTableRows(readTextFile(path), path, tableFormatOf(path), "rows");
  const missing = [idColumn, ...options.columns].filter((name) => !columns.includes(name));
  if (rows.length === 0) throw dataError(path, null, "no rows in the table");
  if (missing.length > 0)
    throw dataError(path, null, `no column "${missing.join('", "')}"; found "${columns.join('", "')}"`);
  const lines = new Map<string, number>();
  for (const { line, values } of rows) {
    const value = values.get(idColumn);
    const id = typeof value === "number" ? String(value) : value;
    if (typeof id !== "string" || id === "")
      throw dataError(
        path,
        line,
        `${idColumn}: expected a name, found ${JSON.stringify(value) ?? "nothing"}`,
      );
    const earlier = lines.get(id);
    if (earlier !== undefined)
      throw dataError(path, line, `${idColumn} "${id}" is used twice, first on line ${earlier}`);
    lines.set(id, line);
  }
  const column = (name: string) =>
    Float64Array.from(rows, ({ line, values }) => finiteNumber(values.get(name), name, { file: path, line }));
  return {
    file: path,
    ids: [...lines.keys()],
    columns: new Map(options.columns.map((name) => [name, column(name)])),
  };
}

/**
 * The values of a column for these ids, in their order.
 * @throws {EcitonError} "data" naming the ids that the table does not have, or a column
 *   that was not read
 */
export function propertyOf(table: PropertyTable, column: string, ids: readonly string[]): Float64Array {
  const values = table.columns.get(column);
  if (values === undefined)
    throw dataError(
      table.file,
      null,
      `column "${column}" was not read; read are "${[...table.columns.keys()].join('", "')}"`,
    );
  const row = new Map(table.ids.map((id, index) => [id, index]));
  const missing = ids.filter((id) => !row.has(id));
  if (missing.length > 0) {
    const shown = missing.slice(0, 5).map((id) => `"${id}"`);
    const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
    throw dataError(
      table.file,
      null,
      `no row for ${shown.join(", ")}${more} (${missing.length} of ${ids.length} ids)`,
    );
  }
  return Float64Array.from(ids, (id) => values[row.get(id)!]);
}
