/**
 * Orthonormal bases by Gram-Schmidt with reorthogonalisation ("twice is enough"), and minimum-norm least
 * squares on top of them. Rank is decided column by column against the column's own length, so that the
 * scale of a column plays no part.
 * @see Giraud, Langou, Rozloznik, Comput. Math. Appl. 50, 1069 (2005)
 */

/** A column depends on others when less than this part of its length is left after projection. */
export const DEPENDENT = 1e-9;

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export class OrthogonalBasis {
  readonly vectors: Float64Array[] = [];

  /** Removes from v, in place, its part in the basis; adds the components to `components` if given. */
  project(v: Float64Array, components?: Float64Array): void {
    for (let pass = 0; pass < 2; pass++)
      for (let a = 0; a < this.vectors.length; a++) {
        const q = this.vectors[a];
        const c = dot(q, v);
        if (components) components[a] += c;
        for (let i = 0; i < v.length; i++) v[i] -= c * q[i];
      }
  }

  /**
   * Extends the basis by v (copied) unless it depends on what is there.
   * @returns its length outside the old basis, 0 when it depends; `components` receives its parts inside
   */
  add(v: Float64Array, components?: Float64Array, dependent = DEPENDENT): number {
    const original = Math.sqrt(dot(v, v));
    const rest = v.slice();
    this.project(rest, components);
    const length = Math.sqrt(dot(rest, rest));
    if (!(length > dependent * original)) return 0;
    for (let i = 0; i < rest.length; i++) rest[i] /= length;
    this.vectors.push(rest);
    return length;
  }
}

/** Complete orthogonal decomposition X = Q T V of a set of columns; Q and Vᵀ have orthonormal columns. */
export class MinimumNorm {
  readonly rank: number;
  readonly #columns: readonly Float64Array[];
  readonly #q: readonly Float64Array[];
  /** Rows of the triangular factor, then the orthonormal rows V that span them. */
  readonly #t: Float64Array[] = [];
  readonly #v: readonly Float64Array[];

  /** @param columns k arrays of one length; they are not copied, and must not change */
  constructor(columns: readonly Float64Array[]) {
    this.#columns = columns;
    const k = columns.length;
    const basis = new OrthogonalBasis();
    const rest = columns.map((c) => c.slice());
    const original = columns.map((c) => Math.sqrt(dot(c, c)));
    const open = new Set(columns.keys());
    // The longest remainder first, among those that are a remainder and not the rounding of zero.
    while (open.size > 0) {
      let best = -1;
      let longest = 0;
      for (const j of open) {
        const length = Math.sqrt(dot(rest[j], rest[j]));
        if (length > DEPENDENT * original[j] && length > longest) {
          longest = length;
          best = j;
        }
      }
      if (best < 0) break;
      open.delete(best);
      if (basis.add(columns[best]) === 0) continue;
      const q = basis.vectors[basis.vectors.length - 1];
      for (const j of open) {
        const c = dot(q, rest[j]);
        for (let i = 0; i < q.length; i++) rest[j][i] -= c * q[i];
      }
    }
    this.#q = basis.vectors;
    this.rank = this.#q.length;
    const rows = new OrthogonalBasis();
    for (let a = 0; a < this.rank; a++) {
      const row = Float64Array.from({ length: k }, (_, j) => dot(this.#q[a], columns[j]));
      const t = new Float64Array(a + 1);
      t[a] = rows.add(row, t, 0);
      this.#t.push(t);
    }
    this.#v = rows.vectors;
  }

  /** β of least norm among those that minimise ‖Xβ − y‖; one refinement removes the rounding of the first. */
  solve(y: Float64Array): Float64Array {
    const beta = this.#solveOnce(y);
    const rest = y.slice();
    this.#columns.forEach((x, j) => {
      for (let i = 0; i < rest.length; i++) rest[i] -= beta[j] * x[i];
    });
    const correction = this.#solveOnce(rest);
    for (let j = 0; j < beta.length; j++) beta[j] += correction[j];
    return beta;
  }

  /** True when Σ_j a_j β_j is the same for every least-squares solution. */
  determines(a: Float64Array): boolean {
    const rest = a.slice();
    for (let pass = 0; pass < 2; pass++)
      for (const v of this.#v) {
        const c = dot(v, rest);
        for (let j = 0; j < rest.length; j++) rest[j] -= c * v[j];
      }
    return Math.sqrt(dot(rest, rest)) <= 1e-8 * Math.sqrt(dot(a, a));
  }

  #solveOnce(y: Float64Array): Float64Array {
    const z = new Float64Array(this.rank);
    const beta = new Float64Array(this.#columns.length);
    for (let a = 0; a < this.rank; a++) {
      let value = dot(this.#q[a], y);
      const t = this.#t[a];
      for (let b = 0; b < a; b++) value -= t[b] * z[b];
      z[a] = value / t[a];
      for (let j = 0; j < beta.length; j++) beta[j] += z[a] * this.#v[a][j];
    }
    return beta;
  }
}
