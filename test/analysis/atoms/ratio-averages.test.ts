import { describe, expect, it } from "vitest";
import { RatioAverages } from "../../../src/analysis/atoms/ratio-averages.ts";
import { RandomStream } from "../../../src/core/random.ts";

describe("averages over frames", () => {
  it("are ratios of sums; columns that a frame does not have are zero", () => {
    const averages = new RatioAverages();
    averages.add([4], 2);
    averages.add([1, 6], 1);
    averages.add([100, 100], 0);
    expect(averages.average(0)?.mean).toBeCloseTo(5 / 3, 12);
    expect(averages.average(1)?.mean).toBeCloseTo(2, 12);
    expect(averages.averages()?.mean).toHaveLength(2);
    // The residuals of the first column are 4 − 2 · 5/3 and 1 − 5/3: ± 2/3, whose mean has the standard error 2/3;
    // that, over the mean weight 3/2.
    expect(averages.average(0)?.error).toBeCloseTo(2 / 3 / 1.5, 12);
  });

  it("know no error of one frame, and nothing of none", () => {
    const averages = new RatioAverages();
    expect(averages.average(0)).toBeNull();
    expect(averages.averages()).toBeNull();
    averages.add([3]);
    expect(averages.average(0)).toEqual({ mean: 3, error: null });
    expect(averages.averages()).toEqual({ mean: [3], error: null });
  });

  it("have errors that cover the true mean of correlated frames with changing weights", () => {
    const runs = 200;
    let squares = 0;
    for (let run = 0; run < runs; run++) {
      const random = new RandomStream(9, run);
      const averages = new RatioAverages();
      let x = random.nextNormal();
      // 1000 frames fill the blocks several times, so that they are joined.
      for (let f = 0; f < 1000; f++) {
        x = 0.8 * x + 0.6 * random.nextNormal();
        const weight = 1 + random.nextIndex(3);
        averages.add([weight * (5 + x)], weight);
      }
      const { mean, error } = averages.average(0)!;
      squares += ((mean - 5) / error!) ** 2;
    }
    // (mean − truth) / error is normal: the mean of its square is 1 with an error of sqrt(2 / 200) = 0.1, and the
    // estimated errors themselves scatter by some 10 percent.
    expect(squares / runs).toBeGreaterThan(0.6);
    expect(squares / runs).toBeLessThan(1.6);
  });
});
