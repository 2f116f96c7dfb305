/** Potentials with densities as Calculators: Gupta, Sutton-Chen and EAM differ in their functions only. */
import { EcitonError } from "../../core/errors.ts";
import type { AtomKinds, Calculator, Potential } from "../calculator.ts";
import type { EamSplines } from "./eam.ts";
import { type EmbeddedAtomFunctions, evaluateEmbeddedAtoms } from "./embedded-atoms.ts";
import type { SmoothCutoff } from "./smooth-cutoff.ts";
import { speciesIndices } from "./species-pairs.ts";

/** One pair of species of a potential with closed formulas; `length` scales distances. */
export interface AnalyticPair {
  readonly length: number;
  readonly pairHeight: number;
  readonly pairDecay: number;
  readonly densityHeight: number;
  readonly densityDecay: number;
}

/**
 * What the kernel computes, with h and k a height and its decay, a the length:
 * exponentials: h exp(-k (r/a - 1)); powers: h (a/r)^k with 2k whole. The embedding energy is -root √ρ.
 */
export interface AnalyticKernel {
  readonly form: "exponentials" | "powers";
  readonly cutoff: SmoothCutoff | null;
  pair(a: number, b: number): AnalyticPair;
  root(a: number): number;
}

/** Functions from tables. */
export interface TableKernel {
  readonly form: "tables";
  readonly splines: EamSplines;
}

export interface ManyBodyModel {
  readonly name: string;
  readonly functions: EmbeddedAtomFunctions;
  readonly kernel: AnalyticKernel | TableKernel;
}

export function manyBodyPotential(model: ManyBodyModel): Potential {
  const { name, functions } = model;
  return {
    name,
    species: functions.species,
    cutoff: functions.cutoff,
    calculator: (atoms) => plainCalculator(model, atoms),
  };
}

/** The plain formulas as a calculator. */
export function plainCalculator({ name, functions }: ManyBodyModel, atoms: AtomKinds): Calculator {
  const kinds = speciesIndices(name, functions.species, atoms.species);
  if (functions.cutoff === Number.POSITIVE_INFINITY && atoms.periodic.some(Boolean))
    throw new EcitonError(
      "data",
      `${name} has no cut-off, so it cannot be used for periodic atoms: give it one`,
    );
  return {
    numAtoms: kinds.length,
    evaluate: (positions, cell, out) =>
      evaluateEmbeddedAtoms(functions, kinds, atoms.periodic, positions, cell, out),
    state: () => null,
    restore: () => {},
  };
}
