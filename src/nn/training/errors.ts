/**
 * Errors of a model over sets of structures, in physical units, by n2p2's definitions:
 *   RMSE(E) = √(mean over structures of (ΔE / N)²),   RMSE(F) = √(mean over all components of all atoms of ΔF²)
 * and MAE with |·|; stresses over the six independent components. Each structure gives a row of sums, so that threads can
 * share the structures; rows are summed in the order of the structures, whoever made them.
 */
import { EcitonError } from "../../core/errors.ts";
import type { HdnnpModel } from "../hdnnp/model.ts";
import { internalForce, physicalEnergy, physicalStress } from "./internal-units.ts";
import { STRAINS, type StructureEvaluator } from "./structure-evaluator.ts";
import type { TrainingStructure } from "./training-set.ts";
import type { SetErrors } from "./training-settings.ts";

/** A structure with what is known of it. */
export type Sample = Pick<
  TrainingStructure,
  | "name"
  | "source"
  | "structureClass"
  | "numAtoms"
  | "kinds"
  | "volume"
  | "energy"
  | "forces"
  | "stress"
  | "descriptors"
>;

export interface Prediction {
  /** eV, whole structure. */
  readonly energy: number;
  /** Float64Array(3N), eV/Å. */
  readonly forces: Float64Array;
  /** Float64Array(9), eV/Å³, tension positive; null unless the structure has one to compare with. */
  readonly stress: Float64Array | null;
}

/** Number, Σ x² and Σ |x| of some errors. */
export interface ErrorSums {
  readonly count: number;
  readonly squares: number;
  readonly absolutes: number;
}

/** What is kept of one structure: plain data. */
export interface StructureErrors {
  readonly name: string;
  /** Class of structures that it belongs to ("surface", "liquid"); null: none was given. */
  readonly group: string | null;
  readonly numAtoms: number;
  /** eV/atom; null without a reference. */
  readonly energy: { readonly reference: number; readonly predicted: number } | null;
  /** eV/Å, of the atoms of each element of the model; null without references. */
  readonly forces: readonly ErrorSums[] | null;
  /** eV/Å³ */
  readonly stress: ErrorSums | null;
}

/** Errors of some structures; null where there is no reference. eV/atom, eV/Å, eV/Å³. */
export interface ErrorSummary {
  readonly structures: number;
  readonly atoms: number;
  /** Force components with a reference. */
  readonly forces: number;
  readonly energyRmse: number | null;
  readonly energyMae: number | null;
  readonly forceRmse: number | null;
  readonly forceMae: number | null;
  readonly stressRmse: number | null;
  readonly stressMae: number | null;
}

/**
 * @param evaluator with the weights to judge
 * @throws {EcitonError} "not-converged" for a prediction that is not finite: the weights have diverged
 */
export function predict(model: HdnnpModel, evaluator: StructureEvaluator, sample: Sample): Prediction {
  const descriptors = sample.descriptors();
  const forces = new Float64Array(3 * sample.numAtoms);
  const energy = physicalEnergy(model, sample.kinds, evaluator.forces(descriptors, forces));
  const unit = internalForce(model);
  for (let k = 0; k < forces.length; k++) forces[k] /= unit;
  let stress: Float64Array | null = null;
  if (sample.stress && sample.volume !== null && descriptors.strains.length > 0) {
    const strains = new Float64Array(STRAINS);
    evaluator.strain(descriptors, strains);
    stress = physicalStress(model, strains, sample.volume);
  }
  const finite = (values: Float64Array | null) => values?.every(Number.isFinite) ?? true;
  if (!Number.isFinite(energy) || !finite(forces) || !finite(stress))
    throw new EcitonError(
      "not-converged",
      `structure "${sample.name}": the networks give an energy of ${energy} eV, or forces that are not finite. ` +
        "The weights have grown without bound: take a smaller learning rate, or check the data for wrong energies and forces",
      { ...sample.source },
    );
  return { energy, forces, stress };
}

export function structureErrors(model: HdnnpModel, sample: Sample, predicted: Prediction): StructureErrors {
  const { name, structureClass, numAtoms, kinds, energy, forces, stress } = sample;
  return {
    name,
    group: structureClass,
    numAtoms,
    energy: energy === null ? null : { reference: energy / numAtoms, predicted: predicted.energy / numAtoms },
    forces: forces === null ? null : forceSums(model.elements.length, kinds, forces, predicted.forces),
    stress: stress && predicted.stress ? stressSums(stress, predicted.stress) : null,
  };
}

function forceSums(
  numKinds: number,
  kinds: Uint8Array,
  reference: Float64Array,
  predicted: Float64Array,
): ErrorSums[] {
  const sums = Array.from({ length: numKinds }, () => ({ count: 0, squares: 0, absolutes: 0 }));
  for (let i = 0; i < kinds.length; i++) {
    const sum = sums[kinds[i]];
    for (let k = 3 * i; k < 3 * i + 3; k++) {
      const error = predicted[k] - reference[k];
      sum.count++;
      sum.squares += error * error;
      sum.absolutes += Math.abs(error);
    }
  }
  return sums;
}

/** Off-diagonal pairs count once, with their mean. */
function stressSums(reference: Float64Array, predicted: Float64Array): ErrorSums {
  let squares = 0;
  let absolutes = 0;
  for (let a = 0; a < 3; a++)
    for (let b = a; b < 3; b++) {
      const error =
        (predicted[3 * a + b] + predicted[3 * b + a] - reference[3 * a + b] - reference[3 * b + a]) / 2;
      squares += error * error;
      absolutes += Math.abs(error);
    }
  return { count: STRAINS, squares, absolutes };
}

/** @param rows in the order of the structures */
export function summarise(rows: readonly StructureErrors[]): ErrorSummary {
  const energies = add(
    rows.flatMap(({ energy }) => {
      if (!energy) return [];
      const error = energy.predicted - energy.reference;
      return [{ count: 1, squares: error * error, absolutes: Math.abs(error) }];
    }),
  );
  const forces = add(rows.flatMap((row) => row.forces ?? []));
  const stress = add(rows.flatMap((row) => row.stress ?? []));
  return {
    structures: rows.length,
    atoms: rows.reduce((sum, { numAtoms }) => sum + numAtoms, 0),
    forces: forces.count,
    energyRmse: rmse(energies),
    energyMae: mae(energies),
    forceRmse: rmse(forces),
    forceMae: mae(forces),
    stressRmse: rmse(stress),
    stressMae: mae(stress),
  };
}

/** What a learning curve shows: see summarise. @throws {EcitonError} "data" where no structure has an energy */
export function setErrors(rows: readonly StructureErrors[]): SetErrors {
  const { energyRmse, energyMae, forceRmse, forceMae, stressRmse } = summarise(rows);
  if (energyRmse === null || energyMae === null)
    throw new EcitonError("data", `none of ${rows.length} structures has an energy to compare with`);
  return { energyRmse, energyMae, forceRmse, forceMae, stressRmse };
}

/** A summary for each class of structures, in the order in which they first occur. */
export function errorsByGroup(rows: readonly StructureErrors[]): ReadonlyMap<string | null, ErrorSummary> {
  const groups = new Map<string | null, StructureErrors[]>();
  for (const row of rows) {
    const members = groups.get(row.group);
    if (members) members.push(row);
    else groups.set(row.group, [row]);
  }
  return new Map(Array.from(groups, ([group, members]) => [group, summarise(members)]));
}

/** Errors of forces on the atoms of one element, eV/Å. */
export interface ElementErrors {
  readonly element: string;
  /** Components. */
  readonly forces: number;
  readonly forceRmse: number | null;
  readonly forceMae: number | null;
}

export function errorsByElement(model: HdnnpModel, rows: readonly StructureErrors[]): ElementErrors[] {
  return model.elements.map(({ element }, k) => {
    const sums = add(rows.flatMap(({ forces }) => (forces ? [forces[k]] : [])));
    return { element, forces: sums.count, forceRmse: rmse(sums), forceMae: mae(sums) };
  });
}

function add(parts: readonly ErrorSums[]): ErrorSums {
  let [count, squares, absolutes] = [0, 0, 0];
  for (const part of parts) {
    count += part.count;
    squares += part.squares;
    absolutes += part.absolutes;
  }
  return { count, squares, absolutes };
}

const rmse = ({ count, squares }: ErrorSums) => (count === 0 ? null : Math.sqrt(squares / count));
const mae = ({ count, absolutes }: ErrorSums) => (count === 0 ? null : absolutes / count);
