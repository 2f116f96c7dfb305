import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { COULOMB_EV_A } from "../../../src/core/units.ts";
import { buckinghamPotential } from "../../../src/dynamics/potentials/buckingham.ts";
import { type Atoms, rattled, supercell } from "../../contracts/atoms.ts";
import { evaluated } from "../../contracts/calculator.ts";
import { caesiumChloride, fluorite, pointCharges, rocksalt, zincBlende } from "./ion-crystals.ts";

/** −E r0 / k for each formula unit. */
function madelung(atoms: Atoms, nearest: number, formulas: number, cutoff: number, accuracy: number): number {
  const { energy } = evaluated(
    buckinghamPotential(pointCharges(cutoff, { method: "ewald", accuracy })),
    atoms,
  );
  return (-energy * nearest) / (COULOMB_EV_A * formulas);
}

// Rock salt and caesium chloride: R. E. Crandall, J. P. Buhler, J. Phys. A 20, 5497 (1987) and OEIS A085469, A181152.
const ROCK_SALT = 1.747564594633182;
const CAESIUM_CHLORIDE = 1.762674773070988;

describe("Ewald's sum", () => {
  it("gives the Madelung constants of crystals", () => {
    const a = 5.3;
    const root = Math.sqrt(3);
    for (const cutoff of [6, 9]) {
      const of = (atoms: Atoms, nearest: number, formulas: number) =>
        madelung(atoms, nearest, formulas, cutoff, 1e-14);
      // What is left out is 1e-14 of the terms; the energy is a sum of some thousand of them.
      expect(of(rocksalt(a), a / 2, 4)).toBeCloseTo(ROCK_SALT, 11);
      expect(of(caesiumChloride(a), (a * root) / 2, 1)).toBeCloseTo(CAESIUM_CHLORIDE, 11);
      const blende = of(zincBlende(a), (a * root) / 4, 4);
      const fluor = of(fluorite(a), (a * root) / 4, 4);
      // Q. C. Johnson, D. H. Templeton, J. Chem. Phys. 34, 2004 (1961), table I: 1.63806 and 5.03878.
      expect(Math.abs(blende - 1.63806)).toBeLessThan(6e-6);
      expect(Math.abs(fluor - 5.03878)).toBeLessThan(6e-6);
      // All four are fcc lattices of charges at 0, 1/4, 1/2 and 3/4 of the diagonal: with U_n the energy of two of them n
      // quarters apart, U_1 = U_3, they have U_0 − U_2, 2U_0 − 4U_1 + 2U_2, U_0 − U_1 and 3U_0 − 4U_1 + U_2.
      expect(blende).toBeCloseTo((CAESIUM_CHLORIDE + (root / 2) * ROCK_SALT) / 2, 11);
      expect(fluor).toBeCloseTo(2 * CAESIUM_CHLORIDE + (root / 2) * ROCK_SALT, 11);
    }
  });

  it("is as accurate as it is asked to be", () => {
    const atoms = rattled(supercell(rocksalt(5), [1, 1, 2]), 0.4, new RandomStream(1, 0));
    const exact = evaluated(
      buckinghamPotential(pointCharges(11, { method: "ewald", accuracy: 1e-15 })),
      atoms,
    );
    const size = Math.max(...exact.forces.map(Math.abs));
    let worst = 0;
    for (const accuracy of [1e-4, 1e-6, 1e-8, 1e-10])
      for (const cutoff of [5, 8]) {
        const found = evaluated(
          buckinghamPotential(pointCharges(cutoff, { method: "ewald", accuracy })),
          atoms,
        );
        const energy = Math.abs((found.energy - exact.energy) / exact.energy);
        const force = Math.max(...found.forces.map((f, n) => Math.abs(f - exact.forces[n]))) / size;
        console.log(accuracy, cutoff, energy / accuracy, force / accuracy);
        worst = Math.max(worst, energy / accuracy, force / accuracy);
      }
    expect(worst).toBeLessThan(10);
  });
});
