/** Lower convex hull of energies over composition. */
import { EcitonError } from "../core/errors.ts";

export interface Hull {
  /** Points on the hull that no mixture of others reaches, in ascending order of composition. */
  readonly vertices: readonly number[];
  /** Energy of each point above the hull at its composition, in the unit of the energies; zero on it. */
  readonly distances: Float64Array;
}

/**
 * @param compositions Float64Array(n × axes), row-major: axes = 1 for a binary, 2 for a ternary, ...; a
 *   composition that depends on the others (1 − Σx) is left out
 * @param energies Float64Array(n), an intensive quantity such as eV per site
 * @throws {EcitonError} "shape" for lengths that do not fit; "data" for a number that is not finite
 */
export function lowerHull(compositions: Float64Array, energies: Float64Array, axes: number): Hull {
  const n = energies.length;
  if (axes < 1 || compositions.length !== n * axes)
    throw new EcitonError(
      "shape",
      `expected ${n} × ${axes} compositions for ${n} energies, found ${compositions.length}`,
    );
  for (let i = 0; i < n; i++)
    for (const value of [energies[i], ...compositions.subarray(i * axes, (i + 1) * axes)])
      if (!Number.isFinite(value))
        throw new EcitonError("data", `point ${i + 1} of the hull: expected finite numbers, found ${value}`);
  return axes === 1 ? binaryHull(compositions, energies) : generalHull(compositions, energies, axes);
}

/** Andrew's monotone chain. */
function binaryHull(x: Float64Array, e: Float64Array): Hull {
  const order = Array.from(e.keys()).sort((a, b) => x[a] - x[b] || e[a] - e[b] || a - b);
  const chain: number[] = [];
  for (const i of order) {
    if (chain.length > 0 && x[chain[chain.length - 1]] === x[i]) continue;
    while (chain.length >= 2) {
      const a = chain[chain.length - 2];
      const b = chain[chain.length - 1];
      if ((x[b] - x[a]) * (e[i] - e[a]) - (e[b] - e[a]) * (x[i] - x[a]) > 0) break;
      chain.pop();
    }
    chain.push(i);
  }
  const distances = new Float64Array(e.length);
  let segment = 0;
  for (const i of order) {
    while (segment < chain.length - 2 && x[chain[segment + 1]] <= x[i]) segment++;
    const a = chain[segment];
    const b = chain[Math.min(segment + 1, chain.length - 1)];
    const t = x[b] > x[a] ? (x[i] - x[a]) / (x[b] - x[a]) : 0;
    distances[i] = chain.includes(i) ? 0 : Math.max(0, e[i] - ((1 - t) * e[a] + t * e[b]));
  }
  return { vertices: chain, distances };
}

/** A mixture this much (of the range of energies) below a point counts as lower. */
const TIE = 1e-10;

/**
 * The hull energy at a composition is the cheapest mixture of points that has it, a linear program with one
 * row for each axis and one for the sum of the parts.
 */
function generalHull(compositions: Float64Array, energies: Float64Array, axes: number): Hull {
  const n = energies.length;
  const point = (i: number) => compositions.subarray(i * axes, (i + 1) * axes);
  const range =
    energies.reduce((a, b) => Math.max(a, b), -Infinity) -
    energies.reduce((a, b) => Math.min(a, b), Infinity);
  const scale = range > 0 ? range : 1;
  const distances = new Float64Array(n);
  const vertices: number[] = [];
  // Only the lowest point of a composition can be on the hull, and only those take part in mixtures.
  const lowest = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    const key = point(i).join();
    const known = lowest.get(key);
    if (known === undefined || energies[i] < energies[known]) lowest.set(key, i);
  }
  const candidates = [...lowest.values()];
  for (let i = 0; i < n; i++) {
    const cheapest = cheapestMixture(compositions, energies, axes, candidates, point(i));
    const above = energies[i] - cheapest;
    distances[i] = above > TIE * scale ? above : 0;
    if (distances[i] > 0 || lowest.get(point(i).join()) !== i) continue;
    const others = candidates.filter((j) => j !== i);
    if (cheapestMixture(compositions, energies, axes, others, point(i)) > energies[i] + TIE * scale)
      vertices.push(i);
  }
  vertices.sort((a, b) => {
    for (let d = 0; d < axes; d++) if (point(a)[d] !== point(b)[d]) return point(a)[d] - point(b)[d];
    return a - b;
  });
  return { vertices, distances };
}

/**
 * min Σ t_i e_i subject to Σ t_i x_i = x, Σ t_i = 1, t ≥ 0, by the simplex method with Bland's rule.
 * @returns Infinity when x is outside of what the points span
 */
function cheapestMixture(
  compositions: Float64Array,
  energies: Float64Array,
  axes: number,
  points: readonly number[],
  x: Float64Array,
): number {
  const m = axes + 1;
  const width = points.length + 1;
  // Coordinates are taken from x, so that only the last right-hand side is not zero: none is negative.
  const tableau = Array.from({ length: m }, (_, d) =>
    Float64Array.from({ length: width }, (_, k) =>
      d === m - 1 ? 1 : k === width - 1 ? 0 : compositions[points[k] * axes + d] - x[d],
    ),
  );
  const basis = new Array<number>(m).fill(-1);
  const artificial = Float64Array.from(
    { length: width },
    (_, k) => -tableau.reduce((sum, row) => sum + row[k], 0),
  );
  pivotToEnd(tableau, artificial, basis);
  if (-artificial[width - 1] > 1e-9) return Number.POSITIVE_INFINITY;
  const cost = Float64Array.from({ length: width }, (_, k) => (k === width - 1 ? 0 : energies[points[k]]));
  basis.forEach((k, row) => {
    if (k < 0) return;
    const factor = cost[k];
    for (let c = 0; c < width; c++) cost[c] -= factor * tableau[row][c];
  });
  // An artificial variable still in the basis is zero; its row must not move it away from zero.
  basis.forEach((k, row) => {
    if (k >= 0) return;
    const column = tableau[row].findIndex((value, c) => c < width - 1 && Math.abs(value) > 1e-9);
    if (column >= 0) pivot(tableau, cost, basis, row, column);
  });
  pivotToEnd(tableau, cost, basis);
  return -cost[width - 1];
}

function pivotToEnd(tableau: Float64Array[], cost: Float64Array, basis: number[]): void {
  const last = cost.length - 1;
  const tolerance =
    1e-11 *
    Math.max(
      1,
      cost.reduce((a, b) => Math.max(a, Math.abs(b)), 0),
    );
  for (;;) {
    let column = -1;
    for (let c = 0; c < last && column < 0; c++) if (cost[c] < -tolerance) column = c;
    if (column < 0) return;
    let row = -1;
    for (let r = 0; r < tableau.length; r++) {
      if (tableau[r][column] <= 1e-11) continue;
      const ratio = tableau[r][last] / tableau[r][column];
      const best = row < 0 ? Number.POSITIVE_INFINITY : tableau[row][last] / tableau[row][column];
      if (ratio < best || (ratio === best && basis[r] < basis[row])) row = r;
    }
    // The parts sum to one, so the program is bounded; only rounding can leave no row.
    if (row < 0) return;
    pivot(tableau, cost, basis, row, column);
  }
}

function pivot(
  tableau: Float64Array[],
  cost: Float64Array,
  basis: number[],
  row: number,
  column: number,
): void {
  const pivotRow = tableau[row];
  const value = pivotRow[column];
  for (let c = 0; c < pivotRow.length; c++) pivotRow[c] /= value;
  for (const other of [...tableau, cost]) {
    if (other === pivotRow || other[column] === 0) continue;
    const factor = other[column];
    for (let c = 0; c < other.length; c++) other[c] -= factor * pivotRow[c];
  }
  basis[row] = column;
}
