/** The potential of an ensemble for states that are known by their energy and their numbers of species. */
import { BOLTZMANN_EV_PER_K } from "../core/units.ts";
import { type Ensemble, resolveReplacements, speciesValues } from "./ensemble.ts";
import type { ExchangeGroup } from "./exchange-groups.ts";

/** What the potential of a state needs. */
export interface StateNumbers {
  readonly energy: number;
  /** Number of each species, group by group. */
  readonly counts: ArrayLike<number>;
}

/**
 * u = Φ / k_B T in one ensemble at one temperature. The constraint of the variance-constrained ensemble is left out: it
 * depends on the state alone, and so is the same wherever the state goes.
 */
export class ReducedPotential {
  readonly #beta: number;
  /** Added for each site that holds a species, in units of k_B T. */
  readonly #perSite: readonly number[];

  constructor(ensemble: Ensemble, temperature: number, groups: readonly ExchangeGroup[]) {
    this.#beta = 1 / (BOLTZMANN_EV_PER_K * temperature);
    this.#perSite = workPerSite(ensemble, groups).map((work) => this.#beta * work);
  }

  of({ energy, counts }: StateNumbers): number {
    return this.#perSite.reduce((sum, work, row) => sum + work * counts[row], this.#beta * energy);
  }
}

/** Φ - E as eV for each site that holds a species, group by group. */
function workPerSite(ensemble: Ensemble, groups: readonly ExchangeGroup[]): number[] {
  const none = groups.flatMap(({ species }) => species.map(() => 0));
  switch (ensemble.kind) {
    case "canonical":
    case "variance-constrained":
      return none;
    case "semi-grand":
      return speciesValues(ensemble.chemicalPotentials, groups).flatMap((row) => row.map((mu) => -(mu ?? 0)));
    case "reservoir": {
      const gains = groups.map(({ species }) => species.map(() => 0));
      for (const { group, from, to, count } of resolveReplacements(
        ensemble.replace,
        groups,
        "sample.reservoir.replace",
      )) {
        gains[group][from] -= count;
        gains[group][to] += count;
      }
      // One species that every forward replacement makes or takes tells how many there were.
      const flat = gains.flat();
      const row = flat.findIndex((gain) => gain !== 0);
      return none.map((_, other) => (other === row ? ensemble.deltaMu / flat[row] : 0));
    }
    default:
      return ensemble satisfies never;
  }
}
