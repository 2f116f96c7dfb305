/** Ending a chain when a mean is known well enough. */
import { probit } from "simple-statistics";
import { studyError } from "../../core/errors.ts";
import type { ObserverColumn } from "../../lattice/observer.ts";
import type { ChainRecords } from "./chain-records.ts";
import { type MoveAcceptance, observationEstimate, summarizeChain } from "./chain-summary.ts";

export interface Until {
  /** ENERGY_PER_CELL or the name of an observer's column. */
  readonly observable: string;
  /** Half-width of the confidence interval that is good enough. */
  readonly error: number;
  /** Between 0 and 1. */
  readonly confidence: number;
}

export interface StopResult extends Until {
  readonly reached: boolean;
  /** Half-width at the end; null where there was too little to tell. */
  readonly halfWidth: number | null;
}

export const ENERGY_PER_CELL = "energy_eV_per_cell";

/** Looks are this part of the planned steps apart; each look is one more chance to stop by luck. */
const LOOKS = 50;
/** Fewer uncorrelated values give no error bar to stop by. */
const FEWEST_EFFECTIVE = 50;

/**
 * @returns place of the observable among the columns of the observers, -1 for the energy
 * @throws {EcitonError} "study" for an observable that is none of them
 */
export function columnOf({ observable }: Until, columns: readonly ObserverColumn[]): number {
  const names = columns.map(({ name }) => name);
  if (!names.includes(observable) && observable !== ENERGY_PER_CELL)
    throw studyError(
      "sample.until.observable",
      `nothing is observed under the name "${observable}"; there are ${[ENERGY_PER_CELL, ...names].join(", ")}`,
    );
  return names.indexOf(observable);
}

/**
 * The rule looks at fixed numbers of samples, so it depends on the chain alone, and at the numbers that the chain would
 * end with. Looking often and stopping at the first success makes the true confidence a little lower than the one asked
 * for; few looks and the demand for settled chains keep this small.
 */
export class StopRule {
  readonly #until: Until;
  readonly #records: ChainRecords;
  readonly #cells: number;
  readonly #temperature: number;
  /** Column of the observers, -1 for the energy. */
  readonly #column: number;

  /** @throws {EcitonError} "study" for an unknown observable */
  constructor(until: Until, records: ChainRecords, numCells: number, temperature: number) {
    this.#column = columnOf(
      until,
      records.observers.series.flatMap(({ columns }) => columns),
    );
    this.#until = until;
    this.#records = records;
    this.#cells = numCells;
    this.#temperature = temperature;
  }

  /** Whether this is a moment to look, and if so whether the chain may end. */
  satisfied(moves: readonly MoveAcceptance[]): boolean {
    const { samples, plan } = this.#records;
    const every = Math.max(1, Math.floor(plan.samples / LOOKS));
    return samples > 1 && samples % every === 0 && this.result(moves).reached;
  }

  result(moves: readonly MoveAcceptance[]): StopResult {
    const { equilibration, energy_eV } = summarizeChain(this.#records, this.#temperature, moves);
    const estimate =
      this.#column < 0
        ? { error: energy_eV.error / this.#cells, effective: equilibration.effective_samples }
        : observationEstimate(this.#records, this.#column, equilibration.start_step);
    const halfWidth =
      estimate === null || estimate.effective < FEWEST_EFFECTIVE
        ? null
        : probit((1 + this.#until.confidence) / 2) * estimate.error;
    const reached = equilibration.equilibrated && halfWidth !== null && halfWidth <= this.#until.error;
    return { ...this.#until, reached, halfWidth };
  }
}
