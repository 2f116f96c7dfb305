/**
 * What two minima have in common that are the same but for translation, rotation, reflection and the numbering of
 * atoms of one species: numbers that these do not change. For each two species
 *   all distances between them in ascending order, and
 *   for the atoms of each of the two, in ascending order, the mean distance to the atoms of the other.
 * Both change by no more than 2δ where no atom moves by more than δ (sorting never drives two lists apart), so minima
 * that were relaxed to within half the tolerance are always recognised. The distances alone tell all structures apart
 * but the rare homometric ones; the means part most of those. Long lists are shortened to means of consecutive entries,
 * which keeps the bound.
 */

import type { AtomKinds } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { numPairs, pairDistances } from "./distances.ts";

/** Entries that a list of distances is shortened to: all of them up to 45 atoms of one species. */
const MOST_ENTRIES = 1000;

interface PairKind {
  /** Where its sorted distances begin, and how many there are. */
  readonly first: number;
  readonly count: number;
}

/** Makes fingerprints of structures with the same atoms. */
export class Fingerprints {
  /** Numbers in a fingerprint. */
  readonly length: number;
  readonly #atoms: AtomKinds;
  readonly #kindOf: Int32Array;
  readonly #members: readonly Int32Array[];
  readonly #pairKinds: readonly PairKind[];
  readonly #pairs: Float64Array;
  readonly #sorted: Float64Array;
  readonly #sums: Float64Array;
  readonly #filled: Int32Array;

  constructor(atoms: AtomKinds) {
    this.#atoms = atoms;
    const count = atoms.species.length;
    const names = [...new Set(atoms.species)];
    this.#kindOf = Int32Array.from(atoms.species, (s) => names.indexOf(s));
    const all = Int32Array.from({ length: count }, (_, i) => i);
    this.#members = names.map((_, kind) => all.filter((i) => this.#kindOf[i] === kind));
    const kinds: PairKind[] = [];
    let first = 0;
    let length = 0;
    for (let a = 0; a < names.length; a++)
      for (let b = a; b < names.length; b++) {
        const [na, nb] = [this.#members[a].length, this.#members[b].length];
        const pairs = a === b ? numPairs(na) : na * nb;
        kinds.push({ first, count: pairs });
        first += pairs;
        length += Math.min(pairs, MOST_ENTRIES) + (a === b ? na : na + nb);
      }
    this.length = length;
    this.#pairKinds = kinds;
    this.#pairs = new Float64Array(numPairs(count));
    this.#sorted = new Float64Array(numPairs(count));
    this.#sums = new Float64Array(count * names.length);
    this.#filled = new Int32Array(kinds.length);
  }

  /** @returns Float64Array(length), Å */
  of(positions: Float64Array, cell: Float64Array): Float64Array {
    if (positions.length !== 3 * this.#kindOf.length)
      throw new EcitonError(
        "shape",
        `a fingerprint of ${this.#kindOf.length} atoms was asked for ${positions.length} coordinates`,
      );
    pairDistances(positions, cell, this.#atoms.periodic, this.#pairs);
    this.#collect();
    const out = new Float64Array(this.length);
    const kinds = this.#members.length;
    let at = 0;
    let pair = 0;
    for (let a = 0; a < kinds; a++)
      for (let b = a; b < kinds; b++, pair++) {
        const { first, count } = this.#pairKinds[pair];
        at = shorten(this.#sorted.subarray(first, first + count).sort(), out, at);
        at = this.#means(a, b, out, at);
        if (a !== b) at = this.#means(b, a, out, at);
      }
    return out;
  }

  /** Distances to the lists of their pairs of species, and their sums to the atoms. */
  #collect(): void {
    const kinds = this.#members.length;
    const kindOf = this.#kindOf;
    const sums = this.#sums.fill(0);
    this.#filled.fill(0);
    const atoms = kindOf.length;
    let k = 0;
    for (let i = 0; i < atoms; i++)
      for (let j = i + 1; j < atoms; j++, k++) {
        const d = this.#pairs[k];
        const a = Math.min(kindOf[i], kindOf[j]);
        const b = Math.max(kindOf[i], kindOf[j]);
        const pair = a * kinds - (a * (a - 1)) / 2 + b - a;
        this.#sorted[this.#pairKinds[pair].first + this.#filled[pair]++] = d;
        sums[i * kinds + kindOf[j]] += d;
        sums[j * kinds + kindOf[i]] += d;
      }
  }

  /** Mean distances from the atoms of one species to those of another, sorted. */
  #means(from: number, to: number, out: Float64Array, at: number): number {
    const members = this.#members[from];
    const others = this.#members[to].length - (from === to ? 1 : 0);
    const list = out.subarray(at, at + members.length);
    for (let m = 0; m < members.length; m++)
      list[m] = others === 0 ? 0 : this.#sums[members[m] * this.#members.length + to] / others;
    list.sort();
    return at + members.length;
  }
}

/** Writes a sorted list, or means of consecutive parts of a long one; returns where the next entry goes. */
function shorten(list: Float64Array, out: Float64Array, at: number): number {
  const entries = Math.min(list.length, MOST_ENTRIES);
  if (entries === list.length) {
    out.set(list, at);
    return at + entries;
  }
  for (let e = 0; e < entries; e++) {
    const first = Math.floor((e * list.length) / entries);
    const end = Math.floor(((e + 1) * list.length) / entries);
    let sum = 0;
    for (let k = first; k < end; k++) sum += list[k];
    out[at + e] = sum / (end - first);
  }
  return at + entries;
}

/** Largest difference of two entries, Å; early out beyond `limit`. */
export function fingerprintDistance(
  a: Float64Array,
  b: Float64Array,
  limit = Number.POSITIVE_INFINITY,
): number {
  let largest = 0;
  for (let k = 0; k < a.length && largest <= limit; k++) largest = Math.max(largest, Math.abs(a[k] - b[k]));
  return largest;
}
