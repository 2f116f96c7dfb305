import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { type Scaling, scalings } from "../../../src/nn/hdnnp/model.ts";
import { scalingOf } from "../../../src/nn/symmetry-functions/scaling.ts";

const ranges = {
  min: Float64Array.of(1, -3),
  max: Float64Array.of(5, 7),
  mean: Float64Array.of(2, 1),
  sigma: Float64Array.of(0.5, 4),
};
const name = (g: number) => `G${g}`;

function scaled(scaling: Scaling, values: readonly number[], range: readonly [number, number]): number[] {
  const { base, factor, origin } = scalingOf(scaling, range, ranges, name);
  return values.map((value, g) => base + factor[g] * (value - origin[g]));
}

describe("scaling", () => {
  it("is one of n2p2's formulas", () => {
    const values = [4, 2];
    const expected: Record<Scaling, number[]> = {
      none: [4, 2],
      scale: [-1 + (3 * 3) / 4, -1 + (3 * 5) / 10],
      center: [2, 1],
      "scale-center": [-1 + (3 * 2) / 4, -1 + (3 * 1) / 10],
      sigma: [-1 + (3 * 2) / 0.5, -1 + (3 * 1) / 4],
    };
    for (const scaling of scalings)
      scaled(scaling, values, [-1, 2]).forEach((x, g) => {
        expect(x).toBeCloseTo(expected[scaling][g], 14);
      });
  });

  it("takes the ends of the range to the ends", () => {
    expect(scaled("scale", [1, -3], [-1, 2])).toEqual([-1, -1]);
    expect(scaled("scale", [5, 7], [-1, 2])).toEqual([2, 2]);
  });

  it("refuses functions that never varied, and says which", () => {
    const flat = { ...ranges, max: Float64Array.of(5, -3), sigma: Float64Array.of(0.5, 0) };
    for (const [scaling, what] of [
      ["scale", "max − min is 0"],
      ["scale-center", "max − min is 0"],
      ["sigma", "sigma is 0"],
    ] as const) {
      let error: unknown;
      try {
        scalingOf(scaling, [0, 1], flat, name);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(EcitonError);
      expect((error as EcitonError).code).toBe("data");
      expect((error as EcitonError).details).toEqual({ function: 1 });
      expect((error as EcitonError).message).toContain(`function 2, G1, cannot be scaled: ${what}`);
      expect((error as EcitonError).message).toContain("leave it out, or make the scaling data anew");
    }
    expect(scaled("none", [1, 1], [0, 1])).toEqual([1, 1]);
    expect(scalingOf("center", [0, 1], flat, name).factor).toEqual(Float64Array.of(1, 1));
    for (const wrong of [NaN, Infinity, -1, 5e-324])
      expect(() => scalingOf("sigma", [0, 1], { ...ranges, sigma: Float64Array.of(wrong, 1) }, name)).toThrow(
        /function 1, G0, cannot be scaled/,
      );
  });
});
