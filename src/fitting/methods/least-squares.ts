/** Ordinary least squares, orthogonal matching pursuit, recursive feature elimination. */
import { type Method, projectedColumn, projectedLengths, projectedTarget } from "../method.ts";
import { dot, MinimumNorm, OrthogonalBasis } from "../orthogonal.ts";
import type { ProjectedProblem } from "../projection.ts";

/** Of minimum norm where the columns depend on each other; there is nothing to choose, so the path has one value. */
export function ordinaryLeastSquares(): Method {
  return {
    hyper: "none",
    values: () => new Float64Array(1),
    fit: (_, projected, values) => {
      const lengths = projectedLengths(projected);
      const all = Array.from({ length: projected.columns }, (_, k) => k).filter((k) => lengths[k] > 0);
      const beta = fitColumns(projected, all);
      return Array.from(values, () => beta.slice());
    },
  };
}

/** Coefficients of all penalised columns, zero but for the given ones. */
function fitColumns(projected: ProjectedProblem, chosen: readonly number[]): Float64Array {
  const beta = new Float64Array(projected.columns);
  const solution = new MinimumNorm(chosen.map((k) => projectedColumn(projected, k))).solve(
    projectedTarget(projected),
  );
  chosen.forEach((k, a) => {
    beta[k] = solution[a];
  });
  return beta;
}

export interface PursuitOptions {
  /** Most columns selected, default 100. */
  readonly maximum?: number;
}

/**
 * Orthogonal matching pursuit: the column most parallel to the residual comes in, all are refitted.
 * @see Pati, Rezaiifar, Krishnaprasad, Asilomar 27, 40 (1993)
 */
export function orthogonalMatchingPursuit(options: PursuitOptions): Method {
  return {
    hyper: "columns",
    values: (_, projected) => counts(projected, options.maximum ?? 100),
    fit: (_, projected, values) => {
      const order = pursue(projected, Math.max(...values));
      return Array.from(values, (count) => fitColumns(projected, order.slice(0, count)));
    },
  };
}

/** 0, 1, 2, ... up to the number of columns, of rows, or the maximum. */
function counts(projected: ProjectedProblem, maximum: number): Float64Array {
  const most = Math.min(maximum, projected.columns, projected.rows - 1);
  return Float64Array.from({ length: most + 1 }, (_, k) => k);
}

/** Nothing is gained once the residual is this part of the target. */
const EXPLAINED = 1e-12;

function pursue(projected: ProjectedProblem, most: number): number[] {
  const lengths = projectedLengths(projected);
  const basis = new OrthogonalBasis();
  const residual = projectedTarget(projected).slice();
  const start = Math.sqrt(dot(residual, residual));
  const order: number[] = [];
  const open = new Set(Array.from(lengths.keys()).filter((k) => lengths[k] > 0));
  while (order.length < most && Math.sqrt(dot(residual, residual)) > EXPLAINED * start) {
    let best = -1;
    let steepest = 0;
    for (const k of open) {
      const slope = Math.abs(dot(projectedColumn(projected, k), residual)) / lengths[k];
      if (slope > steepest) {
        steepest = slope;
        best = k;
      }
    }
    if (best < 0) break;
    open.delete(best);
    if (basis.add(projectedColumn(projected, best)) === 0) continue;
    order.push(best);
    basis.project(residual);
  }
  return order;
}

export interface EliminationOptions {
  /** Most columns kept, default 100. */
  readonly maximum?: number;
}

/** Part of the columns that goes at once while there are many. */
const AT_ONCE = 0.1;

/**
 * Recursive feature elimination: least squares on what is left (of minimum norm while there are more columns
 * than rows), then those go whose |β_j|‖x̃_j‖ is smallest, a tenth at a time.
 * @see Guyon, Weston, Barnhill, Vapnik, Mach. Learn. 46, 389 (2002)
 */
export function recursiveElimination(options: EliminationOptions): Method {
  return {
    hyper: "columns",
    values: (_, projected) => counts(projected, options.maximum ?? 100),
    fit: (_, projected, values) => {
      const lengths = projectedLengths(projected);
      const fits = new Map<number, Float64Array>();
      let left = Array.from(lengths.keys()).filter((k) => lengths[k] > 0);
      for (;;) {
        const beta = fitColumns(projected, left);
        fits.set(left.length, beta);
        if (left.length === 0) break;
        const wanted = values.filter((count) => count < left.length).reduce((a, b) => Math.max(a, b), 0);
        const next = Math.max(wanted, Math.min(left.length - 1, Math.ceil(left.length * (1 - AT_ONCE))));
        // Of equal ones the later column goes first.
        const ranked = left.slice().sort((a, b) => score(b) - score(a) || a - b);
        function score(k: number): number {
          return Math.abs(beta[k]) * lengths[k];
        }
        left = ranked.slice(0, next).sort((a, b) => a - b);
      }
      const largest = Math.max(...fits.keys());
      return Array.from(values, (count) => fits.get(Math.min(count, largest))!.slice());
    },
  };
}
