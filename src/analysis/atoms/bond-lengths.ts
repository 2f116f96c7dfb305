/** Bond lengths of each pair of species: how many, how long, how spread. */
import type { BondCutoffs } from "./bonds.ts";
import { type AtomFrame, pairName } from "./frame.ts";
import { type Averaged, RatioAverages } from "./ratio-averages.ts";

export interface BondLengthOptions {
  /** Width of the bins of the histogram, Å; default 0.1. */
  readonly width?: number;
  /** Å: the fraction of bonds with a length between the two, both included, is reported for each pair. */
  readonly window?: readonly [number, number];
}

export interface BondLengthResult {
  /** "Ce-O", in alphabetical order. */
  readonly pair: string;
  /** Bonds in a frame. */
  readonly bonds: Averaged;
  /** Å, over all bonds of all frames. */
  readonly mean: Averaged;
  /** Å, in a frame that has any (for the second, two); null where no frame has. */
  readonly shortest: Averaged;
  readonly longest: Averaged;
  readonly secondLongest: Averaged | null;
  /** Part of the bonds in the window. */
  readonly inWindow: Averaged | null;
  /** Part of the bonds in each bin; bin k goes from (first + k) width to (first + k + 1) width. */
  readonly histogram: {
    readonly width: number;
    readonly first: number;
    readonly fraction: number[];
    readonly error: number[] | null;
  };
}

const WIDTH_A = 0.1;
/** A length of 2.3 belongs to the bin that begins at 2.3, though 2.3 / 0.1 is a little less than 23. */
const ROUNDING = 1e-9;

/** One pair's numbers over the frames that have such bonds. */
interface PairAverages {
  readonly histogram: RatioAverages;
  /** Sum of the lengths and number in the window, over the number of bonds. */
  readonly lengths: RatioAverages;
  readonly extremes: RatioAverages;
  readonly second: RatioAverages;
}

/** Frame after frame; each pair of species is reported that has a bond in any frame. */
export class BondLengths {
  readonly #cutoffs: BondCutoffs;
  readonly #width: number;
  readonly #window: readonly [number, number] | undefined;
  readonly #pairs = new Map<string, PairAverages>();
  /** A column for each pair, in the order of the map. */
  readonly #numbers = new RatioAverages();

  constructor(cutoffs: BondCutoffs, options: BondLengthOptions = {}) {
    this.#cutoffs = cutoffs;
    this.#width = options.width ?? WIDTH_A;
    this.#window = options.window;
  }

  add(frame: AtomFrame): void {
    const lengths = bondLengths(frame, this.#cutoffs);
    for (const [pair, sorted] of lengths) {
      if (!this.#pairs.has(pair))
        this.#pairs.set(pair, {
          histogram: new RatioAverages(),
          lengths: new RatioAverages(),
          extremes: new RatioAverages(),
          second: new RatioAverages(),
        });
      this.#addPair(this.#pairs.get(pair)!, sorted);
    }
    this.#numbers.add([...this.#pairs.keys()].map((pair) => lengths.get(pair)?.length ?? 0));
  }

  result(): BondLengthResult[] {
    return [...this.#pairs]
      .map(([pair, averages], column) => this.#resultOf(pair, averages, column))
      .sort((a, b) => (a.pair < b.pair ? -1 : 1));
  }

  /** @param sorted lengths in one frame, ascending, at least one */
  #addPair({ histogram, lengths, extremes, second }: PairAverages, sorted: Float64Array): void {
    const count = sorted.length;
    const [low, high] = this.#window ?? [0, 0];
    const binOf = (length: number) => Math.floor(length / this.#width + ROUNDING);
    const counts = new Float64Array(binOf(sorted[count - 1]) + 1);
    let sum = 0;
    let inside = 0;
    for (const length of sorted) {
      counts[binOf(length)]++;
      sum += length;
      if (length >= low - ROUNDING && length <= high + ROUNDING) inside++;
    }
    histogram.add(counts, count);
    lengths.add([sum, inside], count);
    extremes.add([sorted[0], sorted[count - 1]]);
    if (count > 1) second.add([sorted[count - 2]]);
  }

  #resultOf(pair: string, averages: PairAverages, column: number): BondLengthResult {
    const { histogram, lengths, extremes, second } = averages;
    const { mean, error } = histogram.averages()!;
    const first = mean.findIndex((part) => part > 0);
    return {
      pair,
      bonds: this.#numbers.average(column)!,
      mean: lengths.average(0)!,
      shortest: extremes.average(0)!,
      longest: extremes.average(1)!,
      secondLongest: second.average(0),
      inWindow: this.#window === undefined ? null : lengths.average(1),
      histogram: {
        width: this.#width,
        first,
        fraction: mean.slice(first),
        error: error === null ? null : error.slice(first),
      },
    };
  }
}

/** Lengths, ascending, of the bonds of each pair of species that has any. */
function bondLengths(frame: AtomFrame, cutoffs: BondCutoffs): Map<string, Float64Array> {
  const { first, index, distances } = cutoffs.bonds(frame, "half");
  const { species } = frame;
  const found = new Map<string, number[]>();
  for (let i = 0; i < species.length; i++)
    for (let n = first[i]; n < first[i + 1]; n++) {
      const pair = pairName(species[i], species[index[n]]);
      const known = found.get(pair);
      if (known === undefined) found.set(pair, [distances[n]]);
      else known.push(distances[n]);
    }
  return new Map([...found].map(([pair, lengths]) => [pair, Float64Array.from(lengths).sort()]));
}
