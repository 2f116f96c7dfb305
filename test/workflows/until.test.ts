/** A study whose chains may end early: the run says which did not get as far as was asked for. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runFile } from "./run-study.ts";

const folder = mkdtempSync(join(tmpdir(), "eciton-until-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function studyUntil(error: number): string {
  const file = join(folder, `until-${error}.yaml`);
  writeFileSync(
    file,
    `
seed: 12
lattice:
  cell_A: [[3, 0, 0], [0, 3, 0], [0, 0, 15]]
  periodic: [true, true, false]
  sites: [{ name: s, position: [0, 0, 0], species: [vac, A], labels: { A: A } }]
clusters: { cutoff_A: 3, max_points: 2 }
model: { terms: [{ label: AA_1N, energy_eV: 0.05 }] }
sample:
  supercells: [[6, 6, 1]]
  temperatures_K: [400, 1000]
  compositions: [{ per_cell: { A: 1/2 } }]
  steps: 200000
  until: { observable: energy_eV_per_cell, error: ${error} }
`,
  );
  return file;
}

describe("sample.until", () => {
  it("ends chains early where the number is known well enough", async () => {
    const run = await runFile(studyUntil(0.01));
    const { chains } = JSON.parse(run.read("sampling.json")) as { chains: { steps: number }[] };
    for (const { steps } of chains) expect(steps).toBeLessThan(200_000);
    expect(run.result.warnings).toEqual([]);
    run.remove();
  });

  it("warns of chains that did all their steps in vain", async () => {
    const run = await runFile(studyUntil(0.000001));
    const { chains } = JSON.parse(run.read("sampling.json")) as {
      chains: { until: { reached: boolean; halfWidth: number } }[];
    };
    expect(chains.map(({ until }) => until.reached)).toEqual([false, false]);
    const worst = Math.max(...chains.map(({ until }) => until.halfWidth));
    expect(run.result.warnings).toContain(
      "2 of 2 chains did all their steps before energy_eV_per_cell was known to ± 0.000001 (confidence 0.95); " +
        `the worst is at ± ${worst.toPrecision(2)}`,
    );
    expect(run.result.verdict.level).toBe("warning");
    run.remove();
  });
});
