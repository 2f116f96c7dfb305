/** The two models that Monte Carlo is timed with. */
import type { ClusterExpansion, Term } from "../../src/clusters/expansion.ts";
import { buildPool } from "../../src/clusters/pool.ts";
import { RandomStream } from "../../src/core/random.ts";
import { ceriaLattice, publishedExpansion, publishedTerms } from "../../test/mc/ceria.ts";

/** The published ceria model: 5 points and 10 pairs. */
export function smallModel(): ClusterExpansion {
  return publishedExpansion();
}

const RANDOM_TERMS = 500;

/**
 * The published energies of points, and 500 of the other clusters of the 8 Å pool of up to four points, drawn at
 * random; their energies are normal with a deviation of 20 meV.
 */
export function largeModel(): ClusterExpansion {
  const lattice = ceriaLattice();
  const { orbits } = buildPool(lattice, "indicator", { 2: 8, 3: 8, 4: 8 });
  const random = new RandomStream(8, 0);
  const points = orbits
    .filter((orbit) => orbit.size === 1)
    .map((orbit): Term => ({ ...orbit, coefficient: publishedTerms[orbit.label] }));
  const drawn = random.shuffle(orbits.filter((orbit) => orbit.size > 1)).slice(0, RANDOM_TERMS);
  const others = drawn.map((orbit): Term => ({ ...orbit, coefficient: 0.02 * random.nextNormal() }));
  return { lattice, basis: "indicator", terms: [...points, ...others] };
}

/** Mean number of cluster instances through a site. */
export function instancesPerSite(expansion: ClusterExpansion): number {
  const points = expansion.terms.reduce((sum, term) => sum + term.size * term.instances.length, 0);
  return points / expansion.lattice.sites.length;
}
