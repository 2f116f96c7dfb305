/**
 * Molecular dynamics with velocity Verlet: microseconds of CPU for an atom and step, beside LAMMPS on one processor where it
 * is installed (the same atoms, cut-off, skin and time step; ratio of steps per second), and over sizes.
 */

import { lammpsIsHere, lammpsStepSeconds, stepSeconds } from "./support/md-speed.ts";
import { copperCluster, copperCrystal, lennardJonesMelt, type TimedSystem } from "./support/md-systems.ts";
import type { BenchResult } from "./support/measure.ts";

const SETTLING = 100;
const STEPS = 300;
/** Cells along an edge of four atoms each: 500 to 97,556 atoms. */
const SIZES = [5, 10, 20, 29];

/** The fastest of several runs: what a machine with other work adds only ever slows down. */
function fastest(runs: number, seconds: () => number): number {
  return Math.min(...Array.from({ length: runs }, seconds));
}

function sideBySide(name: string, system: TimedSystem, compare: boolean): BenchResult[] {
  const atoms = system.positions.length / 3;
  const times: number[] = [];
  const lammpsTimes: number[] = [];
  for (let run = 0; run < 3; run++) {
    times.push(stepSeconds(system, SETTLING, STEPS));
    if (compare) lammpsTimes.push(lammpsStepSeconds(system, SETTLING, STEPS));
  }
  const ours = Math.min(...times);
  const results = [{ name: `md.${name}.us_per_atom_step`, value: (ours * 1e6) / atoms, unit: "us" }];
  if (!compare) return results;
  const lammps = Math.min(...lammpsTimes);
  return [
    ...results,
    { name: `md.${name}.lammps.us_per_atom_step`, value: (lammps * 1e6) / atoms, unit: "us" },
    { name: `md.${name}.steps_per_lammps_step`, value: lammps / ours, unit: "" },
  ];
}

function overSizes(name: string, systemOf: (cells: number) => TimedSystem): BenchResult[] {
  return SIZES.map((cells) => {
    const atoms = 4 * cells ** 3;
    // About two seconds each; at least two lists are built.
    const steps = Math.max(40, Math.min(1000, Math.round(2e6 / atoms)));
    const seconds = fastest(2, () => stepSeconds(systemOf(cells), Math.ceil(steps / 3), steps));
    return { name: `md.${name}.${atoms}.us_per_atom_step`, value: (seconds * 1e6) / atoms, unit: "us" };
  });
}

export async function run(): Promise<BenchResult[]> {
  const compare = lammpsIsHere();
  if (!compare) console.warn("lmp is not installed: no comparison with LAMMPS");
  return [
    ...sideBySide("lj", lennardJonesMelt(10), compare),
    ...sideBySide("eam", copperCrystal(10), compare),
    ...sideBySide("eam.cluster1103", copperCluster(1103), compare),
    ...overSizes("lj", lennardJonesMelt),
    ...overSizes("eam", copperCrystal),
  ];
}
