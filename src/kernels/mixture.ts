/** Metropolis steps of flips and mixed moves in compiled code. */
import { ChainKernel } from "./chain-kernel.ts";
import { type MixturePlaces, planMixture } from "./mixture-memory.ts";
import type { ModelMemory } from "./model-memory.ts";
import type { MoveProgram } from "./move-programs.ts";
import { type SiteTables, sitePacking } from "./site-packing.ts";

export class MixtureKernel extends ChainKernel {
  readonly #at: MixturePlaces;
  readonly #kinds: number;

  /** @throws {EcitonError} "memory" when the model's memory has no room for another chain */
  constructor(model: ModelMemory, tables: SiteTables, program: MoveProgram) {
    const { pack } = sitePacking(model, tables);
    const places = planMixture(model, program, { pack, ...tables });
    super("mixture", model, tables, places);
    this.#at = places;
    this.#kinds = program.kinds;
    places.fill(this);
  }

  /** @param state of lists by group and species: sites in the order of the supercell, beginnings of the lists */
  override setMoves(state: Int32Array): void {
    const { members, memberPlaces, starts, memberCount, startCount } = this.#at;
    for (let i = 0; i < memberCount; i++) {
      const packed = this.packing.pack(state[i]);
      this.u32[members / 4 + i] = packed;
      this.u32[memberPlaces / 4 + this.packing.indexOf(packed)] = i;
    }
    this.u32.set(state.subarray(memberCount, memberCount + startCount), starts / 4);
  }

  override readMoves(out: Int32Array): void {
    const { members, starts, memberCount, startCount } = this.#at;
    for (let i = 0; i < memberCount; i++) out[i] = this.packing.unpack(this.u32[members / 4 + i]);
    out.set(this.u32.subarray(starts / 4, starts / 4 + startCount), memberCount);
  }

  override takeCounts(proposed: Float64Array, accepted: Float64Array): number {
    let taken = 0;
    for (let k = 0; k < this.#kinds; k++) {
      const at = this.#at.kinds / 4 + 2 * k;
      proposed[k] += this.u32[at];
      accepted[k] += this.u32[at + 1];
      taken += this.u32[at + 1];
      this.u32.fill(0, at, at + 2);
    }
    return taken;
  }
}
