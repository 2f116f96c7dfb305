/** What is looked at before and after every labeler's work. */
import { EcitonError } from "../core/errors.ts";
import { covalentRadius } from "../data/element-data.ts";
import { usualLabeler } from "../data/study/labeler-schema.ts";
import { type NeighbourList, neighbourList } from "../lattice/neighbour-list.ts";
import { isFailure, type Label, type LabelAtoms, type LabelFailure, type LabelOutcome } from "./labeler.ts";

/**
 * Atoms nearer than this part of the sum of their covalent radii overlap: 1.1 Å for Ce and O, 0.5 Å for O2, 0.25 Å for
 * H2, well inside every bond and every distance of hot atoms. Programs give energies there too, of thousands of eV.
 */
const LEAST_DISTANCE: number = usualLabeler.least_distance;
/** Atoms without a known radius are at the same place if they are so near, Å. */
const COINCIDENT = 0.1;

/**
 * Stronger forces stand for no label, eV/Å: programs can converge to wrong solutions, of energies thousands of eV too low, which
 * nothing but their forces gives away. Hot and crowded structures have forces of some tens.
 */
const LARGEST_FORCE: number = usualLabeler.largest_force_eV_per_A;

/** Positions that are numbers, a cell with a volume, atoms apart; null where all is well. */
export function atomsFailure(atoms: LabelAtoms, leastDistance = LEAST_DISTANCE): LabelFailure | null {
  const { species, positions, cell, periodic } = atoms;
  if (species.length === 0) return { reason: "unsupported", message: "there are no atoms" };
  const bad = positions.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    return {
      reason: "not-finite",
      message: `atom ${Math.floor(bad / 3) + 1}: a coordinate is ${positions[bad]}`,
    };
  if (cell.some((x, n) => periodic[Math.floor(n / 3)] && !Number.isFinite(x)))
    return { reason: "not-finite", message: `the cell is ${[...cell].join(" ")}` };
  const radii = species.map((one) => covalentRadius(one));
  const least = (i: number, j: number) => {
    const [a, b] = [radii[i], radii[j]];
    return a === null || b === null ? COINCIDENT : leastDistance * (a + b);
  };
  const reach = Math.max(COINCIDENT, 2 * leastDistance * Math.max(...radii.map((radius) => radius ?? 0)));
  let list: NeighbourList;
  try {
    list = neighbourList(positions, cell, periodic, reach, "half");
  } catch (error) {
    if (!(error instanceof EcitonError)) throw error;
    return { reason: "unsupported", message: error.message };
  }
  for (let i = 0; i < species.length; i++)
    for (let at = list.first[i]; at < list.first[i + 1]; at++) {
      const j = list.index[at];
      if (list.distances[at] < least(i, j))
        return {
          reason: "overlap",
          message:
            `atoms ${i + 1} (${species[i]}) and ${j + 1} (${species[j]}) are ${list.distances[at].toPrecision(4)} Å apart; ` +
            `expected ${least(i, j).toPrecision(4)} Å or more`,
        };
    }
  return null;
}

/** The label, or the failure to be one: an energy, force or stress that is no number. */
export function finiteLabel(label: Label): LabelOutcome {
  const { energy, forces, stress } = label;
  if (!Number.isFinite(energy)) return { reason: "not-finite", message: `the energy is ${energy}` };
  const force = forces.findIndex((x) => !Number.isFinite(x));
  if (force >= 0)
    return {
      reason: "not-finite",
      message: `the force on atom ${Math.floor(force / 3) + 1} is ${forces[force]}, the energy ${energy} eV`,
    };
  if (stress?.some((x) => !Number.isFinite(x)))
    return { reason: "not-finite", message: `the stress is ${[...stress].join(" ")}` };
  return label;
}

/** The outcome, or the failure that its forces make of it. */
export function plausible(outcome: LabelOutcome, largestForce = LARGEST_FORCE): LabelOutcome {
  if (isFailure(outcome)) return outcome;
  const { energy, forces } = outcome;
  for (let i = 0; 3 * i < forces.length; i++) {
    const force = Math.hypot(forces[3 * i], forces[3 * i + 1], forces[3 * i + 2]);
    if (force > largestForce)
      return {
        reason: "implausible",
        message: `the force on atom ${i + 1} is ${force.toPrecision(4)} eV/Å, expected ${largestForce} or less; the energy is ${energy} eV`,
      };
  }
  return outcome;
}
