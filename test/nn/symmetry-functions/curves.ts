/** Slopes of curves against central differences. */
import { expect } from "vitest";
import type { Curve } from "../../../src/nn/symmetry-functions/cutoff-functions.ts";

/** @param scale size of the curve's third derivative, at most */
export function expectCurveSlope(curve: Curve, x: number, scale: number): void {
  const h = 1e-5;
  const difference = (curve(x + h)[0] - curve(x - h)[0]) / (2 * h);
  // Rounding of values of about 1, and the next term of the series.
  expect(Math.abs(curve(x)[1] - difference), `at ${x}`).toBeLessThan(2e-11 + scale * h * h);
}
