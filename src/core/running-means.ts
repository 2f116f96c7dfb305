/** Means and variances of correlated series, with errors, in memory that grows with the logarithm of their length. */

/** Levels of blocking: enough for 2^48 entries. */
const LEVELS = 48;
/** Numbers kept for a level and column: means of x and x², sums of squares and products about them, an entry that waits. */
const FIELDS = 7;

export interface Estimated {
  readonly value: number;
  /** Standard error, corrected for correlations; null where the series is too short to tell. */
  readonly error: number | null;
}

/**
 * Several quantities that are measured together. Entries are averaged in pairs, the averages again in pairs, and so on;
 * the apparent error of the mean grows from level to level until blocks are longer than the correlations.
 * @see Flyvbjerg, Petersen, J. Chem. Phys. 91, 461 (1989); the level is chosen as by Lee, Conduit, Nemec, López
 *   Ríos, Drummond, Phys. Rev. E 83, 066706 (2011): the first with 2^(3 level) > 2 n (error / first error)⁴
 */
export class RunningMeans {
  readonly #columns: number;
  /** Entries of each level. */
  readonly #counts = new Float64Array(LEVELS);
  /** 1 where an entry of the level waits for its neighbour. */
  readonly #waiting = new Uint8Array(LEVELS);
  readonly #data: Float64Array;
  /** First entries: numbers are kept relative to them, so that small variations of large numbers keep their digits. */
  readonly #origin: Float64Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;

  constructor(columns: number) {
    this.#columns = columns;
    this.#data = new Float64Array(LEVELS * columns * FIELDS);
    this.#origin = new Float64Array(columns);
    this.#x = new Float64Array(columns);
    this.#y = new Float64Array(columns);
  }

  get entries(): number {
    return this.#counts[0];
  }

  /** @param row one number for each column */
  add(row: ArrayLike<number>): void {
    const columns = this.#columns;
    const x = this.#x;
    const y = this.#y;
    const data = this.#data;
    if (this.#counts[0] === 0) for (let c = 0; c < columns; c++) this.#origin[c] = row[c];
    for (let c = 0; c < columns; c++) {
      x[c] = row[c] - this.#origin[c];
      y[c] = x[c] * x[c];
    }
    for (let level = 0; level < LEVELS; level++) {
      const count = ++this.#counts[level];
      const waits = this.#waiting[level] === 1;
      for (let c = 0, at = level * columns * FIELDS; c < columns; c++, at += FIELDS) {
        const dx = x[c] - data[at];
        const dy = y[c] - data[at + 1];
        data[at] += dx / count;
        data[at + 1] += dy / count;
        data[at + 2] += dx * (x[c] - data[at]);
        data[at + 3] += dy * (y[c] - data[at + 1]);
        data[at + 4] += dx * (y[c] - data[at + 1]);
        if (waits) {
          x[c] = (x[c] + data[at + 5]) / 2;
          y[c] = (y[c] + data[at + 6]) / 2;
        } else {
          data[at + 5] = x[c];
          data[at + 6] = y[c];
        }
      }
      this.#waiting[level] = waits ? 0 : 1;
      if (!waits) return;
    }
  }

  /** Mean of a column; null without entries. */
  mean(column: number): Estimated | null {
    if (this.#counts[0] === 0) return null;
    return { value: this.#origin[column] + this.#data[column * FIELDS], error: this.#error(column, 1, 0) };
  }

  /** Variance of a column; null with fewer than two entries. */
  variance(column: number): Estimated | null {
    const n = this.#counts[0];
    if (n < 2) return null;
    const at = column * FIELDS;
    // What the mean itself strays is missing from the squares about it.
    const missing = this.#error(column, 1, 0) ?? 0;
    const mean = this.#data[at];
    return { value: this.#data[at + 2] / n + missing ** 2, error: this.#error(column, -2 * mean, 1) };
  }

  /** Standard error of the mean of p x + q x². */
  #error(column: number, p: number, q: number): number | null {
    const square = (level: number) => {
      const n = this.#counts[level];
      const at = (level * this.#columns + column) * FIELDS;
      const data = this.#data;
      const sum = p * p * data[at + 2] + 2 * p * q * data[at + 4] + q * q * data[at + 3];
      return Math.max(0, sum) / (n * (n - 1));
    };
    const n = this.#counts[0];
    if (n < 2) return null;
    const first = square(0);
    if (first === 0) return 0;
    for (let level = 0; level < LEVELS && this.#counts[level] >= 2; level++) {
      const here = square(level);
      if (8 ** level > 2 * n * (here / first) ** 2) return Math.sqrt(here);
    }
    return null;
  }

  /** For a checkpoint. */
  state(): Float64Array {
    return Float64Array.of(...this.#counts, ...this.#waiting, ...this.#origin, ...this.#data);
  }

  restore(state: Float64Array): void {
    let at = 0;
    for (const array of [this.#counts, this.#waiting, this.#origin, this.#data]) {
      array.set(state.subarray(at, at + array.length));
      at += array.length;
    }
  }
}
