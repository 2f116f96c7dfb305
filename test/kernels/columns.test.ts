import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { type ColumnMemory, compiledColumns } from "../../src/kernels/columns.ts";
import { referenceColumns } from "../../src/kernels/columns-reference.ts";
import { Layout } from "../../src/kernels/layout.ts";

/** Both memories with the same random content; equality below is bitwise, since the order of summation is the same. */
function twoMemories(doubles: number, seed: number) {
  const layout = new Layout("test");
  const start = layout.doubles(doubles);
  const words = layout.words(64);
  const compiled = compiledColumns(layout);
  const reference = referenceColumns(layout);
  const random = new RandomStream(seed, 0);
  for (let i = 0; i < doubles; i++) {
    const value = random.nextNormal();
    compiled.f64[start / 8 + i] = value;
    reference.f64[start / 8 + i] = value;
  }
  return { start, words, both: [compiled, reference] as const };
}

const slice = (memory: ColumnMemory, at: number, count: number) =>
  Array.from(memory.f64.subarray(at / 8, at / 8 + count));

describe("column kernels", () => {
  it.each([0, 1, 2, 3, 4, 5, 9])("dot products and updates of %i columns equal the plain loops", (count) => {
    for (const ld of [4, 8, 12, 224]) {
      const { start, words, both } = twoMemories(ld * 11 + 16, count + ld);
      const vector = start + 8 * ld * 10;
      const out = start + 8 * ld * 11;
      const plain: number[] = [];
      for (const memory of both) {
        for (let a = 0; a < count; a++) memory.u32[words / 4 + a] = start + 8 * ld * ((3 * a) % 10);
        memory.operations.dots(words, count, vector, ld, out);
      }
      const r = slice(both[1], vector, ld);
      for (let a = 0; a < count; a++) {
        const x = slice(both[1], start + 8 * ld * ((3 * a) % 10), ld);
        plain.push(x.reduce((sum, value, i) => sum + value * r[i], 0));
      }
      expect(slice(both[0], out, count)).toEqual(slice(both[1], out, count));
      // A sum of ld products of order one, in another order.
      slice(both[0], out, count).forEach((value, a) => {
        expect(Math.abs(value - plain[a])).toBeLessThan(1e-13 * ld);
      });
      for (const memory of both) memory.operations.subtract(words, count, out, ld, vector);
      expect(slice(both[0], vector, ld)).toEqual(slice(both[1], vector, ld));
      for (let a = 0; a < count; a++) {
        const x = slice(both[1], start + 8 * ld * ((3 * a) % 10), ld);
        for (let i = 0; i < ld; i++) r[i] -= plain[a] * x[i];
      }
      slice(both[0], vector, ld).forEach((value, i) => {
        expect(Math.abs(value - r[i])).toBeLessThan(1e-11 * ld);
      });
    }
  });

  it.each([1, 2, 3, 4, 5, 8, 17, 30])("triangular solves and removals keep a factor of %i rows", (k) => {
    const { start, both } = twoMemories(k * k + 6 * k + 20, k);
    const size = (k * (k + 1)) / 2;
    const vector = start + 8 * (size + (size % 2));
    const turns = vector + 8 * (k + (k % 2));
    const l: number[][] = [];
    for (const memory of both)
      for (let i = 0, at = start / 8; i < k; at += ++i) memory.f64[at + i] = 2 + Math.abs(memory.f64[at + i]);
    for (let i = 0, at = start; i < k; at += 8 * ++i) l.push(slice(both[1], at, i + 1));
    const b = slice(both[1], vector, k);
    for (const memory of both) memory.operations.forward(start, k, vector);
    expect(slice(both[0], vector, k)).toEqual(slice(both[1], vector, k));
    const v = slice(both[0], vector, k);
    for (let i = 0; i < k; i++)
      expect(l[i].reduce((sum, value, j) => sum + value * v[j], 0)).toBeCloseTo(b[i], 10);
    for (const memory of both) memory.operations.backward(start, k, vector);
    expect(slice(both[0], vector, k)).toEqual(slice(both[1], vector, k));
    const w = slice(both[0], vector, k);
    for (let j = 0; j < k; j++)
      expect(l.slice(j).reduce((sum, row, i) => sum + row[j] * w[j + i], 0)).toBeCloseTo(v[j], 10);

    const at = Math.floor(k / 3);
    for (const memory of both) memory.operations.drop(start, k, at, turns);
    expect(slice(both[0], start, size - k)).toEqual(slice(both[1], start, size - k));
    const left = l.flatMap((_, i) => (i === at ? [] : [i]));
    const dropped: number[][] = [];
    for (let i = 0, row = start; i < k - 1; row += 8 * ++i) dropped.push(slice(both[0], row, i + 1));
    left.forEach((i, a) => {
      for (let c = 0; c <= a; c++) {
        const gram = l[left[c]].reduce((sum, value, j) => sum + value * l[i][j], 0);
        const again = dropped[c].reduce((sum, value, j) => sum + value * dropped[a][j], 0);
        expect(again).toBeCloseTo(gram, 9);
      }
    });
  });
});
