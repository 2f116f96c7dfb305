/** Potentials of every kind from plain data: those with a formula and those that were trained. */
import type { Potential } from "../../core/calculator.ts";
import { createPotential, type PotentialSpec } from "../../dynamics/potentials/create-potential.ts";
import { ExtrapolationWatch } from "../../nn/hdnnp/extrapolation-watch.ts";
import { hdnnpPotential } from "../../nn/hdnnp/hdnnp-potential.ts";
import type { HdnnpSpec } from "../../nn/hdnnp/model.ts";

export type AnyPotentialSpec = PotentialSpec | HdnnpSpec;

/** @throws {EcitonError} "data" for parameters that make no sense */
export function createAnyPotential(spec: AnyPotentialSpec): Potential {
  if (spec.kind !== "hdnnp") return createPotential(spec);
  const potential = hdnnpPotential(spec);
  if (spec.extrapolation !== "warn" && spec.extrapolation !== "collect") return potential;
  const [model] = spec.members;
  const collect = spec.extrapolation === "collect" ? COLLECT : null;
  // Atoms outside the training set are counted; the notes of a calculator tell of them.
  return {
    ...potential,
    calculator: (atoms) => new ExtrapolationWatch(potential.calculator(atoms), model, collect),
  };
}

/** States of one calculation that are kept: the first ones, far enough apart to differ. */
const COLLECT = { most: 20, spacing: 20 } as const;
