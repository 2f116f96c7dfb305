/** Writes structures as extended XYZ. */
import { EcitonError } from "../../core/errors.ts";
import type { InfoValue, Structure } from "../structure.ts";
import { nameKeys } from "./extxyz.ts";
import { keyValueText } from "./extxyz-keyvalues.ts";
import { numberText } from "./tokens.ts";

export interface ExtxyzWriteOptions {
  /** Name of the energy entry; "energy" unless chosen. */
  readonly energyKey?: string;
}

/**
 * Extended XYZ text; readExtxyz gives the structures back exactly, every double included. `info` becomes entries of
 * the second line, and columns where its key begins with "atom.".
 * @throws {EcitonError} "data" for a number that is not finite, a species with a space in it, or a key of `info`
 *   that the format or the structure itself uses
 */
export function writeExtxyz(structures: readonly Structure[], options: ExtxyzWriteOptions = {}): string {
  return structures.map((structure) => frameText(structure, options.energyKey ?? "energy")).join("");
}

interface Column {
  readonly name: string;
  readonly width: number;
  readonly type: "S" | "R" | "L";
  readonly values: ArrayLike<string | number | boolean>;
}

function frameText(structure: Structure, energyKey: string): string {
  const atoms = structure.species.length;
  const fail = (message: string): never => {
    throw new EcitonError(
      "data",
      `${structure.name || structure.source.file}: cannot be written as extended XYZ: ${message}`,
    );
  };
  if (atoms === 0) fail("there are no atoms");
  const odd = structure.species.find((label) => !/^\S+$/.test(label) || /^\d+$/.test(label));
  if (odd !== undefined) fail(`"${odd}" is not a species (it is empty, a number, or has a space in it)`);

  const columns: Column[] = [
    { name: "species", width: 1, type: "S", values: structure.species },
    { name: "pos", width: 3, type: "R", values: structure.positions },
  ];
  const addColumn = (name: string, values: ArrayLike<string | number | boolean> | undefined) => {
    if (values === undefined) return;
    const width = values.length / atoms;
    if (!Number.isInteger(width) || width === 0)
      fail(`${name} has ${values.length} values for ${atoms} atoms`);
    if (name === "" || /[\s:]/.test(name) || columns.some((column) => column.name === name))
      fail(`"${name}" cannot be the name of a column`);
    const kind = typeof values[0];
    const type = kind === "string" ? "S" : kind === "boolean" ? "L" : "R";
    columns.push({ name, width, type, values });
  };
  addColumn("forces", structure.forces);
  addColumn("magmoms", structure.magneticMoments);
  addColumn("initial_charges", structure.charges);

  const entries: [string, InfoValue][] = [];
  if (structure.cell.some((x) => x !== 0)) entries.push(["Lattice", Array.from(structure.cell)]);
  const { name, energy, stress, converged } = structure;
  const nameFromInfo = nameKeys
    .map((key) => structure.info[key])
    .find((value) => value !== undefined && typeof value !== "object");
  if (name !== String(nameFromInfo ?? "")) entries.push(["name", name]);
  if (energy !== undefined) entries.push([energyKey, energy]);
  if (stress !== undefined) entries.push(["stress", Array.from(stress)]);
  if (converged !== undefined) entries.push(["converged", converged]);
  const taken = new Set(["Lattice", "Properties", "pbc", "name", ...entries.map(([key]) => key)]);
  for (const [key, value] of Object.entries(structure.info)) {
    if (key.startsWith("atom.")) addColumn(key.slice(5), value as readonly (string | number | boolean)[]);
    else if (taken.has(key))
      fail(`its info has "${key}" too (energyKey chooses another name for the energy)`);
    else entries.push([key, value]);
  }

  const properties = columns.map((column) => `${column.name}:${column.type}:${column.width}`).join(":");
  const heading = [
    ...entries.map(([key, value]) =>
      key === "Lattice" ? latticeText(structure.cell) : keyValueText(key, value),
    ),
    `Properties=${properties}`,
    `pbc="${structure.periodic.map((is) => (is ? "T" : "F")).join(" ")}"`,
  ];
  const rows = new Array<string>(atoms);
  for (let atom = 0; atom < atoms; atom++) {
    const row: string[] = [];
    for (const { width, values } of columns)
      for (let k = 0; k < width; k++) row.push(cellText(values[width * atom + k], fail));
    rows[atom] = row.join(" ");
  }
  return `${atoms}\n${heading.join(" ")}\n${rows.join("\n")}\n`;
}

/** The quoted form of nine numbers, which every reader of extended XYZ understands. */
function latticeText(cell: Float64Array): string {
  return `Lattice="${Array.from(cell, numberText).join(" ")}"`;
}

function cellText(value: string | number | boolean, fail: (message: string) => never): string {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "T" : "F";
  return /^\S+$/.test(value) ? value : fail(`"${value}" cannot stand in a column`);
}
