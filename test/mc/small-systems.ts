/** Cells that are small enough to enumerate, and all their states. */
import { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { RandomStream } from "../../src/core/random.ts";
import { createParentLattice } from "../../src/lattice/parent-lattice.ts";
import { Supercell } from "../../src/lattice/supercell.ts";
import { type Ensemble, potentialOf } from "../../src/mc/ensemble.ts";
import { type ExchangeGroup, exchangeGroups, groupSites } from "../../src/mc/exchange-groups.ts";
import type { LatticeModel } from "../../src/mc/lattice-model.ts";
import type { State } from "./transition-matrix.ts";

export interface SmallSystem {
  readonly model: LatticeModel;
  readonly supercell: Supercell;
  readonly groups: readonly ExchangeGroup[];
}

/**
 * Three species on two sublattices that exchange with each other, and two more on a third.
 * @param scale standard deviation of the interactions, eV
 */
export function alloy(matrix: readonly number[] = [2, 1, 1], scale = 0.03): SmallSystem {
  const lattice = createParentLattice({
    cell: [3, 0, 0, 0, 3, 0, 0, 0, 5],
    coordinates: "fractional",
    sites: [
      { name: "a", position: [0, 0, 0], species: ["A", "B", "C"] },
      { name: "b", position: [0.5, 0.5, 0.3], species: ["A", "B", "C"] },
      { name: "c", position: [0.5, 0.5, 0.7], species: ["P", "Q"] },
    ],
  });
  const random = new RandomStream(3, 0);
  const { orbits } = buildPool(lattice, "chebyshev", { 2: 4, 3: 3.2 });
  const terms = orbits.map((orbit) => ({ ...orbit, coefficient: scale * random.nextNormal() }));
  const supercell = new Supercell(lattice, matrix);
  const groups = exchangeGroups(lattice);
  return {
    supercell,
    groups,
    model: new CompiledExpansion({ lattice, basis: "chebyshev", terms }, supercell),
  };
}

/** Every occupation that `keep` accepts, given the numbers of each species of each group, with its weight. */
export function allStates(
  { model, supercell, groups }: SmallSystem,
  ensemble: Ensemble,
  keep: (counts: readonly (readonly number[])[]) => boolean = () => true,
): State[] {
  const lists = groups.map((group) => groupSites(group, supercell));
  const digits = groups.flatMap(({ species }, g) =>
    Array.from(lists[g], (site) => ({ g, site, base: species.length })),
  );
  const occupation = new Uint8Array(supercell.numSites);
  const counts = groups.map(({ species }, g) => species.map((_, k) => (k === 0 ? lists[g].length : 0)));
  const states: State[] = [];
  // Counts up like an odometer.
  for (;;) {
    if (keep(counts))
      states.push({
        occupation: occupation.slice(),
        ...potentialOf(ensemble, model, groups, supercell, occupation),
      });
    let at = 0;
    for (; at < digits.length; at++) {
      const { g, site, base } = digits[at];
      counts[g][occupation[site]]--;
      occupation[site] = (occupation[site] + 1) % base;
      counts[g][occupation[site]]++;
      if (occupation[site] !== 0) break;
    }
    if (at === digits.length) return states;
  }
}
