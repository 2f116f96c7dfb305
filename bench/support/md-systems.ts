/** Atoms that are moved to take times, and the potentials that hold them. */

import type { Potential } from "../../src/core/calculator.ts";
import { RandomStream } from "../../src/core/random.ts";
import { AMU_A2_PER_FS2_EV } from "../../src/core/units.ts";
import type { Setfl } from "../../src/data/formats/eam-setfl.ts";
import { eamPotential } from "../../src/dynamics/potentials/eam.ts";
import { lennardJonesPotential } from "../../src/dynamics/potentials/lennard-jones.ts";
import { zhouTables } from "../../src/dynamics/potentials/zhou-eam.ts";

export interface TimedSystem {
  readonly potential: Potential;
  readonly species: string;
  /** Edge of the cubic cell; of the box around a cluster. */
  readonly edge: number;
  readonly periodic: readonly [boolean, boolean, boolean];
  readonly positions: Float64Array;
  /** Å/fs; in reduced units with Lennard-Jones. */
  readonly velocities: Float64Array;
  /** amu; such that it is 1 in reduced units with Lennard-Jones. */
  readonly mass: number;
  /** fs, or reduced */
  readonly timeStep: number;
  /** What LAMMPS is told: units and the lines of the potential. Tables go into copper.eam.alloy. */
  readonly lammps: {
    readonly units: "lj" | "metal";
    readonly lines: readonly string[];
    readonly skin: number;
  };
}

function fccPositions(cells: number, a: number): Float64Array {
  const out: number[] = [];
  for (let x = 0; x < cells; x++)
    for (let y = 0; y < cells; y++)
      for (let z = 0; z < cells; z++)
        for (const [u, v, w] of [
          [0, 0, 0],
          [0.5, 0.5, 0],
          [0.5, 0, 0.5],
          [0, 0.5, 0.5],
        ])
          out.push((x + u) * a, (y + v) * a, (z + w) * a);
  return Float64Array.from(out);
}

/** Maxwell's at rest as a whole. @param spread √(kT/m) */
function velocitiesOf(atoms: number, spread: number): Float64Array {
  const random = new RandomStream(1, 0);
  const out = Float64Array.from({ length: 3 * atoms }, () => spread * random.nextNormal());
  for (let k = 0; k < 3; k++) {
    let mean = 0;
    for (let i = k; i < out.length; i += 3) mean += out[i] / atoms;
    for (let i = k; i < out.length; i += 3) out[i] -= mean;
  }
  return out;
}

/** The melt of LAMMPS's benchmarks: density 0.8442, T* = 1.44 in the crystal, cut-off 2.5, time step 0.005. */
export function lennardJonesMelt(cells: number): TimedSystem {
  const a = (4 / 0.8442) ** (1 / 3);
  return {
    potential: lennardJonesPotential({
      kind: "lennard-jones",
      title: "reduced units",
      pairs: [{ species: ["X", "X"], epsilon_eV: 1, sigma_A: 1 }],
      mixing: null,
      cutoff: { to_A: 2.5, end: "truncated" },
    }),
    species: "X",
    edge: cells * a,
    periodic: [true, true, true],
    positions: fccPositions(cells, a),
    velocities: velocitiesOf(4 * cells ** 3, Math.sqrt(1.44)),
    mass: 1 / AMU_A2_PER_FS2_EV,
    timeStep: 0.005,
    lammps: { units: "lj", lines: ["pair_style lj/cut 2.5", "pair_coeff 1 1 1.0 1.0 2.5"], skin: 0.3 },
  };
}

export const copperTables: Setfl = zhouTables(["Cu"]);
const copper = eamPotential({ kind: "eam", title: "Zhou 2004", tables: copperTables });
const COPPER = {
  potential: copper,
  species: "Cu",
  mass: copperTables.elements[0].mass,
  timeStep: 2,
  lammps: {
    units: "metal" as const,
    lines: ["pair_style eam/alloy", "pair_coeff * * copper.eam.alloy Cu"],
    skin: 1,
  },
};
/** √(kT/m) of copper at 600 K, half of which become potential energy, Å/fs. */
const COPPER_SPREAD = Math.sqrt((8.617333262e-5 * 600) / (COPPER.mass * AMU_A2_PER_FS2_EV));

export function copperCrystal(cells: number): TimedSystem {
  const a = copperTables.elements[0].latticeConstant;
  return {
    ...COPPER,
    edge: cells * a,
    periodic: [true, true, true],
    positions: fccPositions(cells, a),
    velocities: velocitiesOf(4 * cells ** 3, COPPER_SPREAD),
  };
}

/** The sites of the crystal that are nearest to one of them. */
export function copperCluster(atoms: number): TimedSystem {
  const a = copperTables.elements[0].latticeConstant;
  const cells = 2 * Math.ceil(Math.cbrt(atoms / 4));
  const all = fccPositions(cells, a);
  const middle = (cells / 2) * a;
  const distance = (i: number) =>
    Math.hypot(all[3 * i] - middle, all[3 * i + 1] - middle, all[3 * i + 2] - middle);
  const nearest = Array.from({ length: all.length / 3 }, (_, i) => i).sort(
    (i, j) => distance(i) - distance(j) || i - j,
  );
  return {
    ...COPPER,
    edge: cells * a,
    periodic: [false, false, false],
    positions: Float64Array.from(nearest.slice(0, atoms).flatMap((i) => [...all.subarray(3 * i, 3 * i + 3)])),
    velocities: velocitiesOf(atoms, COPPER_SPREAD),
  };
}
