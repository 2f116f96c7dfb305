/** The column kernels in plain TypeScript, with the same order of summation as the compiled ones. */
import type { ColumnMemory, ColumnOperations } from "./columns.ts";
import type { Layout } from "./layout.ts";

export function referenceColumns(layout: Layout): ColumnMemory {
  const buffer = new ArrayBuffer(layout.bytes);
  const f64 = new Float64Array(buffer);
  const u32 = new Uint32Array(buffer);
  return { operations: new ReferenceColumns(f64, u32), f64, u32 };
}

class ReferenceColumns implements ColumnOperations {
  readonly #f64: Float64Array;
  readonly #u32: Uint32Array;

  constructor(f64: Float64Array, u32: Uint32Array) {
    this.#f64 = f64;
    this.#u32 = u32;
  }

  dots(list: number, count: number, r: number, ld: number, out: number): void {
    const f = this.#f64;
    for (let a = 0; a < count; a++) {
      const x = this.#u32[(list >> 2) + a] >> 3;
      f[(out >> 3) + a] = fourWay(f, x, r >> 3, ld);
    }
  }

  subtract(list: number, count: number, c: number, ld: number, r: number): void {
    const f = this.#f64;
    for (let a = 0; a < count; a++) {
      const x = this.#u32[(list >> 2) + a] >> 3;
      const factor = f[(c >> 3) + a];
      for (let i = 0; i < ld; i++) f[(r >> 3) + i] -= factor * f[x + i];
    }
  }

  forward(l: number, k: number, v: number): void {
    const f = this.#f64;
    const start = v >> 3;
    for (let i = 0; i < k; i++) {
      const row = (l >> 3) + (i * (i + 1)) / 2;
      const even = i & ~3;
      let sum = fourWay(f, row, start, even);
      for (let j = even; j < i; j++) sum += f[row + j] * f[start + j];
      f[start + i] = (f[start + i] - sum) / f[row + i];
    }
  }

  backward(l: number, k: number, v: number): void {
    const f = this.#f64;
    const start = v >> 3;
    for (let i = k - 1; i >= 0; i--) {
      const row = (l >> 3) + (i * (i + 1)) / 2;
      const value = f[start + i] / f[row + i];
      f[start + i] = value;
      for (let j = 0; j < i; j++) f[start + j] -= value * f[row + j];
    }
  }

  drop(l: number, k: number, at: number, turns: number): void {
    const f = this.#f64;
    const rowOf = (i: number) => (l >> 3) + (i * (i + 1)) / 2;
    for (let i = at + 1; i < k; i++) {
      const source = rowOf(i);
      const target = rowOf(i - 1);
      for (let j = 0; j < at; j++) f[target + j] = f[source + j];
      let carried = f[source + at];
      for (let j = at + 1; j < i; j++) {
        const turn = (turns >> 3) + 2 * (j - at - 1);
        const next = f[source + j];
        f[target + j - 1] = f[turn] * carried + f[turn + 1] * next;
        carried = f[turn] * next - f[turn + 1] * carried;
      }
      const last = f[source + i];
      const length = Math.sqrt(carried * carried + last * last);
      const turn = (turns >> 3) + 2 * (i - at - 1);
      f[turn] = carried / length;
      f[turn + 1] = last / length;
      f[target + i - 1] = length;
    }
  }
}

/** A dot product summed as the SIMD kernel does: four partial sums, added pairwise. */
function fourWay(f: Float64Array, x: number, y: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < count; i += 4) {
    s0 += f[x + i] * f[y + i];
    s1 += f[x + i + 1] * f[y + i + 1];
    s2 += f[x + i + 2] * f[y + i + 2];
    s3 += f[x + i + 3] * f[y + i + 3];
  }
  return s0 + s2 + (s1 + s3);
}
