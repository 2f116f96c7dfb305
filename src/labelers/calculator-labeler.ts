/** Labels from a potential of the project: instant, smooth, and exactly reproducible. */
import { type AtomKinds, evaluationFor, type Potential } from "../core/calculator.ts";
import { EcitonError } from "../core/errors.ts";
import { det3 } from "../core/linalg.ts";
import { fingerprint } from "../exec/state-file.ts";
import { finiteLabel } from "./check-atoms.ts";
import type { LabelAtoms, Labeler, LabelOutcome } from "./labeler.ts";
import type { SpeciesMap } from "./species-map.ts";

export interface CalculatorLabelerSpec<PotentialSpec> {
  readonly kind: "calculator";
  /** Plain data that decides the potential. */
  readonly potential: PotentialSpec;
  /** What the potential calls the species of structures; those that are not here keep their names. */
  readonly species: SpeciesMap;
}

export function calculatorLabeler<PotentialSpec>(
  spec: CalculatorLabelerSpec<PotentialSpec>,
  potential: Potential,
): Labeler {
  const named = ({ species, periodic }: LabelAtoms): AtomKinds => ({
    species: species.map((one) => spec.species[one] ?? one),
    periodic,
  });
  return {
    name: potential.name,
    identity: fingerprint({
      kind: spec.kind,
      potential: spec.potential,
      species: Object.entries(spec.species).sort(([a], [b]) => (a < b ? -1 : 1)),
    }),
    refusal: () => null,
    label: async (atoms) => ({ outcome: evaluate(potential, named(atoms), atoms), log: null }),
  };
}

/** A calculator of its own for every structure: sums depend on what a neighbour list has seen before. */
function evaluate(potential: Potential, kinds: AtomKinds, { positions, cell }: LabelAtoms): LabelOutcome {
  const inBulk = kinds.periodic.every(Boolean);
  const out = evaluationFor(kinds.species.length, { virial: inBulk });
  try {
    potential.calculator(kinds).evaluate(positions, cell, out);
  } catch (error) {
    if (!(error instanceof EcitonError) || (error.code !== "data" && error.code !== "memory")) throw error;
    return {
      reason: error.details.distance_A === undefined ? "unsupported" : "overlap",
      message: error.message,
    };
  }
  const volume = Math.abs(det3(cell));
  const stress = out.virial ? out.virial.map((w) => -w / volume) : null;
  return finiteLabel({ energy: out.energy, forces: out.forces, stress, notes: [] });
}
