/** Sites of the asymmetric unit: species, charge, position, occupancy. */
import { dataError } from "../../core/errors.ts";
import type { Vec3 } from "../../core/linalg.ts";
import { isElement } from "../elements.ts";
import type { CifBlock, CifValue } from "./cif-parse.ts";
import { cifNumber, isUnknown, loopWith, textOf } from "./cif-values.ts";
import { quoteToken } from "./tokens.ts";

export interface CifSite {
  readonly label: string;
  readonly species: string;
  /** Formal charge, e; null if the file gives none. */
  readonly charge: number | null;
  readonly position: Vec3; // fractional
  /** In (0, 1]. */
  readonly occupancy: number;
  readonly line: number;
}

/**
 * The rows of the _atom_site_ loop. The element is that of the type symbol, else the one the label begins with, provided
 * that only one reading is possible (or only one is in the chemical formula). Dummy sites are skipped, with a warning.
 * @throws {EcitonError} "data" with file and line
 */
export function readSites(block: CifBlock, file: string, warn: (message: string) => void): CifSite[] {
  const loop = loopWith(block, "_atom_site_fract_x");
  if (loop === undefined || loop.rows.length === 0)
    throw dataError(file, loop?.line ?? block.line, "there are no sites with fractional coordinates");
  const charges = oxidationNumbers(block, file);
  const formula = formulaCounts(textOf(block, "_chemical_formula_sum") ?? "");
  const sites: CifSite[] = [];
  for (const row of loop.rows) {
    const known = (tag: string): CifValue | undefined => {
      const value = row[loop.tags.indexOf(tag)];
      return value === undefined || isUnknown(value) ? undefined : value;
    };
    const line = row[0].line;
    const symbol = known("_atom_site_type_symbol");
    const label = known("_atom_site_label")?.text ?? symbol?.text;
    if (label === undefined) throw dataError(file, line, "a site has neither a label nor a type symbol");
    if (known("_atom_site_calc_flag")?.text === "dum") {
      warn(`the dummy site ${label} is skipped`);
      continue;
    }
    const position = ["x", "y", "z"].map((axis) => {
      const index = loop.tags.indexOf(`_atom_site_fract_${axis}`);
      if (index < 0) throw dataError(file, loop.line, `the loop of sites lacks _atom_site_fract_${axis}`);
      return cifNumber(row[index], file, `fractional ${axis} of site ${label}`);
    }) as Vec3;
    const occupied = known("_atom_site_occupancy");
    const occupancy = occupied === undefined ? 1 : cifNumber(occupied, file, `occupancy of site ${label}`);
    if (!(occupancy > 0 && occupancy <= 1))
      throw dataError(
        file,
        line,
        `site ${label}: expected an occupancy above 0 and up to 1, found ${occupancy}`,
      );
    const typed = symbol === undefined ? null : speciesOfSymbol(symbol, file);
    const species = typed?.species ?? speciesOfLabel(label, formula, file, line);
    const charge = typed?.charge ?? charges.get(symbol?.text ?? species) ?? null;
    sites.push({ label, species, charge, position, occupancy, line });
  }
  return sites;
}

/** Elements and their counts in a formula such as "Cl3 Cs Sn0.9"; null if it is written in another way. */
export function formulaCounts(formula: string): Map<string, number> | null {
  const counts = new Map<string, number>();
  for (const part of formula.trim().split(/\s+/)) {
    const match = /^([A-Z][a-z]?)(\d+\.?\d*|\.\d+)?$/.exec(part);
    if (match === null) return null;
    counts.set(match[1], (counts.get(match[1]) ?? 0) + Number(match[2] ?? 1));
  }
  return counts;
}

function oxidationNumbers(block: CifBlock, file: string): Map<string, number> {
  const loop = loopWith(block, "_atom_type_oxidation_number");
  const symbol = loop?.tags.indexOf("_atom_type_symbol") ?? -1;
  const number = loop?.tags.indexOf("_atom_type_oxidation_number") ?? -1;
  if (loop === undefined || symbol < 0) return new Map();
  return new Map(
    loop.rows
      .filter((row) => !isUnknown(row[number]))
      .map((row) => [row[symbol].text, cifNumber(row[number], file, "_atom_type_oxidation_number")]),
  );
}

/** "Ce3+", "Ce+3", "O2-", "Na+", "CL". */
function speciesOfSymbol(value: CifValue, file: string): { species: string; charge: number | null } {
  const match = /^([A-Za-z]{1,2})(?:(\d+(?:\.\d+)?)?([+-])|([+-])(\d+(?:\.\d+)?))?$/.exec(value.text.trim());
  const species = match === null ? "" : properCase(match[1]);
  if (match === null || !isAtom(species))
    throw dataError(
      file,
      value.line,
      `type symbol: expected an element, with its charge or not (Ce, Ce3+), found ${quoteToken(value.text)}`,
    );
  const sign = match[3] ?? match[4];
  if (sign === undefined) return { species, charge: null };
  const size = Number(match[2] ?? match[5] ?? 1);
  // Not -0 for "Fe0-".
  return { species, charge: sign === "-" && size > 0 ? -size : size };
}

function speciesOfLabel(
  label: string,
  formula: ReadonlyMap<string, number> | null,
  file: string,
  line: number,
): string {
  const letters = /^[A-Za-z]{0,2}/.exec(label)![0];
  // "Ce1" is cerium by its case; "CE1" may be carbon too.
  const two = letters.length === 2 && isAtom(properCase(letters)) ? [properCase(letters)] : [];
  const one = isAtom(letters.slice(0, 1).toUpperCase()) ? [letters.slice(0, 1).toUpperCase()] : [];
  const clear = two.length > 0 && letters === two[0];
  const readings = clear ? two : [...two, ...one];
  const inFormula = readings.filter((species) => formula?.has(species));
  if (readings.length === 1) return readings[0];
  if (inFormula.length === 1) return inFormula[0];
  throw dataError(
    file,
    line,
    `which element is ${quoteToken(label)}? ${readings.length === 0 ? "It begins with none" : `It may be ${readings.join(" or ")}`}; add _atom_site_type_symbol`,
  );
}

function properCase(letters: string): string {
  return letters.slice(0, 1).toUpperCase() + letters.slice(1).toLowerCase();
}

/** Deuterium has a symbol of its own in crystallography. */
function isAtom(species: string): boolean {
  return isElement(species) || species === "D";
}
