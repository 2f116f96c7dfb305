/** Where the parts of one chain of swaps lie in its region of a model's memory. */
import { Layout } from "./layout.ts";
import type { ModelMemory } from "./model-memory.ts";
import * as block from "./swap-block.ts";

/** A channel of swap moves: species a < b, their lists in the common array of members, its weight. */
export interface SwapChannelLists {
  readonly a: number;
  readonly b: number;
  readonly startA: number;
  readonly countA: number;
  readonly startB: number;
  readonly countB: number;
  readonly weight: number;
}

/** What the compiled code offers; see assembly/metropolis.ts. */
export interface SwapExports {
  runDirect(steps: number): void;
  runField(steps: number): void;
  buildFields(): void;
  keepLowest(): void;
  seek(lane: number): void;
}

/** Byte offsets in a region. */
export interface SwapPlaces {
  readonly random: number;
  readonly live: number;
  readonly liveList: number;
  readonly sums: number;
  readonly occupation: number;
  readonly lowest: number;
  readonly counts: number;
  readonly members: number;
  readonly channels: number;
  readonly journal: number;
  /** Entries that the journal has room for. */
  readonly journalCapacity: number;
  readonly fields: number;
  /** Bytes of the region. */
  readonly bytes: number;
}

/** @param members number of places in all lists of sites */
export function planSwaps(model: Omit<ModelMemory, "memory">, channels: number, members: number): SwapPlaces {
  const { width, maxSpecies, paddedSites, maskWords, sums } = model;
  const layout = new Layout("take a smaller supercell", block.BLOCK_END);
  const journalCapacity = Math.ceil(paddedSites / 16) + 64;
  const places = {
    random: layout.take(block.RANDOM_MARGIN + 4 * block.RANDOM_WORDS) + block.RANDOM_MARGIN,
    live: layout.doubles(2 * Math.max(1, maskWords)),
    liveList: layout.words(64 * maskWords),
    sums: layout.doubles(sums),
    occupation: layout.take(paddedSites),
    lowest: layout.take(paddedSites),
    counts: layout.words(width * maxSpecies),
    members: layout.words(members),
    channels: layout.take(channels * block.CHANNEL_BYTES),
    journal: layout.take(journalCapacity * block.JOURNAL_BYTES),
    journalCapacity,
    fields: layout.doubles(paddedSites * (maxSpecies - 1)),
  };
  return { ...places, bytes: layout.bytes };
}

/** What nextIndex(n) rejects: products whose low half is below this. */
const threshold = (n: number) => (2 ** 32 - n) % n;

/**
 * Writes the block of numbers and the channels.
 * @param words the region
 * @param region its address
 */
export function writeSwapBlock(
  words: Uint32Array,
  region: number,
  places: SwapPlaces,
  model: ModelMemory,
  channels: readonly SwapChannelLists[],
): void {
  words.fill(0, 0, block.BLOCK_END / 4);
  let cumulated = 0;
  channels.forEach(({ a, b, startA, countA, startB, countB, weight }, k) => {
    cumulated += weight;
    const list = (start: number, count: number) => [
      region + places.members + 4 * start,
      count,
      threshold(count),
    ];
    words.set(
      [cumulated, a, b, ...list(startA, countA), ...list(startB, countB), 0, 0],
      (places.channels + k * block.CHANNEL_BYTES) / 4,
    );
  });
  const set = (at: number, value: number) => {
    words[at / 4] = value;
  };
  set(block.RANDOM_BUFFER, region + places.random);
  set(block.CHANNELS, region + places.channels);
  set(block.CHANNEL_COUNT, channels.length);
  set(block.WEIGHT, cumulated);
  set(block.WEIGHT_THRESHOLD, threshold(cumulated));
  set(block.OCCUPATION, region + places.occupation);
  set(block.LOWEST_OCCUPATION, region + places.lowest);
  set(block.LIVE_A, region + places.live);
  set(block.LIVE_B, region + places.live + 8 * Math.max(1, model.maskWords));
  set(block.LIVE_LIST, region + places.liveList);
  set(block.SUMS, region + places.sums);
  set(block.FIELDS, region + places.fields);
  set(block.COUNTS, region + places.counts);
  set(block.JOURNAL, region + places.journal);
  set(block.JOURNAL_CAPACITY, places.journalCapacity);
}
