/** The active columns of a sparse regression and the Cholesky factor of their Gram matrix (plus a ridge). */
import type { ColumnMemory } from "../kernels/columns.ts";
import type { Layout } from "../kernels/layout.ts";

/** Below this part of ‖x‖² outside the active columns the Gram matrix alone is not accurate enough. */
const DOUBTFUL = 1e-6;
/** Below this part a column depends on the active ones. */
const DEPENDENT = 1e-13;

interface Place {
  readonly slots: number;
  readonly list: number;
  readonly factor: number;
  readonly row: number;
  readonly weights: number;
  readonly rest: number;
  readonly turns: number;
}

export class ActiveFactor {
  /** Address of the list of the active columns' addresses, in the order of `members`. */
  readonly list: number;
  readonly members: number[] = [];
  readonly #memory: ColumnMemory;
  readonly #place: Place;
  readonly #stride: number;
  readonly #capacity: number;
  readonly #free: number[] = [];
  readonly #norms: number[] = [];

  static reserve(layout: Layout, capacity: number, stride: number): Place {
    return {
      // One slot more: a column is prepared before another one leaves.
      slots: layout.doubles((capacity + 1) * stride),
      list: layout.words(capacity + 4),
      factor: layout.doubles(((capacity + 1) * (capacity + 2)) / 2),
      row: layout.doubles(capacity + 4),
      weights: layout.doubles(capacity + 4),
      rest: layout.doubles(stride),
      turns: layout.doubles(2 * capacity + 4),
    };
  }

  constructor(memory: ColumnMemory, place: Place, capacity: number, stride: number) {
    this.#memory = memory;
    this.#place = place;
    this.#stride = stride;
    this.#capacity = capacity;
    this.list = place.list;
    this.clear();
  }

  get count(): number {
    return this.members.length;
  }

  clear(): void {
    this.members.length = 0;
    this.#norms.length = 0;
    this.#free.length = 0;
    for (let s = this.#capacity; s >= 0; s--) this.#free.push(this.#place.slots + 8 * this.#stride * s);
  }

  /** Address of room for a column; the next append takes it. */
  freeSlot(): number {
    return this.#free[this.#free.length - 1];
  }

  /** @returns false, and nothing changes, when the column depends on the active ones: see combination() */
  append(j: number, slot: number, norm: number, ridge: number): boolean {
    if (!this.#extend(j, slot, norm, ridge)) return false;
    this.#free.pop();
    return true;
  }

  #extend(j: number, slot: number, norm: number, ridge: number): boolean {
    const { operations, f64 } = this.#memory;
    const { row, factor, list } = this.#place;
    const k = this.count;
    operations.dots(list, k, slot, this.#stride, row);
    operations.forward(factor, k, row);
    let pivot = norm + ridge;
    for (let a = 0, at = row >> 3; a < k; a++, at++) pivot -= f64[at] * f64[at];
    if (ridge === 0 && pivot < DOUBTFUL * norm) pivot = this.#accuratePivot(slot);
    if (!(pivot > DEPENDENT * norm) || k === this.#capacity) return false;
    const end = (factor >> 3) + (k * (k + 1)) / 2;
    f64.copyWithin(end, row >> 3, (row >> 3) + k);
    f64[end + k] = Math.sqrt(pivot);
    this.members.push(j);
    this.#norms.push(norm);
    this.#memory.u32[(list >> 2) + k] = slot;
    return true;
  }

  /** ‖x − X_A w‖² with w by least squares, refined twice; leaves w in `weights` and L⁻¹X_Aᵀx in `row`. */
  #accuratePivot(slot: number): number {
    const { operations, f64 } = this.#memory;
    const { row, factor, list, weights, rest } = this.#place;
    const k = this.count;
    const stride = this.#stride;
    const w = weights >> 3;
    f64.copyWithin(w, row >> 3, (row >> 3) + k);
    operations.backward(factor, k, weights);
    const change = new Float64Array(k);
    for (let pass = 0; ; pass++) {
      f64.copyWithin(rest >> 3, slot >> 3, (slot >> 3) + stride);
      operations.subtract(list, k, weights, stride, rest);
      if (pass === 2) break;
      operations.dots(list, k, rest, stride, row);
      this.solve(row);
      change.set(f64.subarray(row >> 3, (row >> 3) + k));
      for (let a = 0; a < k; a++) f64[w + a] += change[a];
    }
    let pivot = 0;
    for (let i = 0, at = rest >> 3; i < stride; i++, at++) pivot += f64[at] * f64[at];
    operations.dots(list, k, slot, stride, row);
    operations.forward(factor, k, row);
    return pivot;
  }

  /** w with x = Σ_a w_a x_a for the column that append refused. */
  combination(): Float64Array {
    const at = this.#place.weights >> 3;
    return this.#memory.f64.slice(at, at + this.count);
  }

  remove(a: number): void {
    const { u32, operations } = this.#memory;
    const { factor, list, turns } = this.#place;
    const k = this.count;
    operations.drop(factor, k, a, turns);
    const at = (list >> 2) + a;
    // Slots are used last in, first out, and the pending one is on top.
    this.#free.unshift(u32[at]);
    u32.copyWithin(at, at + 1, (list >> 2) + k);
    this.members.splice(a, 1);
    this.#norms.splice(a, 1);
  }

  /** v ← (X_AᵀX_A + ridge)⁻¹ v, in place, for `count` doubles at address v. */
  solve(v: number): void {
    this.#memory.operations.forward(this.#place.factor, this.count, v);
    this.#memory.operations.backward(this.#place.factor, this.count, v);
  }

  /** Factors anew, for another ridge. */
  rebuild(ridgeOf: (j: number) => number): void {
    const { u32 } = this.#memory;
    const members = this.members.slice();
    const norms = this.#norms.slice();
    const slots = Array.from(u32.subarray(this.list >> 2, (this.list >> 2) + members.length));
    this.members.length = 0;
    this.#norms.length = 0;
    members.forEach((j, a) => {
      this.#extend(j, slots[a], norms[a], ridgeOf(j));
    });
  }
}
