/** Pair potentials as Calculators: Lennard-Jones and Morse differ in one function of the distance. */

import type { Evaluation, Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { KernelCalculator, kindsOf } from "../../kernels/kernel-calculator.ts";
import { ANY_SQUARE } from "../../kernels/neighbour-block.ts";
import { type EmbeddedAtomFunctions, evaluateEmbeddedAtoms, type ValueAndSlope } from "./embedded-atoms.ts";
import { checkCutoff, cutOff, type SmoothCutoff } from "./smooth-cutoff.ts";

/**
 * Ends as in published work: "shifted": the energy is moved so that it ends at 0 (LAMMPS: pair_modify shift yes), the
 * force has a step; "truncated": both have one, and energies along a trajectory jump.
 */
export interface SharpCutoff {
  readonly to_A: number;
  readonly end: "shifted" | "truncated";
}

/** null: none, for clusters only. */
export type PairCutoff = SmoothCutoff | SharpCutoff | null;

export interface PairModel {
  readonly name: string;
  readonly species: readonly string[];
  readonly form: "lennard-jones" | "morse";
  readonly cutoff: PairCutoff;
  /** Energy of a pair and its slope without a cut-off; species are indices. */
  bare(a: number, b: number, r: number): ValueAndSlope;
  /**
   * The numbers that the kernel computes the same with (see pair.ts in assembly).
   * @param added energy that is added to each pair
   */
  kernel(a: number, b: number, added: number): readonly number[];
}

/** Relative to the cut-off: lists last some ten steps in a liquid. */
const SKIN = 0.12;

function isSharp(cutoff: PairCutoff): cutoff is SharpCutoff {
  return cutoff !== null && "end" in cutoff;
}

/** Energy and slope of a pair as the potential has them, cut-off and all. */
function pairFunction(model: PairModel): (a: number, b: number, r: number) => ValueAndSlope {
  const { cutoff } = model;
  if (!isSharp(cutoff)) return (a, b, r) => cutOff(model.bare(a, b, r), r, cutoff);
  return (a, b, r) => {
    if (r >= cutoff.to_A) return [0, 0];
    const [value, slope] = model.bare(a, b, r);
    return [value + added(model, a, b), slope];
  };
}

function added(model: PairModel, a: number, b: number): number {
  const { cutoff } = model;
  return isSharp(cutoff) && cutoff.end === "shifted" ? -model.bare(a, b, cutoff.to_A)[0] : 0;
}

/** The plain formulas: E = Σ_{i<j} φ(r_ij). */
export function evaluatePairs(
  model: PairModel,
  kinds: ArrayLike<number>,
  periodic: readonly [boolean, boolean, boolean],
  positions: Float64Array,
  cell: Float64Array,
  out: Evaluation,
): void {
  const functions: EmbeddedAtomFunctions = {
    species: model.species,
    cutoff: model.cutoff?.to_A ?? Number.POSITIVE_INFINITY,
    pair: pairFunction(model),
    density: () => [0, 0],
    embedding: () => [0, 0],
  };
  evaluateEmbeddedAtoms(functions, kinds, periodic, positions, cell, out);
}

/** @throws {EcitonError} "data" for a cut-off that makes no sense */
export function pairPotential(model: PairModel): Potential {
  const { name, species, cutoff } = model;
  if (isSharp(cutoff)) {
    if (!(cutoff.to_A > 0 && Number.isFinite(cutoff.to_A)))
      throw new EcitonError("data", `cut-off: expected a positive to_A, found ${cutoff.to_A}`);
  } else if (cutoff) checkCutoff(cutoff);
  const end = cutoff?.to_A ?? Number.POSITIVE_INFINITY;
  const parameters = kernelParameters(model);
  return {
    name,
    species,
    cutoff: end,
    calculator: (atoms) =>
      new KernelCalculator({
        kernel: "pair",
        kinds: kindsOf(name, species, atoms),
        periodic: atoms.periodic,
        cutoff: end,
        skin: cutoff ? SKIN * end : 0,
        list: "half",
        parameters,
      }),
  };
}

function kernelParameters(model: PairModel): Float64Array {
  const { species, cutoff } = model;
  const smooth = cutoff !== null && !isSharp(cutoff) ? cutoff : null;
  const out = new Float64Array(5 + 4 * species.length ** 2);
  out[0] = model.form === "morse" ? 1 : 0;
  out[1] = species.length;
  out[2] = cutoff ? cutoff.to_A ** 2 : ANY_SQUARE;
  out[3] = smooth ? smooth.from_A : Math.sqrt(ANY_SQUARE);
  out[4] = smooth ? 1 / (smooth.to_A - smooth.from_A) : 0;
  for (let a = 0; a < species.length; a++)
    for (let b = 0; b < species.length; b++)
      out.set(model.kernel(a, b, added(model, a, b)), 5 + 4 * (a * species.length + b));
  return out;
}
