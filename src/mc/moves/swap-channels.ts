/** Which two species exchange, where their numbers may change between two exchanges. */
import type { SpeciesPair } from "../../kernels/move-programs.ts";
import type { ExchangeGroup } from "../exchange-groups.ts";
import type { RandomSource } from "../lattice-model.ts";
import type { SiteLists } from "./site-lists.ts";

/**
 * Draws a pair of species of one group with the weight of the rarer one, so that the carriers of every group
 * (vacancies, Ce3+) are tried equally often. Other moves change the weights, but an exchange does not: it is drawn
 * with the same probability as its reverse.
 */
export class SwapChannels {
  readonly pairs: readonly SpeciesPair[];
  /** Names of the pairs: the species, and the group where another one has the same. */
  readonly names: readonly string[];
  readonly #lists: SiteLists;
  readonly #weights: Float64Array;

  constructor(groups: readonly ExchangeGroup[], lists: SiteLists) {
    this.#lists = lists;
    this.pairs = groups.flatMap(({ species }, group) =>
      species.flatMap((_, b) => Array.from({ length: b }, (_, a) => ({ group, a, b }))),
    );
    const names = this.pairs.map(
      ({ group, a, b }) => `${groups[group].species[a]} ↔ ${groups[group].species[b]}`,
    );
    this.names = names.map((name, k) =>
      names.indexOf(name) === names.lastIndexOf(name)
        ? name
        : `${name} (${groups[this.pairs[k].group].name})`,
    );
    this.#weights = new Float64Array(this.pairs.length);
  }

  /** @returns number of a pair; -1 when every group holds a single species */
  draw(random: RandomSource): number {
    const { pairs } = this;
    const lists = this.#lists;
    const weights = this.#weights;
    let total = 0;
    for (let k = 0; k < pairs.length; k++) {
      const { group, a, b } = pairs[k];
      weights[k] = Math.min(lists.count(group, a), lists.count(group, b));
      total += weights[k];
    }
    if (total === 0) return -1;
    if (pairs.length === 1) return 0;
    let pick = random.nextIndex(total);
    let k = 0;
    while (pick >= weights[k]) pick -= weights[k++];
    return k;
  }
}
