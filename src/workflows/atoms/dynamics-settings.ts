/** What a section `dynamics` asks for, as src/dynamics/md takes it. */
import { dataError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import { type DynamicsSection, usualDynamics } from "../../data/study/dynamics-schema.ts";
import type { EnsembleSpec } from "../../dynamics/md/ensemble.ts";
import { VELOCITIES } from "../../dynamics/md/frame-text.ts";
import type { MdAtoms, ReplicaPlan } from "../../dynamics/md/replica.ts";
import { type Segment, staircaseSegments } from "../../dynamics/md/schedule.ts";

export function ensembleOf(section: DynamicsSection): EnsembleSpec {
  const { ensemble, thermostat, barostat } = section;
  const time_fs = thermostat?.time_fs ?? usualDynamics.thermostat_time_fs;
  const chain = thermostat?.chain ?? usualDynamics.chain;
  if (ensemble === "nve") return { kind: "nve" };
  if (ensemble === "npt") {
    const {
      method,
      cell,
      time_fs: barostat_time_fs,
      compressibility_per_GPa,
    } = {
      method: "martyna-tobias-klein" as const,
      cell: "isotropic" as const,
      time_fs: usualDynamics.barostat_time_fs,
      compressibility_per_GPa: usualDynamics.compressibility_per_GPa,
      ...barostat,
    };
    return method === "stochastic-cell"
      ? { kind: method, time_fs, barostat_time_fs, compressibility_per_GPa }
      : { kind: method, cell, time_fs, chain, barostat_time_fs };
  }
  const method = thermostat?.method ?? "langevin";
  switch (method) {
    case "langevin":
      return { kind: method, time_fs: thermostat?.time_fs ?? usualDynamics.langevin_time_fs };
    case "nose-hoover":
      return { kind: method, time_fs, chain };
    case "velocity-rescaling":
      return { kind: method, time_fs };
    default:
      return method satisfies never;
  }
}

/** Segments in steps; durations are rounded to whole time steps, at least one. */
export function segmentsOf(section: DynamicsSection): Segment[] {
  const { time_step_fs, staircase, segments = [], pressure_GPa } = section;
  const stepsIn = (ps: number) => Math.max(1, Math.round((1000 * ps) / time_step_fs));
  const pair = (value: number | readonly [number, number]): readonly [number, number] =>
    typeof value === "number" ? [value, value] : value;
  if (staircase) {
    const { from_K, to_K, step_K, equilibrate_ps, measure_ps } = staircase;
    // A last step that is not whole is left out, but for rounding.
    const count = Math.floor(Math.abs(to_K - from_K) / step_K + 1e-9);
    const temperatures_K = Array.from(
      { length: count + 1 },
      (_, i) => from_K + i * Math.sign(to_K - from_K) * step_K,
    );
    const equilibrate = equilibrate_ps === 0 ? 0 : stepsIn(equilibrate_ps);
    return staircaseSegments({ temperatures_K, equilibrate, measure: stepsIn(measure_ps), pressure_GPa });
  }
  return segments.map((segment) => ({
    steps: stepsIn(segment.duration_ps),
    temperature_K: pair(segment.temperature_K),
    pressure_GPa: pair(segment.pressure_GPa ?? pressure_GPa),
    measured: segment.measure,
  }));
}

/** All of a replica's plan that follows from the section alone. */
export function replicaSettings(
  section: DynamicsSection,
): Omit<ReplicaPlan, "atoms" | "seed" | "index" | "trajectory" | "series" | "checkpoint"> {
  const segments = segmentsOf(section);
  const { start } = section;
  return {
    ensemble: ensembleOf(section),
    timeStep_fs: section.time_step_fs,
    segments,
    start: {
      temperature_K: start?.temperature_K ?? segments[0].temperature_K[0],
      energy: start?.kinetic_energy ?? "exact",
    },
    momentum: section.momentum,
    masses_amu: section.masses_amu,
    sampleEvery: section.sample_every_steps,
    maxDisplacement_A: section.max_displacement_A,
    maxTemperature_K: section.max_temperature_K ?? null,
  };
}

/**
 * A structure as a replica takes it.
 * @param fixed 1 for atoms that stay where they are; null where all move
 * @throws {EcitonError} "data" where velocities are to come from a file that has none
 */
export function startAtoms(
  structure: Structure,
  fixed: Uint8Array | null,
  section: DynamicsSection,
): MdAtoms {
  const { name, species, periodic, cell, positions, info, source } = structure;
  const given = info[`atom.${VELOCITIES}`];
  const fromFile = section.start?.velocities === "file";
  if (fromFile && !(Array.isArray(given) && given.length === positions.length))
    throw dataError(
      source.file,
      source.line,
      `dynamics.start.velocities is "file", but the structure has no column ${VELOCITIES}:R:3 with velocities, Å/fs`,
    );
  return {
    name,
    species,
    periodic,
    cell: Array.from(cell),
    positions: Array.from(positions),
    velocities: fromFile ? (given as readonly number[]) : null,
    fixed: fixed ? Array.from(species.keys()).filter((i) => fixed[i] === 1) : [],
  };
}
