/** The compiled potential against the energies and forces that n2p2 printed. */
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../../src/core/calculator.ts";
import { hdnnpPotential } from "../../../src/nn/hdnnp/hdnnp-potential.ts";
import {
  type ReferencePotential,
  referenceModel,
  referencePotentials,
  referenceStructure,
  referenceValues,
  skipWithoutReference,
} from "../n2p2-reference.ts";
import { expectForces } from "./n2p2-values.ts";

describe.skipIf(skipWithoutReference())("compiled potential and n2p2", () => {
  it.each(Object.keys(referencePotentials) as ReferencePotential[])("%s", (name) => {
    const model = referenceModel(name);
    const structure = referenceStructure(name);
    const expected = referenceValues(name);
    const spec = { kind: "hdnnp", title: name, members: [model], extrapolation: "warn" } as const;
    const out = evaluationFor(structure.species.length, { energies: true });
    const calculator = hdnnpPotential(spec).calculator(structure);
    calculator.evaluate(structure.positions, structure.cell, out);
    expect(Math.abs(out.energy / expected.energy - 1)).toBeLessThan(1e-10);
    const { meanEnergy, perEnergy } = model.normalisation;
    expected.outputs.forEach((output, i) => {
      const own = model.elements.find(({ element }) => element === structure.species[i])!;
      const found = (out.energies![i] - own.energy - meanEnergy) * perEnergy;
      // The mean energy, hundreds of eV, costs digits.
      const rounding = 4e-16 * Math.abs(meanEnergy * perEnergy);
      expect(Math.abs(found - output), `atom ${i}`).toBeLessThanOrEqual(1e-10 * Math.abs(output) + rounding);
    });
    expectForces(out.forces, expected.forces);
  });
});
