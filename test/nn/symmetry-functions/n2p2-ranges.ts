/** Ranges over all atoms of a data set against those of n2p2's scaling.data. */
import { expect } from "vitest";
import { RangeAccumulator } from "../../../src/nn/symmetry-functions/ranges.ts";
import { describeStructure } from "../../../src/nn/symmetry-functions/reference.ts";
import { type rangedData, referenceRanges } from "../n2p2-reference.ts";

export function expectN2p2Ranges(name: keyof typeof rangedData): void {
  const { elements, structures, ranges } = referenceRanges(name);
  const all = elements.map(({ functions }) => new RangeAccumulator(functions.length));
  for (const structure of structures) {
    const { kinds, values, valueOffsets } = describeStructure(elements, structure);
    kinds.forEach((kind, i) => {
      all[kind].add(values, valueOffsets[i]);
    });
  }
  all.forEach((one, kind) => {
    const found = one.ranges();
    for (const key of ["min", "max", "mean", "sigma"] as const)
      found[key].forEach((value, g) => {
        // n2p2 takes sigma from the difference of two sums, which loses some digits.
        const expected = ranges[kind][key][g];
        expect(Math.abs(value - expected), `${key} of function ${g}`).toBeLessThanOrEqual(
          1e-11 * Math.abs(expected),
        );
      });
  });
}
