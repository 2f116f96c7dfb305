/** The text of a POSCAR, line by line, before any meaning is given to it. */
import { dataError } from "../../core/errors.ts";
import { decimal, quoteToken, requireDecimal, splitLines, words } from "./tokens.ts";

export interface Poscar {
  readonly comment: string;
  /** One positive factor, minus a volume in Å³, or three positive factors. */
  readonly scale: readonly number[];
  /** Rows, before scaling. */
  readonly lattice: readonly number[]; // 9
  /** As in the file ("Mg_pv/abc"); null in the VASP 4 format. */
  readonly speciesLine: readonly string[] | null;
  readonly counts: readonly number[];
  readonly countsLine: number;
  readonly cartesian: boolean;
  /** As in the file, before scaling. */
  readonly coordinates: Float64Array; // 3N
  /** Selective dynamics: whether each coordinate may move. */
  readonly flags: readonly boolean[] | null; // 3N
  /** Words after the coordinates of each atom. */
  readonly labels: readonly (readonly string[])[]; // N
  readonly firstAtomLine: number;
}

/**
 * @throws {EcitonError} "data" with file and line for anything that is not a POSCAR, among it a number of
 *   coordinate lines that differs from the counts
 */
export function parsePoscar(text: string, file: string): Poscar {
  const lines = splitLines(text);
  let at = 1; // index of the next line; line numbers in messages are one more than indices
  const peek = (what: string): string[] => {
    while (at < lines.length && lines[at].trim() === "") at++;
    if (at >= lines.length) throw dataError(file, lines.length, `the file ends where ${what} should be`);
    return words(lines[at].replace(/[!#].*/, ""));
  };
  const fail = (message: string): never => {
    throw dataError(file, at + 1, message);
  };

  const scale = peek("the scale").map((token) => requireDecimal(token, file, at + 1, "scale"));
  const single = scale.length === 1 && scale[0] !== 0;
  if (!single && !(scale.length === 3 && scale.every((x) => x > 0)))
    fail(
      `scale: expected one number (negative for a volume) or three positive ones, found ${quoteToken(lines[at].trim())}`,
    );
  at++;

  const lattice: number[] = [];
  for (let i = 1; i <= 3; i++) {
    const tokens = peek(`lattice vector ${i}`);
    if (tokens.length !== 3) fail(`lattice vector ${i}: expected 3 numbers, found ${tokens.length} words`);
    lattice.push(...tokens.map((token) => requireDecimal(token, file, at + 1, `lattice vector ${i}`)));
    at++;
  }

  // Long lists of species and of counts are wrapped over several lines.
  const isCount = (token: string) => /^\d+$/.test(token);
  const speciesLine: string[] = [];
  for (let tokens = peek("the species or the counts"); !isCount(tokens[0]); tokens = peek("the counts")) {
    const odd = tokens.find((token) => !/^[A-Za-z][A-Za-z0-9+-]*([_./][\w.+-]*)*$/.test(token));
    if (odd !== undefined || tokens.length === 0)
      fail(`expected species or counts of atoms, found ${quoteToken(odd ?? lines[at].trim())}`);
    if (/^(selective|direct|cartesian)$/i.test(tokens[0]))
      fail(`expected the counts of atoms, found ${quoteToken(lines[at].trim())}`);
    speciesLine.push(...tokens);
    at++;
  }
  const counts: number[] = [];
  const countsLine = at + 1;
  for (let tokens = peek("the counts"); isCount(tokens[0]); tokens = peek("Direct or Cartesian")) {
    // VASP 5 counts end with the last species, so that a stray line of integers is not swallowed.
    if (speciesLine.length > 0 && counts.length >= speciesLine.length) break;
    const odd = tokens.find((token) => !isCount(token));
    if (odd !== undefined) fail(`counts of atoms: expected whole numbers, found ${quoteToken(odd)}`);
    counts.push(...tokens.map(Number));
    at++;
  }
  if (speciesLine.length > 0 && counts.length !== speciesLine.length)
    throw dataError(
      file,
      countsLine,
      `${speciesLine.length} species (${speciesLine.join(" ")}), but ${counts.length} counts`,
    );
  const atoms = counts.reduce((a, b) => a + b, 0);
  if (atoms === 0) throw dataError(file, countsLine, "no atoms: every count is zero");

  const selective = /^s/i.test(peek("Direct or Cartesian")[0] ?? "");
  if (selective) at++;
  const mode = peek("Direct or Cartesian")[0] ?? "";
  if (!/^[ckd]/i.test(mode))
    fail(
      `expected "Direct" or "Cartesian"${selective ? "" : ' (or "Selective dynamics")'}, found ${quoteToken(lines[at].trim())}`,
    );
  at++;
  peek("the first atom");
  const firstAtomLine = at + 1;

  const coordinates = new Float64Array(3 * atoms);
  const flags: boolean[] = [];
  const labels: string[][] = [];
  for (let atom = 0; atom < atoms; atom++, at++) {
    const tokens = words((lines[at] ?? "").replace(/[!#].*/, ""));
    // A blank line here would let velocities be read as positions.
    if (tokens.length === 0)
      throw dataError(
        file,
        Math.min(at + 1, lines.length),
        `the coordinates end after ${atom} atoms, the counts promise ${atoms}`,
      );
    for (let k = 0; k < 3; k++)
      coordinates[3 * atom + k] = requireDecimal(tokens[k], file, at + 1, `atom ${atom + 1} of ${atoms}`);
    const logical = tokens.slice(3, 6).map(fortranLogical);
    const hasFlags = logical.length === 3 && logical.every((flag) => flag !== undefined);
    if (selective && !hasFlags)
      fail(`atom ${atom + 1}: selective dynamics needs three flags T or F after the coordinates`);
    if (selective) flags.push(...(logical as boolean[]));
    labels.push(tokens.slice(hasFlags ? 6 : 3));
  }
  const next = words(lines[at] ?? "");
  if (next.length > 0 && decimal(next[0]) !== undefined)
    fail(`the counts promise ${atoms} atoms, but another line of coordinates follows`);

  return {
    comment: lines[0],
    scale,
    lattice,
    speciesLine: speciesLine.length === 0 ? null : speciesLine,
    counts,
    countsLine,
    cartesian: !/^d/i.test(mode),
    coordinates,
    flags: selective ? flags : null,
    labels,
    firstAtomLine,
  };
}

function fortranLogical(token: string): boolean | undefined {
  if (/^(\.?T|\.true\.)$/i.test(token)) return true;
  if (/^(\.?F|\.false\.)$/i.test(token)) return false;
  return undefined;
}
