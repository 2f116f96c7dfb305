/** What every chain has in its region of a model's memory, whatever its moves. */
import type { Layout } from "./layout.ts";
import type { ModelMemory } from "./model-memory.ts";
import * as block from "./swap-block.ts";

/** Byte offsets in a region. */
export interface ChainPlaces {
  readonly random: number;
  readonly live: number;
  readonly liveList: number;
  readonly sums: number;
  readonly occupation: number;
  readonly lowest: number;
  readonly counts: number;
  readonly journal: number;
  /** Entries that the journal has room for. */
  readonly journalCapacity: number;
  readonly fields: number;
}

/** Sizes of a model, all that a plan needs. */
export type ModelSizes = Omit<ModelMemory, "memory">;

/** @param layout begins behind the block of numbers */
export function planChain(model: ModelSizes, layout: Layout): ChainPlaces {
  const { width, maxSpecies, paddedSites, maskWords, sums } = model;
  const journalCapacity = Math.ceil(paddedSites / 8) + 128;
  return {
    random: layout.take(block.RANDOM_MARGIN + 4 * block.RANDOM_WORDS) + block.RANDOM_MARGIN,
    live: layout.doubles(2 * Math.max(1, maskWords)),
    liveList: layout.words(64 * maskWords),
    sums: layout.doubles(sums),
    occupation: layout.take(paddedSites),
    lowest: layout.take(paddedSites),
    counts: layout.words(width * maxSpecies),
    journal: layout.take(journalCapacity * block.JOURNAL_BYTES),
    journalCapacity,
    fields: layout.doubles(paddedSites * (maxSpecies - 1)),
  };
}

/**
 * Writes the block of numbers.
 * @param words the region
 * @param region its address
 */
export function writeChainBlock(
  words: Uint32Array,
  region: number,
  places: ChainPlaces,
  model: ModelSizes,
): void {
  words.fill(0, 0, block.BLOCK_END / 4);
  const set = (at: number, value: number) => {
    words[at / 4] = value;
  };
  set(block.RANDOM_BUFFER, region + places.random);
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

/** What nextIndex(n) rejects: products whose low half is below this. */
export const threshold = (n: number) => (2 ** 32 - n) % n;
