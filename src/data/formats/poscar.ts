/** POSCAR and CONTCAR of VASP: the file as it stands, and the structure it describes. */
import { dataError } from "../../core/errors.ts";
import { det3, rowTimes } from "../../core/linalg.ts";
import { isElement } from "../elements.ts";
import { checkStructure, type Dataset, type InfoValue, type Structure } from "../structure.ts";
import { type Poscar, parsePoscar } from "./poscar-parse.ts";
import { quoteToken, words } from "./tokens.ts";

export interface PoscarOptions {
  /** Species of each count, for files without a species line; checked against the file where it has one. */
  readonly species?: readonly string[];
  /** Take the species from the comment line if the file names them nowhere else. */
  readonly speciesFromComment?: boolean;
}

/**
 * Reads a POSCAR or CONTCAR. The species come from the species line, else from the labels after the
 * coordinates, else from `options.species`, else, if allowed, from the comment line; never from elsewhere.
 * Selective dynamics are kept in info["atom.selective_dynamics"], site lists such as "Li Va" (the first is taken
 * as the occupant, with a warning) in info["atom.allowed_species"]; velocities are left out.
 * @throws {EcitonError} "data" with file and line
 * @see https://www.vasp.at/wiki/index.php/POSCAR
 */
export function readPoscar(text: string, file: string, options: PoscarOptions = {}): Dataset {
  const poscar = parsePoscar(text, file);
  const warnings: string[] = [];
  const species = speciesOf(poscar, file, options);
  const { cell, factors } = scaledCell(poscar, file);
  const positions = new Float64Array(3 * species.length);
  for (let i = 0; i < positions.length; i += 3) {
    const raw = poscar.coordinates.subarray(i, i + 3);
    positions.set(
      poscar.cartesian
        ? [raw[0] * factors[0], raw[1] * factors[1], raw[2] * factors[2]]
        : rowTimes(raw, cell),
      i,
    );
  }
  const info: Record<string, InfoValue> = {};
  if (poscar.flags !== null) info["atom.selective_dynamics"] = poscar.flags;
  const potentials = poscar.speciesLine ?? [];
  if (potentials.some((token) => baseSpecies(token) !== token)) info.potentials = potentials;
  if (poscar.speciesLine === null && poscar.labels.some((label) => label.length > 1)) {
    info["atom.allowed_species"] = poscar.labels.map((label) => label.join(","));
    warnings.push(
      `${file}:${poscar.firstAtomLine}: some sites list several species after their coordinates; the first of each is taken as the one that is there`,
    );
  }
  const structure: Structure = {
    cell,
    periodic: [true, true, true],
    species,
    positions,
    name: poscar.comment.trim(),
    info,
    source: { file, line: 1 },
  };
  return { structures: [checkStructure(structure)], warnings };
}

/** One factor for everything, three for x, y and z, or minus the volume of the cell. */
function scaledCell(poscar: Poscar, file: string): { cell: Float64Array; factors: readonly number[] } {
  const volume = Math.abs(det3(poscar.lattice));
  const lengths = [0, 3, 6].map((i) => Math.hypot(...poscar.lattice.slice(i, i + 3)));
  // Relative to the edges, so that neither units nor the scale matter.
  if (!(volume > 1e-9 * lengths[0] * lengths[1] * lengths[2]))
    throw dataError(file, 3, "the three lattice vectors lie in a plane: the cell has no volume");
  const [first] = poscar.scale;
  const factors =
    poscar.scale.length === 3
      ? poscar.scale
      : new Array<number>(3).fill(first > 0 ? first : Math.cbrt(-first / volume));
  return { cell: Float64Array.from(poscar.lattice, (x, i) => x * factors[i % 3]), factors };
}

function speciesOf(poscar: Poscar, file: string, options: PoscarOptions): string[] {
  const { counts, countsLine, firstAtomLine } = poscar;
  const expand = (names: readonly string[]) => counts.flatMap((n, i) => new Array<string>(n).fill(names[i]));
  const given = options.species?.map(baseSpecies);
  if (given !== undefined && given.length !== counts.length)
    throw dataError(
      file,
      countsLine,
      `the species option names ${given.length} species (${given.join(" ")}), the file has ${counts.length} counts`,
    );
  const named = poscar.speciesLine?.map(baseSpecies);
  if (named !== undefined && given !== undefined && named.join(" ") !== given.join(" "))
    throw dataError(
      file,
      countsLine,
      `the file names the species ${named.join(" ")}, the species option ${given.join(" ")}`,
    );
  const known = named ?? given;
  if (known !== undefined) {
    const species = expand(known);
    for (const [atom, label] of poscar.labels.entries()) {
      const said = label.length === 0 ? "" : baseSpecies(label[0]);
      if (isSpeciesLabel(said) && said !== species[atom])
        throw dataError(
          file,
          firstAtomLine + atom,
          `atom ${atom + 1} is ${species[atom]} by the species ${named ? "line" : "option"}, but labelled ${said}`,
        );
    }
    return species;
  }
  const labelled = poscar.labels.filter((label) => label.length > 0).length;
  if (labelled > 0) return speciesFromLabels(poscar, file);
  if (options.speciesFromComment) {
    const tokens = words(poscar.comment).map(baseSpecies);
    if (tokens.length !== counts.length || !tokens.every(isSpeciesLabel))
      throw dataError(
        file,
        1,
        `expected ${counts.length} element symbols in the comment line, found ${quoteToken(poscar.comment.trim())}`,
      );
    return expand(tokens);
  }
  throw dataError(
    file,
    countsLine,
    "no species line, and no species after the coordinates: add a line with the species above the counts, or give them with the species option",
  );
}

function speciesFromLabels(poscar: Poscar, file: string): string[] {
  return poscar.labels.map((label, atom) => {
    const said = label.length === 0 ? "" : baseSpecies(label[0]);
    if (!isSpeciesLabel(said))
      throw dataError(
        file,
        poscar.firstAtomLine + atom,
        `the file has no species line; expected a species after the coordinates of atom ${atom + 1}, as other atoms have, found ${label.length === 0 ? "none" : quoteToken(label[0])}`,
      );
    return said;
  });
}

function isSpeciesLabel(text: string): boolean {
  return isElement(text) || text === "Va" || text === "Vac";
}

/** "Mg_pv/f474ac0d" and "Fe.pbe" name a potential: the species is what comes before. "H1.25" is hydrogen. */
function baseSpecies(token: string): string {
  return /^H\d*\.\d+/.test(token) ? "H" : token.split(/[_/.]/)[0];
}
