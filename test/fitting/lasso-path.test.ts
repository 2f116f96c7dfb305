import { describe, expect, it } from "vitest";
import { ActiveSetSolver } from "../../src/fitting/active-set.ts";
import { reduceProblem } from "../../src/fitting/duplicates.ts";
import { columnScale, lambdaGrid, largestLambda, penalisedPath } from "../../src/fitting/lasso-path.ts";
import { createProblem, type LinearProblem, predictRows } from "../../src/fitting/problem.ts";
import { projectProblem } from "../../src/fitting/projection.ts";
import { compiledColumns } from "../../src/kernels/columns.ts";
import { referenceColumns } from "../../src/kernels/columns-reference.ts";
import { columnsOf, planted } from "./problems.ts";

/** (1/W) Σ_i w_i x_ij (y_i − x_i·β) from the original problem, nothing projected. */
function gradients(problem: LinearProblem, coefficients: Float64Array): Float64Array {
  const fitted = predictRows(problem, coefficients);
  const total = problem.weights.reduce((sum, w) => sum + w, 0);
  return Float64Array.from({ length: problem.columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < problem.rows; i++)
      sum += problem.weights[i] * problem.X[j * problem.rows + i] * (problem.y[i] - fitted[i]);
    return sum / total;
  });
}

/** Largest violation of the optimality conditions, in the units of λ. */
function violation(problem: LinearProblem, coefficients: Float64Array, lambda: number, l1Ratio = 1): number {
  const g = gradients(problem, coefficients);
  let worst = 0;
  for (let j = 0; j < problem.columns; j++) {
    const beta = coefficients[j];
    const l1 = lambda * l1Ratio;
    const excess = problem.unpenalised[j]
      ? Math.abs(g[j])
      : beta !== 0
        ? Math.abs(g[j] - l1 * Math.sign(beta) - lambda * (1 - l1Ratio) * beta)
        : Math.abs(g[j]) - l1;
    worst = Math.max(worst, excess);
  }
  return worst;
}

function objective(problem: LinearProblem, coefficients: Float64Array, lambda: number): number {
  const fitted = predictRows(problem, coefficients);
  const total = problem.weights.reduce((sum, w) => sum + w, 0);
  let value = 0;
  for (let i = 0; i < problem.rows; i++) value += problem.weights[i] * (problem.y[i] - fitted[i]) ** 2;
  value /= 2 * total;
  coefficients.forEach((beta, j) => {
    if (!problem.unpenalised[j]) value += lambda * Math.abs(beta);
  });
  return value;
}

/** Accelerated proximal gradient with restarts on the unprojected problem. */
function proximalGradient(problem: LinearProblem, lambda: number, iterations: number): Float64Array {
  const p = problem.columns;
  // Largest eigenvalue of XᵀWX / W by power iteration; a little more makes every step a descent.
  let v = new Float64Array(p).fill(1);
  let lipschitz = 1;
  const zero = { ...problem, y: new Float64Array(problem.rows) };
  for (let k = 0; k < 500; k++) {
    const g = gradients(zero, v).map((value) => -value);
    lipschitz = Math.hypot(...g) / Math.hypot(...v);
    v = g.map((value) => value / Math.hypot(...g));
  }
  const step = 1 / (1.01 * lipschitz);
  let x = new Float64Array(p);
  let ahead = x.slice();
  let momentum = 1;
  for (let k = 0; k < iterations; k++) {
    const g = gradients(problem, ahead);
    const next = ahead.map((value, j) => {
      const moved = value + step * g[j];
      return problem.unpenalised[j] ? moved : Math.sign(moved) * Math.max(0, Math.abs(moved) - step * lambda);
    });
    const uphill = next.reduce((sum, value, j) => sum + (ahead[j] - value) * (value - x[j]), 0) > 0;
    const grown = uphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const share = uphill ? 0 : (momentum - 1) / grown;
    ahead = next.map((value, j) => value + share * (value - x[j]));
    x = next;
    momentum = grown;
  }
  return x;
}

/** Columns that differ from their neighbour by 1e-4 of a normal deviate, and some that are exact sums. */
function nearlyDegenerate(): LinearProblem {
  const { problem } = planted({ rows: 40, columns: 60, seed: 5 });
  const columns = columnsOf(problem);
  for (let j = 11; j < 40; j += 2)
    columns[j] = columns[j].map((value, i) => columns[j - 1][i] + 1e-4 * value);
  for (let j = 41; j < 60; j += 2) columns[j] = columns[j - 1].map((value, i) => value + columns[j - 30][i]);
  return rebuilt(problem, columns);
}

function rebuilt(problem: LinearProblem, columns: Float64Array[]): LinearProblem {
  const X = new Float64Array(problem.rows * columns.length);
  columns.forEach((column, j) => {
    X.set(column, j * problem.rows);
  });
  return createProblem({
    rows: problem.rows,
    columns: columns.length,
    X,
    y: problem.y,
    weights: problem.weights,
    unpenalised: problem.unpenalised.flatMap((free, j) => (free ? [j] : [])),
  });
}

/** Two unpenalised columns whose sum is twice a third one. */
function dependentUnpenalised(): LinearProblem {
  const { problem } = planted({ rows: 30, columns: 50, seed: 9, counts: true, unpenalised: 4 });
  const columns = columnsOf(problem);
  columns[3] = columns[3].map((_, i) => 2 * (columns[1][i] + columns[2][i]));
  return rebuilt(problem, columns);
}

const cases: [string, LinearProblem][] = [
  ["more rows than columns", planted({ rows: 60, columns: 20, seed: 1 }).problem],
  ["more columns than rows", planted({ rows: 30, columns: 120, seed: 2 }).problem],
  ["strongly correlated columns", planted({ rows: 50, columns: 80, seed: 3, correlation: 0.97 }).problem],
  ["weights", planted({ rows: 30, columns: 50, seed: 4, weighted: true }).problem],
  ["nearly degenerate columns", nearlyDegenerate()],
  ["integer counts", planted({ rows: 40, columns: 100, seed: 6, counts: true, unpenalised: 3 }).problem],
  [
    "few rows, small counts, exact dependencies",
    planted({ rows: 12, columns: 80, seed: 8, counts: true }).problem,
  ],
  ["no unpenalised column", planted({ rows: 25, columns: 40, seed: 7, unpenalised: 0 }).problem],
  ["dependent unpenalised columns", dependentUnpenalised()],
];

describe.each(cases)("LASSO path: %s", (_, problem) => {
  const largest = largestLambda(problem);
  const lambdas = lambdaGrid(largest, { count: 50, decades: 4 });
  const path = penalisedPath(problem, lambdas);

  it("meets the optimality conditions at every λ to 1e-8 of the largest", () => {
    lambdas.forEach((lambda, k) => {
      expect(violation(problem, path.coefficients[k], lambda)).toBeLessThan(1e-8 * largest);
    });
  });

  it("selects nothing at the largest λ and something just below it", () => {
    const selected = (coefficients: Float64Array) =>
      coefficients.filter((beta, j) => beta !== 0 && !problem.unpenalised[j]).length;
    expect(selected(path.coefficients[0])).toBe(0);
    const below = penalisedPath(problem, new Float64Array([largest * 0.99]));
    expect(selected(below.coefficients[0])).toBeGreaterThan(0);
  });

  it("agrees with proximal gradient", () => {
    for (const k of [6, 14]) {
      const reference = proximalGradient(problem, lambdas[k], 6000);
      // Both are minimisers of a convex function: equal values, and equal fits since the fit is unique.
      expect(objective(problem, path.coefficients[k], lambdas[k])).toBeLessThanOrEqual(
        objective(problem, reference, lambdas[k]) * (1 + 1e-13),
      );
      const fit = predictRows(problem, path.coefficients[k]);
      predictRows(problem, reference).forEach((value, i) => {
        // Proximal gradient stops about here within its iterations.
        expect(Math.abs(value - fit[i])).toBeLessThan(1e-5);
      });
    }
  });
});

describe("LASSO path", () => {
  it("equals soft thresholding when columns are orthogonal", () => {
    const rows = 8;
    const hadamard = Array.from({ length: 7 }, (_, j) =>
      Float64Array.from({ length: rows }, (_, i) => {
        let bits = i & (j + 1);
        let sign = 1;
        for (; bits; bits >>= 1) if (bits & 1) sign = -sign;
        return sign;
      }),
    );
    const y = Float64Array.from([3, -1, 4, 1, -5, 9, 2, -6]);
    const X = new Float64Array(rows * 7);
    hadamard.forEach((column, j) => {
      X.set(column, j * rows);
    });
    const problem = createProblem({ rows, columns: 7, X, y });
    const lambdas = Float64Array.from([2, 1, 0.5, 0.01]);
    const path = penalisedPath(problem, lambdas);
    lambdas.forEach((lambda, k) => {
      hadamard.forEach((column, j) => {
        const c = column.reduce((sum, value, i) => sum + value * y[i], 0) / rows;
        const expected = Math.sign(c) * Math.max(0, Math.abs(c) - lambda);
        expect(path.coefficients[k][j]).toBeCloseTo(expected, 12);
      });
    });
  });

  it("meets the conditions of the elastic net", () => {
    const { problem } = planted({ rows: 30, columns: 90, seed: 12, correlation: 0.9 });
    for (const l1Ratio of [0.2, 0.9]) {
      const largest = largestLambda(problem, {}, l1Ratio);
      const lambdas = lambdaGrid(largest, { count: 25, decades: 3 });
      const path = penalisedPath(problem, lambdas, {}, l1Ratio);
      lambdas.forEach((lambda, k) => {
        expect(violation(problem, path.coefficients[k], lambda, l1Ratio)).toBeLessThan(1e-8 * largest);
      });
    }
  });

  it("standardises as dividing the columns would", () => {
    const { problem } = planted({ rows: 40, columns: 30, seed: 13, weighted: true });
    const columns = columnsOf(problem).map((column, j) => column.map((value) => value * (1 + j)));
    const scaled = rebuilt(problem, columns);
    const lambdas = lambdaGrid(largestLambda(scaled, { standardise: true }), { count: 10 });
    const path = penalisedPath(scaled, lambdas, { standardise: true });
    const scales = columns.map((_, j) => (scaled.unpenalised[j] ? 1 : columnScale(scaled, j)));
    const divided = rebuilt(
      problem,
      columns.map((column, j) => column.map((value) => value / scales[j])),
    );
    const direct = penalisedPath(divided, lambdas);
    lambdas.forEach((_, k) => {
      path.coefficients[k].forEach((beta, j) => {
        expect(beta * scales[j]).toBeCloseTo(direct.coefficients[k][j], 10);
      });
    });
  });

  it("computes few gradients: the screen is at work", () => {
    const { problem } = planted({ rows: 100, columns: 800, seed: 14 });
    const { counters } = penalisedPath(problem, lambdaGrid(largestLambda(problem)));
    expect(counters.gradientsSpared).toBeGreaterThan(counters.gradientsComputed / 2);
  });

  it("exchanges dependent columns instead of failing on a singular Gram matrix", () => {
    const { problem } = planted({ rows: 12, columns: 80, seed: 8, counts: true });
    const reduced = reduceProblem(problem).problem;
    const largest = largestLambda(reduced);
    // In one jump far down the path more columns come in than the rows can tell apart.
    const path = penalisedPath(reduced, new Float64Array([1e-5 * largest]));
    expect(violation(reduced, path.coefficients[0], 1e-5 * largest)).toBeLessThan(1e-8 * largest);
    expect(path.counters.exchanges).toBeGreaterThan(0);
  });

  it("gives the same bits with the plain kernels", () => {
    const projected = projectProblem(planted({ rows: 26, columns: 60, seed: 16, counts: true }).problem);
    const solvers = [compiledColumns, referenceColumns].map(
      (provide) => new ActiveSetSolver(projected, projected.rows, provide),
    );
    const largest = solvers[0].largestPenalty();
    for (const mu of [0.5, 0.1, 0.02, 1e-3]) {
      const violations = solvers.map((solver) => solver.solve(mu * largest));
      expect(violations[0]).toBe(violations[1]);
      expect(solvers[0].beta).toEqual(solvers[1].beta);
    }
    expect(solvers[0].counters).toEqual(solvers[1].counters);
    expect(solvers[0].counters.removals).toBeGreaterThan(0);
  });

  it("refuses a λ of zero with more columns than rows", () => {
    const { problem } = planted({ rows: 10, columns: 20, seed: 15 });
    expect(() => penalisedPath(problem, new Float64Array([0.1, 0]))).toThrow(
      /19 penalised columns and 10 rows/,
    );
  });
});
