import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../../src/core/calculator.ts";
import { det3, rowTimes } from "../../../src/core/linalg.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { GPA_EV_PER_A3 } from "../../../src/core/units.ts";
import { CellObjective } from "../../../src/dynamics/minimise/cell-objective.ts";
import { relax } from "../../../src/dynamics/minimise/relax.ts";
import { minimisers, type RelaxSettings } from "../../../src/dynamics/minimise/relax-settings.ts";
import type { MovingAtoms } from "../../../src/dynamics/moving-atoms.ts";
import { guptaPotential } from "../../../src/dynamics/potentials/gupta.ts";
import { guptaSet } from "../../../src/dynamics/potentials/parameter-sets.ts";
import { failureOf } from "../../failure.ts";
import { settings as clusterSettings } from "./plain-atoms.ts";

const copper = guptaPotential(guptaSet("cleri-rosato-1993", ["Cu"], "shells"));
const settings: RelaxSettings = { ...clusterSettings, cell: "full", forceTolerance: 1e-7 };

function conventionalFcc(a: number, periodic: [boolean, boolean, boolean] = [true, true, true]): MovingAtoms {
  const places = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0];
  return {
    species: ["Cu", "Cu", "Cu", "Cu"],
    periodic,
    positions: Float64Array.from(places, (x) => a * x),
    cell: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a),
    fixed: null,
  };
}

/** The same crystal, strained and shaken. */
function distorted(a: number, strain: number, periodic?: [boolean, boolean, boolean]): MovingAtoms {
  const atoms = conventionalFcc(a, periodic);
  const random = new RandomStream(8, 0);
  const f = Array.from(
    { length: 9 },
    (_, k) => (k % 4 === 0 ? 1 : 0) + strain * (2 * random.nextFloat() - 1),
  );
  for (const rows of [atoms.positions, atoms.cell])
    for (let i = 0; i < rows.length; i += 3) rows.set(rowTimes(rows.subarray(i, i + 3), f), i);
  for (let i = 0; i < atoms.positions.length; i++) atoms.positions[i] += 0.1 * (random.nextFloat() - 0.5);
  return atoms;
}

function energyAt(a: number): number {
  const atoms = conventionalFcc(a);
  const out = evaluationFor(4);
  copper.calculator(atoms).evaluate(atoms.positions, atoms.cell, out);
  return out.energy;
}

/** Where a function of one number is least, by golden sections. */
function scan(low: number, high: number, f: (x: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  while (high - low > 1e-9) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (f(left) < f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

function stressOf(atoms: MovingAtoms): Float64Array {
  const out = evaluationFor(atoms.species.length, { virial: true });
  copper.calculator(atoms).evaluate(atoms.positions, atoms.cell, out);
  return out.virial!.map((w) => -w / Math.abs(det3(atoms.cell)));
}

describe("enthalpy of atoms and cell", () => {
  it.each([
    ["bulk", [true, true, true], false],
    ["bulk, isotropic", [true, true, true], true],
    ["slab", [true, false, true], false],
    ["wire", [false, true, false], true],
  ] as const)("has the derivatives of central differences: %s", (_, periodic, isotropic) => {
    const atoms = distorted(3.6, 0.05, [...periodic]);
    const pressure = periodic.every(Boolean) ? 0.03 : 0;
    const objective = new CellObjective(copper.calculator(atoms), atoms, isotropic, pressure);
    const x = objective.begin();
    const gradient = new Float64Array(objective.size);
    const other = new Float64Array(objective.size);
    // Away from the start, along a direction within the periodic space: there the deformation is not 1.
    objective.evaluate(x, gradient);
    const back = 0.02 / Math.hypot(...gradient.subarray(12));
    for (let k = 12; k < 21; k++) x[k] += back * gradient[k];
    objective.evaluate(x, gradient);

    const difference = (direction: Float64Array) => {
      const h = 1e-4;
      const plus = objective.evaluate(
        x.map((value, i) => value + h * direction[i]),
        other,
      );
      const minus = objective.evaluate(
        x.map((value, i) => value - h * direction[i]),
        other,
      );
      return (plus - minus) / (2 * h);
    };
    // Errors of h² times third derivatives (some 100 eV/Å³), and of rounding over h.
    const near = (direction: Float64Array) => {
      const expected = direction.reduce((sum, d, i) => sum + d * gradient[i], 0);
      expect(Math.abs(difference(direction) - expected)).toBeLessThan(1e-5);
    };
    for (let i = 0; i < 12; i++) near(new Float64Array(objective.size).fill(1, i, i + 1));
    // Along itself, so that it is a strain that is allowed.
    const along = gradient.map((g, i) => (i < 12 ? 0 : g));
    expect(Math.hypot(...along)).toBeGreaterThan(1e-3);
    near(along.map((g) => g / Math.hypot(...along)));
    if (!isotropic && periodic.every(Boolean))
      for (const [a, b] of [
        [0, 0],
        [0, 1],
        [1, 2],
        [2, 2],
      ]) {
        const direction = new Float64Array(objective.size);
        direction[12 + 3 * a + b] = 1;
        direction[12 + 3 * b + a] = 1;
        near(direction);
      }
  });
});

describe.each(minimisers)("%s of a copper crystal and its cell", (method) => {
  it("gives the lattice constant of an independent scan, without stress", () => {
    const a = scan(3.3, 3.9, energyAt);
    const atoms = distorted(3.5, 0.04);
    const result = relax(copper.calculator(atoms), atoms, { ...settings, method });
    expect(result.ended).toBe("forces");
    // Curvature of E(a) is some 50 eV/Å², so a residual of 1e-7 eV/Å is 1e-8 Å; the scan ends at 1e-8 by rounding.
    expect(Math.abs(Math.cbrt(Math.abs(det3(atoms.cell))) - a)).toBeLessThan(1e-6);
    expect(result.energy).toBeCloseTo(energyAt(a), 9);
    for (const component of stressOf(atoms)) expect(Math.abs(component)).toBeLessThan(1e-6);
  });
});

describe("cells under pressure", () => {
  it.each([5, -2])("have the volume where -dE/dV is the pressure: %d GPa", (gigapascals) => {
    const pressure = gigapascals * GPA_EV_PER_A3;
    for (const cell of ["isotropic", "full"] as const) {
      const atoms = conventionalFcc(3.62);
      const result = relax(copper.calculator(atoms), atoms, { ...settings, cell, pressure });
      expect(result.ended).toBe("forces");
      const a = atoms.cell[0];
      const h = 1e-4;
      const slope = (energyAt(a + h) - energyAt(a - h)) / ((a + h) ** 3 - (a - h) ** 3);
      // Central differences: h² E''' / 6 over dV/da, below 1e-7 eV/Å³.
      expect(Math.abs(-slope - pressure)).toBeLessThan(1e-6);
      // The energy itself, not the enthalpy.
      expect(Math.abs(result.energy - energyAt(a))).toBeLessThan(1e-9);
      const stress = stressOf(atoms);
      for (let k = 0; k < 9; k++)
        expect(Math.abs(stress[k] + (k % 4 === 0 ? pressure : 0))).toBeLessThan(1e-6);
    }
  });

  it("are refused where there is no volume", () => {
    const atoms = conventionalFcc(3.6, [true, true, false]);
    const error = failureOf(() => relax(copper.calculator(atoms), atoms, { ...settings, pressure: 0.1 }));
    expect(error.code).toBe("study");
    expect(error.message).toContain("three directions");
  });
});

describe("directions and shapes that are not relaxed", () => {
  it("keep the angles and ratios of the cell with isotropic strain", () => {
    const atoms = distorted(3.5, 0.04);
    const before = atoms.cell.slice();
    const result = relax(copper.calculator(atoms), atoms, { ...settings, cell: "isotropic" });
    expect(result.ended).toBe("forces");
    const factor = atoms.cell[0] / before[0];
    expect(Math.abs(factor - 1)).toBeGreaterThan(1e-3);
    for (let k = 0; k < 9; k++) expect(Math.abs(atoms.cell[k] - factor * before[k])).toBeLessThan(1e-12);
    const stress = stressOf(atoms);
    expect(Math.abs(stress[0] + stress[4] + stress[8])).toBeLessThan(1e-6);
  });

  it("keep the direction that is not periodic, and the stress vanishes within the others", () => {
    const atoms = conventionalFcc(3.7, [true, true, false]);
    atoms.cell[8] = 20;
    const result = relax(copper.calculator(atoms), atoms, settings);
    expect(result.ended).toBe("forces");
    expect([...atoms.cell.subarray(6)]).toEqual([0, 0, 20]);
    expect(atoms.cell[0]).toBeLessThan(3.6);
    expect(atoms.cell[2]).toBe(0);
    const stress = stressOf(atoms);
    for (const k of [0, 1, 3, 4]) expect(Math.abs(stress[k])).toBeLessThan(1e-6);
  });

  it("carry fixed atoms along at their place in the cell", () => {
    const atoms = { ...conventionalFcc(3.5), fixed: Uint8Array.of(1, 1, 1, 1) };
    relax(copper.calculator(atoms), atoms, settings);
    const a = atoms.cell[0];
    expect(a).toBeGreaterThan(3.55);
    expect(atoms.positions[4] / a).toBeCloseTo(0.5, 12);
  });
});
