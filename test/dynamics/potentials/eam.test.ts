import { describe, expect, it } from "vitest";
import type { Funcfl } from "../../../src/data/formats/eam-funcfl.ts";
import type { Setfl } from "../../../src/data/formats/eam-setfl.ts";
import { parseSetfl, setflText } from "../../../src/data/formats/eam-setfl.ts";
import {
  eamFunctions,
  eamPotential,
  eamSplines,
  tablesFromFuncfl,
} from "../../../src/dynamics/potentials/eam.ts";
import { splineAt, tableSpline } from "../../../src/dynamics/potentials/table-spline.ts";
import {
  zhouDensity,
  zhouElements,
  zhouPair,
  zhouTables,
} from "../../../src/dynamics/potentials/zhou-eam.ts";
import {
  disorderedFcc,
  energyOf,
  expectKernelToEqualFormulas,
  expectSlope,
  fccEnergy,
  lowest,
} from "./metals.ts";

/** Johnson's form by hand: exponentials that end smoothly at 5 Å, F = -2 √ρ made analytic at 0. */
const pairOf = (height: number, r: number) =>
  r < 5 ? height * Math.exp(-3 * (r - 2.5)) * (1 - r / 5) ** 4 : 0;
const densityOf = (height: number, r: number) =>
  r < 5 ? height * Math.exp(-1.5 * (r - 2.5)) * (1 - r / 5) ** 4 : 0;
const embeddingOf = (depth: number, rho: number) => depth * (0.1 - Math.sqrt(0.01 + rho));

function johnson(nr: number, nrho: number, largest = 8): Setfl {
  const dr = 5 / (nr - 1);
  const drho = largest / (nrho - 1);
  const radial = (f: (r: number) => number) => Array.from({ length: nr }, (_, k) => f(k * dr));
  const element = (name: string, height: number, depth: number) => ({
    name,
    atomicNumber: 1,
    mass: 1,
    latticeConstant: 3.6,
    lattice: "fcc",
    embedding: Array.from({ length: nrho }, (_, k) => embeddingOf(depth, k * drho)),
    density: radial((r) => densityOf(height, r)),
  });
  return {
    comments: ["by hand", "", ""],
    nrho,
    drho,
    nr,
    dr,
    cutoff: 5,
    elements: [element("A", 3, 2), element("B", 5, 1.5)],
    pairs: [6, 7, 9].map((height) => radial((r) => r * pairOf(height, r))),
  };
}

describe("splines of tables", () => {
  it("go through the knots with the slopes of the function, and on as said beyond the ends", () => {
    const step = 0.05;
    const values = Array.from({ length: 41 }, (_, k) => Math.exp(-k * step) * Math.cos(3 * k * step));
    const spline = tableSpline(values, step);
    const f = (x: number) => Math.exp(-x) * Math.cos(3 * x);
    const df = (x: number) => -Math.exp(-x) * (Math.cos(3 * x) + 3 * Math.sin(3 * x));
    for (let k = 0; k <= 40; k++) expect(splineAt(spline, k * step)[0]).toBeCloseTo(values[k], 14);
    // Cubics with slopes of fourth order: h⁴ f''''/384 and less between the knots, with f'''' of 100.
    for (let x = 2 * step; x < 38 * step; x += 0.0037) {
      expect(Math.abs(splineAt(spline, x)[0] - f(x))).toBeLessThan(100 * step ** 4 * 0.04);
      expect(Math.abs(splineAt(spline, x)[1] - df(x))).toBeLessThan(100 * step ** 3 * 0.1);
    }
    // Slopes do not jump where two cubics meet.
    for (let k = 1; k < 40; k++) {
      const [before, after] = [splineAt(spline, k * step - 1e-9), splineAt(spline, k * step + 1e-9)];
      expect(Math.abs(after[1] - before[1])).toBeLessThan(1e-6);
    }
    expect(splineAt(spline, 3)).toEqual(splineAt(spline, 40 * step));
    expectSlope((x) => splineAt(spline, x), -0.02, 10);
  });
});

describe("embedded-atom potential", () => {
  it("gives the energies of the functions that were tabulated", () => {
    const potential = eamPotential({ kind: "eam", title: "by hand", tables: johnson(2001, 2001) });
    // An isosceles triangle A B A with sides 2.4, 2.4, 3 Å.
    const height = Math.sqrt(2.4 ** 2 - 1.5 ** 2);
    const found = energyOf(potential, {
      species: ["A", "B", "A"],
      positions: Float64Array.from([-1.5, 0, 0, 0, height, 0, 1.5, 0, 0]),
      cell: new Float64Array(9),
    });
    const atA = densityOf(5, 2.4) + densityOf(3, 3);
    const atB = 2 * densityOf(3, 2.4);
    const expected = 2 * pairOf(7, 2.4) + pairOf(6, 3) + 2 * embeddingOf(2, atA) + embeddingOf(1.5, atB);
    // h⁴ times fourth derivatives of up to 1e3 and 1e6 (of the root near 0, but not here).
    expect(Math.abs(found - expected)).toBeLessThan(1e-8);
  });

  it("is computed by the kernel as by the formulas, for one and more species", () => {
    const zhou = (species: string[]) => ({
      kind: "eam" as const,
      title: "Zhou",
      tables: zhouTables(species, 1001),
    });
    for (const [species, a] of [
      [["Cu"], 3.6],
      [["Cu", "Ag"], 3.8],
      [["Pd", "Au", "Cu"], 3.9],
    ] as const) {
      const spec = zhou([...species]);
      expectKernelToEqualFormulas(
        eamPotential(spec),
        eamFunctions(eamSplines(spec)),
        disorderedFcc(a, species, 6),
      );
    }
  });

  it("goes on as a straight line beyond the tabulated densities, in the kernel too", () => {
    const spec = { kind: "eam" as const, title: "by hand", tables: johnson(501, 201, 2) };
    const functions = eamFunctions(eamSplines(spec));
    const [energy, slope] = functions.embedding(0, 2);
    const [further, same] = functions.embedding(0, 5);
    expect(same).toBe(slope);
    expect(further).toBeCloseTo(energy + 3 * slope, 13);
    // Twelve neighbours at 3.3 / √2 Å alone make more.
    expect(12 * densityOf(3, 3.3 / Math.SQRT2)).toBeGreaterThan(3);
    expectKernelToEqualFormulas(eamPotential(spec), functions, disorderedFcc(3.3, ["A", "B"], 7));
  });

  it("is the same from a written and read file", () => {
    const tables = zhouTables(["Cu", "Au"], 501);
    const atoms = disorderedFcc(3.8, ["Cu", "Au"], 8);
    const energy = (given: Setfl) =>
      energyOf(eamPotential({ kind: "eam", title: "Zhou", tables: given }), atoms, true);
    expect(energy(parseSetfl(setflText(tables), "x"))).toBe(energy(tables));
  });

  it("refuses tables that do not fit together", () => {
    const good = johnson(21, 21);
    const refused = (tables: Setfl, pattern: RegExp) =>
      expect(() => eamPotential({ kind: "eam", title: "bad", tables })).toThrow(pattern);
    refused({ ...good, pairs: good.pairs.slice(1) }, /2 elements need 3 pair tables, found 2/);
    refused({ ...good, nr: 20 }, /the density of A needs 20 finite numbers, it has 21/);
    refused({ ...good, cutoff: Number.NaN }, /must be positive/);
    refused(
      {
        ...good,
        elements: [good.elements[0], { ...good.elements[1], embedding: Array(21).fill(Number.NaN) }],
      },
      /the embedding energy of B/,
    );
  });
});

describe("tables from funcfl files", () => {
  const file = (scale: number, nr: number, dr: number): Funcfl => ({
    comment: "by hand",
    atomicNumber: 29,
    mass: 63.5,
    latticeConstant: 3.6,
    lattice: "fcc",
    nrho: 101,
    drho: 0.1,
    nr,
    dr,
    cutoff: 4.9,
    embedding: Array.from({ length: 101 }, (_, k) => -Math.sqrt(0.01 + 0.1 * k)),
    charge: Array.from({ length: nr }, (_, k) => scale * Math.max(0, 1 - (k * dr) / 5) ** 3),
    density: Array.from({ length: nr }, (_, k) => Math.exp(-k * dr)),
  });

  it("have Z Z' / r as pair energy, in DYNAMO's Hartree times Bohr", () => {
    const functions = eamFunctions(
      eamSplines({
        kind: "eam",
        title: "x",
        tables: tablesFromFuncfl([
          { name: "A", file: file(10, 501, 0.01) },
          { name: "B", file: file(7, 501, 0.01) },
        ]),
      }),
    );
    for (const r of [2, 2.57, 4])
      for (const [a, b, product] of [
        [0, 0, 100],
        [0, 1, 70],
        [1, 1, 49],
      ]) {
        const expected = (27.2 * 0.529 * product * (1 - r / 5) ** 6) / r;
        // Cubics of smooth functions: h⁴ f'''' / 100.
        expect(Math.abs(functions.pair(a, b, r)[0] - expected)).toBeLessThan(1e-6);
        expect(Math.abs(functions.density(a, b, r)[0] - Math.exp(-r))).toBeLessThan(1e-9);
      }
  });

  it("take the coarser grid of files that differ, with cubics between their knots", () => {
    const tables = tablesFromFuncfl([
      { name: "A", file: file(10, 501, 0.01) },
      { name: "B", file: file(7, 334, 0.015) },
    ]);
    expect(tables.dr).toBe(0.015);
    expect(tables.nr).toBe(333);
    for (const k of [0, 1, 50, 200, 300]) {
      // A cubic of functions of third degree is exact, and of an exponential wrong by h⁴/24.
      expect(tables.pairs[0][k]).toBeCloseTo(27.2 * 0.529 * 100 * (1 - (k * 0.015) / 5) ** 6, 10);
      expect(tables.elements[0].density[k]).toBeCloseTo(Math.exp(-k * 0.015), 8);
    }
  });
});

describe("metals of Zhou, Johnson and Wadley", () => {
  // Published: the lattice is at rest at nearest neighbours re, with the cohesive energy, eV.
  const cohesion: Record<string, number> = {
    Cu: 3.54,
    Ag: 2.85,
    Au: 3.93,
    Pd: 3.91,
    Pt: 5.77,
    Al: 3.58,
    Pb: 2.02,
  };

  it("have their lattice constants and cohesive energies", () => {
    for (const [species, energy] of Object.entries(cohesion)) {
      const potential = eamPotential({ kind: "eam", title: "Zhou", tables: zhouTables([species], 2001) });
      const a = Math.SQRT2 * zhouElements().find((one) => one.species === species)!.re_A;
      const found = lowest((x) => fccEnergy(potential, species, x), 0.97 * a, 1.03 * a);
      // Six digits of parameters, and tails of 1e-4 eV that the smooth end takes away.
      expect(Math.abs(found / a - 1)).toBeLessThan(1e-3);
      expect(fccEnergy(potential, species, found)).toBeCloseTo(-energy, 3);
    }
  });

  it("mix by the ratio of their densities", () => {
    const [cu, au] = ["Cu", "Au"].map((name) => zhouElements().find((one) => one.species === name)!);
    const r = 2.7;
    const ratio = zhouDensity(au, r) / zhouDensity(cu, r);
    const expected = (ratio * zhouPair(cu, cu, r) + zhouPair(au, au, r) / ratio) / 2;
    const functions = eamFunctions(eamSplines({ kind: "eam", title: "z", tables: zhouTables(["Cu", "Au"]) }));
    expect(functions.pair(0, 1, r)[0]).toBeCloseTo(expected, 8);
    expect(functions.density(0, 1, r)[0]).toBeCloseTo(zhouDensity(au, r), 8);
    expect(() => zhouTables(["Cu", "Xx"])).toThrow(/Xx not in it/);
    expect(() => zhouTables(["Cu", "Cu"])).toThrow(/twice/);
  });
});
