/** The memory of the swap kernel: where a model's tables lie in it. */
import { Layout } from "./layout.ts";
import { instantiateKernel } from "./load.ts";
import * as block from "./swap-block.ts";

type CompletionList = readonly { readonly literal: number; readonly energy: number }[];

/** What the kernel knows of a model on a supercell; shapes and meanings are those of the modules that build them. */
export interface SwapTables {
  readonly interactions: {
    readonly sites: Int32Array;
    readonly species: Int32Array;
    readonly maxSpecies: number;
    readonly cells: { readonly count: number; readonly home: Int32Array; readonly cellOf: Int32Array };
    readonly neighbourStart: Int32Array;
    readonly neighbourStep: Int32Array;
    readonly neighbourSublattice: Int32Array;
    readonly manyBody: Int32Array;
  };
  readonly tries: {
    readonly words: number;
    readonly energies: { readonly records: Uint32Array; readonly values: readonly number[] };
    readonly completions: { readonly records: Uint32Array; readonly values: readonly CompletionList[] };
    readonly rows: readonly {
      readonly point: number;
      readonly pairs: Float64Array;
      readonly root: number;
      readonly singles: Float64Array;
      readonly through: Int32Array;
      readonly completionRoot: number;
      readonly completionSingles: readonly CompletionList[];
    }[];
  };
  readonly differences: {
    readonly codes: Int32Array;
    readonly classes: Uint16Array;
    readonly centre: number;
    readonly neighbours: Uint16Array;
  };
}

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
  buildFields(homes: number, cells: number): void;
  keepLowest(): void;
  seek(lane: number): void;
}

/** What nextIndex(n) rejects: products whose low half is below this. */
const threshold = (n: number) => (2 ** 32 - n) % n;

interface Views {
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  readonly u16: Uint16Array;
  readonly u8: Uint8Array;
}

/** A kernel's instance, its memory, and the addresses of what goes in and out. */
export interface SwapMemory extends Views {
  readonly exports: SwapExports;
  /** A site is its padded cell, shifted by so many bits, and its sublattice. */
  readonly siteBits: number;
  readonly at: {
    readonly homes: number;
    readonly members: number;
    readonly occupation: number;
    readonly lowest: number;
    readonly counts: number;
  };
}

/** Places first, contents when the memory is made: its size is known only when everything has its place. */
class Plan {
  readonly layout = new Layout("take a smaller supercell or shorter cut-offs");
  readonly #writes: ((views: Views) => void)[] = [];

  constructor() {
    this.layout.take(block.BLOCK_END - this.layout.bytes);
  }

  words(values: ArrayLike<number>): number {
    const at = this.layout.words(values.length);
    this.later(({ u32 }) => u32.set(values, at >> 2));
    return at;
  }

  doubles(values: ArrayLike<number>): number {
    const at = this.layout.doubles(values.length);
    this.later(({ f64 }) => f64.set(values, at >> 3));
    return at;
  }

  later(write: (views: Views) => void): void {
    this.#writes.push(write);
  }

  carryOut(): Views & { exports: SwapExports } {
    const { exports, memory } = instantiateKernel<SwapExports>("metropolis", this.layout.bytes);
    const views = {
      f64: new Float64Array(memory.buffer),
      u32: new Uint32Array(memory.buffer),
      u16: new Uint16Array(memory.buffer),
      u8: new Uint8Array(memory.buffer),
    };
    for (const write of this.#writes) write(views);
    return { exports, ...views };
  }
}

/** @param members number of places in all lists of sites */
export function layOutSwaps(
  tables: SwapTables,
  channels: readonly SwapChannelLists[],
  members: number,
): SwapMemory {
  const { interactions, tries, differences } = tables;
  const { sites, species, maxSpecies, cells, neighbourStart, manyBody } = interactions;
  const width = sites.length;
  const kinds = maxSpecies - 1;
  const siteBits = Math.ceil(Math.log2(Math.max(2, width)));
  const plan = new Plan();
  const { layout } = plan;
  const copies = copiesOf(cells);
  const paddedSites = cells.count * width;
  const capacity = Math.ceil(paddedSites / 16) + 64;
  const words = (values: ArrayLike<number>) => plan.words(values);
  const doubles = (values: ArrayLike<number>) => plan.doubles(values);
  const random = layout.take(block.RANDOM_MARGIN + 4 * block.RANDOM_WORDS) + block.RANDOM_MARGIN;
  const live = layout.doubles(2 * Math.max(1, tries.words));
  const occupation = layout.take(paddedSites);
  const lowest = layout.take(paddedSites);
  const counts = layout.words(width * maxSpecies);
  const memberList = layout.words(members);
  const homes = words(cells.home);
  const recordBytes = block.WORD_BYTES * tries.words;
  /** Record numbers become addresses, value numbers those of the 8 bytes of each value. */
  const trie = (records: Uint32Array, values: number) => {
    const at = layout.words(records.length);
    const addresses = records.map((x, i) =>
      i % 4 < 2 ? x : i % 4 === 2 ? values + 8 * x : x === 0 ? 0 : at + x * recordBytes,
    );
    plan.later(({ u32 }) => u32.set(addresses, at >> 2));
    return (record: number) => (record === 0 ? 0 : at + record * recordBytes);
  };
  const descriptors = (lists: readonly CompletionList[]) =>
    words(lists.flatMap((list) => [completions(list), list.length]));
  const completions = (list: CompletionList) => {
    const at = layout.take(list.length * block.COMPLETION_BYTES);
    plan.later(({ u32, f64 }) => {
      list.forEach(({ literal, energy }, i) => {
        u32[(at + i * block.COMPLETION_BYTES) >> 2] = 8 * literal;
        f64[(at + i * block.COMPLETION_BYTES + block.COMPLETION_ENERGY) >> 3] = energy;
      });
    });
    return at;
  };
  const energyRecord = trie(tries.energies.records, doubles(tries.energies.values));
  const completionRecord = trie(tries.completions.records, descriptors(tries.completions.values));

  const sublattices = words(
    Array.from(sites).flatMap((_, s) => {
      const first = neighbourStart[s];
      const count = neighbourStart[s + 1] - first;
      const pairs = Math.ceil((count - manyBody[s]) / 4) * 4;
      const offsets = new Array<number>(manyBody[s] + pairs).fill(0);
      const steps: number[] = [];
      for (let k = 0; k < count; k++) {
        const step = interactions.neighbourStep[first + k];
        const sublattice = interactions.neighbourSublattice[first + k];
        offsets[k] = step * width + sublattice - s;
        steps.push(step, sublattice);
      }
      return [words(offsets), manyBody[s], pairs, words(steps), count, species[s]];
    }),
  );
  const own = layout.take(width * kinds * block.OWN_BYTES);
  tries.rows.forEach((row, r) => {
    // Rows of zeros for the places that fill the list of offsets up to a multiple of four.
    const pairs = new Float64Array(row.pairs.length + 3 * maxSpecies);
    pairs.set(row.pairs);
    const addresses: [number, number][] = [
      [block.OWN_PAIRS, doubles(pairs)],
      [block.OWN_LITERALS, doubles(row.pairs.filter((_, i) => i % maxSpecies !== 0))],
      [block.OWN_ROOT, energyRecord(row.root)],
      [block.OWN_SINGLES, doubles(row.singles)],
      [block.OWN_THROUGH, words(Array.from(row.through, energyRecord))],
      [block.OWN_COMPLETION_ROOT, completionRecord(row.completionRoot)],
      [block.OWN_COMPLETION_SINGLES, descriptors(row.completionSingles)],
    ];
    const at = own + r * block.OWN_BYTES;
    plan.later(({ u32, f64 }) => {
      f64[at >> 3] = row.point;
      for (const [offset, address] of addresses) u32[(at + offset) >> 2] = address;
    });
  });
  let cumulated = 0;
  const channelRecords = words(
    channels.flatMap(({ a, b, startA, countA, startB, countB, weight }) => {
      cumulated += weight;
      const of = (start: number, count: number) => [memberList + 4 * start, count, threshold(count)];
      return [cumulated, a, b, ...of(startA, countA), ...of(startB, countB), 0, 0];
    }),
  );
  const codes = new Int32Array(cells.count);
  cells.home.forEach((home, c) => {
    codes[home] = differences.codes[c];
  });
  const classes = layout.take(2 * differences.classes.length);
  const classNeighbours = layout.take(2 * differences.neighbours.length);
  const scalars: [number, number][] = [
    [block.RANDOM_BUFFER, random],
    [block.CHANNELS, channelRecords],
    [block.CHANNEL_COUNT, channels.length],
    [block.WEIGHT, cumulated],
    [block.WEIGHT_THRESHOLD, threshold(cumulated)],
    [block.SUBLATTICE_COUNT, width],
    [block.SPECIES, maxSpecies],
    [block.SITE_BITS, siteBits],
    [block.OCCUPATION, occupation],
    [block.OCCUPATION_BYTES, paddedSites],
    [block.HOME, words(cells.cellOf.map((c) => cells.home[c]))],
    [block.COPY_START, words(copies.start)],
    [block.COPIES, words(copies.list)],
    [block.CODE, words(codes)],
    [block.CLASS, classes + 2 * differences.centre],
    [block.CLASS_NEIGHBOUR, classNeighbours],
    [block.SUBLATTICE_RECORDS, sublattices],
    [block.OWN_RECORDS, own],
    [block.MASK_WORDS, tries.words],
    [block.RECORD_BYTES, recordBytes],
    [block.LIVE_A, live],
    [block.LIVE_B, live + 8 * Math.max(1, tries.words)],
    [block.LIVE_LIST, layout.words(64 * tries.words)],
    [block.SUMS, layout.doubles(Math.max(...tries.rows.map((row) => row.pairs.length)))],
    [block.FIELDS, layout.doubles(paddedSites * kinds)],
    [block.COUNTS, counts],
    [block.JOURNAL, layout.take(capacity * block.JOURNAL_BYTES)],
    [block.JOURNAL_CAPACITY, capacity],
    [block.LOWEST_OCCUPATION, lowest],
  ];
  plan.later(({ u32, u16 }) => {
    for (const [at, value] of scalars) u32[at >> 2] = value;
    u16.set(differences.classes, classes >> 1);
    u16.set(differences.neighbours, classNeighbours >> 1);
  });
  return { ...plan.carryOut(), siteBits, at: { homes, members: memberList, occupation, lowest, counts } };
}

/** Copies in the margin of each home, as offset and index arrays over padded cells. */
function copiesOf(cells: SwapTables["interactions"]["cells"]): { start: Uint32Array; list: Uint32Array } {
  const start = new Uint32Array(cells.count + 1);
  const isCopy = (p: number) => cells.home[cells.cellOf[p]] !== p;
  for (let p = 0; p < cells.count; p++) if (isCopy(p)) start[cells.home[cells.cellOf[p]] + 1]++;
  for (let p = 0; p < cells.count; p++) start[p + 1] += start[p];
  const next = start.slice(0, cells.count);
  const list = new Uint32Array(start[cells.count]);
  for (let p = 0; p < cells.count; p++) if (isCopy(p)) list[next[cells.home[cells.cellOf[p]]]++] = p;
  return { start, list };
}
