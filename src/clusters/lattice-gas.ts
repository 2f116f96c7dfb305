/** A cluster expansion of any basis as a lattice gas: energies of sets of sites that hold given species. */
import { EcitonError } from "../core/errors.ts";
import { type Cluster, normalForm, POINT_STRIDE } from "./cluster.ts";
import type { ClusterExpansion } from "./expansion.ts";
import { siteFunctions } from "./site-basis.ts";

/** One cluster per parent cell: the fifth number of each point is its species (1 .. M-1). */
export interface LatticeGasCluster {
  readonly points: Cluster;
  /** eV whenever every point holds its species; a multiple of the unit. */
  readonly energy: number;
}

/**
 * E(S) = const + Σ over clusters and cells of the energy if all points hold their species. Species 0 is the background
 * and takes part in nothing, so few clusters are live in a dilute configuration.
 *
 * Energies are rounded to whole multiples of a power of two that is so large that every sum of them along a move stays
 * below 2^53 units. Sums and differences are then exact in doubles, whatever their order: different ways to
 * compute an energy change agree to the last bit, and a table that is kept up to date never drifts. The rounding changes
 * each energy by at most half a unit, 2^-51 of the largest energy that one site can take part in.
 */
export interface LatticeGas {
  readonly clusters: readonly LatticeGasCluster[];
  readonly unit: number;
}

/** More than any model has; the many-body functions of sites with many species multiply. */
const MOST_CLUSTERS = 2_000_000;

/**
 * Expands every product of site functions: φ(σ) = φ(0) + Σ_c [φ(c) − φ(0)] δ(σ, c).
 * @throws {EcitonError} "memory" for a model with too many clusters, "data" for energies that are not finite
 */
export function latticeGas({ lattice, basis, terms }: ClusterExpansion): LatticeGas {
  const functions = lattice.sites.map((site) => siteFunctions(basis, site.species.length));
  const sums = new Map<string, { points: number[]; energy: number }>();
  const add = (points: number[], energy: number) => {
    if (points.length === 0 || energy === 0) return;
    const form = normalForm(points);
    const key = form.join();
    const known = sums.get(key);
    if (known) known.energy += energy;
    else {
      if (sums.size === MOST_CLUSTERS)
        throw new EcitonError(
          "memory",
          `the model has more than ${MOST_CLUSTERS} decorated clusters; reduce the cut-offs or the number of species`,
        );
      sums.set(key, { points: form, energy });
    }
  };
  const expand = (cluster: Cluster, at: number, points: number[], energy: number) => {
    if (at === cluster.length) {
      add(points, energy);
      return;
    }
    const site = cluster[at];
    const species = lattice.sites[site].species.length;
    const first = (cluster[at + 4] - 1) * species;
    const values = functions[site];
    if (values[first] !== 0) expand(cluster, at + POINT_STRIDE, points, energy * values[first]);
    for (let c = 1; c < species; c++) {
      const factor = values[first + c] - values[first];
      if (factor === 0) continue;
      const more = [...points, ...cluster.slice(at, at + 4), c];
      expand(cluster, at + POINT_STRIDE, more, energy * factor);
    }
  };
  for (const term of terms)
    if (term.coefficient !== 0)
      for (const cluster of term.instances) expand(cluster, 0, [], term.coefficient);

  // Of the decorations of one set of sites only one can be live, so the largest counts.
  const bySites = new Map<string, { sites: number[]; largest: number }>();
  for (const { points, energy } of sums.values()) {
    const key = points.filter((_, i) => i % POINT_STRIDE !== POINT_STRIDE - 1).join();
    const known = bySites.get(key);
    if (known) known.largest = Math.max(known.largest, Math.abs(energy));
    else
      bySites.set(key, {
        sites: points.filter((_, i) => i % POINT_STRIDE === 0),
        largest: Math.abs(energy),
      });
  }
  const bound = new Float64Array(lattice.sites.length);
  for (const { sites, largest } of bySites.values()) for (const site of sites) bound[site] += largest;
  const largest = Math.max(...bound);
  if (!Number.isFinite(largest))
    throw new EcitonError("data", `the energies of the clusters on one site add up to ${largest} eV`);
  // An exchange takes two energies from each of two sites, and no partial sum is larger than all four together.
  const unit = largest === 0 ? 1 : 2 ** (Math.ceil(Math.log2(largest)) + 2 - 53);
  const clusters: LatticeGasCluster[] = [];
  for (const { points, energy } of sums.values()) {
    const rounded = Math.round(energy / unit) * unit;
    if (rounded !== 0) clusters.push({ points, energy: rounded });
  }
  return { clusters, unit };
}
