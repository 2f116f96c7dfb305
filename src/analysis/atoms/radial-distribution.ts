/** Radial distribution functions, total and of each pair of species. */
import { EcitonError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import { type AtomFrame, neighboursOf, pairName, typicalDistance } from "./frame.ts";
import { RatioAverages } from "./ratio-averages.ts";

export interface RadialOptions {
  /** Largest distance, Å. */
  readonly cutoff: number;
  /** Width of the bins, Å; default 0.05. The last bin ends at or before the cut-off. */
  readonly width?: number;
}

export interface RadialResult {
  /** "all", or "Ag-Au" in alphabetical order. */
  readonly pair: string;
  /** What `values` are: g(r) for crystals and liquids; for clusters, wires and slabs neighbours for each Å. */
  readonly kind: "g" | "per_A";
  /** Middles of the bins, Å. */
  readonly r: number[];
  readonly values: number[];
  readonly error: number[] | null;
  /** Mean number of atoms of the second species within the outer edge of each bin of one of the first. */
  readonly within: number[];
}

const WIDTH_A = 0.05;
const ALL = "all";

interface PairAverages {
  /** Ordered pairs in each bin over the number of them that a gas would have for each Å³. */
  readonly gas: RatioAverages;
  /** Ordered pairs in each bin over the number of atoms of the first species. */
  readonly near: RatioAverages;
}

/**
 * Distances between atoms, frame after frame. The distances between a and b, n_ab(r) of them (both orders) in a bin of
 * volume v(r) = 4π/3 (r₂³ − r₁³), give with N_a and N_b atoms in the volume V
 *   g_ab(r) = V n_ab(r) / (N_a N_b v(r))
 * where all three directions are periodic. N_a N_b stands also for a = b: images of an atom count as its neighbours.
 * Without a volume the values are n_ab(r) / (N_a width), neighbours for each Å, whose sum over all bins of a cluster is
 * N_b (N_a − 1 for a = b).
 */
export class RadialDistribution {
  readonly #cutoff: number;
  readonly #width: number;
  readonly #bins: number;
  readonly #pairs = new Map<string, PairAverages>();
  #kind: RadialResult["kind"] | null = null;

  constructor({ cutoff, width = WIDTH_A }: RadialOptions) {
    this.#cutoff = cutoff;
    this.#width = width;
    this.#bins = Math.floor(cutoff / width + 1e-9);
    if (!(width > 0) || !(this.#bins >= 1))
      throw new EcitonError(
        "shape",
        `expected bins narrower than the cut-off, found ${width} and ${cutoff} Å`,
      );
  }

  /** @throws {EcitonError} "data" where frames in a periodic box and others are mixed */
  add(frame: AtomFrame): void {
    const kind = frame.periodic.every(Boolean) ? "g" : "per_A";
    if (this.#kind !== null && this.#kind !== kind)
      throw new EcitonError(
        "data",
        "radial distribution: frames that are periodic in all directions, and others, cannot be averaged together",
      );
    this.#kind = kind;
    const { species } = frame;
    const names = [...new Set(species)];
    const countOf = new Map(names.map((name) => [name, species.filter((s) => s === name).length]));
    countOf.set(ALL, species.length);
    const counts = new Map([ALL, ...allPairs(names)].map((pair) => [pair, new Float64Array(this.#bins)]));
    const kindOf = Int32Array.from(species, (name) => names.indexOf(name));
    const tables = names.map((one) => names.map((other) => counts.get(pairName(one, other))!));
    const total = counts.get(ALL)!;
    const { first, index, distances } = neighboursOf(frame, this.#cutoff, "half");
    for (let i = 0; i < species.length; i++) {
      const own = tables[kindOf[i]];
      for (let n = first[i]; n < first[i + 1]; n++) {
        const bin = Math.floor(distances[n] / this.#width);
        if (bin >= this.#bins) continue;
        total[bin]++;
        own[kindOf[index[n]]][bin]++;
      }
    }
    const volume = kind === "g" ? Math.abs(det3(frame.cell)) : 1;
    for (const [pair, half] of counts) {
      const [a, b] = pair === ALL ? [ALL, ALL] : splitPair(pair, names);
      const [atomsA, atomsB] = [countOf.get(a)!, countOf.get(b)!];
      // Each unordered pair of unlike species is one from a to b; of like ones it is two.
      const ordered = a === b ? half.map((n) => 2 * n) : half;
      const averages = this.#averagesOf(pair);
      averages.gas.add(ordered, (atomsA * atomsB) / volume);
      averages.near.add(ordered, atomsA);
    }
  }

  result(): RadialResult[] {
    const r = Array.from({ length: this.#bins }, (_, k) => (k + 0.5) * this.#width);
    const names = [...this.#pairs.keys()].sort((a, b) => (a === ALL ? -1 : b === ALL ? 1 : a < b ? -1 : 1));
    return names.map((pair) => {
      const { gas, near } = this.#pairs.get(pair)!;
      const { mean, error } = (this.#kind === "g" ? gas : near).averages()!;
      const size = (k: number) =>
        this.#kind === "g" ? ((4 * Math.PI) / 3) * this.#width ** 3 * ((k + 1) ** 3 - k ** 3) : this.#width;
      let sum = 0;
      return {
        pair,
        kind: this.#kind!,
        r,
        values: mean.map((n, k) => n / size(k)),
        error: error === null ? null : error.map((n, k) => n / size(k)),
        within: near.averages()!.mean.map((n) => {
          sum += n;
          return sum;
        }),
      };
    });
  }

  #averagesOf(pair: string): PairAverages {
    const known = this.#pairs.get(pair);
    if (known !== undefined) return known;
    const fresh = { gas: new RatioAverages(), near: new RatioAverages() };
    this.#pairs.set(pair, fresh);
    return fresh;
  }
}

function allPairs(names: readonly string[]): string[] {
  return names.flatMap((a, i) => names.slice(i).map((b) => pairName(a, b)));
}

/** Names of species may hold hyphens themselves. */
function splitPair(pair: string, names: readonly string[]): [string, string] {
  for (const a of names) for (const b of names) if (`${a}-${b}` === pair) return [a, b];
  throw new EcitonError("shape", `${pair} is no pair of ${names.join(", ")}`);
}

/** How far values must rise from the minimum to end the search, as a part of the fall to it from the peak. */
const RISE = 0.2;

/**
 * The distance that ends the first shell: where the density of neighbours is lowest between its highest peak and the
 * next rise. Where it is zero over a range, the middle of that.
 * @returns Å; null if there is no rise after a peak
 */
export function firstMinimum({ kind, r, values }: RadialResult): number | null {
  // Neighbours for each Å grow with the surface of the sphere even without any order.
  const density = kind === "g" ? values : values.map((n, k) => n / r[k] ** 2);
  const peak = density.indexOf(density.reduce((most, x) => Math.max(most, x), 0));
  let lowest = peak;
  for (let k = peak + 1; k < density.length; k++) {
    if (density[k] < density[lowest]) lowest = k;
    else if (density[k] > density[lowest] + RISE * (density[peak] - density[lowest])) {
      let last = lowest;
      while (density[last + 1] === density[lowest]) last++;
      return (r[lowest] + r[last]) / 2;
    }
  }
  return null;
}

/** Reach of the search for the first minimum, and width of its bins, in typical distances of neighbours. */
const SEARCH = 2.2;
const FINE = 0.02;

/**
 * The distance that ends the first shell of all atoms, from the radial distribution of these frames: a bond length that
 * needs no knowledge of the species.
 * @throws {EcitonError} "data" where there is no minimum to be found
 */
export function firstShellCutoff(frames: readonly AtomFrame[]): number {
  const typical = frames.map(typicalDistance).sort((a, b) => a - b)[Math.floor(frames.length / 2)];
  const distribution = new RadialDistribution({ cutoff: SEARCH * typical, width: FINE * typical });
  for (const frame of frames) distribution.add(frame);
  const minimum = firstMinimum(distribution.result()[0]);
  if (minimum !== null) return minimum;
  throw new EcitonError(
    "data",
    `expected a radial distribution with a minimum behind its first peak, found none up to ` +
      `${(SEARCH * typical).toFixed(2)} Å: give the length of bonds instead`,
  );
}
