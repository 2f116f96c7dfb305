/** Exchanges of two neighbouring sites of one group. */
import type { NeighbourSwapProgram } from "../../kernels/move-programs.ts";
import type { ExchangeGroup } from "../exchange-groups.ts";
import type { LatticeModel, RandomSource } from "../lattice-model.ts";
import type { Proposals } from "./mixed-moves.ts";
import type { NeighbourTable } from "./neighbour-table.ts";
import type { SiteLists } from "./site-lists.ts";
import { SwapChannels } from "./swap-channels.ts";

/**
 * A pair of species is drawn, then a carrier i, uniformly among the n sites of the rarer of the two, then one of the
 * z_i neighbours of i. If it holds the other species the two exchange, else nothing happens and the step counts as
 * rejected. With m_ij the number of times that j is a neighbour of i (more than once in small supercells), and P the
 * probability of the pair of species,
 *   q(S -> S') = P m_ij / (n z_i),   q(S' -> S) = P m_ji / (n z_j)
 * since the carrier then stands on j, and neither P nor n changes. m_ij = m_ji, for a neighbour seen from the other side
 * is one at the opposite vector; so q(S' -> S) / q(S -> S') = z_i / z_j, which is not 1 where sublattices of a group
 * have different numbers of neighbours.
 */
export class NeighbourSwaps implements Proposals {
  readonly kinds: readonly string[];
  kind = 0;
  energyChange = 0;
  logRatio = 0;
  readonly #model: LatticeModel;
  readonly #lists: SiteLists;
  readonly #channels: SwapChannels;
  readonly #table: NeighbourTable;
  #i = -1;
  #j = -1;

  constructor(
    model: LatticeModel,
    groups: readonly ExchangeGroup[],
    lists: SiteLists,
    table: NeighbourTable,
  ) {
    this.#model = model;
    this.#lists = lists;
    this.#table = table;
    this.#channels = new SwapChannels(groups, lists);
    this.kinds = this.#channels.names.map((name) => `neighbour swap ${name}`);
  }

  part(): NeighbourSwapProgram {
    return { move: "neighbour-swap", pairs: this.#channels.pairs, neighbours: this.#table.tables() };
  }

  propose(occupation: Uint8Array, random: RandomSource): number {
    const table = this.#table;
    const channel = this.#channels.draw(random);
    this.kind = Math.max(0, channel);
    this.#i = -1;
    this.energyChange = 0;
    this.logRatio = Number.NEGATIVE_INFINITY;
    if (channel < 0) return 0;
    const { group, a, b } = this.#channels.pairs[channel];
    const lists = this.#lists;
    const carrier = lists.count(group, a) <= lists.count(group, b) ? a : b;
    const i = lists.site(group, carrier, random.nextIndex(lists.count(group, carrier)));
    const degree = table.count(i);
    if (degree === 0) return 0;
    const j = table.neighbour(i, random.nextIndex(degree));
    if (occupation[j] !== a + b - carrier) return 0;
    this.#i = i;
    this.#j = j;
    this.logRatio = Math.log(degree / table.count(j));
    this.energyChange = this.#model.changeOfSwap(occupation, i, j);
    return this.energyChange;
  }

  commit(occupation: Uint8Array): void {
    if (this.#i >= 0) this.#lists.exchange(occupation, this.#i, this.#j);
  }
}
