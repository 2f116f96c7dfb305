/** Models and states that every engine of swaps is tried on. */
import type { CompiledExpansion } from "../../src/clusters/compiled-expansion.ts";
import type { ClusterExpansion } from "../../src/clusters/expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import type { BasisName } from "../../src/clusters/site-basis.ts";
import type { RandomStream } from "../../src/core/random.ts";
import type { ParentLattice } from "../../src/lattice/parent-lattice.ts";
import type { Supercell } from "../../src/lattice/supercell.ts";
import type { ExchangeGroup } from "../../src/mc/exchange-groups.ts";
import { gapCutoff } from "../clusters/random-lattices.ts";

/** Random energies of both signs; four-body clusters among them where the lattice is not too dense. */
export function randomModel(
  lattice: ParentLattice,
  basis: BasisName,
  random: RandomStream,
): ClusterExpansion {
  const cutoffs = { 2: gapCutoff(lattice, 12), 3: gapCutoff(lattice, 6), 4: gapCutoff(lattice, 4) };
  const terms = buildPool(lattice, basis, cutoffs).orbits.map((orbit) => ({
    ...orbit,
    coefficient: random.nextFloat() < 0.2 ? 0 : 0.1 * random.nextNormal(),
  }));
  return { lattice, basis, terms };
}

export interface Subject {
  readonly model: CompiledExpansion;
  readonly supercell: Supercell;
  readonly groups: readonly ExchangeGroup[];
  readonly occupation: Uint8Array;
}

/** Whether any group holds two species. */
export function canExchange({ supercell, groups, occupation }: Subject): boolean {
  return groups.some((group) => {
    const found = new Set<number>();
    occupation.forEach((species, site) => {
      if (group.sublattices.includes(supercell.sublatticeOf(site))) found.add(species);
    });
    return found.size > 1;
  });
}

/** Lists of one set in different orders make no groups by species. */
export function groupsOf(lattice: ParentLattice): ExchangeGroup[] {
  return lattice.sites.flatMap((site, s) =>
    site.species.length > 1 ? [{ name: site.name, species: site.species, sublattices: [s] }] : [],
  );
}
