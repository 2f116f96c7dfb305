/** Rows of a CSV, JSON or JSONL table, each with its line; what the columns mean is for others to say. */
import { type CsvError, parse as parseCsv } from "csv-parse/sync";
import { dataError } from "../core/errors.ts";

export type TableFormat = "csv" | "json" | "jsonl";

export interface TableRow {
  readonly line: number;
  /** Text in CSV, any JSON value otherwise. */
  readonly values: ReadonlyMap<string, unknown>;
}

export interface TableRows {
  /** Columns in the order in which they first appear. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/**
 * The format by the end of the name; `.gz` after it is allowed.
 * @throws {EcitonError} "data" for another ending
 */
export function tableFormatOf(path: string): TableFormat {
  const ending = /\.(csv|json|jsonl|ndjson)(?:\.gz)?$/i.exec(path)?.[1].toLowerCase();
  if (ending === undefined)
    throw dataError(
      path,
      null,
      "expected a table that ends in .csv, .json, .jsonl or .ndjson (or these with .gz)",
    );
  return ending === "ndjson" ? "jsonl" : (ending as TableFormat);
}

/**
 * CSV has a line of column names, commas, and # for lines of comment. JSON is an array of objects, or an object that
 * holds one under `listKey`. JSONL has one object on each line.
 * @throws {EcitonError} "data" with the line, for anything else
 */
export function parseTableRows(text: string, file: string, format: TableFormat, listKey: string): TableRows {
  if (format === "csv") return csvRows(text, file);
  const rows = format === "jsonl" ? jsonLines(text, file) : jsonArray(text, file, listKey);
  return { columns: [...new Set(rows.flatMap((row) => [...row.values.keys()]))], rows };
}

function csvRows(text: string, file: string): TableRows {
  let parsed: { record: string[]; info: { lines: number } }[];
  try {
    parsed = parseCsv(text, {
      comment: "#",
      comment_no_infix: true,
      skip_empty_lines: true,
      trim: true,
      info: true,
    }) as unknown as typeof parsed;
  } catch (cause) {
    const { lines, message } = cause as CsvError & { lines?: number };
    throw dataError(file, lines ?? null, `not a CSV table: ${message}`, cause);
  }
  const [head, ...body] = parsed;
  if (head === undefined) throw dataError(file, null, "the table is empty: expected a line of column names");
  const columns = head.record;
  const wrong = columns.findIndex((name, i) => name === "" || columns.indexOf(name) !== i);
  if (wrong >= 0)
    throw dataError(
      file,
      head.info.lines,
      columns[wrong] === "" ? `column ${wrong + 1} has no name` : `two columns are named "${columns[wrong]}"`,
    );
  const rows = body.map(({ record, info }) => ({
    // csv-parse tells the line on which a record ends.
    line: info.lines - record.reduce((n, cell) => n + cell.split("\n").length - 1, 0),
    values: new Map(columns.map((name, i) => [name, record[i]])),
  }));
  return { columns, rows };
}

function jsonLines(text: string, file: string): TableRow[] {
  return text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [jsonRow(line, file, index + 1)]));
}

function jsonArray(text: string, file: string, listKey: string): TableRow[] {
  // JSON.parse keeps no positions, so the items are found by scanning; it is the judge of the whole, though.
  let fault: unknown;
  try {
    JSON.parse(text);
  } catch (cause) {
    fault = cause;
  }
  let open = text.search(/\S/);
  if (text[open] === "{") {
    const key = JSON.stringify(listKey);
    const list = topLevelItems(text, open, file).find((item) => item.text.startsWith(key));
    const value = list && /^\s*:\s*/.exec(list.text.slice(key.length));
    if (!list || !value)
      throw dataError(
        file,
        lineOf(text, open),
        `expected an array of objects, or an object with ${key}; found neither`,
      );
    open = list.offset + key.length + value[0].length;
  }
  if (text[open] !== "[")
    throw dataError(file, lineOf(text, Math.max(0, open)), "expected an array of objects");
  const rows = topLevelItems(text, open, file).map((item) => jsonRow(item.text, file, item.line));
  if (fault) throw dataError(file, null, `not JSON: ${(fault as Error).message}`, fault);
  return rows;
}

function jsonRow(text: string, file: string, line: number): TableRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const hint = /\b(NaN|Infinity)\b/.exec(text);
    throw dataError(
      file,
      line,
      hint ? `${hint[1]} is no number of JSON` : `not JSON: ${(cause as Error).message}`,
      cause,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw dataError(file, line, `expected an object with named fields, found ${text.trim().slice(0, 40)}`);
  return { line, values: new Map(Object.entries(value)) };
}

interface Item {
  readonly text: string;
  readonly offset: number;
  readonly line: number;
}

/** The comma-separated items of the array or object that opens at `open`, unparsed. */
function topLevelItems(text: string, open: number, file: string): Item[] {
  const items: Item[] = [];
  let line = lineOf(text, open);
  let depth = 0;
  let begin = -1;
  let beginLine = line;
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === "\n") line++;
    if (depth > 0 && begin < 0 && !/\s/.test(c)) {
      begin = i;
      beginLine = line;
    }
    if (c === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === "\\") i++;
    } else if (c === "[" || c === "{") depth++;
    else if (c === "]" || c === "}") depth--;
    if (depth === 0 || (depth === 1 && c === ",")) {
      if (items.length > 0 || begin < i)
        items.push({ text: text.slice(begin, i).trim(), offset: begin, line: beginLine });
      if (depth === 0) return items;
      begin = -1;
    }
  }
  throw dataError(
    file,
    lineOf(text, text.trimEnd().length),
    "the JSON ends before its last bracket is closed",
  );
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
