/** What xtb reads and writes: coordinates, .engrad, and what its output says of the calculation. */
import { elementOfNumber } from "../data/elements.ts";
import type { LabelAtoms } from "./labeler.ts";

/** GFN-xTB has parameters up to radon. */
const HEAVIEST = 86;
const numbers = new Map(
  Array.from({ length: HEAVIEST }, (_, n): [string, number] => [elementOfNumber(n + 1)!, n + 1]),
);

/** Of an element that GFN-xTB has parameters for; undefined for any other species. */
export function atomicNumber(species: string): number | undefined {
  return numbers.get(species);
}

/** Every digit is written, so that the coordinates are read as they are. */
export function xyzText({ species, positions }: LabelAtoms): string {
  const lines = species.map((one, i) => `${one} ${[...positions.subarray(3 * i, 3 * i + 3)].join(" ")}`);
  return `${species.length}\n\n${lines.join("\n")}\n`;
}

export interface Engrad {
  /** Hartree */
  readonly energy: number;
  /** Hartree/bohr, Float64Array(3N) */
  readonly gradient: Float64Array;
  readonly atomicNumbers: readonly number[];
  /** bohr, Float64Array(3N) */
  readonly positions: Float64Array;
}

/**
 * Number of atoms, energy, gradient, then atomic number and coordinates of each atom; lines that begin with # are
 * comments. Numbers that are none (NaN, Infinity, asterisks of a full field) are kept as such.
 * @returns what is wrong, as text, for a file that is not complete
 */
export function parseEngrad(text: string): Engrad | string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const atoms = Number(lines[0]);
  if (!Number.isInteger(atoms) || atoms < 1)
    return `expected the number of atoms, found "${lines[0] ?? "nothing"}"`;
  const expected = 2 + 4 * atoms;
  if (lines.length !== expected)
    return `expected ${expected} lines of numbers for ${atoms} atoms, found ${lines.length}`;
  const rows = lines.slice(2 + 3 * atoms).map((line) => line.split(/\s+/).map(Number));
  if (rows.some((row) => row.length !== 4))
    return "expected an atomic number and three coordinates for each atom";
  return {
    energy: Number(lines[1]),
    gradient: Float64Array.from(lines.slice(2, 2 + 3 * atoms), Number),
    atomicNumbers: rows.map(([number]) => number),
    positions: Float64Array.from(rows.flatMap(([, ...position]) => position)),
  };
}

export interface XtbOutput {
  /** Whether the charges became self-consistent. */
  readonly converged: boolean;
  /** Valence electrons; null where it is not said. */
  readonly electrons: number | null;
  /** e; null where it is not said. */
  readonly charge: number | null;
}

export function parseXtbOutput(text: string): XtbOutput {
  const number = (pattern: RegExp) => {
    const found = pattern.exec(text);
    return found === null ? null : Number(found[1]);
  };
  return {
    converged: /convergence criteria satisfied/.test(text),
    electrons: number(/# electrons\s+(-?\d+)/),
    charge: number(/total charge\s+(-?[\d.]+) e/),
  };
}
