/** Pairs of sites of two lists, with bounds by the classes of both. */
import { CLASSES, FAR_BOUNDS } from "../../kernels/nfold-scheme.ts";
import type { ClassedSites } from "./classed-sites.ts";

export interface DrawnPair {
  readonly few: number;
  readonly many: number;
  /** In units. */
  readonly bound: number;
}

export class ClassPairs {
  readonly #few: ClassedSites;
  readonly #many: ClassedSites;
  readonly #bounds: Float64Array;
  /** Sum of the bounds of all pairs when it was last taken, in units. */
  total = 0;

  /** @param bounds by the sum of two classes, the first for sums up to 0 and the last for all above */
  constructor(few: ClassedSites, many: ClassedSites, bounds: Float64Array) {
    this.#few = few;
    this.#many = many;
    this.#bounds = bounds;
  }

  sum(): void {
    const { order, begin } = this.#few;
    this.total = 0;
    for (let at = 0; at < order.length; ) {
      const j = this.#few.classOf(order[at]);
      this.total += (begin[j + 1] - at) * this.#sumFor(j);
      at = begin[j + 1];
    }
  }

  /** Sum of the bounds of one site of the list of few, in class j, with all of the other list. */
  #sumFor(j: number): number {
    const { begin, order } = this.#many;
    const offset = this.#few.origin + this.#many.origin + j;
    const first = clamp(1 - offset);
    const end = clamp(FAR_BOUNDS - offset);
    let sum = begin[first] * this.#bounds[0];
    for (let i = first; i < end; i++) sum += (begin[i + 1] - begin[i]) * this.#bounds[i + offset];
    return sum + (order.length - begin[end]) * this.#bounds[FAR_BOUNDS];
  }

  /** @param drawn whole number below the total: the pair in whose share it falls, pairs lying one after the other */
  at(drawn: number): DrawnPair {
    const { order, begin } = this.#few;
    let rest = drawn;
    for (let from = 0; ; ) {
      const j = this.#few.classOf(order[from]);
      const sum = this.#sumFor(j);
      const part = (begin[j + 1] - from) * sum;
      if (rest < part) {
        const place = Math.floor(rest / sum);
        return { few: order[from + place], ...this.#partner(j, rest - place * sum) };
      }
      rest -= part;
      from = begin[j + 1];
    }
  }

  #partner(j: number, drawn: number): { many: number; bound: number } {
    const { begin, order } = this.#many;
    const bounds = this.#bounds;
    const offset = this.#few.origin + this.#many.origin + j;
    const end = clamp(FAR_BOUNDS - offset);
    let i = clamp(1 - offset);
    const surest = begin[i] * bounds[0];
    if (drawn < surest) return { many: order[Math.floor(drawn / bounds[0])], bound: bounds[0] };
    let rest = drawn - surest;
    for (; i < end; i++) {
      const part = (begin[i + 1] - begin[i]) * bounds[i + offset];
      if (rest < part) break;
      rest -= part;
    }
    const bound = i < end ? bounds[i + offset] : bounds[FAR_BOUNDS];
    return { many: order[begin[i] + Math.floor(rest / bound)], bound };
  }
}

/** A place among the classes of a list. */
function clamp(c: number): number {
  return Math.max(0, Math.min(CLASSES, c));
}
