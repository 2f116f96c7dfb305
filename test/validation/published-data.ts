/** Access to the published tables in ../shared/data/ce, which are not part of the project. */
import { existsSync, readFileSync } from "node:fs";
import type { ClusterPool } from "../../src/clusters/pool.ts";
import { loadStudy, type Overrides } from "../../src/data/study/load-study.ts";
import type { LinearProblem } from "../../src/fitting/problem.ts";
import { loadTrainingData, type TrainingData } from "../../src/workflows/configurations.ts";
import { fitProblem } from "../../src/workflows/fit-problem.ts";
import { latticeOfStudy, poolOfStudy } from "../../src/workflows/study-lattice.ts";

export const published = "../shared/data/ce";

/** True, with a line that says so, where the published tables are absent. */
export function skipWithout(folder: string): boolean {
  const missing = !existsSync(`${published}/${folder}`);
  if (missing) console.warn(`skipped: ${published}/${folder} is absent`);
  return missing;
}

export function readPublished<Document>(path: string): Document {
  return JSON.parse(readFileSync(`${published}/${path}`, "utf8")) as Document;
}

export interface StudyProblem {
  readonly pool: ClusterPool;
  readonly data: TrainingData;
  readonly problem: LinearProblem;
}

/** A study of this folder up to its design matrix: read, mapped, counted as `eciton run` does it. */
export function studyProblem(name: string, overrides: Overrides = {}): StudyProblem {
  const loaded = loadStudy(`test/validation/studies/${name}.yaml`, overrides);
  const lattice = latticeOfStudy(loaded.study);
  const pool = poolOfStudy(loaded.study, lattice);
  const data = loadTrainingData(loaded, lattice, () => {
    throw new Error(`${name} has no model of its own`);
  });
  return { pool, data, problem: fitProblem(loaded.study.fit!, pool, data.configurations).problem };
}

/** One column for each orbit: its cluster function averaged over the instances of each structure. */
export function correlations({ pool, problem }: StudyProblem): Float64Array[] {
  const n = problem.rows;
  return pool.orbits.map((orbit, j) =>
    problem.X.subarray(j * n, (j + 1) * n).map((count) => count / orbit.instances.length),
  );
}

/** Made when first asked for: a suite that is skipped must not read anything. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

export function rootMeanSquare(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);
}

export const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
