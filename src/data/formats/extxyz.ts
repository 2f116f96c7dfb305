/** Extended XYZ: from frames to structures. */
import { dataError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import { elementOfNumber } from "../elements.ts";
import { type LineSource, linesOfText } from "../line-source.ts";
import { checkStructure, type Dataset, type InfoValue, type Structure } from "../structure.ts";
import { type ExtxyzColumn, type ExtxyzFrame, parseExtxyz } from "./extxyz-frames.ts";
import { type ExtxyzValue, infoValue } from "./extxyz-keyvalues.ts";

/** Names that hold each quantity; without a choice the first of the usual names that a frame has is used. */
export interface ExtxyzOptions {
  /** Entry with the energy of the whole structure, eV. */
  readonly energyKey?: string;
  /** Column with forces, eV/Å. */
  readonly forcesKey?: string;
  /** Column with collinear magnetic moments, Bohr magnetons. */
  readonly magmomKey?: string;
  /** Column with formal charges, e. */
  readonly chargeKey?: string;
  /** Entry with the nine numbers of the stress, eV/Å³, tension positive. */
  readonly stressKey?: string;
}

const usualNames = {
  energyKey: ["energy", "Energy", "total_energy", "free_energy", "dft_energy", "REF_energy"],
  forcesKey: ["forces", "force", "dft_forces", "REF_forces"],
  magmomKey: ["magmoms", "magmom", "initial_magmoms"],
  chargeKey: ["oxi", "oxidation_state", "oxidation_states", "formal_charges", "initial_charges", "charges"],
  stressKey: ["stress"],
} as const;
type Quantity = keyof typeof usualNames;

/** Entries that may give a structure its name, in this order, after `name` itself. */
export const nameKeys = ["config_id", "tag", "title", "id", "index"];

/**
 * Reads all frames. Periodic in all directions if there is a Lattice and no pbc, in none without a Lattice. What is
 * not used stays in info, under its name; columns under "atom." and their name, flat, all values of an atom together.
 * Stress: nine numbers, eV/Å³, tension positive, symmetric; else from `virial` (eV) as stress = -virial / volume,
 * the sign by which a compressed solid has a positive virial (ASE, QUIP).
 * @throws {EcitonError} "data" with file and line; also if a chosen key is in no frame at all
 */
export function readExtxyz(text: string, file: string, options: ExtxyzOptions = {}): Dataset {
  const structures: Structure[] = [];
  const notes = new Map<string, { count: number; line: number }>();
  const found = new Set<Quantity>();
  for (const frame of parseExtxyz(linesOfText(text), file)) {
    const { structure, quantities, remarks } = toStructure(frame, file, options);
    structures.push(structure);
    for (const quantity of quantities) found.add(quantity);
    for (const remark of [...frame.warnings, ...remarks]) {
      const note = notes.get(remark);
      if (note === undefined) notes.set(remark, { count: 1, line: frame.line });
      else note.count++;
    }
  }
  if (structures.length === 0) throw dataError(file, 1, "there are no structures: the file is empty");
  for (const quantity of Object.keys(usualNames) as Quantity[])
    if (options[quantity] !== undefined && !found.has(quantity))
      throw dataError(
        file,
        null,
        // As studies spell it.
        `${quantity.replace("Key", "_key")} is "${options[quantity]}", but no frame has it; there are ${namesIn(text, file).join(", ")}`,
      );
  const warnings = [...notes].map(
    ([remark, { count, line }]) =>
      `${file}:${line}: ${remark}${count === 1 ? "" : ` (${count} of ${structures.length} frames)`}`,
  );
  return { structures, warnings };
}

/**
 * Frames one after another, of which only the one at hand is held; read as by readExtxyz.
 * @param warn told of each remark once, with the place of the first frame that it is about
 * @throws {EcitonError} "data" with file and line
 */
export function* extxyzStructures(
  lines: LineSource,
  file: string,
  options: ExtxyzOptions,
  warn: (warning: string) => void,
): Generator<Structure> {
  const told = new Set<string>();
  for (const frame of parseExtxyz(lines, file)) {
    const { structure, remarks } = toStructure(frame, file, options);
    for (const remark of [...frame.warnings, ...remarks]) {
      if (told.has(remark)) continue;
      told.add(remark);
      warn(`${file}:${frame.line}: ${remark}`);
    }
    yield structure;
  }
}

function namesIn(text: string, file: string): string[] {
  const first = parseExtxyz(linesOfText(text), file).next().value as ExtxyzFrame;
  return [...first.entries.keys(), ...first.columns.map((column) => column.name)];
}

function toStructure(frame: ExtxyzFrame, file: string, options: ExtxyzOptions) {
  const { atoms, line } = frame;
  const entries = new Map(frame.entries);
  const columns = new Map(frame.columns.map((column) => [column.name, column]));
  const remarks: string[] = [];
  const quantities: Quantity[] = [];
  const fail = (message: string): never => {
    throw dataError(file, line + 1, message);
  };
  const take = <T>(map: Map<string, T>, key: string): T | undefined => {
    const value = map.get(key);
    map.delete(key);
    return value;
  };
  const pick = (
    quantity: Quantity,
    fits: (name: string) => boolean,
    same: (a: string, b: string) => boolean = () => false,
  ): string | undefined => {
    const chosen = options[quantity];
    const names = (chosen === undefined ? usualNames[quantity] : [chosen]).filter(fits);
    if (names.length === 0) {
      if (chosen !== undefined) remarks.push(`there is no "${chosen}" (${quantity})`);
      return undefined;
    }
    quantities.push(quantity);
    const others = names.slice(1).filter((name) => !same(names[0], name));
    if (others.length > 0)
      remarks.push(`${quantity}: "${names[0]}" is used; "${others.join('", "')}" may differ from it`);
    else if (quantity === "energyKey" && chosen === undefined && names[0] !== "energy")
      remarks.push(`energyKey: "${names[0]}" is used`);
    return names[0];
  };
  const perAtom = (quantity: Quantity, width: number): Float64Array | undefined => {
    const name = pick(
      quantity,
      (key) => columns.has(key) && (columns.get(key)!.width === width || key === options[quantity]),
    );
    if (name === undefined) return undefined;
    const column = take(columns, name)!;
    if (column.width !== width || column.type === "S" || column.type === "L")
      return fail(
        `Properties: ${quantity} "${name}" must be R:${width}, found ${column.type}:${column.width}`,
      );
    return column.values;
  };

  const species = speciesOf(columns, fail);
  const pos = take(columns, "pos");
  if (pos === undefined || pos.width !== 3 || (pos.type !== "R" && pos.type !== "I"))
    return fail("Properties: expected a column pos:R:3 with the positions");

  const lattice = take(entries, "Lattice");
  const cell = Float64Array.from(
    lattice === undefined ? new Array<number>(9).fill(0) : latticeOf(lattice, remarks, fail),
  );
  const periodic = periodicityOf(take(entries, "pbc"), lattice !== undefined, fail);
  periodic.forEach((is, i) => {
    if (is && Math.hypot(...cell.subarray(3 * i, 3 * i + 3)) === 0)
      fail(`periodic along lattice vector ${i + 1}, which the Lattice does not give`);
  });

  const energyName = pick(
    "energyKey",
    (key) => entries.has(key),
    (a, b) => entries.get(a)!.values.join() === entries.get(b)!.values.join(),
  );
  const energyValue = energyName === undefined ? undefined : take(entries, energyName)!;
  const energy = energyValue?.values[0];
  if (energyValue !== undefined && (energyValue.shape.length > 0 || typeof energy !== "number"))
    fail(`${energyName}: expected a number, found ${energyValue.values.join(" ")}`);
  const forces = perAtom("forcesKey", 3);
  const magneticMoments = perAtom("magmomKey", 1);
  const charges = perAtom("chargeKey", 1);
  const stressName = pick(
    "stressKey",
    (key) => entries.has(key) && (entries.get(key)!.values.length === 9 || key === options.stressKey),
  );
  const virial = entries.get("virial");
  const volume = Math.abs(det3(cell));
  let stress: Float64Array | undefined;
  if (stressName !== undefined) stress = tensorOf(stressName, take(entries, stressName)!, fail);
  else if (virial?.values.length === 9 && volume > 0)
    stress = tensorOf("virial", virial, fail).map((x) => -x / volume);

  const flag = entries.get("converged")?.values[0];
  const converged = typeof flag === "boolean" ? flag : undefined;
  if (converged !== undefined) entries.delete("converged");
  const named = ["name", ...nameKeys]
    .map((key) => entries.get(key))
    .find((value) => value?.shape.length === 0);
  if (entries.get("name")?.shape.length === 0) entries.delete("name");
  const info: Record<string, InfoValue> = {};
  for (const [key, value] of entries) info[key] = infoValue(value);
  for (const [key, column] of columns) info[`atom.${key}`] = [...column.values];

  const structure: Structure = {
    cell,
    periodic,
    species,
    positions: pos.values,
    ...(energy === undefined ? {} : { energy: energy as number }),
    ...(forces && { forces }),
    ...(magneticMoments && { magneticMoments }),
    ...(charges && { charges }),
    ...(stress && { stress }),
    ...(converged === undefined ? {} : { converged }),
    name: frame.comment ?? (named === undefined ? "" : String(named.values[0])),
    info,
    source: { file, line },
  };
  if (structure.species.length !== atoms) fail("Properties: species must have one column");
  return { structure: checkStructure(structure), quantities, remarks };
}

/** Symbols from `species` (where plain XYZ may have atomic numbers) or from atomic numbers `Z`. */
function speciesOf(columns: Map<string, ExtxyzColumn>, fail: (message: string) => never): string[] {
  const name = columns.has("species") ? "species" : "Z";
  const column = columns.get(name);
  if (column === undefined || column.type === "L" || column.type === "R")
    return fail("Properties: expected a column species:S:1 or Z:I:1");
  columns.delete(name);
  return Array.from<string | number, string>(column.values, (value) => {
    if (typeof value === "string" && !/^\d+$/.test(value)) return value;
    return elementOfNumber(Number(value)) ?? fail(`${name}: ${value} is not an atomic number`);
  });
}

function latticeOf(value: ExtxyzValue, remarks: string[], fail: (message: string) => never): number[] {
  const rows = value.values;
  if (rows.length !== 9 || rows.some((x) => typeof x !== "number"))
    return fail(`Lattice: expected 9 numbers (three vectors, one after another), found ${rows.join(" ")}`);
  const nested = value.shape.length === 2;
  if (nested && value.shape[0] !== 3) return fail("Lattice: expected 3 rows of 3 numbers");
  if (nested && (rows[1] !== rows[3] || rows[2] !== rows[6] || rows[5] !== rows[7]))
    remarks.push(
      "the rows of the nested Lattice are taken as the lattice vectors; some programs write them as columns",
    );
  return rows as number[];
}

function periodicityOf(
  value: ExtxyzValue | undefined,
  hasLattice: boolean,
  fail: (message: string) => never,
): [boolean, boolean, boolean] {
  if (value === undefined) return [hasLattice, hasLattice, hasLattice];
  const flags = value.shape.length === 0 ? new Array(3).fill(value.values[0]) : value.values;
  if (flags.length !== 3 || flags.some((x) => x !== true && x !== false && x !== 0 && x !== 1))
    return fail(`pbc: expected three of T and F, found ${value.values.join(" ")}`);
  return flags.map(Boolean) as [boolean, boolean, boolean];
}

/** A symmetric tensor; nine numbers of an asymmetric one would be read differently by different programs. */
function tensorOf(name: string, value: ExtxyzValue, fail: (message: string) => never): Float64Array {
  const m = value.values;
  if (m.length !== 9 || m.some((x) => typeof x !== "number"))
    return fail(`${name}: expected 9 numbers, found ${m.join(" ")}`);
  const tensor = Float64Array.from(m as readonly number[]);
  const scale = Math.max(...tensor.map(Math.abs));
  const gaps = [tensor[1] - tensor[3], tensor[2] - tensor[6], tensor[5] - tensor[7]];
  // Files round to three digits or more.
  if (gaps.some((gap) => Math.abs(gap) > 1e-3 * scale))
    return fail(`${name}: the 3x3 matrix is not symmetric`);
  return tensor;
}
