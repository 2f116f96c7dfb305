/** CIF: from data blocks to structures. */
import { dataError } from "../../core/errors.ts";
import { rowTimes, type Vec3 } from "../../core/linalg.ts";
import { checkStructure, type Dataset, type InfoValue, type Structure } from "../structure.ts";
import { cellFromParameters } from "./cif-cell.ts";
import { type CifBlock, type CifLoop, parseCif } from "./cif-parse.ts";
import { type CifSite, formulaCounts, readSites } from "./cif-sites.ts";
import { namedOperations } from "./cif-space-group.ts";
import {
  type CifOperation,
  checkedGroup,
  keepsMetric,
  orbitOf,
  parseOperation,
  separation,
} from "./cif-symmetry.ts";
import { itemOf, loopWith, numberOf, textOf } from "./cif-values.ts";
import { quoteToken } from "./tokens.ts";

export interface CifOptions {
  /** Name of the data block to read; all that hold a structure otherwise. */
  readonly block?: string;
  /** "keep" lists sites that are occupied in part as whole atoms, with info["atom.occupancy"]; else an error. */
  readonly partialOccupancies?: "error" | "keep";
  /** Images of a site closer than this are one site, Å; 0.05 unless given. */
  readonly mergeDistance?: number;
}

/**
 * Reads the crystal structures of a CIF, each with all atoms of one cell. The operations are those of the file, or, where
 * it only names a space group, those of that group; without either the cell is taken as P 1, with a warning.
 * Charges come from type symbols (Ce3+) or the table of oxidation numbers, when known for all atoms.
 * @throws {EcitonError} "data" with file and line
 */
export function readCif(text: string, file: string, options: CifOptions = {}): Dataset {
  const blocks = parseCif(text, file);
  const warnings: string[] = [];
  const chosen =
    options.block === undefined
      ? blocks.filter((block) => block.items.has("_cell_length_a") && loopWith(block, "_atom_site_fract_x"))
      : blocks.filter((block) => block.name === options.block);
  const names = blocks.map((block) => block.name).join(", ");
  if (chosen.length === 0)
    throw dataError(
      file,
      blocks[0].line,
      options.block === undefined
        ? `no crystal structure: none of the data blocks (${names}) has both a cell (_cell_length_a) and sites (a loop with _atom_site_fract_x)`
        : `there is no data block "${options.block}"; there are ${names}`,
    );
  const skipped = blocks.filter((block) => !chosen.includes(block));
  if (options.block === undefined && skipped.length > 0)
    warnings.push(
      `${file}: data blocks without a structure: ${skipped.map((block) => block.name).join(", ")}`,
    );
  const structures = chosen.map((block) => toStructure(block, file, options, warnings));
  return { structures, warnings };
}

function toStructure(block: CifBlock, file: string, options: CifOptions, warnings: string[]): Structure {
  const warn = (message: string) => warnings.push(`${file}:${block.line}: ${message}`);
  const cell = cellFromParameters(block, file, warn);
  const sites = readSites(block, file, warn);
  const operations = operationsOf(block, cell, file, warn);
  const partial = sites.filter((site) => site.occupancy < 1);
  if (partial.length > 0 && options.partialOccupancies !== "keep")
    throw dataError(
      file,
      partial[0].line,
      `sites occupied in part: ${partial.map((site) => `${site.label} (${site.occupancy})`).join(", ")}; such a structure is an average. Order it first, or keep it as it is with partialOccupancies: keep`,
    );

  const atoms = expand(sites, operations, cell, options.mergeDistance ?? 0.05, file);
  const charges = atoms.map(({ site }) => site.charge);
  const charged = charges.every((charge) => charge !== null);
  if (!charged && charges.some((charge) => charge !== null))
    warn("charges are left out, since not every site has one");
  const info: Record<string, InfoValue> = { "atom.label": atoms.map(({ site }) => site.label) };
  if (partial.length > 0) info["atom.occupancy"] = atoms.map(({ site }) => site.occupancy);
  for (const [key, tags] of Object.entries(keptTags)) {
    const value = textOf(block, ...tags);
    if (value !== null) info[key] = value;
  }
  checkComposition(block, atoms, file, warn);
  return checkStructure({
    cell,
    periodic: [true, true, true],
    species: atoms.map(({ site }) => site.species),
    positions: Float64Array.from(atoms.flatMap(({ position }) => rowTimes(position, cell))),
    ...(charged && { charges: Float64Array.from(charges as number[]) }),
    name: block.name,
    info,
    source: { file, line: block.line },
  });
}

const symmetryTags = ["_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz"];
const hallTags = ["_space_group_name_hall", "_symmetry_space_group_name_hall"];
const mauguinTags = [
  "_space_group_name_h-m_alt",
  "_symmetry_space_group_name_h-m",
  "_space_group_name_h-m_ref",
];
const numberTags = ["_space_group_it_number", "_symmetry_int_tables_number"];
const keptTags = { space_group: mauguinTags, chemical_formula: ["_chemical_formula_sum"] };

function operationsOf(
  block: CifBlock,
  cell: Float64Array,
  file: string,
  warn: (message: string) => void,
): readonly CifOperation[] {
  const tag = symmetryTags.find((name) => block.items.has(name) || loopWith(block, name));
  if (tag !== undefined) {
    const loop = loopWith(block, tag);
    const values = loop === undefined ? [block.items.get(tag)!] : columnOf(loop, tag);
    const line = loop?.line ?? values[0].line;
    const operations = checkedGroup(
      values.map((value) => parseOperation(value.text, file, value.line)),
      file,
      line,
    );
    if (operations.length === 0) throw dataError(file, line, `the loop of ${tag} is empty`);
    if (!keepsMetric(operations, cell))
      throw dataError(file, line, "the symmetry operations do not keep the lengths and angles of the cell");
    return operations;
  }
  const number = numberOf(block, file, ...numberTags);
  if (number !== null && !(Number.isInteger(number) && number >= 1 && number <= 230))
    throw dataError(
      file,
      itemOf(block, ...numberTags)!.line,
      `space group number: expected 1 to 230, found ${number}`,
    );
  const name = { hall: textOf(block, ...hallTags), hermannMauguin: textOf(block, ...mauguinTags), number };
  const stated = itemOf(block, ...hallTags, ...mauguinTags, ...numberTags);
  if (stated === undefined) {
    warn("no symmetry operations and no space group: the sites are taken as all there are (P 1)");
    return [parseOperation("x,y,z", file, block.line)];
  }
  return namedOperations(name, cell, file, stated.line);
}

function columnOf(loop: CifLoop, tag: string) {
  const index = loop.tags.indexOf(tag);
  return loop.rows.map((row) => row[index]);
}

interface CifAtom {
  readonly site: CifSite;
  readonly position: Vec3; // fractional
}

function expand(
  sites: readonly CifSite[],
  operations: readonly CifOperation[],
  cell: Float64Array,
  tolerance: number,
  file: string,
): CifAtom[] {
  const atoms: CifAtom[] = [];
  for (const site of sites) {
    const orbit = orbitOf(site.position, operations, cell, tolerance);
    if (orbit === null)
      throw dataError(
        file,
        site.line,
        `site ${site.label} lies about ${tolerance} Å from a special position, so that it is not clear how many atoms it stands for; correct its coordinates or change mergeDistance`,
      );
    for (const position of orbit) {
      // Species may share a site only where each fills a part of it.
      const clash = atoms.find(
        (atom) =>
          atom.site.occupancy + site.occupancy > 1.01 &&
          separation(atom.position, position, cell) < tolerance,
      );
      if (clash !== undefined)
        throw dataError(
          file,
          site.line,
          `sites ${clash.site.label} (line ${clash.site.line}) and ${site.label} come to lie on each other; is one of them already an image of the other?`,
        );
      atoms.push({ site, position });
    }
  }
  return atoms;
}

/** Atoms in the cell against _chemical_formula_sum times _cell_formula_units_Z, where the file has both. */
function checkComposition(
  block: CifBlock,
  atoms: readonly CifAtom[],
  file: string,
  warn: (message: string) => void,
): void {
  const formula = textOf(block, "_chemical_formula_sum");
  const units = numberOf(block, file, "_cell_formula_units_z");
  const stated = formula === null ? null : formulaCounts(formula);
  if (stated === null || units === null) return;
  const found = new Map<string, number>();
  for (const { site } of atoms) found.set(site.species, (found.get(site.species) ?? 0) + site.occupancy);
  const wrong = [...new Set([...found.keys(), ...stated.keys()])].filter(
    // Files often leave out hydrogen; formulas of disordered crystals are rounded to two digits.
    (species) => Math.abs((found.get(species) ?? 0) - (stated.get(species) ?? 0) * units) > 0.02 * units,
  );
  if (wrong.length > 0)
    warn(
      `the cell should hold ${quoteToken(formula!)} ${units} times; it holds ${wrong.map((species) => `${Number((found.get(species) ?? 0).toFixed(3))} ${species}`).join(", ")}`,
    );
}
