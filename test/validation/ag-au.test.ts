/** Ag-Au: all 135 orderings of two to six atoms, relaxed, from the examples of pyclupan. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createExecutor, type Executor } from "../../src/exec/executor.ts";
import { crossValidate } from "../../src/fitting/cross-validation.ts";
import { createEstimator } from "../../src/fitting/estimator.ts";
import { predictRows } from "../../src/fitting/problem.ts";
import type { HullVertex } from "../../src/report/model.ts";
import { formationHull } from "../../src/workflows/formation-hull.ts";
import { correlations, once, skipWithout, studyProblem } from "./published-data.ts";

const lasso = createEstimator({ method: "lasso", standardise: true, path: { count: 50, decades: 5 } });

describe.skipIf(skipWithout("ag-au-pyclupan"))("Ag-Au", () => {
  let executor: Executor;
  beforeAll(() => {
    executor = createExecutor(2);
  });
  afterAll(() => executor.close());

  const study = once(() => studyProblem("ag-au"));

  test("LASSO with leave-one-out cross-validation: a millielectronvolt is resolved", async () => {
    const found: number[] = [];
    for (const cutoffs of [{ 2: 9 }, { 2: 9, 3: 6 }, { 2: 9, 3: 6, 4: 5 }, { 2: 12, 3: 7, 4: 5 }]) {
      const { problem } = studyProblem("ag-au", { "clusters.cutoffs_A": cutoffs });
      const cv = await crossValidate(lasso, problem, { kind: "leave-one-out" }, executor);
      const error = 1000 * cv.rmse[cv.minimum];
      found.push(error);
      console.log(
        `Ag-Au: cut-offs ${JSON.stringify(cutoffs)}, ${problem.columns} clusters, LOOCV RMSE ${error.toFixed(3)} meV/atom`,
      );
    }
    // Formation energies span 46 meV/atom; the orderings differ from each other by some.
    expect(Math.max(...found)).toBeLessThan(1);
    expect(found[1]).toBeLessThan(found[0]);
  });

  test("ground states: L1_0 at one half, L1_2 or its long-period variants at one quarter and three quarters", async () => {
    const { problem, data, pool } = study();
    const cv = await crossValidate(lasso, problem, { kind: "leave-one-out" }, executor);
    const { coefficients } = lasso.fitPath(problem, cv.path.values).fits[cv.minimum];
    const total = predictRows(problem, coefficients).map(
      (e, i) => e * data.configurations[i].supercell.numCells,
    );
    const hull = formationHull("Au", data.configurations, total);
    const text = (vertices: readonly HullVertex[] = []) =>
      vertices
        .map((v) => `${v.name} at ${v.composition.toFixed(3)} (${(1000 * v.energy).toFixed(1)})`)
        .join(", ");
    console.log(`Ag-Au hull, meV/atom above the outermost compositions: ${text(hull.referenceHull)}`);
    console.log(`Ag-Au hull of the model: ${text(hull.predictedHull)}`);
    const columns = correlations(study());
    const pairs = pool.orbits.flatMap(({ size }, j) => (size === 2 ? [columns[j]] : []));
    for (const vertices of [hull.referenceHull ?? [], hull.predictedHull ?? []]) {
      const at = (composition: number) => {
        const vertex = vertices.find((v) => Math.abs(v.composition - composition) < 1e-9)!;
        return data.configurations.findIndex(({ id }) => id === vertex.name);
      };
      // In L1_0 two thirds of the nearest neighbours are unlike and all second neighbours are alike.
      expect(pairs[0][at(0.5)]).toBeCloseTo(-1 / 3, 9);
      expect(pairs[1][at(0.5)]).toBeCloseTo(1, 9);
      // In L1_2 and its variants the minority has no neighbour of its own kind: half of all nearest pairs are unlike.
      expect(pairs[0][at(0.25)]).toBeCloseTo(0, 9);
      expect(pairs[0][at(0.75)]).toBeCloseTo(0, 9);
    }
  });
});
