import { describe, expect, it } from "vitest";
import { expNonPositive, LOWEST_EXPONENT } from "../../src/core/exponential.ts";
import { RandomStream } from "../../src/core/random.ts";

/** Distance in units of the last place of the expected value. */
const unitsApart = (found: number, expected: number) =>
  Math.abs(found - expected) / 2 ** (Math.floor(Math.log2(expected)) - 52);

describe("expNonPositive", () => {
  it("is exp within its bound", () => {
    const random = new RandomStream(3, 0);
    for (const reach of [1e-12, 1e-3, 1, 40, 700])
      for (let k = 0; k < 20_000; k++) {
        const x = -reach * random.nextFloat();
        // Math.exp is itself allowed one unit.
        expect(unitsApart(expNonPositive(x), Math.exp(x))).toBeLessThanOrEqual(2.5);
      }
  });

  it("is exact at 0, zero far below, and passes on what is not a number", () => {
    expect(expNonPositive(0)).toBe(1);
    expect(expNonPositive(-0)).toBe(1);
    expect(unitsApart(expNonPositive(LOWEST_EXPONENT), Math.exp(LOWEST_EXPONENT))).toBeLessThanOrEqual(2.5);
    expect(expNonPositive(LOWEST_EXPONENT - 1e-9)).toBe(0);
    expect(expNonPositive(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(expNonPositive(Number.NaN)).toBeNaN();
  });

  it("does not decrease where pieces of its range meet", () => {
    for (let n = 1; n < 60; n++) {
      const edge = -(n - 0.5) * Math.LN2;
      const values = [-3, -2, -1, 0, 1, 2, 3].map((k) => expNonPositive(edge + k * 1e-13));
      for (let k = 1; k < values.length; k++) expect(values[k]).toBeGreaterThan(values[k - 1]);
    }
  });
});
