import { describe, expect, it } from "vitest";
import { functionLabel } from "../../../src/nn/symmetry-functions/function-label.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";

const cutoff = { form: "cos", alpha: 0 } as const;

describe("functionLabel", () => {
  it("names each type with what tells it from others", () => {
    const functions: SymmetryFunction[] = [
      { type: 2, neighbour: "O", eta: 2, shift: 1.5, radius: 6, cutoff },
      { type: 12, eta: 1 / 3, shift: 0, radius: 6, cutoff },
      { type: 3, neighbours: ["O", "Ce"], eta: 0.05, shift: 0, lambda: -1, zeta: 4, radius: 6, cutoff },
      { type: 9, neighbours: ["O", "O"], eta: 0.05, shift: 1, lambda: 1, zeta: 1.5, radius: 6, cutoff },
      { type: 13, eta: 0.05, shift: 0, lambda: 1, zeta: 4, radius: 6, cutoff },
      { type: 20, neighbour: "O", form: "p2a", left: -6, radius: 6 },
      { type: 23, form: "p2", left: 1, radius: 4.5 },
      { type: 21, neighbours: ["O", "Ce"], form: "e", left: -6, radius: 6, angleLeft: -90, angleRight: 90 },
      { type: 25, form: "p1", left: -6, radius: 6, angleLeft: 0, angleRight: 180 },
    ];
    expect(functions.map((fn) => functionLabel("Ce", fn))).toEqual([
      "G2 Ce-O, η 2 Å⁻², r_s 1.5 Å, r_c 6 Å",
      "G12 Ce-all, η 0.33333 Å⁻², r_c 6 Å",
      "G3 O-Ce-Ce, η 0.05 Å⁻², λ −1, ζ 4, r_c 6 Å",
      "G9 O-Ce-O, η 0.05 Å⁻², r_s 1 Å, λ +1, ζ 1.5, r_c 6 Å",
      "G13 all-Ce-all, η 0.05 Å⁻², λ +1, ζ 4, r_c 6 Å",
      "G20 Ce-O, p2a, −6 to 6 Å",
      "G23 Ce-all, p2, 1 to 4.5 Å",
      "G21 O-Ce-Ce, e, −6 to 6 Å, angles −90 to 90°",
      "G25 all-Ce-all, p1, −6 to 6 Å, angles 0 to 180°",
    ]);
  });
});
