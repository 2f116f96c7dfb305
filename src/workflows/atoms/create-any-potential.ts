/** Potentials of every kind from plain data: those with a formula and those that were trained. */
import type { Potential } from "../../core/calculator.ts";
import { createPotential, type PotentialSpec } from "../../dynamics/potentials/create-potential.ts";

export type AnyPotentialSpec = PotentialSpec;

/** @throws {EcitonError} "data" for parameters that make no sense */
export function createAnyPotential(spec: AnyPotentialSpec): Potential {
  return createPotential(spec);
}
