import { describe, expect, it } from "vitest";
import { describeFunction } from "../../../src/nn/symmetry-functions/describe-function.ts";
import { allFunctions, fewFunctions } from "./examples.ts";

describe("a function in words", () => {
  it("says type, elements around the centre, and parameters", () => {
    const [{ element, functions }] = fewFunctions();
    const words = Object.fromEntries(functions.map((one) => [one.type, describeFunction(one, element)]));
    expect(words).toEqual({
      2: "G2 O-O, η = 0.3/Å², r_s = 1.5 Å, r_c = 4.1 Å",
      3: "G3 O-O-Cu, η = 0.02/Å², r_s = 0 Å, λ = 1, ζ = 1, r_c = 4.3 Å",
      9: "G9 O-O-O, η = 0.01/Å², r_s = 0.7 Å, λ = -1, ζ = 2.5, r_c = 3.6 Å",
      12: "G12 O-all, η = 0.08/Å², r_s = 0.9 Å, r_c = 3.8 Å",
      13: "G13 all-O-all, η = 0.03/Å², r_s = 0.4 Å, λ = 1, ζ = 2, r_c = 3.5 Å",
      20: "G20 O-O, p1, 1 to 4 Å",
      21: "G21 O-O-Cu, p1, 0.5 to 4.4 Å, 20° to 150°",
      22: "G22 O-O-O, p1, 1.2 to 4.1 Å, 70° to 290°",
      23: "G23 O-all, p1, 0.8 to 3.6 Å",
      24: "G24 all-O-all, p1, 0.3 to 4.2 Å, 30° to 160°",
      25: "G25 all-O-all, p1, 1 to 3.5 Å, 45° to 135°",
    });
  });

  it("rounds what comes from bohr", () => {
    const [first] = allFunctions()[0].functions;
    if (first.type !== 2) throw new Error("the first example is of type 2");
    const inBohr = { ...first, eta: 0.001 / 0.529177210903 ** 2, shift: 0, radius: 12 * 0.529177210903 };
    expect(describeFunction(inBohr, "H")).toBe("G2 H-O, η = 0.0035711/Å², r_s = 0 Å, r_c = 6.3501 Å");
  });
});
