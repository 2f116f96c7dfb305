/** Groups of sites whose species change places with each other: V with O, Ce3+ with Ce4+. */
import { studyError } from "../core/errors.ts";
import { activeSites, type ParentLattice } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";

export interface ExchangeGroup {
  readonly name: string;
  /** The list that all its sites share, in the same order; the first is the background. */
  readonly species: readonly string[];
  /** Numbers of its parent sites. */
  readonly sublattices: readonly number[];
}

/**
 * Sites that allow the same species form one group, on whatever sublattice they are. A study may instead name
 * the groups, for example to keep two layers from exchanging.
 * @param named group name -> names of its parent sites; every site that can change must be in exactly one
 * @param path of `named` in the study, for errors
 * @throws {EcitonError} "study" for unknown or repeated sites, sites left out, or sites of one group with other
 *   species or another order of them
 */
export function exchangeGroups(
  lattice: ParentLattice,
  named?: Readonly<Record<string, readonly string[]>>,
  path = "sample.exchange",
): ExchangeGroup[] {
  return named ? namedGroups(lattice, named, path) : groupsBySpecies(lattice);
}

function groupsBySpecies(lattice: ParentLattice): ExchangeGroup[] {
  const bySet = new Map<string, number[]>();
  for (const s of activeSites(lattice)) {
    const key = [...lattice.sites[s].species].sort().join("\n");
    bySet.set(key, [...(bySet.get(key) ?? []), s]);
  }
  return [...bySet.values()].map((sublattices) => {
    checkOrder(lattice, sublattices, (s) => `lattice.sites[${s}].species`);
    const { species } = lattice.sites[sublattices[0]];
    return { name: species.join("/"), species, sublattices };
  });
}

function namedGroups(
  lattice: ParentLattice,
  named: Readonly<Record<string, readonly string[]>>,
  path: string,
): ExchangeGroup[] {
  const owner = new Map<number, string>();
  const groups = Object.entries(named).map(([name, siteNames]): ExchangeGroup => {
    const sublattices = siteNames.map((siteName, i) => {
      const where = `${path}.${name}[${i}]`;
      const s = lattice.sites.findIndex((site) => site.name === siteName);
      if (s < 0)
        throw studyError(
          where,
          `no site "${siteName}"; the lattice has ${lattice.sites.map((site) => site.name).join(", ")}`,
        );
      if (lattice.sites[s].species.length < 2)
        throw studyError(
          where,
          `"${siteName}" holds only ${lattice.sites[s].species[0]} and cannot exchange anything`,
        );
      const other = owner.get(s);
      if (other !== undefined) throw studyError(where, `"${siteName}" is already in the group "${other}"`);
      owner.set(s, name);
      return s;
    });
    if (sublattices.length === 0) throw studyError(`${path}.${name}`, "expected at least one site");
    checkOrder(lattice, sublattices, () => `${path}.${name}`);
    return { name, species: lattice.sites[sublattices[0]].species, sublattices };
  });
  const left = activeSites(lattice).filter((s) => !owner.has(s));
  if (left.length > 0)
    throw studyError(path, `in no group: ${left.map((s) => lattice.sites[s].name).join(", ")}`);
  return groups;
}

/** Occupations hold numbers in each site's own list, so an exchange of numbers needs equal lists. */
function checkOrder(
  lattice: ParentLattice,
  sublattices: readonly number[],
  pathOf: (site: number) => string,
): void {
  const first = lattice.sites[sublattices[0]];
  for (const s of sublattices) {
    const site = lattice.sites[s];
    if (site.species.join("\n") !== first.species.join("\n"))
      throw studyError(
        pathOf(s),
        `sites that exchange species must list the same ones in the same order; "${first.name}" has ` +
          `${first.species.join(", ")}, "${site.name}" has ${site.species.join(", ")}`,
      );
  }
}

/** Supercell sites of a group, ascending within each sublattice. */
export function groupSites(group: ExchangeGroup, supercell: Supercell): Int32Array {
  const cells = supercell.numCells;
  const sites = new Int32Array(group.sublattices.length * cells);
  group.sublattices.forEach((s, k) => {
    for (let c = 0; c < cells; c++) sites[k * cells + c] = s * cells + c;
  });
  return sites;
}
