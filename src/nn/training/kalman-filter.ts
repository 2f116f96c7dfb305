/**
 * Extended Kalman filter for the weights w of networks, as in n2p2: with errors ξ and derivatives H of m candidates
 *   X = P H,   A = Hᵀ X + R,   K = X A⁻¹,   w ← w + K ξ,   P ← (P − K Xᵀ) / λ + q · 1
 * where R = 1/η in the standard filter, whose λ is 1, and R = λ with fading memory.
 * @see Singraber, Morawietz, Behler, Dellago, J. Chem. Theory Comput. 15, 3075 (2019), eqs. 10 to 20
 * @see Gastegger, Marquetand, J. Chem. Theory Comput. 11, 2187 (2015): a block of P for each element, A in common
 */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { EcitonError } from "../../core/errors.ts";
import type { Covariance } from "../../kernels/kalman.ts";
import type { KalmanSettings } from "./training-settings.ts";
import type { OptimiserState, WeightOptimiser } from "./weight-optimiser.ts";

export class KalmanFilter implements WeightOptimiser {
  readonly #settings: KalmanSettings;
  readonly #blocks: readonly Covariance[];
  /** exp(−qtau / updates of an epoch) and exp(etatau / the same). */
  readonly #noiseDecay: number;
  readonly #rateGrowth: number;
  readonly #rows: Float64Array;
  readonly #numWeights: number;
  #noise: number;
  #rate: number;
  #lambda: number;
  /** Mean of |K| of the last update, which n2p2 prints. */
  #gain = 0;

  /**
   * @param blocks P(0) = 1/epsilon of all weights or, for the decoupled filter, of those of each element in turn
   * @param columns candidates of an update, at most
   * @param updates of an epoch
   */
  constructor(settings: KalmanSettings, blocks: readonly Covariance[], columns: number, updates: number) {
    this.#settings = settings;
    this.#blocks = blocks;
    this.#noiseDecay = Math.exp(-settings.qtau / updates);
    this.#rateGrowth = Math.exp(settings.etatau / updates);
    this.#numWeights = blocks.reduce((sum, { size }) => sum + size, 0);
    this.#rows = new Float64Array(columns * this.#numWeights);
    this.#noise = settings.q0;
    this.#rate = settings.eta;
    this.#lambda = settings.lambda;
  }

  row(column: number): Float64Array {
    return this.#rows.subarray(column * this.#numWeights, (column + 1) * this.#numWeights);
  }

  update(columns: number, errors: Float64Array, weights: Float64Array): void {
    const { type, etamax, qmin, nu } = this.#settings;
    const fading = type === "fading-memory";
    if (!fading && this.#rate < etamax) this.#rate *= this.#rateGrowth;
    this.#multiply(columns);
    this.#apply(this.#invert(columns, fading ? this.#lambda : 1 / this.#rate), errors, weights);
    for (const block of this.#blocks) block.subtract(columns, fading ? 1 / this.#lambda : 1, this.#noise);
    if (this.#noise > qmin) this.#noise *= this.#noiseDecay;
    if (fading) this.#lambda = nu * this.#lambda + 1 - nu;
  }

  facts(): Record<string, number> {
    const mean = this.#blocks.reduce((sum, block) => sum + block.size * block.meanVariance(), 0);
    const shared = { q: this.#noise, "mean variance": mean / this.#numWeights, "mean gain": this.#gain };
    return this.#settings.type === "fading-memory"
      ? { ...shared, lambda: this.#lambda }
      : { ...shared, eta: this.#rate };
  }

  state(): OptimiserState {
    return {
      method: "kalman",
      numbers: { q: this.#noise, eta: this.#rate, lambda: this.#lambda, gain: this.#gain },
      arrays: this.#blocks.map((block) => block.triangle()),
    };
  }

  restore({ method, numbers, arrays }: OptimiserState): void {
    const sizes = this.#blocks.map(({ size }) => (size * (size + 1)) / 2);
    if (method !== "kalman" || arrays.map(({ length }) => length).join() !== sizes.join())
      throw new EcitonError(
        "data",
        `the checkpoint is of ${method} with ${arrays.map(({ length }) => length).join(", ")} numbers, expected a Kalman ` +
          `filter with ${sizes.join(", ")}; begin anew without --resume`,
      );
    this.#noise = numbers.q;
    this.#rate = numbers.eta;
    this.#lambda = numbers.lambda;
    this.#gain = numbers.gain;
    for (const [b, block] of this.#blocks.entries()) block.setTriangle(arrays[b]);
  }

  /** X = P H. */
  #multiply(columns: number): void {
    let first = 0;
    for (const block of this.#blocks) {
      for (let c = 0; c < columns; c++) {
        const begin = c * this.#numWeights + first;
        block.jacobian.set(this.#rows.subarray(begin, begin + block.size), c * block.ld);
      }
      block.multiply(columns);
      first += block.size;
    }
  }

  /** A⁻¹ = (Hᵀ X + R)⁻¹ */
  #invert(columns: number, measurementNoise: number): readonly Float64Array[] {
    const a = Array.from({ length: columns }, () => new Float64Array(columns));
    for (let c = 0; c < columns; c++)
      for (let d = 0; d <= c; d++) {
        let sum = c === d ? measurementNoise : 0;
        for (const block of this.#blocks) sum += dotProduct(block, c, d);
        a[c][d] = sum;
        a[d][c] = sum;
      }
    if (!a.every((row) => row.every(Number.isFinite))) this.#fail();
    if (columns === 1) return a[0][0] > 0 ? [Float64Array.of(1 / a[0][0])] : this.#fail();
    const factor = new CholeskyDecomposition(new Matrix(a));
    return factor.isPositiveDefinite()
      ? factor
          .solve(Matrix.eye(columns))
          .to2DArray()
          .map((row) => Float64Array.from(row))
      : this.#fail();
  }

  /** K = X A⁻¹ and w += K ξ. */
  #apply(inverse: readonly Float64Array[], errors: Float64Array, weights: Float64Array): void {
    const columns = inverse.length;
    let first = 0;
    let gain = 0;
    for (const { products, gains, ld, size } of this.#blocks) {
      for (let c = 0; c < columns; c++) {
        const to = c * ld;
        for (let i = 0; i < size; i++) gains[to + i] = inverse[c][0] * products[i];
        for (let d = 1; d < columns; d++)
          for (let i = 0; i < size; i++) gains[to + i] += inverse[c][d] * products[d * ld + i];
        const error = errors[c];
        for (let i = 0; i < size; i++) {
          weights[first + i] += gains[to + i] * error;
          gain += Math.abs(gains[to + i]);
        }
      }
      first += size;
    }
    this.#gain = gain / (columns * this.#numWeights);
    if (!Number.isFinite(gain)) this.#fail();
  }

  #fail(): never {
    throw new EcitonError(
      "not-converged",
      `the Kalman filter came to numbers that it cannot go on from (q ${this.#noise}, eta ${this.#rate}, lambda ` +
        `${this.#lambda}): expected H P Hᵀ + R to be positive; take a larger epsilon, a smaller q0, or look for errors in ` +
        "the data that are much larger than the others",
    );
  }
}

/** H_c · X_d in one block. */
function dotProduct({ jacobian, products, ld, size }: Covariance, c: number, d: number): number {
  const h = c * ld;
  const x = d * ld;
  let sum = 0;
  for (let i = 0; i < size; i++) sum += jacobian[h + i] * products[x + i];
  return sum;
}
