import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { DenseInverse, LimitedMemory } from "../../../src/dynamics/minimise/directions.ts";
import { type Point, pointOf } from "../../../src/dynamics/minimise/objective.ts";
import { plainSteps } from "../../../src/kernels/two-loop-reference.ts";

/** Points of a walk over ½ Σ c_i x_i², c_i from 1 to 4. */
function walk(size: number, length: number): Point[] {
  const random = new RandomStream(3, size);
  return Array.from({ length }, () => {
    const point = pointOf(size);
    for (let i = 0; i < size; i++) {
      point.x[i] = random.nextNormal();
      point.gradient[i] = (1 + (3 * i) / size) * point.x[i];
    }
    return point;
  });
}

describe("limited-memory directions", () => {
  it("are the same by the kernel and by the plain formula, also when the ring is full", () => {
    const size = 25;
    const [fast, plain] = [new LimitedMemory(size, 4), new LimitedMemory(size, 4, plainSteps)];
    const points = walk(size, 12);
    const outs = [new Float64Array(size), new Float64Array(size)];
    for (let k = 1; k < points.length; k++) {
      for (const directions of [fast, plain]) directions.learn(points[k - 1], points[k]);
      fast.direction(points[k], outs[0]);
      plain.direction(points[k], outs[1]);
      for (let i = 0; i < size; i++) expect(outs[0][i]).toBeCloseTo(outs[1][i], 9);
    }
    fast.release();
  });

  it("stay downhill after steps along which the gradient fell", () => {
    const size = 10;
    const directions = new LimitedMemory(size, 3);
    const out = new Float64Array(size);
    walk(size, 14).forEach((point, k, points) => {
      if (k === 0) return;
      directions.learn(points[k - 1], point);
      // A step of negative curvature is not to be used, nor the row that it was written to.
      const odd = pointOf(size);
      odd.x.set(point.x.map((x) => x + 1));
      odd.gradient.set(point.gradient.map((g) => g - 1));
      if (k % 3 === 0) directions.learn(point, odd);
      directions.direction(point, out);
      expect(out.reduce((sum, d, i) => sum + d * point.gradient[i], 0)).toBeLessThan(0);
    });
    directions.release();
  });
});

describe("dense directions", () => {
  it("meet the secant condition of the last step", () => {
    const size = 12;
    const directions = new DenseInverse(size);
    const points = walk(size, 9);
    for (let k = 1; k < points.length; k++) directions.learn(points[k - 1], points[k]);
    const [before, here] = points.slice(-2);
    const change = pointOf(size);
    change.gradient.set(here.gradient.map((g, i) => before.gradient[i] - g));
    const out = new Float64Array(size);
    directions.direction(change, out);
    for (let i = 0; i < size; i++) expect(out[i]).toBeCloseTo(here.x[i] - before.x[i], 8);
  });
});
