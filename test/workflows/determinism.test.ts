/** The same study gives the same bytes, however many threads compute it and however its table is written down. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { Overrides } from "../../src/data/study/load-study.ts";
import { type FinishedRun, runFile } from "./run-study.ts";

const study = "configs/ceria-111.yaml";
const small: Overrides = {
  "clusters.cutoff_A": 6.2,
  "clusters.max_points": 3,
  "clusters.supercell": undefined,
  "data.synthetic.configurations": 60,
  "fit.bootstrap": 40,
  "fit.path.count": 20,
  "sample.supercells": [[4, 4, 1]],
  "sample.temperatures_K": [300, 900],
  "sample.steps": 4000,
  "sample.samples": 400,
  "sample.replicas": 2,
  "report.pictures": false,
};

/** Files without what says when and by which command they were made. */
function results({ read }: FinishedRun): Record<string, string> {
  const model = JSON.parse(read("model.json")) as { provenance: Record<string, unknown> };
  model.provenance.date = null;
  return {
    "model.json": JSON.stringify(model),
    ...Object.fromEntries(
      ["training.csv", "sampling.json", "sampling.csv", "layers.csv"].map((name) => [name, read(name)]),
    ),
  };
}

const runs: FinishedRun[] = [];
async function run(file: string, overrides: Overrides, workers: number): Promise<FinishedRun> {
  const finished = await runFile(file, overrides, workers);
  runs.push(finished);
  return finished;
}
let first: FinishedRun;

beforeAll(async () => {
  first = await run(study, small, 0);
});
afterAll(() => {
  for (const { remove } of runs) remove();
});

describe("the number of threads", () => {
  it.each([1, 2])("%i leaves no trace in the results", async (workers) => {
    expect(results(await run(study, small, workers))).toEqual(results(first));
  });
});

describe("the seed", () => {
  it("decides table and chains", async () => {
    const other = results(await run(study, { ...small, seed: 1 }, 0));
    const mine = results(first);
    for (const name of Object.keys(mine)) expect(other[name]).not.toBe(mine[name]);
  });
});

describe("the training table that a run leaves", () => {
  it.each(["csv", "jsonl"])("fitted anew from %s gives the same model", async (ending) => {
    const folder = mkdtempSync(join(tmpdir(), "eciton-table-"));
    try {
      const { data: _, sample: __, ...rest } = parse(readFileSync(study, "utf8")) as Record<string, unknown>;
      const table = `table.${ending}`;
      writeFileSync(join(folder, "s.yaml"), stringify({ ...rest, data: { table: { file: table } } }));
      if (ending === "csv") copyFileSync(join(first.folder, "training.csv"), join(folder, table));
      else writeFileSync(join(folder, table), asJsonLines(first.read("training.csv")));
      const overrides = Object.fromEntries(
        Object.entries(small).filter(([key]) => !/^(data|sample)\./.test(key)),
      );
      const again = await run(join(folder, "s.yaml"), overrides, 0);
      const terms = (r: FinishedRun) => r.result.fit!.expansion.terms.map((t) => [t.label, t.coefficient]);
      expect(terms(again)).toEqual(terms(first));
      expect(again.read("training.csv")).toBe(first.read("training.csv"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The quoted cells of these tables hold commas, but neither quotes nor line breaks. */
function asJsonLines(csv: string): string {
  const cells = (line: string) => [...line.matchAll(/"([^"]*)"|([^,]+)/g)].map((m) => m[1] ?? m[2]);
  const [head, ...lines] = csv.trimEnd().split("\n");
  const names = cells(head);
  return lines
    .map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i], cell])))
    .map((record) => `${JSON.stringify({ ...record, energy_eV: Number(record.energy_eV) })}\n`)
    .join("");
}
