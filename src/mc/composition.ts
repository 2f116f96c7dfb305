/** How many of each species a cell holds: from what the study says to whole numbers on a supercell. */
import { studyError } from "../core/errors.ts";
import type { RandomStream } from "../core/random.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { type ExchangeGroup, groupSites } from "./exchange-groups.ts";

/**
 * Number of each species, by species name, or by "species@group" where a species is in more than one group.
 * What is not named is background.
 */
export type Composition = Readonly<Record<string, number>>;

/** A share of a cell is taken as whole when it is this close: 1/3 typed with six digits still counts. */
const WHOLE_TOLERANCE = 1e-4;

/**
 * Numbers per parent cell times the number of cells.
 * @param path of the composition in the study, for errors
 * @throws {EcitonError} "study" naming the entry, the product and the nearest values that are possible
 */
export function compositionFromPerCell(
  perCell: Composition,
  supercell: Supercell,
  path: string,
): Composition {
  const cells = supercell.numCells;
  return Object.fromEntries(
    Object.entries(perCell).map(([key, value]) => {
      const product = value * cells;
      const whole = Math.round(product);
      if (!Number.isFinite(value) || value < 0)
        throw studyError(`${path}.${key}`, `expected a number of at least 0, found ${value}`);
      if (Math.abs(product - whole) > WHOLE_TOLERANCE) {
        const [low, high] = [Math.floor(product), Math.ceil(product)];
        throw studyError(
          `${path}.${key}`,
          `${value} per cell times ${cells} cells is ${Number(product.toFixed(6))}, not a whole number; ` +
            `possible are ${low}/${cells} = ${low / cells} and ${high}/${cells} = ${high / cells}`,
        );
      }
      return [key, whole];
    }),
  );
}

/**
 * Numbers of each species of each group, the background filled up.
 * @returns counts[group][species]
 * @throws {EcitonError} "study" for unknown or ambiguous species, or more atoms than sites
 */
export function countsByGroup(
  composition: Composition,
  groups: readonly ExchangeGroup[],
  supercell: Supercell,
  path: string,
): number[][] {
  const counts = groups.map((group) => new Array<number>(group.species.length).fill(0));
  const given = groups.map(() => new Set<number>());
  for (const [key, count] of Object.entries(composition)) {
    const [g, k] = findSpecies(key, groups, `${path}.${key}`);
    if (!Number.isSafeInteger(count) || count < 0)
      throw studyError(`${path}.${key}`, `expected a whole number of at least 0, found ${count}`);
    if (given[g].has(k)) throw studyError(`${path}.${key}`, "the species is given twice");
    given[g].add(k);
    counts[g][k] = count;
  }
  groups.forEach((group, g) => {
    const sites = group.sublattices.length * supercell.numCells;
    const total = counts[g].reduce((a, b) => a + b, 0);
    const listed = `${group.species.filter((_, k) => given[g].has(k)).join(" and ")}`;
    if (total > sites)
      throw studyError(path, `${total} of ${listed} do not fit on the ${sites} sites of ${group.name}`);
    const background = group.species[0];
    if (!given[g].has(0)) counts[g][0] = sites - total;
    else if (total !== sites)
      throw studyError(
        path,
        `${listed} add up to ${total}, but ${group.name} has ${sites} sites; leave out ${background}, which fills up`,
      );
  });
  return counts;
}

function findSpecies(key: string, groups: readonly ExchangeGroup[], path: string): [number, number] {
  const places = groups.flatMap((group, g) =>
    group.species.flatMap((species, k) =>
      species === key || `${species}@${group.name}` === key ? [[g, k] as [number, number]] : [],
    ),
  );
  if (places.length === 0)
    throw studyError(
      path,
      `no site can hold "${key}"; there are ${groups.flatMap((group) => group.species).join(", ")}`,
    );
  if (places.length > 1)
    throw studyError(
      path,
      `"${key}" is in several groups; write ${places.map(([g]) => `"${key}@${groups[g].name}"`).join(" or ")}`,
    );
  return places[0];
}

/**
 * Checks that the charges of all sites, spectators included, add up to zero. Species without a charge count as 0,
 * so charges may be formal ones of a whole crystal or effective ones of the defects alone (V: 2, Ce3+: -1).
 * @param charges e, by species
 * @throws {EcitonError} "study" with the total
 */
export function checkNeutral(
  counts: readonly (readonly number[])[],
  groups: readonly ExchangeGroup[],
  supercell: Supercell,
  charges: Readonly<Record<string, number>>,
  path: string,
): void {
  const numbers = new Map<string, number>();
  const add = (species: string, n: number) => numbers.set(species, (numbers.get(species) ?? 0) + n);
  for (const { species } of supercell.lattice.sites)
    if (species.length === 1) add(species[0], supercell.numCells);
  groups.forEach((group, g) => {
    group.species.forEach((species, k) => {
      add(species, counts[g][k]);
    });
  });
  for (const species of Object.keys(charges))
    if (!numbers.has(species))
      throw studyError(path, `a charge is given for "${species}", which no site holds`);
  const terms = [...numbers].filter(([species, n]) => n > 0 && charges[species]);
  const total = terms.reduce((sum, [species, n]) => sum + n * charges[species], 0);
  if (Math.abs(total) > 1e-6)
    throw studyError(
      path,
      `not neutral: ${terms.map(([species, n]) => `${n} ${species} of ${charges[species]} e`).join(", ")} ` +
        `add up to ${Number(total.toFixed(6))} e`,
    );
}

/** A uniformly random arrangement; sites outside all groups hold their only species. */
export function randomOccupation(
  supercell: Supercell,
  groups: readonly ExchangeGroup[],
  counts: readonly (readonly number[])[],
  random: RandomStream,
): Uint8Array {
  const occupation = new Uint8Array(supercell.numSites);
  groups.forEach((group, g) => {
    const sites = random.shuffle(groupSites(group, supercell));
    let next = 0;
    counts[g].forEach((count, k) => {
      for (let n = 0; n < count; n++) occupation[sites[next++]] = k;
    });
  });
  return occupation;
}
