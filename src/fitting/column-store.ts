/**
 * The columns of a projected problem in a kernel's memory, the target, and the residual. A row can be left
 * out: with q its normalised projected unit vector everything stands for X̃ − qqᵀX̃ and ỹ − qqᵀỹ. The columns
 * themselves stay as they are, because their products with a residual orthogonal to q are the same; only
 * norms, and columns that are copied out, know of q.
 */
import type { ColumnMemory } from "../kernels/columns.ts";
import type { Layout } from "../kernels/layout.ts";
import type { ProjectedProblem } from "./projection.ts";

interface Place {
  readonly columns: number;
  readonly target: number;
  readonly residual: number;
  readonly products: number;
  readonly list: number;
  readonly factor: number;
}

export class ColumnStore {
  /** ‖x̃_j‖² with the row left out. */
  readonly norms: Float64Array;
  /** Address of the residual. */
  readonly residual: number;
  targetLength = 0;
  readonly #problem: ProjectedProblem;
  readonly #memory: ColumnMemory;
  readonly #place: Place;
  /** qᵀx̃_j */
  readonly #along: Float64Array;
  #q: Float64Array | null = null;

  static reserve(layout: Layout, problem: ProjectedProblem): Place {
    const { stride, columns } = problem;
    return {
      columns: layout.doubles(problem.X.length),
      target: layout.doubles(stride),
      residual: layout.doubles(stride),
      products: layout.doubles(columns + 4),
      list: layout.words(columns + 4),
      factor: layout.doubles(4),
    };
  }

  constructor(problem: ProjectedProblem, memory: ColumnMemory, place: Place) {
    this.#problem = problem;
    this.#memory = memory;
    this.#place = place;
    this.residual = place.residual;
    this.norms = new Float64Array(problem.columns);
    this.#along = new Float64Array(problem.columns);
    memory.f64.set(problem.X, place.columns >> 3);
  }

  /** @param q Float64Array(rows), or null for the whole problem; the residual becomes the target */
  leaveOut(q: Float64Array | null): void {
    const { stride, columns } = this.#problem;
    const { f64 } = this.#memory;
    const target = f64.subarray(this.#place.target >> 3, (this.#place.target >> 3) + stride);
    target.set(this.#problem.y);
    this.#q = q;
    if (q) {
      const residual = this.residualValues();
      residual.fill(0);
      residual.set(q);
      this.#along.set(this.allProducts());
      // Twice: the target would keep a rounding of q otherwise, which every gradient would see.
      removeDirection(target, q);
      removeDirection(target, q);
    }
    this.targetLength = Math.hypot(...target);
    for (let j = 0; j < columns; j++) this.norms[j] = this.#norm(j);
    this.restart();
  }

  #norm(j: number): number {
    const { stride, X } = this.#problem;
    const q = this.#q;
    let norm = 0;
    for (let i = 0, at = j * stride; i < stride; i++, at++) norm += X[at] * X[at];
    if (!q) return norm;
    const d = this.#along[j];
    if (norm - d * d > 1e-4 * norm) return norm - d * d;
    // Most of the column lay in the left-out row: the difference of squares would be rounding.
    let exact = 0;
    for (let i = 0; i < q.length; i++) exact += (X[j * stride + i] - q[i] * d) ** 2;
    return exact;
  }

  /** The residual becomes the target. */
  restart(): void {
    const target = this.#place.target >> 3;
    this.#memory.f64.copyWithin(this.residual >> 3, target, target + this.#problem.stride);
  }

  /** A view, valid as long as the store. */
  residualValues(): Float64Array {
    const start = this.residual >> 3;
    return this.#memory.f64.subarray(start, start + this.#problem.stride);
  }

  /** x̃_jᵀr for the first `count` columns of the list; a view that the next call overwrites. */
  products(columns: Int32Array, count: number): Float64Array {
    const { u32, f64, operations } = this.#memory;
    const { list, products } = this.#place;
    for (let a = 0; a < count; a++) u32[(list >> 2) + a] = this.#address(columns[a]);
    operations.dots(list, count, this.residual, this.#problem.stride, products);
    return f64.subarray(products >> 3, (products >> 3) + count);
  }

  allProducts(): Float64Array {
    const columns = this.#problem.columns;
    return this.products(
      Int32Array.from({ length: columns }, (_, j) => j),
      columns,
    );
  }

  product(j: number): number {
    const { u32, f64, operations } = this.#memory;
    u32[this.#place.list >> 2] = this.#address(j);
    operations.dots(this.#place.list, 1, this.residual, this.#problem.stride, this.#place.factor);
    return f64[this.#place.factor >> 3];
  }

  /** Copies column j, without its part along q, to a slot. */
  copyTo(slot: number, j: number): void {
    const { f64 } = this.#memory;
    const start = this.#address(j) >> 3;
    f64.copyWithin(slot >> 3, start, start + this.#problem.stride);
    const q = this.#q;
    if (!q) return;
    const d = this.#along[j];
    for (let i = 0, at = slot >> 3; i < q.length; i++, at++) f64[at] -= d * q[i];
  }

  /** r −= factor · the column in a slot */
  subtract(slot: number, factor: number): void {
    const { u32, f64, operations } = this.#memory;
    u32[this.#place.list >> 2] = slot;
    f64[this.#place.factor >> 3] = factor;
    operations.subtract(this.#place.list, 1, this.#place.factor, this.#problem.stride, this.residual);
  }

  #address(j: number): number {
    return this.#place.columns + 8 * this.#problem.stride * j;
  }
}

/** v −= q (q·v), in place. */
function removeDirection(v: Float64Array, q: Float64Array): void {
  let c = 0;
  for (let i = 0; i < q.length; i++) c += q[i] * v[i];
  for (let i = 0; i < q.length; i++) v[i] -= c * q[i];
}
