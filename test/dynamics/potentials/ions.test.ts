import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EcitonError } from "../../../src/core/errors.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { COULOMB_EV_A } from "../../../src/core/units.ts";
import {
  type BuckinghamSpec,
  buckinghamModel,
  buckinghamPotential,
} from "../../../src/dynamics/potentials/buckingham.ts";
import type { CoulombSpec } from "../../../src/dynamics/potentials/coulomb.ts";
import { screenedCoulomb, screeningOf } from "../../../src/dynamics/potentials/coulomb.ts";
import { IonCalculator } from "../../../src/dynamics/potentials/ion-calculator.ts";
import { ionsOf } from "../../../src/dynamics/potentials/ion-model.ts";
import { barrierOf, shortRange } from "../../../src/dynamics/potentials/ion-pairs.ts";
import { ionSet } from "../../../src/dynamics/potentials/ion-sets.ts";
import { evaluateIons } from "../../../src/dynamics/potentials/ions-reference.ts";
import { waveRows } from "../../../src/dynamics/potentials/wave-vectors.ts";
import { kindsOf } from "../../../src/kernels/kernel-calculator.ts";
import { type Atoms, rattled, transformed, withPeriodic } from "../../contracts/atoms.ts";
import { evaluated, everything } from "../../contracts/calculator.ts";
import { fluorite, pointCharges } from "./ion-crystals.ts";

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let n = 0; n < a.length; n++) largest = Math.max(largest, Math.abs(a[n] - b[n]));
  return largest;
}

const sums: readonly CoulombSpec[] = [
  { method: "ewald" },
  { method: "ewald", accuracy: 1e-12 },
  { method: "wolf", damping_per_A: 0.25 },
];

describe("kernels of ions", () => {
  const ceria = rattled(
    transformed(fluorite(5.41, "Ce4+", "O2-"), [1, 0.1, 0, 0, 1, -0.05, 0.02, 0, 1]),
    0.15,
    new RandomStream(3, 0),
  );

  it("give what the plain formulas give", () => {
    for (const set of ["grimes", "balducci", "ip10b"])
      for (const coulomb of sums)
        for (const periodic of [
          [true, true, true],
          [true, false, true],
          [false, false, false],
        ] as const) {
          const spec: BuckinghamSpec = { ...ionSet(set, coulomb), cutoff: { from_A: 7, to_A: 8 } };
          const atoms = withPeriodic(ceria, periodic);
          const model = buckinghamModel(spec);
          const ions = ionsOf(model, kindsOf("ions", model.species, atoms), periodic);
          const expected = everything(atoms.species.length);
          evaluateIons(model, ions, atoms.positions, atoms.cell, expected);
          const calculator = buckinghamPotential(spec).calculator(atoms);
          expect(calculator).toBeInstanceOf(IonCalculator);
          const found = everything(atoms.species.length);
          calculator.evaluate(atoms.positions, atoms.cell, found);
          // The kernel built a list and went over it.
          expect((calculator as IonCalculator).builds).toBe(1);
          // Tables hold energies to 1e-13 and slopes to 1e-12 of terms of some hundred eV; sums of thousands of them.
          expect(Math.abs(found.energy - expected.energy)).toBeLessThan(1e-10);
          expect(farthest(found.energies, expected.energies)).toBeLessThan(1e-11);
          expect(farthest(found.forces, expected.forces)).toBeLessThan(2e-10);
          expect(farthest(found.virial, expected.virial)).toBeLessThan(3e-9);
        }
  });

  it("keep the waves from one list to the next, so that the energy has no steps as the cell changes", () => {
    const potential = buckinghamPotential({
      ...pointCharges(6, { method: "ewald", accuracy: 1e-4 }),
      charges_e: { "Ce4+": 4, "O2-": -2 },
    });
    const calculator = potential.calculator(ceria) as IonCalculator;
    const out = everything(ceria.species.length);
    const energies = Array.from({ length: 41 }, (_, n) => {
      const strain = 1 + 1e-4 * n;
      const stretched = transformed(ceria, [strain, 0, 0, 0, strain, 0, 0, 0, strain]);
      calculator.evaluate(stretched.positions, stretched.cell, out);
      return out.energy;
    });
    expect(calculator.builds).toBe(1);
    // Third differences of a smooth curve are (1e-4)³ of its third derivative, some ten times the energy of 1e3 eV; a wave
    // that came or went would make a step of 1e-4 of an energy of this size.
    for (let n = 3; n < energies.length; n++) {
      const third = energies[n] - 3 * energies[n - 1] + 3 * energies[n - 2] - energies[n - 3];
      expect(Math.abs(third)).toBeLessThan(1e-7);
    }
  });

  it("sum over every wave vector once", () => {
    const vector = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(vector, { minLength: 9, maxLength: 9 }), (shear) => {
        const cell = shear.map((x, n) => x + (n % 4 === 0 ? 9 : 0));
        const longest = 2;
        const inside = new Set<string>();
        for (const { h, k, from, count } of waveRows(cell, longest))
          for (let l = from; l < from + count; l++) {
            expect(inside.has([h, k, l].join())).toBe(false);
            inside.add([h, k, l].join());
          }
        // All whole numbers in a box that holds the sphere, by solving k·a_i = 2π m_i.
        let wanted = 0;
        const length = (row: number) => Math.hypot(...cell.slice(3 * row, 3 * row + 3));
        const [m0, m1, m2] = [0, 1, 2].map((row) => Math.ceil((longest * length(row)) / (2 * Math.PI)));
        const b = reciprocalOf(cell);
        for (let h = -m0; h <= m0; h++)
          for (let k = -m1; k <= m1; k++)
            for (let l = -m2; l <= m2; l++) {
              const square = [0, 1, 2].reduce(
                (sum, d) => sum + (h * b[d] + k * b[3 + d] + l * b[6 + d]) ** 2,
                0,
              );
              if (square > longest ** 2 || (h === 0 && k === 0 && l === 0)) continue;
              wanted++;
              const there = Number(inside.has([h, k, l].join())) + Number(inside.has([-h, -k, -l].join()));
              expect(there).toBe(1);
            }
        expect(2 * inside.size).toBe(wanted);
      }),
      { numRuns: 30 },
    );
  });
});

/** 2π times the transposed inverse, by cofactors. */
function reciprocalOf(cell: readonly number[]): number[] {
  const row = (n: number) => cell.slice(3 * (n % 3), 3 * (n % 3) + 3);
  const cross = (a: number[], b: number[]) => [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ];
  const volume = cross(row(0), row(1)).reduce((sum, x, d) => sum + x * row(2)[d], 0);
  return [0, 1, 2].flatMap((n) => cross(row(n + 1), row(n + 2)).map((x) => (2 * Math.PI * x) / volume));
}

describe("interactions of two ions", () => {
  it("have the derivatives that they give", () => {
    const pairs = ionSet("ip10b", { method: "ewald" }).pairs;
    const screening = screeningOf(0.3, 9);
    const functions = [
      ...pairs.map((pair) => (r: number) => shortRange(pair, r)),
      (r: number) => screenedCoulomb(screening, r),
    ];
    for (const jet of functions)
      for (let r = 1.5; r < 9; r += 0.37) {
        const h = 1e-3;
        const scale = Math.max(1, Math.abs(jet(r)[0]), Math.abs(jet(r)[2]));
        for (const order of [0, 1]) {
          const slope =
            (8 * (jet(r + h)[order] - jet(r - h)[order]) - (jet(r + 2 * h)[order] - jet(r - 2 * h)[order])) /
            (12 * h);
          // h⁴/30 times derivatives of up to (1/0.149 Å)^5 times the value, and rounding over h.
          expect(Math.abs(slope - jet(r)[order + 1])).toBeLessThan(1e-8 * scale);
        }
      }
  });

  it("of screened charges end with value and slope 0", () => {
    const [value, slope] = screenedCoulomb(screeningOf(0.25, 10), 10);
    expect(Math.abs(value)).toBeLessThan(1e-15);
    expect(Math.abs(slope)).toBeLessThan(1e-15);
  });

  it("have a barrier inside which ions fall together, and are stopped there", () => {
    const spec = ionSet("grimes", { method: "ewald" });
    const model = buckinghamModel(spec);
    const count = model.species.length;
    let barriers = 0;
    for (const pair of spec.pairs) {
      const [a, b] = pair.species.map((name) => model.species.indexOf(name));
      const strength = COULOMB_EV_A * model.charges[a] * model.charges[b];
      const barrier = model.barriers[a * count + b];
      const energy = (r: number) => shortRange(pair, r)[0] + strength / r;
      // A maximum: lower on both sides.
      expect(barrier).toBeGreaterThan(0.5);
      expect(energy(barrier)).toBeGreaterThan(energy(barrier - 0.01));
      expect(energy(barrier)).toBeGreaterThan(energy(barrier + 0.01));
      const atoms = (distance: number): Atoms => ({
        species: [pair.species[0], pair.species[1]],
        periodic: [false, false, false],
        cell: new Float64Array(9),
        positions: Float64Array.from([1, 2, 3, 1, 2, 3 + distance]),
      });
      const potential = buckinghamPotential(spec);
      expect(Number.isFinite(evaluated(potential, atoms(barrier * 1.001)).energy)).toBe(true);
      let caught: EcitonError | null = null;
      try {
        evaluated(potential, atoms(barrier * 0.999));
      } catch (error) {
        caught = error as EcitonError;
      }
      expect(caught?.code).toBe("data");
      expect(caught?.details.atoms).toEqual([0, 1]);
      expect(caught?.details.distance_A as number).toBeCloseTo(barrier * 0.999, 10);
      expect(caught?.message).toContain(`${pair.species[0]} (atom 1)`);
      expect(caught?.message).toContain("inside the barrier");
      barriers++;
    }
    expect(barriers).toBe(3);
    // Equal charges without short-range terms repel each other all the way.
    expect(barrierOf(null, COULOMB_EV_A)).toBe(0);
  });
});

describe("parameters of ions", () => {
  const good = pointCharges(8, { method: "ewald" });
  const pair = { species: ["P", "N"] as const, A_eV: 1000, rho_A: 0.3, C_eV_A6: 0 };

  it("that make no sense are refused, named", () => {
    const refused: [Partial<BuckinghamSpec>, RegExp][] = [
      [{ pairs: [{ ...pair, rho_A: 0 }] }, /P and N: rho_A is 0/],
      [{ pairs: [{ ...pair, A_eV: Number.NaN }] }, /A_eV is NaN/],
      [{ pairs: [pair, { ...pair, species: ["N", "P"] }] }, /N and P is given twice/],
      [{ pairs: [{ ...pair, species: ["P", "X"] }] }, /P and X has a species without a charge/],
      [{ charges_e: { P: Number.NaN } }, /charge of P is NaN/],
      [{ cutoff: { from_A: 8, to_A: 7 } }, /cut-off/],
      [{ cutoff: null }, /without a cut-off/],
      [{ coulomb: { method: "ewald", accuracy: 0 } }, /accuracy from 1e-15 to 0.01, found 0/],
      [{ coulomb: { method: "ewald", slab: true, background: true } }, /slab or background/],
      [{ coulomb: { method: "wolf", damping_per_A: -1 } }, /damping between 0 and 10/],
    ];
    for (const [change, message] of refused)
      expect(() => buckinghamPotential({ ...good, ...change }), message.source).toThrow(message);
    expect(() => ionSet("grimes", good.coulomb, ["Ce3+"])).toThrow(/Ce3\+ not in it.*Ce4\+, Gd3\+, O2-/);
    expect(() => ionSet("nobody", good.coulomb)).toThrow(/there are grimes, balducci, ip10b/);
  });
});
