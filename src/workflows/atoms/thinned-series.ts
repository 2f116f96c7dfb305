/** Long tables brought down to what a picture can show. */

/** Blocks of rows that are averaged. */
const MOST_BLOCKS = 300;
const BINS = 40;
/** Fewer entries make no histogram. */
const FEWEST_ENTRIES = 200;
/** Standard deviations on each side of the mean. */
const REACH = 4;

/** Means over blocks of rows. */
export class ThinnedRows {
  readonly #names: readonly string[];
  readonly #block: number;
  readonly #sums: Float64Array;
  readonly #blocks: number[][] = [];
  #entries = 0;

  /** @param rows expected */
  constructor(names: readonly string[], rows: number) {
    this.#names = names;
    this.#block = Math.max(1, Math.ceil(rows / MOST_BLOCKS));
    this.#sums = new Float64Array(names.length);
  }

  add(row: readonly number[]): void {
    for (let c = 0; c < row.length; c++) this.#sums[c] += row[c];
    if (++this.#entries === this.#block) this.#end();
  }

  #end(): void {
    this.#blocks.push(Array.from(this.#sums, (sum) => sum / this.#entries));
    this.#sums.fill(0);
    this.#entries = 0;
  }

  /** Those of which every cell is a number. */
  columns(): Record<string, Float64Array> {
    if (this.#entries > 0) this.#end();
    const all = this.#names.map(
      (name, c) => [name, Float64Array.from(this.#blocks, (block) => block[c])] as const,
    );
    return Object.fromEntries(all.filter(([, values]) => values.every(Number.isFinite)));
  }
}

/** Numbers of entries in bins around a mean that is known. */
export class Histogram {
  readonly #from: number;
  readonly #width: number;
  readonly #counts = new Float64Array(BINS);
  #entries = 0;

  /** @param mean and standard deviation that are expected, of numbers that are not negative */
  constructor(mean: number, deviation: number) {
    this.#from = Math.max(0, mean - REACH * deviation);
    this.#width = (mean + REACH * deviation - this.#from) / BINS;
  }

  add(value: number): void {
    this.#entries++;
    const bin = Math.floor((value - this.#from) / this.#width);
    if (bin >= 0 && bin < BINS) this.#counts[bin]++;
  }

  /** Null for few entries. */
  result(): { from: number; width: number; counts: Float64Array } | null {
    if (this.#entries < FEWEST_ENTRIES) return null;
    return { from: this.#from, width: this.#width, counts: this.#counts };
  }
}
