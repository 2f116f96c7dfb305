/** Ranges of symmetry functions over the atoms of a set of structures. */
import { EcitonError } from "../../core/errors.ts";
import type { FunctionRanges } from "../hdnnp/model.ts";

/**
 * Takes in the functions of one element, atom by atom; mean and squares by Welford's recurrence, which loses no digits where
 * a function varies little about a large mean. Sigma is √(Σ (G − mean)² / (n − 1)), 0 for one atom.
 * @see Welford, Technometrics 4, 419 (1962)
 */
export class RangeAccumulator {
  #count = 0;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;

  constructor(numFunctions: number) {
    this.#min = new Float64Array(numFunctions).fill(Infinity);
    this.#max = new Float64Array(numFunctions).fill(-Infinity);
    this.#mean = new Float64Array(numFunctions);
    this.#squares = new Float64Array(numFunctions);
  }

  /** Atoms so far. */
  get count(): number {
    return this.#count;
  }

  /** @param values the functions of one atom, from `at` on */
  add(values: Float64Array, at = 0): void {
    this.#count++;
    for (let g = 0; g < this.#mean.length; g++) {
      const value = values[at + g];
      if (value < this.#min[g]) this.#min[g] = value;
      if (value > this.#max[g]) this.#max[g] = value;
      const deviation = value - this.#mean[g];
      this.#mean[g] += deviation / this.#count;
      this.#squares[g] += deviation * (value - this.#mean[g]);
    }
  }

  /** @throws {EcitonError} "data" before the first atom, and for values that were not finite */
  ranges(): FunctionRanges {
    if (this.#count === 0)
      throw new EcitonError("data", "ranges of symmetry functions need at least one atom of the element");
    const wrong = this.#squares.findIndex((x) => !Number.isFinite(x));
    if (wrong >= 0)
      throw new EcitonError("data", `symmetry function ${wrong + 1} had a value that is not finite`);
    return {
      min: this.#min.slice(),
      max: this.#max.slice(),
      mean: this.#mean.slice(),
      sigma: this.#squares.map((sum) => Math.sqrt(sum / Math.max(1, this.#count - 1))),
    };
  }
}
