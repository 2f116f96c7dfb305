/** The tables of a model on a supercell in a memory that all threads share. */
import { Layout } from "./layout.ts";
import { createSharedMemory } from "./regions.ts";
import * as block from "./swap-block.ts";

type CompletionList = readonly { readonly literal: number; readonly energy: number }[];

/** What kernels know of a model on a supercell; shapes and meanings are those of the modules that build them. */
export interface ModelTables {
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

/** The memory and what regions for chains must know of it; can be sent to threads, which then share it. */
export interface ModelMemory {
  readonly memory: WebAssembly.Memory;
  /** Bytes before the first region. */
  readonly tableBytes: number;
  /** Numbers of sublattices that can change and of species, the largest. */
  readonly width: number;
  readonly maxSpecies: number;
  /** A site is its padded cell, shifted by so many bits, and its sublattice. */
  readonly siteBits: number;
  readonly paddedSites: number;
  /** 64-bit words of a mask. */
  readonly maskWords: number;
  /** Doubles for sums by literal. */
  readonly sums: number;
}

interface Views {
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  readonly u16: Uint16Array;
}

/** Places first, contents when the memory is made: its size is known only when everything has its place. */
class Plan {
  readonly layout = new Layout("take a smaller supercell or shorter cut-offs", block.TABLES_END);
  readonly #writes: ((views: Views) => void)[] = [];

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

  carryOut(): WebAssembly.Memory {
    const memory = createSharedMemory(this.layout.bytes);
    const views = {
      f64: new Float64Array(memory.buffer),
      u32: new Uint32Array(memory.buffer),
      u16: new Uint16Array(memory.buffer),
    };
    for (const write of this.#writes) write(views);
    return memory;
  }
}

/** @throws {EcitonError} "memory" for tables of more than 2 GiB */
export function layOutTables(tables: ModelTables): ModelMemory {
  const { interactions, tries, differences } = tables;
  const { sites, species, maxSpecies, cells, neighbourStart, manyBody } = interactions;
  const width = sites.length;
  const kinds = maxSpecies - 1;
  const siteBits = Math.ceil(Math.log2(Math.max(2, width)));
  const plan = new Plan();
  const { layout } = plan;
  const copies = copiesOf(cells);
  const paddedSites = cells.count * width;
  const words = (values: ArrayLike<number>) => plan.words(values);
  const doubles = (values: ArrayLike<number>) => plan.doubles(values);
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
  const codes = new Int32Array(cells.count);
  cells.home.forEach((home, c) => {
    codes[home] = differences.codes[c];
  });
  const classes = layout.take(2 * differences.classes.length);
  const classNeighbours = layout.take(2 * differences.neighbours.length);
  const scalars: [number, number][] = [
    [block.SUBLATTICE_COUNT, width],
    [block.SPECIES, maxSpecies],
    [block.SITE_BITS, siteBits],
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
    [block.HOMES, words(cells.home)],
    [block.HOME_COUNT, cells.home.length],
  ];
  plan.later(({ u32, u16 }) => {
    for (const [at, value] of scalars) u32[at >> 2] = value;
    u16.set(differences.classes, classes >> 1);
    u16.set(differences.neighbours, classNeighbours >> 1);
  });
  return {
    memory: plan.carryOut(),
    tableBytes: layout.bytes,
    width,
    maxSpecies,
    siteBits,
    paddedSites,
    maskWords: tries.words,
    sums: Math.max(...tries.rows.map((row) => row.pairs.length)),
  };
}

/** Copies in the margin of each home, as offset and index arrays over padded cells. */
function copiesOf(cells: ModelTables["interactions"]["cells"]): { start: Uint32Array; list: Uint32Array } {
  const start = new Uint32Array(cells.count + 1);
  const isCopy = (p: number) => cells.home[cells.cellOf[p]] !== p;
  for (let p = 0; p < cells.count; p++) if (isCopy(p)) start[cells.home[cells.cellOf[p]] + 1]++;
  for (let p = 0; p < cells.count; p++) start[p + 1] += start[p];
  const next = start.slice(0, cells.count);
  const list = new Uint32Array(start[cells.count]);
  for (let p = 0; p < cells.count; p++) if (isCopy(p)) list[next[cells.home[cells.cellOf[p]]]++] = p;
  return { start, list };
}
