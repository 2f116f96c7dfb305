import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { EcitonError } from "../../../src/core/errors.ts";
import { loadStudy, parseStudy } from "../../../src/data/study/load-study.ts";
import { studySchema } from "../../../src/data/study/schema.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-study-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configs = readdirSync("configs").map((name) => join("configs", name));

function problems(text: string, overrides: Record<string, unknown> = {}): string[] {
  try {
    parseStudy(text, "s.yaml", overrides);
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    expect(error.code).toBe("study");
    return error.message.split("\n");
  }
  throw new Error("the study was accepted");
}

const site = "{ name: A, position: [0, 0, 0], species: [Cu, Au] }";
const lattice = `lattice:
  cell_A: [[4, 0, 0], [0, 4, 0], [0, 0, 4]]
  sites: [${site}]
`;

describe("a study that is right", () => {
  it("is filled up with the defaults", () => {
    const study = parseStudy(`${lattice}fit: {}\nclusters: { cutoff_A: 5 }\n`, "a/first.yaml");
    expect(study.name).toBe("first");
    expect(study.lattice?.periodic).toEqual([true, true, true]);
    expect(study.clusters?.basis).toBe("indicator");
    expect(study.fit).toMatchObject({
      method: "lasso",
      cross_validation: "leave-one-out",
      refit: { keep: "auto" },
      path: {},
    });
    expect(study.sample).toBeUndefined();
  });

  it("has its expressions evaluated, constants in their order", () => {
    const study = parseStudy(
      `constants: { L: 15.45/4, a: L*sqrt(2), e: 0.5 kJ/mol }
lattice:
  cell_A: [[a, 0, 0], [0, a, 0], [0, 0, 1 nm]]
  sites: [${site}]
model: { terms: [{ label: x, energy_eV: 2*e }] }
`,
      "s.yaml",
    );
    const a = (15.45 / 4) * Math.sqrt(2);
    expect(study.lattice?.cell_A.flat()).toEqual([a, 0, 0, 0, a, 0, 0, 0, 10]);
    // 1 kJ/mol in eV: 1000 / (N_A e), both exact in the SI.
    expect(study.model?.terms?.[0].energy_eV).toBeCloseTo(1000 / 96485.33212331, 12);
  });

  it("may be JSON", () => {
    const text = JSON.stringify({ name: "j", lattice: parseStudy(lattice, "s.yaml").lattice });
    expect(parseStudy(text, "s.json").lattice?.sites[0].species).toEqual(["Cu", "Au"]);
  });

  it("takes values of the command line before its own, and drops those set to undefined", () => {
    const text = `seed: 4\n${lattice}clusters: { cutoffs_A: { 2: 5, 3: 4 } }\n`;
    const study = parseStudy(text, "s.yaml", {
      seed: 9,
      "clusters.cutoff_A": 7,
      "clusters.max_points": 3,
      "clusters.cutoffs_A": undefined,
      "fit.bootstrap": 0,
    });
    expect(study.seed).toBe(9);
    expect(study.clusters).toMatchObject({ cutoff_A: 7, max_points: 3 });
    expect(study.clusters?.cutoffs_A).toBeUndefined();
    expect(study.fit?.bootstrap).toBe(0);
  });

  it("may use anchors", () => {
    const study = parseStudy(
      `${lattice}model: { terms: [{ label: a, energy_eV: &e 0.5 }, { label: b, energy_eV: *e }] }\n`,
      "s.yaml",
    );
    expect(study.model?.terms?.map((term) => term.energy_eV)).toEqual([0.5, 0.5]);
  });
});

describe("a study with faults", () => {
  it("has all of them told at once, each with its line and path", () => {
    const found = problems(`name: ../x
seed: -1
lattice:
  cell_A: [[4, 0, 0], [0, four, 0], [0, 0]]
  coordinates: polar
  sites: []
clusters:
  cutoffs_A: { 1: 4 }
  max_point: 4
fit:
  method: laso
  cross_validation: { kfold: 5 }
  bootstrap: 5
sample:
  temperatures_K: [300, -5, .nan]
  steps: many
`);
    const expected = [
      /^s\.yaml:1: name: .*without \//,
      /^s\.yaml:2: seed: expected at least 0/,
      /^s\.yaml:4: lattice\.cell_A\[1\]\[1\]: .*no unit and no constant/,
      /^s\.yaml:4: lattice\.cell_A\[2\]: expected at least 3 items/,
      /^s\.yaml:5: lattice\.coordinates: expected one of fractional, cartesian/,
      /^s\.yaml:6: lattice\.sites: expected at least 1/,
      /^s\.yaml:8: clusters\.cutoffs_A\.1: expected a number of points from 2 to 8/,
      /^s\.yaml:9: clusters: unknown key "max_point"; did you mean "max_points"\?/,
      /^s\.yaml:11: fit\.method: expected one of lasso,/,
      /^s\.yaml:12: fit\.cross_validation\.k_fold: missing/,
      /^s\.yaml:12: fit\.cross_validation: unknown key "kfold"; did you mean "k_fold"\?/,
      /^s\.yaml:13: fit\.bootstrap: expected 0 .* or at least 20/,
      /^s\.yaml:14: sample\.supercells: missing \(a list is needed\)/,
      /^s\.yaml:15: sample\.temperatures_K\[1\]: expected a number above zero/,
      /^s\.yaml:15: sample\.temperatures_K\[2\]: expected a number or an expression/,
      /^s\.yaml:16: sample\.steps: expected a number, found a text/,
    ];
    for (const pattern of expected) expect(found).toContainEqual(expect.stringMatching(pattern));
    const lines = found.map((line) => Number(line.split(":")[1]));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  it("is told the known keys where none is near", () => {
    expect(problems("zzzzzzzz: 1\n")[0]).toMatch(
      /unknown key "zzzzzzzz"; known here: name, description, seed/,
    );
  });

  it.each(["Ce 3+", "V@O", "1/2", "", "V_O"])(
    "has the species %j refused, which no file of atoms could hold",
    (name) => {
      const text = lattice.replace("Au]", `${JSON.stringify(name)}]`);
      expect(problems(text)[0]).toMatch(
        /^s\.yaml:3: lattice\.sites\[0\]\.species\[1\]: expected a name of letters/,
      );
    },
  );

  it("is told of a key deep in a list", () => {
    const text = lattice.replace(site, "{ name: A, positon: [0, 0, 0], species: [Cu, Au] }");
    expect(problems(text)).toContainEqual(
      expect.stringMatching(/lattice\.sites\[0\]: unknown key "positon"; did you mean "position"\?/),
    );
  });

  it.each([
    ["constants: { sqrt: 2 }", /constants\.sqrt: is the name of a function/],
    ['constants: { "a b": 2 }', /constants\.a b: expected a name/],
    ["constants: { __proto__: 2 }", /constants\.__proto__: expected a name/],
    ["constants: { a: aa, aa: 1 }", /constants\.a: "aa" uses "aa", which is no unit and no constant/],
    ["constants: { a: f(1) }", /the function "f"/],
    ["constants: [1, 2]", /constants: expected a section/],
    ["constants: { a: [1] }", /constants\.a: /],
  ])("%s", (text, pattern) => {
    expect(problems(text).join("\n")).toMatch(pattern);
  });

  it.each([
    ["an empty file", "", /expected the sections of a study/],
    ["a list", "- a\n- b\n", /expected the sections of a study/],
    ["a text", "hello\n", /expected the sections of a study/],
    ["brackets that do not close", "name: x\nlattice: {\n", /s\.yaml:\d: /],
    ["a key that is given twice", "name: x\nseed: 1\nname: y\n", /s\.yaml:3: Map keys must be unique/],
    ["two documents", "name: x\n---\nname: y\n", /s\.yaml:\d: .*multiple documents/i],
    ["an alias without anchor", "name: *x\n", /s\.yaml:1: /],
    ["a tag of another program", "name: !!js/function 'x'\n", /s\.yaml:1: Unresolved tag/],
    ["a tab as indent", "lattice:\n\tsites: []\n", /s\.yaml:2: /],
  ])("%s is refused", (_, text, pattern) => {
    expect(problems(text).join("\n")).toMatch(pattern);
  });

  it("with aliases that multiply is refused, not expanded", () => {
    const levels = Array.from({ length: 12 }, (_, i) =>
      i === 0
        ? "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"
        : `a${i}: &a${i} [${Array(10)
            .fill(`*a${i - 1}`)
            .join(", ")}]`,
    );
    const start = performance.now();
    expect(problems(levels.join("\n")).join("\n")).toMatch(/alias/i);
    // 10^12 items would take hours; reading the text takes milliseconds.
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("does not reach the prototypes of objects", () => {
    expect(problems("__proto__: { polluted: 1 }\nconstructor: 1\n").join("\n")).toMatch(/unknown key/);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("a file of a study", () => {
  it("is told apart from data: a missing or unreadable one is a wrong study", () => {
    const refusal = (path: string) => {
      try {
        loadStudy(path);
      } catch (error) {
        return error as EcitonError;
      }
      throw new Error(`${path} was read`);
    };
    const missing = join(folder, "missing.yaml");
    expect(refusal(missing)).toMatchObject({ code: "study", message: `${missing}: there is no such file` });
    expect(refusal(folder)).toMatchObject({ code: "study" });
    const latin = join(folder, "latin.yaml");
    writeFileSync(latin, Buffer.from("name: x\ndescription: caf\xe9\n", "latin1"));
    expect(refusal(latin).message).toMatch(/latin\.yaml:2: not UTF-8/);
    expect(refusal(latin).code).toBe("study");
  });

  it("may begin with a byte order mark and end its lines as on Windows", () => {
    const path = join(folder, "marked.yaml");
    writeFileSync(path, `\ufeff${lattice.replaceAll("\n", "\r\n")}`);
    const { study } = loadStudy(path);
    expect(study.name).toBe("marked");
    expect(study.lattice?.sites).toHaveLength(1);
  });

  it("knows the line of every path, and the nearest where a key is absent", () => {
    const path = join(folder, "places.yaml");
    writeFileSync(path, `name: p\n${lattice}fit:\n  bootstrap: 0\n  hull:\n    species: Au\n`);
    const { locate } = loadStudy(path);
    expect(locate("fit.hull.species")).toBe(`${path}:8`);
    expect(locate("fit.gauge.X")).toBe(`${path}:5`);
    expect(locate("lattice.sites[0].species")).toBe(`${path}:4`);
    expect(locate("sample.steps")).toBe(path);
  });
});

describe("the JSON schema", () => {
  const document = z.toJSONSchema(studySchema(), { io: "input" });

  it.each(configs)("accepts %s as it is written", (path) => {
    const schema = z.fromJSONSchema(document as Parameters<typeof z.fromJSONSchema>[0]);
    const given = parse(readFileSync(path, "utf8"));
    expect(schema.safeParse(given)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...given, cluster: {} }).success).toBe(false);
    expect(schema.safeParse({ ...given, seed: "x" }).success).toBe(false);
  });

  it("describes every section of a study", () => {
    const properties = Object.keys(document.properties ?? {});
    for (const section of ["lattice", "clusters", "model", "data", "fit", "sample", "report"])
      expect(properties).toContain(section);
    expect(document.additionalProperties).toBe(false);
  });
});
