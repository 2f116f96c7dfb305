import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { COULOMB_EV_A } from "../../../src/core/units.ts";
import { buckinghamPotential } from "../../../src/dynamics/potentials/buckingham.ts";
import { type Atoms, crystal, rattled, supercell, withPeriodic } from "../../contracts/atoms.ts";
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
        worst = Math.max(worst, energy / accuracy, force / accuracy);
      }
    expect(worst).toBeLessThan(10);
  });

  it("sums a charged cell in a background that makes it neutral", () => {
    // Charges of one sign in a background: simple cubic −2.8372974795 q²/a, bcc and fcc −0.895929255682 and −0.895873615195
    // q² over the radius of the sphere that each has for itself. R. A. Coldwell-Horsfall, A. A. Maradudin, J. Math. Phys. 1,
    // 395 (1960).
    const a = 4;
    const energyOf = (atoms: Atoms) =>
      evaluated(
        buckinghamPotential(pointCharges(9, { method: "ewald", accuracy: 1e-13, background: true })),
        atoms,
      );
    const cubic = crystal([a, 0, 0, 0, a, 0, 0, 0, a], [["P", [0, 0, 0]]]);
    const sphere = a * (3 / (4 * Math.PI)) ** (1 / 3);
    const simple = energyOf(cubic);
    expect((simple.energy * a) / COULOMB_EV_A).toBeCloseTo(-2.8372974795 / 2, 9);
    const bcc = energyOf(
      crystal(cubic.cell, [
        ["P", [0, 0, 0]],
        ["P", [0.5, 0.5, 0.5]],
      ]),
    );
    expect((bcc.energy / 2) * (sphere / 2 ** (1 / 3))).toBeCloseTo(-0.895929255682 * COULOMB_EV_A, 8);
    // Energies go as 1/a, so the trace of the virial is the energy, equally in all directions.
    for (const d of [0, 4, 8]) expect(simple.virial[d]).toBeCloseTo(simple.energy / 3, 9);
    expect(simple.energies[0]).toBeCloseTo(simple.energy, 11);
    expect(() => evaluated(buckinghamPotential(pointCharges(9, { method: "ewald" })), cubic)).toThrow(
      /sum to 1\.00000 e/,
    );
  });

  it("is what Wolf's sum comes to as its cut-off grows", () => {
    const atoms = rattled(rocksalt(5), 0.2, new RandomStream(1, 1));
    const exact = evaluated(
      buckinghamPotential(pointCharges(10, { method: "ewald", accuracy: 1e-14 })),
      atoms,
    );
    // What Wolf's sum leaves out is the reciprocal part of Ewald's, of which the shortest wave, 2π/a, is the last to go:
    // exp(−g²/4α²) of what these waves have to say, here some eV/Å and a hundredth of the energy. With αR above 3.6 what
    // is cut off is 1e-6 and less.
    for (const { cutoff, damping } of [
      { cutoff: 8, damping: 0.45 },
      { cutoff: 14, damping: 0.3 },
      { cutoff: 24, damping: 0.22 },
    ]) {
      const wolf = evaluated(
        buckinghamPotential(pointCharges(cutoff, { method: "wolf", damping_per_A: damping })),
        atoms,
      );
      const left = Math.exp(-(((2 * Math.PI) / 5) ** 2) / (4 * damping ** 2));
      expect(Math.abs(wolf.energy / exact.energy - 1)).toBeLessThan(0.1 * left);
      for (let n = 0; n < wolf.forces.length; n++)
        expect(Math.abs(wolf.forces[n] - exact.forces[n])).toBeLessThan(3 * left);
    }
  });

  it("refuses wires, and clusters' charges in crystals", () => {
    const potential = buckinghamPotential(pointCharges(9, { method: "ewald" }));
    expect(() => potential.calculator(withPeriodic(rocksalt(5), [false, false, true]))).toThrow(/wire/);
    const bare = buckinghamPotential(pointCharges(9, { method: "bare" }));
    expect(() => bare.calculator(rocksalt(5))).toThrow(/Ewald's or Wolf's sum/);
  });
});
