/** Lowest states: by looking at all of them, or by simulated annealing with restarts. */
import { EcitonError } from "../core/errors.ts";
import { RandomStream } from "../core/random.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { randomOccupation } from "./composition.ts";
import { forEachState, MOST_STATES } from "./enumerate-states.ts";
import type { ExchangeGroup } from "./exchange-groups.ts";
import type { LatticeModel } from "./lattice-model.ts";
import { MetropolisChain } from "./metropolis.ts";
import { SwapMoves } from "./swap-moves.ts";

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
  /** Lowest energy met in the run, eV, computed in full. */
  readonly energy: number;
  readonly occupation: Uint8Array;
  readonly restart: number;
}

/** Temperatures in one cooling. */
const STAGES = 100;

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
  const { seed, restarts, stepsPerRestart, from_K, to_K } = options;
  if (!(from_K >= to_K && to_K > 0))
    throw new EcitonError("usage", `annealing cools from ${from_K} K to ${to_K} K: expected from >= to > 0`);
  const found = Array.from({ length: restarts }, (_, restart): AnnealedState => {
    const random = new RandomStream(seed, restart);
    const occupation = randomOccupation(supercell, groups, counts, random);
    const moves = new SwapMoves(model, supercell, groups, occupation);
    const chain = new MetropolisChain(model, moves, occupation, from_K, random);
    for (let stage = 0; stage < STAGES; stage++) {
      chain.setTemperature(from_K * (to_K / from_K) ** (stage / (STAGES - 1)));
      chain.run(Math.floor((stepsPerRestart * (stage + 1)) / STAGES) - chain.step);
    }
    const { occupation: lowest } = chain.lowest;
    chain.close();
    return { energy: model.energy(lowest), occupation: lowest, restart };
  });
  return found.sort((a, b) => a.energy - b.energy);
}
