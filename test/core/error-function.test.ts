import { describe, expect, it } from "vitest";
import { erfc } from "../../src/core/error-function.ts";

describe("complementary error function", () => {
  it("has the tabulated values", () => {
    // Abramowitz and Stegun, table 7.1 (erf to ten digits), and 7.3 for large arguments by x exp(x²) erfc x.
    for (const [x, erf] of [
      [0, 0],
      [0.1, 0.112462916],
      [0.5, 0.5204998778],
      [1, 0.8427007929],
      [1.5, 0.9661051465],
      [1.98, 0.9948920004],
      [2, 0.995322265],
    ])
      expect(Math.abs(erfc(x) - (1 - erf))).toBeLessThan(6e-11);
    // From the power series of erf in 60-digit decimal arithmetic.
    expect(erfc(5)).toBeCloseTo(1.5374597944280349e-12, 24);
    expect(erfc(-1)).toBeCloseTo(2 - erfc(1), 15);
  });

  it("has the slope −2/√π exp(−x²), also where the formulas meet", () => {
    for (let x = 0.05; x < 5; x += 0.0971) {
      const h = 1e-3;
      const slope = (8 * (erfc(x + h) - erfc(x - h)) - (erfc(x + 2 * h) - erfc(x - 2 * h))) / (12 * h);
      const exact = (-2 / Math.sqrt(Math.PI)) * Math.exp(-x * x);
      // h⁴/30 times a fifth derivative of at most 14 below x = 5, and rounding of numbers up to 1 over h.
      expect(Math.abs(slope - exact)).toBeLessThan(1e-12);
    }
    expect(Math.abs(erfc(2 - 1e-12) - erfc(2))).toBeLessThan(1e-13);
  });
});
