/** One chain in compiled code: its region of the model's memory, and how states go in and out. */
import type { ChainPlaces } from "./chain-memory.ts";
import { instantiateInRegion } from "./load.ts";
import type { ModelMemory } from "./model-memory.ts";
import { Region } from "./regions.ts";
import { type SitePacking, type SiteTables, sitePacking } from "./site-packing.ts";
import * as block from "./swap-block.ts";

/** What the compiled code of every kind of moves offers. */
export interface ChainExports {
  runDirect(steps: number): void;
  runField(steps: number): void;
  buildFields(): void;
  keepLowest(): void;
  seek(lane: number): void;
}

export abstract class ChainKernel {
  /** Address of the region in the memory. */
  readonly region: number;
  /** Views of the region. */
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  protected readonly packing: SitePacking;
  readonly #region: Region;
  readonly #exports: ChainExports;
  readonly #u8: Uint8Array;
  readonly #sites: Int32Array;
  readonly #home: Int32Array;
  readonly #cellOf: Int32Array;
  readonly #maxSpecies: number;
  /** Sublattice of each parent site. */
  readonly #sublatticeOf: ReadonlyMap<number, number>;
  readonly #at: ChainPlaces;

  /**
   * @param kernel name of the compiled module
   * @throws {EcitonError} "memory" when the model's memory has no room for another chain
   */
  constructor(
    kernel: string,
    model: ModelMemory,
    tables: SiteTables,
    places: ChainPlaces & { readonly bytes: number },
  ) {
    const { bytes } = places;
    const { buffer, region, exports } = takePlace(kernel, model.memory, bytes);
    this.#region = region;
    this.region = region.at;
    this.#exports = exports;
    this.#at = places;
    this.f64 = new Float64Array(buffer, region.at, bytes / 8);
    this.u32 = new Uint32Array(buffer, region.at, bytes / 4);
    this.#u8 = new Uint8Array(buffer, region.at, bytes);
    this.packing = sitePacking(model, tables);
    const { sites, cells } = tables;
    this.#sites = sites;
    this.#home = cells.home;
    this.#cellOf = cells.cellOf;
    this.#maxSpecies = model.maxSpecies;
    this.#sublatticeOf = new Map(Array.from(sites, (site, s) => [site, s]));
  }

  /** Takes over the state that the moves keep. */
  abstract setMoves(state: Int32Array): void;

  /** @param out as `state` of the moves gives it */
  abstract readMoves(out: Int32Array): void;

  /**
   * Adds the proposals and acceptances since the last call, by kind of move.
   * @returns all acceptances since then
   */
  abstract takeCounts(proposed: Float64Array, accepted: Float64Array): number;

  /** Gives the region back; nothing may be asked of the kernel any more. */
  close(): void {
    this.#region.close();
  }

  /** @param at one of the doubles of the block */
  get(at: number): number {
    return this.f64[at >> 3];
  }

  set(at: number, value: number): void {
    this.f64[at >> 3] = value;
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
    this.#exports.buildFields();
  }

  /** @param occupation Uint8Array(numSites) in the order of the supercell */
  setOccupation(occupation: Uint8Array): void {
    const width = this.#sites.length;
    const cells = this.#home.length;
    const counts = this.u32.subarray(this.#at.counts >> 2, (this.#at.counts >> 2) + width * this.#maxSpecies);
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
    this.u32[block.JOURNALING >> 2] = 0;
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
    return this.u32[(this.#at.counts >> 2) + s * this.#maxSpecies + species];
  }

  /** Continues a stream whose key and counter words 2 and 3 are given, after so many drawn words. */
  seekRandom(key: readonly [number, number], stream: readonly [number, number], drawn: number): void {
    const set = (at: number, value: number) => {
      this.u32[at >> 2] = value;
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
    const blocks = this.u32[block.NEXT_BLOCK >> 2] + 2 ** 32 * this.u32[(block.NEXT_BLOCK + 4) >> 2];
    const end = this.u32[block.RANDOM_BUFFER >> 2] + 4 * block.RANDOM_WORDS;
    return 4 * blocks - (end - this.u32[block.RANDOM_AT >> 2]) / 4;
  }
}

function takePlace(kernel: string, memory: WebAssembly.Memory, bytes: number) {
  const region = new Region(memory, bytes);
  const exports = instantiateInRegion<ChainExports>(kernel, memory, region.at);
  return { region, exports, buffer: memory.buffer };
}
