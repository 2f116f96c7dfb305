/** The plain formulas against all that n2p2 printed for a potential and a structure. */
import { expect } from "vitest";
import { evaluateHdnnp, type HdnnpEvaluation, scalingsOf } from "../../../src/nn/hdnnp/hdnnp-reference.ts";
import {
  type AtomValues,
  type ReferencePotential,
  referenceModel,
  referenceStructure,
  referenceValues,
} from "../n2p2-reference.ts";

/** Largest relative deviation: both sides sum up to some 10⁵ terms in another order, and differences follow. */
const CLOSE = 1e-10;

export function expectN2p2Values(name: ReferencePotential): HdnnpEvaluation {
  const model = referenceModel(name);
  const structure = referenceStructure(name);
  const expected = referenceValues(name);
  const found = evaluateHdnnp(model, structure);
  const { kinds, valueOffsets, values, partnerOffsets, gradientOffsets, gradients } = found.descriptors;
  const valuesOf = (all: Float64Array) => (atom: number) =>
    all.subarray(valueOffsets[atom], valueOffsets[atom + 1]);

  expectClose([found.energy], [expected.energy]);
  expectClose(found.outputs, expected.outputs);
  expectForces(found.forces, expected.forces);
  expectAtoms(valuesOf(values), expected.unscaled);
  expectAtoms(valuesOf(found.inputs), expected.scaled);
  expectAtoms(valuesOf(found.inputGradients), [expected.outputSlopes]);

  const { factor } = scalingsOf(model)[kinds[expected.ownSlopes.atom]];
  expectAtoms(
    (atom) =>
      Float64Array.from(
        { length: 3 * factor.length },
        (_, n) =>
          (gradients[gradientOffsets[partnerOffsets[atom]] + n] * factor[Math.floor(n / 3)]) /
          model.normalisation.perLength,
      ),
    [expected.ownSlopes],
  );
  return found;
}

function expectAtoms(found: (atom: number) => Float64Array, expected: readonly AtomValues[]): void {
  expect(expected.length).toBeGreaterThan(0);
  for (const { atom, values } of expected) expectClose(found(atom), values);
}

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, n) => {
    expect(Math.abs(found[n] - value), `entry ${n}, ${value}`).toBeLessThanOrEqual(CLOSE * Math.abs(value));
  });
}

/** As vectors: a component that happens to be small is a difference of large ones. */
export function expectForces(found: Float64Array, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i += 3) {
    const off = Math.hypot(...[0, 1, 2].map((c) => found[i + c] - expected[i + c]));
    const size = Math.hypot(...expected.slice(i, i + 3));
    expect(off, `atom ${i / 3}`).toBeLessThanOrEqual(CLOSE * size);
  }
}
