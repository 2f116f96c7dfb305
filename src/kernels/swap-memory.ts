/** Where the parts of one chain of swaps lie in its region of a model's memory. */
import { type ChainPlaces, type ModelSizes, planChain, threshold, writeChainBlock } from "./chain-memory.ts";
import { Layout } from "./layout.ts";
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

/** Byte offsets in a region. */
export interface SwapPlaces extends ChainPlaces {
  readonly members: number;
  readonly channels: number;
  /** Bytes of the region. */
  readonly bytes: number;
}

/** @param members number of places in all lists of sites */
export function planSwaps(model: ModelSizes, channels: number, members: number): SwapPlaces {
  const layout = new Layout("take a smaller supercell", block.BLOCK_END);
  const places = {
    ...planChain(model, layout),
    members: layout.words(members),
    channels: layout.take(channels * block.CHANNEL_BYTES),
  };
  return { ...places, bytes: layout.bytes };
}

/**
 * Writes the block of numbers and the channels.
 * @param words the region
 * @param region its address
 */
export function writeSwapBlock(
  words: Uint32Array,
  region: number,
  places: SwapPlaces,
  model: ModelSizes,
  channels: readonly SwapChannelLists[],
): void {
  writeChainBlock(words, region, places, model);
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
  words[block.CHANNELS / 4] = region + places.channels;
  words[block.CHANNEL_COUNT / 4] = channels.length;
  words[block.WEIGHT / 4] = cumulated;
  words[block.WEIGHT_THRESHOLD / 4] = threshold(cumulated);
}
