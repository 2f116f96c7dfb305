import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { massesOf } from "../../../src/data/masses.ts";
import type { EnsembleSpec } from "../../../src/dynamics/md/ensemble.ts";
import { Freedom } from "../../../src/dynamics/md/freedom.ts";
import { drawVelocities } from "../../../src/dynamics/md/maxwell-boltzmann.ts";
import { MolecularDynamics } from "../../../src/dynamics/md/molecular-dynamics.ts";
import { Particles } from "../../../src/dynamics/md/particles.ts";
import { createPotential, type PotentialSpec } from "../../../src/dynamics/potentials/create-potential.ts";
import { lennardJonesSet } from "../../../src/dynamics/potentials/pair-sets.ts";
import { guptaSet } from "../../../src/dynamics/potentials/parameter-sets.ts";
import { failureOf } from "../../failure.ts";
import { all } from "./systems.ts";

/** 32 atoms of an fcc crystal, begun at 300 K under a pressure. */
function begun(spec: PotentialSpec, species: string, a: number, ensemble: EnsembleSpec, pressure: number) {
  const corners = Array.from({ length: 8 }, (_, n) => [n & 1, (n >> 1) & 1, n >> 2]);
  const basis = [
    [0, 0, 0],
    [0.5, 0.5, 0],
    [0.5, 0, 0.5],
    [0, 0.5, 0.5],
  ];
  const positions = Float64Array.from(
    corners.flatMap((corner) => basis.flatMap((shift) => corner.map((x, k) => a * (x + shift[k])))),
  );
  const atoms = {
    species: new Array<string>(32).fill(species),
    periodic: all,
    positions,
    cell: Float64Array.of(2 * a, 0, 0, 0, 2 * a, 0, 0, 0, 2 * a),
    fixed: null,
  };
  const calculator = createPotential(spec).calculator(atoms);
  const particles = new Particles(atoms, massesOf(atoms.species, {}), calculator);
  const freedom = new Freedom(particles, true);
  const random = new RandomStream(1, 0);
  drawVelocities(particles, freedom, 300, random, "exact");
  return new MolecularDynamics(particles, freedom, random, {
    ensemble,
    timeStep: 1,
    segments: [
      { steps: 2000, temperature_K: [300, 300], pressure_GPa: [pressure, pressure], measured: true },
    ],
    sampleEvery: 10,
    limits: { displacement: 0.5, temperature: 6000 },
  });
}

const chains = { kind: "martyna-tobias-klein", time_fs: 100, chain: 3, barostat_time_fs: 500 } as const;
const ensembles: readonly EnsembleSpec[] = [
  { ...chains, cell: "isotropic" },
  { ...chains, cell: "orthorhombic" },
  { ...chains, cell: "full" },
  { kind: "stochastic-cell", time_fs: 100, barostat_time_fs: 500, compressibility_per_GPa: 0.01 },
];
const crystals = [
  ["Cu", guptaSet("cleri-rosato-1993", ["Cu"], "shells"), 3.615],
  ["Ar", lennardJonesSet("argon-verlet-1967", ["Ar"], "usual"), 5.3],
] as const;

describe.each(crystals)("a cell of %s under a pressure that nothing withstands", (species, spec, a) => {
  it.each(ensembles)("ends with the step and what went wrong: $kind $cell", (ensemble) => {
    // Without inertia, atoms that nothing holds drift apart by the same few percent in each step.
    for (const pressure of ensemble.kind === "stochastic-cell" ? [1e6] : [1e6, -1e4]) {
      const dynamics = begun(spec, species, a, ensemble, pressure);
      const error = failureOf(() => {
        while (!dynamics.ended) dynamics.advance(false);
      });
      expect(error.code).toBe("not-converged");
      expect(error.message).toMatch(/^step \d+ \([\d.]+ ps\): a length of the cell changed by [\d.]+ % /);
      expect(error.details.strain).toBeGreaterThan(0.1);
      expect(Array.from(dynamics.particles.cell).every(Number.isFinite)).toBe(true);
    }
  });
});
