/** Times of the same dynamics here and in LAMMPS. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setflText } from "../../src/data/formats/eam-setfl.ts";
import { verletStep } from "../../src/dynamics/md/integrator.ts";
import { Particles } from "../../src/dynamics/md/particles.ts";
import { copperTables, type TimedSystem } from "./md-systems.ts";

/** CPU seconds of a step, after so many that settle the atoms and the compiler. */
export function stepSeconds(system: TimedSystem, settling: number, steps: number): number {
  const atoms = system.positions.length / 3;
  const species = new Array<string>(atoms).fill(system.species);
  const { periodic, edge, potential } = system;
  const particles = new Particles(
    {
      species,
      periodic,
      positions: system.positions.slice(),
      cell: Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge),
      fixed: null,
    },
    new Float64Array(atoms).fill(system.mass),
    potential.calculator({ species, periodic }),
  );
  particles.velocities.set(system.velocities);
  particles.evaluate(false);
  for (let step = 0; step < settling; step++) verletStep(particles, system.timeStep, false);
  const begun = process.cpuUsage();
  for (let step = 0; step < steps; step++) verletStep(particles, system.timeStep, false);
  const { user, system: kernel } = process.cpuUsage(begun);
  return (user + kernel) / 1e6 / steps;
}

export function lammpsIsHere(): boolean {
  return spawnSync("lmp", ["-help"], { stdio: "ignore" }).status === 0;
}

/** The same in LAMMPS on one processor, as its own clock and share of the CPU say. */
export function lammpsStepSeconds(system: TimedSystem, settling: number, steps: number): number {
  const folder = mkdtempSync(join(tmpdir(), "eciton-bench-"));
  try {
    writeFileSync(join(folder, "atoms.data"), dataFile(system));
    if (system.lammps.units === "metal")
      writeFileSync(join(folder, "copper.eam.alloy"), setflText(copperTables));
    writeFileSync(join(folder, "in.md"), inputFile(system, settling, steps));
    execFileSync("lmp", ["-in", "in.md", "-log", "log.md", "-screen", "none"], {
      cwd: folder,
      env: { ...process.env, OMP_NUM_THREADS: "1" },
    });
    const log = readFileSync(join(folder, "log.md"), "utf8");
    const loops = [...log.matchAll(/^Loop time of (\S+) on 1 procs/gm)];
    const shares = [...log.matchAll(/^([\d.]+)% CPU use/gm)];
    return (Number(loops.at(-1)![1]) * Number(shares.at(-1)![1])) / 100 / steps;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** LAMMPS has Å/ps with metal units. */
function dataFile({ positions, velocities, edge, lammps }: TimedSystem): string {
  const atoms = positions.length / 3;
  const scale = lammps.units === "metal" ? 1000 : 1;
  const row = (i: number, of: Float64Array, factor: number) =>
    [0, 1, 2].map((k) => of[3 * i + k] * factor).join(" ");
  const numbers = Array.from({ length: atoms }, (_, i) => i);
  return [
    "atoms",
    "",
    `${atoms} atoms`,
    "1 atom types",
    ...["x", "y", "z"].map((k) => `0 ${edge} ${k}lo ${k}hi`),
    "",
    "Atoms",
    "",
    ...numbers.map((i) => `${i + 1} 1 ${row(i, positions, 1)}`),
    "",
    "Velocities",
    "",
    ...numbers.map((i) => `${i + 1} ${row(i, velocities, scale)}`),
    "",
  ].join("\n");
}

function inputFile(
  { lammps, periodic, mass, timeStep }: TimedSystem,
  settling: number,
  steps: number,
): string {
  return [
    `units ${lammps.units}`,
    `boundary ${periodic.map((yes) => (yes ? "p" : "s")).join(" ")}`,
    "atom_style atomic",
    "read_data atoms.data",
    `mass 1 ${lammps.units === "lj" ? 1 : mass}`,
    ...lammps.lines,
    `neighbor ${lammps.skin} bin`,
    // As safe as the list here: built as soon as an atom has moved by half the skin.
    "neigh_modify delay 0 every 1 check yes",
    "fix nve all nve",
    `timestep ${lammps.units === "metal" ? timeStep / 1000 : timeStep}`,
    `thermo ${settling + steps}`,
    `run ${settling}`,
    `run ${steps}`,
    "",
  ].join("\n");
}
