/** Angles between the bonds of an atom. */
import type { BondCutoffs } from "./bonds.ts";
import type { AtomFrame } from "./frame.ts";
import { type Averaged, RatioAverages } from "./ratio-averages.ts";

export interface AngularResult {
  /** "all", or end, middle, end: "O-Ce-O", the ends in alphabetical order. */
  readonly triplet: string;
  /** Angles in a frame. */
  readonly angles: Averaged;
  /** Degrees. */
  readonly mean: Averaged;
  /** Middles of the bins, degrees. */
  readonly degrees: number[];
  /** Probability density, 1/degree: it sums to one over the bins times their width. */
  readonly density: number[];
  readonly error: number[] | null;
}

const ALL = "all";
const DEGREES = 2;

/** Angles i-j-k of all atoms j with bonds to i and k, frame after frame. */
export class AngularDistribution {
  readonly #cutoffs: BondCutoffs;
  readonly #bins: number;
  readonly #triplets = new Map<string, { histogram: RatioAverages; sum: RatioAverages }>();
  /** A column for each triplet, in the order of the map. */
  readonly #numbers = new RatioAverages();

  /** @param degrees width of the bins, made a little narrower so that they divide 180 */
  constructor(cutoffs: BondCutoffs, degrees: number = DEGREES) {
    this.#cutoffs = cutoffs;
    this.#bins = Math.ceil(180 / degrees - 1e-9);
  }

  add(frame: AtomFrame): void {
    const { first, index, vectors, distances } = this.#cutoffs.bonds(frame);
    const { species } = frame;
    const width = 180 / this.#bins;
    const counted = new Map<string, { counts: Float64Array; sum: number; angles: number }>();
    const count = (triplet: string, angle: number) => {
      let own = counted.get(triplet);
      if (own === undefined) {
        own = { counts: new Float64Array(this.#bins), sum: 0, angles: 0 };
        counted.set(triplet, own);
      }
      own.counts[Math.min(this.#bins - 1, Math.floor(angle / width))]++;
      own.sum += angle;
      own.angles++;
    };
    for (let j = 0; j < species.length; j++)
      for (let n = first[j]; n < first[j + 1]; n++)
        for (let m = n + 1; m < first[j + 1]; m++) {
          const product =
            vectors[3 * n] * vectors[3 * m] +
            vectors[3 * n + 1] * vectors[3 * m + 1] +
            vectors[3 * n + 2] * vectors[3 * m + 2];
          const cosine = product / (distances[n] * distances[m]);
          const angle = (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
          const [a, b] = [species[index[n]], species[index[m]]];
          count(ALL, angle);
          count(a < b ? `${a}-${species[j]}-${b}` : `${b}-${species[j]}-${a}`, angle);
        }
    for (const [triplet, { counts, sum, angles }] of counted) {
      const known = this.#triplets.get(triplet);
      const own = known ?? { histogram: new RatioAverages(), sum: new RatioAverages() };
      if (known === undefined) this.#triplets.set(triplet, own);
      own.histogram.add(counts, angles);
      own.sum.add([sum], angles);
    }
    this.#numbers.add([...this.#triplets.keys()].map((triplet) => counted.get(triplet)?.angles ?? 0));
  }

  result(): AngularResult[] {
    const width = 180 / this.#bins;
    return [...this.#triplets]
      .map(([triplet, { histogram, sum }], column) => {
        const { mean, error } = histogram.averages()!;
        return {
          triplet,
          angles: this.#numbers.average(column)!,
          mean: sum.average(0)!,
          degrees: mean.map((_, k) => (k + 0.5) * width),
          density: mean.map((part) => part / width),
          error: error === null ? null : error.map((part) => part / width),
        };
      })
      .sort((a, b) => (a.triplet === ALL ? -1 : b.triplet === ALL ? 1 : a.triplet < b.triplet ? -1 : 1));
  }
}
