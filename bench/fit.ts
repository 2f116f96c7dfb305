/** Exact leave-one-out cross-validation of a LASSO path: the ceria study, and a dense matrix of its size. */
import { fileURLToPath } from "node:url";
import { RandomStream } from "../src/core/random.ts";
import { loadStudy } from "../src/data/study/load-study.ts";
import { createExecutor } from "../src/exec/executor.ts";
import { crossValidate } from "../src/fitting/cross-validation.ts";
import { reduceProblem } from "../src/fitting/duplicates.ts";
import { createEstimator } from "../src/fitting/estimator.ts";
import { createProblem, type LinearProblem } from "../src/fitting/problem.ts";
import { fitProblem } from "../src/workflows/fit-problem.ts";
import { planRun } from "../src/workflows/plan.ts";
import type { BenchResult } from "./support/measure.ts";

const ROWS = 221;
const COLUMNS = 3144;

/** @returns CPU seconds are those of all threads of this process, starting them included */
export async function run(): Promise<BenchResult[]> {
  const cases: [string, LinearProblem][] = [
    ["fit.loocv.221x3144", await ceria()],
    ["fit.loocv.221x3144.dense", gaussian(ROWS, COLUMNS)],
  ];
  const results: BenchResult[] = [];
  for (const [name, problem] of cases) {
    const executor = createExecutor();
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    const lasso = createEstimator({ method: "lasso", path: { count: 50, decades: 3 } });
    const path = lasso.hyperPath(problem);
    const result = await crossValidate(lasso, problem, { kind: "leave-one-out" }, executor, path);
    const wall = (performance.now() - start) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    await executor.close();
    const { fits } = lasso.fitPath(problem, path.values);
    const sizes = fits.map((fit) => fit.selected.length);
    console.log(
      `${name}: ${reduceProblem(problem).problem.columns} of ${problem.columns} columns after merging, ${executor.workers} workers, ` +
        `least error ${result.rmse[result.minimum].toFixed(4)} at λ ${result.minimum + 1} of ${path.values.length} ` +
        `with ${sizes[result.minimum]} terms, up to ${Math.max(...sizes)} terms on the path`,
    );
    results.push(
      { name: `${name}.cpu_s`, value: (cpu.user + cpu.system) / 1e6, unit: "s" },
      { name: `${name}.wall_s`, value: wall, unit: "s" },
    );
  }
  return results;
}

/** The table of configs/ceria-111.yaml with all clusters of its pool. */
async function ceria(): Promise<LinearProblem> {
  const loaded = loadStudy(fileURLToPath(new URL("../configs/ceria-111.yaml", import.meta.url)));
  const { pool, data } = await planRun(loaded, { fit: true, sample: false });
  return fitProblem(loaded.study.fit!, pool!.pool, data!.configurations).problem;
}

/** Normal deviates: no column is zero, alike or sparse, so nothing is spared. */
function gaussian(rows: number, columns: number): LinearProblem {
  const random = new RandomStream(11, 0);
  const X = Float64Array.from({ length: rows * columns }, () => random.nextNormal());
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    X[i] = 1;
    y[i] = 0.07 * random.nextNormal();
    for (let j = 1; j < 20; j++) y[i] += X[j * rows + i] / j;
  }
  return createProblem({ rows, columns, X, y, unpenalised: [0, 1, 2, 3, 4, 5] });
}
