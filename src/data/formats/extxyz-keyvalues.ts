/** The key=value grammar of extended XYZ's second line, read and written. */
import { dataError, EcitonError } from "../../core/errors.ts";
import type { InfoValue } from "../structure.ts";
import { decimal, numberText, quoteToken } from "./tokens.ts";

export type ExtxyzScalar = string | number | boolean;

export interface ExtxyzValue {
  readonly values: readonly ExtxyzScalar[];
  /** [] for a scalar, [n] for a list, [rows, columns] for a nested one (values row by row). */
  readonly shape: readonly number[];
}

/**
 * Entries of a line such as `Lattice="1 0 0 ..." pbc=[T, T, F] label='a b' flag`. A bare key is true. Quoted or
 * braced lists of numbers or logicals are lists (one entry: a scalar), other quoted text is a string; a backslash
 * stands for the character after it, `\n` for a line break, and keeps quoted text from being read as a number.
 * @throws {EcitonError} "data" with file, line and column for text outside the grammar and for a key given twice
 * @see https://github.com/libAtoms/extxyz (README: Extended XYZ specification)
 */
export function parseKeyValues(text: string, file: string, line: number): Map<string, ExtxyzValue> {
  const entries = new Map<string, ExtxyzValue>();
  let at = 0;
  const fail = (message: string): never => {
    throw dataError(file, line, `column ${at + 1}: ${message}`);
  };
  const skipSpace = () => {
    while (at < text.length && /\s/.test(text[at])) at++;
  };
  /** Raw text up to the closing character, escapes still in it; `at` ends behind it, at a space or the end. */
  const delimited = (close: string): string => {
    const start = ++at;
    while (at < text.length && text[at] !== close) at += text[at] === "\\" ? 2 : 1;
    if (at >= text.length) {
      at = start - 1;
      fail(`${text[at]} is never closed by ${close}`);
    }
    return text.slice(start, at++);
  };
  const bare = (forbidden: RegExp): string => {
    let word = "";
    for (; at < text.length && !/\s/.test(text[at]); at++) {
      if (forbidden.test(text[at])) break;
      if (text[at] === "\\" && at + 1 < text.length) at++;
      word += text[at];
    }
    return word;
  };
  const value = (): ExtxyzValue => {
    const open = text[at];
    if (open === '"' || open === "'") {
      const raw = delimited(open);
      const list = typed(splitList(raw));
      return list === undefined
        ? scalar(withoutEscapes(raw))
        : list.length === 1
          ? scalar(list[0])
          : vector(list);
    }
    if (open === "{") {
      const list = listOf(tokensOf(delimited("}"), fail));
      return list.length === 1 ? scalar(list[0]) : vector(list);
    }
    if (open === "[") return bracketed();
    const word = bare(/["=[\]{}]/);
    if (at < text.length && !/\s/.test(text[at]))
      fail(`"${text[at]}" within a value: put the value between double quotes`);
    return scalar(typed([word])?.[0] ?? word);
  };
  const bracketed = (): ExtxyzValue => {
    const start = at;
    const nested = /^\[\s*\[/.test(text.slice(at));
    const end = closingBracket(text, at);
    if (end < 0) fail("[ is never closed by ]");
    at = end + 1;
    const inner = text.slice(start + 1, end);
    if (!nested) return vector(listOf(tokensOf(inner, fail)));
    const rows: Token[][] = [];
    let rest = inner.trim();
    while (rest !== "") {
      const stop = rest[0] === "[" ? closingBracket(rest, 0) : -1;
      if (stop < 0) fail("expected rows in brackets, separated by commas");
      rows.push(tokensOf(rest.slice(1, stop), fail));
      rest = rest.slice(stop + 1).replace(/^\s*,?\s*/, "");
    }
    if (rows.some((row) => row.length !== rows[0].length)) fail("the rows differ in length");
    return { values: listOf(rows.flat()), shape: [rows.length, rows[0].length] };
  };

  for (skipSpace(); at < text.length; skipSpace()) {
    const start = at;
    const key = text[at] === '"' ? withoutEscapes(delimited('"')) : bare(/[="'[\]{}]/);
    if (key === "") fail(`expected a key, found ${quoteToken(text.slice(at, at + 20))}`);
    if (entries.has(key)) {
      at = start;
      fail(`the key "${key}" is given twice`);
    }
    const afterKey = at;
    skipSpace();
    if (text[at] !== "=") {
      if (at === afterKey && at < text.length) fail(`"${text[at]}" within a key`);
      entries.set(key, scalar(true));
      continue;
    }
    at++;
    skipSpace();
    if (at >= text.length) fail(`the key "${key}" has no value`);
    entries.set(key, value());
    if (at < text.length && !/\s/.test(text[at])) fail(`expected a space after the value of "${key}"`);
  }
  return entries;
}

/** A value of `info`: a scalar or a flat list (a nested one row by row). */
export function infoValue(value: ExtxyzValue): InfoValue {
  return value.shape.length === 0 ? value.values[0] : value.values;
}

/**
 * Text of one entry, such that parseKeyValues gives it back.
 * @throws {EcitonError} "data" for a number that is not finite or a list of several types
 */
export function keyValueText(key: string, value: InfoValue): string {
  const name = /^[^\s="',{}[\]\\]+$/.test(key) ? key : quoted(key);
  if (typeof value !== "object") return `${name}=${scalarText(value)}`;
  if (value.some((entry) => typeof entry !== typeof value[0]))
    throw new EcitonError("data", `"${key}" is a list of several types, which extended XYZ cannot hold`, {
      key,
    });
  const entries = value.map((entry) => (typeof entry === "string" ? quoted(entry) : scalarText(entry)));
  return `${name}=[${entries.join(", ")}]`;
}

function scalarText(value: ExtxyzScalar): string {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "T" : "F";
  const raw = quoted(value).slice(1, -1);
  if (typed(splitList(raw)) !== undefined) return `"\\${raw}"`;
  return /^[^\s="',{}[\]\\]+$/.test(value) ? value : `"${raw}"`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

function withoutEscapes(raw: string): string {
  return raw.replace(/\\([\s\S])/g, (_, next: string) => (next === "n" ? "\n" : next));
}

const scalar = (value: ExtxyzScalar): ExtxyzValue => ({ values: [value], shape: [] });
const vector = (values: readonly ExtxyzScalar[]): ExtxyzValue => ({ values, shape: [values.length] });

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** Numbers if all are numbers, logicals if all are logicals, else undefined. */
function typed(tokens: readonly string[]): ExtxyzScalar[] | undefined {
  if (tokens.length === 0) return undefined;
  const numbers = tokens.map(decimal);
  if (numbers.every((x) => x !== undefined)) return numbers as number[];
  if (tokens.every((token) => /^(T|F|[tT]rue|TRUE|[fF]alse|FALSE)$/.test(token)))
    return tokens.map((token) => /^t/i.test(token));
  return undefined;
}

function listOf(tokens: readonly Token[]): readonly ExtxyzScalar[] {
  const plain = tokens.map((token) => token.text);
  return (tokens.some((token) => token.quoted) ? undefined : typed(plain)) ?? plain;
}

/** Words separated by spaces or single commas. */
function splitList(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === "" ? [] : trimmed.split(/\s*,\s*|\s+/);
}

/** Entries of a list, which may be quoted, separated by commas or spaces. */
function tokensOf(text: string, fail: (message: string) => never): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|((?:\\.|[^\s,"'[\]{}\\])+))\s*(,?)/y;
  let trailingComma = false;
  while (text.slice(pattern.lastIndex).trim() !== "") {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) return fail(`cannot read the list entry at ${quoteToken(text.slice(from).trim())}`);
    const inQuotes = match[1] ?? match[2];
    tokens.push({ text: withoutEscapes(inQuotes ?? match[3]), quoted: inQuotes !== undefined });
    trailingComma = match[4] === ",";
  }
  if (trailingComma) fail("a list ends with a comma");
  return tokens;
}

/** Index of the bracket that closes the one at `open`, quoted text skipped; -1 if there is none. */
function closingBracket(text: string, open: number): number {
  let depth = 0;
  let quote = "";
  for (let i = open; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (quote !== "") {
      if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === "[") depth++;
    else if (c === "]" && --depth === 0) return i;
  }
  return -1;
}
