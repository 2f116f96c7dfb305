/** Lowest states: by looking at all of them, or by simulated annealing with restarts. */
import { RandomStream } from "../core/random.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { Cooling } from "./cooling.ts";
import { forEachState, MOST_STATES } from "./enumerate-states.ts";
import type { ExchangeGroup } from "./exchange-groups.ts";
import type { LatticeModel } from "./lattice-model.ts";

/** Energies closer than this are one level, eV: above rounding, below any fitted interaction that matters. */
const LEVEL_WIDTH_EV = 1e-7;

export interface EnergyLevel {
  readonly energy: number;
  /** Number of configurations, symmetry-equivalent ones counted. */
  readonly degeneracy: number;
  /** One of them. */
  readonly occupation: Uint8Array;
}

/**
 * The lowest energy levels by exhaustive enumeration.
 * @param keep number of levels
 * @throws {EcitonError} "memory" beforehand, with the number of states, when there are more than `limit`
 */
export function lowestLevels(
  model: LatticeModel,
  supercell: Supercell,
  groups: readonly ExchangeGroup[],
  counts: readonly (readonly number[])[],
  keep: number,
  limit = MOST_STATES,
): EnergyLevel[] {
  const levels: { energy: number; degeneracy: number; occupation: Uint8Array }[] = [];
  forEachState(
    model,
    supercell,
    groups,
    counts,
    (occupation, energy) => {
      if (levels.length === keep && energy > levels[keep - 1].energy + LEVEL_WIDTH_EV) return;
      const same = levels.find((level) => Math.abs(level.energy - energy) <= LEVEL_WIDTH_EV);
      if (same) {
        same.degeneracy++;
        return;
      }
      levels.push({ energy, degeneracy: 1, occupation: occupation.slice() });
      levels.sort((a, b) => a.energy - b.energy);
      if (levels.length > keep) levels.pop();
    },
    limit,
  );
  return levels;
}

export interface AnnealOptions {
  readonly seed: number;
  /** Independent runs from random arrangements; run r uses the random stream r. */
  readonly restarts: number;
  readonly stepsPerRestart: number;
  /** Cooled in equal ratios from the first to the second, K. */
  readonly from_K: number;
  readonly to_K: number;
}

export interface AnnealedState {
  /** Lowest energy of the run, eV, computed in full: of a state that no single exchange lowers. */
  readonly energy: number;
  readonly occupation: Uint8Array;
  readonly restart: number;
}

/**
 * Simulated annealing; the search proves nothing, but many restarts that end at one energy speak for it.
 * @returns the lowest state of each restart, ascending in energy
 * @see Kirkpatrick, Gelatt, Vecchi, Science 220, 671 (1983)
 */
export function anneal(
  model: LatticeModel,
  supercell: Supercell,
  groups: readonly ExchangeGroup[],
  counts: readonly (readonly number[])[],
  options: AnnealOptions,
): AnnealedState[] {
  const { seed, restarts, stepsPerRestart: steps, from_K, to_K } = options;
  const system = { model, supercell, groups, counts };
  const plan = { ensemble: { kind: "canonical" }, steps, from_K, to_K } as const;
  const found = Array.from({ length: restarts }, (_, restart): AnnealedState => {
    const cooling = new Cooling(system, plan, new RandomStream(seed, restart));
    cooling.advance(steps);
    cooling.close();
    const { energy, occupation } = cooling.lowest();
    return { energy, occupation, restart };
  });
  return found.sort((a, b) => a.energy - b.energy);
}
