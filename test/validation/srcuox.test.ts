/** SrCuO2 to SrCuO3: 513 orderings of oxygen vacancies on the ideal perovskite, from the examples of pyclupan. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cutoffs } from "../../src/clusters/cluster.ts";
import { createExecutor, type Executor } from "../../src/exec/executor.ts";
import { crossValidate } from "../../src/fitting/cross-validation.ts";
import { createEstimator } from "../../src/fitting/estimator.ts";
import { skipWithout, studyProblem } from "./published-data.ts";

const CUTOFFS: readonly Cutoffs[] = [
  { 2: 4.5 },
  { 2: 9 },
  { 2: 9, 3: 6.5 },
  { 2: 9, 3: 6.5, 4: 5 },
  { 2: 12, 3: 7, 4: 5 },
  { 2: 12, 3: 8.1, 4: 5.7 },
];

describe.skipIf(skipWithout("srcuox-vacancies-pyclupan"))("SrCuOx", () => {
  let executor: Executor;
  beforeAll(() => {
    executor = createExecutor(2);
  });
  afterAll(() => executor.close());

  test("LASSO with 10-fold cross-validation at several cut-offs", async () => {
    const found: number[] = [];
    for (const cutoffs of CUTOFFS) {
      const { problem } = studyProblem("srcuox", {
        "clusters.cutoffs_A": cutoffs,
        "clusters.basis": "trigonometric",
      });
      expect(problem.rows).toBe(513);
      const lasso = createEstimator({ method: "lasso", standardise: true, path: { count: 50, decades: 5 } });
      const errors: number[] = [];
      for (const seed of [1, 2, 3]) {
        const scheme = { kind: "k-fold", folds: 10, seed } as const;
        const cv = await crossValidate(lasso, problem, scheme, executor);
        errors.push(1000 * cv.rmse[cv.minimum]);
      }
      found.push(Math.max(...errors));
      console.log(
        `SrCuOx: cut-offs ${JSON.stringify(cutoffs)}, ${problem.columns} clusters, ` +
          `CV RMSE ${errors.map((error) => error.toFixed(2)).join(", ")} meV per formula unit`,
      );
    }
    // Energies at one composition spread over 1.75 eV per formula unit.
    expect(Math.max(...found)).toBeLessThan(100);
    // Three- and four-body interactions are there: pairs alone do worse, however far they reach.
    expect(found[3]).toBeLessThan(0.8 * found[1]);
  });
});
