/** Every configuration of a composition, for cells that are small enough: what samplers are compared with. */
import type { Supercell } from "../../src/lattice/supercell.ts";
import { type ExchangeGroup, groupSites } from "../../src/mc/exchange-groups.ts";
import type { LatticeModel } from "../../src/mc/lattice-model.ts";

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

/**
 * Visits every configuration once.
 * @param visit is given the occupation (reused: copy what is kept) and the energy in eV
 * @returns number of states
 */
export function forEachState(
  model: LatticeModel,
  supercell: Supercell,
  groups: readonly ExchangeGroup[],
  counts: readonly (readonly number[])[],
  visit: (occupation: Uint8Array, energy: number) => void,
): number {
  const states = countStates(counts);
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

/** Energies closer than this are one level, eV: above rounding, below any fitted interaction that matters. */
const LEVEL_WIDTH_EV = 1e-7;

interface EnergyLevel {
  readonly energy: number;
  /** Number of configurations, symmetry-equivalent ones counted. */
  readonly degeneracy: number;
  /** One of them. */
  readonly occupation: Uint8Array;
}

/**
 * The lowest energy levels by exhaustive enumeration.
 * @param keep number of levels
 */
export function lowestLevels(
  model: LatticeModel,
  supercell: Supercell,
  groups: readonly ExchangeGroup[],
  counts: readonly (readonly number[])[],
  keep: number,
): EnergyLevel[] {
  const levels: { energy: number; degeneracy: number; occupation: Uint8Array }[] = [];
  forEachState(model, supercell, groups, counts, (occupation, energy) => {
    if (levels.length === keep && energy > levels[keep - 1].energy + LEVEL_WIDTH_EV) return;
    const same = levels.find((level) => Math.abs(level.energy - energy) <= LEVEL_WIDTH_EV);
    if (same) {
      same.degeneracy++;
      return;
    }
    levels.push({ energy, degeneracy: 1, occupation: occupation.slice() });
    levels.sort((a, b) => a.energy - b.energy);
    if (levels.length > keep) levels.pop();
  });
  return levels;
}
