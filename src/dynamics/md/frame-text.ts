/** A moment of a run as a frame of a trajectory file, and as a line of its table. */

import { GPA_EV_PER_A3 } from "../../core/units.ts";
import { writeExtxyz } from "../../data/formats/extxyz-write.ts";
import { writeLammpsDump } from "../../data/formats/lammps-dump-write.ts";
import { numberText } from "../../data/formats/tokens.ts";
import type { InfoValue, Structure } from "../../data/structure.ts";
import type { Measurement } from "./averages.ts";
import type { Particles } from "./particles.ts";

export type DynamicsFormat = "extxyz" | "lammps-dump";

/** Name of the column with velocities in extended XYZ, Å/fs. */
export const VELOCITIES = "vel";

export interface FrameParts {
  readonly velocities: boolean;
  readonly forces: boolean;
}

/**
 * Positions are written as they are, never wrapped into the cell, so that displacements can be followed.
 * @param name of the structure
 */
export function frameText(
  particles: Particles,
  moment: Measurement,
  name: string,
  format: DynamicsFormat,
  parts: FrameParts,
): string {
  const { atoms, positions, cell, velocities, forces } = particles;
  const info: Record<string, InfoValue> = {
    step: moment.step,
    time_ps: moment.time,
    temperature_K: moment.temperature,
  };
  if (parts.velocities) info[`atom.${VELOCITIES}`] = Array.from(velocities);
  const structure: Structure = {
    cell,
    periodic: atoms.periodic,
    species: atoms.species,
    positions,
    energy: moment.potential,
    ...(parts.forces ? { forces } : {}),
    name,
    info,
    source: { file: name, line: null },
  };
  return format === "extxyz" ? writeExtxyz([structure]) : writeLammpsDump(structure);
}

const always = ["step", "time_ps", "temperature_K", "potential_eV", "kinetic_eV", "total_eV", "conserved_eV"];
const ofCells = ["volume_A3", "pressure_GPa"];

/** First line of the table. */
export function seriesHeader(withCell: boolean): string {
  return `${[...always, ...(withCell ? ofCells : [])].join(",")}\n`;
}

/** A line of the table; what does not exist (the conserved energy of some ensembles) stays empty. */
export function seriesLine(m: Measurement): string {
  const cells = [
    m.step,
    m.time,
    m.temperature,
    m.potential,
    m.kinetic,
    m.potential + m.kinetic,
    m.conserved,
    ...(Number.isNaN(m.volume) ? [] : [m.volume, m.pressure / GPA_EV_PER_A3]),
  ];
  return `${cells.map((x) => (Number.isNaN(x) ? "" : numberText(x))).join(",")}\n`;
}
