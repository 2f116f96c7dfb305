/** Tables of numbers as DYNAMO files hold them: any number of them on a line, any line breaks between. */
import { dataError } from "../../core/errors.ts";
import { quoteToken, requireDecimal, splitLines, words } from "./tokens.ts";

/** Reads the lines of an EAM file in order. */
export class EamLines {
  readonly file: string;
  private readonly lines: readonly string[];
  private next = 0;

  constructor(text: string, file: string) {
    this.file = file;
    this.lines = splitLines(text);
  }

  /** Number of the line that was read last, from 1. */
  get line(): number {
    return this.next;
  }

  /** The next line as it is. */
  text(what: string): string {
    if (this.next >= this.lines.length)
      throw dataError(this.file, this.lines.length, `the file ends before ${what}`);
    return this.lines[this.next++];
  }

  /** The words of the next line, at least `atLeast` of them. */
  words(what: string, atLeast: number): string[] {
    const found = words(this.text(what));
    if (found.length < atLeast)
      throw dataError(this.file, this.line, `${what}: expected ${atLeast} words, found ${found.length}`);
    return found;
  }

  number(token: string | undefined, what: string): number {
    return requireDecimal(token, this.file, this.line, what);
  }

  /** A whole number of at least `atLeast`. */
  count(token: string | undefined, what: string, atLeast: number): number {
    const value = this.number(token, what);
    if (!(Number.isInteger(value) && value >= atLeast))
      throw dataError(
        this.file,
        this.line,
        `${what}: expected a whole number from ${atLeast}, found ${quoteToken(token)}`,
      );
    return value;
  }

  positive(token: string | undefined, what: string): number {
    const value = this.number(token, what);
    if (!(value > 0))
      throw dataError(
        this.file,
        this.line,
        `${what}: expected a positive number, found ${quoteToken(token)}`,
      );
    return value;
  }

  /** `count` numbers on the next lines; the last line has to end with the last of them. */
  table(count: number, what: string): number[] {
    const values: number[] = [];
    while (values.length < count) {
      const found = words(this.text(`${what} (${values.length} of ${count} numbers read)`));
      if (values.length + found.length > count)
        throw dataError(
          this.file,
          this.line,
          `${what}: expected ${count} numbers, found ${values.length + found.length} up to the end of this line`,
        );
      for (const token of found) values.push(this.number(token, what));
    }
    return values;
  }

  /** @throws {EcitonError} "data" unless only blank lines are left */
  end(): void {
    while (this.next < this.lines.length) {
      const left = words(this.lines[this.next++]);
      if (left.length > 0)
        throw dataError(this.file, this.line, `expected the end of the file, found ${quoteToken(left[0])}`);
    }
  }
}

/** Numbers, five on a line, so that they read back exactly. */
export function tableText(values: readonly number[]): string {
  let text = "";
  for (let i = 0; i < values.length; i += 5)
    text += `${values
      .slice(i, i + 5)
      .map((value) => value.toExponential())
      .join(" ")}\n`;
  return text;
}
