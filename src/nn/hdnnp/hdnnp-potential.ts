/** Neural network potentials as Potentials, alone and as committees. */
import { type AtomKinds, evaluationFor, type Potential } from "../../core/calculator.ts";
import { standardDeviation } from "../../core/statistics.ts";
import { kindsOf } from "../../kernels/kernel-calculator.ts";
import { HdnnpCalculator } from "./hdnnp-calculator.ts";
import { hdnnpPlan } from "./hdnnp-plan.ts";
import type { HdnnpSpec } from "./model.ts";

/** A potential whose calculators tell which atoms are outside the training set. */
export interface HdnnpPotential extends Potential {
  calculator(atoms: AtomKinds): HdnnpCalculator;
}

/** How far lists reach beyond the cut-off, Å: building one costs little beside an evaluation. */
const SKIN_A = 0.5;

/**
 * E of one model, or the mean over a committee, whose members share the symmetry functions and so nearly all of the work.
 * @throws {EcitonError} "data" for functions, scalings or networks that make no sense, and for members whose functions differ
 */
export function hdnnpPotential(spec: HdnnpSpec): HdnnpPotential {
  const { members, title, extrapolation } = spec;
  const { parameters, cutoff } = hdnnpPlan(members);
  const species = members[0].elements.map(({ element }) => element);
  const name = `HDNNP ${species.join("-")} (${title})`;
  return {
    name,
    species,
    cutoff,
    calculator: (atoms) =>
      new HdnnpCalculator(
        {
          kernel: "hdnnp",
          kinds: kindsOf(name, species, atoms),
          periodic: atoms.periodic,
          cutoff,
          skin: SKIN_A,
          list: "full",
          workBytes: 1 << 19,
          parameters,
        },
        members,
        extrapolation === "stop",
      ),
  };
}

/** What each member of a committee says. */
export interface CommitteeEvaluation {
  /** eV, of each member. */
  readonly energies: Float64Array;
  /** Float64Array(3N) of each member, eV/Å. */
  readonly forces: readonly Float64Array[];
  /** Standard deviation of the members' energies divided by the number of atoms, eV. */
  readonly energyDeviation: number;
  /** Largest standard deviation of the members' values of one component of a force, eV/Å. */
  readonly forceDeviation: number;
}

/**
 * Evaluates each member on its own; deviations are those of a sample (n − 1), 0 for a single member.
 * @returns a function of positions (3N, Å) and cell (9, Å); what it returns is overwritten by the next call
 */
export function committeeEvaluator(
  spec: HdnnpSpec,
  atoms: AtomKinds,
): (positions: Float64Array, cell: Float64Array) => CommitteeEvaluation {
  const calculators = spec.members.map((member) =>
    hdnnpPotential({ ...spec, members: [member], extrapolation: "ignore" }).calculator(atoms),
  );
  const out = calculators.map(({ numAtoms }) => evaluationFor(numAtoms));
  const energies = new Float64Array(out.length);
  const forces = out.map((one) => one.forces);
  return (positions, cell) => {
    calculators.forEach((calculator, m) => {
      calculator.evaluate(positions, cell, out[m]);
      energies[m] = out[m].energy;
    });
    let forceDeviation = 0;
    const values = new Float64Array(out.length);
    for (let n = 0; n < positions.length; n++) {
      for (let m = 0; m < out.length; m++) values[m] = forces[m][n];
      forceDeviation = Math.max(forceDeviation, standardDeviation(values));
    }
    const energyDeviation = standardDeviation(energies) / atoms.species.length;
    return { energies, forces, energyDeviation, forceDeviation };
  };
}
