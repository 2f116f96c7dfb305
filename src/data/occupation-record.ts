/** One configuration of a lattice as people write it: the sites that differ from the background, in a supercell. */
import { dataError } from "../core/errors.ts";
import { det3, type Mat3, type Vec3 } from "../core/linalg.ts";

export interface Occupant {
  readonly species: string;
  /** Name of the site in the parent cell. */
  readonly site: string;
  /** The parent cell that holds it, in units of the parent cell's vectors. */
  readonly cell: Vec3;
}

export interface OccupationRecord {
  readonly id: string;
  /** Integers, row-major; rows are the supercell's vectors in units of the parent cell's. */
  readonly supercell: Mat3;
  /** Only the sites that do not hold the background species. */
  readonly occupants: readonly Occupant[];
  /** eV, of the whole supercell. */
  readonly energy?: number;
  readonly weight?: number;
  /** Other columns, as text; a cell that is empty is left out. */
  readonly extra: Readonly<Record<string, string>>;
  /** Line of the table on which it stands. */
  readonly line: number;
}

type Where = { readonly file: string; readonly line: number };

/** A value that should be a number: a JSON number, or text that is one. */
export function finiteNumber(value: unknown, column: string, { file, line }: Where): number {
  const text =
    typeof value === "number"
      ? String(value)
      : typeof value === "string"
        ? value.trim()
        : JSON.stringify(value);
  const found = text === "" || text === undefined || text === "null" ? "nothing" : `"${text}"`;
  const valid = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text ?? "");
  if (!valid || !Number.isFinite(Number(text)))
    throw dataError(file, line, `${column}: expected a finite number, found ${found}`);
  // Turns -0 into 0, which is what it would be read back as.
  return Number(text) + 0;
}

/**
 * "4,4,1" (also with blanks, semicolons or x between), nine such integers, or the same as arrays.
 * @throws {EcitonError} "data" for anything else, and for a matrix without volume
 */
export function parseSupercell(value: unknown, { file, line }: Where): Mat3 {
  const words: unknown[] =
    typeof value === "string"
      ? value.trim().split(/\s*[\s,;x]\s*/)
      : Array.isArray(value)
        ? value.flat()
        : [];
  const numbers = words.map((word) => (typeof word === "string" && word.trim() !== "" ? Number(word) : word));
  const integers = numbers.filter((x): x is number => Number.isSafeInteger(x));
  if (integers.length !== words.length || (words.length !== 3 && words.length !== 9))
    throw dataError(
      file,
      line,
      `supercell: expected three integers (4,4,1) or nine (row by row), found ${JSON.stringify(value)}`,
    );
  const [a, b, c] = integers;
  const matrix = (integers.length === 3 ? [a, 0, 0, 0, b, 0, 0, 0, c] : integers) as Mat3;
  if (det3(matrix) === 0) throw dataError(file, line, `supercell: ${JSON.stringify(value)} has no volume`);
  return matrix.map((x) => x + 0) as Mat3;
}

const OCCUPANT = /^([^@\s;[\]]+)\s*@\s*([^@\s;[\]]+)\s*\[([^\]]*)\]$/;

/**
 * "V@O1[0,1,0]; Ce3+@Ce1[2,3,0]", or a list of such words or of objects {species, site, cell}. Blanks
 * may stand for the commas of a cell. Empty is none.
 * @throws {EcitonError} "data" for anything else, or a site that is named twice, periodic images included
 */
export function parseOccupants(value: unknown, supercell: Mat3, where: Where): Occupant[] {
  const { file, line } = where;
  const parts: unknown[] =
    typeof value === "string"
      ? value.split(";").filter((part) => part.trim() !== "")
      : Array.isArray(value)
        ? value
        : [value];
  const occupants = parts.map((part): Occupant => {
    const match = typeof part === "string" ? OCCUPANT.exec(part.trim()) : null;
    const fields = match
      ? {
          species: match[1],
          site: match[2],
          cell: match[3]
            .trim()
            .split(/\s*[\s,]\s*/)
            .map((word) => (/^[+-]?\d+$/.test(word) ? Number(word) : Number.NaN)),
        }
      : ((typeof part === "object" && part !== null ? part : {}) as Record<string, unknown>);
    const { species, site, cell } = fields;
    if (!isName(species) || !isName(site) || !Array.isArray(cell))
      throw dataError(file, line, `occupants: expected species@site[i,j,k], found ${JSON.stringify(part)}`);
    if (cell.length !== 3 || !cell.every((x) => Number.isSafeInteger(x)))
      throw dataError(
        file,
        line,
        `occupants: expected three integers for the cell, found ${JSON.stringify(part)}`,
      );
    return { species, site, cell: cell.map((x: number) => x + 0) as Vec3 };
  });
  const seen = new Map<string, Occupant>();
  for (const occupant of occupants) {
    const key = `${occupant.site}[${cellClass(occupant.cell, supercell)}]`;
    const earlier = seen.get(key);
    if (earlier)
      throw dataError(
        file,
        line,
        `occupants: ${formatOccupant(earlier)} and ${formatOccupant(occupant)} are the same site of the supercell`,
      );
    seen.set(key, occupant);
  }
  return occupants;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[^@\s;[\]]+$/.test(value);
}

/**
 * Equal for cells that differ by a vector of the supercell: c ≡ c' exactly if (c − c') S⁻¹ is whole, that is
 * (c − c') adj(S) ≡ 0 modulo det S.
 */
function cellClass(cell: Vec3, s: Mat3): string {
  const volume = Math.abs(det3(s));
  const adjugate = [
    [s[4] * s[8] - s[5] * s[7], s[2] * s[7] - s[1] * s[8], s[1] * s[5] - s[2] * s[4]],
    [s[5] * s[6] - s[3] * s[8], s[0] * s[8] - s[2] * s[6], s[2] * s[3] - s[0] * s[5]],
    [s[3] * s[7] - s[4] * s[6], s[1] * s[6] - s[0] * s[7], s[0] * s[4] - s[1] * s[3]],
  ];
  return [0, 1, 2]
    .map((k) => cell[0] * adjugate[0][k] + cell[1] * adjugate[1][k] + cell[2] * adjugate[2][k])
    .map((x) => ((x % volume) + volume) % volume)
    .join();
}

export function formatOccupant({ species, site, cell }: Occupant): string {
  return `${species}@${site}[${cell.join(",")}]`;
}

/** Three integers for a diagonal supercell, otherwise nine. */
export function shortSupercell(s: Mat3): number[] {
  return s.every((x, i) => i % 4 === 0 || x === 0) ? [s[0], s[4], s[8]] : [...s];
}
