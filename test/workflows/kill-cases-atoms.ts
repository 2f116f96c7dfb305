/** Studies of moving atoms whose runs are long enough to be killed in the middle. */
import { stringify } from "yaml";
import type { KillCase } from "./kill-cases.ts";

const copper = { model: { potential: { kind: "gupta" } } };
const alloy = { random: { composition: { Cu: 14, Ag: 6 } } };
const pieces = {
  crystal: { structure: "fluorite", species: ["Ce4+", "O2-"], a_A: 5.411 },
  composition: { "Ce4+": 6, "O2-": 12 },
  center: "Ce4+",
  strategy: "uniform",
};

/** @param size factor on the length of all runs; at 1 each takes some seconds of two cores */
export function atomsKillCases(size: number): KillCase[] {
  const count = (n: number) => Math.max(2, Math.round(n * size));
  const make = (name: string, command: KillCase["command"], results: string, sections: object): KillCase => ({
    name,
    command,
    results,
    study: stringify({ name: "killed", seed: 17, ...sections, report: { pictures: false } }),
    files: {},
    args: [],
  });
  return [
    make("relax", "relax", "relaxed.extxyz", {
      ...copper,
      atoms: { random: { composition: { Cu: 60 } }, count: count(240) },
      relax: {},
    }),
    make("dynamics", "dynamics", "dynamics.json", {
      ...copper,
      atoms: { icosahedron: { species: "Cu", shells: 2 } },
      dynamics: {
        time_step_fs: 3,
        staircase: {
          from_K: 300,
          to_K: 900,
          step_K: 300,
          equilibrate_ps: 5 * size,
          measure_ps: 15 * size,
        },
        replicas: 3,
        series_every_steps: 50,
        checkpoint_every_steps: count(2000),
        trajectory: { every_steps: 100, velocities: true },
      },
    }),
    make("dynamics under pressure", "dynamics", "dynamics.json", {
      ...copper,
      atoms: { crystal: { species: "Cu" }, supercell: [3, 3, 3] },
      dynamics: {
        ensemble: "npt",
        pressure_GPa: 1,
        time_step_fs: 2,
        barostat: { cell: "full" },
        segments: [
          { duration_ps: 2 * size, temperature_K: [300, 600], measure: false },
          { duration_ps: 6 * size, temperature_K: 600 },
        ],
        replicas: 2,
        checkpoint_every_steps: count(400),
        trajectory: { every_steps: 50, format: "lammps-dump", velocities: true, forces: true },
      },
    }),
    make("hop", "hop", "minima.extxyz", {
      ...copper,
      atoms: alloy,
      relax: {},
      hop: { paths: 3, steps: count(900), temperature_K: 1500, restart_after: 100, save: "accepted" },
    }),
    make("independent structures", "hop", "minima.extxyz", {
      model: { potential: { kind: "buckingham" } },
      atoms: { extract: pieces },
      relax: { method: "conjugate-gradient", energy_tolerance_eV: 1e-5 },
      hop: { sampling: "independent", paths: 3, steps: count(200), save: "quenches" },
    }),
  ];
}
