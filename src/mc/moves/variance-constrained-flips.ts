/** Flips in the variance-constrained semi-grand ensemble. */
import type { FlipProgram } from "../../kernels/move-programs.ts";
import type { Supercell } from "../../lattice/supercell.ts";
import { type Ensemble, speciesValues } from "../ensemble.ts";
import type { ExchangeGroup } from "../exchange-groups.ts";
import type { LatticeModel, RandomSource } from "../lattice-model.ts";
import { FlipMoves } from "./flip-moves.ts";
import type { Proposals } from "./mixed-moves.ts";
import type { SiteLists } from "./site-lists.ts";

/**
 * Weights are exp[-E / k_B T - κ N Σ_s (c_s + φ_s / 2)²], c_s = n_s / N on the N sites of a group. When n_s changes by
 * δ = 1 or -1, the second part of the exponent changes by -κ δ (φ_s + 2 c_s + δ / N): the rule of the paper with
 * Δc = δ / N. It does not depend on the temperature, so it stands in logRatio and not in the change of the potential,
 * and a chain's new temperature leaves it as it is.
 * @see Sadigh, Erhart, Phys. Rev. B 86, 134204 (2012)
 */
export class VarianceConstrainedFlips implements Proposals {
  readonly kinds: readonly string[];
  kind = 0;
  energyChange = 0;
  logRatio = 0;
  readonly #flips: FlipMoves;
  readonly #lists: SiteLists;
  readonly #kappa: number;
  /** By group and species; undefined where nothing is constrained. */
  readonly #phi: readonly (readonly (number | undefined)[])[];

  constructor(
    model: LatticeModel,
    supercell: Supercell,
    groups: readonly ExchangeGroup[],
    { kappa, phi }: Extract<Ensemble, { kind: "variance-constrained" }>,
    lists: SiteLists,
  ) {
    this.#flips = new FlipMoves(model, supercell, groups, {}, lists);
    this.#lists = lists;
    this.#kappa = kappa;
    this.#phi = speciesValues(phi, groups);
    this.kinds = this.#flips.kinds;
  }

  part(): FlipProgram {
    return { ...this.#flips.part(), constraint: { kappa: this.#kappa, phi: this.#phi } };
  }

  propose(occupation: Uint8Array, random: RandomSource): number {
    const flips = this.#flips;
    this.energyChange = flips.propose(occupation, random);
    this.kind = flips.kind;
    this.logRatio =
      this.#exponent(flips.kind, occupation[flips.site], -1) + this.#exponent(flips.kind, flips.species, 1);
    return this.energyChange;
  }

  #exponent(group: number, species: number, change: number): number {
    const phi = this.#phi[group][species];
    if (phi === undefined) return 0;
    const lists = this.#lists;
    return -this.#kappa * change * (phi + (2 * lists.count(group, species) + change) / lists.size(group));
  }

  commit(occupation: Uint8Array): void {
    this.#flips.commit(occupation);
  }
}
