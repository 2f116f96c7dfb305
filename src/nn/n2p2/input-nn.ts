/**
 * n2p2's input.nn as it stands: a keyword and its words on each line, comments from "#" or "!" on.
 * @see n2p2, https://compphysvienna.github.io/n2p2/topics/keywords.html
 */
import { dataError } from "../../core/errors.ts";
import { quoteToken, requireDecimal, splitLines, words } from "../../data/formats/tokens.ts";

export interface InputNnLine {
  /** Main name, where n2p2 knows the keyword by several. */
  readonly keyword: string;
  readonly values: readonly string[];
  readonly line: number;
}

export interface InputNn {
  /** For messages. */
  readonly file: string;
  readonly lines: readonly InputNnLine[];
  /** Comments "# note: ..." that this program writes. */
  readonly notes: readonly string[];
}

/** Other names → main name. */
const aliases: Readonly<Record<string, string>> = {
  nn_type: "nnp_type",
  short_energy_error_threshold: "rmse_threshold_energy",
  short_force_error_threshold: "rmse_threshold_force",
  short_energy_fraction: "energy_fraction",
  short_force_fraction: "force_fraction",
};

/** Keywords that may stand on several lines. */
const repeated = new Set([
  "symfunction_short",
  "atom_energy",
  "element_hidden_layers_short",
  "element_nodes_short",
  "element_activation_short",
]);

/**
 * @param file for messages
 * @throws {EcitonError} "data" with file and line for a keyword that stands twice though it may only once, under another
 *   name too: n2p2 refuses these as well
 */
export function parseInputNn(text: string, file: string): InputNn {
  const lines: InputNnLine[] = [];
  const notes: string[] = [];
  const first = new Map<string, number>();
  splitLines(text).forEach((raw, index) => {
    const [name, ...values] = words(raw.replace(/[#!].*$/, ""));
    if (name === undefined) {
      const note = /^# note: (.*)$/.exec(raw)?.[1];
      if (note !== undefined) notes.push(note);
      return;
    }
    const keyword = aliases[name] ?? name;
    const line = index + 1;
    const before = first.get(keyword);
    if (before !== undefined && !repeated.has(keyword))
      throw dataError(
        file,
        line,
        `keyword "${name}" again, which stands on line ${before} already; keep one`,
      );
    first.set(keyword, line);
    lines.push({ keyword, values, line });
  });
  return { file, lines, notes };
}

/** The line of a keyword that may stand once. */
export function lineOf(input: InputNn, keyword: string): InputNnLine | undefined {
  return input.lines.find((line) => line.keyword === keyword);
}

export function linesOf(input: InputNn, keyword: string): readonly InputNnLine[] {
  return input.lines.filter((line) => line.keyword === keyword);
}

/** @throws {EcitonError} "data" naming the keyword that is missing */
export function requireLine(input: InputNn, keyword: string): InputNnLine {
  const found = lineOf(input, keyword);
  if (found === undefined) throw dataError(input.file, null, `keyword "${keyword}" is missing`);
  return found;
}

/** @throws {EcitonError} "data" with file and line unless word `index` of the line is a finite number */
export function numberAt(input: InputNn, line: InputNnLine, index: number, what: string): number {
  return requireDecimal(line.values[index], input.file, line.line, `${line.keyword}: ${what}`);
}

/** @throws {EcitonError} "data" with file and line unless word `index` is a whole number from `atLeast` on */
export function countAt(
  input: InputNn,
  line: InputNnLine,
  index: number,
  what: string,
  atLeast: number,
): number {
  const value = numberAt(input, line, index, what);
  if (!(Number.isInteger(value) && value >= atLeast))
    throw dataError(
      input.file,
      line.line,
      `${line.keyword}: ${what}: expected a whole number from ${atLeast} on, found ${quoteToken(line.values[index])}`,
    );
  return value;
}

/** @throws {EcitonError} "data" with file and line unless the line has so many words; `most` of null: any number */
export function requireWords(
  input: InputNn,
  line: InputNnLine,
  least: number,
  most: number | null,
  form: string,
): void {
  const found = line.values.length;
  if (found >= least && (most === null || found <= most)) return;
  throw dataError(
    input.file,
    line.line,
    `expected "${line.keyword} ${form}", found ${found} ${found === 1 ? "word" : "words"} behind the keyword: ${line.values.join(" ")}`,
  );
}
