import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { COULOMB_EV_A } from "../../../src/core/units.ts";
import { buckinghamPotential } from "../../../src/dynamics/potentials/buckingham.ts";
import { type Atoms, crystal, transformed } from "../../contracts/atoms.ts";
import { evaluated } from "../../contracts/calculator.ts";
import { pointCharges } from "./ion-crystals.ts";

/**
 * Energy of charges over a square lattice of side L, periodic in the plane alone, by its waves in the plane:
 *   k Σ_{i<j} q_i q_j φ(ρ_ij, z_ij) + k Σ_i q_i² ξ / 2L,   φ(ρ, z) = (2π/L²) [−|z| + Σ_{g≠0} exp(−g|z|) cos(g·ρ) / g]
 * ξ = −3.900264920001956 is the energy of a square lattice in a background of opposite charge: L. Bonsall, A. A. Maradudin,
 * Phys. Rev. B 15, 1959 (1977), 4 ζ(1/2) β(1/2). Needs charges that lie at heights well apart.
 */
function planarEnergy(atoms: Atoms, charges: readonly number[], side: number): number {
  const { positions } = atoms;
  let energy = 0;
  const waves = 24;
  for (let i = 0; i < charges.length; i++) {
    energy += (-3.900264920001956 / (2 * side)) * charges[i] ** 2;
    for (let j = i + 1; j < charges.length; j++) {
      const [x, y, z] = [0, 1, 2].map((d) => positions[3 * j + d] - positions[3 * i + d]);
      let potential = -Math.abs(z);
      for (let m = -waves; m <= waves; m++)
        for (let n = -waves; n <= waves; n++) {
          const g = (2 * Math.PI * Math.hypot(m, n)) / side;
          if (g > 0)
            potential += (Math.exp(-g * Math.abs(z)) * Math.cos((2 * Math.PI * (m * x + n * y)) / side)) / g;
        }
      energy += ((2 * Math.PI) / side ** 2) * potential * charges[i] * charges[j];
    }
  }
  return COULOMB_EV_A * energy;
}

describe("slabs", () => {
  const side = 5;
  const random = new RandomStream(4, 0);
  const species = ["P", "N", "N", "PP", "N"];
  // Heights a fifth of the side and more apart: waves up to 24 leave exp(−2π 24/5).
  const slabIn = (height: number): Atoms =>
    crystal(
      [side, 0, 0, 0, side, 0, 0, 0, height],
      species.map((name, i) => [name, [random.nextFloat(), random.nextFloat(), (1.3 * i) / height]] as const),
    );
  const slab = slabIn(20);
  const charges = species.map((name) => ({ P: 1, N: -1, PP: 2 })[name] as number);
  const exact = planarEnergy(slab, charges, side);

  it("periodic in two directions have the energy of the plane's sum", () => {
    for (const accuracy of [1e-6, 1e-9, 1e-13]) {
      const found = evaluated(buckinghamPotential(pointCharges(7, { method: "ewald", accuracy })), {
        ...slab,
        periodic: [true, true, false],
      });
      expect(Math.abs(found.energy / exact - 1)).toBeLessThan(10 * accuracy);
    }
  });

  it("do not depend on which direction is the normal, and not on a row of the cell that is not periodic", () => {
    const turned: Atoms = {
      species,
      periodic: [true, false, true],
      cell: Float64Array.from([side, 0, 0, 1, 2, 3, 0, 0, side]),
      positions: slab.positions.slice(),
    };
    for (let i = 0; i < species.length; i++) {
      turned.positions[3 * i + 1] = slab.positions[3 * i + 2];
      turned.positions[3 * i + 2] = slab.positions[3 * i + 1];
    }
    const { energy } = evaluated(
      buckinghamPotential(pointCharges(7, { method: "ewald", accuracy: 1e-12 })),
      turned,
    );
    expect(Math.abs(energy / exact - 1)).toBeLessThan(1e-11);
  });

  it("in cells with vacuum come to the same by the correction, as fast as the images' field falls", () => {
    const inCell = (height: number, corrected: boolean, shift = 0) => {
      const atoms: Atoms = { ...slab, cell: slab.cell.slice(), positions: slab.positions.slice() };
      atoms.cell[8] = height;
      // A slab that leans over the face of its cell, and a cell that leans itself, are no different.
      atoms.cell[6] = shift;
      for (let i = 0; i < species.length; i++)
        if (shift > 0 && i > 2) {
          atoms.positions[3 * i] -= shift;
          atoms.positions[3 * i + 2] -= height;
        }
      const spec = pointCharges(7, { method: "ewald", accuracy: 1e-13, slab: corrected });
      return evaluated(buckinghamPotential(spec), atoms);
    };
    const dipole = charges.reduce((sum, q, i) => sum + q * slab.positions[3 * i + 2], 0);
    for (const height of [16, 20, 30]) {
      // g = 2π/side is the shortest wave; what is left is of the order of k (2π/side) exp(−g gap) for unit charges.
      const left = COULOMB_EV_A * 30 * Math.exp((-2 * Math.PI * (height - 5.2)) / side);
      const corrected = inCell(height, true);
      expect(Math.abs(corrected.energy - exact)).toBeLessThan(left + 1e-10);
      expect(Math.abs(inCell(height, true, 1.1).energy - corrected.energy)).toBeLessThan(left + 1e-10);
      // Without it the energy is wrong by the field of the dipoles, which falls only as one over the height.
      const field = (2 * Math.PI * COULOMB_EV_A * dipole ** 2) / (side ** 2 * height);
      expect(Math.abs(inCell(height, false).energy + field - corrected.energy)).toBeLessThan(1e-9);
      expect(field).toBeGreaterThan(0.1);
    }
  });

  it("have the forces and the virial that are slopes of that energy", () => {
    const spec = pointCharges(7, { method: "ewald", accuracy: 1e-13, slab: true });
    const potential = buckinghamPotential(spec);
    const leaning: Atoms = { ...slab, cell: slab.cell.slice() };
    leaning.cell.set([0.7, -0.4, 20], 6);
    leaning.cell.set([0.3, 5.2, 0.2], 3);
    const found = evaluated(potential, leaning);
    const step = 1e-3;
    // Fourth order in steps of 1e-3 Å at distances of 1.3 Å: 1e-12 of some hundred eV/Å, and rounding of 1e-13 eV / step.
    const slopeOf = (energyAt: (shift: number) => number) =>
      (8 * (energyAt(step) - energyAt(-step)) - (energyAt(2 * step) - energyAt(-2 * step))) / (12 * step);
    for (let n = 0; n < found.forces.length; n++) {
      const slope = slopeOf((shift) => {
        const positions = leaning.positions.slice();
        positions[n] += shift;
        return evaluated(potential, { ...leaning, positions }).energy;
      });
      expect(Math.abs(slope + found.forces[n])).toBeLessThan(1e-8);
    }
    for (let k = 0; k < 9; k++) {
      const slope = slopeOf((shift) => {
        const strain = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        strain[k] += shift;
        return evaluated(potential, transformed(leaning, strain)).energy;
      });
      expect(Math.abs(slope + found.virial[k])).toBeLessThan(1e-7);
    }
    const shares = found.energies.reduce((sum, x) => sum + x, 0);
    expect(Math.abs(shares - found.energy)).toBeLessThan(1e-10);
  });

  it("without enough vacuum are refused", () => {
    const thin: Atoms = { ...slab, cell: slab.cell.slice() };
    thin.cell[8] = 7.5;
    const potential = buckinghamPotential(pointCharges(7, { method: "ewald", slab: true }));
    expect(() => evaluated(potential, thin)).toThrow(/largest gap along c is 2\.30 Å.*3\.66 Å/s);
  });
});
