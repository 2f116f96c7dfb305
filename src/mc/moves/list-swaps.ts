/** Exchanges of two sites of one group, anywhere, in a mixture with other moves. */
import type { SwapProgram } from "../../kernels/move-programs.ts";
import type { ExchangeGroup } from "../exchange-groups.ts";
import type { LatticeModel, RandomSource } from "../lattice-model.ts";
import type { Proposals } from "./mixed-moves.ts";
import type { SiteLists } from "./site-lists.ts";
import { SwapChannels } from "./swap-channels.ts";

/**
 * The proposals of SwapMoves on shared lists: a pair of species A, B, then one of the n_A sites and one of the n_B
 * sites, uniformly. An exchange changes neither number, so a proposal and its reverse are equally probable.
 */
export class ListSwaps implements Proposals {
  readonly kinds: readonly string[];
  kind = 0;
  energyChange = 0;
  /** 0, or -Infinity where there is nothing to exchange: such a proposal is never accepted. */
  logRatio = 0;
  readonly #model: LatticeModel;
  readonly #lists: SiteLists;
  readonly #channels: SwapChannels;
  #i = -1;
  #j = -1;

  constructor(model: LatticeModel, groups: readonly ExchangeGroup[], lists: SiteLists) {
    this.#model = model;
    this.#lists = lists;
    this.#channels = new SwapChannels(groups, lists);
    this.kinds = this.#channels.names.map((name) => `swap ${name}`);
  }

  part(): SwapProgram {
    return { move: "swap", pairs: this.#channels.pairs };
  }

  propose(occupation: Uint8Array, random: RandomSource): number {
    const channel = this.#channels.draw(random);
    this.kind = Math.max(0, channel);
    if (channel < 0) {
      this.#i = -1;
      this.energyChange = 0;
      this.logRatio = Number.NEGATIVE_INFINITY;
      return 0;
    }
    const { group, a, b } = this.#channels.pairs[channel];
    const lists = this.#lists;
    this.#i = lists.site(group, a, random.nextIndex(lists.count(group, a)));
    this.#j = lists.site(group, b, random.nextIndex(lists.count(group, b)));
    this.logRatio = 0;
    this.energyChange = this.#model.changeOfSwap(occupation, this.#i, this.#j);
    return this.energyChange;
  }

  commit(occupation: Uint8Array): void {
    if (this.#i >= 0) this.#lists.exchange(occupation, this.#i, this.#j);
  }
}
