/** Errors of a structure as a row of numbers, for memory that threads share. */
import type { HdnnpModel } from "../hdnnp/model.ts";
import type { ErrorSums, Sample, StructureErrors } from "./errors.ts";

const SUMS = 3;

/** Numbers of a row: the predicted energy of an atom, sums of the stress, sums of the forces on each element. */
export function errorNumbers({ elements }: Pick<HdnnpModel, "elements">): number {
  return 1 + SUMS * (1 + elements.length);
}

/** @param row Float64Array(errorNumbers), overwritten */
export function writeErrors({ energy, forces, stress }: StructureErrors, row: Float64Array): void {
  row.fill(0);
  row[0] = energy?.predicted ?? 0;
  for (const [k, sums] of [stress, ...(forces ?? [])].entries())
    if (sums) row.set([sums.count, sums.squares, sums.absolutes], 1 + SUMS * k);
}

/** @param sample that the errors are of */
export function readErrors(sample: Sample, row: Float64Array): StructureErrors {
  const { name, structureClass, numAtoms, energy, forces, stress } = sample;
  const sums = (k: number): ErrorSums => {
    const [count, squares, absolutes] = row.subarray(1 + SUMS * k, 1 + SUMS * (k + 1));
    return { count, squares, absolutes };
  };
  const elements = (row.length - 1) / SUMS - 1;
  return {
    name,
    group: structureClass,
    numAtoms,
    energy: energy === null ? null : { reference: energy / numAtoms, predicted: row[0] },
    forces: forces === null ? null : Array.from({ length: elements }, (_, k) => sums(1 + k)),
    stress: stress === null || sums(0).count === 0 ? null : sums(0),
  };
}
