/** Lines and numbers of text formats, read strictly and written so that they read back exactly. */
import { dataError, EcitonError } from "../../core/errors.ts";

/** Lines without their ends: LF, CR LF and a lone CR all end a line. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** Words of a line; none for a blank one. */
export function words(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === "" ? [] : trimmed.split(/\s+/);
}

const decimalPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;

/** A finite decimal number, with Fortran's exponent letter D too; undefined for anything else, NaN among it. */
export function decimal(token: string): number | undefined {
  if (!decimalPattern.test(token)) return undefined;
  const value = Number(token.replace(/[dD]/, "e"));
  return Number.isFinite(value) ? value : undefined;
}

/** @throws {EcitonError} "data" with file and line if the token is not a finite decimal number */
export function requireDecimal(token: string | undefined, file: string, line: number, what: string): number {
  const value = token === undefined ? undefined : decimal(token);
  if (value === undefined)
    throw dataError(file, line, `${what}: expected a number, found ${quoteToken(token)}`);
  return value;
}

export function quoteToken(token: string | undefined): string {
  if (token === undefined) return "the end of the line";
  return token.length > 60 ? `"${token.slice(0, 57)}..."` : `"${token}"`;
}

/**
 * The shortest decimal text that reads back as the same double.
 * @throws {EcitonError} "data" for NaN and Infinity, which no file may hold
 */
export function numberText(value: number): string {
  if (!Number.isFinite(value))
    throw new EcitonError("data", `a number to be written is ${value}; only finite numbers can be written`, {
      value,
    });
  return Object.is(value, -0) ? "-0" : String(value);
}
