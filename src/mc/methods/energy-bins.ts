/** Which energies there are, and how a density of states divides them into bins. */
import { EcitonError } from "../../core/errors.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import type { PotentialWalk } from "./potential-walk.ts";

export interface EnergyBins {
  /** eV; the middle of bin 0, which is the lowest level that the search found. */
  readonly origin: number;
  readonly width: number;
  /** Number of the highest bin. */
  readonly top: number;
  /** Whether the energies are so far apart that no bin holds more than one. */
  readonly levels: boolean;
}

/** Steps of the search for each site that can change, and at least. */
const SEARCH_SWEEPS = 400;
const LEAST_SEARCH_STEPS = 40_000;
const COOLINGS = 4;
const STAGES = 60;
/** Coolings go from this many times the usual energy change of a move to this part of it. */
const HOTTEST = 2;
const COLDEST = 0.01;
/** Energy changes that are looked at for a common unit. */
const MOST_CHANGES = 2000;
/** Energies are multiples of a unit to within this, eV: far above rounding, far below any unit that is taken. */
const UNIT_TOLERANCE_EV = 1e-8;
const LEAST_UNIT_EV = 1e-4;
const MOST_BINS = 2000;
const FEWEST_BINS = 50;

/**
 * Looks for the range by a short search. Its top is the highest energy among random states: above it are states that
 * together are less than about one of the states looked at, and no temperature above zero favours them. Its bottom is
 * the lowest energy of a few coolings; should a walker find a lower one, it adds bins.
 *
 * Where the energies are whole multiples of a unit, as they are when the model's coefficients have few digits, a bin is
 * a level. Otherwise bins are as wide as k_B T of the lowest temperature that is asked for, within limits: states of
 * one bin then have about the same weight.
 * @param sites number of sites that can change
 * @param lowestTemperature K
 * @param width eV, where it is given
 * @throws {EcitonError} "study" for a width that gives too many bins, "data" for a model without energy differences
 */
export function findBins(
  walk: PotentialWalk,
  sites: number,
  lowestTemperature: number,
  width?: number,
): EnergyBins {
  const steps = Math.max(LEAST_SEARCH_STEPS, SEARCH_SWEEPS * sites);
  const { highest, changes, usual } = randomStates(walk, steps);
  let lowest = walk.potential;
  for (let cooling = 0; cooling < COOLINGS; cooling++)
    lowest = Math.min(lowest, lowestOfCooling(walk, Math.floor(steps / COOLINGS), usual));
  const range = highest - lowest;
  const unit = commonUnit(changes);
  const levels = unit !== null && range / unit <= MOST_BINS;
  const smooth = Math.min(
    Math.max(BOLTZMANN_EV_PER_K * lowestTemperature, range / MOST_BINS),
    range / FEWEST_BINS,
  );
  const chosen = width ?? (levels ? unit : smooth);
  const top = Math.round(range / chosen);
  if (width !== undefined && top > 10 * MOST_BINS)
    throw new EcitonError(
      "study",
      `sample.wang_landau.bin_eV: energies range over ${range.toPrecision(4)} eV, so bins of ${width} eV would be ${top}; ` +
        `take a width of at least ${(range / (10 * MOST_BINS)).toPrecision(2)} eV`,
      { path: "sample.wang_landau.bin_eV" },
    );
  return { origin: lowest, width: chosen, top, levels: unit !== null && chosen <= unit + UNIT_TOLERANCE_EV };
}

function randomStates(walk: PotentialWalk, steps: number) {
  const { moves, occupation } = walk;
  const changes = new Set<number>();
  let highest = Number.NEGATIVE_INFINITY;
  let squares = 0;
  let counted = 0;
  for (let step = 0; step < steps; step++) {
    const change = moves.propose(occupation, walk.random);
    if (Number.isNaN(change)) throw new EcitonError("data", "the model's energy change is not a number");
    if (Math.abs(change) > UNIT_TOLERANCE_EV && moves.logRatio > Number.NEGATIVE_INFINITY) {
      if (changes.size < MOST_CHANGES) changes.add(Math.abs(change));
      squares += change * change;
      counted++;
    }
    if (walk.takes(moves.logRatio)) walk.commit(change);
    // The composition that the walk began with need not be a usual one.
    if (step >= steps / 2 && walk.potential > highest) highest = walk.potential;
  }
  if (counted === 0)
    throw new EcitonError("data", "no move changes the energy: there is no density of states to find");
  return { highest, changes: [...changes], usual: Math.sqrt(squares / counted) };
}

function lowestOfCooling(walk: PotentialWalk, steps: number, usual: number): number {
  const { moves, occupation } = walk;
  let lowest = walk.potential;
  for (let stage = 0; stage < STAGES; stage++) {
    const kT = usual * HOTTEST * (COLDEST / HOTTEST) ** (stage / (STAGES - 1));
    for (let step = 0; step < steps / STAGES; step++) {
      const change = moves.propose(occupation, walk.random);
      if (!walk.takes(moves.logRatio - change / kT)) continue;
      walk.commit(change);
      if (walk.potential < lowest) lowest = walk.potential;
    }
  }
  return lowest;
}

/** The largest number of which all are whole multiples; null where it is too small to mean anything. */
export function commonUnit(values: readonly number[]): number | null {
  let unit = 0;
  for (const value of values) {
    let rest = value;
    while (rest > UNIT_TOLERANCE_EV) {
      const left = unit % rest;
      unit = rest;
      // Just below a multiple is a multiple too.
      rest = rest - left <= UNIT_TOLERANCE_EV ? 0 : left;
    }
    if (unit < LEAST_UNIT_EV) return null;
  }
  return unit > 0 ? unit : null;
}
