/** What energies are counted by: configuration, cell, site, or one of a species. */
import { studyError } from "../core/errors.ts";
import { type Configuration, speciesCounts } from "../data/configuration.ts";

/**
 * How many of a unit a configuration has. Sites are those that can change.
 * @param path of the unit in the study, for errors
 * @throws {EcitonError} "study" for a unit that is neither a known word nor a species of the lattice
 */
export function unitsOf(unit: string, configuration: Configuration, path: string): number {
  const { supercell } = configuration;
  switch (unit) {
    case "configuration":
      return 1;
    case "cell":
      return supercell.numCells;
    case "site":
      return supercell.active.length;
    default: {
      const all = new Set(supercell.lattice.sites.flatMap((site) => site.species));
      if (!all.has(unit))
        throw studyError(
          path,
          `expected configuration, cell, site or a species (${[...all].join(", ")}), found "${unit}"`,
        );
      return speciesCounts(configuration).get(unit) ?? 0;
    }
  }
}
