/** What a contract of calculators is run on, and what its parts share. */
import { expect } from "vitest";
import { type Evaluation, evaluationFor, type Potential } from "../../src/core/calculator.ts";
import { EcitonError } from "../../src/core/errors.ts";
import { faceSpacings } from "../../src/core/linalg.ts";
import { type Atoms, nearestDistance, type Periodicity, rattledClear, withPeriodic } from "./atoms.ts";

export interface CalculatorCase {
  readonly name: string;
  readonly potential: Potential;
  /** A few atoms near equilibrium in a small cell, best an oblique one; the contract rattles them. */
  readonly crystal: Atoms;
  /** Which subsets of directions the potential can have periodic. */
  readonly periodicities: readonly Periodicity[];
  /** Sum of the magnitudes of all terms that one atom takes part in, eV: the scale of errors. */
  readonly scale: number;
  /** Distances at which an interaction ends or a derivative of it has a step, Å; the potential's cut-off if absent. */
  readonly ends?: readonly number[];
  /** Whether energy and forces are continuous where interactions end. */
  readonly smooth: boolean;
  /** What a sum that is cut off by accuracy (Ewald) may be wrong by, eV an atom; 0 if absent. */
  readonly accuracy?: number;
  /** Whether atoms beyond the cut-off feel nothing, so that a slab equals a slab in a large cell; true if absent. */
  readonly finiteRange?: boolean;
}

export const everyPeriodicity: readonly Periodicity[] = [
  [true, true, true],
  [true, true, false],
  [false, true, true],
  [true, false, false],
  [false, false, true],
  [false, false, false],
];
export const threeDimensional: readonly Periodicity[] = [[true, true, true]];

export interface Full extends Evaluation {
  readonly energies: Float64Array;
  readonly virial: Float64Array;
}

export function everything(numAtoms: number): Full {
  return evaluationFor(numAtoms, { energies: true, virial: true }) as Full;
}

export function evaluated(potential: Potential, atoms: Atoms): Full {
  const out = everything(atoms.species.length);
  potential.calculator(atoms).evaluate(atoms.positions, atoms.cell, out);
  return out;
}

export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let n = 0; n < a.length; n++) largest = Math.max(largest, Math.abs(a[n] - b[n]));
  return largest;
}

/** What the call throws, which has to be an error of the project. */
export function errorOf(call: () => unknown): EcitonError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(EcitonError);
    return error as EcitonError;
  }
  throw new Error("nothing was thrown");
}

/** A case with the sizes that tolerances are made of. */
export interface Contract extends CalculatorCase {
  readonly accuracy: number;
  readonly ends: readonly number[];
  readonly finiteRange: boolean;
  readonly count: number;
  /** The farthest that an atom is carried by a strain of one, Å. */
  readonly lever: number;
  /** Distance of nearest neighbours, Å. */
  readonly bond: number;
  /** Of differences, Å. */
  readonly step: number;
  /** What slopes by differences are wrong by, times the bond, eV. */
  readonly differences: number;
  /** Of energies, eV, and of forces, eV/Å. */
  readonly rounding: number;
  readonly forceRounding: number;
  /** The rattled crystal, periodic in these directions. */
  atomsOf(periodic: Periodicity): Atoms;
}

export function contractOf(subject: CalculatorCase): Contract {
  const { potential, scale, accuracy = 0, ends = [potential.cutoff], finiteRange = true } = subject;
  const count = subject.crystal.species.length;
  const cellLength = Math.max(...faceSpacings(subject.crystal.cell));
  const bond = nearestDistance(subject.crystal, 3 * cellLength);
  // Repulsions fall as steeply as r^-12 or exp(-8 r / bond), so that n-th derivatives are within (20 / bond)^n of the
  // terms themselves. Steps of 1e-4 bonds and differences of fourth order are then wrong by (1e-4)^4 20^5 / 30 = 1e-11
  // of scale / bond; the rounding of energies, say 30 units in the last place of the sum, by 5e-11 for each atom.
  const step = 1e-4 * bond;
  // Sums of thousands of terms taken in another order, at positions rounded otherwise: hundreds of units.
  const rounding = 1e-13 * scale * count;
  return {
    ...subject,
    accuracy,
    ends,
    finiteRange,
    count,
    lever: Math.max(cellLength, ...ends.filter(Number.isFinite)),
    bond,
    step,
    differences: 1e-9 * scale * Math.max(1, count / 8),
    rounding,
    forceRounding: (20 * rounding) / bond,
    atomsOf: (periodic) => rattledClear(withPeriodic(subject.crystal, periodic), 0.06 * bond, ends, 3 * step),
  };
}
