/** Angles between the bonds of an atom. */
import { EcitonError } from "../../core/errors.ts";
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

interface Counted {
  readonly counts: Float64Array;
  /** Degrees. */
  sum: number;
  angles: number;
}

function total(parts: readonly Counted[], bins: number): Counted {
  const all = { counts: new Float64Array(bins), sum: 0, angles: 0 };
  for (const { counts, sum, angles } of parts) {
    for (let k = 0; k < bins; k++) all.counts[k] += counts[k];
    all.sum += sum;
    all.angles += angles;
  }
  return all;
}

function tripletName(a: string, middle: string, b: string): string {
  return a < b ? `${a}-${middle}-${b}` : `${b}-${middle}-${a}`;
}

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

  /** @throws {EcitonError} "data" for bonded atoms that coincide */
  add(frame: AtomFrame): void {
    const { first, index, vectors, distances } = this.#cutoffs.bonds(frame);
    const { species } = frame;
    const width = 180 / this.#bins;
    const counted = new Map<string, Counted>();
    const countedFor = (triplet: string): Counted => {
      const known = counted.get(triplet);
      if (known !== undefined) return known;
      const fresh = { counts: new Float64Array(this.#bins), sum: 0, angles: 0 };
      counted.set(triplet, fresh);
      return fresh;
    };
    const names = [...new Set(species)];
    const kindOf = Int32Array.from(species, (name) => names.indexOf(name));
    /** By the place of the middle and the ends in names; made when a triplet is first met. */
    const table = new Array<Counted | undefined>(names.length ** 3);
    for (let j = 0; j < species.length; j++)
      for (let n = first[j]; n < first[j + 1]; n++) {
        if (distances[n] === 0)
          throw new EcitonError(
            "data",
            `atoms ${j + 1} and ${index[n] + 1} coincide: their bond has no direction`,
            {
              atoms: [j, index[n]],
            },
          );
        for (let m = n + 1; m < first[j + 1]; m++) {
          const product =
            vectors[3 * n] * vectors[3 * m] +
            vectors[3 * n + 1] * vectors[3 * m + 1] +
            vectors[3 * n + 2] * vectors[3 * m + 2];
          const cosine = product / (distances[n] * distances[m]);
          const angle = (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
          const place = (kindOf[j] * names.length + kindOf[index[n]]) * names.length + kindOf[index[m]];
          let own = table[place];
          if (own === undefined) {
            own = countedFor(tripletName(species[index[n]], species[j], species[index[m]]));
            table[place] = own;
          }
          own.counts[Math.min(this.#bins - 1, Math.floor(angle / width))]++;
          own.sum += angle;
          own.angles++;
        }
      }
    if (counted.size > 0) counted.set(ALL, total([...counted.values()], this.#bins));
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
