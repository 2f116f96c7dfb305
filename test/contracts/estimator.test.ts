import { describe, expect, it } from "vitest";
import { type MethodName, methodNames } from "../../src/fitting/estimator.ts";
import { createProblem } from "../../src/fitting/problem.ts";
import { type EstimatorTraits, estimatorContract } from "./estimator.contract.ts";

const deep = { count: 40, decades: 9 };

const traits: Record<MethodName, EstimatorTraits> = {
  // Rounding of a least-squares solution with a condition number of about ten.
  "ordinary-least-squares": { options: { method: "ordinary-least-squares" }, recovery: 1e-11 },
  "orthogonal-matching-pursuit": { options: { method: "orthogonal-matching-pursuit" }, recovery: 1e-11 },
  "recursive-elimination": { options: { method: "recursive-elimination" }, recovery: 1e-11 },
  // The bias is λ_min (XᵀX/W)⁻¹ times a sign or a coefficient: 1e-9 of a λ_max of order one, times about ten.
  ridge: { options: { method: "ridge", path: deep }, recovery: 1e-7 },
  lasso: { options: { method: "lasso", path: deep }, recovery: 1e-7 },
  "elastic-net": {
    options: { method: "elastic-net", l1Ratio: 0.4, path: deep },
    recovery: 1e-7,
    mixedPenalty: true,
  },
  "adaptive-lasso": { options: { method: "adaptive-lasso", path: deep }, recovery: 1e-7 },
  // The noise precision is bounded by the prior's rate of 1e-6 a row.
  ard: { options: { method: "ard" }, recovery: 1e-5, countsRows: true },
};

for (const name of methodNames) estimatorContract(name, traits[name]);

describe("input of every estimator", () => {
  const rows = 3;
  const columns = 2;
  const names = ["1", "VO1VO2_1N"];

  it("refuses a number that is not finite, naming row and column", () => {
    const X = Float64Array.from([1, 1, 1, 0, Number.NaN, 2]);
    expect(() => createProblem({ rows, columns, X, y: new Float64Array(3), names })).toThrow(
      "row 2, column VO1VO2_1N: expected a finite number, found NaN",
    );
    const y = Float64Array.from([0, 1, Number.POSITIVE_INFINITY]);
    expect(() => createProblem({ rows, columns, X: new Float64Array(6), y, names })).toThrow(
      "row 3, column target: expected a finite number, found Infinity",
    );
  });

  it("refuses weights that are not positive, wrong lengths, and an empty table", () => {
    const input = { rows, columns, X: new Float64Array(6), y: new Float64Array(3), names };
    expect(() => createProblem({ ...input, weights: Float64Array.from([1, 0, 1]) })).toThrow(
      "row 2: expected a positive weight, found 0",
    );
    expect(() => createProblem({ ...input, X: new Float64Array(5) })).toThrow(
      "X: expected 6 elements, found 5",
    );
    expect(() => createProblem({ ...input, rows: 0, X: new Float64Array(0) })).toThrow("found 0 rows");
    expect(() => createProblem({ ...input, unpenalised: [2] })).toThrow("unpenalised column 2");
  });
});
