/** Atoms and comparisons for the tests of potentials of metals. */
import { expect } from "vitest";
import { evaluationFor, type Potential } from "../../../src/core/calculator.ts";
import { RandomStream } from "../../../src/core/random.ts";
import {
  type EmbeddedAtomFunctions,
  evaluateEmbeddedAtoms,
  type ValueAndSlope,
} from "../../../src/dynamics/potentials/embedded-atoms.ts";

export interface MetalAtoms {
  readonly species: string[];
  readonly positions: Float64Array;
  readonly cell: Float64Array;
}

/** 32 atoms near fcc sites in an oblique cell, species dealt out in turn. */
export function disorderedFcc(a: number, species: readonly string[], seed: number): MetalAtoms {
  const random = new RandomStream(seed, 0);
  const positions: number[] = [];
  for (let n = 0; n < 8; n++)
    for (const [u, v, w] of [
      [0, 0, 0],
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ])
      positions.push(
        ...[(n & 1) + u, ((n >> 1) & 1) + v, (n >> 2) + w].map(
          (x) => a * (x + 0.1 * (random.nextFloat() - 0.5)),
        ),
      );
  return {
    species: Array.from({ length: 32 }, () => species[random.nextIndex(species.length)]),
    positions: Float64Array.from(positions),
    cell: Float64Array.from([2 * a, 0.1, 0, 0.3, 2 * a, 0, -0.2, 0.2, 2 * a]),
  };
}

export const energyOf = (potential: Potential, atoms: MetalAtoms, periodic = false): number => {
  const out = evaluationFor(atoms.species.length);
  potential
    .calculator({ species: atoms.species, periodic: [periodic, periodic, periodic] })
    .evaluate(atoms.positions, atoms.cell, out);
  return out.energy;
};

/** One atom of an fcc crystal, eV, from the four of a cubic cell. */
export function fccEnergy(potential: Potential, species: string, a: number): number {
  const h = a / 2;
  return (
    energyOf(
      potential,
      {
        species: [species, species, species, species],
        positions: Float64Array.from([0, 0, 0, 0, h, h, h, 0, h, h, h, 0]),
        cell: Float64Array.from([a, 0, 0, 0, a, 0, 0, 0, a]),
      },
      true,
    ) / 4
  );
}

/** Where a function of one variable is lowest, by golden sections. */
export function lowest(f: (x: number) => number, from: number, to: number): number {
  const part = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  while (high - low > 1e-7 * high) {
    const [a, b] = [high - part * (high - low), low + part * (high - low)];
    if (f(a) < f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

/** The kernel against the plain formulas, for atoms periodic in three, two and no directions. */
export function expectKernelToEqualFormulas(
  potential: Potential,
  functions: EmbeddedAtomFunctions,
  atoms: MetalAtoms,
  periodicities: readonly (readonly [boolean, boolean, boolean])[] = [
    [true, true, true],
    [true, true, false],
    [false, false, false],
  ],
): void {
  const count = atoms.species.length;
  const kinds = atoms.species.map((name) => functions.species.indexOf(name));
  for (const periodic of periodicities) {
    const fast = evaluationFor(count, { energies: true, virial: true });
    const plain = evaluationFor(count, { energies: true, virial: true });
    potential.calculator({ species: atoms.species, periodic }).evaluate(atoms.positions, atoms.cell, fast);
    evaluateEmbeddedAtoms(functions, kinds, periodic, atoms.positions, atoms.cell, plain);
    // Each atom sums about 100 terms of up to 1 eV, 10 eV/Å, in another order: errors of 1e-14 and 1e-13 at most, 32
    // times that in sums over the atoms.
    expect(Math.abs(fast.energy - plain.energy)).toBeLessThan(3e-13);
    expect(largestDifference(fast.energies!, plain.energies!)).toBeLessThan(2e-14);
    expect(largestDifference(fast.forces, plain.forces)).toBeLessThan(2e-13);
    expect(largestDifference(fast.virial!, plain.virial!)).toBeLessThan(3e-12);
    expect(Math.max(...plain.forces.map(Math.abs))).toBeGreaterThan(0.1);
  }
}

export function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, x, n) => Math.max(largest, Math.abs(x - b[n])), 0);
}

/** A slope against central differences of the value; the error is of second order in a step of 1e-5. */
export function expectSlope(f: (x: number) => ValueAndSlope, x: number, scale: number): void {
  const step = 1e-5;
  const difference = (f(x + step)[0] - f(x - step)[0]) / (2 * step);
  // h² f'''/6 with f''' up to 1e3 scale / Å³, and rounding of 1e-16 scale / h.
  expect(Math.abs(difference - f(x)[1])).toBeLessThan(5e-8 * scale);
}
