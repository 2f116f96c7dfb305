/** Small sets of structures with energies, forces and stresses of a Lennard-Jones potential, for trainings of seconds. */
import { det3 } from "../../src/core/linalg.ts";
import { RandomStream } from "../../src/core/random.ts";
import { writeExtxyz } from "../../src/data/formats/extxyz-write.ts";
import { icosahedronPositions } from "../../src/data/generators/polyhedra.ts";
import type { Structure } from "../../src/data/structure.ts";
import { lennardJonesPotential } from "../../src/dynamics/potentials/lennard-jones.ts";

/** Of the size of metals: distances of 2.6 Å, wells of 0.4 eV. */
export const toyPotential = lennardJonesPotential({
  kind: "lennard-jones",
  title: "toy",
  pairs: [
    { species: ["Cu", "Cu"], epsilon_eV: 0.4, sigma_A: 2.3 },
    { species: ["Ag", "Ag"], epsilon_eV: 0.3, sigma_A: 2.5 },
  ],
  mixing: "lorentz-berthelot",
  cutoff: { from_A: 4, to_A: 5 },
});

/** With energy, forces, and the stress where it is periodic. */
export function labeled(structure: Structure): Structure {
  const { species, periodic, positions, cell } = structure;
  const out = { energy: 0, forces: new Float64Array(positions.length), virial: new Float64Array(9) };
  toyPotential.calculator({ species, periodic }).evaluate(positions, cell, out);
  const volume = Math.abs(det3(cell));
  return {
    ...structure,
    energy: out.energy,
    forces: out.forces,
    ...(periodic.every(Boolean) ? { stress: out.virial.map((w) => -w / volume || 0) } : {}),
  };
}

const noise = (random: RandomStream, width: number) => width * (2 * random.nextFloat() - 1);

/** Icosahedra of 13 atoms, each moved by at most 0.25 Å along each axis. */
export function toyClusters(count: number, seed = 1, silver = 0): Structure[] {
  const ideal = icosahedronPositions(1, 2.6);
  return Array.from({ length: count }, (_, k) => {
    const random = new RandomStream(seed, k);
    return labeled({
      cell: new Float64Array(9),
      periodic: [false, false, false],
      positions: ideal.map((x) => x + noise(random, 0.25)),
      species: Array.from({ length: 13 }, (_, i) => (i < silver ? "Ag" : "Cu")),
      name: `cluster-${k + 1}`,
      info: {},
      source: { file: "toy", line: null },
    });
  });
}

/** Cells of 8 atoms on a close-packed lattice, strained and shaken. */
export function toyCrystals(count: number, seed = 2): Structure[] {
  const a = 3.6;
  const sites = [0, 1].flatMap((x) => [
    [x, 0, 0],
    [x, 0.5, 0.5],
    [x + 0.5, 0, 0.5],
    [x + 0.5, 0.5, 0],
  ]);
  return Array.from({ length: count }, (_, k) => {
    const random = new RandomStream(seed, k);
    const strain = Float64Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 1 : 0) + noise(random, 0.03));
    const strained = (r: readonly number[]) =>
      [0, 1, 2].map((c) => a * r.reduce((sum, x, row) => sum + x * strain[3 * row + c], 0));
    return labeled({
      cell: Float64Array.from(
        [
          [2, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ].flatMap(strained),
      ),
      periodic: [true, true, true],
      positions: Float64Array.from(sites.flatMap(strained), (x) => x + noise(random, 0.08)),
      species: sites.map(() => "Cu"),
      name: `crystal-${k + 1}`,
      info: {},
      source: { file: "toy", line: null },
    });
  });
}

export function toyText(structures: readonly Structure[]): string {
  return writeExtxyz(structures);
}

/** Sections of a study whose training takes a second; `train` adds to them or takes their place. */
export function toyStudy(train: object = {}, more: object = {}): string {
  return JSON.stringify({
    name: "toy",
    seed: 5,
    train: {
      data: [{ files: ["toy.xyz"] }],
      descriptors: { cutoff_A: 5, level: "small" },
      network: { hidden: [6] },
      epochs: 4,
      ...train,
    },
    report: { pictures: false },
    ...more,
  });
}
