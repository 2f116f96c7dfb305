/** CIF 1.1 text: data blocks with their items and loops, before any meaning is given to them. */
import { dataError } from "../../core/errors.ts";
import { quoteToken, splitLines } from "./tokens.ts";

export interface CifValue {
  readonly text: string;
  /** Quoted or a text field: then "?" and "." are themselves, not "unknown" and "not applicable". */
  readonly quoted: boolean;
  readonly line: number;
}

export interface CifLoop {
  /** Lower case, with "_" for the "." that newer dictionaries put after the category. */
  readonly tags: readonly string[];
  readonly rows: readonly (readonly CifValue[])[];
  readonly line: number;
}

export interface CifBlock {
  readonly name: string;
  readonly line: number;
  /** By tag, written as in CifLoop. */
  readonly items: ReadonlyMap<string, CifValue>;
  readonly loops: readonly CifLoop[];
  /** Save frames, which dictionaries have. */
  readonly frames: readonly CifBlock[];
}

type Token = CifValue & { readonly kind: "tag" | "value" | "data" | "save" | "loop" };

/**
 * @throws {EcitonError} "data" with file and line for unclosed quotes and text fields, a value without a tag, a tag
 *   without a value or given twice, and a loop whose values do not fill its rows
 * @see https://www.iucr.org/resources/cif/spec/version1.1/cifsyntax
 */
export function parseCif(text: string, file: string): CifBlock[] {
  const blocks: MutableBlock[] = [];
  let frame: MutableBlock | null = null;
  const tokens = tokenize(text, file);
  let token = tokens.next().value;
  const advance = () => {
    token = tokens.next().value;
  };
  while (token !== undefined) {
    const { kind, line } = token;
    const block: MutableBlock | undefined = frame ?? blocks.at(-1);
    if (kind === "data") {
      if (frame !== null)
        throw dataError(file, line, `the save frame "${frame.name}" is not closed by save_`);
      const name = token.text.slice(5);
      const twin = blocks.find((other) => other.name.toLowerCase() === name.toLowerCase());
      if (twin !== undefined)
        throw dataError(file, line, `a data block "${name}" is also at line ${twin.line}`);
      blocks.push(newBlock(name, line));
      advance();
    } else if (block === undefined) {
      throw dataError(file, line, `expected data_ and a name first, found ${quoteToken(token.text)}`);
    } else if (kind === "save") {
      const name = token.text.slice(5);
      if ((name === "") === (frame === null))
        throw dataError(
          file,
          line,
          name === "" ? "save_ without a save frame" : "a save frame within another",
        );
      frame = name === "" ? null : newBlock(name, line);
      if (frame !== null) block.frames.push(frame);
      advance();
    } else if (kind === "tag") {
      const tag = addTag(block, token, file);
      advance();
      if (token?.kind !== "value") throw dataError(file, line, `${tag} has no value`);
      block.items.set(tag, token);
      advance();
    } else if (kind === "loop") {
      advance();
      const tags: string[] = [];
      for (; token?.kind === "tag"; advance()) tags.push(addTag(block, token, file));
      if (tags.length === 0) throw dataError(file, line, "loop_ without tags");
      const values: CifValue[] = [];
      for (; token?.kind === "value"; advance()) values.push(token);
      if (values.length % tags.length !== 0)
        throw dataError(
          file,
          values[values.length - 1].line,
          `the loop at line ${line} has ${tags.length} tags, but ${values.length} values, which do not fill its rows`,
        );
      const rows: CifValue[][] = [];
      for (let i = 0; i < values.length; i += tags.length) rows.push(values.slice(i, i + tags.length));
      block.loops.push({ tags, rows, line });
    } else {
      throw dataError(file, line, `the value ${quoteToken(token.text)} has no tag`);
    }
  }
  if (frame !== null)
    throw dataError(file, frame.line, `the save frame "${frame.name}" is not closed by save_`);
  if (blocks.length === 0) throw dataError(file, 1, "no data block: expected a line that begins with data_");
  return blocks;
}

interface MutableBlock extends CifBlock {
  readonly items: Map<string, CifValue>;
  readonly loops: CifLoop[];
  readonly frames: MutableBlock[];
  readonly tagLines: Map<string, number>;
}

function newBlock(name: string, line: number): MutableBlock {
  return { name, line, items: new Map(), loops: [], frames: [], tagLines: new Map() };
}

function addTag(block: MutableBlock, token: Token, file: string): string {
  const tag = token.text.toLowerCase().replace(".", "_");
  const before = block.tagLines.get(tag);
  if (before !== undefined)
    throw dataError(file, token.line, `${token.text} is also at line ${before} of the same block`);
  block.tagLines.set(tag, token.line);
  return tag;
}

function* tokenize(text: string, file: string): Generator<Token, undefined> {
  const lines = splitLines(text);
  for (let i = 0; i < lines.length; i++) {
    let at = 0;
    if (lines[i].startsWith(";")) {
      const first = i;
      const content = [lines[i].slice(1)];
      for (i++; i < lines.length && !lines[i].startsWith(";"); i++) content.push(lines[i]);
      if (i >= lines.length)
        throw dataError(
          file,
          first + 1,
          'the text field that begins here is never closed by a line with ";"',
        );
      yield { kind: "value", text: content.join("\n"), quoted: true, line: first + 1 };
      at = 1;
    }
    const content = lines[i];
    for (;;) {
      while (content[at] === " " || content[at] === "\t") at++;
      if (at >= content.length || content[at] === "#") break;
      const start = at;
      const quote = content[at];
      if (quote === "'" || quote === '"') {
        // A quote closes only before a space: 'it's one' is one value.
        for (at++; at < content.length; at++)
          if (content[at] === quote && (at + 1 === content.length || /[ \t]/.test(content[at + 1]))) break;
        if (at >= content.length) throw dataError(file, i + 1, `${quote} is not closed on its line`);
        at++;
        yield { kind: "value", text: content.slice(start + 1, at - 1), quoted: true, line: i + 1 };
        continue;
      }
      while (at < content.length && content[at] !== " " && content[at] !== "\t") at++;
      const word = content.slice(start, at);
      yield { kind: kindOf(word, file, i + 1), text: word, quoted: false, line: i + 1 };
    }
  }
  return undefined;
}

function kindOf(word: string, file: string, line: number): Token["kind"] {
  if (word.startsWith("_")) return "tag";
  if (/^data_/i.test(word)) return "data";
  if (/^save_/i.test(word)) return "save";
  if (/^loop_$/i.test(word)) return "loop";
  if (/^(global_|stop_)$/i.test(word)) throw dataError(file, line, `${word} is not allowed in CIF`);
  return "value";
}
