/** Means of independent values with error bars, on numbers whose answers are known. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { weightedMean } from "../../src/workflows/weighted-mean.ts";

describe("weightedMean", () => {
  it("is a mean between its values that knows no order and no unit of the weights", () => {
    const values = fc.array(
      fc.record({
        value: fc.double({ min: -10, max: 10, noNaN: true }),
        error: fc.double({ min: 0, max: 1, noNaN: true }),
        weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(values, (given) => {
        const mean = (list: typeof given, unit = 1) =>
          weightedMean(
            list,
            list.map(({ weight }) => unit * weight),
          );
        const { value, error } = mean(given);
        const all = given.map((g) => g.value);
        expect(value).toBeGreaterThanOrEqual(Math.min(...all) - 1e-12);
        expect(value).toBeLessThanOrEqual(Math.max(...all) + 1e-12);
        expect(mean([...given].reverse()).value).toBeCloseTo(value, 10);
        expect(mean(given, 7).error).toBeCloseTo(error, 10);
      }),
    );
  });

  it("has the error of a mean of independent values: as stated where they agree, of their scatter where not", () => {
    const one = { value: 1, error: 0.2 };
    expect(weightedMean([one], [3])).toEqual(one);
    // Four equal values: 0.2 / √4. Weights 3 and 1: √(0.75² + 0.25²) 0.2.
    expect(weightedMean([one, one, one, one], [1, 1, 1, 1]).error).toBeCloseTo(0.1, 12);
    expect(weightedMean([one, one], [3, 1]).error).toBeCloseTo(0.2 * Math.sqrt(0.625), 12);
    // Standard error of 0, 0, 3: √(6 / 2 / 3) = 1.
    const far = [0, 0, 3].map((value) => ({ value, error: 0.1 }));
    expect(weightedMean(far, [2, 2, 2])).toEqual({ value: 1, error: expect.closeTo(1, 12) });
  });

  it("estimates means within its error bars", () => {
    const random = new RandomStream(5, 0);
    const normal = () =>
      Math.sqrt(-2 * Math.log(1 - random.nextFloat())) * Math.cos(2 * Math.PI * random.nextFloat());
    let squares = 0;
    const trials = 2000;
    for (let t = 0; t < trials; t++) {
      // Chains with n steps have errors 1/√n.
      const steps = [100, 400, 2500];
      const values = steps.map((n) => ({ value: normal() / Math.sqrt(n), error: 1 / Math.sqrt(n) }));
      squares += weightedMean(values, steps).value ** 2;
    }
    // These weights are the best there are: the variance is 1 / Σ n. Four standard errors of a variance: 4 √(2 / trials).
    expect(Math.abs((squares / trials) * 3000 - 1)).toBeLessThan(4 * Math.sqrt(2 / trials));
  });
});
