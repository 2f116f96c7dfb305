/** LAMMPS dump files: from frames to structures. */
import { dataError } from "../../core/errors.ts";
import { rowTimes } from "../../core/linalg.ts";
import { type LineSource, linesOfText } from "../line-source.ts";
import { checkStructure, type Dataset, type InfoValue, type Structure } from "../structure.ts";
import { type LammpsFrame, parseLammpsDump } from "./lammps-dump-frames.ts";
import { decimal, quoteToken } from "./tokens.ts";

/** Units of LAMMPS whose lengths are Å (or reduced ones). */
const unitStyles = ["metal", "real", "lj"] as const;
export type LammpsUnits = (typeof unitStyles)[number];

export interface LammpsOptions {
  /** Species by number of the type, the first for type 1; needed where there is no column `element`. */
  readonly types?: readonly string[];
  /** Default: what the file says, else metal. */
  readonly units?: LammpsUnits;
}

/** eV per kcal/mol, by the thermochemical calorie and the Faraday constant. */
const KCAL_PER_MOL_EV = 4184 / 96485.33212;
/** To Å/fs, eV/Å and ps. Reduced units stay as they are. */
const factors = {
  metal: { velocity: 1e-3, force: 1, time: 1 },
  real: { velocity: 1, force: KCAL_PER_MOL_EV, time: 1e-3 },
  lj: { velocity: 1, force: 1, time: 1 },
} as const;

/** Ways to give a position, the best first. Scaled coordinates are fractions of the box. */
const positionColumns = [
  { names: ["xu", "yu", "zu"], scaled: false, wrapped: false },
  { names: ["x", "y", "z"], scaled: false, wrapped: true },
  { names: ["xsu", "ysu", "zsu"], scaled: true, wrapped: false },
  { names: ["xs", "ys", "zs"], scaled: true, wrapped: true },
] as const;

/**
 * Reads all frames. Atoms are put in the order of their ids; positions are unwrapped where the file has the images ix,
 * iy, iz. Velocities stay under "atom.vel" (Å/fs), the step under "step", the time under "time_ps"; columns without a
 * place of their own under "atom." and their name, ids only where they are not 1, 2, 3 ...
 * @throws {EcitonError} "data" with file and line
 */
export function readLammpsDump(text: string, file: string, options: LammpsOptions = {}): Dataset {
  const warnings: string[] = [];
  const structures = [
    ...lammpsStructures(linesOfText(text), file, options, (warning) => warnings.push(warning)),
  ];
  if (structures.length === 0) throw dataError(file, 1, "there are no structures: the file is empty");
  return { structures, warnings };
}

/** As readLammpsDump, frame by frame; each warning is given once. */
export function* lammpsStructures(
  lines: LineSource,
  file: string,
  options: LammpsOptions,
  warn: (warning: string) => void,
): Generator<Structure> {
  const told = new Set<string>();
  for (const frame of parseLammpsDump(lines, file))
    yield toStructure(frame, file, options, (remark) => {
      if (told.has(remark)) return;
      told.add(remark);
      warn(`${file}:${frame.line}: ${remark}`);
    });
}

function toStructure(
  frame: LammpsFrame,
  file: string,
  options: LammpsOptions,
  remark: (text: string) => void,
): Structure {
  const { columns, rows, cell, origin, firstRow } = frame;
  const has = (name: string) => columns.includes(name);
  const order = orderOf(frame, file);
  const column = (name: string): Float64Array => {
    const at = columns.indexOf(name);
    return Float64Array.from(order, (row) => {
      const value = decimal(rows[row][at]);
      if (value === undefined)
        throw dataError(
          file,
          firstRow + row,
          `column ${name}: expected a number, found ${quoteToken(rows[row][at])}`,
        );
      return value;
    });
  };
  const triple = (names: readonly string[], factor: number): Float64Array => {
    const parts = names.map(column);
    return Float64Array.from(
      { length: 3 * order.length },
      (_, i) => factor * parts[i % 3][Math.floor(i / 3)],
    );
  };
  const used = new Set(["id", "type", "element"]);
  const take = (names: readonly string[]): boolean => {
    if (!names.every(has)) return false;
    for (const name of names) used.add(name);
    return true;
  };

  const way = positionColumns.find(({ names }) => names.every(has));
  if (way === undefined)
    throw dataError(
      file,
      firstRow - 1,
      `expected columns x y z, xu yu zu, xs ys zs or xsu ysu zsu, found ${columns.join(" ")}`,
    );
  for (const { names } of positionColumns) take(names);
  const positions = triple(way.names, 1);
  if (way.scaled)
    for (let at = 0; at < positions.length; at += 3) {
      const place = rowTimes(positions.subarray(at, at + 3), cell);
      for (let k = 0; k < 3; k++) positions[at + k] = place[k] + origin[k];
    }
  const images = ["ix", "iy", "iz"];
  if (take(images) && way.wrapped) {
    const shifts = triple(images, 1);
    for (let at = 0; at < positions.length; at += 3) {
      const shift = rowTimes(shifts.subarray(at, at + 3), cell);
      for (let k = 0; k < 3; k++) positions[at + k] += shift[k];
    }
  }

  const physical = ["vx", "fx"].some(has) || frame.time !== null;
  const units = unitsOf(frame, file, options, physical ? remark : () => {});
  const factor = factors[units];
  const info: Record<string, InfoValue> = { step: frame.timestep };
  if (frame.time !== null) info[units === "lj" ? "time" : "time_ps"] = factor.time * frame.time;
  const velocities = ["vx", "vy", "vz"];
  if (take(velocities)) info["atom.vel"] = Array.from(triple(velocities, factor.velocity));
  const forceNames = ["fx", "fy", "fz"];
  const forces = take(forceNames) ? triple(forceNames, factor.force) : undefined;
  const charges = take(["q"]) ? column("q") : undefined;
  if (has("id") && order.some((row, i) => Number(rows[row][columns.indexOf("id")]) !== i + 1))
    info["atom.id"] = Array.from(column("id"));
  for (const name of columns) {
    if (used.has(name)) continue;
    const at = columns.indexOf(name);
    const numeric = order.every((row) => decimal(rows[row][at]) !== undefined);
    info[`atom.${name}`] = numeric ? Array.from(column(name)) : Array.from(order, (row) => rows[row][at]);
  }
  return checkStructure({
    cell: Float64Array.from(cell),
    periodic: frame.periodic,
    species: speciesOf(frame, order, file, options, remark),
    positions,
    ...(forces && { forces }),
    ...(charges && { charges }),
    name: `step ${frame.timestep}`,
    info,
    source: { file, line: frame.line },
  });
}

/** Rows in the order of their ids; as they stand where there are none. */
function orderOf({ columns, rows, firstRow }: LammpsFrame, file: string): number[] {
  const order = Array.from(rows.keys());
  const at = columns.indexOf("id");
  if (at < 0) return order;
  const ids = rows.map((row, i) => {
    const id = Number(row[at]);
    if (!/^\d+$/.test(row[at]) || !Number.isSafeInteger(id))
      throw dataError(file, firstRow + i, `column id: expected a whole number, found ${quoteToken(row[at])}`);
    return id;
  });
  order.sort((a, b) => ids[a] - ids[b]);
  for (let k = 1; k < order.length; k++)
    if (ids[order[k]] === ids[order[k - 1]])
      throw dataError(
        file,
        firstRow + Math.max(order[k], order[k - 1]),
        `the id ${ids[order[k]]} is also that of the atom at line ${firstRow + Math.min(order[k], order[k - 1])}`,
      );
  return order;
}

function speciesOf(
  { columns, rows, firstRow }: LammpsFrame,
  order: readonly number[],
  file: string,
  { types }: LammpsOptions,
  remark: (text: string) => void,
): string[] {
  const element = columns.indexOf("element");
  if (element >= 0 && types === undefined) return order.map((row) => rows[row][element]);
  const type = columns.indexOf("type");
  if (type < 0)
    throw dataError(file, firstRow - 1, `expected a column element or type, found ${columns.join(" ")}`);
  if (types === undefined) remark("there is no column element: species are named type1, type2 ...");
  return order.map((row) => {
    const word = rows[row][type];
    if (types === undefined) return `type${word}`;
    const name = /^\d+$/.test(word) ? types[Number(word) - 1] : undefined;
    if (name === undefined)
      throw dataError(
        file,
        firstRow + row,
        `type ${quoteToken(word)}: names are given for the types 1 to ${types.length}`,
      );
    return name;
  });
}

function unitsOf(
  { units, line }: LammpsFrame,
  file: string,
  options: LammpsOptions,
  remark: (text: string) => void,
): LammpsUnits {
  if (options.units !== undefined) return options.units;
  if (units === null) {
    remark(
      "there is no ITEM: UNITS: velocities, forces and times are taken to be in metal units (Å/ps, eV/Å, ps)",
    );
    return "metal";
  }
  const known = unitStyles.find((style) => style === units);
  if (known === undefined)
    throw dataError(file, line, `units ${quoteToken(units)}: expected ${unitStyles.join(", ")}`);
  return known;
}
