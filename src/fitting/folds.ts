/** Which rows are left out together. */
import { EcitonError } from "../core/errors.ts";
import { RandomStream } from "../core/random.ts";

export type CrossValidationScheme =
  | { readonly kind: "leave-one-out" }
  /** Each repeat deals the rows anew into `folds` parts of nearly equal size. */
  | { readonly kind: "k-fold"; readonly folds: number; readonly seed: number; readonly repeats?: number }
  /** Each repeat leaves out a random part of the rows. */
  | {
      readonly kind: "shuffle-split";
      readonly repeats: number;
      readonly testFraction: number;
      readonly seed: number;
    };

/**
 * @returns the rows left out in each fold, in ascending order
 * @throws {EcitonError} "study" for a scheme that leaves no row to fit or none to test
 */
export function makeFolds(scheme: CrossValidationScheme, rows: number): Int32Array[] {
  switch (scheme.kind) {
    case "leave-one-out":
      check(rows >= 2, `leaving one out needs at least two rows, found ${rows}`);
      return Array.from({ length: rows }, (_, i) => Int32Array.of(i));
    case "k-fold": {
      const { folds, seed, repeats = 1 } = scheme;
      check(
        Number.isInteger(folds) && folds >= 2 && folds <= rows,
        `expected 2 to ${rows} folds for ${rows} rows, found ${folds}`,
      );
      check(
        Number.isInteger(repeats) && repeats >= 1,
        `expected a positive number of repeats, found ${repeats}`,
      );
      return Array.from({ length: repeats }, (_, repeat) => {
        const order = shuffled(rows, seed, repeat);
        return Array.from({ length: folds }, (_, f) =>
          order.slice(Math.floor((f * rows) / folds), Math.floor(((f + 1) * rows) / folds)).sort(),
        );
      }).flat();
    }
    case "shuffle-split": {
      const { repeats, testFraction, seed } = scheme;
      check(
        Number.isInteger(repeats) && repeats >= 1,
        `expected a positive number of repeats, found ${repeats}`,
      );
      const tested = Math.round(testFraction * rows);
      check(
        tested >= 1 && tested < rows,
        `a test fraction of ${testFraction} leaves out ${tested} of ${rows} rows; expected at least one and not all`,
      );
      return Array.from({ length: repeats }, (_, repeat) =>
        shuffled(rows, seed, repeat).slice(0, tested).sort(),
      );
    }
    default:
      return scheme satisfies never;
  }
}

function shuffled(rows: number, seed: number, repeat: number): Int32Array {
  return new RandomStream(seed, repeat).shuffle(Int32Array.from({ length: rows }, (_, i) => i));
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new EcitonError("study", `fit.cv: ${message}`, { path: "fit.cv" });
}
