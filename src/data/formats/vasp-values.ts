/** What vasprun.xml and OUTCAR share: Fortran numbers, element names, the stress convention. */
import { KBAR_EV_PER_A3 } from "../../core/units.ts";
import { isElement } from "../elements.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;

/**
 * The numbers of one row as VASP prints them. A minus sign that follows a digit begins a new number, since
 * Fortran columns that are full leave no blank before it.
 * @returns null if there are not exactly `count`, or one of them is not a number (`****` of an overflowing column)
 */
export function fortranNumbers(row: string, count: number): number[] | null {
  const words = row
    .replace(/(\d)-(?=[\d.])/g, "$1 -")
    .trim()
    .split(/\s+/);
  if (words.length !== count) return null;
  const numbers = words.map((word) => (NUMBER.test(word) ? Number(word.replace(/[dD]/, "e")) : Number.NaN));
  return numbers.every(Number.isFinite) ? numbers : null;
}

/** Element of a pseudopotential's title ("PAW_PBE Ce_h 01Apr2009" gives Ce) or of a bare symbol; null if there is none. */
export function elementOfTitle(title: string): string | null {
  const words = title.trim().split(/\s+/);
  const word = words.length > 1 ? words[1] : words[0];
  const symbol = /^([A-Z][a-z]?)(?:[_.\d].*)?$/.exec(word ?? "")?.[1];
  return symbol !== undefined && isElement(symbol) ? symbol : null;
}

/**
 * VASP prints pressure-like stress (positive when the crystal pushes outwards) in kB; inside, tension is positive.
 * @param kbar 9 numbers, row-major, kB
 * @returns Float64Array(9), eV/Å³
 */
export function stressFromKbar(kbar: ArrayLike<number>): Float64Array {
  return Float64Array.from(kbar, (value) => -value * KBAR_EV_PER_A3 + 0);
}

/** IBRION values that move the ions towards a minimum: quasi-Newton, conjugate gradients, damped dynamics. */
export function isRelaxation(ibrion: number | undefined, nsw: number | undefined): boolean {
  return (ibrion === 1 || ibrion === 2 || ibrion === 3) && (nsw ?? 0) > 0;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
