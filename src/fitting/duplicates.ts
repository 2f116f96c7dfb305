/**
 * Columns that carry nothing of their own: those that are zero everywhere (clusters that no structure samples)
 * and those that are a multiple of a simpler column (clusters that always come together).
 */
import { RandomStream } from "../core/random.ts";
import { type LinearProblem, selectColumns } from "./problem.ts";

export interface Alias {
  /** Column that was merged. */
  readonly column: number;
  /** Column that was kept in its place. */
  readonly of: number;
  /** x_column = factor · x_of in every row. */
  readonly factor: number;
}

export interface ReducedProblem {
  readonly problem: LinearProblem;
  /** Original index of every column of `problem`. */
  readonly kept: readonly number[];
  /** Original indices of the columns that are zero in every row. */
  readonly unsampled: readonly number[];
  /** Indices are the original ones. */
  readonly aliases: readonly Alias[];
}

/**
 * Drops the penalised columns that are zero everywhere and merges those that are identical or exactly
 * proportional (to 1e-12 of the largest element). The simplest of them is kept; an unpenalised column always
 * is, and unpenalised columns are never merged with each other (the minimum-norm rule shares among them).
 */
export function reduceProblem(problem: LinearProblem): ReducedProblem {
  const { keeper, factor } = new DuplicateFinder(problem).find(-1);
  const kept: number[] = [];
  const unsampled: number[] = [];
  const aliases: Alias[] = [];
  for (let j = 0; j < problem.columns; j++) {
    if (keeper[j] === j) kept.push(j);
    else if (keeper[j] === UNSAMPLED) unsampled.push(j);
    else aliases.push({ column: j, of: keeper[j], factor: factor[j] });
  }
  return { problem: selectColumns(problem, kept), kept, unsampled, aliases };
}

/** Coefficients of all original columns: zero for those dropped or merged. */
export function expandCoefficients(
  reduced: Pick<ReducedProblem, "kept">,
  coefficients: Float64Array,
  columns: number,
): Float64Array {
  const full = new Float64Array(columns);
  reduced.kept.forEach((original, j) => {
    full[original] = coefficients[j];
  });
  return full;
}

export const UNSAMPLED = -1;

const SAME_ANGLE = 1e-9;
const SAME_ELEMENT = 1e-12;

/**
 * Finds duplicates through two random projections: proportional columns have the same angle
 * atan2(z₂·x, z₁·x). Both are linear in x, so leaving out a row is one subtraction for a column; what has
 * the same angle is then compared element by element.
 */
export class DuplicateFinder {
  readonly #problem: LinearProblem;
  readonly #z: readonly [Float64Array, Float64Array];
  /** Projections of the whole columns, the sums of their terms' magnitudes, numbers of non-zero elements. */
  readonly #h: readonly [Float64Array, Float64Array];
  readonly #magnitude: Float64Array;
  readonly #samples: Int32Array;
  /** Position of each column in the order of preference. */
  readonly #rank: Int32Array;

  constructor(problem: LinearProblem) {
    const { rows, columns, X, unpenalised, complexity } = problem;
    this.#problem = problem;
    const random = new RandomStream(0x5eed, 0);
    const draw = () => Float64Array.from({ length: rows }, () => 0.5 + random.nextFloat());
    this.#z = [draw(), draw()];
    this.#h = [new Float64Array(columns), new Float64Array(columns)];
    this.#magnitude = new Float64Array(columns);
    this.#samples = new Int32Array(columns);
    for (let j = 0; j < columns; j++) {
      for (let i = 0, at = j * rows; i < rows; i++, at++) {
        if (X[at] === 0) continue;
        this.#samples[j] += 1;
        this.#magnitude[j] += Math.abs(X[at]);
      }
      this.#h[0][j] = this.#project(0, j, -1);
      this.#h[1][j] = this.#project(1, j, -1);
    }
    this.#rank = new Int32Array(columns);
    Array.from({ length: columns }, (_, j) => j)
      .sort(
        (a, b) => Number(unpenalised[b]) - Number(unpenalised[a]) || complexity[a] - complexity[b] || a - b,
      )
      .forEach((j, position) => {
        this.#rank[j] = position;
      });
  }

  /**
   * @param leftOut a row that does not count, or -1
   * @returns for each column the column that stands for it (itself, a simpler one, or UNSAMPLED) and its multiple
   */
  find(leftOut: number): { keeper: Int32Array; factor: Float64Array } {
    const { columns, unpenalised } = this.#problem;
    const angle = new Float64Array(columns);
    const keeper = new Int32Array(columns);
    const factor = new Float64Array(columns).fill(1);
    for (let j = 0; j < columns; j++) {
      const sampled = this.#samples[j] > (leftOut >= 0 && this.#element(leftOut, j) !== 0 ? 1 : 0);
      keeper[j] = sampled || unpenalised[j] ? j : UNSAMPLED;
      angle[j] = sampled ? this.#angle(j, leftOut) : Number.POSITIVE_INFINITY;
    }
    const sorted = Int32Array.from({ length: columns }, (_, j) => j).sort((a, b) => angle[a] - angle[b]);
    for (let start = 0; start < columns; ) {
      let end = start + 1;
      while (end < columns && angle[sorted[end]] - angle[sorted[end - 1]] <= SAME_ANGLE) end++;
      if (end - start > 1) this.#merge(sorted.subarray(start, end), leftOut, keeper, factor);
      start = end;
    }
    return { keeper, factor };
  }

  /** The angle of a line, in (-π/2, π/2]; lines near the seam are moved to one side of it. */
  #angle(j: number, leftOut: number): number {
    let a = Math.atan2(this.#projection(1, j, leftOut), this.#projection(0, j, leftOut));
    if (a <= -Math.PI / 2) a += Math.PI;
    if (a > Math.PI / 2) a -= Math.PI;
    return a < -Math.PI / 2 + SAME_ANGLE ? a + Math.PI : a;
  }

  #projection(k: 0 | 1, j: number, leftOut: number): number {
    if (leftOut < 0) return this.#h[k][j];
    const term = this.#z[k][leftOut] * this.#element(leftOut, j);
    const rest = this.#h[k][j] - term;
    // A difference that small is rounding in part: sum again.
    return Math.abs(rest) > 1e-4 * this.#magnitude[j] ? rest : this.#project(k, j, leftOut);
  }

  #project(k: 0 | 1, j: number, leftOut: number): number {
    const { rows, X } = this.#problem;
    let sum = 0;
    for (let i = 0, at = j * rows; i < rows; i++, at++) if (i !== leftOut) sum += this.#z[k][i] * X[at];
    return sum;
  }

  #element(i: number, j: number): number {
    return this.#problem.X[j * this.#problem.rows + i];
  }

  #merge(candidates: Int32Array, leftOut: number, keeper: Int32Array, factor: Float64Array): void {
    const { unpenalised } = this.#problem;
    const byRank = Array.from(candidates).sort((a, b) => this.#rank[a] - this.#rank[b]);
    const representatives: number[] = [];
    for (const j of byRank) {
      if (keeper[j] === UNSAMPLED) continue;
      const found = unpenalised[j]
        ? undefined
        : representatives.find((k) => this.#multiple(j, k, leftOut) !== 0);
      if (found === undefined) representatives.push(j);
      else {
        keeper[j] = found;
        factor[j] = this.#multiple(j, found, leftOut);
      }
    }
  }

  /** f with x_j = f x_k, or 0 when there is none. */
  #multiple(j: number, k: number, leftOut: number): number {
    const { rows, X } = this.#problem;
    let pivot = -1;
    let largest = 0;
    for (let i = 0; i < rows; i++)
      if (i !== leftOut && Math.abs(X[k * rows + i]) > largest) {
        largest = Math.abs(X[k * rows + i]);
        pivot = i;
      }
    if (pivot < 0) return 0;
    const f = X[j * rows + pivot] / X[k * rows + pivot];
    const tolerance = SAME_ELEMENT * Math.abs(f) * largest;
    for (let i = 0; i < rows; i++)
      if (i !== leftOut && Math.abs(X[j * rows + i] - f * X[k * rows + i]) > tolerance) return 0;
    return f;
  }
}
