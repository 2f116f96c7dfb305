/**
 * Functions given on a regular grid, between the knots cubic with continuous slopes: Hermite cubics whose slope at a
 * knot is that of the quartic through it and two knots on either side (nearer the ends, of a parabola or a line). These
 * are the interpolations of DYNAMO and LAMMPS, so energies and forces agree with theirs to rounding.
 */
import type { ValueAndSlope } from "./embedded-atoms.ts";

export interface TableSpline {
  /** Intervals, one fewer than knots. */
  readonly intervals: number;
  /** Distance of the knots; the first is at 0. */
  readonly step: number;
  /** Float64Array(4 × intervals): c0 to c3 of Σ c_k p^k, p from 0 to 1 within the interval. */
  readonly coefficients: Float64Array;
}

/** The tables of a potential as splines. */
export interface EamSplines {
  readonly species: readonly string[];
  readonly cutoff: number;
  /** Largest tabulated density. */
  readonly largestDensity: number;
  readonly embedding: readonly TableSpline[];
  /** f of each species. */
  readonly density: readonly TableSpline[];
  /** r φ(r) of species a and b at pairIndex(a, b). */
  readonly pairs: readonly TableSpline[];
}

/** @param values at least 5, at 0, step, 2 step ... */
export function tableSpline(values: readonly number[], step: number): TableSpline {
  const intervals = values.length - 1;
  const slopes = values.map((_, k) => knotSlope(values, k));
  const coefficients = new Float64Array(4 * intervals);
  for (let k = 0; k < intervals; k++) {
    const rise = values[k + 1] - values[k];
    coefficients[4 * k] = values[k];
    coefficients[4 * k + 1] = slopes[k];
    coefficients[4 * k + 2] = 3 * rise - 2 * slopes[k] - slopes[k + 1];
    coefficients[4 * k + 3] = slopes[k] + slopes[k + 1] - 2 * rise;
  }
  return { intervals, step, coefficients };
}

/** Per interval, not per unit of the argument. */
function knotSlope(values: readonly number[], k: number): number {
  const last = values.length - 1;
  if (k === 0) return values[1] - values[0];
  if (k === last) return values[last] - values[last - 1];
  if (k === 1 || k === last - 1) return (values[k + 1] - values[k - 1]) / 2;
  return (values[k - 2] - values[k + 2] + 8 * (values[k + 1] - values[k - 1])) / 12;
}

/** Value and slope at x; past the last knot those of the last knot, before the first the first cubic goes on. */
export function splineAt({ intervals, step, coefficients }: TableSpline, x: number): ValueAndSlope {
  const knots = x / step;
  const k = Math.max(0, Math.min(Math.floor(knots), intervals - 1));
  const p = Math.min(knots - k, 1);
  const [c0, c1, c2, c3] = coefficients.subarray(4 * k, 4 * k + 4);
  return [c0 + p * (c1 + p * (c2 + p * c3)), (c1 + p * (2 * c2 + p * 3 * c3)) / step];
}
