/**
 * How the value G of a symmetry function becomes the network's input x, with S_min and S_max the range scaled to:
 *   none          x = G
 *   scale         x = S_min + (S_max − S_min) (G − G_min) / (G_max − G_min)
 *   center        x = G − G_mean
 *   scale-center  x = S_min + (S_max − S_min) (G − G_mean) / (G_max − G_min)
 *   sigma         x = S_min + (S_max − S_min) (G − G_mean) / G_sigma
 */
import { EcitonError } from "../../core/errors.ts";
import type { FunctionRanges, Scaling } from "../hdnnp/model.ts";

/** x = base + factor (G − origin), of each function. */
export interface LinearScaling {
  readonly base: number;
  readonly factor: Float64Array;
  readonly origin: Float64Array;
}

/**
 * @param range [S_min, S_max]
 * @param nameOf words for function g in messages; see describeFunction
 * @throws {EcitonError} "data" for a function that had one and the same value wherever the ranges were taken, so that there
 *   is nothing to divide by
 */
export function scalingOf(
  scaling: Scaling,
  range: readonly [number, number],
  ranges: FunctionRanges,
  nameOf: (g: number) => string,
): LinearScaling {
  const { min, max, mean, sigma } = ranges;
  const none = new Float64Array(min.length);
  const over = (widths: Float64Array, what: string) =>
    widths.map((width, g) => {
      const factor = (range[1] - range[0]) / width;
      if (width > 0 && width < Infinity && Number.isFinite(factor)) return factor;
      throw new EcitonError(
        "data",
        `function ${g + 1}, ${nameOf(g)}, cannot be scaled: ${what} is ${width} (min ${min[g]}, max ${max[g]}). ` +
          "It tells atoms of these data nothing apart: leave it out, or make the scaling data anew from structures in which it varies",
        { function: g },
      );
    });
  switch (scaling) {
    case "none":
      return { base: 0, factor: none.map(() => 1), origin: none };
    case "center":
      return { base: 0, factor: none.map(() => 1), origin: mean.slice() };
    case "scale":
      return { base: range[0], factor: over(widthsOf(ranges), "max − min"), origin: min.slice() };
    case "scale-center":
      return { base: range[0], factor: over(widthsOf(ranges), "max − min"), origin: mean.slice() };
    case "sigma":
      return { base: range[0], factor: over(sigma, "sigma"), origin: mean.slice() };
    default:
      return scaling satisfies never;
  }
}

function widthsOf({ min, max }: FunctionRanges): Float64Array {
  return max.map((high, g) => high - min[g]);
}
