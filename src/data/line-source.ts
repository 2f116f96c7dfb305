/** Lines one after another, of a text in memory or of a file of any length. */
import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import { dataError } from "../core/errors.ts";
import { ioError } from "../exec/atomic-file.ts";
import { readTextFile } from "./read-text.ts";

export interface LineSource {
  /** The next line without its end (LF or CR LF); undefined after the last one. */
  next(): string | undefined;
  /** Of the line that `next` gave last, from 1. */
  number(): number;
  /** Whether nothing is left. */
  ended(): boolean;
  /** Whether the last line had a line end, as far as it was reached. */
  whole(): boolean;
}

export function linesOfText(text: string): LineSource {
  let at = 0;
  let number = 0;
  return {
    next() {
      if (at >= text.length) return undefined;
      const end = text.indexOf("\n", at);
      const line = lineBetween(text, at, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 1;
      number++;
      return line;
    },
    number: () => number,
    ended: () => at >= text.length,
    whole: () => at < text.length || text.endsWith("\n"),
  };
}

function lineBetween(text: string, from: number, to: number): string {
  return text.slice(from, to > from && text[to - 1] === "\r" ? to - 1 : to);
}

const PIECE_BYTES = 2 ** 20;

/** Lines of a file, of which a piece of about a megabyte (or one line, if that is longer) is held. */
class FileLines implements LineSource {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #piece = Buffer.alloc(PIECE_BYTES);
  #rest = Buffer.alloc(0);
  #text = "";
  #at = 0;
  #number = 0;
  #allRead = false;
  #whole = true;

  /** @throws {EcitonError} "data" if the file cannot be read */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#descriptor = openSync(path, "r");
    } catch (error) {
      throw ioError("read", path, error);
    }
  }

  next(): string | undefined {
    if (this.ended()) return undefined;
    const end = this.#text.indexOf("\n", this.#at);
    // Only the last line of a file is without an end: pieces are cut after line ends.
    if (end < 0) this.#whole = false;
    const line = lineBetween(this.#text, this.#at, end < 0 ? this.#text.length : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    this.#number++;
    return line;
  }

  number(): number {
    return this.#number;
  }

  ended(): boolean {
    while (this.#at >= this.#text.length && !this.#allRead) this.#load();
    return this.#at >= this.#text.length;
  }

  whole(): boolean {
    return this.#whole;
  }

  #load(): void {
    let length: number;
    try {
      length = readSync(this.#descriptor, this.#piece, 0, PIECE_BYTES, null);
    } catch (error) {
      throw ioError("read", this.#path, error);
    }
    const bytes = Buffer.concat([this.#rest, this.#piece.subarray(0, length)]);
    this.#allRead = length === 0;
    const end = this.#allRead ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
    const text = bytes.subarray(0, end);
    this.#rest = Buffer.from(bytes.subarray(end));
    if (!isUtf8(text))
      throw dataError(
        this.#path,
        null,
        `not UTF-8 text after line ${this.#number}: if it is text in another encoding, convert it first (iconv -t UTF-8); if not, it is the wrong file`,
      );
    const marked = this.#number === 0 && text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf;
    this.#text = text.toString("utf8", marked ? 3 : 0);
    this.#at = 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Lines of a file and what closes it. A gzipped file is unpacked in memory as a whole. */
export function openLines(path: string): { readonly lines: LineSource; close(): void } {
  if (isGzip(path)) return { lines: linesOfText(readTextFile(path)), close: () => {} };
  const lines = new FileLines(path);
  return { lines, close: () => lines.close() };
}

function isGzip(path: string): boolean {
  const start = Buffer.alloc(2);
  try {
    const descriptor = openSync(path, "r");
    try {
      readSync(descriptor, start, 0, 2, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw ioError("read", path, error);
  }
  return start[0] === 0x1f && start[1] === 0x8b;
}
