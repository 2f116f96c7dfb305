/** What is wrong with a study, in words: issues of the schema with paths, plain types and the nearest known key. */
import { distance } from "fastest-levenshtein";
import type { z } from "zod";
import { studySchema } from "./schema.ts";

export interface Described {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** An issue of the schema as one problem or several, each with its path and what a person should know. */
export function describeIssue(issue: z.core.$ZodIssue): Described[] {
  const at = pathText(issue.path);
  const where = at === "" ? "" : `${at}: `;
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeys(issue.path);
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: `${where}unknown key "${key}"${nearest(key, known)}`,
      }));
    }
    case "invalid_union": {
      // The branch that got farthest says best what is wrong.
      const depth = (branch: readonly z.core.$ZodIssue[]) => Math.max(...branch.map((e) => e.path.length));
      const deepest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0];
      if (deepest && depth(deepest) > 0)
        return deepest.flatMap((e) =>
          describeIssue({ ...e, path: [...issue.path, ...e.path] } as z.core.$ZodIssue),
        );
      const missing = issue.errors.flat().some((e) => e.message.endsWith("received undefined"));
      const options = [...new Set(issue.errors.flat().map((e) => plainWords(e.message)))].join(", or ");
      const text = issue.message === "Invalid input" ? options : issue.message;
      const message = missing ? text.replace(/^expected (.*)$/, "missing ($1 is needed)") : text;
      return [{ path: issue.path, message: `${where}${message}` }];
    }
    case "invalid_key":
      return issue.issues.map((e) => ({ path: issue.path, message: `${where}${plainWords(e.message)}` }));
    case "invalid_value":
      return [{ path: issue.path, message: `${where}expected one of ${issue.values.join(", ")}` }];
    default:
      return [{ path: issue.path, message: `${where}${plainWords(issue.message)}` }];
  }
}

/** Names of types as people say them. */
const typeNames: Readonly<Record<string, string>> = {
  array: "a list",
  tuple: "a list",
  object: "a section",
  record: "a section",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** zod's own wording, shortened; something absent is called missing. */
function plainWords(text: string): string {
  const named = (type: string) => typeNames[type] ?? type;
  const [, expected, found] = /^Invalid input: expected (\w+), received (\w+)$/.exec(text) ?? [];
  if (expected !== undefined)
    return found === "undefined"
      ? `missing (${named(expected)} is needed)`
      : `expected ${named(expected)}, found ${named(found)}`;
  return text
    .replace(/^Invalid input: /, "")
    .replace(/^Too (?:small|big): expected \w+ to (?:be|have) /, "expected ")
    .replace(/>=\s*/, "at least ")
    .replace(/<=\s*/, "at most ");
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((p, i) => (typeof p === "number" ? `[${p}]` : `${i === 0 ? "" : "."}${String(p)}`))
    .join("");
}

function nearest(key: string, known: readonly string[]): string {
  const sorted = [...known].sort((a, b) => distance(key, a) - distance(key, b));
  if (sorted.length === 0) return "";
  const close = distance(key, sorted[0]) <= Math.max(2, key.length / 3);
  return close ? `; did you mean "${sorted[0]}"?` : `; known here: ${known.join(", ")}`;
}

interface SchemaNode {
  readonly def: {
    readonly type: string;
    readonly shape?: Record<string, unknown>;
    readonly innerType?: unknown;
    readonly in?: unknown;
    readonly element?: unknown;
    readonly valueType?: unknown;
    readonly items?: readonly unknown[];
    readonly options?: readonly unknown[];
  };
}

/** Keys of the object that the schema has at a path. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let nodes = unwrap(studySchema());
  for (const part of path) {
    nodes = nodes.flatMap(({ def }) => {
      if (def.type === "object") return def.shape![String(part)] ? unwrap(def.shape![String(part)]) : [];
      if (def.type === "array") return unwrap(def.element);
      if (def.type === "record") return unwrap(def.valueType);
      if (def.type === "tuple") return unwrap(def.items![Number(part)]);
      return [];
    });
  }
  return [...new Set(nodes.flatMap(({ def }) => (def.type === "object" ? Object.keys(def.shape!) : [])))];
}

/** A schema without its wrappers (optional, default, pipe); the options of a union. */
function unwrap(schema: unknown): SchemaNode[] {
  const node = schema as SchemaNode;
  if (node.def.type === "union") return node.def.options!.flatMap(unwrap);
  if (node.def.type === "pipe") return unwrap(node.def.in);
  if (node.def.innerType !== undefined) return unwrap(node.def.innerType);
  return [node];
}
