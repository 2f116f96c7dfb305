/** Holds the layers of the design against the code: imports point down only. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { describe, expect, it } from "vitest";

/** From the top down; folders on one line never import each other. */
const layers = [
  ["cli"],
  ["workflows"],
  ["report", "labelers"],
  ["mc", "fitting", "nn", "dynamics", "analysis"],
  ["clusters"],
  ["data"],
  ["lattice"],
  ["exec", "kernels"],
  ["core"],
];
const MAX_LINES = 400;

/** Text of every source file by its path below src, for example "core/errors.ts". */
type Sources = ReadonlyMap<string, string>;

/** Comments go, strings stay: a commented-out import is none. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, literal: string | undefined) => literal ?? " ",
  );
}

/** Every module named in an import or export statement, an import() call or an import() type. */
function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const patterns = [
    /\b(?:import|export)\b[\w$\s{},*]*?\bfrom\s*["']([^"']+)["']/g,
    /\bimport\s*["']([^"']+)["']/g,
    /\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]));
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

function levelOf(folder: string): number {
  // Files directly in src (an index, say) stand above everything.
  return folder === "" ? -1 : layers.findIndex((line) => line.includes(folder));
}

/** What is wrong with a set of sources, one line each. */
function violations(sources: Sources): string[] {
  const found: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, text] of sources) {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    if (lines > MAX_LINES) found.push(`${path}: ${lines} lines, at most ${MAX_LINES} are allowed`);
    const folder = folderOf(path);
    if (folder !== "" && levelOf(folder) < 0) found.push(`${path}: the design has no folder ${folder}`);
    const targets: string[] = [];
    graph.set(path, targets);
    for (const specifier of importsOf(text)) {
      if (!specifier.startsWith(".")) {
        if (folder === "core") found.push(`${path}: core imports ${specifier}, but it imports nothing`);
        continue;
      }
      const joined = normalize(join(dirname(path), specifier));
      const target = sources.has(`${joined}.ts`) ? `${joined}.ts` : joined;
      if (!sources.has(target)) {
        found.push(`${path}: imports ${specifier}, which is not a source file`);
        continue;
      }
      targets.push(target);
      const other = folderOf(target);
      if (other !== folder && levelOf(other) <= levelOf(folder))
        found.push(`${path}: imports ${target}, which does not lie below ${folder}`);
    }
  }
  return [...found, ...cycles(graph)];
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const visit = (path: string) => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(" -> ")}`);
      return;
    }
    state.set(path, "open");
    trail.push(path);
    for (const next of graph.get(path) ?? []) visit(next);
    trail.pop();
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path);
  return found;
}

function readSources(): Sources {
  const root = new URL("../src/", import.meta.url);
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"));
  return new Map(paths.map((path) => [path, readFileSync(new URL(path, root), "utf8")]));
}

describe("the sources", () => {
  const sources = readSources();

  it("are found", () => {
    expect(sources.size).toBeGreaterThan(20);
    expect(existsSync(new URL("../src/core/errors.ts", import.meta.url))).toBe(true);
    expect(importsOf(sources.get("lattice/symmetry.ts") ?? "")).toContain("../core/errors.ts");
  });

  it("import downwards only, without cycles, in files of at most 400 lines", () => {
    expect(violations(sources)).toEqual([]);
  });
});

describe("the checker", () => {
  const base: [string, string][] = [
    ["core/errors.ts", "export const a = 1;\n"],
    ["mc/metropolis.ts", 'import { a } from "../core/errors.ts";\n'],
    ["report/page.ts", 'import type { b } from "../mc/metropolis.ts";\n'],
    ["fitting/lasso.ts", "export const c = 1;\n"],
  ];
  const withFile = (path: string, text: string) => violations(new Map([...base, [path, text]]));

  it("accepts what points down", () => {
    expect(violations(new Map(base))).toEqual([]);
    expect(withFile("index.ts", 'export * from "./report/page.ts";\n')).toEqual([]);
  });

  it.each([
    ["a static import upwards", "mc/trace.ts", 'import { x } from "../report/page.ts";'],
    ["a type import upwards", "mc/trace.ts", 'import type { x } from "../report/page.ts";'],
    ["an import for its effect", "mc/trace.ts", 'import "../report/page.ts";'],
    ["an export from above", "mc/trace.ts", 'export { x } from "../report/page.ts";'],
    ["an export of everything", "mc/trace.ts", 'export * from "../report/page.ts";'],
    ["a dynamic import", "mc/trace.ts", 'const x = await import("../report/page.ts");'],
    ["an import type", "mc/trace.ts", 'let x: import("../report/page.ts").X;'],
    ["an import over several lines", "mc/trace.ts", 'import {\n  x,\n  y as z,\n} from "../report/page.ts";'],
    ["a folder on the same line", "mc/trace.ts", 'import { c } from "../fitting/lasso.ts";'],
  ])("finds %s", (_, path, text) => {
    expect(withFile(path, text)).toHaveLength(1);
    expect(withFile(path, text)[0]).toContain(path);
  });

  it("finds a package in core, a file that is not there, an unknown folder", () => {
    expect(withFile("core/x.ts", 'import { readFileSync } from "node:fs";')[0]).toContain("imports nothing");
    expect(withFile("mc/x.ts", 'import { y } from "./y.ts";')[0]).toContain("not a source file");
    expect(withFile("misc/x.ts", "")[0]).toContain("no folder misc");
  });

  it("finds a cycle inside one folder", () => {
    const pair: [string, string][] = [
      ["mc/a.ts", 'import { b } from "./b.ts";'],
      ["mc/b.ts", 'import type { a } from "./a.ts";'],
    ];
    expect(violations(new Map([...base, ...pair]))).toEqual(["cycle: mc/a.ts -> mc/b.ts -> mc/a.ts"]);
  });

  it("finds a long file", () => {
    expect(withFile("mc/x.ts", "x;\n".repeat(400))).toEqual([]);
    expect(withFile("mc/x.ts", "x;\n".repeat(401))).toHaveLength(1);
  });

  it("ignores comments", () => {
    expect(withFile("mc/x.ts", '// import { x } from "../report/page.ts";\n')).toEqual([]);
    expect(withFile("mc/x.ts", '/* import("../report/page.ts") */ const url = "https://a.b";')).toEqual([]);
  });
});
