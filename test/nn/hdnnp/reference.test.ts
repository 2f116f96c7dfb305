import { describe, expect, it } from "vitest";
import { evaluateHdnnp } from "../../../src/nn/hdnnp/hdnnp-reference.ts";
import { type HdnnpModel, scalings } from "../../../src/nn/hdnnp/model.ts";
import { type ReferencePotential, skipWithoutReference } from "../n2p2-reference.ts";
import { type Atoms, fewFunctions, randomAtoms } from "../symmetry-functions/examples.ts";
import { expectN2p2Values } from "./n2p2-values.ts";
import { randomModel } from "./random-model.ts";

const energies = { O: -10, Cu: -20 };
const modelFor = (atoms: Atoms, parts: Partial<HdnnpModel> = {}) =>
  randomModel(fewFunctions(), atoms, { parts });

describe("plain network potential", () => {
  it.each(scalings)("has forces and a virial that are slopes of its energy, scaling %s", (scaling) => {
    for (const periodic of [true, false]) {
      const atoms = randomAtoms(3, 3.05, periodic, 2);
      const model = modelFor(atoms, {
        scaling,
        scalingRange: [-0.5, 1],
        normalisation: { meanEnergy: -3.5, perEnergy: 6, perLength: 4 },
      });
      const { energy, energies: shares, forces, virial } = evaluateHdnnp(model, atoms);
      expect(shares.reduce((sum, one) => sum + one, 0)).toBeCloseTo(energy, 9);
      const h = 1e-4;
      // To the fourth order in h, as random networks are steep; energies of some 30 eV are rounded to 1e-14.
      const expectSlope = (found: number, along: (by: number) => number) => {
        const difference = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
        expect(Math.abs(found - difference)).toBeLessThan(2e-8 + 1e-8 * Math.abs(found));
      };
      const energyOf = (positions: Float64Array, cell: Float64Array) =>
        evaluateHdnnp(model, { ...atoms, positions, cell }).energy;
      for (let at = 0; at < 9; at++) {
        expectSlope(-forces[at], (by) =>
          energyOf(
            atoms.positions.map((x, n) => (n === at ? x + by : x)),
            atoms.cell,
          ),
        );
        // ε has the one component a, b: rows r → r + r_a ε e_b.
        const [a, b] = [Math.floor(at / 3), at % 3];
        const strained = (vectors: Float64Array, by: number) =>
          vectors.map((x, n) => (n % 3 === b ? x + by * vectors[n - b + a] : x));
        expectSlope(-virial[at], (by) => energyOf(strained(atoms.positions, by), strained(atoms.cell, by)));
      }
    }
  });

  it("adds the energies of free atoms and undoes the normalisation", () => {
    const atoms = randomAtoms(5, 4, false, 3);
    const plain = evaluateHdnnp(modelFor(atoms), atoms);
    const normalised = evaluateHdnnp(
      modelFor(atoms, { normalisation: { meanEnergy: -3.5, perEnergy: 6, perLength: 4 } }),
      atoms,
    );
    const inside = (found: typeof plain) => found.outputs.reduce((sum, y) => sum + y, 0);
    expect(plain.energy).toBeCloseTo(3 * energies.O + 2 * energies.Cu + inside(plain), 9);
    expect(inside(normalised)).toBe(inside(plain));
    expect(normalised.energy).toBeCloseTo(3 * energies.O + 2 * energies.Cu + 5 * -3.5 + inside(plain) / 6, 9);
    // Symmetry functions have no dimension: the unit of length is none of the energy's.
    plain.forces.forEach((force, n) => {
      expect(normalised.forces[n]).toBeCloseTo(force / 6, 12);
    });
  });

  const quick: ReferencePotential[] = ["mlearn_potentials/Si", "cu_clusters/cu_3_6.0_g39"];
  it.skipIf(skipWithoutReference()).each(quick)("has n2p2's values: %s", (name) => {
    const { outputs, descriptors } = expectN2p2Values(name);
    expect(outputs.length).toBe(descriptors.numAtoms);
  });
});
