/**
 * Ridge regression: 1/(2W) Σ_i w_i (y_i − x_i·β)² + ½ λ Σ_j f_j² β_j², solved for any number of λ from one
 * eigendecomposition of the smaller of XᵀX and XXᵀ.
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type LambdaGrid, lambdaGrid, penaltyFactors } from "../lasso-path.ts";
import { type Method, projectedColumn, projectedLengths, projectedTarget } from "../method.ts";
import { dot } from "../orthogonal.ts";
import type { ProjectedProblem } from "../projection.ts";

export interface RidgeOptions {
  /** λ from the largest eigenvalue of XᵀX / W downwards, default 50 values over 8 decades. */
  readonly path?: LambdaGrid;
  readonly standardise?: boolean;
}

export interface RidgeSolver {
  /** Largest eigenvalue of F⁻¹XᵀXF⁻¹. */
  readonly largest: number;
  /** Minimiser of ½‖y − Xβ‖² + ½ρ Σ f_j² β_j² */
  solve(rho: number): Float64Array;
}

export function ridge(options: RidgeOptions): Method {
  const solverFor = (problem: Parameters<Method["fit"]>[0], projected: ProjectedProblem) =>
    ridgeSolver(
      projected,
      penaltyFactors(problem, projected.penalised, { standardise: options.standardise }),
    );
  return {
    hyper: "lambda",
    values: (problem, projected) =>
      lambdaGrid((solverFor(problem, projected).largest || 1) / projected.totalWeight, {
        decades: 8,
        ...options.path,
      }),
    fit: (problem, projected, values) => {
      const solver = solverFor(problem, projected);
      return Array.from(values, (lambda) => solver.solve(lambda * projected.totalWeight));
    },
  };
}

/** @param factors f_j for each penalised column */
export function ridgeSolver(projected: ProjectedProblem, factors: Float64Array): RidgeSolver {
  const { rows: n, columns: p } = projected;
  const lengths = projectedLengths(projected);
  const columns = Array.from({ length: p }, (_, k) =>
    lengths[k] > 0 ? projectedColumn(projected, k).map((value) => value / factors[k]) : new Float64Array(n),
  );
  if (p === 0) return { largest: 0, solve: () => new Float64Array(0) };
  const y = projectedTarget(projected);
  const primal = p <= n;
  const { values, vectors } = symmetricEigen(primal ? gram(columns) : outer(columns, n));
  const right = primal ? columns.map((x) => dot(x, y)) : Array.from(y);
  const parts = vectors.map((v) => v.reduce((sum, value, i) => sum + value * right[i], 0));
  return {
    largest: Math.max(0, ...values),
    solve: (rho) => {
      const z = new Float64Array(right.length);
      vectors.forEach((v, k) => {
        const part = parts[k] / (Math.max(0, values[k]) + rho);
        for (let i = 0; i < z.length; i++) z[i] += part * v[i];
      });
      return Float64Array.from(columns, (x, k) => (primal ? z[k] : dot(x, z)) / factors[k]);
    },
  };
}

function gram(columns: readonly Float64Array[]): Matrix {
  const p = columns.length;
  const G = Matrix.zeros(p, p);
  for (let a = 0; a < p; a++)
    for (let b = 0; b <= a; b++) {
      const value = dot(columns[a], columns[b]);
      G.set(a, b, value);
      G.set(b, a, value);
    }
  return G;
}

function outer(columns: readonly Float64Array[], n: number): Matrix {
  const rows = Array.from({ length: n }, (_, i) => Float64Array.from(columns, (x) => x[i]));
  return gram(rows);
}

function symmetricEigen(matrix: Matrix): { values: number[]; vectors: Float64Array[] } {
  const decomposition = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const V = decomposition.eigenvectorMatrix;
  return {
    values: decomposition.realEigenvalues,
    vectors: decomposition.realEigenvalues.map((_, k) => Float64Array.from(V.getColumn(k))),
  };
}
