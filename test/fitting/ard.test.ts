import { inverse, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { createEstimator } from "../../src/fitting/estimator.ts";
import type { LinearProblem } from "../../src/fitting/problem.ts";
import { planted } from "./problems.ts";

/** The published iteration with full inverses, no unpenalised column, nothing standardised. */
function plainRelevance(problem: LinearProblem, threshold: number): number[] {
  const { rows: n, columns: p } = problem;
  const X = new Matrix(n, p);
  for (let j = 0; j < p; j++) for (let i = 0; i < n; i++) X.set(i, j, problem.X[j * n + i]);
  const y = Matrix.columnVector(Array.from(problem.y));
  const prior = 1e-6;
  let kept = Array.from({ length: p }, (_, j) => j);
  let lambda = kept.map(() => 1);
  let alpha = n / problem.y.reduce((sum, value) => sum + value * value, 0);
  const posterior = () => {
    const part = X.subMatrixColumn(kept);
    const precision = part.transpose().mmul(part).mul(alpha).add(Matrix.diag(lambda));
    const sigma = inverse(precision, true);
    const mean = sigma.mmul(part.transpose()).mmul(y).mul(alpha).to1DArray();
    const residual = Matrix.sub(y, part.mmul(Matrix.columnVector(mean)));
    return { sigma, mean, square: residual.norm() ** 2 };
  };
  for (let iteration = 0; iteration < 300 && kept.length > 0; iteration++) {
    const { sigma, mean, square } = posterior();
    const gamma = lambda.map((value, a) => 1 - value * sigma.get(a, a));
    lambda = gamma.map((g, a) => (g + 2 * prior) / (mean[a] ** 2 + 2 * prior));
    alpha = (n - gamma.reduce((a, b) => a + b, 0) + 2 * prior) / (square + 2 * prior);
    const stay = kept.map((_, a) => a).filter((a) => lambda[a] < threshold);
    kept = stay.map((a) => kept[a]);
    lambda = stay.map((a) => lambda[a]);
  }
  const coefficients = new Array<number>(p).fill(0);
  if (kept.length === 0) return coefficients;
  const { mean } = posterior();
  kept.forEach((j, a) => {
    coefficients[j] = mean[a];
  });
  return coefficients;
}

describe("automatic relevance determination", () => {
  it.each([
    ["fewer columns than rows", { rows: 40, columns: 20, seed: 90, noise: 0.3, unpenalised: 0 }],
    ["more columns than rows", { rows: 25, columns: 40, seed: 91, noise: 0.1, unpenalised: 0 }],
  ])("follows the published iteration: %s", (_, recipe) => {
    const { problem } = planted(recipe);
    for (const threshold of [100, 1e4]) {
      const estimator = createEstimator({ method: "ard", thresholds: [threshold], standardise: false });
      const { coefficients } = estimator.fitPath(problem, Float64Array.of(threshold)).fits[0];
      // The reference runs all iterations, the estimator stops when coefficients change by 1e-5 in sum.
      plainRelevance(problem, threshold).forEach((value, j) => {
        expect(Math.abs(coefficients[j] - value)).toBeLessThan(2e-3);
        expect(coefficients[j] === 0).toBe(value === 0);
      });
    }
  });

  it("finds the planted columns among many", () => {
    const { problem, truth } = planted({ rows: 80, columns: 60, seed: 92, noise: 0.2 });
    const estimator = createEstimator({ method: "ard" });
    const { fits } = estimator.fitPath(problem, Float64Array.of(1000));
    const wanted = Array.from(truth.keys()).filter((j) => j > 0 && Math.abs(truth[j]) > 0.2);
    for (const j of wanted) expect(fits[0].selected).toContain(j);
    // Coefficients have standard errors of about 0.2/√80.
    for (const j of wanted) expect(Math.abs(fits[0].coefficients[j] - truth[j])).toBeLessThan(0.12);
    expect(fits[0].selected.length).toBeLessThan(2 * wanted.length + 5);
  });
});
