/** Symmetry functions, energies and forces by the plain formulas against n2p2's, for every potential of the reference. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BOHR_A, HARTREE_EV } from "../../src/core/units.ts";
import { expectForces, expectN2p2Values } from "../nn/hdnnp/n2p2-values.ts";
import {
  predictedForces,
  type ReferencePotential,
  referencePotentials,
  skipWithoutReference,
} from "../nn/n2p2-reference.ts";
import { expectN2p2Ranges } from "../nn/symmetry-functions/n2p2-ranges.ts";

/** What n2p2's own tests hold its predictions against: two of the structures. */
const predictionsFile = "../shared/data/nn/n2p2/reference_predictions.json";
type Predictions = Record<string, { readonly energy: number; readonly forces: readonly number[][] }>;
const predictions: Predictions = existsSync(predictionsFile)
  ? JSON.parse(readFileSync(predictionsFile, "utf8")).prediction_mode
  : {};

describe.skipIf(skipWithoutReference())("n2p2's values", () => {
  it.each(Object.keys(referencePotentials) as ReferencePotential[])("%s", (name) => {
    const { energy, forces } = expectN2p2Values(name);
    if (!name.startsWith("n2p2_predict/")) return;
    expectForces(forces, predictedForces(name));
    const predicted = predictions[name.replace("n2p2_predict/", "")];
    const [length, unit] = name.includes("H2O") ? [BOHR_A, HARTREE_EV] : [1, 1];
    expect(Math.abs(energy / unit / predicted.energy - 1)).toBeLessThan(1e-13);
    expectForces(
      forces,
      predicted.forces.flat().map((f) => (f * unit) / length),
    );
  });

  it.each(["n2p2_train/replay_Cu2S_PBE", "n2p2_train/replay_H2O_RPBE-D3"] as const)(
    "ranges of the functions over a training set: %s",
    (name) => {
      expectN2p2Ranges(name);
    },
  );
});
