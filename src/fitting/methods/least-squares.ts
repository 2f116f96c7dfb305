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
      const beta = solveSystem(systemOf(projected, all), all);
      return Array.from(values, () => beta.slice());
    },
  };
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
    fit: (_, projected, values) => pursue(projected, values),
  };
}

/** 0, 1, 2, ... up to the number of columns, of rows, or the maximum. */
function counts(projected: ProjectedProblem, maximum: number): Float64Array {
  const most = Math.min(maximum, projected.columns, projected.rows - 1);
  return Float64Array.from({ length: most + 1 }, (_, k) => k);
}

/** Nothing is gained once the residual is this part of the target. */
const EXPLAINED = 1e-12;

function pursue(projected: ProjectedProblem, counts: Float64Array): Float64Array[] {
  const most = Math.max(...counts);
  const lengths = projectedLengths(projected);
  const basis = new OrthogonalBasis();
  const residual = projectedTarget(projected).slice();
  const start = Math.sqrt(dot(residual, residual));
  const order: number[] = [];
  // The selected columns are QR, with R by columns, and c = Qᵀy.
  const R: Float64Array[] = [];
  const c: number[] = [];
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
    const r = new Float64Array(order.length + 1);
    r[order.length] = basis.add(projectedColumn(projected, best), r);
    if (r[order.length] === 0) continue;
    c.push(dot(basis.vectors[order.length], projectedTarget(projected)));
    R.push(r);
    order.push(best);
    basis.project(residual);
  }
  return Array.from(counts, (count) => {
    const beta = new Float64Array(projected.columns);
    const rest = c.slice(0, count);
    for (let a = rest.length - 1; a >= 0; a--) {
      const value = rest[a] / R[a][a];
      beta[order[a]] = value;
      for (let b = 0; b < a; b++) rest[b] -= R[a][b] * value;
    }
    return beta;
  });
}

export interface EliminationOptions {
  /** Most columns kept, default 100. */
  readonly maximum?: number;
}

/** Columns, some of them undefined, and a target. */
interface System {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
}

function systemOf(projected: ProjectedProblem, chosen: readonly number[]): System {
  const columns: Float64Array[] = new Array(projected.columns);
  for (const k of chosen) columns[k] = projectedColumn(projected, k);
  return { columns, y: projectedTarget(projected) };
}

/** The same least-squares problem in coordinates of the space that the chosen columns span. */
function compressed(system: System, chosen: readonly number[]): System {
  const basis = new OrthogonalBasis();
  for (const k of chosen) basis.add(system.columns[k]);
  const coordinates = (v: Float64Array) => Float64Array.from(basis.vectors, (q) => dot(q, v));
  const columns: Float64Array[] = new Array(system.columns.length);
  for (const k of chosen) columns[k] = coordinates(system.columns[k]);
  return { columns, y: coordinates(system.y) };
}

function solveSystem({ columns, y }: System, chosen: readonly number[]): Float64Array {
  const beta = new Float64Array(columns.length);
  new MinimumNorm(chosen.map((k) => columns[k])).solve(y).forEach((value, a) => {
    beta[chosen[a]] = value;
  });
  return beta;
}

/** Part of the columns that goes at once, and while there are more columns than rows. */
const AT_ONCE = 0.1;
const AT_ONCE_WIDE = 0.25;

/**
 * Recursive feature elimination: least squares on what is left (of minimum norm while there are more columns
 * than rows), then those go whose |β_j|‖x̃_j‖ is smallest, a tenth at a time (a quarter while they are more
 * than the rows).
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
      let system = systemOf(projected, left);
      for (;;) {
        if (left.length < system.y.length) system = compressed(system, left);
        const beta = solveSystem(system, left);
        fits.set(left.length, beta);
        if (left.length === 0) break;
        const part = left.length > projected.rows ? AT_ONCE_WIDE : AT_ONCE;
        const wanted = values.filter((count) => count < left.length).reduce((a, b) => Math.max(a, b), 0);
        const next = Math.max(wanted, Math.min(left.length - 1, Math.ceil(left.length * (1 - part))));
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
