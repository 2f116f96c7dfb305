/** A series of any length in bounded memory: means of bins that grow as the series does. */
import { estimateMean, findEquilibration } from "./statistics.ts";

/** Enough bins for error bars and for a search of equilibrium, which look at a thousand blocks. */
const MOST_BINS = 2 ** 14;

/**
 * Several quantities that are measured together. Bins are joined in pairs whenever there are MOST_BINS of them, so
 * that short series are kept entry by entry. Entries of a bin that is not full are left out: at most one part in
 * MOST_BINS / 2.
 */
export class BinnedSeries {
  readonly #columns: number;
  readonly #bins: Float64Array; // bin by bin
  readonly #open: Float64Array;
  #finished = 0;
  #length = 1;
  #inOpen = 0;

  constructor(columns: number) {
    this.#columns = columns;
    this.#bins = new Float64Array(MOST_BINS * columns);
    this.#open = new Float64Array(columns);
  }

  /** Number of entries that each bin stands for. */
  get binLength(): number {
    return this.#length;
  }

  get bins(): number {
    return this.#finished;
  }

  /** @param row one number for each column */
  add(row: Float64Array): void {
    const open = this.#open;
    for (let c = 0; c < this.#columns; c++) open[c] += row[c];
    this.#inOpen++;
    if (this.#inOpen < this.#length) return;
    const at = this.#finished * this.#columns;
    for (let c = 0; c < this.#columns; c++) this.#bins[at + c] = open[c] / this.#length;
    open.fill(0);
    this.#inOpen = 0;
    this.#finished++;
    if (this.#finished === MOST_BINS) this.#join();
  }

  #join(): void {
    const { length } = this.#open;
    for (let b = 0; b < MOST_BINS / 2; b++)
      for (let c = 0; c < length; c++)
        this.#bins[b * length + c] =
          (this.#bins[2 * b * length + c] + this.#bins[(2 * b + 1) * length + c]) / 2;
    this.#finished = MOST_BINS / 2;
    this.#length *= 2;
  }

  /** Bin means of one column. */
  series(column: number): Float64Array {
    return Float64Array.from({ length: this.#finished }, (_, b) => this.#bins[b * this.#columns + column]);
  }

  /**
   * Mean after so many entries and after the column's own equilibrium, with its standard error corrected for correlations.
   * @returns null where under two bins are left
   */
  estimate(column: number, from: number): { readonly value: number; readonly error: number } | null {
    const first = Math.ceil(from / this.#length);
    if (this.#finished - first < 2) return null;
    const series = this.series(column);
    const { mean, error } = estimateMean(series, Math.max(first, findEquilibration(series).start));
    return { value: mean, error };
  }
}
