/** Between the rows of an occupation table and configurations of a lattice. */
import { distance } from "fastest-levenshtein";
import { dataError } from "../core/errors.ts";
import type { Configuration, SupercellCache } from "./configuration.ts";
import type { Occupant, OccupationRecord } from "./occupation-record.ts";

/**
 * @param file named in errors
 * @throws {EcitonError} "data" with file and line for a site that the lattice does not have, a species that the
 *   site does not allow, or a supercell that the lattice cannot have
 */
export function configurationOfRecord(
  record: OccupationRecord,
  supercells: SupercellCache,
  file: string,
): Configuration {
  let supercell: Configuration["supercell"];
  try {
    supercell = supercells.get(record.supercell);
  } catch (error) {
    throw dataError(file, record.line, (error as Error).message, error);
  }
  const { sites } = supercell.lattice;
  const occupation = new Uint8Array(supercell.numSites);
  for (const { species, site, cell } of record.occupants) {
    const s = sites.findIndex((candidate) => candidate.name === site);
    if (s < 0) {
      const names = sites.map((candidate) => candidate.name);
      const nearest = [...names].sort((a, b) => distance(a, site) - distance(b, site))[0];
      throw dataError(
        file,
        record.line,
        `${record.id}: the lattice has no site "${site}" (nearest: "${nearest}"; all: ${names.join(", ")})`,
      );
    }
    const index = sites[s].species.indexOf(species);
    if (index < 0)
      throw dataError(
        file,
        record.line,
        `${record.id}: the site ${site} does not allow "${species}"; it allows ${sites[s].species.join(", ")}`,
      );
    occupation[supercell.siteIndex(s, cell)] = index;
  }
  return {
    id: record.id,
    supercell,
    occupation,
    energy: record.energy,
    weight: record.weight ?? 1,
    source: { file, line: record.line },
  };
}

/** The row of a table for a configuration: only what differs from the background. */
export function recordOfConfiguration(configuration: Configuration, line: number): OccupationRecord {
  const { supercell, occupation } = configuration;
  const occupants: Occupant[] = [];
  for (const i of supercell.active) {
    if (occupation[i] === 0) continue;
    const s = supercell.sublatticeOf(i);
    const site = supercell.lattice.sites[s];
    occupants.push({
      species: site.species[occupation[i]],
      site: site.name,
      cell: supercell.cellOf(i - s * supercell.numCells),
    });
  }
  return {
    id: configuration.id,
    supercell: supercell.matrix,
    occupants,
    ...(configuration.energy === undefined ? {} : { energy: configuration.energy }),
    ...(configuration.weight === 1 ? {} : { weight: configuration.weight }),
    extra: {},
    line,
  };
}
