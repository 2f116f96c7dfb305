import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { compiledSteps, type StepMemory } from "../../src/kernels/two-loop.ts";
import { plainSteps } from "../../src/kernels/two-loop-reference.ts";

/** Steps s with changes y = A s, A diagonal and positive: what a minimiser meets on a quadratic form. */
function fill(memory: StepMemory, size: number, rows: number, seed: number): void {
  const random = new RandomStream(seed, 1);
  const curvature = Float64Array.from({ length: size }, () => 0.5 + random.nextFloat());
  for (let row = 0; row < rows; row++) {
    let sy = 0;
    for (let i = 0; i < size; i++) {
      const s = random.nextNormal();
      memory.steps[row * memory.ld + i] = s;
      memory.changes[row * memory.ld + i] = curvature[i] * s;
      sy += curvature[i] * s * s;
    }
    memory.inverses[row] = 1 / sy;
  }
}

describe("the two-loop recursion", () => {
  it("of the kernel gives the directions of the plain formula", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(6),
        fc.nat(5),
        fc.nat(1000),
        (size, rows, anyCount, anyNewest, seed) => {
          const count = Math.min(anyCount, rows);
          const newest = anyNewest % rows;
          const random = new RandomStream(seed, 2);
          const gradient = Float64Array.from({ length: size }, () => random.nextNormal());
          const [fast, plain] = [new Float64Array(size), new Float64Array(size)];
          for (const [provide, out] of [
            [compiledSteps, fast],
            [plainSteps, plain],
          ] as const) {
            const memory = provide(size, rows);
            fill(memory, size, rows, seed);
            memory.direction(gradient, count, newest, 0.7, out);
            memory.release();
          }
          // Sums in another order: some hundred roundings of numbers up to the curvature's condition number, 3 a row.
          const scale = Math.max(1, ...plain.map(Math.abs));
          for (let i = 0; i < size; i++) expect(Math.abs(fast[i] - plain[i])).toBeLessThan(1e-10 * scale);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("meets the secant condition: the last change of the gradient gives the last step", () => {
    const [size, rows] = [30, 5];
    const memory = compiledSteps(size, rows);
    fill(memory, size, rows, 7);
    const out = new Float64Array(size);
    const last = (array: Float64Array) => array.slice(2 * memory.ld, 2 * memory.ld + size);
    memory.direction(
      last(memory.changes).map((y) => -y),
      rows,
      2,
      0.3,
      out,
    );
    const step = last(memory.steps);
    for (let i = 0; i < size; i++) expect(out[i]).toBeCloseTo(step[i], 10);
    memory.release();
  });

  it("leaves nothing of an earlier minimisation in a memory that is used again, and parts two at once", () => {
    const large = compiledSteps(5000, 20);
    large.steps.fill(3);
    const other = compiledSteps(9, 4);
    expect(other.steps.buffer).not.toBe(large.steps.buffer);
    large.release();
    const again = compiledSteps(9, 4);
    expect(again.steps.buffer).toBe(large.steps.buffer);
    for (const array of [again.steps, again.changes, again.inverses])
      expect(array.every((x) => x === 0)).toBe(true);
    again.release();
    other.release();
  });
});
