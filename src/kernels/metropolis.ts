/** Canonical Metropolis steps in compiled code. */
import { ChainKernel } from "./chain-kernel.ts";
import type { ModelMemory } from "./model-memory.ts";
import type { SiteTables } from "./site-packing.ts";
import * as block from "./swap-block.ts";
import { planSwaps, type SwapChannelLists, type SwapPlaces, writeSwapBlock } from "./swap-memory.ts";

export class SwapKernel extends ChainKernel {
  readonly #at: SwapPlaces;
  readonly #memberCount: number;
  readonly #channelCount: number;

  /**
   * @param members number of places in all lists of sites
   * @throws {EcitonError} "memory" when the model's memory has no room for another chain
   */
  constructor(model: ModelMemory, sites: SiteTables, channels: readonly SwapChannelLists[], members: number) {
    const places = planSwaps(model, channels.length, members);
    super("metropolis", model, sites, places);
    this.#at = places;
    this.#memberCount = members;
    this.#channelCount = channels.length;
    writeSwapBlock(this.u32, this.region, places, model, channels);
  }

  /** @param members sites in the order of the supercell */
  override setMoves(members: Int32Array): void {
    const first = this.#at.members / 4;
    for (let i = 0; i < this.#memberCount; i++) this.u32[first + i] = this.packing.pack(members[i]);
  }

  override readMoves(out: Int32Array): void {
    const first = this.#at.members / 4;
    for (let i = 0; i < this.#memberCount; i++) out[i] = this.packing.unpack(this.u32[first + i]);
  }

  override takeCounts(proposed: Float64Array, accepted: Float64Array): number {
    let taken = 0;
    for (let k = 0; k < this.#channelCount; k++) {
      const at = (this.#at.channels + k * block.CHANNEL_BYTES) / 4;
      proposed[k] += this.u32[at + block.CHANNEL_PROPOSED / 4];
      accepted[k] += this.u32[at + block.CHANNEL_ACCEPTED / 4];
      taken += this.u32[at + block.CHANNEL_ACCEPTED / 4];
      this.u32[at + block.CHANNEL_PROPOSED / 4] = 0;
      this.u32[at + block.CHANNEL_ACCEPTED / 4] = 0;
    }
    return taken;
  }
}
