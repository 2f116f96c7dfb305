/** Labelers from plain data, which can cross to threads. */
import type { Potential } from "../core/calculator.ts";
import { type CalculatorLabelerSpec, calculatorLabeler } from "./calculator-labeler.ts";
import type { Labeler } from "./labeler.ts";
import { type XtbSpec, xtbLabeler } from "./xtb-labeler.ts";

export type LabelerSpec<PotentialSpec> = CalculatorLabelerSpec<PotentialSpec> | XtbSpec;

/**
 * @param createPotential makes a potential of plain data
 * @throws {EcitonError} "data" for parameters of a potential that make no sense
 */
export function createLabeler<PotentialSpec>(
  spec: LabelerSpec<PotentialSpec>,
  createPotential: (spec: PotentialSpec) => Potential,
): Labeler {
  switch (spec.kind) {
    case "calculator":
      return calculatorLabeler(spec, createPotential(spec.potential));
    case "xtb":
      return xtbLabeler(spec);
    default:
      return spec satisfies never;
  }
}
