/** What the commands print: the documented numbers, one document with --json, help that can be read. */
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { buildCli, eciton, scratch } from "./eciton.ts";
import { smallStudy, smallTable } from "./small-study.ts";

const ceria = resolve("configs/ceria-111.yaml");

beforeAll(buildCli);

async function json(args: readonly string[], cwd: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await eciton([...args, "--json"], cwd);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("eciton pool", () => {
  // The published counts, as the issue of the project states them.
  it("counts the clusters of CeO2(111) within 8 Å", async () => {
    const folder = scratch();
    const document = await json(["pool", ceria], folder);
    expect(document).toMatchObject({
      cutoff_A: 8,
      infinite: { 0: 1, 1: 5, 2: 47, 3: 435, 4: 2661 },
      folded: { 0: 1, 1: 5, 2: 47, 3: 430, 4: 2661 },
      total_folded: 3144,
    });
    expect(document.seconds).toBeTypeOf("number");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes cut-off and supercell from the command line", async () => {
    const document = await json(["pool", ceria, "--cutoff", "9", "--supercell", "4,4,1"], scratch());
    expect(document).toMatchObject({
      cutoff_A: 9,
      infinite: { 0: 1, 1: 5, 2: 60, 3: 815, 4: 7669 },
      total_folded: 8527,
    });
  });

  it("takes the number of points from the command line", async () => {
    const document = await json(["pool", ceria, "--max-points", "2"], scratch());
    expect(document).toMatchObject({ cutoff_A: 8, infinite: { 0: 1, 1: 5, 2: 47 }, total_folded: 53 });
    expect(document.infinite).not.toHaveProperty("3");
  });

  it("says the same to people, and lists every cluster when asked", async () => {
    const folder = scratch({ "study.yaml": smallStudy() });
    const { code, stdout, stderr } = await eciton(["pool", "study.yaml", "--list"], folder);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/total +\d+/);
    const { clusters } = await json(["pool", "study.yaml", "--list"], folder);
    // Pairs of the simple cubic lattice with a = 4 Å up to 6 Å: 4 and 4√2 Å, with 3 and 6 of them for each site.
    expect(clusters).toEqual(
      expect.arrayContaining([
        { label: "AuAu_1N", points: 2, diameter_A: 4, multiplicity: 3 },
        expect.objectContaining({ label: "AuAu_2N", points: 2, multiplicity: 6 }),
      ]),
    );
    for (const { label } of clusters as { label: string }[]) expect(stdout).toContain(label);
  });

  it("counts nothing with --dry-run", async () => {
    const folder = scratch();
    const document = await json(["pool", ceria, "--dry-run", "--out", "out"], folder);
    expect(document).toHaveProperty("would");
    expect(document).not.toHaveProperty("infinite");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("eciton run", () => {
  it("says what it would do with --dry-run, and does nothing", async () => {
    const folder = scratch({ "study.yaml": smallStudy(), "table.csv": smallTable });
    const { code, stdout, stderr } = await eciton(["run", "study.yaml", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/pool: \d+ clusters/);
    expect(stdout).toMatch(/fit: 9 configurations from table\.csv, method lasso, design matrix/);
    expect(stdout).toMatch(/sample: 2 chains of 2,000 steps/);
    expect(readdirSync(folder).sort()).toEqual(["study.yaml", "table.csv"]);
  });

  it.each([
    [{ method: "tempering" }, "1 ladder of 2 temperatures, each of 2,000 steps", "for each temperature"],
    [{ method: "wang-landau", replicas: 3 }, "3 walkers of at most 2,000 steps", "for each walker"],
    [{ method: "anneal", anneal: { restarts: 4 } }, "4 coolings of 2,000 steps", "for each cooling"],
  ])("says with --dry-run what %j works on", async (method, tasks, memory) => {
    const model = { terms: [{ label: "AuAu_1N", energy_eV: 0.05 }] };
    const study = smallStudy({ data: undefined, fit: undefined, model, sample: method });
    const folder = scratch({ "study.yaml": study });
    const { code, stdout } = await eciton(["sample", "study.yaml", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain(`sample: ${tasks}`);
    expect(stdout).toContain(memory);
  });

  it("prints with --json what searches found, energies without rounding", async () => {
    const model = { terms: [{ label: "AuAu_1N", energy_eV: 0.1 }] };
    const sample = { method: "anneal", compositions: [{ per_cell: { Au: "2/3" } }], anneal: { restarts: 2 } };
    const study = smallStudy({ data: undefined, fit: undefined, model, sample });
    const document = await json(["sample", "study.yaml", "--workers", "0"], scratch({ "study.yaml": study }));
    const searches = document.searches as { states: { energy_eV: number; found: number }[] }[];
    expect(searches.length).toBe(1);
    const [lowest] = searches[0].states;
    expect(lowest.found).toBeGreaterThan(0);
    // So many pairs of 0.1 eV: one digit after the point.
    expect(lowest.energy_eV).toBe(Number(lowest.energy_eV.toFixed(1)));
  });

  it("prints one document with --json, with paths that exist", async () => {
    const folder = scratch({ "study.yaml": smallStudy(), "table.csv": smallTable });
    const document = await json(["run", "study.yaml", "--workers", "0"], folder);
    expect(document).toMatchObject({
      report: join("eciton-out", "small", "report.html"),
      model: join("eciton-out", "small", "model.json"),
      fit: { configurations: 9, rejected: 0 },
    });
    expect((document.states as unknown[]).length).toBe(2);
    const { terms } = document.fit as { terms: { label: string; coefficient_eV: number }[] };
    expect(terms.map(({ label }) => label)).toContain("Au");

    // The model it names is one that predict takes, and gives the energies of the table it was fitted to.
    const predicted = await json(["predict", document.model as string, "table.csv"], folder);
    const { predictions, errors } = predicted as {
      predictions: { id: string; energy_eV: number; reference_eV: number }[];
      errors: { compared: number };
    };
    const table = parseCsv(smallTable, { columns: true }) as { id: string; energy_eV: string }[];
    expect(predictions.map((p) => [p.id, p.reference_eV])).toEqual(
      table.map((r) => [r.id, Number(r.energy_eV)]),
    );
    expect(errors.compared).toBe(table.length);
  });

  it("fits alone with fit and samples alone with sample", async () => {
    const folder = scratch({ "study.yaml": smallStudy(), "table.csv": smallTable });
    const fitted = await json(["fit", "study.yaml", "--workers", "0", "--out", "f"], folder);
    expect(fitted.states).toEqual([]);
    expect(readdirSync(join(folder, "f"))).not.toContain("sampling.json");
    const own = smallStudy({ data: undefined, fit: undefined, model: { file: "f/model.json" } });
    writeFileSync(join(folder, "own.yaml"), own);
    const sampled = await json(["sample", "own.yaml", "--workers", "0", "--out", "s"], folder);
    expect(sampled.fit).toBeNull();
    expect((sampled.states as unknown[]).length).toBe(2);
    expect(readdirSync(join(folder, "s"))).not.toContain("model.json");
  });
});

describe("eciton schema", () => {
  it("prints a JSON schema", async () => {
    const document = await json(["schema"], scratch());
    expect(document.$schema).toMatch(/json-schema\.org/);
    const schema = z.fromJSONSchema(document as Parameters<typeof z.fromJSONSchema>[0]);
    expect(schema.safeParse(JSON.parse(smallStudy())).success).toBe(true);
    expect(schema.safeParse({ name: "x", fitt: {} }).success).toBe(false);
  });
});

describe("help", () => {
  it.concurrent.for(["run", "fit", "sample", "predict", "pool", "schema"])("of %s", async (command) => {
    const { code, stdout, stderr } = await eciton([command, "--help"], ".");
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(new RegExp(`^Usage: eciton ${command} \\[options\\]`));
    expect(stdout).toContain("--json");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("of the whole names every command", async () => {
    const { code, stdout } = await eciton(["--help"], ".");
    expect(code).toBe(0);
    for (const command of ["run", "fit", "sample", "predict", "pool", "schema"])
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
  });

  it("is shown, as an error, where there is no command", async () => {
    const { code, stdout, stderr } = await eciton([], ".");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Usage: eciton");
  });
});
