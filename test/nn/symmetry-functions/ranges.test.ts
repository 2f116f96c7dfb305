import { describe, expect, it } from "vitest";
import { RangeAccumulator } from "../../../src/nn/symmetry-functions/ranges.ts";
import { skipWithoutReference } from "../n2p2-reference.ts";
import { expectN2p2Ranges } from "./n2p2-ranges.ts";

describe("ranges of functions", () => {
  it("are least, largest, mean and standard deviation over the atoms", () => {
    const all = new RangeAccumulator(2);
    // From the second number on, two functions an atom.
    const values = Float64Array.of(99, 1, 10, 2, 10, 6, 10);
    for (let i = 0; i < 3; i++) all.add(values, 1 + 2 * i);
    const { min, max, mean, sigma } = all.ranges();
    expect([all.count, ...min, ...max]).toEqual([3, 1, 10, 6, 10]);
    expect(mean[0]).toBeCloseTo(3, 15);
    expect(mean[1]).toBe(10);
    // Deviations −2, −1, 3 over n − 1.
    expect(sigma[0]).toBeCloseTo(Math.sqrt(7), 15);
    expect(sigma[1]).toBe(0);
  });

  it("lose no digits about a large mean, where sums of squares do", () => {
    const all = new RangeAccumulator(1);
    const squares = { sum: 0, ofSquares: 0 };
    for (let i = 0; i < 1000; i++) {
      const value = 1e8 + (i % 2);
      all.add(Float64Array.of(value));
      squares.sum += value;
      squares.ofSquares += value * value;
    }
    const expected = Math.sqrt(1000 / 4 / 999);
    expect(Math.abs(all.ranges().sigma[0] - expected)).toBeLessThan(1e-9);
    const naive = Math.sqrt(Math.abs(squares.ofSquares - squares.sum ** 2 / 1000) / 999);
    expect(Math.abs(naive - expected)).toBeGreaterThan(1e-3);
  });

  it("of one atom have no deviation; of none or of numbers that are not finite there are none", () => {
    const one = new RangeAccumulator(1);
    expect(() => one.ranges()).toThrow("at least one atom");
    one.add(Float64Array.of(3));
    expect(one.ranges()).toEqual({
      min: Float64Array.of(3),
      max: Float64Array.of(3),
      mean: Float64Array.of(3),
      sigma: Float64Array.of(0),
    });
    for (const wrong of [NaN, Infinity]) {
      const bad = new RangeAccumulator(2);
      bad.add(Float64Array.of(1, wrong));
      bad.add(Float64Array.of(1, 2));
      expect(() => bad.ranges()).toThrow("symmetry function 2 had a value that is not finite");
    }
  });

  it.skipIf(skipWithoutReference()).each(["n2p2_train/replay_LJ", "cu_clusters/cu_3_6.0_g3"] as const)(
    "are n2p2's: %s",
    (name) => {
      expectN2p2Ranges(name);
    },
  );
});
