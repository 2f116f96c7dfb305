/** The compiled symmetry functions against n2p2's, for every potential of the reference. */
import { describe, expect, it } from "vitest";
import { scalingsOf } from "../../src/nn/hdnnp/hdnnp-reference.ts";
import { Descriptors } from "../../src/nn/symmetry-functions/descriptors.ts";
import {
  type ReferencePotential,
  referenceModel,
  referencePotentials,
  referenceStructure,
  referenceValues,
  skipWithoutReference,
} from "../nn/n2p2-reference.ts";

/** Largest relative deviation: both sides sum up to some 10⁵ terms in another order. */
const CLOSE = 1e-10;

describe.skipIf(skipWithoutReference())("n2p2's symmetry functions", () => {
  it.each(Object.keys(referencePotentials) as ReferencePotential[])("%s", (name) => {
    const model = referenceModel(name);
    const expected = referenceValues(name);
    const found = new Descriptors(model.elements).describe(referenceStructure(name));
    const { kinds, valueOffsets, values, partnerOffsets, gradientOffsets, gradients } = found;
    expect(expected.unscaled.length).toBeGreaterThan(0);
    for (const { atom, values: printed } of expected.unscaled)
      expectClose(values.subarray(valueOffsets[atom], valueOffsets[atom + 1]), printed);

    const { atom, values: printed } = expected.ownSlopes;
    const { factor } = scalingsOf(model)[kinds[atom]];
    const own = gradientOffsets[partnerOffsets[atom]];
    const slopes = Float64Array.from(
      { length: 3 * factor.length },
      (_, n) => (gradients[own + n] * factor[Math.floor(n / 3)]) / model.normalisation.perLength,
    );
    expectClose(slopes, printed);
  });
});

function expectClose(found: Float64Array, printed: readonly number[]): void {
  expect(found.length).toBe(printed.length);
  const worst = printed.reduce(
    (most, value, n) => Math.max(most, Math.abs(found[n] - value) / Math.abs(value || 1)),
    0,
  );
  expect(worst).toBeLessThan(CLOSE);
}
