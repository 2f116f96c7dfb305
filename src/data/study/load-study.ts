/** Reads a study file: YAML or JSON, checked as a whole, every problem reported at once with its place. */
import { basename, dirname, isAbsolute, join } from "node:path";
import { type Document, isMap, LineCounter, parseDocument } from "yaml";
import { EcitonError } from "../../core/errors.ts";
import { readTextFile } from "../read-text.ts";
import { type Constants, evaluateExpression, faultOfConstantName } from "./expression.ts";
import { describeIssue } from "./problems.ts";
import { type Study, studySchema } from "./schema.ts";

export interface LoadedStudy {
  readonly study: Study;
  readonly file: string;
  /** Folder that relative paths in the study start from. */
  readonly folder: string;
  /** The file as it was read. */
  readonly text: string;
  /** "study.yaml:12", the place of a path such as "sample.compositions[0].per_cell"; only the file where it has none. */
  readonly locate: (path: string) => string;
  /** Whether a path stands in the file, so that its value is no default. */
  readonly given: (path: string) => boolean;
}

/** Values that the command line puts over those of the file, by path: {"clusters.cutoff_A": 9}; undefined removes. */
export type Overrides = Readonly<Record<string, unknown>>;

/**
 * @throws {EcitonError} "study" with one line for every problem: file:line, path in the study, what is wrong
 */
export function loadStudy(file: string, overrides: Overrides = {}): LoadedStudy {
  const text = readStudyText(file);
  return { ...readStudy(text, file, overrides), file, folder: dirname(file), text };
}

/** The path of a file that a study names: relative ones start from the study's folder. */
export function pathFromStudy(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}

export function parseStudy(text: string, file: string, overrides: Overrides = {}): Study {
  return readStudy(text, file, overrides).study;
}

/** A study that cannot be read is a wrong study, not wrong data. */
function readStudyText(file: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    if (error instanceof EcitonError) throw new EcitonError("study", error.message, error.details, error);
    throw error;
  }
}

function readStudy(
  text: string,
  file: string,
  overrides: Overrides,
): Pick<LoadedStudy, "study" | "locate" | "given"> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: string[] = [...document.errors, ...document.warnings].map(
    (e) => `${file}:${lines.linePos(e.pos[0]).line}: ${e.message}`,
  );
  if (problems.length > 0) refuse(file, problems);
  if (!isMap(document.contents))
    refuse(file, [`${file}:1: expected the sections of a study (name, lattice, ...)`]);
  for (const [path, value] of Object.entries(overrides)) {
    if (value === undefined) document.deleteIn(path.split("."));
    else document.setIn(path.split("."), value);
  }
  const raw = plainValues(document, file);
  if (raw.name === undefined) raw.name = basename(file).replace(/\.(ya?ml|json)$/i, "");
  const line = (path: readonly PropertyKey[]) => `${file}:${lineOf(document, lines, path)}`;

  const constants: Record<string, number> = {};
  for (const [name, value] of namedConstants(raw.constants)) {
    const fault = faultOfConstantName(name);
    try {
      if (fault !== null) problems.push(`${line(["constants", name])}: constants.${name}: ${fault}`);
      else
        constants[name] =
          typeof value === "number" ? value : evaluateExpression(String(value), "any", constants);
    } catch (error) {
      problems.push(`${line(["constants", name])}: constants.${name}: ${(error as Error).message}`);
    }
  }
  const parsed = studySchema(constants as Constants).safeParse(raw);
  if (!parsed.success)
    for (const issue of parsed.error.issues)
      for (const { path, message } of describeIssue(issue)) problems.push(`${line(path)}: ${message}`);
  if (problems.length > 0 || !parsed.success) return refuse(file, problems);
  const keysOf = (path: string) =>
    path
      .split(/[.[\]]+/)
      .filter((key) => key !== "")
      .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const locate = (path: string) => {
    const keys = keysOf(path);
    return document.has(keys[0]) ? line(keys) : file;
  };
  return { study: parsed.data, locate, given: (path) => document.hasIn(keysOf(path)) };
}

/** The document as plain objects; aliases that would multiply into something huge are refused. */
function plainValues(document: Document, file: string): Record<string, unknown> {
  try {
    return document.toJS() as Record<string, unknown>;
  } catch (error) {
    return refuse(file, [`${file}:1: ${(error as Error).message}`]);
  }
}

/** What is no list of names and numbers is left to the schema to refuse. */
function namedConstants(given: unknown): [string, unknown][] {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [];
  return Object.entries(given).filter(([, value]) => typeof value === "number" || typeof value === "string");
}

function refuse(file: string, found: readonly string[]): never {
  const lineNumber = (problem: string) => Number(problem.slice(file.length + 1).split(":", 1)[0]);
  const problems = [...found].sort((a, b) => lineNumber(a) - lineNumber(b));
  throw new EcitonError("study", problems.join("\n"), { file, problems });
}

/** Line of the nearest existing node on the path. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    // The key's own line is where a person looks; a value may start on the next.
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String(item.key) === String(last));
      const range = (pair?.key as { range?: [number, number, number] } | undefined)?.range;
      if (range) return lines.linePos(range[0]).line;
    }
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
