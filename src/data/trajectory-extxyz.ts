/** Frames of a trajectory as extended XYZ, for other programs. */
import { type AtomsOptions, structureOfConfiguration } from "./configuration-structure.ts";
import { writeExtxyz } from "./formats/extxyz-write.ts";
import type { Trajectory } from "./trajectory.ts";

/**
 * Text of one frame after the other; together they are one file. Each has its energy, and its step in the second line.
 * @throws {EcitonError} "data" at a damaged frame
 */
export function* trajectoryExtxyz(trajectory: Trajectory, options: AtomsOptions): Generator<string> {
  const { supercell, header } = trajectory;
  for (const { step, energy_eV, occupation } of trajectory.frames()) {
    const id = `chain-${header.about.chain}-step-${step}`;
    const atoms = structureOfConfiguration({ id, supercell, occupation, energy: energy_eV }, options);
    yield writeExtxyz([{ ...atoms, info: { step, temperature_K: header.about.temperature_K } }]);
  }
}
