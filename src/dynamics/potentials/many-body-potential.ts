/** Potentials with densities as Calculators: Gupta, Sutton-Chen and EAM differ in their functions only. */

import type { Potential } from "../../core/calculator.ts";
import { KernelCalculator, kindsOf } from "../../kernels/kernel-calculator.ts";
import { MANY_TABLES_BYTES, PAIR_BYTES, SCALARS } from "../../kernels/many-body-block.ts";
import type { EmbeddedAtomFunctions } from "./embedded-atoms.ts";
import { type AnalyticKernel, kernelParameters, type TableKernel } from "./many-body-parameters.ts";

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
