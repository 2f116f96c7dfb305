/** Canonical moves: two sites of one group exchange their species. */
import { studyError } from "../../core/errors.ts";
import type { SwapChannelLists } from "../../kernels/swap-memory.ts";
import type { Supercell } from "../../lattice/supercell.ts";
import { type ExchangeGroup, groupSites } from "../exchange-groups.ts";
import type { LatticeModel, Moves, RandomSource } from "../lattice-model.ts";

/** A pair of different species of one group that both occur. */
export interface SwapChannel {
  readonly group: string;
  readonly species: readonly [string, string];
  /** Chance that a proposal is of this channel, times the sum of all weights. */
  readonly weight: number;
}

/**
 * Proposals, and why they are symmetric. First a channel (group, species A, species B) is drawn with a fixed
 * weight, then one of the n_A sites that hold A and one of the n_B sites that hold B, uniformly. A given exchange
 * thus has the probability w / (W n_A n_B). Exchanging does not change any n, so neither the weights nor this
 * number change, and the reverse exchange (the same two sites, now the other way round) has the same probability:
 * q(S -> S') = q(S' -> S), and the Metropolis rule gives detailed balance.
 *
 * The weight is the number of the rarer species, so that the carriers of each group (vacancies, Ce3+) are tried
 * equally often.
 */
export class SwapMoves implements Moves {
  readonly kinds: readonly string[];
  readonly channels: readonly SwapChannel[];
  readonly logRatio = 0;
  kind = 0;
  energyChange = 0;
  readonly #model: LatticeModel;
  readonly #lists: readonly SwapChannelLists[];
  /** Sites listed by group and species; the lists of a channel start at startA, startB. */
  readonly #members: Int32Array;
  readonly #weights: Float64Array;
  readonly #totalWeight: number;
  readonly #startA: Int32Array;
  readonly #countA: Int32Array;
  readonly #startB: Int32Array;
  readonly #countB: Int32Array;
  #placeA = 0;
  #placeB = 0;

  /** @throws {EcitonError} "study" when every group holds a single species, so that nothing can exchange */
  constructor(
    model: LatticeModel,
    supercell: Supercell,
    groups: readonly ExchangeGroup[],
    occupation: Uint8Array,
  ) {
    this.#model = model;
    const sitesOf = groups.map((group) => groupSites(group, supercell));
    this.#members = new Int32Array(sitesOf.reduce((sum, sites) => sum + sites.length, 0));
    let filled = 0;
    const channels: (SwapChannel & SwapChannelLists)[] = [];
    groups.forEach((group, g) => {
      const lists = group.species.map((_, k) => {
        const list = sitesOf[g].filter((site) => occupation[site] === k);
        const start = filled;
        this.#members.set(list, start);
        filled += list.length;
        return { start, count: list.length };
      });
      for (let a = 0; a < lists.length; a++)
        for (let b = a + 1; b < lists.length; b++) {
          const weight = Math.min(lists[a].count, lists[b].count);
          if (weight > 0)
            channels.push({
              group: group.name,
              species: [group.species[a], group.species[b]],
              weight,
              a,
              b,
              startA: lists[a].start,
              countA: lists[a].count,
              startB: lists[b].start,
              countB: lists[b].count,
            });
        }
    });
    if (channels.length === 0)
      throw studyError("composition", "nothing can exchange: every group of sites holds a single species");
    this.channels = channels.map(({ group, species, weight }) => ({ group, species, weight }));
    const names = channels.map(({ species }) => species.join(" ↔ "));
    this.kinds = names.map((name, k) =>
      names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${channels[k].group})`,
    );
    this.#lists = channels;
    this.#weights = Float64Array.from(channels, (channel) => channel.weight);
    this.#totalWeight = channels.reduce((sum, channel) => sum + channel.weight, 0);
    this.#startA = Int32Array.from(channels, (channel) => channel.startA);
    this.#countA = Int32Array.from(channels, (channel) => channel.countA);
    this.#startB = Int32Array.from(channels, (channel) => channel.startB);
    this.#countB = Int32Array.from(channels, (channel) => channel.countB);
  }

  /** The channels as places in the lists of sites, which `state` gives. */
  lists(): readonly SwapChannelLists[] {
    return this.#lists;
  }

  propose(occupation: Uint8Array, random: RandomSource): number {
    let kind = 0;
    if (this.#weights.length > 1) {
      let pick = random.nextIndex(this.#totalWeight);
      while (pick >= this.#weights[kind]) pick -= this.#weights[kind++];
    }
    this.kind = kind;
    this.#placeA = this.#startA[kind] + random.nextIndex(this.#countA[kind]);
    this.#placeB = this.#startB[kind] + random.nextIndex(this.#countB[kind]);
    this.energyChange = this.#model.changeOfSwap(
      occupation,
      this.#members[this.#placeA],
      this.#members[this.#placeB],
    );
    return this.energyChange;
  }

  commit(occupation: Uint8Array): void {
    const members = this.#members;
    const i = members[this.#placeA];
    const j = members[this.#placeB];
    const species = occupation[i];
    occupation[i] = occupation[j];
    occupation[j] = species;
    members[this.#placeA] = j;
    members[this.#placeB] = i;
  }

  /** The lists of sites: their order decides which site a random number means. */
  state(): Int32Array {
    return this.#members.slice();
  }

  restore(state: Int32Array): void {
    this.#members.set(state);
  }
}
