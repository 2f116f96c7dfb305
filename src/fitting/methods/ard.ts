/**
 * Automatic relevance determination: every coefficient has its own prior precision λ_j, found by maximising
 * the evidence with MacKay's update; a column whose precision exceeds a threshold is dropped. Updates, weak
 * Gamma priors and stopping rule are those of scikit-learn's ARDRegression, which icet's fits use.
 * @see MacKay, Bayesian nonlinear modeling, ASHRAE Trans. 100, 1053 (1994); Tipping, JMLR 1, 211 (2001)
 */
import { cholesky, forwardSolve, solveCholesky } from "../cholesky.ts";
import { columnScale } from "../lasso-path.ts";
import { type Method, projectedColumn, projectedLengths, projectedTarget } from "../method.ts";
import { dot } from "../orthogonal.ts";
import type { LinearProblem } from "../problem.ts";
import type { ProjectedProblem } from "../projection.ts";

export interface ArdOptions {
  /**
   * Pruning thresholds to choose from, in ascending order; default 10^1 ... 10^6, two a decade: the prior keeps
   * precisions below 5·10^5, so the last prunes nothing. Up to 10^4.5 where there are more columns than rows:
   * beyond that most of them would stay.
   */
  readonly thresholds?: readonly number[];
  /** Divide columns and target by their standard deviations first, default true. */
  readonly standardise?: boolean;
  /** Most iterations, default 300. */
  readonly iterations?: number;
}

/** Shape and rate of both Gamma priors. */
const PRIOR = 1e-6;
/** The iteration ends when the coefficients change by less than this in sum (of a standardised target). */
const TOLERANCE = 1e-5;

export function automaticRelevance(options: ArdOptions): Method {
  return {
    hyper: "threshold",
    values: (_, projected) =>
      Float64Array.from(
        options.thresholds ??
          Array.from({ length: projected.columns > projected.rows ? 8 : 11 }, (_, k) => 10 ** (1 + k / 2)),
      ),
    fit: (problem, projected, values) => {
      const standard = standardised(problem, projected, options.standardise ?? true);
      return Array.from(values, (threshold) =>
        relevance(standard, projected, threshold, options.iterations ?? 300),
      );
    },
  };
}

interface Standardised {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  /** Indices of columns that are not zero after projection. */
  readonly usable: readonly number[];
  readonly scales: Float64Array;
  readonly targetScale: number;
  readonly freedom: number;
}

function standardised(problem: LinearProblem, projected: ProjectedProblem, scale: boolean): Standardised {
  const lengths = projectedLengths(projected);
  const scales = Float64Array.from(projected.penalised, (j) => (scale ? columnScale(problem, j) : 1));
  const target = { ...problem, X: problem.y, columns: 1 };
  const targetScale = scale ? columnScale(target, 0) : 1;
  // Weights count relative to their mean: the noise is that of a row of average weight.
  const root = Math.sqrt(projected.rows / projected.totalWeight);
  return {
    columns: Array.from({ length: projected.columns }, (_, k) =>
      projectedColumn(projected, k).map((value) => (root * value) / scales[k]),
    ),
    y: projectedTarget(projected).map((value) => (root * value) / targetScale),
    usable: Array.from(lengths.keys()).filter((k) => lengths[k] > 0),
    scales,
    targetScale,
    freedom: projected.rows - projected.basis.length / projected.rows,
  };
}

function relevance(
  data: Standardised,
  projected: ProjectedProblem,
  threshold: number,
  iterations: number,
): Float64Array {
  const { y, columns, freedom } = data;
  const beta = new Float64Array(projected.columns);
  const square = dot(y, y);
  let kept = [...data.usable];
  // The unpenalised columns explain the target: what is left of it is rounding.
  if (kept.length === 0 || !(square > 1e-24 * freedom)) return beta;
  let noise = freedom / (square + Number.EPSILON);
  let precision = new Float64Array(kept.length).fill(1);
  let coefficients = new Float64Array(kept.length);
  const gram = new GramCache(columns, y.length);
  for (let iteration = 0; iteration < iterations && kept.length > 0; iteration++) {
    const active = kept.map((k) => columns[k]);
    const posterior = posteriorOf(active, gram.of(kept), y, precision, noise);
    const residual = y.slice();
    active.forEach((x, a) => {
      for (let i = 0; i < y.length; i++) residual[i] -= posterior.mean[a] * x[i];
    });
    let determined = 0;
    const next = precision.map((lambda, a) => {
      const gamma = 1 - lambda * posterior.variance[a];
      determined += gamma;
      return (gamma + 2 * PRIOR) / (posterior.mean[a] ** 2 + 2 * PRIOR);
    });
    noise = (freedom - determined + 2 * PRIOR) / (dot(residual, residual) + 2 * PRIOR);
    const change = posterior.mean.reduce((sum, value, a) => sum + Math.abs(value - coefficients[a]), 0);
    const stay = kept.map((_, a) => a).filter((a) => next[a] < threshold);
    kept = stay.map((a) => kept[a]);
    precision = Float64Array.from(stay, (a) => next[a]);
    coefficients = Float64Array.from(stay, (a) => posterior.mean[a]);
    if (iteration > 0 && change < TOLERANCE) break;
  }
  if (kept.length === 0) return beta;
  const final = posteriorOf(
    kept.map((k) => columns[k]),
    gram.of(kept),
    y,
    precision,
    noise,
  );
  kept.forEach((k, a) => {
    beta[k] = (final.mean[a] * data.targetScale) / data.scales[k];
  });
  return beta;
}

/** XᵀX of ever fewer columns, computed once they are no more than the rows. */
class GramCache {
  readonly #columns: readonly Float64Array[];
  readonly #rows: number;
  #kept: readonly number[] = [];
  #G: Float64Array | null = null;

  constructor(columns: readonly Float64Array[], rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** @param kept a part of the columns of the call before; null while there are more columns than rows */
  of(kept: readonly number[]): Float64Array | null {
    const k = kept.length;
    if (k > this.#rows) return null;
    if (this.#G && k === this.#kept.length) return this.#G;
    const G = new Float64Array(k * k);
    const before = this.#kept.length;
    const position = new Map(this.#kept.map((j, a) => [j, a]));
    const at = kept.map((j) => position.get(j)!);
    for (let a = 0; a < k; a++)
      for (let b = 0; b <= a; b++)
        G[a * k + b] = this.#G
          ? this.#G[at[a] * before + at[b]]
          : dot(this.#columns[kept[a]], this.#columns[kept[b]]);
    this.#kept = kept;
    this.#G = G;
    return G;
  }
}

/**
 * Mean and variances of the coefficients: (Λ + αXᵀX)⁻¹, through the smaller of the two Gram matrices.
 * @param gram XᵀX, lower triangle, or null when there are more columns than rows
 */
function posteriorOf(
  columns: readonly Float64Array[],
  gram: Float64Array | null,
  y: Float64Array,
  precision: Float64Array,
  noise: number,
): { mean: Float64Array; variance: Float64Array } {
  const k = columns.length;
  const n = y.length;
  if (gram) {
    // Scaled to a unit diagonal of priors: I + αΛ^-½XᵀXΛ^-½ stays well conditioned.
    const root = precision.map((lambda) => Math.sqrt(noise / lambda));
    const S = new Float64Array(k * k);
    for (let a = 0; a < k; a++)
      for (let b = 0; b <= a; b++) S[a * k + b] = (a === b ? 1 : 0) + root[a] * root[b] * gram[a * k + b];
    cholesky(S, k);
    const right = Float64Array.from(columns, (x, a) => root[a] * dot(x, y));
    const mean = solveCholesky(S, k, right).map((value, a) => value * root[a]);
    return { mean, variance: inverseDiagonal(S, k).map((value, a) => value / precision[a]) };
  }
  const M = new Float64Array(n * n);
  const scaled = columns.map((x, a) => x.map((value) => value * Math.sqrt(noise / precision[a])));
  for (const x of scaled)
    for (let i = 0; i < n; i++) {
      const factor = x[i];
      if (factor === 0) continue;
      for (let j = 0; j <= i; j++) M[i * n + j] += factor * x[j];
    }
  for (let i = 0; i < n; i++) M[i * n + i] += 1;
  cholesky(M, n);
  const z = solveCholesky(M, n, y);
  const mean = Float64Array.from(columns, (x, a) => (noise / precision[a]) * dot(x, z));
  const variance = Float64Array.from(scaled, (x, a) => {
    const half = forwardSolve(M, n, x);
    return (1 - dot(half, half)) / precision[a];
  });
  return { mean, variance };
}

/** Diagonal of (LLᵀ)⁻¹. */
function inverseDiagonal(L: Float64Array, k: number): Float64Array {
  const diagonal = new Float64Array(k);
  for (let a = 0; a < k; a++) {
    const unit = new Float64Array(k);
    unit[a] = 1;
    const half = forwardSolve(L, k, unit, a);
    for (let b = a; b < k; b++) diagonal[a] += half[b] * half[b];
  }
  return diagonal;
}
