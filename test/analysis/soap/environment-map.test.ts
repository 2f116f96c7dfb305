import { Matrix } from "ml-matrix";
import { PCA } from "ml-pca";
import { describe, expect, it } from "vitest";
import { coverage } from "../../../src/analysis/soap/coverage.ts";
import { environmentMap } from "../../../src/analysis/soap/environment-map.ts";
import { RandomStream } from "../../../src/core/random.ts";

/** Rows whose spread differs by direction: 5, 2, 0.3, ... along oblique axes. */
function cloud(rows: number, seed: number, shift = 0): { values: Float64Array; size: number } {
  const random = new RandomStream(seed, 0);
  const size = 6;
  const values = new Float64Array(rows * size);
  for (let i = 0; i < rows; i++) {
    const [a, b] = [5 * random.nextNormal(), 2 * random.nextNormal()];
    for (let j = 0; j < size; j++)
      values[i * size + j] = shift + a * Math.cos(j) + b * Math.sin(2 * j) + 0.1 * random.nextNormal();
  }
  return { values, size };
}

describe("environmentMap", () => {
  it("has the components that a singular value decomposition gives, up to sign", () => {
    const set = cloud(80, 1);
    const rows = Array.from({ length: 80 }, (_, i) => [...set.values.subarray(6 * i, 6 * i + 6)]);
    const svd = new PCA(new Matrix(rows), { method: "SVD" });
    const expected = svd.predict(new Matrix(rows), { nComponents: 2 });
    const { scores, explained } = environmentMap([set]);
    for (let k = 0; k < 2; k++) {
      const sign = Math.sign(expected.get(0, k) * scores[0][k]);
      // The iteration stops at changes of 1e-9, relative to scores of order 10.
      for (let i = 0; i < 80; i++) expect(scores[0][2 * i + k]).toBeCloseTo(sign * expected.get(i, k), 5);
      expect(explained[k]).toBeCloseTo(svd.getExplainedVariance()[k], 8);
    }
    expect(explained[0] + explained[1]).toBeGreaterThan(0.99);
  });

  it("puts the same environments of two sets at the same place", () => {
    const a = cloud(40, 2);
    const both = { size: 6, values: Float64Array.from([...a.values, ...cloud(10, 3, 4).values]) };
    const { scores } = environmentMap([a, both]);
    for (let i = 0; i < 80; i++) expect(scores[1][i]).toBe(scores[0][i]);
  });

  it("refuses what has no map", () => {
    expect(() => environmentMap([{ values: new Float64Array(12), size: 6 }])).toThrow(
      /needs more environments/,
    );
    expect(() => environmentMap([{ values: new Float64Array(60).fill(3), size: 6 }])).toThrow(
      /all environments are the same/,
    );
  });
});

describe("coverage", () => {
  const unit = (angles: readonly number[]) => ({
    size: 2,
    values: Float64Array.from(angles.flatMap((t) => [2 * Math.cos(t), 2 * Math.sin(t)])),
  });

  it("has the kernel distance to the nearest environment", () => {
    const { distances, covered } = coverage(unit([0.1, 1.5]), unit([0, 0.4]), 0.15);
    // A chord: √(2 − 2 cos t) = 2 sin(t/2).
    expect(distances[0]).toBeCloseTo(2 * Math.sin(0.05), 14);
    expect(distances[1]).toBeCloseTo(2 * Math.sin(0.55), 14);
    expect(covered).toBe(0.5);
  });

  it("covers a part of a set wholly, and says how densely the set covers itself", () => {
    const angles = Array.from({ length: 100 }, (_, i) => 0.01 * i);
    const whole = coverage(unit(angles.slice(20, 40)), unit(angles));
    expect(whole.covered).toBe(1);
    expect(whole.threshold).toBeCloseTo(2 * Math.sin(0.005), 12);
    // Halfway between neighbours is within their spacing, three spacings beyond the end is not.
    expect(coverage(unit([0.505, 1.02]), unit(angles)).covered).toBe(0.5);
  });

  it("says what it cannot tell", () => {
    expect(() => coverage(unit([0]), unit([1]))).toThrow(/needs a threshold/);
    expect(() => coverage(unit([]), unit([1]))).toThrow(/no environments/);
  });
});
