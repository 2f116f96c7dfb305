import { describe, expect, it } from "vitest";
import {
  compactAngleFunction,
  compactFunction,
} from "../../../src/nn/symmetry-functions/compact-functions.ts";
import { compactForms } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { expectCurveSlope } from "./curves.ts";
import { cutoffValues } from "./published-values.ts";

describe("functions of compact support", () => {
  it.each(compactForms)("%s is 1 in the middle and the same on both sides, and 0 outside", (form) => {
    const curve = compactFunction(form, 1, 5);
    expect(curve(3)[0]).toBe(1);
    expect(Math.abs(curve(3)[1])).toBe(0);
    for (const y of [0.25, 1, 1.75]) {
      expect(curve(3 - y)[0]).toBe(curve(3 + y)[0]);
      expect(curve(3 - y)[1]).toBe(-curve(3 + y)[1]);
      expect(curve(3 + y)[1]).toBeLessThan(0);
    }
    for (const x of [-9, 0.5, 1, 5, 5.5, 9]) expect(curve(x)).toEqual([0, 0]);
  });

  it.each(compactForms)("%s has the slope that it states", (form) => {
    const curve = compactFunction(form, 1, 5);
    for (let x = 0.9; x < 5.2; x += 0.0613) expectCurveSlope(curve, x, 300);
    const angle = compactAngleFunction(form, 30, 140);
    for (let cosine = -0.99; cosine < 1; cosine += 0.0137) expectCurveSlope(angle, cosine, 5e4);
  });

  it("has a descent's value where its argument is three quarters of the way, which asymmetric forms are halfway", () => {
    const at = (form: (typeof compactForms)[number], x: number) => compactFunction(form, -4, 4)(x)[0];
    for (const n of [1, 2, 3, 4] as const) {
      const [[expected]] = cutoffValues[`poly${n}`];
      expect(at(`p${n}`, 3)).toBeCloseTo(expected, 13);
      expect(at(`p${n}a`, 2)).toBeCloseTo(expected, 13);
      expect(at(`p${n}`, 2)).toBeCloseTo(0.5, 14);
    }
    expect(at("e", -3)).toBeCloseTo(cutoffValues.exp[0][0], 14);
  });

  it("takes angles by their cosine, and symmetric forms for them", () => {
    const curve = compactFunction("p2", Math.PI / 6, (2 * Math.PI) / 3);
    for (const angle of [0.6, 1.1, 1.9]) {
      const [value, slope] = compactAngleFunction("p2", 30, 120)(Math.cos(angle));
      expect(value).toBeCloseTo(curve(angle)[0], 14);
      expect(slope).toBeCloseTo(-curve(angle)[1] / Math.sin(angle), 13);
      expect(compactAngleFunction("p2a", 30, 120)(Math.cos(angle))).toEqual([value, slope]);
    }
  });

  it("goes on smoothly where atoms are in line", () => {
    for (const [left, right, sign] of [
      [-60, 60, 1],
      [120, 240, -1],
    ]) {
      const curve = compactAngleFunction("p2", left, right);
      expect(curve(sign)).toEqual([1, 0]);
      // Rounding may take a cosine beyond 1.
      expect(curve(sign * (1 + 2 ** -52))).toEqual([1, 0]);
      expect(curve(sign * (1 - 1e-14))[0]).toBeCloseTo(1, 12);
    }
    expect(compactAngleFunction("p2", 0, 180)(-1)[0]).toBe(0);
  });

  it("refuses intervals that are none", () => {
    expect(() => compactFunction("p1", 3, 3)).toThrow(/left < right, found 3 and 3/);
    expect(() => compactFunction("p1", 3, NaN)).toThrow(/left < right/);
    expect(() => compactAngleFunction("p1", -30, 60)).toThrow(/middle at 0° or 180°/);
    expect(() => compactAngleFunction("p1", 100, 200)).toThrow(/middle at 0° or 180°/);
    expect(() => compactAngleFunction("p1", -200, 200)).toThrow(/360°/);
  });
});
