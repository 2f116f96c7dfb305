/** Exact leave-one-out cross-validation of a LASSO path at the size of the ceria table: 221 rows, 3144 columns. */
import { RandomStream } from "../src/core/random.ts";
import { createExecutor } from "../src/exec/executor.ts";
import { crossValidate } from "../src/fitting/cross-validation.ts";
import { reduceProblem } from "../src/fitting/duplicates.ts";
import { createEstimator } from "../src/fitting/estimator.ts";
import { createProblem, type LinearProblem } from "../src/fitting/problem.ts";
import { syntheticCounts } from "./synthetic-counts.ts";

export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const ROWS = 221;
const COLUMNS = 3144;

/**
 * @param buildProblem the design matrix, 221 × 3144
 * @returns CPU seconds are those of all threads of this process, starting them included
 */
export async function run(
  buildProblem: () => LinearProblem | Promise<LinearProblem> = () => syntheticCounts(ROWS, COLUMNS),
): Promise<BenchResult[]> {
  const cases: [string, LinearProblem][] = [
    ["fit.loocv.221x3144", await buildProblem()],
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
  for (const { name, value, unit } of results)
    console.log(`${name.padEnd(36)} ${value.toFixed(2).padStart(8)} ${unit}`);
  return results;
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
