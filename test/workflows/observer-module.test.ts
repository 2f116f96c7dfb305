/** A study that observes nothing itself, measured by a user's module. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadStudy } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import { planRun } from "../../src/workflows/plan.ts";
import { runStudy } from "../../src/workflows/run.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-module-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("leaves the columns of a module in observations.csv, also where the study has no section observe", async () => {
  const study = join(folder, "gas.yaml");
  writeFileSync(
    study,
    `
seed: 2
lattice:
  cell_A: [[3, 0, 0], [0, 3, 0], [0, 0, 15]]
  periodic: [true, true, false]
  sites: [{ name: s, position: [0, 0, 0], species: [vac, A], labels: { A: A } }]
clusters: { cutoff_A: 3, max_points: 2 }
model: { terms: [{ label: AA_1N, energy_eV: 0.05 }] }
sample:
  supercells: [[4, 4, 1]]
  temperatures_K: [2000]
  compositions: [{ label: half, per_cell: { A: 1/2 } }]
  steps: 20000
`,
  );
  const module = join(folder, "atoms.mjs");
  writeFileSync(
    module,
    `export const createObserver = () => ({
      columns: [{ name: "atoms" }],
      measure(occupation, out, at) { out[at] = occupation.reduce((sum, held) => sum + held, 0); },
    });`,
  );
  const parts = { fit: false, sample: true };
  const plan = await planRun(loadStudy(study), parts, [module]);
  const executor = createExecutor(0);
  const outDir = join(folder, "out");
  const signal = new AbortController().signal;
  const context = { executor, outDir, resume: false, signal, say: () => {}, command: "eciton sample" };
  await runStudy(plan, parts, context);
  await executor.close();
  // The composition is fixed: 8 atoms in every state.
  expect(readFileSync(join(outDir, "observations.csv"), "utf8").trim().split("\n")).toEqual([
    "supercell,condition,temperature_K,observable,unit,value,error",
    "4 × 4 × 1,half,2000,atoms,,8,0",
  ]);
});
