import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dependenceOf, type ElementFunctions } from "../../../src/nn/symmetry-functions/dependence.ts";
import { describeFunction } from "../../../src/nn/symmetry-functions/describe-function.ts";
import { describeStructure } from "../../../src/nn/symmetry-functions/reference.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";
import { rotationOf } from "../../rotations.ts";
import { type Atoms, allFunctions, fewFunctions, randomAtoms } from "./examples.ts";
import { fullGradient, shifted, strained } from "./full-gradient.ts";
import { places, publishedCases } from "./published-values.ts";

const free = (species: readonly string[], ...positions: number[]): Atoms => ({
  species,
  positions: Float64Array.from(positions),
  cell: new Float64Array(9),
  periodic: [false, false, false],
});

const H = 1e-6;

/**
 * Central differences against slopes. Third derivatives of the steepest functions here (the flank of exp, ζ = 16, atomic
 * numbers of 29²) are some 1e4, times H²/6; rounding is 1e-16 / H of their values.
 */
function expectSlopes(
  slopes: ArrayLike<number>,
  above: Float64Array,
  below: Float64Array,
  size: Float64Array,
): void {
  for (let n = 0; n < slopes.length; n++) {
    const difference = (above[n] - below[n]) / (2 * H);
    expect(Math.abs(slopes[n] - difference), `function ${n}`).toBeLessThan(1e-8 * (1 + size[n]));
  }
}

describe("plain symmetry functions", () => {
  it.each(publishedCases)("have n2p2's values: atoms $species", ({ elements, species, values }) => {
    const functions = values.map(([one]) => one);
    const found = describeStructure(
      elements.map((element, k) => ({ element, functions: k === 0 ? functions : [] })),
      free(species, ...places.subarray(0, 3 * species.length)),
    );
    values.forEach(([one, value], g) => {
      // n2p2 holds them to 2.2e-13; weights make some large.
      expect(Math.abs(found.values[g] - value), describeFunction(one, elements[0])).toBeLessThan(
        2.3e-13 * Math.max(1, value),
      );
    });
  });

  it("of a dimer and a trimer are what the formulas say by hand", () => {
    const cutoff = { form: "cos", alpha: 0 } as const;
    const g2: SymmetryFunction = { type: 2, neighbour: "H", eta: 0.5, shift: 1, radius: 4, cutoff };
    const dimer = describeStructure([{ element: "H", functions: [g2] }], free(["H", "H"], 0, 0, 0, 0, 0, 2));
    const expected = Math.exp(-0.5) * 0.5;
    expect(dimer.values[0]).toBeCloseTo(expected, 15);
    expect(dimer.values[1]).toBeCloseTo(expected, 15);
    // d/dr [e^(−(r−1)²/2) (cos(πr/4) + 1)/2] at 2 = e^(−1/2) (−1/2 − π/8), along −z at the atom at 0.
    const slope = Math.exp(-0.5) * (-0.5 - Math.PI / 8);
    expect(Array.from(dimer.partners)).toEqual([0, 1, 1, 0]);
    Array.from(dimer.gradients).forEach((found, n) => {
      expect(found).toBeCloseTo([0, 0, -slope, 0, 0, slope, 0, 0, slope, 0, 0, -slope][n], 15);
    });

    // A right angle at the first atom with sides of 1 and 2, so that r_jk = √5; hard cut-offs leave the Gaussians.
    const hard = { form: "hard", alpha: 0 } as const;
    const angles = ([3, 9] as const).map(
      (type): SymmetryFunction => ({
        type,
        neighbours: ["H", "H"],
        eta: 0.1,
        shift: 0,
        lambda: 1,
        zeta: 3,
        radius: 5,
        cutoff: hard,
      }),
    );
    const trimer = describeStructure(
      [{ element: "H", functions: angles }],
      free(["H", "H", "H"], 0, 0, 0, 1, 0, 0, 0, 2, 0),
    );
    expect(trimer.values[0]).toBeCloseTo(0.25 * Math.exp(-0.1 * (1 + 4 + 5)), 15);
    expect(trimer.values[1]).toBeCloseTo(0.25 * Math.exp(-0.1 * (1 + 4)), 15);
    // At the second atom: cos θ = 1/√5 between sides of 1 and √5.
    expect(trimer.values[3]).toBeCloseTo(0.25 * (1 + 1 / Math.sqrt(5)) ** 3 * Math.exp(-0.1 * (1 + 5)), 15);
  });

  it("count all images: one atom in a small cell has the shells of its crystal", () => {
    const cutoff = { form: "hard", alpha: 0 } as const;
    const functions: SymmetryFunction[] = [
      { type: 2, neighbour: "Cu", eta: 0, shift: 0, radius: 5, cutoff },
      { type: 9, neighbours: ["Cu", "Cu"], eta: 0, shift: 0, lambda: 1, zeta: 1, radius: 2.1, cutoff },
      { type: 3, neighbours: ["Cu", "Cu"], eta: 0, shift: 0, lambda: 1, zeta: 1, radius: 3, cutoff },
    ];
    const found = describeStructure(
      [{ element: "Cu", functions }],
      {
        species: ["Cu"],
        positions: Float64Array.of(0.3, 0.2, 0.1),
        cell: Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2),
        periodic: [true, true, true],
      },
      { strains: true },
    );
    // Sites of a cubic lattice of step 2 within 5: 6 at 2, 12 at √8, 8 at √12, 6 at 4, 24 at √20, 24 at √24.
    expect(found.values[0]).toBe(80);
    // Six neighbours: 12 right angles of 1 and 3 straight ones of 0.
    expect(found.values[1]).toBeCloseTo(12, 13);
    // Within 3, of two atoms 3 or more apart nothing: 12 pairs of first neighbours at right angles; each second neighbour
    // lies at 45° (of cosine √½) to two first ones at 2, and four second ones at 60° at √8: 24 pairs each.
    expect(found.values[2]).toBeCloseTo(12 + 24 * (1 + Math.SQRT1_2) + 24 * 1.5, 12);
    // Its images move with it.
    expect(Array.from(found.partners)).toEqual([0]);
    expect(Array.from(found.gradients).every((x) => Math.abs(x) < 1e-12)).toBe(true);
  });

  it.each([
    ["in space", randomAtoms(5, 4, false, 1)],
    ["in a cell smaller than the radii", randomAtoms(3, 3.05, true, 2)],
  ])("have derivatives of every type and form equal to central differences, %s", (_, atoms) => {
    const elements = allFunctions();
    const found = describeStructure(elements, atoms, { strains: true });
    const rows = fullGradient(dependenceOf(elements), found);
    const size = found.values.map(Math.abs);
    // A function that no atom here has would test nothing.
    const never = elements[0].functions.filter((_one, g) =>
      Array.from(found.kinds).every((kind, i) => kind !== 0 || found.values[found.valueOffsets[i] + g] === 0),
    );
    expect(never.map((one) => describeFunction(one, "O"))).toEqual([]);
    const values = (moved: Atoms) => describeStructure(elements, moved).values;
    for (let at = 0; at < atoms.positions.length; at++)
      expectSlopes(
        rows.map((row) => row[at]),
        values(shifted(atoms, at, H)),
        values(shifted(atoms, at, -H)),
        size,
      );
    for (let v = 0; v < 6; v++)
      expectSlopes(
        rows.map((_row, n) => found.strains[6 * n + v]),
        values(strained(atoms, v, H)),
        values(strained(atoms, v, -H)),
        size,
      );
  });

  it("go on smoothly through atoms in line, where functions of angles about 180° are largest", () => {
    const common = { form: "p2", left: -6, radius: 6, angleLeft: 120, angleRight: 240 } as const;
    const elements: ElementFunctions[] = [
      { element: "Cu", functions: [{ type: 22, neighbours: ["Cu", "Cu"], ...common }] },
    ];
    const bent = (by: number) =>
      describeStructure(elements, free(["Cu", "Cu", "Cu"], 0, by, 0, 2, 0, 0, -2, 0, 0));
    // D(1/3)² of poly2 at 2 of 6 Å, and D(0) of the angle: (2/3)³ (1 + 1 + 2/3) = 64/81.
    expect(bent(0).values[0]).toBeCloseTo((64 / 81) ** 2, 14);
    expect(Array.from(bent(0).gradients).every(Number.isFinite)).toBe(true);
    // By symmetry nothing pulls the middle atom away.
    expect(Math.hypot(...bent(0).gradients.subarray(0, 3))).toBeLessThan(1e-15);
    // The bend costs the cube of the angle 2 by/2 in units of 60° (poly2 begins 1 − 10x³), the distances by².
    expect(Math.abs(bent(1e-4).values[0] - bent(0).values[0])).toBeLessThan(1e-8);
  });

  it("do not change under rotations and shifts, and go with the atoms when these are numbered anew", () => {
    const elements = fewFunctions();
    const part = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.boolean(),
        fc.tuple(part, part, part, fc.double({ min: 0.1, max: 1, noNaN: true })),
        fc.tuple(part, part, part),
        (seed, periodic, quaternion, shift) => {
          const atoms = randomAtoms(4, 3.4, periodic, seed);
          const rotation = rotationOf(quaternion);
          const turn = (vectors: Float64Array, by: readonly number[]) =>
            vectors.map((_x, n) => {
              const c = n % 3;
              const from = n - c;
              return (
                rotation[3 * c] * vectors[from] +
                rotation[3 * c + 1] * vectors[from + 1] +
                rotation[3 * c + 2] * vectors[from + 2] +
                by[c]
              );
            });
          const order = [2, 0, 3, 1];
          const moved: Atoms = {
            species: order.map((i) => atoms.species[i]),
            positions: turn(
              Float64Array.from(order.flatMap((i) => Array.from(atoms.positions.subarray(3 * i, 3 * i + 3)))),
              shift.map((x) => 20 * x),
            ),
            cell: turn(atoms.cell, [0, 0, 0]),
            periodic: atoms.periodic,
          };
          const one = describeStructure(elements, atoms);
          const other = describeStructure(elements, moved);
          order.forEach((i, k) => {
            for (let g = 0; g < elements[0].functions.length; g++) {
              const expected = one.values[one.valueOffsets[i] + g];
              // Functions that rise from 0 with rounding in their argument.
              expect(Math.abs(other.values[other.valueOffsets[k] + g] - expected)).toBeLessThan(
                1e-11 * (1 + Math.abs(expected)),
              );
            }
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it("are the same for a cell written twice, and forces on images add up", () => {
    const elements = fewFunctions();
    const atoms = randomAtoms(4, 3.2, true, 5);
    const twice: Atoms = {
      species: [...atoms.species, ...atoms.species],
      positions: Float64Array.from([
        ...atoms.positions,
        ...atoms.positions.map((x, n) => x + atoms.cell[3 + (n % 3)]),
      ]),
      cell: atoms.cell.map((x, n) => (n >= 3 && n < 6 ? 2 * x : x)),
      periodic: atoms.periodic,
    };
    const one = describeStructure(elements, atoms, { strains: true });
    const two = describeStructure(elements, twice, { strains: true });
    const [rows, doubled] = [
      fullGradient(dependenceOf(elements), one),
      fullGradient(dependenceOf(elements), two),
    ];
    two.values.forEach((value, n) => {
      const m = n % one.values.length;
      expect(Math.abs(value - one.values[m])).toBeLessThan(1e-12 * (1 + Math.abs(value)));
      for (let v = 0; v < 6; v++)
        expect(Math.abs(two.strains[6 * n + v] - one.strains[6 * m + v])).toBeLessThan(
          1e-11 * (1 + Math.abs(value)),
        );
      for (let at = 0; at < 12; at++)
        expect(Math.abs(doubled[n][at] + doubled[n][12 + at] - rows[m][at])).toBeLessThan(
          1e-11 * (1 + Math.abs(value)),
        );
    });
  });

  it("list as partners those within the radii whose element enters, each once", () => {
    const cutoff = { form: "cos", alpha: 0 } as const;
    const elements: ElementFunctions[] = [
      { element: "O", functions: [{ type: 2, neighbour: "Cu", eta: 0, shift: 0, radius: 3, cutoff }] },
      { element: "Cu", functions: [{ type: 12, eta: 0, shift: 0, radius: 2, cutoff }] },
    ];
    expect(dependenceOf(elements).map((row) => row.map((one) => Array.from(one)))).toEqual([
      [[], [0]],
      [[0], [0]],
    ]);
    const found = describeStructure(
      elements,
      free(["O", "Cu", "O", "Cu"], 0, 0, 0, 2.5, 0, 0, 1, 0, 0, 0, 0, -1.5),
    );
    expect(Array.from(found.partners)).toEqual([0, 1, 3, 1, 2, 2, 1, 3, 3, 0, 2]);
    expect(Array.from(found.partnerOffsets)).toEqual([0, 3, 5, 8, 11]);
    expect(Array.from(found.valueOffsets)).toEqual([0, 1, 2, 3, 4]);
    expect(found.strains.length).toBe(0);
  });

  it("refuse species without functions, atoms in one place, unknown neighbours and elements without a number", () => {
    const elements = fewFunctions();
    expect(() => describeStructure(elements, free(["O", "Cu2+"], 0, 0, 0, 2, 0, 0))).toThrow(
      "atom 2 is Cu2+, but the symmetry functions are of O, Cu",
    );
    expect(() => describeStructure(elements, free(["O", "Cu"], 1, 0, 0, 1, 0, 0))).toThrow(
      "atoms 1 and 2 are at the same place",
    );
    expect(() =>
      describeStructure([{ element: "O", functions: elements[0].functions }], free(["O"], 0, 0, 0)),
    ).toThrow("is of Cu neighbours, but the elements are O");
    const weighted = elements[0].functions.filter(({ type }) => type === 12);
    expect(() => describeStructure([{ element: "X", functions: weighted }], free(["X"], 0, 0, 0))).toThrow(
      '"X" has none',
    );
    const [first] = elements[0].functions;
    expect(() =>
      describeStructure(
        [
          { element: "O", functions: [{ ...first, eta: -1e6 } as SymmetryFunction] },
          { element: "Cu", functions: [] },
        ],
        free(["O", "O"], 0, 0, 0, 3, 0, 0),
      ),
    ).toThrow(/atom 1 \(O\): G2 O-O, η = -1000000\/Å².* is not finite/);
  });
});
