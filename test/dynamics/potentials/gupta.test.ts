import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../../src/core/calculator.ts";
import { readStructures } from "../../../src/data/formats/index.ts";
import { relax } from "../../../src/dynamics/minimise/relax.ts";
import { movingAtoms } from "../../../src/dynamics/moving-atoms.ts";
import { type GuptaSpec, guptaFunctions, guptaPotential } from "../../../src/dynamics/potentials/gupta.ts";
import { guptaSet, guptaSets } from "../../../src/dynamics/potentials/parameter-sets.ts";
import {
  disorderedFcc,
  energyOf,
  expectKernelToEqualFormulas,
  expectSlope,
  fccEnergy,
  lowest,
} from "./metals.ts";

const dimer = (species: [string, string], r: number) => ({
  species,
  positions: Float64Array.from([0.1, -0.2, 0.3, 0.1 + 0.6 * r, -0.2, 0.3 - 0.8 * r]),
  cell: new Float64Array(9),
});

describe("Gupta potential", () => {
  it("counts every neighbour of every atom once: the dimer by hand", () => {
    const potential = guptaPotential(guptaSet("noble-metal-alloys", ["Cu", "Au"], "none"));
    for (const [species, A, xi, p, q, r0] of [
      [["Cu", "Cu"], 0.0855, 1.224, 10.96, 2.278, 2.5562],
      [["Cu", "Au"], 0.1539, 1.5605, 11.05, 3.0475, 2.5562],
      [["Au", "Au"], 0.2061, 1.79, 10.229, 4.036, 2.8843],
    ] as const)
      for (const r of [1.9, 2.4, 3.3, 7]) {
        const x = r / r0 - 1;
        const expected = 2 * A * Math.exp(-p * x) - 2 * xi * Math.exp(-q * x);
        expect(energyOf(potential, dimer([...species], r))).toBeCloseTo(expected, 12);
      }
  });

  it("has functions whose slopes are their slopes", () => {
    const functions = guptaFunctions(guptaSet("noble-metal-alloys", ["Cu", "Au"], "shells"));
    for (const r of [2, 2.5, 3, 4, 6.1, 6.5, 6.8, 7.0, 7.06, 7.1])
      for (const [a, b] of [
        [0, 0],
        [0, 1],
        [1, 1],
      ]) {
        expectSlope((x) => functions.pair(a, b, x), r, 10);
        expectSlope((x) => functions.density(a, b, x), r, 30);
      }
    expectSlope((x) => functions.embedding(0, x), 12, 1);
    expect(functions.embedding(0, 0)).toEqual([0, 0]);
  });

  it("is computed by the kernel as by the formulas", () => {
    const spec = guptaSet("noble-metal-alloys", ["Cu", "Ag", "Au"], "shells");
    expectKernelToEqualFormulas(
      guptaPotential(spec),
      guptaFunctions(spec),
      disorderedFcc(4, ["Au", "Cu", "Ag"], 1),
    );
    const one = guptaSet("cleri-rosato-1993", ["Pt"], "shells");
    expectKernelToEqualFormulas(guptaPotential(one), guptaFunctions(one), disorderedFcc(3.9, ["Pt"], 2));
    const free = guptaSet("noble-metal-alloys", ["Cu", "Ag"], "none");
    expectKernelToEqualFormulas(
      guptaPotential(free),
      guptaFunctions(free),
      disorderedFcc(3.8, ["Ag", "Cu"], 3),
      [[false, false, false]],
    );
  });

  it("takes exponentials to the last digits, as far as they go", () => {
    // The pair term alone: the other one is below its last digit.
    const spec: GuptaSpec = {
      kind: "gupta",
      title: "steep",
      pairs: [{ species: ["A", "A"], A_eV: 0.5, xi_eV: 1e-150, p: 40, q: 40, r0_A: 1 }],
      cutoff: null,
    };
    const potential = guptaPotential(spec);
    // r², its root and 40 (1 - r) are exact, so that only the exponential itself is rounded. An odd pair has a partner of
    // 1e-308 in the kernel, which would be seen further out.
    for (let n = 1; n < 17.5 * 64; n += 7) {
      const r = n / 64;
      const found = energyOf(potential, {
        species: ["A", "A"],
        positions: Float64Array.from([0, 0, 0, r, 0, 0]),
        cell: new Float64Array(9),
      });
      // 1.5 units in the last place, as many for the engine's own.
      expect(Math.abs(found / Math.exp(40 * (1 - r)) - 1)).toBeLessThan(3 * 2 ** -52);
    }
  });

  it("gives back the lattice constants and cohesive energies that the metals were fitted to", () => {
    // Cleri and Rosato fitted experimental lattice constants (Å) and cohesive energies (eV); an fcc crystal with
    // interactions up to fifth neighbours must have them but for the rounding of the published parameters.
    const fitted = {
      Ni: [3.523, 4.435],
      Cu: [3.615, 3.544],
      Rh: [3.803, 5.752],
      Pd: [3.887, 3.936],
      Ag: [4.085, 2.96],
      Ir: [3.839, 6.93],
      Pt: [3.924, 5.853],
      Au: [4.079, 3.779],
      Al: [4.05, 3.339],
    };
    for (const [species, [a, cohesion]] of Object.entries(fitted)) {
      const spec = guptaSet("cleri-rosato-1993", [species], "shells");
      const potential = guptaPotential(spec);
      const found = lowest((x) => fccEnergy(potential, species, x), 0.96 * a, 1.04 * a);
      const { A_eV: A, xi_eV: xi, p, q } = spec.pairs[0];
      // Sums over the five shells of 12, 6, 24, 12 and 24 neighbours.
      const sum = (decay: number) =>
        [12, 6, 24, 12, 24].reduce((s, n, k) => s + n * Math.exp(-decay * (Math.sqrt(k + 1) - 1)), 0);
      // Three decimals of ξ, p and q, four of A: dE = dA Σ + dξ √Σ at fixed distance; p and q change the further shells.
      const rounding =
        0.5e-4 * sum(p) + 0.5e-3 * Math.sqrt(sum(2 * q)) + 0.5e-3 * (A * sum(p - 1) + xi) + 0.5e-3;
      expect(Math.abs(fccEnergy(potential, species, found) + cohesion)).toBeLessThan(rounding);
      // Where the parameters were not rounded the slopes of both terms cancel; dA changes the first by p Σ dA, dξ the
      // second alike, and E'' = 9 V B is 50 eV and more (in units of r0).
      const slope = 0.5e-4 * p * sum(p) + 0.5e-3 * q * Math.sqrt(sum(2 * q));
      expect(Math.abs(found / a - 1)).toBeLessThan(slope / 50 + 1e-4);
    }
  });

  it("refuses parameters that make no sense", () => {
    const good = guptaSet("noble-metal-alloys", ["Cu", "Au"], "none");
    const withPairs = (pairs: GuptaSpec["pairs"]) => () => guptaPotential({ ...good, pairs });
    expect(withPairs(good.pairs.filter((pair) => pair.species[0] === pair.species[1]))).toThrow(
      /nothing is given for Cu-Au/,
    );
    expect(withPairs([...good.pairs, good.pairs[0]])).toThrow(/given twice/);
    expect(withPairs([{ ...good.pairs[0], p: -1 }])).toThrow(/p is -1/);
    expect(withPairs([{ ...good.pairs[0], r0_A: Number.NaN }])).toThrow(/r0_A is NaN/);
    expect(withPairs([])).toThrow(/no pair/);
    expect(() => guptaPotential({ ...good, cutoff: { from_A: 6, to_A: 5 } })).toThrow(/from_A < to_A/);
    expect(() => guptaSet("cleri-rosato-1993", ["Cu", "Ag"], "shells")).not.toThrow();
    expect(() => guptaPotential(guptaSet("cleri-rosato-1993", ["Cu", "Ag"], "none"))).toThrow(/Cu-Ag/);
    expect(() => guptaSet("cleri-rosato-1993", ["Fe"], "shells")).toThrow(/Fe not in it; it has Ni, Cu/);
    expect(() => guptaSet("nothing", ["Cu"], "shells")).toThrow(/there are cleri-rosato-1993/);
    expect(() => guptaSet("mg-globus", ["Mg"], "shells")).toThrow(/not fitted to shells/);
  });

  it("has sets that are complete for the species that they are meant to mix", () => {
    for (const name of guptaSets()) {
      if (name === "cleri-rosato-1993") continue;
      const species = { "noble-metal-alloys": ["Cu", "Ag", "Au", "Pd", "Pt"], "mg-globus": ["Mg"] }[name];
      expect(guptaPotential(guptaSet(name, species ?? ["Au", "Pd"], "none")).species?.length).toBe(
        species?.length ?? 2,
      );
    }
  });
});

const minima = "../shared/data/clusters/mg-gupta/mg_gupta_minima.xyz";
if (!existsSync(minima)) console.warn(`skipped: minima of magnesium clusters, there is no ${minima}`);
describe.skipIf(!existsSync(minima))("Gupta minima of magnesium clusters", () => {
  it("have the published energies, no forces, and stay minima", () => {
    const potential = guptaPotential(guptaSet("mg-globus", ["Mg"], "none"));
    const { structures } = readStructures(minima);
    expect(structures.length).toBe(24);
    for (const structure of structures) {
      const calculator = potential.calculator(structure);
      const out = evaluationFor(structure.species.length);
      calculator.evaluate(structure.positions, structure.cell, out);
      expect(Math.abs(out.energy - structure.energy!)).toBeLessThan(1e-6);
      // Coordinates have six decimals, and the stiffest springs are A p² 2/r0² times a few neighbours: 1e3 eV/Å².
      expect(Math.max(...out.forces.map(Math.abs))).toBeLessThan(1e-3);
      const atoms = movingAtoms(structure);
      const result = relax(calculator, atoms, {
        method: "l-bfgs",
        forceTolerance: 1e-6,
        energyTolerance: null,
        maxEvaluations: 500,
        maxStep: 0.1,
        cell: "fixed",
        pressure: 0,
      });
      expect(result.ended).toBe("forces");
      expect(result.energy).toBeLessThanOrEqual(out.energy);
      expect(Math.abs(result.energy - structure.energy!)).toBeLessThan(1e-6);
    }
  });
});
