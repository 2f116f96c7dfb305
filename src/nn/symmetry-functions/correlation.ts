/** How symmetry functions vary together over the atoms of one element: what pruning looks at. */
import { EcitonError } from "../../core/errors.ts";

export interface FunctionCorrelations {
  /** Atoms. */
  readonly count: number;
  readonly numFunctions: number;
  /** Float64Array(functions) each; sigma with n − 1, 0 for one atom. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sigma: Float64Array;
  /** Float64Array(functions²), Pearson's; 0 with a function of sigma 0, 1 on the diagonal of the others. */
  readonly matrix: Float64Array;
}

/**
 * Takes in the functions of one element, atom by atom, so that the values of all atoms need not be kept:
 *   m ← m + δ/n,  C ← C + (n − 1)/n δ δᵀ,  δ = G − m
 * @see Welford, Technometrics 4, 419 (1962); Pébay, Sandia report SAND2008-6212, for the products
 */
export class CorrelationAccumulator {
  #count = 0;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #mean: Float64Array;
  readonly #delta: Float64Array;
  /** Lower triangle, row by row. */
  readonly #products: Float64Array;

  constructor(numFunctions: number) {
    this.#min = new Float64Array(numFunctions).fill(Infinity);
    this.#max = new Float64Array(numFunctions).fill(-Infinity);
    this.#mean = new Float64Array(numFunctions);
    this.#delta = new Float64Array(numFunctions);
    this.#products = new Float64Array((numFunctions * (numFunctions + 1)) / 2);
  }

  /** @param values the functions of one atom, from `at` on */
  add(values: Float64Array, at = 0): void {
    const n = ++this.#count;
    const delta = this.#delta;
    const products = this.#products;
    for (let g = 0; g < delta.length; g++) {
      const value = values[at + g];
      if (value < this.#min[g]) this.#min[g] = value;
      if (value > this.#max[g]) this.#max[g] = value;
      delta[g] = value - this.#mean[g];
      this.#mean[g] += delta[g] / n;
    }
    const weight = (n - 1) / n;
    for (let g = 0, at = 0; g < delta.length; g++) {
      const scaled = weight * delta[g];
      for (let h = 0; h <= g; h++) products[at++] += scaled * delta[h];
    }
  }

  /** @throws {EcitonError} "data" before the first atom, and for values that were not finite */
  correlations(): FunctionCorrelations {
    const count = this.#count;
    const n = this.#mean.length;
    const product = (g: number, h: number) => this.#products[(g * (g + 1)) / 2 + h];
    if (count === 0)
      throw new EcitonError(
        "data",
        "correlations of symmetry functions need at least one atom of the element",
      );
    // Comparisons pass over NaN, so that ranges do not tell.
    const wrong = this.#mean.findIndex((x) => !Number.isFinite(x));
    if (wrong >= 0)
      throw new EcitonError("data", `symmetry function ${wrong + 1} had a value that is not finite`);
    const sigma = Float64Array.from({ length: n }, (_, g) => {
      // Where a function has one value only, its products are rounding.
      if (this.#min[g] === this.#max[g]) return 0;
      return Math.sqrt(product(g, g) / Math.max(1, count - 1));
    });
    const matrix = new Float64Array(n * n);
    for (let g = 0; g < n; g++)
      for (let h = 0; h <= g; h++) {
        if (sigma[g] === 0 || sigma[h] === 0) continue;
        const r = g === h ? 1 : product(g, h) / (Math.max(1, count - 1) * sigma[g] * sigma[h]);
        matrix[g * n + h] = matrix[h * n + g] = Math.max(-1, Math.min(1, r));
      }
    return { count, numFunctions: n, min: this.#min.slice(), max: this.#max.slice(), sigma, matrix };
  }
}

/**
 * @param values Float64Array(atoms × functions), the functions of each atom in a row
 * @throws {EcitonError} "shape" if the rows are not whole; as correlations does
 */
export function correlationsOf(values: Float64Array, numFunctions: number): FunctionCorrelations {
  if (!(numFunctions >= 1) || values.length % numFunctions !== 0)
    throw new EcitonError("shape", `${values.length} values are no rows of ${numFunctions} functions`);
  const accumulator = new CorrelationAccumulator(numFunctions);
  for (let at = 0; at < values.length; at += numFunctions) accumulator.add(values, at);
  return accumulator.correlations();
}
