/** The lowest distinct minima that a search met: ranked, counted, bounded in number. */
import type { AtomKinds } from "../../core/calculator.ts";
import { Fingerprints, fingerprintDistance } from "./fingerprint.ts";
import type { SamePlan } from "./hop-settings.ts";

export interface Minimum {
  /** eV */
  readonly energy: number;
  readonly positions: Float64Array;
  readonly cell: Float64Array;
  /** Quenches that ended here while it was among the minima kept. */
  readonly visits: number;
  /** Where it was found first. */
  readonly path: number;
  readonly step: number;
  /** Whether the relaxation met its tolerances. */
  readonly converged: boolean;
}

interface Entry {
  minimum: Minimum;
  fingerprint: Float64Array;
}

/**
 * Two minima are one if neither their energies nor their fingerprints differ by more than the tolerances; of the two
 * the lower stays. What is found again counts as a visit. Beyond `capacity` the highest are forgotten, visits and all.
 */
export class MinimaArchive {
  readonly #capacity: number;
  readonly #same: SamePlan;
  readonly #fingerprints: Fingerprints;
  /** By energy, the lowest first. */
  readonly #entries: Entry[] = [];

  constructor(atoms: AtomKinds, capacity: number, same: SamePlan) {
    this.#capacity = capacity;
    this.#same = same;
    this.#fingerprints = new Fingerprints(atoms);
  }

  get minima(): readonly Minimum[] {
    return this.#entries.map(({ minimum }) => minimum);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** @param found is kept as it is, arrays and all, if it is kept */
  add(found: Minimum): void {
    const entries = this.#entries;
    const full = entries.length === this.#capacity;
    const { energy: window, distance } = this.#same;
    if (full && found.energy > entries[entries.length - 1].minimum.energy + window) return;
    const fingerprint = this.#fingerprints.of(found.positions, found.cell);
    const known = this.#nearest(found.energy, fingerprint, window, distance);
    if (known >= 0) {
      const [{ minimum, fingerprint: before }] = entries.splice(known, 1);
      const lower = found.energy < minimum.energy;
      const first = isEarlier(found, minimum) ? found : minimum;
      this.#insert({
        minimum: {
          ...(lower ? found : minimum),
          visits: minimum.visits + found.visits,
          path: first.path,
          step: first.step,
        },
        fingerprint: lower ? fingerprint : before,
      });
      return;
    }
    this.#insert({ minimum: found, fingerprint });
    if (entries.length > this.#capacity) entries.pop();
  }

  /** Goes on from minima that an archive like this one held. */
  restore(minima: readonly Minimum[]): void {
    this.#entries.length = 0;
    for (const minimum of minima)
      this.#entries.push({ minimum, fingerprint: this.#fingerprints.of(minimum.positions, minimum.cell) });
  }

  /** Index of the entry most like it within the tolerances, or -1. */
  #nearest(energy: number, fingerprint: Float64Array, window: number, distance: number): number {
    let best = -1;
    let smallest = distance;
    for (let i = this.#below(energy - window); i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (entry.minimum.energy > energy + window) break;
      const apart = fingerprintDistance(fingerprint, entry.fingerprint, smallest);
      if (apart > smallest || (best >= 0 && apart === smallest)) continue;
      smallest = apart;
      best = i;
    }
    return best;
  }

  #insert(entry: Entry): void {
    const { energy } = entry.minimum;
    let at = this.#below(energy);
    // After those of the same energy: the first found stands first.
    while (at < this.#entries.length && this.#entries[at].minimum.energy === energy) at++;
    this.#entries.splice(at, 0, entry);
  }

  /** Number of entries with less energy. */
  #below(energy: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle].minimum.energy < energy) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Earlier in steps; of the same step, on the path with the lower number. */
function isEarlier(a: Minimum, b: Minimum): boolean {
  return a.step < b.step || (a.step === b.step && a.path < b.path);
}

/** One archive of several paths, the same for any order in which they ended. */
export function mergeArchives(
  atoms: AtomKinds,
  capacity: number,
  same: SamePlan,
  paths: readonly (readonly Minimum[])[],
): Minimum[] {
  const archive = new MinimaArchive(atoms, capacity, same);
  for (const minima of paths) for (const minimum of minima) archive.add(minimum);
  return [...archive.minima];
}
