/** Whole numbers of which one is drawn with a probability in proportion to itself. */
import { FAN_OUT } from "../../kernels/nfold-scheme.ts";

/** Sums of sums; all are whole and below 2^53, so they are exact and do not depend on the order of changes. */
export class SumTree {
  readonly #levels: Float64Array[] = [];
  total = 0;

  constructor(size: number) {
    let count = size;
    do {
      this.#levels.push(new Float64Array(count));
      count = Math.ceil(count / FAN_OUT);
    } while (this.#levels.at(-1)!.length > FAN_OUT);
  }

  clear(): void {
    for (const level of this.#levels) level.fill(0);
    this.total = 0;
  }

  set(index: number, value: number): void {
    const change = value - this.#levels[0][index];
    if (change === 0) return;
    this.total += change;
    let at = index;
    for (const level of this.#levels) {
      level[at] += change;
      at = Math.floor(at / FAN_OUT);
    }
  }

  /**
   * @param drawn whole number below the total
   * @returns the number in whose share it falls, and how far into that
   */
  find(drawn: number): { index: number; rest: number } {
    let index = 0;
    let rest = drawn;
    for (let l = this.#levels.length - 1; l >= 0; l--) {
      const level = this.#levels[l];
      index *= FAN_OUT;
      while (rest >= level[index]) rest -= level[index++];
    }
    return { index, rest };
  }
}
