/** Notices dynamics that have gone wrong, before they fill files with nonsense. */
import { EcitonError } from "../../core/errors.ts";
import type { Particles } from "./particles.ts";

export interface Limits {
  /** Longest move of an atom in one step, Å. */
  readonly displacement: number;
  /** K */
  readonly temperature: number;
}

/** Where a run is, for messages. */
export interface Moment {
  readonly step: number;
  readonly time_ps: number;
  readonly temperature_K: number;
}

const advice =
  "shorten dynamics.time_step_fs, or relax the structure first (eciton relax) if atoms overlap at the start; what was " +
  "written before is whole";

/** Lengths of a cell that holds its pressure change by less than a hundredth of this in a time step. */
const MOST_STRAIN = 0.1;

/** @throws {EcitonError} "not-converged" where the cell has stretched, or an atom moved, too far in the last drift */
export function checkMoves(particles: Particles, limits: Limits, moment: () => Moment): void {
  if (particles.strain > MOST_STRAIN) {
    const { step, time_ps, temperature_K } = moment();
    throw new EcitonError(
      "not-converged",
      `step ${step} (${time_ps} ps): a length of the cell changed by ${short(100 * particles.strain)} % in one time step, ` +
        `more than ${100 * MOST_STRAIN} %, at ${short(temperature_K)} K: see whether the pressure is one that these atoms can ` +
        "withstand, or let the barostat be slower; what was written before is whole",
      { step, strain: plain(particles.strain), temperature_K: plain(temperature_K) },
    );
  }
  if (particles.longest <= limits.displacement ** 2) return;
  const atom = particles.longestAtom;
  const moved = Math.sqrt(particles.longest);
  const { step, time_ps, temperature_K } = moment();
  if (Number.isNaN(moved))
    throw new EcitonError(
      "not-converged",
      `step ${step} (${time_ps} ps): positions or velocities are no numbers any more: ${advice}; a cell that grows or shrinks ` +
        "without end needs another pressure",
      { step },
    );
  throw new EcitonError(
    "not-converged",
    `step ${step} (${time_ps} ps): atom ${atom + 1} (${particles.atoms.species[atom]}) moved by ${short(moved)} Å in one time step, ` +
      `more than dynamics.max_displacement_A = ${limits.displacement}, at ${short(temperature_K)} K: ${advice}`,
    { step, atom: atom + 1, displacement_A: plain(moved), temperature_K: plain(temperature_K) },
  );
}

/** @throws {EcitonError} "not-converged" where the energy is no number */
export function checkEnergy(particles: Particles, moment: () => Moment): void {
  if (Number.isFinite(particles.energy)) return;
  const { step, time_ps, temperature_K } = moment();
  throw new EcitonError(
    "not-converged",
    `step ${step} (${time_ps} ps): the potential energy is ${particles.energy}, at ${short(temperature_K)} K: ${advice}`,
    { step, temperature_K: plain(temperature_K) },
  );
}

/** @throws {EcitonError} "not-converged" where it is far too hot */
export function checkTemperature(temperature_K: number, limits: Limits, moment: () => Moment): void {
  if (temperature_K <= limits.temperature) return;
  const { step, time_ps } = moment();
  throw new EcitonError(
    "not-converged",
    `step ${step} (${time_ps} ps): the temperature is ${short(temperature_K)} K, above dynamics.max_temperature_K = ` +
      `${short(limits.temperature)}: ${advice}`,
    { step, temperature_K: plain(temperature_K) },
  );
}

/** A failure of the calculator on the way, told as what it is: dynamics that have gone wrong. */
export function failedForces(error: unknown, moment: () => Moment): unknown {
  if (!(error instanceof EcitonError) || error.code !== "data") return error;
  const { step, time_ps, temperature_K } = moment();
  return new EcitonError(
    "not-converged",
    `step ${step} (${time_ps} ps): ${error.message}, at ${short(temperature_K)} K: ${advice}`,
    { ...error.details, step, temperature_K: plain(temperature_K) },
    error,
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Details have to stay JSON, which has no Infinity. */
function plain(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
