/** The frames of an extended XYZ file as they stand: entries of the second line, and columns. */
import { dataError, EcitonError } from "../../core/errors.ts";
import type { LineSource } from "../line-source.ts";
import { type ExtxyzValue, parseKeyValues } from "./extxyz-keyvalues.ts";
import { decimal, quoteToken, words } from "./tokens.ts";

export type ExtxyzColumn = { readonly name: string; readonly width: number } & (
  | { readonly type: "S"; readonly values: string[] }
  | { readonly type: "I" | "R"; readonly values: Float64Array }
  | { readonly type: "L"; readonly values: boolean[] }
);

export interface ExtxyzFrame {
  /** Line with the number of atoms. */
  readonly line: number;
  readonly atoms: number;
  /** Entries of the second line, `Properties` taken out. */
  readonly entries: Map<string, ExtxyzValue>;
  /** The second line of plain XYZ, which is free text; null if it was read as entries. */
  readonly comment: string | null;
  /** Columns in the file's order; values of one atom stand together. */
  readonly columns: readonly ExtxyzColumn[];
  readonly warnings: readonly string[];
}

const defaultProperties = "species:S:1:pos:R:3";

/**
 * One frame after another; only the one at hand is held. Without `Properties` the columns are species, x, y, z and
 * any further ones are skipped, with a warning. A second line without "=" is plain XYZ's comment, and so, with
 * a warning, is one that is no key=value text and names neither Properties nor Lattice.
 * @throws {EcitonError} "data" with file and line
 */
export function* parseExtxyz(lines: LineSource, file: string): Generator<ExtxyzFrame> {
  for (let head = lines.next(); head !== undefined; head = lines.next()) {
    const line = lines.number();
    if (head.trim() === "") {
      const blank = line;
      for (let rest = lines.next(); rest !== undefined; rest = lines.next())
        if (rest.trim() !== "")
          throw dataError(file, blank, "blank line between frames; blank lines may only stand at the end");
      return;
    }
    if (!/^\s*\d+\s*$/.test(head) || Number(head) === 0)
      throw dataError(
        file,
        line,
        `expected the number of atoms of a frame, found ${quoteToken(head.trim())}${line === 1 ? "" : "; does the frame before it have more atoms than it says?"}`,
      );
    const atoms = Number(head);
    const second = lines.next();
    if (second === undefined) throw dataError(file, line, "the file ends after the number of atoms");
    const { entries, comment, warnings } = readSecondLine(second, file, line + 1);
    const properties = entries.get("Properties");
    entries.delete("Properties");
    const columns = parseProperties(properties, atoms, file, line + 1);
    const exact = properties !== undefined;
    const extra = readRows(columns, atoms, exact, line, lines, file);
    if (extra)
      warnings.push("columns after species, x, y, z are skipped where the second line has no Properties");
    yield { line, atoms, entries, comment, columns, warnings };
  }
}

function readSecondLine(text: string, file: string, line: number) {
  const plain = (warnings: string[]) => ({
    entries: new Map<string, ExtxyzValue>(),
    comment: text.trim(),
    warnings,
  });
  if (!text.includes("=")) return plain([]);
  try {
    return { entries: parseKeyValues(text, file, line), comment: null, warnings: [] as string[] };
  } catch (error) {
    if (!(error instanceof EcitonError) || /\b(Properties|Lattice)\b/.test(text)) throw error;
    return plain(["the second line is taken as a comment, since it is not key=value text"]);
  }
}

function parseProperties(value: ExtxyzValue | undefined, atoms: number, file: string, line: number) {
  const text = value === undefined ? defaultProperties : String(value.values[0]);
  const parts = text.split(":");
  const fail = (message: string): never => {
    throw dataError(
      file,
      line,
      `Properties: ${message} in ${quoteToken(text)}; expected name:S|I|R|L:width:...`,
    );
  };
  if (parts.length % 3 !== 0 || (value !== undefined && value.shape.length > 0))
    fail("not a list of name, type and width");
  const columns: ExtxyzColumn[] = [];
  for (let i = 0; i < parts.length; i += 3) {
    const [name, type, digits] = parts.slice(i, i + 3);
    if (!/^[1-9]\d*$/.test(digits)) fail(`width ${quoteToken(digits)}`);
    if (name === "") fail("an empty name");
    if (columns.some((column) => column.name === name)) fail(`"${name}" twice`);
    const width = Number(digits);
    if (type === "S") columns.push({ name, width, type, values: [] });
    else if (type === "L") columns.push({ name, width, type, values: [] });
    else if (type === "I" || type === "R")
      columns.push({ name, width, type, values: new Float64Array(width * atoms) });
    else fail(`type ${quoteToken(type)}`);
  }
  return columns;
}

/** Fills the columns; true if there were words after the last column, which is an error if `exact`. */
function readRows(
  columns: readonly ExtxyzColumn[],
  atoms: number,
  exact: boolean,
  frameLine: number,
  lines: LineSource,
  file: string,
): boolean {
  const total = columns.reduce((sum, column) => sum + column.width, 0);
  let extra = false;
  for (let atom = 0; atom < atoms; atom++) {
    const row = lines.next();
    if (row === undefined)
      throw dataError(
        file,
        lines.number(),
        `the file ends after ${atom} of the ${atoms} atoms of the frame at line ${frameLine}`,
      );
    const line = lines.number();
    const tokens = words(row);
    if (tokens.length < total || (exact && tokens.length > total))
      throw dataError(
        file,
        line,
        `atom ${atom + 1} of ${atoms} of the frame at line ${frameLine}: expected ${total} columns, found ${tokens.length}`,
      );
    extra ||= tokens.length > total;
    let at = 0;
    for (const column of columns)
      for (let k = 0; k < column.width; k++) {
        const token = tokens[at++];
        const problem = store(column, column.width * atom + k, token);
        if (problem !== "")
          throw dataError(
            file,
            line,
            `column ${at} (${column.name}): expected ${problem}, found ${quoteToken(token)}`,
          );
      }
  }
  return extra;
}

/** Puts one word into a column; what was expected instead, if it does not fit. */
function store(column: ExtxyzColumn, index: number, token: string): string {
  switch (column.type) {
    case "S":
      column.values.push(token);
      return "";
    case "L":
      if (!/^(T|F|[tT]rue|TRUE|[fF]alse|FALSE)$/.test(token)) return "T or F";
      column.values.push(/^t/i.test(token));
      return "";
    case "I":
      if (!/^[+-]?\d+$/.test(token)) return "a whole number";
      column.values[index] = Number(token);
      return "";
    case "R": {
      const value = decimal(token);
      if (value === undefined) return "a number";
      column.values[index] = value;
      return "";
    }
    default:
      return column satisfies never;
  }
}
