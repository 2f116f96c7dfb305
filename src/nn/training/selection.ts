/**
 * Which structures are kept for testing, and which errors become updates. All choices follow from the seed and the number
 * of the epoch, so a training can be taken up anywhere.
 */
import { RandomStream } from "../../core/random.ts";
import type { UpdateSelection } from "./training-settings.ts";

/** Streams of a training's seed; others may take those in between. */
const SPLIT_STREAM = 0;
const EPOCH_STREAMS = 1024;

/** The numbers of one epoch. */
export function epochStream(seed: number, epoch: number): RandomStream {
  return new RandomStream(seed, EPOCH_STREAMS + epoch);
}

export interface StructureSplit {
  /** Ascending. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * Keeps a fraction of the structures for testing, of each class as nearly the same fraction as whole numbers allow: the
 * structures stand in the order of their classes, at random within each, and every 1/fraction-th is taken.
 * @param classes class of each structure
 * @param fraction 0 ≤ fraction < 1
 */
export function splitStructures(classes: readonly string[], fraction: number, seed: number): StructureSplit {
  const random = new RandomStream(seed, SPLIT_STREAM);
  const members = new Map<string, number[]>();
  for (const [s, name] of classes.entries()) {
    const known = members.get(name);
    if (known) known.push(s);
    else members.set(name, [s]);
  }
  const order = [...members.keys()].sort().flatMap((name) => random.shuffle(members.get(name)!));
  const begin = random.nextFloat();
  const chosen = (place: number) => Math.floor(begin + place * fraction);
  const test = order.filter((_, place) => chosen(place + 1) > chosen(place));
  const isTest = new Set(test);
  return { train: classes.flatMap((_, s) => (isTest.has(s) ? [] : [s])), test: test.sort((a, b) => a - b) };
}

/** What updates are made of; the order is that of their numbers in an epoch's schedule. */
export const updateKinds = ["energy", "force", "stress"] as const;
export type UpdateKind = (typeof updateKinds)[number];

/** Updates of one kind in an epoch. */
export interface UpdateCount {
  readonly updates: number;
  /** Candidates that make up one. */
  readonly batch: number;
}

/**
 * ⌊candidates · fraction / batch⌋ updates, or one of ⌊candidates · fraction⌋ candidates where the batch is 0.
 * @param candidates energies, force components or stress components of the training set
 */
export function countUpdates(candidates: number, fraction: number, batch: number): UpdateCount {
  // Fractions are decimal: 0.1 of 30 is 3, whatever the last bit says.
  const wanted = candidates * fraction * (1 + 1e-12);
  if (batch === 0) return { updates: wanted >= 1 ? 1 : 0, batch: Math.floor(wanted) };
  return { updates: Math.floor(wanted / batch), batch };
}

/** The kind of each update of an epoch, by its number in `updateKinds`: all of them, in random order. */
export function scheduleOf(counts: readonly UpdateCount[], random: RandomStream): Uint8Array {
  const kinds = counts.flatMap(({ updates }, kind) => new Array<number>(updates).fill(kind));
  return random.shuffle(Uint8Array.from(kinds));
}

/**
 * Order in which candidates are considered.
 * @param errors their sizes at the beginning of the epoch, where the largest go first; null: a random order
 */
export function orderOf(count: number, errors: Float64Array | null, random: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, candidate) => candidate);
  // Equal errors: by number, so that the order does not depend on how a machine sorts.
  return errors ? order.sort((a, b) => errors[b] - errors[a] || a - b) : random.shuffle(order);
}

/** The candidates of one kind in their order, from the beginning again at the end. */
export class CandidateQueue {
  readonly order: Int32Array;
  #position: number;

  constructor(order: Int32Array, position = 0) {
    this.order = order;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  next(): number {
    if (this.#position === this.order.length) this.#position = 0;
    return this.order[this.#position++];
  }

  /**
   * The next candidate that is good enough: whose error exceeds the threshold, or the largest of `trials` where none does,
   * as n2p2's manual has it. (Its code then updates with the last one tried.)
   * @param errorOf error of a candidate, in units of the RMSE
   */
  choose(
    { mode, trials }: UpdateSelection,
    threshold: number,
    errorOf: (candidate: number) => number,
  ): number {
    if (mode !== "threshold") return this.next();
    let best = this.next();
    // In units of an RMSE of 0, where nothing is left to learn, errors are no numbers: the first candidate then stays.
    let largest = errorOf(best);
    for (let trial = 1; trial < trials && !(largest > threshold); trial++) {
      const candidate = this.next();
      const error = errorOf(candidate);
      if (error > largest) {
        best = candidate;
        largest = error;
      }
    }
    return best;
  }
}
