import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { findDependencies } from "../../src/fitting/dependencies.ts";
import { solveUnpenalised } from "../../src/fitting/gauge.ts";
import { MinimumNorm } from "../../src/fitting/orthogonal.ts";
import { predictRows } from "../../src/fitting/problem.ts";
import { columnsOf, fromRows } from "./problems.ts";

const names = ["1", "VO1", "VO2", "VO3", "Ce1", "Ce2"];
const all = [0, 1, 2, 3, 4, 5];

/** Vacancies in three layers, two Ce3+ for each of them in two layers. */
function chargeBalanced(rows = 30) {
  const random = new RandomStream(50, 0);
  const energies = [0.3, 0.4, 0.22, 0.43, 0.82, 1.03];
  const table = Array.from({ length: rows }, () => {
    const vacancies = [0, 1, 2].map(() => random.nextIndex(3));
    const charge = 2 * vacancies.reduce((a, b) => a + b, 0);
    const upper = random.nextIndex(charge + 1);
    return [1, ...vacancies, upper, charge - upper];
  });
  const y = table.map((row) => row.reduce((sum, x, j) => sum + x * energies[j], 0));
  return { problem: fromRows(table, y, { names, unpenalised: all }), energies };
}

describe("linear dependencies", () => {
  it("finds the charge balance and what it leaves determined", () => {
    const report = findDependencies(chargeBalanced().problem);
    expect(report.rank).toBe(5);
    expect(report.dependencies.map((d) => d.text)).toEqual(["2·VO1 + 2·VO2 + 2·VO3 − Ce1 − Ce2 = 0"]);
    expect(report.determined.map((d) => d.text)).toEqual([
      "VO1 + 2·Ce2",
      "VO2 + 2·Ce2",
      "VO3 + 2·Ce2",
      "Ce1 − Ce2",
    ]);
  });

  it("says nothing where columns are independent", () => {
    const report = findDependencies(chargeBalanced().problem, [0, 1, 2, 4]);
    expect(report).toEqual({ columns: 4, rank: 4, dependencies: [], determined: [] });
  });

  it("finds several dependencies, fractions, and a column that is zero", () => {
    const random = new RandomStream(51, 0);
    const rows = Array.from({ length: 12 }, () => {
      const [a, b] = [random.nextNormal(), random.nextNormal()];
      return [a, b, a / 3 - b / 2, 0, a + Math.SQRT2 * b];
    });
    const problem = fromRows(
      rows,
      rows.map(() => 0),
      { names: ["a", "b", "c", "d", "e"], unpenalised: [0, 1, 2, 3, 4] },
    );
    const report = findDependencies(problem);
    expect(report.rank).toBe(2);
    expect(report.dependencies.map((d) => d.text)).toEqual([
      "2·a − 3·b − 6·c = 0",
      "d = 0",
      "a + 1.41421·b − e = 0",
    ]);
    const columns = columnsOf(problem);
    for (const { terms } of report.dependencies)
      for (let i = 0; i < 12; i++)
        expect(terms.reduce((sum, term) => sum + term.factor * columns[term.column][i], 0)).toBeCloseTo(0, 9);
    const solver = new MinimumNorm(columns);
    for (const { terms } of report.determined) {
      const direction = new Float64Array(5);
      for (const term of terms) direction[term.column] = term.factor;
      expect(solver.determines(direction)).toBe(true);
    }
    expect(solver.determines(Float64Array.from([1, 0, 0, 0, 0]))).toBe(false);
  });
});

describe("minimum norm", () => {
  it("equals the pseudo-inverse", () => {
    const random = new RandomStream(52, 0);
    for (const [n, k, rank] of [
      [20, 6, 6],
      [20, 8, 5],
      [6, 15, 6],
      [9, 9, 3],
    ]) {
      const factors = Array.from({ length: rank }, () => ({
        left: Float64Array.from({ length: n }, () => random.nextNormal()),
        right: Float64Array.from({ length: k }, () => random.nextNormal()),
      }));
      const columns = Array.from({ length: k }, (_, j) => {
        // Columns of very different scale.
        const scale = 10 ** ((j % 3) - 1);
        const column = new Float64Array(n);
        for (const { left, right } of factors)
          for (let i = 0; i < n; i++) column[i] += scale * left[i] * right[j];
        return column;
      });
      const y = Float64Array.from({ length: n }, () => random.nextNormal());
      const solver = new MinimumNorm(columns);
      expect(solver.rank).toBe(rank);
      const A = new Matrix(columns.map((c) => Array.from(c))).transpose();
      const svd = new SingularValueDecomposition(A, { autoTranspose: true });
      const [U, V] = [svd.leftSingularVectors, svd.rightSingularVectors];
      const expected = new Float64Array(k);
      for (let s = 0; s < rank; s++) {
        const part = U.getColumn(s).reduce((sum, u, i) => sum + u * y[i], 0) / svd.diagonal[s];
        V.getColumn(s).forEach((v, j) => {
          expected[j] += part * v;
        });
      }
      solver.solve(y).forEach((value, j) => {
        expect(Math.abs(value - expected[j])).toBeLessThan(1e-9 * Math.hypot(...expected));
      });
    }
  });
});

describe("gauge", () => {
  const { problem, energies } = chargeBalanced();
  const zero = new Float64Array(6);

  it("is of minimum norm by default: orthogonal to the dependency, with the determined combinations right", () => {
    const found = solveUnpenalised(problem, zero);
    expect(2 * (found[1] + found[2] + found[3]) - found[4] - found[5]).toBeCloseTo(0, 10);
    expect(found[1] + 2 * found[5]).toBeCloseTo(energies[1] + 2 * energies[5], 10);
    expect(found[4] - found[5]).toBeCloseTo(energies[4] - energies[5], 10);
  });

  it("fixes what the study says and predicts the same", () => {
    const found = solveUnpenalised(problem, zero, { fix: { Ce2: 1.03 } });
    energies.forEach((energy, j) => {
      expect(found[j]).toBeCloseTo(energy, 10);
    });
    const free = predictRows(problem, solveUnpenalised(problem, zero));
    predictRows(problem, solveUnpenalised(problem, zero, { fix: { VO1: -3 } })).forEach((value, i) => {
      expect(value).toBeCloseTo(free[i], 10);
    });
  });

  it("refuses to fix what the data determine, and unknown names", () => {
    expect(() => solveUnpenalised(problem, zero, { fix: { "1": 0 } })).toThrow("fit.gauge.fix");
    expect(() => solveUnpenalised(problem, zero, { fix: { VO1: 0, Ce1: 0 } })).toThrow("at most one term");
    expect(() => solveUnpenalised(problem, zero, { fix: { VO9: 0 } })).toThrow("unknown term");
  });
});
