import { describe, expect, it } from "vitest";
import { pairKey } from "../../../src/nn/symmetry-functions/generate-distances.ts";
import { largestTerm } from "../../../src/nn/symmetry-functions/largest-term.ts";
import { describeStructure } from "../../../src/nn/symmetry-functions/reference.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";

const cutoff = { form: "tanh3", alpha: 0 } as const;
const distances = new Map([
  [pairKey("O", "O"), 2.5],
  [pairKey("Ce", "O"), 2],
  [pairKey("Ce", "Ce"), 3.5],
]);
const term = (one: SymmetryFunction, element = "Ce") => {
  const elements = [
    { element: "O", functions: [one] },
    { element: "Ce", functions: [one] },
  ];
  return { largest: largestTerm(one, element, elements, distances), elements };
};

describe("largestTerm", () => {
  it("of a function of distances is its highest point beyond the shortest distance", () => {
    const shell = { type: 2, neighbour: "O", eta: 2, shift: 3, radius: 6, cutoff } as const;
    const at = (r: number) => Math.exp(-2 * (r - 3) ** 2) * Math.tanh(1 - r / 6) ** 3;
    const highest = Math.max(...Array.from({ length: 10_000 }, (_, k) => at(2 + (k * 4) / 10_000)));
    expect(term(shell).largest / highest).toBeCloseTo(1, 3);
    const centred = { ...shell, shift: 0, eta: 0.125 };
    expect(term(centred).largest).toBeCloseTo(Math.exp(-0.5) * Math.tanh(2 / 3) ** 3, 12);
    // About O, the nearest O is farther away.
    expect(term(centred, "O").largest).toBeCloseTo(Math.exp(-0.125 * 6.25) * Math.tanh(1 - 2.5 / 6) ** 3, 12);
    const weighted = { ...centred, type: 12 } as const;
    const ofCe = 58 * Math.exp(-0.125 * 12.25) * Math.tanh(1 - 3.5 / 6) ** 3;
    const ofO = 8 * Math.exp(-0.125 * 4) * Math.tanh(2 / 3) ** 3;
    expect(term(weighted).largest).toBeCloseTo(Math.max(ofCe, ofO), 12);
  });

  it.each([
    [3, 1, 1],
    [3, -1, 16],
    [9, 1, 4],
    [9, -1, 4],
  ] as const)(
    "of type %i, λ %i, ζ %i is what the best of many triples of atoms has",
    (type, lambda, zeta) => {
      const one = {
        type,
        neighbours: ["O", "O"],
        eta: 0.1,
        shift: 0,
        lambda,
        zeta,
        radius: 6,
        cutoff,
      } as const;
      const { largest, elements } = term({ ...one, neighbours: ["O", "O"] });
      let best = 0;
      for (let r = 2; r < 3.7; r += 0.2)
        for (let s = 2; s <= r; s += 0.2)
          for (let degrees = 0; degrees <= 180; degrees += 10) {
            const angle = (degrees * Math.PI) / 180;
            if (Math.hypot(r - s * Math.cos(angle), s * Math.sin(angle)) < 2.5) continue;
            const positions = Float64Array.of(0, 0, 0, r, 0, 0, s * Math.cos(angle), s * Math.sin(angle), 0);
            const triple = { species: ["Ce", "O", "O"], positions, cell: new Float64Array(9) };
            const periodic = [false, false, false] as const;
            best = Math.max(best, describeStructure(elements, { ...triple, periodic }).values[0]);
          }
      // Two grids, each of which misses the highest point by some per cent.
      expect(largest / best).toBeGreaterThan(0.9);
      expect(largest / best).toBeLessThan(1.1);
    },
  );
});
