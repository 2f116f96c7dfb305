/** Potentials of every kind from plain data: those with a formula and those that were trained. */
import type { Potential } from "../../core/calculator.ts";
import { createPotential, type PotentialSpec } from "../../dynamics/potentials/create-potential.ts";
import { hdnnpPotential } from "../../nn/hdnnp/hdnnp-potential.ts";
import type { HdnnpSpec } from "../../nn/hdnnp/model.ts";

export type AnyPotentialSpec = PotentialSpec | HdnnpSpec;

/** @throws {EcitonError} "data" for parameters that make no sense */
export function createAnyPotential(spec: AnyPotentialSpec): Potential {
  return spec.kind === "hdnnp" ? hdnnpPotential(spec) : createPotential(spec);
}
