/** Convex hull of formation energies over one composition axis. */
import { EcitonError, studyError } from "../core/errors.ts";
import { type Configuration, speciesCounts } from "../data/configuration.ts";
import { lowerHull } from "../fitting/hull.ts";
import type { HullSummary, HullVertex } from "../report/model.ts";

/**
 * Formation energies per site against the fraction of a species on the sites that allow it, relative to the lowest
 * energies at the two ends of the axis; data and predictions each have their own ends.
 * @param predicted eV for each whole configuration
 * @throws {EcitonError} "study" for a species that no site allows, "data" when all have one composition
 */
export function formationHull(
  species: string,
  configurations: readonly Configuration[],
  predicted: ArrayLike<number>,
): HullSummary {
  const { lattice } = configurations[0].supercell;
  const perCell = lattice.sites.filter(
    (site) => site.species.length > 1 && site.species.includes(species),
  ).length;
  if (perCell === 0) throw studyError("fit.hull.species", `no site that can change allows "${species}"`);
  const sites = configurations.map((c) => perCell * c.supercell.numCells);
  const x = Float64Array.from(configurations, (c, i) => (speciesCounts(c).get(species) ?? 0) / sites[i]);
  const reference = formationEnergies(
    x,
    Float64Array.from(configurations, (c, i) => c.energy! / sites[i]),
  );
  const model = formationEnergies(
    x,
    Float64Array.from(sites, (n, i) => predicted[i] / n),
  );
  const vertices = (energies: Float64Array): HullVertex[] =>
    [...lowerHull(x, energies, 1).vertices].map((i) => ({
      name: configurations[i].id,
      composition: x[i],
      energy: energies[i],
    }));
  return {
    compositionLabel: `fraction of ${species}`,
    energyLabel: "Formation energy (eV per site)",
    points: configurations.map((c, i) => ({
      name: c.id,
      composition: x[i],
      reference: reference[i],
      predicted: model[i],
    })),
    referenceHull: vertices(reference),
    predictedHull: vertices(model),
  };
}

/** e - [(1 - t) e(x_min) + t e(x_max)], with the lowest energies at the two ends. */
function formationEnergies(x: Float64Array, energies: Float64Array): Float64Array {
  const low = Math.min(...x);
  const high = Math.max(...x);
  if (low === high)
    throw new EcitonError(
      "data",
      `fit.hull: every configuration has the composition ${low}; a hull needs two`,
    );
  const lowest = (at: number) =>
    energies.reduce((min, e, i) => (x[i] === at ? Math.min(min, e) : min), Infinity);
  const [first, last] = [lowest(low), lowest(high)];
  return energies.map((e, i) => {
    const t = (x[i] - low) / (high - low);
    return e - ((1 - t) * first + t * last);
  });
}
