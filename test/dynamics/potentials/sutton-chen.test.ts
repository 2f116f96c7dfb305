import { describe, expect, it } from "vitest";
import { suttonChenSet } from "../../../src/dynamics/potentials/parameter-sets.ts";
import {
  type SuttonChenSpec,
  suttonChenFunctions,
  suttonChenPotential,
} from "../../../src/dynamics/potentials/sutton-chen.ts";
import { disorderedFcc, energyOf, expectKernelToEqualFormulas, expectSlope, fccEnergy } from "./metals.ts";

const METALS = ["Ni", "Cu", "Rh", "Pd", "Ag", "Ir", "Pt", "Au", "Pb", "Al"];

/** Σ (a/r)^n over an fcc lattice: shells within 12 a one by one, the rest, 4 atoms in a³, as an integral. */
function latticeSum(n: number): number {
  const reach = 12;
  let sum = 0;
  for (let x = -2 * reach; x <= 2 * reach; x++)
    for (let y = -2 * reach; y <= 2 * reach; y++)
      for (let z = -2 * reach; z <= 2 * reach; z++) {
        const r2 = (x * x + y * y + z * z) / 4;
        if ((x + y + z) % 2 === 0 && r2 > 0 && r2 < reach * reach) sum += r2 ** (-n / 2);
      }
  return sum + (16 * Math.PI * reach ** (3 - n)) / (n - 3);
}

describe("Sutton-Chen potential", () => {
  it("has parameters that follow from the lattice: no pressure at a, and the cohesive energies", () => {
    // dE/da = 0 at a gives c = n S_n / (m √S_m); then E = -ε S_n (2n - m) / 2m. Cohesive energies as fitted, eV.
    const cohesion: Record<string, number> = {
      Ni: 4.44,
      Cu: 3.5,
      Rh: 5.75,
      Pd: 3.94,
      Ag: 2.96,
      Ir: 6.93,
      Pt: 5.86,
      Au: 3.78,
      Pb: 2.04,
      Al: 3.34,
    };
    const sums = new Map([6, 7, 8, 9, 10, 12, 14].map((n) => [n, latticeSum(n)]));
    for (const { species, n, m, epsilon_eV, c } of suttonChenSet("sutton-chen-1990", METALS, "none")
      .elements) {
      const [sn, sm] = [sums.get(n)!, sums.get(m)!];
      // Five digits are published.
      expect(Math.abs(c / ((n * sn) / (m * Math.sqrt(sm))) - 1)).toBeLessThan(5e-5);
      expect(epsilon_eV * (sn / 2 - c * Math.sqrt(sm))).toBeCloseTo(-cohesion[species], 2);
    }
  });

  it("keeps most of the cohesion within two lattice constants", () => {
    const spec = suttonChenSet("sutton-chen-1990", ["Cu"], "two-lattice-constants");
    const energy = fccEnergy(suttonChenPotential(spec), "Cu", 3.61);
    expect(energy).toBeGreaterThan(-3.5);
    expect(energy).toBeLessThan(-3.5 * 0.98);
  });

  it("mixes species as published: pairs of unlike atoms by hand", () => {
    const spec = suttonChenSet("sutton-chen-1990", ["Pd", "Cu"], "none");
    const potential = suttonChenPotential(spec);
    const [pd, cu] = ["Pd", "Cu"].map((name) => spec.elements.find((one) => one.species === name)!);
    for (const r of [2.1, 2.7, 5]) {
      const a = Math.sqrt(3.89 * 3.61);
      const root = (a / r) ** ((7 + 6) / 4);
      const expected =
        Math.sqrt(pd.epsilon_eV * cu.epsilon_eV) * (a / r) ** ((12 + 9) / 2) -
        (pd.epsilon_eV * pd.c + cu.epsilon_eV * cu.c) * root;
      const atoms = {
        species: ["Cu", "Pd"],
        positions: Float64Array.from([0, 0, 0, 0, -r, 0]),
        cell: new Float64Array(9),
      };
      expect(energyOf(potential, atoms)).toBeCloseTo(expected, 12);
    }
  });

  it("has functions whose slopes are their slopes", () => {
    const functions = suttonChenFunctions(
      suttonChenSet("sutton-chen-1990", ["Pd", "Cu"], "two-lattice-constants"),
    );
    for (const r of [2, 2.5, 4, 6.9, 7.1, 7.4, 7.7, 7.9])
      for (const [a, b] of [
        [0, 0],
        [0, 1],
        [1, 1],
      ]) {
        // Steep powers: third derivatives of n³ / r³ times the value.
        expectSlope((x) => functions.pair(a, b, x), r, 100 * Math.max(1, functions.pair(a, b, r)[0]));
        expectSlope((x) => functions.density(a, b, x), r, 100 * Math.max(1, functions.density(a, b, r)[0]));
      }
    expectSlope((x) => functions.embedding(1, x), 60, 1);
  });

  it("is computed by the kernel as by the formulas", () => {
    for (const [species, a] of [
      [["Cu", "Pd", "Pb"], 4.1],
      [["Cu", "Ni"], 3.6],
      [["Ir"], 3.84],
    ] as const) {
      const spec = suttonChenSet("sutton-chen-1990", species, "two-lattice-constants");
      expectKernelToEqualFormulas(
        suttonChenPotential(spec),
        suttonChenFunctions(spec),
        disorderedFcc(a, species, 4),
      );
    }
    const free = suttonChenSet("sutton-chen-1990", ["Au", "Pt", "Pd"], "none");
    expectKernelToEqualFormulas(
      suttonChenPotential(free),
      suttonChenFunctions(free),
      disorderedFcc(4, ["Au", "Pt", "Pd"], 5),
      [[false, false, false]],
    );
  });

  it("refuses parameters that make no sense", () => {
    const good = suttonChenSet("sutton-chen-1990", ["Cu"], "none");
    const changed = (part: Partial<SuttonChenSpec["elements"][number]>) => () =>
      suttonChenPotential({ ...good, elements: [{ ...good.elements[0], ...part }] });
    expect(changed({ n: 9.5 })).toThrow(/whole numbers/);
    expect(changed({ m: 3 })).toThrow(/infinite/);
    expect(changed({ m: 9 })).toThrow(/n > m/);
    expect(changed({ c: 0 })).toThrow(/c is 0/);
    expect(() => suttonChenPotential({ ...good, elements: [] })).toThrow(/no species/);
    expect(() => suttonChenPotential({ ...good, elements: [good.elements[0], good.elements[0]] })).toThrow(
      /given twice/,
    );
    expect(() => suttonChenSet("sutton-chen-1990", ["W"], "none")).toThrow(/W not in it/);
  });
});
