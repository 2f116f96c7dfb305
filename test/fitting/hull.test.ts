import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { lowerHull } from "../../src/fitting/hull.ts";

/** Cheapest mixture at a point by trying every simplex of axes + 1 points (or fewer, when degenerate). */
function bruteForce(x: number[][], e: number[], target: number[]): number {
  const n = e.length;
  let best = Number.POSITIVE_INFINITY;
  if (target.length === 1) {
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++) {
        if (x[a][0] === target[0]) best = Math.min(best, e[a]);
        if (x[a][0] < target[0] && x[b][0] > target[0]) {
          const t = (target[0] - x[a][0]) / (x[b][0] - x[a][0]);
          best = Math.min(best, (1 - t) * e[a] + t * e[b]);
        }
      }
    return best;
  }
  for (let a = 0; a < n; a++)
    for (let b = a; b < n; b++)
      for (let c = b; c < n; c++) {
        const [p, q, r] = [x[a], x[b], x[c]];
        const area = (q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1]);
        if (Math.abs(area) < 1e-12) continue;
        const u = ((target[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (target[1] - p[1])) / area;
        const v = ((q[0] - p[0]) * (target[1] - p[1]) - (target[0] - p[0]) * (q[1] - p[1])) / area;
        if (u < -1e-12 || v < -1e-12 || u + v > 1 + 1e-12) continue;
        best = Math.min(best, (1 - u - v) * e[a] + u * e[b] + v * e[c]);
      }
  return best;
}

describe("lower hull", () => {
  it("of a few points by hand, with points on an edge and equal ones", () => {
    const x = Float64Array.from([0, 1, 0.5, 0.25, 0.75, 0.5, 1, 0.5]);
    const e = Float64Array.from([0, 0, -1, -0.5, 0, -1, 0.3, -0.2]);
    const hull = lowerHull(x, e, 1);
    expect(hull.vertices).toEqual([0, 2, 1]);
    [0, 0, 0, 0, 0.5, 0, 0.3, 0.8].forEach((distance, i) => {
      expect(hull.distances[i]).toBeCloseTo(distance, 14);
    });
  });

  it("of a single composition is its lowest point", () => {
    const hull = lowerHull(Float64Array.from([0.5, 0.5]), Float64Array.from([2, 1]), 1);
    expect(hull.vertices).toEqual([1]);
    expect(Array.from(hull.distances)).toEqual([1, 0]);
  });

  it.each([1, 2])("with %i axes equals trying every mixture", (axes) => {
    const random = new RandomStream(80 + axes, 0);
    for (let round = 0; round < 6; round++) {
      const x = Array.from({ length: 16 }, () => {
        // Simple fractions, so that compositions repeat and mixtures are degenerate.
        const first = random.nextIndex(5);
        return axes === 1 ? [first / 4] : [first / 4, random.nextIndex(5 - first) / 4];
      });
      const e = x.map(() => random.nextNormal());
      const hull = lowerHull(Float64Array.from(x.flat()), Float64Array.from(e), axes);
      x.forEach((target, i) => {
        expect(hull.distances[i]).toBeCloseTo(e[i] - bruteForce(x, e, target), 10);
        const others = x.map((_, j) => j).filter((j) => j !== i && x[j].join() !== target.join());
        const without = bruteForce(
          others.map((j) => x[j]),
          others.map((j) => e[j]),
          target,
        );
        const lowestHere = x.every((other, j) => other.join() !== target.join() || e[j] >= e[i]);
        expect(hull.vertices.includes(i)).toBe(lowestHere && without > e[i]);
      });
    }
  });

  it("refuses lengths that do not fit and numbers that are not finite", () => {
    expect(() => lowerHull(new Float64Array(3), new Float64Array(2), 1)).toThrow(
      "expected 2 × 1 compositions",
    );
    expect(() => lowerHull(new Float64Array(2), Float64Array.of(0, Number.NaN), 1)).toThrow("point 2");
  });
});
