import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { TABLE_DEGREE } from "../../../src/kernels/hdnnp-block.ts";
import { type SquareTable, squareTable } from "../../../src/nn/hdnnp/square-table.ts";
import { type CutoffForm, cutoffForms } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { termOf } from "../../../src/nn/symmetry-functions/terms.ts";

function curve(eta: number, radius: number, form: CutoffForm, alpha = 0) {
  const elements = [{ element: "Cu", functions: [] }];
  return termOf({ type: 2, neighbour: "Cu", eta, shift: 0, radius, cutoff: { form, alpha } }, elements);
}

/** Value and slope with r² of one of so many functions, as the kernel takes them. */
function tabulated(table: SquareTable, square: number, n: number, of: number): [number, number] {
  const bits = new BigUint64Array(Float64Array.of(square).buffer)[0] >> BigInt(table.shift);
  const begin = new Float64Array(BigUint64Array.of(bits << BigInt(table.shift)).buffer)[0];
  const at = ((Number(bits) - table.first) * of + n) * (TABLE_DEGREE + 1);
  let [value, slope] = [0, 0];
  for (let power = TABLE_DEGREE; power >= 0; power--) {
    slope = slope * (square - begin) + value;
    value = value * (square - begin) + table.coefficients[at + power];
  }
  return [value, slope];
}

describe("factors as polynomials of the squared distance", () => {
  it.each(["hard", "cos", "tanh3", "poly1", "poly4"] as const)("are the factors to rounding, %s", (form) => {
    const functions = [curve(0.004, 6, form), curve(0.7, 6.35, form), curve(0.1, 5, form)];
    const table = squareTable(functions)!;
    const random = new RandomStream(1, 0);
    for (let n = 0; n < functions.length; n++)
      for (let k = 0; k < 500; k++) {
        const { radial, radius } = functions[n];
        const r = 0.5 + (radius - 0.5) * random.nextFloat();
        const [value, slope] = radial(r);
        const [found, along] = tabulated(table, r * r, n, functions.length);
        // Values are at most 1, slopes with r² about 1.
        expect(Math.abs(found - value)).toBeLessThan(1e-15 + 1e-13 * value);
        expect(Math.abs(along - slope / (2 * r))).toBeLessThan(1e-15 + 1e-13 * Math.abs(slope));
      }
  });

  it.each(cutoffForms)("do not exist for inner radii, where %s knows one", (form) => {
    const table = squareTable([curve(0.1, 6, form, 0.3)]);
    if (form === "hard" || form.startsWith("tanh3")) expect(table).not.toBeNull();
    else expect(table).toBeNull();
  });
});
