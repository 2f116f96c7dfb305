/** Potentials with densities as Calculators: Gupta, Sutton-Chen and EAM differ in their functions only. */
import { MANY_TABLES_BYTES, PAIR_BYTES, SCALARS } from "../../kernels/many-body-block.ts";
import type { Potential } from "../calculator.ts";
import type { EamSplines } from "./eam.ts";
import type { EmbeddedAtomFunctions } from "./embedded-atoms.ts";
import { KernelCalculator, kindsOf } from "./kernel-calculator.ts";
import { kernelParameters } from "./many-body-parameters.ts";
import type { SmoothCutoff } from "./smooth-cutoff.ts";

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

/** How far lists reach beyond the cut-off, Å: the fastest over solids and liquids of metals. */
const SKIN_A = 0.8;

/** @throws {EcitonError} "data" for parameters that the kernel cannot work with */
export function manyBodyPotential({ name, functions, kernel }: ManyBodyModel): Potential {
  const { species, cutoff } = functions;
  const parameters = kernelParameters(kernel, species.length);
  return {
    name,
    species,
    cutoff,
    calculator: (atoms) =>
      new KernelCalculator({
        kernel: "many-body",
        kinds: kindsOf(name, species, atoms),
        periodic: atoms.periodic,
        cutoff,
        skin: SKIN_A,
        list: "half",
        scalars: SCALARS,
        pairBytes: kernel.form === "tables" && species.length > 1 ? MANY_TABLES_BYTES : PAIR_BYTES,
        parameters,
      }),
  };
}
