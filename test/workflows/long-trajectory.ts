/** A run with one state whose trajectory was made as long as wanted. */
import { execFileSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openTrajectory } from "../../src/data/trajectory.ts";
import { TrajectoryWriter } from "../../src/data/trajectory-writer.ts";
import type { FinishedRun } from "./run-study.ts";
import { sampleSlab } from "./slab-study.ts";

/** @param cells the cell has cells × cells parent cells */
export function sampleOneState(cells: number): Promise<FinishedRun> {
  return sampleSlab({
    "sample.supercells": [[cells, cells, 1]],
    "sample.temperatures_K": [400],
    "sample.compositions": [{ label: "half", per_cell: { A: 0.5 } }],
    "sample.replicas": 1,
    "sample.snapshots": 1,
    "sample.trajectory": 16,
  });
}

/**
 * Writes the sampled frames over and over, with new steps.
 * @returns bytes of the file
 */
export function lengthen(run: FinishedRun, frames: number): number {
  const path = join(run.folder, "trajectories", "chain-0000.traj");
  const trajectory = openTrajectory(path);
  const { header } = trajectory;
  const sampled = Array.from(trajectory.frames(0, 16), ({ energy_eV, occupation }) => ({
    energy_eV,
    occupation: occupation.slice(),
  }));
  trajectory.close();
  const writer = TrajectoryWriter.create(path, header);
  for (let k = 0; k < frames; k++) {
    const { energy_eV, occupation } = sampled[k % sampled.length];
    writer.append(Math.floor((header.about.steps * (k + 1)) / frames), energy_eV, occupation);
  }
  writer.close();
  return statSync(path).size;
}

export interface ChildReport {
  readonly observation: { readonly value: number; readonly error: number };
  readonly seconds: number;
  readonly peak_MiB: number;
}

/** Analyses the run in a process of its own. */
export function analyzeInChild(run: FinishedRun, out: string): ChildReport {
  // Cheap, so that reading is what takes the time.
  const module = join(run.folder, "observer.mjs");
  writeFileSync(
    module,
    `export const createObserver = ({ supercell }) => ({
      columns: [{ name: "top left", unit: "", description: "occupation of one site" }],
      measure(occupation, out, at) { out[at] = occupation[supercell.numCells]; },
    });`,
  );
  const child = resolve("test/workflows/analyze-memory-child.ts");
  const text = execFileSync(process.execPath, ["--import", "tsx", child, run.folder, out, module], {
    encoding: "utf8",
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(text) as ChildReport;
}
