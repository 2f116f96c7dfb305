/** Averages over frames with errors that account for correlations between frames. */
import { estimateMean } from "../../core/statistics.ts";

/** A mean and its standard error; null where fewer than two frames contribute. */
export interface Averaged {
  readonly mean: number;
  readonly error: number | null;
}

/** Many quantities averaged with the same weights. */
export interface AveragedColumns {
  readonly mean: number[];
  readonly error: number[] | null;
}

/** Even, and enough for an error bar: frames are joined into so many blocks at most. */
const MOST_BLOCKS = 128;

/**
 * Σ_f x_f / Σ_f w_f for several quantities with one weight: frames with more atoms (bonds, pairs) count for more, and
 * each atom of a data set for the same. With equal weights it is the mean over frames. Columns that a frame does not
 * have are zero in it: a histogram grows as its bins are needed.
 *
 * The error is that of the mean of x_f − r w_f (r the ratio) over the mean weight, the linear term of a ratio's error;
 * correlations between consecutive frames widen it by their statistical inefficiency.
 */
export class RatioAverages {
  #sums = new Float64Array(0);
  #weight = 0;
  readonly #blocks: Float64Array[] = [];
  readonly #blockWeights: number[] = [];
  #open = new Float64Array(0);
  #openWeight = 0;
  #inOpen = 0;
  /** Frames in a block; doubles as blocks are joined. */
  #length = 1;

  /** Columns up to the last one that any frame had. */
  get columns(): number {
    return this.#sums.length;
  }

  /** Σ w. */
  get weight(): number {
    return this.#weight;
  }

  /** @param values one number for each column; copied. A frame of no weight has nothing to say and is left out. */
  add(values: ArrayLike<number>, weight = 1): void {
    if (weight === 0) return;
    this.#sums = plus(this.#sums, values);
    this.#weight += weight;
    this.#open = plus(this.#open, values);
    this.#openWeight += weight;
    this.#inOpen++;
    if (this.#inOpen < this.#length) return;
    this.#blocks.push(this.#open);
    this.#blockWeights.push(this.#openWeight);
    this.#open = new Float64Array(0);
    this.#openWeight = 0;
    this.#inOpen = 0;
    if (this.#blocks.length === MOST_BLOCKS) this.#join();
  }

  #join(): void {
    for (let b = 0; b < MOST_BLOCKS / 2; b++) {
      this.#blocks[b] = plus(this.#blocks[2 * b], this.#blocks[2 * b + 1]);
      this.#blockWeights[b] = this.#blockWeights[2 * b] + this.#blockWeights[2 * b + 1];
    }
    this.#blocks.length = MOST_BLOCKS / 2;
    this.#blockWeights.length = MOST_BLOCKS / 2;
    this.#length *= 2;
  }

  /** null where no frame had any weight. */
  average(column: number): Averaged | null {
    if (this.#weight === 0) return null;
    const mean = (this.#sums[column] ?? 0) / this.#weight;
    const blocks = this.#blocks.length;
    if (blocks < 2) return { mean, error: null };
    const residuals = this.#blocks.map((block, b) => (block[column] ?? 0) - mean * this.#blockWeights[b]);
    const weight = this.#blockWeights.reduce((sum, w) => sum + w, 0);
    return { mean, error: (estimateMean(residuals).error * blocks) / weight };
  }

  /** The columns from `from` up to `to` together; null where no frame had any weight. */
  averages(from = 0, to = this.columns): AveragedColumns | null {
    if (this.#weight === 0) return null;
    const all = Array.from({ length: to - from }, (_, c) => this.average(from + c)!);
    return {
      mean: all.map(({ mean }) => mean),
      error: this.#blocks.length < 2 ? null : all.map(({ error }) => error!),
    };
  }
}

/** The sum, in the longer of the two arrays; a is changed if it is long enough. */
function plus(a: Float64Array, b: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const sum = a.length >= b.length ? a : new Float64Array(b.length);
  if (sum !== a) sum.set(a);
  for (let i = 0; i < b.length; i++) sum[i] += b[i];
  return sum as Float64Array<ArrayBuffer>;
}
