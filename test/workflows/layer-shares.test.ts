import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runFile } from "./run-study.ts";

/** Two layers that may not exchange, the upper one with two sites; B is in both groups. */
const study = `
lattice:
  cell_A: [[3, 0, 0], [0, 3, 0], [0, 0, 9]]
  sites:
    - { name: s, position: [0, 0, 0], species: [A, B], labels: { B: B }, layer: low }
    - { name: t, position: [0.5, 0.5, 0.2], species: [A, B], labels: { B: Q }, layer: high }
    - { name: u, position: [0, 0, 0.4], species: [A, B], labels: { B: U }, layer: top }
clusters: { cutoff_A: 3, max_points: 2 }
model: { terms: [{ label: B, energy_eV: 0.05 }] }
sample:
  supercells: [[2, 2, 1]]
  exchange: { down: [s], up: [t, u] }
  temperatures_K: [300]
  compositions: [{ per_cell: { "B@up": 1/2 } }]
  steps: 4000
  snapshots: 1
`;

test("layers of a species in two groups are told apart, and each group's shares add up to one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "eciton-layers-"));
  writeFileSync(join(folder, "two.yaml"), study);
  const run = await runFile(join(folder, "two.yaml"));
  const rows = run
    .read("layers.csv")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const named = rows.map((row) => row.slice(3, 5).join(" "));
  const shares = (species: string) => rows.filter((row) => row[3] === species).map((row) => row[5]);
  expect(new Set(named).size).toBe(named.length);
  expect(shares("B@down")).toEqual([""]);
  expect(shares("A@down")).toEqual(["1"]);
  // Counts of the layers add up to the total in every sample; only the sum of two divisions is rounded.
  for (const species of ["A@up", "B@up"])
    expect(shares(species).reduce((sum, text) => sum + Number(text), 0)).toBeCloseTo(1, 12);
  run.remove();
  rmSync(folder, { recursive: true });
}, 60_000);
