/** The sites that hold one species, sorted into classes by the energy of changing it into another. */
import { CLASS_MARGIN, CLASSES } from "../../kernels/nfold-scheme.ts";

/**
 * Class c lies at order[begin[c]] .. order[begin[c + 1]]. A site changes its class by one exchange in `order` for each
 * border that it crosses, so that order depends on the past: it is part of a chain's state.
 */
export class ClassedSites {
  readonly order: Int32Array;
  readonly begin = new Int32Array(CLASSES + 1);
  /** Number of the first class, counted from the class that begins at energy 0. */
  origin = 0;
  readonly #place: Int32Array;
  readonly #classOf: Int32Array;

  constructor(count: number, numSites: number) {
    this.order = new Int32Array(count);
    this.#place = new Int32Array(numSites);
    this.#classOf = new Int32Array(numSites);
  }

  /** Place in the list of the first class for energies of which the lowest is in the given class. */
  static originFor(lowest: number): number {
    return lowest - CLASS_MARGIN;
  }

  /** Class within the list; below 0 for one that it does not reach down to. */
  localClass(absolute: number): number {
    return Math.min(absolute - this.origin, CLASSES - 1);
  }

  classOf(site: number): number {
    return this.#classOf[site];
  }

  /**
   * Sorts anew, sites of one class staying in their order.
   * @param absolute class of each site of `order`, counted from energy 0; none below the origin
   */
  sort(absolute: Float64Array): void {
    const sites = this.order.slice();
    const classes = Array.from(absolute, (c) => this.localClass(c));
    this.begin.fill(0);
    for (const c of classes) this.begin[c + 1]++;
    for (let c = 0; c < CLASSES; c++) this.begin[c + 1] += this.begin[c];
    const next = this.begin.slice();
    sites.forEach((site, k) => {
      this.#classOf[site] = classes[k];
      this.#put(site, next[classes[k]]++);
    });
  }

  #put(site: number, place: number): void {
    this.order[place] = site;
    this.#place[site] = place;
  }

  /** Puts one site in the place and class of another. */
  replace(before: number, after: number): void {
    this.#put(after, this.#place[before]);
    this.#classOf[after] = this.#classOf[before];
  }

  move(site: number, to: number): void {
    const { order, begin } = this;
    let at = this.#classOf[site];
    for (; at < to; at++) {
      const border = --begin[at + 1];
      this.#put(order[border], this.#place[site]);
      this.#put(site, border);
    }
    for (; at > to; at--) {
      const border = begin[at]++;
      this.#put(order[border], this.#place[site]);
      this.#put(site, border);
    }
    this.#classOf[site] = to;
  }
}
