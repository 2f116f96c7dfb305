/** Values of a data block: unknown ones, numbers with uncertainties, columns. */
import { dataError } from "../../core/errors.ts";
import type { CifBlock, CifLoop, CifValue } from "./cif-parse.ts";
import { decimal, quoteToken } from "./tokens.ts";

/** Whether the file says "?" (unknown) or "." (not applicable). */
export function isUnknown(value: CifValue): boolean {
  return !value.quoted && (value.text === "?" || value.text === ".");
}

/** The first of the tags that has a known value outside loops. */
export function itemOf(block: CifBlock, ...tags: readonly string[]): CifValue | undefined {
  return tags.map((tag) => block.items.get(tag)).find((value) => value !== undefined && !isUnknown(value));
}

export function textOf(block: CifBlock, ...tags: readonly string[]): string | null {
  return itemOf(block, ...tags)?.text.trim() ?? null;
}

/** @throws {EcitonError} "data" if the value is no number */
export function numberOf(block: CifBlock, file: string, ...tags: readonly string[]): number | null {
  const value = itemOf(block, ...tags);
  return value === undefined ? null : cifNumber(value, file, tags[0]);
}

export function loopWith(block: CifBlock, tag: string): CifLoop | undefined {
  return block.loops.find((loop) => loop.tags.includes(tag));
}

/**
 * A number, its standard uncertainty in parentheses dropped: 1.234(5) is 1.234.
 * @throws {EcitonError} "data" with file and line for "?", "." and anything else that is no number
 */
export function cifNumber(value: CifValue, file: string, what: string): number {
  const number = decimal(value.text.trim().replace(/\(\d+\)$/, ""));
  if (number === undefined)
    throw dataError(file, value.line, `${what}: expected a number, found ${quoteToken(value.text)}`);
  return number;
}
