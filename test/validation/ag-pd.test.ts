/** Ag-Pd as the tutorial of icet fits it: Ångqvist et al., Adv. Theory Simul. 2, 1900015 (2019). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cluster, clusterSize, POINT_STRIDE, pointPosition } from "../../src/clusters/cluster.ts";
import { countBySize } from "../../src/clusters/pool.ts";
import { createExecutor, type Executor } from "../../src/exec/executor.ts";
import { crossValidate } from "../../src/fitting/cross-validation.ts";
import { createEstimator, type EstimatorOptions } from "../../src/fitting/estimator.ts";
import { createProblem } from "../../src/fitting/problem.ts";
import type { ParentLattice } from "../../src/lattice/parent-lattice.ts";
import {
  correlations,
  mean,
  once,
  readPublished,
  rootMeanSquare,
  type StudyProblem,
  skipWithout,
  studyProblem,
} from "./published-data.ts";

/** The published model file: icet's parameters are m_α J_α, those of correlations averaged over an orbit. */
interface PublishedModel {
  readonly parameters: readonly number[];
  readonly metadata: {
    readonly rmse_train_final: number;
    readonly rmse_validation: number;
    readonly alpha_optimal: number;
    readonly n_nonzero_parameters: number;
  };
}

/** Mean distance of the points from their centre, by which icet orders orbits. */
function radius(lattice: ParentLattice, cluster: Cluster): number {
  const points = Array.from({ length: clusterSize(cluster) }, (_, i) =>
    pointPosition(lattice, cluster, POINT_STRIDE * i),
  );
  if (points.length === 0) return 0;
  const centre = [0, 1, 2].map((k) => mean(points.map((point) => point[k])));
  return mean(points.map((point) => Math.hypot(...point.map((x, k) => x - centre[k]))));
}

/** Our columns in icet's order; two pairs of shells share a radius, and there the smaller orbit comes first. */
function icetColumns(study: StudyProblem): Float64Array[] {
  const { lattice, orbits } = study.pool;
  const radii = orbits.map((orbit) => radius(lattice, orbit.instances[0]));
  const order = orbits.map((_, j) => j);
  order.sort(
    (a, b) =>
      orbits[a].size - orbits[b].size ||
      (Math.abs(radii[a] - radii[b]) > 1e-6 ? radii[a] - radii[b] : 0) ||
      a - b,
  );
  const columns = correlations(study);
  // icet lists species by atomic number: palladium is -1 there, silver in our study.
  return order.map((j) => (orbits[j].size % 2 === 1 ? columns[j].map((x) => -x) : columns[j]));
}

/** Standard deviation, or 1 for a constant column: StandardScaler(with_mean=False) of scikit-learn. */
function spread(values: Float64Array): number {
  const centre = mean(Array.from(values));
  const deviation = rootMeanSquare(values.map((x) => x - centre));
  return deviation > 1e-12 ? deviation : 1;
}

const SEEDS = [1, 2, 3, 4, 5];
const small = { "clusters.cutoffs_A": { 2: 13.5, 3: 6.0, 4: 5.5 } };

describe.skipIf(skipWithout("ag-pd-icet"))("Ag-Pd of icet", () => {
  const large = once(() => studyProblem("ag-pd"));
  const published = once(() => {
    const study = studyProblem("ag-pd", small);
    const model = readPublished<PublishedModel>("ag-pd-icet/mixing_energy_parameters.json");
    return { ...study, model, columns: icetColumns(study) };
  });
  let executor: Executor;
  beforeAll(() => {
    executor = createExecutor(2);
  });
  afterAll(() => executor.close());

  test("82 and 55 parameters, by number of points", () => {
    expect(countBySize(large().pool.orbits)).toEqual({ 0: 1, 1: 1, 2: 25, 3: 20, 4: 35 });
    expect(large().problem.columns).toBe(82);
    expect(published().problem.columns).toBe(55);
    expect(published().model.parameters.length).toBe(55);
  });

  test("the published parameters give the published error on our correlations", () => {
    const { problem, model, columns } = published();
    expect(problem.rows).toBe(625);
    const residuals = problem.y.map(
      (energy, i) => energy - model.parameters.reduce((sum, J, k) => sum + J * columns[k][i], 0),
    );
    const error = rootMeanSquare(residuals);
    console.log(
      `Ag-Pd: published parameters, RMSE ${1000 * error} meV/atom, published ${1000 * model.metadata.rmse_train_final}`,
    );
    // 625 x 55 products of numbers below one, in another order of summation.
    expect(Math.abs(error - model.metadata.rmse_train_final)).toBeLessThan(1e-15);
  });

  test("LASSO at the published penalty: at least as low an objective, and the same terms", () => {
    const { problem, model, columns } = published();
    const { alpha_optimal: alpha, n_nonzero_parameters, rmse_train_final } = model.metadata;
    const scales = columns.map(spread);
    const unit = spread(problem.y);
    const X = new Float64Array(problem.rows * columns.length);
    columns.forEach((column, k) => {
      X.set(
        column.map((x) => x / scales[k]),
        k * problem.rows,
      );
    });
    const y = problem.y.map((energy) => energy / unit);
    const scaled = createProblem({ rows: problem.rows, columns: columns.length, X, y });
    const [fit] = createEstimator({ method: "lasso" }).fitPath(scaled, Float64Array.of(alpha)).fits;
    const objective = (beta: ArrayLike<number>) => {
      const residuals = y.map((value, i) =>
        Array.from(beta).reduce((rest, b, k) => rest - b * X[k * problem.rows + i], value),
      );
      return (
        rootMeanSquare(residuals) ** 2 / 2 + alpha * Array.from(beta).reduce((s, b) => s + Math.abs(b), 0)
      );
    };
    const theirs = objective(model.parameters.map((J, k) => (J * scales[k]) / unit));
    const ours = objective(fit.coefficients);
    expect(ours).toBeLessThanOrEqual(theirs);
    // scikit-learn stops at a duality gap of 1e-4 of the target's square; ours is solved to 1e-8.
    expect(theirs - ours).toBeLessThan(1e-4 * (rootMeanSquare(y) ** 2 / 2));
    const selected = Array.from(fit.coefficients).map((b) => b !== 0);
    expect(selected.filter(Boolean).length).toBe(n_nonzero_parameters);
    expect(selected).toEqual(model.parameters.map((J) => J !== 0));
    // The rest of their gap is worth less than a hundredth of the error.
    expect(Math.abs(fit.rmse * unit - rmse_train_final)).toBeLessThan(0.01 * rmse_train_final);
  });

  async function errors(study: StudyProblem, options: EstimatorOptions): Promise<number[]> {
    const estimator = createEstimator(options);
    const path = estimator.hyperPath(study.problem);
    const found: number[] = [];
    for (const seed of SEEDS) {
      const scheme = { kind: "k-fold", folds: 10, seed } as const;
      const cv = await crossValidate(estimator, study.problem, scheme, executor, path);
      found.push(1000 * cv.rmse[cv.minimum]);
    }
    const text = found.map((error) => error.toFixed(3)).join(", ");
    console.log(`Ag-Pd: ${options.method}, ${study.problem.columns} parameters, CV RMSE ${text} meV/atom`);
    return found;
  }

  const lasso: EstimatorOptions = { method: "lasso", standardise: true, path: { count: 50, decades: 4 } };

  test("ARD with 82 parameters: published cross-validation error 1.89 meV/atom", async () => {
    expect(Math.max(...(await errors(large(), { method: "ard" })))).toBeLessThan(1.89);
  });

  test("LASSO with 82 parameters stays below the published 2.25 meV/atom of 55", async () => {
    expect(Math.max(...(await errors(large(), lasso)))).toBeLessThan(2.25);
  });

  test("LASSO with 55 parameters: published 2.2477 meV/atom", async () => {
    const found = await errors(published(), lasso);
    // Over 60 random splits the error is 2.267 ± 0.017 (standard deviation); the published split is not known.
    expect(Math.abs(mean(found) - 2.2477)).toBeLessThan(3 * 0.017);
  });
});
