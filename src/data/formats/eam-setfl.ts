/**
 * DYNAMO's setfl format of embedded-atom potentials ("eam/alloy" files): three lines of comment, the elements, the
 * grids, then for each element F(ρ) and f(r), then r φ(r) for every pair.
 * @see M. S. Daw, S. M. Foiles, M. I. Baskes, Mater. Sci. Rep. 9, 251 (1993)
 */
import { dataError, EcitonError } from "../../core/errors.ts";
import { EamLines, tableText } from "./eam-numbers.ts";

export interface SetflElement {
  readonly name: string;
  readonly atomicNumber: number;
  /** amu */
  readonly mass: number;
  /** Å, with the lattice that it belongs to ("fcc"). */
  readonly latticeConstant: number;
  readonly lattice: string;
  /** F at ρ = 0, drho, 2 drho ..., eV. */
  readonly embedding: readonly number[];
  /** f at r = 0, dr, 2 dr ..., in the units of ρ. */
  readonly density: readonly number[];
}

/** What a setfl file says; JSON-safe. */
export interface Setfl {
  readonly comments: readonly [string, string, string];
  readonly nrho: number;
  readonly drho: number;
  readonly nr: number;
  /** Å */
  readonly dr: number;
  /** Å */
  readonly cutoff: number;
  readonly elements: readonly SetflElement[];
  /** r φ at r = 0, dr, ..., eV Å, for the pairs (0,0), (1,0), (1,1), (2,0) ... as in the file. */
  readonly pairs: readonly (readonly number[])[];
}

/**
 * @param file for messages
 * @throws {EcitonError} "data" with file and line for a file that ends early or goes on, wrong counts, what is no number
 */
export function parseSetfl(text: string, file: string): Setfl {
  const lines = new EamLines(text, file);
  const comments = ["the first", "the second", "the third"].map((nth) =>
    lines.text(`${nth} line of comment`),
  ) as [string, string, string];
  const head = lines.words("number and names of the elements", 2);
  const count = lines.count(head[0], "number of elements", 1);
  const names = head.slice(1);
  if (names.length !== count || new Set(names).size !== count)
    throw dataError(
      file,
      lines.line,
      `expected ${count} different element names, found ${names.length}: ${names.join(" ")}`,
    );
  const grids = lines.words("nrho drho nr dr cutoff", 5);
  const nrho = lines.count(grids[0], "nrho", 5);
  const drho = lines.positive(grids[1], "drho");
  const nr = lines.count(grids[2], "nr", 5);
  const dr = lines.positive(grids[3], "dr");
  const cutoff = lines.positive(grids[4], "cutoff");
  const elements = names.map((name): SetflElement => {
    const line = lines.words(`atomic number, mass, lattice constant and lattice of ${name}`, 3);
    return {
      name,
      atomicNumber: lines.count(line[0], `atomic number of ${name}`, 0),
      mass: lines.positive(line[1], `mass of ${name}`),
      latticeConstant: lines.number(line[2], `lattice constant of ${name}`),
      lattice: line[3] ?? "",
      embedding: lines.table(nrho, `embedding energy of ${name}`),
      density: lines.table(nr, `density of ${name}`),
    };
  });
  const pairs = names.flatMap((one, i) =>
    names.slice(0, i + 1).map((other) => lines.table(nr, `pair energy of ${one}-${other}`)),
  );
  lines.end();
  return { comments, nrho, drho, nr, dr, cutoff, elements, pairs };
}

/**
 * Text that parses back to the same numbers.
 * @throws {EcitonError} "data" for numbers that are not finite, or a comment of several lines
 */
export function setflText(setfl: Setfl): string {
  for (const table of [...setfl.elements.flatMap((one) => [one.embedding, one.density]), ...setfl.pairs])
    if (!table.every(Number.isFinite))
      throw new EcitonError("data", "setfl: a table holds a number that is not finite; none was written");
  if (setfl.comments.some((comment) => /[\r\n]/.test(comment)))
    throw new EcitonError("data", "setfl: a comment has more than one line");
  const { elements, nrho, drho, nr, dr, cutoff } = setfl;
  let text = `${setfl.comments.join("\n")}\n`;
  text += `${elements.length} ${elements.map((one) => one.name).join(" ")}\n`;
  text += `${nrho} ${drho} ${nr} ${dr} ${cutoff}\n`;
  for (const one of elements) {
    text += `${one.atomicNumber} ${one.mass} ${one.latticeConstant} ${one.lattice}\n`;
    text += tableText(one.embedding) + tableText(one.density);
  }
  return text + setfl.pairs.map(tableText).join("");
}
