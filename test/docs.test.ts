/**
 * The documentation, held against the program: what its pages show is run, what they name exists.
 *
 * Fenced blocks with `file=NAME` are written into a folder. `sh run` blocks are executed there, with `exit=N` for an
 * exit code other than 0 and `replace=A/B` for a change in the study. Each line of a `text output` block must be in
 * what the commands before it print; `...` stands for anything. A page that says `continues OTHER.md` in a comment
 * is run in the folder of that page.
 */
import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { studyReference } from "../scripts/study-reference.ts";
import { errorCodes, exitCodeOf } from "../src/core/errors.ts";
import { parseStudy } from "../src/data/study/load-study.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Block {
  readonly language: string;
  /** Words after the language: `run`, `file=a.csv`, `replace="a b/c"`. */
  readonly flags: ReadonlyMap<string, string>;
  readonly text: string;
}

function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

function blocksOf(page: string): Block[] {
  return [...read(page).matchAll(/^```(\w+)?([^\n]*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", info, text]) => ({
      language,
      text,
      flags: new Map(
        [...info.matchAll(/([\w-]+)(?:=(?:"([^"]*)"|(\S+)))?/g)].map(([, name, quoted, plain]) => [
          name,
          quoted ?? plain ?? "",
        ]),
      ),
    }),
  );
}

const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .sort(),
];

interface Output {
  readonly code: number;
  readonly text: string;
}

/** Runs the installed command in a folder. */
function eciton(folder: string, args: readonly string[]): Promise<Output> {
  const command = [join(root, "dist/cli/main.js"), ...args];
  return new Promise((done) => {
    execFile(process.execPath, command, { cwd: folder, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? -1) : 0, text: `${stderr}\n${stdout}` });
    });
  });
}

/** What makes each study of configs/ so small that it takes seconds. */
const reductions: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  "ceria-111.yaml": [
    [/supercells: \[\[8, 8, 1\]\]/, "supercells: [[4, 4, 1]]"],
    [/temperatures_K: \[300, .*\]/, "temperatures_K: [700]"],
    [/steps: 5000000\b/, "steps: 2000"],
    [/bootstrap: 200\b/, "bootstrap: 20"],
  ],
  "ceria-111-published.yaml": [
    [/supercells: \[\[8, 8, 1\], \[16, 16, 1\]\]/, "supercells: [[4, 4, 1], [8, 8, 1]]"],
    [/temperatures_K: \[300, .*\]/, "temperatures_K: [1100]"],
    [/steps: 5000000\b/, "steps: 2000"],
  ],
  "ceria-111-oxygen.yaml": [
    [/supercells: \[\[8, 8, 1\]\]/, "supercells: [[4, 4, 1]]"],
    [/temperatures_K: \[700, 900, 1100, 1300\]/, "temperatures_K: [1100]"],
    [/steps: 2000000\b/, "steps: 100000"],
  ],
};

/** Each change must find what it changes. */
function reduced(study: string, text: string): string {
  const lattice = [
    [/cutoff_A: 8\b/, "cutoff_A: 6.2"],
    [/max_points: 4\b/, "max_points: 2"],
  ] as const;
  const changes = [...(/^lattice:/m.test(text) ? lattice : []), ...reductions[basename(study)]];
  let small = text;
  for (const [pattern, replacement] of changes) {
    expect(small).toMatch(pattern);
    small = small.replace(pattern, replacement);
  }
  return small;
}

/** One line of a page as a pattern for what is printed. */
function patternOf(line: string): RegExp {
  const parts = line.trimEnd().split("...");
  return new RegExp(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*"));
}

async function runBlock(folder: string, { text, flags }: Block): Promise<string> {
  let printed = "";
  for (const line of text.trim().split("\n")) {
    const [npx, program, ...args] = line.trim().split(/\s+/);
    expect(`${npx} ${program}`).toBe("npx eciton");
    const study = args.find((arg) => arg.endsWith(".yaml"));
    const path = study === undefined ? "" : join(folder, study);
    const original = study === undefined ? "" : readFileSync(path, "utf8");
    let changed = original;
    const heavy = ["run", "fit", "sample"].includes(args[0]) && !args.includes("--dry-run");
    if (heavy && study?.startsWith("configs/")) changed = reduced(study, original);
    const [from, to] = (flags.get("replace") ?? "").split("/");
    expect(original).toContain(from);
    if (from !== "") changed = changed.replace(from, to);
    if (study !== undefined) writeFileSync(path, changed);
    const output = await eciton(folder, heavy ? [...args, "--workers", "0"] : args);
    if (study !== undefined) writeFileSync(path, original);
    expect(`${line}: exit ${output.code}\n${output.code === 0 ? "" : output.text}`).toContain(
      `exit ${flags.get("exit") ?? 0}\n`,
    );
    printed += output.text;
  }
  return printed;
}

async function runPage(page: string, folder: string): Promise<number> {
  let printed = "";
  let commands = 0;
  for (const block of blocksOf(page)) {
    const file = block.flags.get("file");
    if (file !== undefined) writeFileSync(join(folder, file), block.text);
    if (block.flags.has("run")) {
      printed = await runBlock(folder, block);
      commands++;
    }
    if (block.flags.has("output"))
      for (const line of block.text.trimEnd().split("\n"))
        if (!patternOf(line).test(printed)) expect(printed).toContain(line);
  }
  return commands;
}

let scratch = "";
beforeAll(() => {
  // Brings what the command runs up to date with the sources; nothing happens where it is.
  spawnSync("npx", ["tsc", "-b"], { cwd: root });
  scratch = mkdtempSync(join(tmpdir(), "eciton-docs-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const continues = (page: string) => /<!-- continues (\S+) -->/.exec(read(page))?.[1];
const runnable = pages.filter((page) => blocksOf(page).some((block) => block.flags.has("run")));

describe("the examples", () => {
  it("are on the pages that should have some", () => {
    expect(runnable.map((page) => page.replace("docs/", ""))).toEqual([
      "alloys.md",
      "analysing-atoms.md",
      "analyze.md",
      "basin-hopping.md",
      "building-structures.md",
      "cli.md",
      "ensembles.md",
      "first-run.md",
      "fit-your-own-table.md",
      "learning.md",
      "molecular-dynamics.md",
      "monte-carlo.md",
      "observers.md",
      "predict.md",
      "relaxed-structures.md",
      "relaxing.md",
      "sampling-methods.md",
      "training.md",
      "vacancy-distributions.md",
    ]);
  });

  it.concurrent.each(runnable.filter((page) => continues(page) === undefined))(
    "of %s do what it says",
    async (page) => {
      const folder = mkdtempSync(join(scratch, "page-"));
      cpSync(join(root, "configs"), join(folder, "configs"), { recursive: true });
      expect(await runPage(page, folder)).toBeGreaterThan(0);
      for (const next of runnable)
        if (
          continues(next) !== undefined &&
          resolve(dirname(join(root, next)), continues(next)!) === join(root, page)
        )
          expect(await runPage(next, folder)).toBeGreaterThan(0);
      for (const name of writtenFiles(folder))
        expect(read("docs/cli.md")).toMatch(new RegExp(`^\\|[^|]*\`${name}`, "m"));
      if (page === "docs/fit-your-own-table.md") checkModelPage(join(folder, "eciton-out/oxygen/model.json"));
    },
    180_000,
  );

  it("are complete studies or parts of one, with no key that the schema does not know", () => {
    for (const page of pages)
      for (const { language, flags, text } of blocksOf(page))
        if (language === "yaml" && flags.get("file") !== "mistakes.yaml")
          expect(() => parseStudy(text, page), `${page}\n${text}`).not.toThrow();
  });
});

/** Names of what the studies of a page have left in their output folders. */
function writtenFiles(folder: string): string[] {
  const out = join(folder, "eciton-out");
  const studies = existsSync(out) ? readdirSync(out).filter((name) => name !== "analysis") : [];
  return [...new Set(studies.flatMap((study) => readdirSync(join(out, study))))];
}

/** docs/model-file.md names every key of a real model file, and no other at the top. */
function checkModelPage(file: string): void {
  const model = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const example = blocksOf("docs/model-file.md").find(({ language }) => language === "json")!;
  expect(Object.keys(JSON.parse(example.text) as object)).toEqual(Object.keys(model));
  const page = read("docs/model-file.md");
  const { fit, expansion } = model as {
    fit: object;
    expansion: { lattice: { sites: object[] }; terms: object[] };
  };
  const keys = [
    ...Object.keys(fit),
    ...Object.keys(expansion),
    ...Object.keys(expansion.lattice.sites[0]),
    ...Object.keys(expansion.terms[0]),
  ];
  for (const key of keys) expect(page).toMatch(new RegExp(`\\b${key}\\b`));
}

describe("README", () => {
  const lines = ["npm ci && npx eciton run configs/ceria-111.yaml", "npm ci && npm test"];

  it("has the two set-up lines, each in a block of its own, and no other", () => {
    const shell = blocksOf("README.md").filter(({ language }) => language === "sh" || language === "");
    expect(shell.map(({ text }) => text.trim())).toEqual(lines);
    expect(read("README.md").match(/npm (ci|i|install)\b/g)).toEqual(["npm ci", "npm ci"]);
  });

  it("shows pictures that are vector graphics and load nothing", () => {
    const images = [...read("README.md").matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path);
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) {
      expect(image).toMatch(/^docs\/images\/.*\.svg$/);
      expect(read(image)).toMatch(/^<svg xmlns=/);
      expect(read(image)).not.toMatch(/href="(?!#)|<script|url\((?!#)/);
    }
  });
});

/** Anchors of the headings of a page, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("links", () => {
  it.each(pages)("of %s resolve", (page) => {
    const text = read(page).replaceAll(/^```[\s\S]*?^```$/gm, "");
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path, anchor] = target.split("#");
        const file = path === "" ? page : join(dirname(page), path);
        if (!existsSync(join(root, file))) return true;
        return anchor !== undefined && !anchorsOf(read(file)).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it("lead from docs/index.md to every page of docs", () => {
    const index = read("docs/index.md");
    const missing = pages.filter((page) => page.startsWith("docs/") && page !== "docs/index.md");
    expect(missing.filter((page) => !index.includes(`(${page.slice("docs/".length)})`))).toEqual([]);
  });
});

describe("docs/study-reference.md", () => {
  it("is what the schema says (npx tsx scripts/study-reference.ts)", () => {
    expect(read("docs/study-reference.md")).toBe(studyReference());
  });

  it("explains every key", () => {
    const rows = studyReference()
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(80);
    expect(rows.filter((row) => row.endsWith("|  |"))).toEqual([]);
  });
});

describe("docs/cli.md", () => {
  const page = read("docs/cli.md");

  it("names every command and every option", async () => {
    const { text } = await eciton(scratch, ["--help"]);
    const commands = [...text.split("Commands:")[1].matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
    expect(commands).toContain("run");
    for (const name of commands) expect(page).toContain(`| \`eciton ${name}\` |`);
    const helps = await Promise.all(
      commands.filter((name) => name !== "help").map((name) => eciton(scratch, [name, "--help"])),
    );
    const options = helps.flatMap(({ text: help }) =>
      [...help.matchAll(/^ +(?:-\w, )?(--[a-z-]+(?: <\w+>)?)/gm)].map(([, option]) => option),
    );
    expect(options).toContain("--dry-run");
    for (const option of options) if (option !== "--help") expect(page).toContain(`\`${option}\``);
  });

  it("names every exit code and no other", () => {
    const table = page.slice(page.indexOf("## Exit codes"), page.indexOf("## Files"));
    const codes = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual([...new Set([0, ...errorCodes.map(exitCodeOf)])].sort((a, b) => a - b));
  });
});
