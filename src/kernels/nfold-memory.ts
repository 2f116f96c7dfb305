/** Where the parts of one rejection-free chain lie in its region of a model's memory. */
import { type ChainPlaces, type ModelSizes, planChain, writeChainBlock } from "./chain-memory.ts";
import { Layout } from "./layout.ts";
import type { ModelTables } from "./model-memory.ts";
import * as block from "./nfold-block.ts";
import { CLASSES, FAN_OUT } from "./nfold-scheme.ts";

/** A side of a channel: species that its sites hold and would get, and how many there are. */
export interface NfoldSideSizes {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface NfoldChannelSizes {
  readonly group: number;
  readonly weight: number;
  readonly a: NfoldSideSizes;
  readonly b: NfoldSideSizes;
  /** Whether near pairs are kept with the sites of the first side. */
  readonly fewA: boolean;
  /** Probability of a pair for each unit of its bound. */
  readonly share: number;
}

export interface NfoldPlan {
  readonly channels: readonly NfoldChannelSizes[];
  /** Group of each sublattice, -1 for none. */
  readonly groupOf: ArrayLike<number>;
  /** The bound 1 in units, and tables of bounds. */
  readonly one: number;
  readonly far: Float64Array;
  readonly near: Float64Array;
  readonly patience: number;
}

export interface NfoldPlaces extends ChainPlaces {
  /** Byte offset of each side's list of sites, and the number of its sites. */
  readonly orders: readonly { readonly at: number; readonly count: number }[];
  readonly sides: number;
  readonly channels: number;
  readonly bytes: number;
  /** Writes what stays the same as long as the chain lives. */
  fill(f64: Float64Array, u32: Uint32Array, region: number): void;
}

export function planNfold(
  model: ModelSizes,
  interactions: ModelTables["interactions"],
  plan: NfoldPlan,
): NfoldPlaces {
  const { width, maxSpecies, paddedSites } = model;
  const { cells, neighbourStart, neighbourStep, neighbourSublattice } = interactions;
  const sites = width * cells.home.length;
  const layout = new Layout("take a smaller supercell", block.NFOLD_END);
  const chain = planChain(model, layout);
  const writes: ((f64: Float64Array, u32: Uint32Array, region: number) => void)[] = [];
  const words = (values: ArrayLike<number>) => {
    const at = layout.words(values.length);
    writes.push((_, u32) => u32.set(values, at / 4));
    return at;
  };
  const doubles = (values: ArrayLike<number>) => {
    const at = layout.doubles(values.length);
    writes.push((f64) => f64.set(values, at / 8));
    return at;
  };
  /** Words of which all are offsets in the region that become addresses, or 0. */
  const addresses = (offsets: readonly number[]) => {
    const at = layout.words(offsets.length);
    writes.push((_, u32, region) =>
      u32.set(
        offsets.map((x) => (x === 0 ? 0 : x + region)),
        at / 4,
      ),
    );
    return at;
  };

  const sides = layout.take(2 * plan.channels.length * block.SIDE_BYTES);
  const channels = layout.take(plan.channels.length * block.CHANNEL_BYTES);
  const levels = treeLevels(sites);
  const neighbours = Array.from({ length: width }, (_, s) => {
    const list: number[] = [];
    for (let k = neighbourStart[s]; k < neighbourStart[s + 1]; k++)
      if (plan.groupOf[neighbourSublattice[k]] === plan.groupOf[s])
        list.push(neighbourStep[k], neighbourSublattice[k], 8 * (k - neighbourStart[s]) * (maxSpecies - 1));
    return { at: words(list), count: list.length / 3 };
  });
  const most = Math.max(...neighbours.map(({ count }) => count));

  const orders: { at: number; count: number }[] = [];
  const sidesOf = new Map<number, number[]>();
  plan.channels.forEach((channel, k) => {
    const record = channels + k * block.CHANNEL_BYTES;
    [channel.a, channel.b].forEach(({ from, to, count }, second) => {
      const side = sides + (2 * k + second) * block.SIDE_BYTES;
      const order = layout.words(count);
      const begin = layout.words(CLASSES + 1);
      const places = layout.take(8 * paddedSites);
      orders.push({ at: order, count });
      const row = channel.group * maxSpecies + from;
      sidesOf.set(row, [...(sidesOf.get(row) ?? []), side]);
      const rows = channel.fewA === (second === 0);
      writes.push((_, u32, region) =>
        u32.set(
          [from, to, count, order + region, begin + region, places + region, rows ? record + region : 0],
          (side + block.SIDE_FROM) / 4,
        ),
      );
    });
    const first = sides + 2 * k * block.SIDE_BYTES;
    const second = first + block.SIDE_BYTES;
    const [few, many] = channel.fewA ? [first, second] : [second, first];
    const tree = layout.take(levels.bytes);
    const sums = layout.doubles(CLASSES);
    const corrections = layout.doubles(width * most);
    writes.push((f64, u32, region) => {
      f64[record / 8] = channel.share;
      u32.set(
        [channel.weight, first + region, few + region, many + region, tree + region, sums + region],
        (record + block.CHANNEL_WEIGHT) / 4,
      );
      u32[(record + block.CHANNEL_CORRECTIONS) / 4] = corrections + region;
      u32[(record + block.CHANNEL_ACCEPTED) / 4] = 0;
      u32[(record + block.CHANNEL_GROUP) / 4] = channel.group;
    });
  });
  const groups = 1 + Math.max(...plan.channels.map(({ group }) => group));
  const few = new Array<number>(2 * groups).fill(0);
  for (const { group, fewA, a, b } of plan.channels) {
    const species = fewA ? a.from : b.from;
    few[2 * group + (species >> 5)] |= 1 << (species & 31);
  }
  const rows = Array.from({ length: groups * maxSpecies }, (_, row) => sidesOf.get(row) ?? []);
  const rowLists = rows.map((list) => addresses(list));
  const sidesAt = layout.words(2 * rows.length);
  const neighboursAt = layout.words(2 * width);
  const stamps = layout.words(paddedSites);
  writes.push((_, u32, region) => {
    rows.forEach((list, row) => {
      u32.set([list.length, rowLists[row] + region], sidesAt / 4 + 2 * row);
    });
    neighbours.forEach(({ at, count }, s) => {
      u32.set([at + region, count], neighboursAt / 4 + 2 * s);
    });
    u32.fill(0, stamps / 4, stamps / 4 + paddedSites);
  });
  const blockWords: [number, number][] = [
    [block.SIDES, sides],
    [block.CHANNELS, channels],
    [block.FAR, doubles(plan.far)],
    [block.NEAR, doubles(plan.near)],
    [block.GROUP_OF, words(plan.groupOf)],
    [block.SIDES_OF, sidesAt],
    [block.GROUP_NEIGHBOURS, neighboursAt],
    [block.CELL_OF, words(cells.cellOf)],
    [block.STAMPS, stamps],
    [block.ROWS, layout.words(sites)],
    [block.SORTED, layout.words(sites)],
    [block.LEVELS, words(levels.words)],
    [block.FEW_OF, words(few)],
  ];
  const { bytes } = layout;
  return {
    ...chain,
    orders,
    sides,
    channels,
    bytes,
    fill(f64, u32, region) {
      writeChainBlock(u32, region, chain, model);
      u32.fill(0, block.CLASS_BETA / 4, block.NFOLD_END / 4);
      for (const write of writes) write(f64, u32, region);
      for (const [at, offset] of blockWords) u32[at / 4] = region + offset;
      f64[block.ONE / 8] = plan.one;
      f64[block.PATIENCE / 8] = plan.patience;
      u32[block.CHANNEL_COUNT / 4] = plan.channels.length;
      u32[block.WEIGHT / 4] = plan.channels.reduce((sum, { weight }) => sum + weight, 0);
      u32[block.MOST_NEIGHBOURS / 4] = most;
    },
  };
}

/** Number of levels, offset of each in bytes, bytes of all. */
function treeLevels(size: number): { words: number[]; bytes: number } {
  const offsets: number[] = [];
  let bytes = 0;
  let count = size;
  for (;;) {
    offsets.push(bytes);
    bytes += 8 * count;
    if (count <= FAN_OUT) break;
    count = Math.ceil(count / FAN_OUT);
  }
  return { words: [offsets.length, ...offsets, bytes], bytes };
}
