/** Units of n2p2's files, which the files themselves do not tell. */
import { BOHR_A, HARTREE_EV } from "../../core/units.ts";

export interface FileUnits {
  readonly length: "A" | "bohr";
  readonly energy: "eV" | "hartree";
}

export const ANGSTROM_EV: FileUnits = { length: "A", energy: "eV" };

/** What may be left out is Å and eV. */
export function fileUnits(units: Partial<FileUnits> = {}): FileUnits {
  return { ...ANGSTROM_EV, ...units };
}

/** Å per unit of length of the file. */
export function lengthUnit(units: FileUnits): number {
  return units.length === "bohr" ? BOHR_A : 1;
}

/** eV per unit of energy of the file. */
export function energyUnit(units: FileUnits): number {
  return units.energy === "hartree" ? HARTREE_EV : 1;
}

/** From the file to the program, by the dimension of a quantity. */
export interface Conversions {
  /** r: unit → Å */
  length(value: number): number;
  /** η: 1/unit² → 1/Å² */
  perArea(value: number): number;
  /** 1/unit → 1/Å */
  perLength(value: number): number;
  /** E: unit → eV */
  energy(value: number): number;
  /** 1/unit → 1/eV */
  perEnergy(value: number): number;
  /** F: energy unit / length unit → eV/Å */
  force(value: number): number;
}

export function conversions(units: FileUnits): Conversions {
  const length = lengthUnit(units);
  const energy = energyUnit(units);
  return {
    length: (value) => value * length,
    perArea: (value) => value / (length * length),
    perLength: (value) => value / length,
    energy: (value) => value * energy,
    perEnergy: (value) => value / energy,
    force: (value) => value * (energy / length),
  };
}

/** How far from the rounded inverse the number that a file held may be, in units of its last digit. */
const NEIGHBOURS = 4;

/**
 * The number in a file that is converted to `value` exactly, of several the one with the shortest text; the nearest where
 * there is none (a value that never was in a file of these units).
 * @param convert one of Conversions, all of which are proportional
 */
export function unconverted(value: number, convert: (value: number) => number): number {
  const near = value / convert(1);
  if (value === 0) return near;
  const bits = new Float64Array([near]);
  const ordinal = new BigInt64Array(bits.buffer);
  const centre = ordinal[0];
  let best: number | null = null;
  for (let step = -NEIGHBOURS; step <= NEIGHBOURS; step++) {
    ordinal[0] = centre + BigInt(step);
    const candidate = bits[0];
    if (convert(candidate) !== value) continue;
    if (best === null || String(candidate).length < String(best).length) best = candidate;
  }
  return best ?? near;
}
