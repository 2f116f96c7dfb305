/**
 * Morse: E = Σ_{i<j} D [ (1 − exp(−a (r − r0)))² − 1 ], D, a and r0 of the pair of species.
 * @see P. M. Morse, Phys. Rev. 34, 57 (1929)
 * @see L. A. Girifalco, V. G. Weizer, Phys. Rev. 114, 687 (1959)
 */

import type { Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { type PairCutoff, type PairModel, pairPotential } from "./pair-potential.ts";
import { pairTable } from "./species-pairs.ts";

export interface MorsePair {
  /** In any order. */
  readonly species: readonly [string, string];
  readonly D_eV: number;
  readonly a_per_A: number;
  readonly r0_A: number;
}

export interface MorseSpec {
  readonly kind: "morse";
  /** For people: "Girifalco, Weizer 1959". */
  readonly title: string;
  /** Every species with itself and with every other one. */
  readonly pairs: readonly MorsePair[];
  readonly cutoff: PairCutoff;
}

/** a r0 may be at most this: the exponential at r = 0 has to be a number. */
const STEEPEST = 300;

/** @throws {EcitonError} "data" for parameters that make no sense, a pair that is missing or given twice */
export function morseModel(spec: MorseSpec): PairModel {
  for (const pair of spec.pairs) {
    const fail = (what: string) => {
      throw new EcitonError("data", `Morse parameters of ${pair.species.join("-")}: ${what}`, {
        species: pair.species,
      });
    };
    for (const key of ["D_eV", "a_per_A", "r0_A"] as const)
      if (!(pair[key] > 0 && Number.isFinite(pair[key])))
        fail(`${key} is ${pair[key]}; expected a positive number`);
    if (pair.a_per_A * pair.r0_A > STEEPEST)
      fail(`a_per_A times r0_A is ${pair.a_per_A * pair.r0_A}; expected at most ${STEEPEST}`);
  }
  const { species, at } = pairTable("Morse", spec.pairs);
  return {
    name: `Morse ${species.join("-")} (${spec.title})`,
    species,
    form: "morse",
    cutoff: spec.cutoff,
    bare: (a, b, r) => {
      const { D_eV: D, a_per_A: alpha, r0_A: r0 } = at(a, b);
      const e = Math.exp(-alpha * (r - r0));
      return [D * e * (e - 2), -2 * alpha * D * e * (e - 1)];
    },
    kernel: (a, b, added) => {
      const { D_eV: D, a_per_A: alpha, r0_A: r0 } = at(a, b);
      return [alpha * r0, alpha, D, added];
    },
  };
}

/** @throws {EcitonError} "data" for parameters or a cut-off that make no sense, a pair that is missing or given twice */
export function morsePotential(spec: MorseSpec): Potential {
  return pairPotential(morseModel(spec));
}
