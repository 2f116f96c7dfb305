import { describe, expect, it } from "vitest";
import { cutoffFunction, descent } from "../../../src/nn/symmetry-functions/cutoff-functions.ts";
import { cutoffForms } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { expectCurveSlope } from "./curves.ts";
import { cutoffValues } from "./published-values.ts";

const smooth = cutoffForms.filter((form) => form !== "hard");

describe("cut-off functions", () => {
  it.each(cutoffForms)("%s has n2p2's values", (form) => {
    const curve = cutoffFunction({ form, alpha: 0.2 }, 3);
    [2.4, 0.3].forEach((r, k) => {
      const [value, slope] = curve(r);
      // Polynomials are expanded in powers there: their terms of up to 540/4 leave 1e-14 at 2.4.
      expect(Math.abs(value - cutoffValues[form][k][0])).toBeLessThan(2e-14);
      expect(Math.abs(slope - cutoffValues[form][k][1])).toBeLessThan(2e-14);
    });
  });

  it.each(smooth)("%s has the slope that it states", (form) => {
    for (const alpha of [0, 0.3]) {
      const curve = cutoffFunction({ form, alpha }, 5);
      // Up to the 1500 of exp near its end, over the width cubed.
      for (let r = 0.01; r < 5.2; r += 0.0731) expectCurveSlope(curve, r, 50);
    }
  });

  it("is 0 with its slope from the radius on, and 1 up to the inner one, but for tanh3", () => {
    for (const form of cutoffForms) {
      const curve = cutoffFunction({ form, alpha: 0.4 }, 5);
      for (const r of [5, 5.0001, 7, 1e9]) expect(curve(r)).toEqual([0, 0]);
      if (form.startsWith("tanh3")) continue;
      for (const r of [0, 1, 2]) expect(curve(r)).toEqual([1, form === "cos" && r === 2 ? curve(2)[1] : 0]);
      expect(Math.abs(curve(2)[1])).toBe(0);
    }
  });

  it("stays finite up to the end, where exp has a pole in its exponent", () => {
    const curve = descent("exp");
    for (let x = 0.9; x < 1; x += (1 - x) / 3 + 2 ** -53) {
      const [value, slope] = curve(x);
      expect(Number.isFinite(value) && value >= 0).toBe(true);
      expect(Number.isFinite(slope) && slope <= 0).toBe(true);
    }
    expect(curve(1 - 2 ** -53)).toEqual([0, 0]);
  });

  it("refuses radii that make no sense", () => {
    for (const [alpha, radius] of [
      [1, 5],
      [-0.1, 5],
      [NaN, 5],
      [0, 0],
      [0, Infinity],
    ])
      expect(() => cutoffFunction({ form: "cos", alpha }, radius)).toThrow(
        /inner radius of 0 to less than 1/,
      );
  });
});
