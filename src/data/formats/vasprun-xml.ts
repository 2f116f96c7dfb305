/** The XML of a vasprun.xml: its blocks, found by scanning so that a cut file gives what it has, and their parse. */
import { XMLParser } from "fast-xml-parser";
import { dataError } from "../../core/errors.ts";
import { elementOfTitle, fortranNumbers } from "./vasp-values.ts";

export interface Xml {
  readonly [name: string]: unknown;
}

/** A piece of the file that is closed by its end tag, with the line on which it begins. */
export interface XmlBlock {
  readonly text: string;
  readonly line: number;
}

export interface VasprunBlocks {
  readonly atominfo: XmlBlock | null;
  readonly parameters: XmlBlock | null;
  readonly initialStructure: XmlBlock | null;
  /** Closed `<calculation>` elements, in order. */
  readonly calculations: readonly XmlBlock[];
  /** Whether the file ends with `</modeling>`, as a run that was not interrupted does. */
  readonly whole: boolean;
  readonly lastLine: number;
}

const repeated = new Set(["i", "v", "c", "rc", "varray", "array", "scstep", "structure", "separator"]);

// Bands and densities of states may be most of the file, and nothing here reads them.
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  stopNodes: ["calculation.eigenvalues", "calculation.dos", "calculation.projected"],
  isArray: (name) => repeated.has(name),
});

export function parseBlock(block: XmlBlock): Xml {
  return parser.parse(block.text) as Xml;
}

/** @throws {EcitonError} "data" if this is no vasprun.xml, or one run was written over another */
export function vasprunBlocks(text: string, file: string): VasprunBlocks {
  if (!text.includes("<modeling>"))
    throw dataError(file, 1, "not a vasprun.xml: expected a <modeling> element, found none");
  const lineAt = lineCounter(text);
  const calculations: XmlBlock[] = [];
  const open = "<calculation>";
  const close = "</calculation>";
  const firstCalculation = text.indexOf(open);
  const head = text.slice(0, firstCalculation < 0 ? text.length : firstCalculation);
  const atominfo = blockOf(head, "<atominfo>", "</atominfo>", lineAt);
  const parameters = blockOf(head, "<parameters>", "</parameters>", lineAt);
  const initialStructure = blockOf(head, '<structure name="initialpos"', "</structure>", lineAt);
  for (let start = firstCalculation; start >= 0; ) {
    const next = text.indexOf(open, start + open.length);
    const end = text.indexOf(close, start);
    if (end < 0 || (next >= 0 && next < end)) {
      if (next < 0) break;
      throw dataError(
        file,
        lineAt(next),
        "a <calculation> begins before the last one is closed: more than one run in the file, or a damaged one",
      );
    }
    calculations.push({ text: text.slice(start, end + close.length), line: lineAt(start) });
    start = next;
  }
  return {
    atominfo,
    parameters,
    initialStructure,
    calculations,
    whole: /<\/modeling>\s*$/.test(text.slice(-200)),
    lastLine: lineAt(text.trimEnd().length),
  };
}

function blockOf(
  text: string,
  open: string,
  close: string,
  lineAt: (offset: number) => number,
): XmlBlock | null {
  const start = text.indexOf(open);
  const end = start < 0 ? -1 : text.indexOf(close, start);
  return end < 0 ? null : { text: text.slice(start, end + close.length), line: lineAt(start) };
}

/** Line of an offset; cheap as long as the offsets asked for mostly increase. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    if (offset < at) {
      line = 1;
      at = 0;
    }
    for (
      let newline = text.indexOf("\n", at);
      newline >= 0 && newline < offset;
      newline = text.indexOf("\n", at)
    ) {
      line++;
      at = newline + 1;
    }
    return line;
  };
}

/** Children with this tag; none if the node is missing. */
export function children(node: unknown, tag: string): readonly unknown[] {
  if (typeof node !== "object" || node === null) return [];
  const value = (node as Xml)[tag];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** The child with this tag and, where given, this name; the last one if there are several. */
export function child(node: unknown, tag: string, name?: string): unknown {
  return children(node, tag).findLast((x) => name === undefined || (x as Xml)["@name"] === name);
}

export function textOf(node: unknown): string {
  return typeof node === "string"
    ? node
    : typeof node === "object" && node !== null
      ? String((node as Xml)["#text"] ?? "")
      : "";
}

/** Numbers of the run's settings that the reader needs, those of them that the file gives. */
export function readParameters(block: XmlBlock | null): ReadonlyMap<string, number> {
  const wanted = new Set(["NELM", "NSW", "IBRION", "EDIFFG", "PSTRESS"]);
  const found = new Map<string, number>();
  const visit = (node: unknown) => {
    for (const item of children(node, "i")) {
      const name = String((item as Xml)["@name"]);
      const value = wanted.has(name) ? fortranNumbers(textOf(item), 1) : null;
      if (value) found.set(name, value[0]);
    }
    for (const inner of children(node, "separator")) visit(inner);
  };
  if (block) visit(parseBlock(block).parameters);
  return found;
}

/**
 * Element of every atom. Some versions write "r" for Zr; what is not an element is taken from the title of
 * the pseudopotential.
 */
export function readSpecies(block: XmlBlock, file: string): string[] {
  const info = parseBlock(block).atominfo;
  const rows = (name: string) =>
    children(child(child(info, "array", name), "set"), "rc").map((row) => children(row, "c").map(textOf));
  const titles = rows("atomtypes").map((row) => row[4] ?? "");
  const species = rows("atoms").map(([element = "", type = ""], atom) => {
    const symbol = elementOfTitle(element) ?? elementOfTitle(titles[Number(type) - 1] ?? "");
    if (symbol === null)
      throw dataError(file, block.line, `<atominfo>: the element of atom ${atom + 1} is "${element.trim()}"`);
    return symbol;
  });
  const declared = fortranNumbers(textOf(child(info, "atoms")), 1);
  if (species.length === 0 || (declared && declared[0] !== species.length))
    throw dataError(
      file,
      block.line,
      `<atominfo>: expected ${declared ? declared[0] : "some"} atoms, found ${species.length} in its list`,
    );
  return species;
}
