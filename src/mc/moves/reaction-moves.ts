/** Replacement of several sites at once, in exchange with a reservoir. */
import type { ReactionProduct, ReactionProgram, ReactionSource } from "../../kernels/move-programs.ts";
import type { ResolvedReplacement } from "../ensemble.ts";
import type { LatticeModel, RandomSource } from "../lattice-model.ts";
import type { Proposals } from "./mixed-moves.ts";
import type { SiteLists } from "./site-lists.ts";

/**
 * A coin decides between forward and backward. Then the sites that are replaced are drawn uniformly without
 * replacement among those that hold the species in question: of the n_s sites of a species s, m_s. The order of the draws
 * of one replacement does not matter, so that with c_r sites for replacement r a proposal has the probability
 *   q(S -> S') = 1/2 Π_r c_r! / Π_s n_s (n_s - 1) ... (n_s - m_s + 1).
 * The reverse draws from the species made, with the numbers after the move, and has the same factors c_r!. So
 *   q(S' -> S) / q(S -> S') = Π_s n_s ... (n_s - m_s + 1) / Π_t n'_t ... (n'_t - m'_t + 1);
 * making a vacancy and two Ce3+ gives n_O C(n_4, 2) / [(n_V + 1) C(n_3 + 2, 2)]. A move for which there are not enough
 * sites is not possible, and the step counts as rejected.
 */
export class ReactionMoves implements Proposals {
  readonly kinds = ["reaction forward", "reaction backward"];
  kind = 0;
  energyChange = 0;
  logRatio = 0;
  readonly #model: LatticeModel;
  readonly #lists: SiteLists;
  readonly #deltaMu: number;
  readonly #sources: readonly (readonly ReactionSource[])[];
  readonly #products: readonly (readonly ReactionProduct[])[];
  readonly #sites: Int32Array;
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  /** Places drawn from the list at hand, ascending. */
  readonly #places: Int32Array;
  #changes = 0;

  /** @param deltaMu eV for each forward move */
  constructor(
    model: LatticeModel,
    lists: SiteLists,
    replacements: readonly ResolvedReplacement[],
    deltaMu: number,
  ) {
    this.#model = model;
    this.#lists = lists;
    this.#deltaMu = deltaMu;
    const forward = sourcesOf(replacements);
    const backward = sourcesOf(replacements.map((r) => ({ ...r, from: r.to, to: r.from })));
    this.#sources = [forward, backward];
    this.#products = [productsOf(forward, backward), productsOf(backward, forward)];
    const sites = replacements.reduce((sum, { count }) => sum + count, 0);
    this.#sites = new Int32Array(sites);
    this.#before = new Uint8Array(sites);
    this.#after = new Uint8Array(sites);
    this.#places = new Int32Array(sites);
  }

  part(): ReactionProgram {
    return { move: "reaction", sources: this.#sources, products: this.#products, deltaMu: this.#deltaMu };
  }

  propose(occupation: Uint8Array, random: RandomSource): number {
    const lists = this.#lists;
    const model = this.#model;
    const direction = random.nextIndex(2);
    const sources = this.#sources[direction];
    this.kind = direction;
    this.energyChange = 0;
    this.#changes = 0;
    this.logRatio = Number.NEGATIVE_INFINITY;
    for (const { group, species, become } of sources)
      if (lists.count(group, species) < become.length) return 0;
    let logRatio = 0;
    for (const { group, species, become } of sources) {
      const count = lists.count(group, species);
      for (let taken = 0; taken < become.length; taken++) {
        logRatio += Math.log(count - taken);
        const site = lists.site(group, species, this.#drawPlace(count, taken, random));
        const k = this.#changes++;
        this.#sites[k] = site;
        this.#before[k] = species;
        this.#after[k] = become[taken];
      }
    }
    for (const { group, species, count, gain } of this.#products[direction]) {
      const after = lists.count(group, species) + gain;
      for (let taken = 0; taken < count; taken++) logRatio -= Math.log(after - taken);
    }
    this.logRatio = logRatio;
    // Sites may interact with each other, so each change is seen by the next.
    let energyChange = 0;
    for (let k = 0; k < this.#changes; k++) {
      energyChange += model.changeOfSite(occupation, this.#sites[k], this.#after[k]);
      occupation[this.#sites[k]] = this.#after[k];
    }
    for (let k = 0; k < this.#changes; k++) occupation[this.#sites[k]] = this.#before[k];
    this.energyChange = energyChange;
    return energyChange + (direction === 0 ? this.#deltaMu : -this.#deltaMu);
  }

  /** A place that was not taken before, uniformly: a number among those that are left, counted past the taken ones. */
  #drawPlace(count: number, taken: number, random: RandomSource): number {
    const places = this.#places;
    let place = random.nextIndex(count - taken);
    let k = 0;
    for (; k < taken && places[k] <= place; k++) place++;
    places.copyWithin(k + 1, k, taken);
    places[k] = place;
    return place;
  }

  commit(occupation: Uint8Array): void {
    for (let k = 0; k < this.#changes; k++) this.#lists.change(occupation, this.#sites[k], this.#after[k]);
  }
}

function sourcesOf(replacements: readonly ResolvedReplacement[]): ReactionSource[] {
  const sources = new Map<string, { group: number; species: number; become: number[] }>();
  for (const { group, from, to, count } of replacements) {
    const key = `${group} ${from}`;
    const source = sources.get(key) ?? { group, species: from, become: [] };
    for (let n = 0; n < count; n++) source.become.push(to);
    sources.set(key, source);
  }
  return [...sources.values()];
}

function productsOf(
  sources: readonly ReactionSource[],
  reverse: readonly ReactionSource[],
): ReactionProduct[] {
  return reverse.map(({ group, species, become }) => {
    const used = sources.find((source) => source.group === group && source.species === species);
    return { group, species, count: become.length, gain: become.length - (used?.become.length ?? 0) };
  });
}
