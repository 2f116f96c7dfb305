/** Every configuration of a composition, for cells that are small enough. */
import { EcitonError } from "../core/errors.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { type ExchangeGroup, groupSites } from "./exchange-groups.ts";
import type { LatticeModel } from "./lattice-model.ts";

/** Number of configurations: the product over groups of n! / (n_A! n_B! ...); Infinity where it overflows. */
export function countStates(counts: readonly (readonly number[])[]): number {
  let states = 1;
  for (const group of counts) {
    let placed = 0;
    for (const count of group) {
      for (let k = 1; k <= count; k++) {
        placed++;
        states = (states * placed) / k;
      }
    }
  }
  return Math.round(states);
}

/** States refused by default: about a minute for a pair model of a few interactions. */
export const MOST_STATES = 1e7;

/**
 * Visits every configuration once.
 * @param visit is given the occupation (reused: copy what is kept) and the energy in eV
 * @returns number of states
 * @throws {EcitonError} "memory" before anything is done, when there are more than `limit` states
 */
export function forEachState(
  model: LatticeModel,
  supercell: Supercell,
  groups: readonly ExchangeGroup[],
  counts: readonly (readonly number[])[],
  visit: (occupation: Uint8Array, energy: number) => void,
  limit = MOST_STATES,
): number {
  const states = countStates(counts);
  if (!(states <= limit))
    throw new EcitonError(
      "memory",
      `the composition has ${states.toExponential(2)} configurations, more than the ${limit.toExponential(1)} that are ` +
        "enumerated; take a smaller cell or anneal instead",
      { states, limit },
    );
  const sites = groups.map((group) => groupSites(group, supercell));
  const occupation = new Uint8Array(supercell.numSites);
  // Species are put on the background one by one; sites of one species ascend, so no arrangement comes twice.
  const place = (g: number, k: number, left: number, from: number, energy: number): void => {
    if (g === groups.length) visit(occupation, energy);
    else if (k === counts[g].length) place(g + 1, 1, counts[g + 1]?.[1] ?? 0, 0, energy);
    else if (left === 0) place(g, k + 1, counts[g][k + 1] ?? 0, 0, energy);
    else {
      const list = sites[g];
      for (let i = from; i <= list.length - left; i++) {
        const site = list[i];
        if (occupation[site] !== 0) continue;
        const change = model.changeOfSite(occupation, site, k);
        occupation[site] = k;
        place(g, k, left - 1, i + 1, energy + change);
        occupation[site] = 0;
      }
    }
  };
  place(0, 1, counts[0]?.[1] ?? 0, 0, model.energy(occupation));
  return states;
}
