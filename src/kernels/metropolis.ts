/** Canonical Metropolis steps in compiled code: its memory, and how states go in and out. */
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

interface Exports {
  runDirect(steps: number): void;
  runField(steps: number): void;
  buildFields(homes: number, cells: number): void;
  keepLowest(): void;
  seek(lane: number): void;
}

/** What nextIndex(n) rejects: products whose low half is below this. */
const threshold = (n: number) => (2 ** 32 - n) % n;

export class SwapKernel {
  readonly #exports: Exports;
  readonly #f64: Float64Array;
  readonly #u32: Uint32Array;
  readonly #u8: Uint8Array;
  readonly #sites: Int32Array;
  readonly #home: Int32Array;
  readonly #cellOf: Int32Array;
  readonly #maxSpecies: number;
  readonly #siteBits: number;
  /** Sublattice of each parent site. */
  readonly #sublatticeOf: Map<number, number>;
  readonly #at: { homes: number; members: number; occupation: number; lowest: number; counts: number };
  readonly #memberCount: number;
  readonly #channelCount: number;

  /** @param members number of places in all lists of sites */
  constructor(tables: SwapTables, channels: readonly SwapChannelLists[], members: number) {
    const { interactions, tries, differences } = tables;
    const { sites, species, maxSpecies, cells, neighbourStart, manyBody } = interactions;
    const width = sites.length;
    const kinds = maxSpecies - 1;
    this.#sites = sites;
    this.#home = cells.home;
    this.#cellOf = cells.cellOf;
    this.#maxSpecies = maxSpecies;
    this.#siteBits = Math.ceil(Math.log2(Math.max(2, width)));
    this.#sublatticeOf = new Map(Array.from(sites, (site, s) => [site, s]));
    this.#memberCount = members;
    this.#channelCount = channels.length;

    const layout = new Layout("take a smaller supercell or shorter cut-offs");
    layout.take(block.BLOCK_END - layout.bytes);
    const copies = copiesOf(cells);
    const paddedSites = cells.count * width;
    const capacity = Math.ceil(paddedSites / 16) + 64;
    // A plan first, because the memory is made when its size is known; each array is written right after.
    const writes: (() => void)[] = [];
    const words = (values: ArrayLike<number>) => {
      const at = layout.words(values.length);
      writes.push(() => this.#u32.set(values, at >> 2));
      return at;
    };
    const doubles = (values: ArrayLike<number>) => {
      const at = layout.doubles(values.length);
      writes.push(() => this.#f64.set(values, at >> 3));
      return at;
    };
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
      writes.push(() => this.#u32.set(addresses, at >> 2));
      return (record: number) => (record === 0 ? 0 : at + record * recordBytes);
    };
    const descriptors = (lists: readonly CompletionList[]) =>
      words(lists.flatMap((list) => [completions(list), list.length]));
    const completions = (list: CompletionList) => {
      const at = layout.take(list.length * block.COMPLETION_BYTES);
      writes.push(() => {
        list.forEach(({ literal, energy }, i) => {
          this.#u32[(at + i * block.COMPLETION_BYTES) >> 2] = 8 * literal;
          this.#f64[(at + i * block.COMPLETION_BYTES + block.COMPLETION_ENERGY) >> 3] = energy;
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
      writes.push(() => {
        this.#f64[at >> 3] = row.point;
        for (const [offset, address] of addresses) this.#u32[(at + offset) >> 2] = address;
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
      [block.SITE_BITS, this.#siteBits],
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
    const { exports, memory } = instantiateKernel<Exports>("metropolis", layout.bytes);
    this.#exports = exports;
    this.#f64 = new Float64Array(memory.buffer);
    this.#u32 = new Uint32Array(memory.buffer);
    this.#u8 = new Uint8Array(memory.buffer);
    for (const write of writes) write();
    for (const [at, value] of scalars) this.#u32[at >> 2] = value;
    const u16 = new Uint16Array(memory.buffer);
    u16.set(differences.classes, classes >> 1);
    u16.set(differences.neighbours, classNeighbours >> 1);
    this.#at = { homes, members: memberList, occupation, lowest, counts };
  }

  /** @param at one of the doubles of the shared block */
  get(at: number): number {
    return this.#f64[at >> 3];
  }

  set(at: number, value: number): void {
    this.#f64[at >> 3] = value;
  }

  /** Steps with energies computed at every step. */
  runDirect(steps: number): void {
    this.#exports.runDirect(steps);
  }

  /** Steps with the table of fields, which must have been built after the last step without it. */
  runField(steps: number): void {
    this.#exports.runField(steps);
  }

  buildFields(): void {
    this.#exports.buildFields(this.#at.homes, this.#home.length);
  }

  /** @param occupation Uint8Array(numSites) in the order of the supercell */
  setOccupation(occupation: Uint8Array): void {
    const width = this.#sites.length;
    const cells = this.#home.length;
    const counts = this.#u32.subarray(
      this.#at.counts >> 2,
      (this.#at.counts >> 2) + width * this.#maxSpecies,
    );
    counts.fill(0);
    this.#sites.forEach((site, s) => {
      for (let c = 0; c < cells; c++) counts[s * this.#maxSpecies + occupation[site * cells + c]]++;
      for (let p = 0; p < this.#cellOf.length; p++)
        this.#u8[this.#at.occupation + p * width + s] = occupation[site * cells + this.#cellOf[p]];
    });
  }

  /** Writes the present occupation to `out`; sites that cannot change are left as they are. */
  readOccupation(out: Uint8Array): void {
    this.#read(this.#at.occupation, out);
  }

  /** Takes over the occupation of the lowest state. */
  setLowest(occupation: Uint8Array): void {
    const width = this.#sites.length;
    const cells = this.#home.length;
    this.#u32[block.JOURNALING >> 2] = 0;
    this.#sites.forEach((site, s) => {
      for (let c = 0; c < cells; c++)
        this.#u8[this.#at.lowest + this.#home[c] * width + s] = occupation[site * cells + c];
    });
  }

  readLowest(out: Uint8Array): void {
    this.#exports.keepLowest();
    this.#read(this.#at.lowest, out);
  }

  #read(at: number, out: Uint8Array): void {
    const width = this.#sites.length;
    const cells = this.#home.length;
    this.#sites.forEach((site, s) => {
      for (let c = 0; c < cells; c++) out[site * cells + c] = this.#u8[at + this.#home[c] * width + s];
    });
  }

  /** Number of a species on a parent site's sublattice. */
  countOf(site: number, species: number): number {
    const s = this.#sublatticeOf.get(site)!;
    return this.#u32[(this.#at.counts >> 2) + s * this.#maxSpecies + species];
  }

  /** @param members sites in the order of the supercell */
  setMembers(members: Int32Array): void {
    const cells = this.#home.length;
    for (let i = 0; i < this.#memberCount; i++) {
      const site = Math.floor(members[i] / cells);
      const home = this.#home[members[i] - site * cells];
      this.#u32[(this.#at.members >> 2) + i] = (home << this.#siteBits) | this.#sublatticeOf.get(site)!;
    }
  }

  readMembers(out: Int32Array): void {
    const cells = this.#home.length;
    const mask = (1 << this.#siteBits) - 1;
    for (let i = 0; i < this.#memberCount; i++) {
      const member = this.#u32[(this.#at.members >> 2) + i];
      out[i] = this.#sites[member & mask] * cells + this.#cellOf[member >>> this.#siteBits];
    }
  }

  /** Continues a stream whose key and counter words 2 and 3 are given, after so many drawn words. */
  seekRandom(key: readonly [number, number], stream: readonly [number, number], drawn: number): void {
    const set = (at: number, value: number) => {
      this.#u32[at >> 2] = value;
    };
    set(block.KEY_0, key[0]);
    set(block.KEY_1, key[1]);
    set(block.STREAM_0, stream[0]);
    set(block.STREAM_1, stream[1]);
    const next = Math.floor(drawn / 4);
    set(block.NEXT_BLOCK, next % 2 ** 32);
    set(block.NEXT_BLOCK + 4, Math.floor(next / 2 ** 32));
    this.#exports.seek(drawn % 4);
  }

  /** Number of words drawn from the stream. */
  drawn(): number {
    const blocks = this.#u32[block.NEXT_BLOCK >> 2] + 2 ** 32 * this.#u32[(block.NEXT_BLOCK + 4) >> 2];
    const end = this.#u32[block.RANDOM_BUFFER >> 2] + 4 * block.RANDOM_WORDS;
    return 4 * blocks - (end - this.#u32[block.RANDOM_AT >> 2]) / 4;
  }

  /**
   * Adds the proposals and acceptances since the last call, by channel.
   * @returns all acceptances since then
   */
  takeCounts(proposed: Float64Array, accepted: Float64Array): number {
    let taken = 0;
    const first = this.#u32[block.CHANNELS >> 2];
    for (let k = 0; k < this.#channelCount; k++) {
      const at = (first + k * block.CHANNEL_BYTES) >> 2;
      proposed[k] += this.#u32[at + (block.CHANNEL_PROPOSED >> 2)];
      accepted[k] += this.#u32[at + (block.CHANNEL_ACCEPTED >> 2)];
      taken += this.#u32[at + (block.CHANNEL_ACCEPTED >> 2)];
      this.#u32[at + (block.CHANNEL_PROPOSED >> 2)] = 0;
      this.#u32[at + (block.CHANNEL_ACCEPTED >> 2)] = 0;
    }
    return taken;
  }
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
