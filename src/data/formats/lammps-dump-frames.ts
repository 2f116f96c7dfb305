/** The frames of a LAMMPS dump file (dump atom, dump custom) as they stand. */
import { dataError } from "../../core/errors.ts";
import type { LineSource } from "../line-source.ts";
import { decimal, quoteToken, words } from "./tokens.ts";

export interface LammpsFrame {
  /** Line that the frame begins at. */
  readonly line: number;
  readonly timestep: number;
  /** Only where dump_modify asked for them. */
  readonly time: number | null;
  readonly units: string | null;
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Rows are the box vectors. */
  readonly cell: readonly number[];
  /** Corner of the box. */
  readonly origin: readonly [number, number, number];
  /** Names of the columns, and their words atom by atom in the file's order. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line of the first atom. */
  readonly firstRow: number;
}

/**
 * One frame after another; only the one at hand is held.
 * @see https://docs.lammps.org/dump.html, https://docs.lammps.org/Howto_triclinic.html
 * @throws {EcitonError} "data" with file and line
 */
export function* parseLammpsDump(lines: LineSource, file: string): Generator<LammpsFrame> {
  let units: string | null = null;
  for (let head = nextItem(lines, file); head !== null; head = nextItem(lines, file)) {
    const line = lines.number();
    const found: { time: number | null; timestep: number | null; atoms: number | null; box: Box | null } = {
      time: null,
      timestep: null,
      atoms: null,
      box: null,
    };
    let item = head;
    while (!item.startsWith("ATOMS")) {
      if (item === "UNITS") units = required(lines, file, "the units").trim();
      else if (item === "TIME") found.time = oneNumber(lines, file, "the time");
      else if (item === "TIMESTEP") found.timestep = oneNumber(lines, file, "the number of the step");
      else if (item === "NUMBER OF ATOMS") found.atoms = wholeNumber(lines, file);
      else if (item.startsWith("BOX BOUNDS")) found.box = readBox(item, lines, file);
      else
        throw dataError(
          file,
          lines.number(),
          `expected ITEM: TIMESTEP, NUMBER OF ATOMS, BOX BOUNDS, ATOMS, TIME or UNITS, found ${quoteToken(`ITEM: ${item}`)}`,
        );
      const next = nextItem(lines, file);
      if (next === null)
        throw dataError(file, lines.number(), `the file ends before the atoms of the frame at line ${line}`);
      item = next;
    }
    const { time, timestep, atoms, box } = found;
    if (timestep === null || atoms === null || box === null)
      throw dataError(
        file,
        lines.number(),
        `the frame at line ${line} has no ITEM: ${timestep === null ? "TIMESTEP" : atoms === null ? "NUMBER OF ATOMS" : "BOX BOUNDS"}`,
      );
    const columns = words(item.slice("ATOMS".length));
    const firstRow = lines.number() + 1;
    const rows = readRows(columns, atoms, line, lines, file);
    yield { line, timestep, time, units, ...box, columns, rows, firstRow };
  }
}

/** What follows "ITEM: " on the next line; null at the end of the file, before which lines may be blank. */
function nextItem(lines: LineSource, file: string): string | null {
  const line = lines.next();
  if (line === undefined) return null;
  if (line.startsWith("ITEM:")) return line.slice(5).trim();
  if (line.trim() !== "")
    throw dataError(file, lines.number(), `expected a line ITEM: ..., found ${quoteToken(line.trim())}`);
  const blank = lines.number();
  for (let rest = lines.next(); rest !== undefined; rest = lines.next())
    if (rest.trim() !== "")
      throw dataError(file, blank, "blank line within the file; blank lines may only stand at its end");
  return null;
}

function required(lines: LineSource, file: string, what: string): string {
  const line = lines.next();
  if (line === undefined) throw dataError(file, lines.number(), `the file ends where ${what} should stand`);
  return line;
}

function numbers(lines: LineSource, file: string, what: string, counts: readonly number[]): number[] {
  const line = required(lines, file, what);
  const values = words(line).map(decimal);
  if (!counts.includes(values.length) || values.some((x) => x === undefined))
    throw dataError(
      file,
      lines.number(),
      `${what}: expected ${counts.join(" or ")} numbers, found ${quoteToken(line.trim())}`,
    );
  return values as number[];
}

function oneNumber(lines: LineSource, file: string, what: string): number {
  return numbers(lines, file, what, [1])[0];
}

function wholeNumber(lines: LineSource, file: string): number {
  const value = oneNumber(lines, file, "the number of atoms");
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw dataError(file, lines.number(), `expected the number of atoms, found ${value}`);
}

type Box = Pick<LammpsFrame, "periodic" | "cell" | "origin">;

/**
 * The box: bounds of a brick; bounds of the brick around a tilted box with the tilts xy, xz, yz; or three vectors with
 * the corner.
 */
function readBox(item: string, lines: LineSource, file: string): Box {
  const names = words(item.slice("BOX BOUNDS".length));
  const sides = names.filter((name) => /^[pfsm]{2}$/.test(name));
  const line = lines.number();
  if (sides.length !== 3 && sides.length !== 0)
    throw dataError(file, line, `expected three boundaries such as pp, found ${quoteToken(item)}`);
  // Old files have none, and boxes were periodic then unless said otherwise elsewhere.
  const periodic = [0, 1, 2].map((k) => sides.length === 0 || sides[k] === "pp") as [
    boolean,
    boolean,
    boolean,
  ];
  const general = names.includes("abc");
  const tilted = names.includes("xy");
  const rows = [0, 1, 2].map(() =>
    numbers(lines, file, "a side of the box", general ? [4] : tilted ? [3] : [2]),
  );
  if (general)
    return {
      periodic,
      cell: rows.flatMap((row) => row.slice(0, 3)),
      origin: [rows[0][3], rows[1][3], rows[2][3]],
    };
  const [xy, xz, yz] = tilted ? [rows[0][2], rows[1][2], rows[2][2]] : [0, 0, 0];
  const low: [number, number, number] = [
    rows[0][0] - Math.min(0, xy, xz, xy + xz),
    rows[1][0] - Math.min(0, yz),
    rows[2][0],
  ];
  const high = [rows[0][1] - Math.max(0, xy, xz, xy + xz), rows[1][1] - Math.max(0, yz), rows[2][1]];
  const [lx, ly, lz] = [0, 1, 2].map((k) => high[k] - low[k]);
  if (!(lx > 0 && ly > 0 && lz > 0))
    throw dataError(file, line, `expected a box with a volume, found sides of ${lx}, ${ly}, ${lz}`);
  return { periodic, cell: [lx, 0, 0, xy, ly, 0, xz, yz, lz], origin: low };
}

function readRows(
  columns: readonly string[],
  atoms: number,
  frameLine: number,
  lines: LineSource,
  file: string,
): string[][] {
  if (columns.length === 0)
    throw dataError(
      file,
      lines.number(),
      "expected the names of the columns after ITEM: ATOMS, as in id type x y z",
    );
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw dataError(file, lines.number(), `the column ${twice} is named twice`);
  const rows: string[][] = [];
  for (let atom = 0; atom < atoms; atom++) {
    const line = lines.next();
    if (line === undefined)
      throw dataError(
        file,
        lines.number(),
        `the file ends after ${atom} of the ${atoms} atoms of the frame at line ${frameLine}`,
      );
    const row = words(line);
    if (row.length !== columns.length)
      throw dataError(
        file,
        lines.number(),
        `atom ${atom + 1} of ${atoms} of the frame at line ${frameLine}: expected ${columns.length} columns, found ${row.length}`,
      );
    rows.push(row);
  }
  return rows;
}
