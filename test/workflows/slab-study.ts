/** A slab of two layers of a square lattice gas, sampled in a second, with trajectories and observations. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Overrides } from "../../src/data/study/load-study.ts";
import { createExecutor } from "../../src/exec/executor.ts";
import {
  type AnalysisOptions,
  type AnalysisResult,
  analyzeRuns,
  readRuns,
} from "../../src/workflows/analyze.ts";
import { type FinishedRun, runFile } from "./run-study.ts";

export const slabStudy = `
name: slab
seed: 12
lattice:
  cell_A: [[3, 0, 0], [0.5, 3, 0], [0, 0, 15]]
  periodic: [true, true, false]
  vacancies: [vac]
  sites:
    - { name: low, position: [0, 0, 0], species: [vac, A], layer: low, labels: { A: Al } }
    - { name: top, position: [0, 0, 0.3], species: [vac, A], layer: top, labels: { A: At } }
clusters: { cutoff_A: 3, max_points: 2 }
model:
  terms:
    - { label: AtAt_1N, energy_eV: 0.05 }
    - { label: At, energy_eV: -0.05 }
sample:
  supercells: [[4, 4, 1], [6, 6, 1]]
  temperatures_K: [400, 800]
  compositions:
    - { label: half, per_cell: { A: 1/2 } }
    - { label: quarter, per_cell: { A: 1/4 } }
  steps: 40000
  replicas: 2
  samples: 1000
  snapshots: 3
  trajectory: 400
  observe: { measurements: 400, motifs: { neighbours: [AtAt_1N] }, site_map: true }
`;

export async function sampleSlab(overrides: Overrides = {}): Promise<FinishedRun> {
  const folder = mkdtempSync(join(tmpdir(), "eciton-slab-"));
  try {
    const file = join(folder, "slab.yaml");
    writeFileSync(file, slabStudy);
    return await runFile(file, overrides);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function analyze(
  folders: readonly string[],
  outDir: string,
  options: Partial<AnalysisOptions> = {},
  { workers = 0, signal = new AbortController().signal } = {},
): Promise<AnalysisResult> {
  const executor = createExecutor(workers);
  try {
    return await analyzeRuns(
      readRuns(folders),
      { formats: ["csv"], observers: null, extxyz: false, ...options },
      { executor, outDir, resume: false, signal, say: () => {}, command: "eciton analyze" },
    );
  } finally {
    await executor.close();
  }
}
