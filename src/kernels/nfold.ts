/** Rejection-free swaps in compiled code. */
import { ChainKernel } from "./chain-kernel.ts";
import type { ModelMemory, ModelTables } from "./model-memory.ts";
import * as block from "./nfold-block.ts";
import { type NfoldPlaces, type NfoldPlan, planNfold } from "./nfold-memory.ts";

/** Always keeps fields: its steps are run by `runField`. */
export class NfoldKernel extends ChainKernel {
  readonly #at: NfoldPlaces;

  /** @throws {EcitonError} "memory" when the model's memory has no room for another chain */
  constructor(model: ModelMemory, interactions: ModelTables["interactions"], plan: NfoldPlan) {
    const places = planNfold(model, interactions, plan);
    super("nfold", model, interactions, places);
    this.#at = places;
    places.fill(this.f64, this.u32, this.region);
  }

  /** @param order the sites of all sides, one side after the other, in the order of the supercell */
  override setMoves(order: Int32Array): void {
    let from = 0;
    for (const { at, count } of this.#at.orders)
      for (let k = 0; k < count; k++) this.u32[at / 4 + k] = this.packing.pack(order[from++]);
  }

  override readMoves(out: Int32Array): void {
    let from = 0;
    for (const { at, count } of this.#at.orders)
      for (let k = 0; k < count; k++) out[from++] = this.packing.unpack(this.u32[at / 4 + k]);
  }

  /** Acceptances only: proposals are not made one by one. */
  override takeCounts(_: Float64Array, accepted: Float64Array): number {
    let taken = 0;
    for (let k = 0; k < accepted.length; k++) {
      const at = (this.#at.channels + k * block.CHANNEL_BYTES + block.CHANNEL_ACCEPTED) / 4;
      accepted[k] += this.u32[at];
      taken += this.u32[at];
      this.u32[at] = 0;
    }
    return taken;
  }

  /** Classes and sums are found anew from the occupation, the order of the lists and their first classes. */
  makeStale(): void {
    this.u32[block.STALE / 4] = 1;
  }

  /** First class of each side. */
  origins(): number[] {
    return this.#at.orders.map((_, k) => this.f64[(this.#at.sides + k * block.SIDE_BYTES) / 8]);
  }

  setOrigins(origins: ArrayLike<number>): void {
    this.#at.orders.forEach((_, k) => {
      this.f64[(this.#at.sides + k * block.SIDE_BYTES) / 8] = origins[k];
    });
  }
}
