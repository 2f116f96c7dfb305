/** Settings and small systems for the tests of basin hopping. */

import type { Calculator, Evaluation, Potential } from "../../../src/core/calculator.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import { createAtoms } from "../../../src/data/generators/create-atoms.ts";
import type { AtomsSpec } from "../../../src/data/study/atoms-schema.ts";
import type { HopSettings } from "../../../src/dynamics/hop/hop-settings.ts";
import { Hopper, type Starts } from "../../../src/dynamics/hop/hopper.ts";
import { movingAtoms } from "../../../src/dynamics/moving-atoms.ts";
import type { LennardJonesSpec } from "../../../src/dynamics/potentials/lennard-jones.ts";
import { lennardJonesPotential } from "../../../src/dynamics/potentials/lennard-jones.ts";

/** T* = 0.8, the temperature of Wales and Doye (1997). */
export const LJ_TEMPERATURE = 0.8 / BOLTZMANN_EV_PER_K;

export const reducedLj: LennardJonesSpec = {
  kind: "lennard-jones",
  title: "reduced units",
  pairs: [{ species: ["X", "X"], epsilon_eV: 1, sigma_A: 1 }],
  mixing: null,
  cutoff: null,
};

export function hopSettings(changes: Partial<HopSettings> = {}): HopSettings {
  return {
    sampling: "walk",
    steps: 1000,
    temperature: LJ_TEMPERATURE,
    moves: { displace: 1, surface: 1, twist: 1 },
    step: null,
    targetAcceptance: null,
    restartAfter: null,
    relax: {
      method: "l-bfgs",
      forceTolerance: 1e-4,
      energyTolerance: null,
      maxEvaluations: 2000,
      maxStep: 0.2,
      cell: "fixed",
      pressure: 0,
    },
    targetEnergy: null,
    keep: 100,
    same: { energy: 1e-3, distance: 0.02 },
    container: null,
    minDistance: 0.5,
    ...changes,
  };
}

/** Random clusters in reduced units. */
export function ljAtoms(n: number): AtomsSpec {
  return {
    random: { composition: { X: n }, min_A: 0.8, max_A: 1.4, within: "sphere", volume_A3: 1.2 },
    count: 1_000_000,
    frames: "last",
  };
}

export function ljStarts(n: number, seed: number): Starts {
  return (index) => movingAtoms(createAtoms(ljAtoms(n), { seed, index }));
}

export function ljHopper(n: number, seed: number, changes: Partial<HopSettings> = {}): Hopper {
  const potential = lennardJonesPotential(reducedLj);
  return new Hopper(potential, ljStarts(n, seed), hopSettings(changes), new RandomStream(seed, 0), 0);
}

/** Hops until the target or the end of the steps. */
export function hopToEnd(hopper: Hopper, steps: number): Hopper {
  while (hopper.step < steps && !hopper.reachedTarget) hopper.hop();
  return hopper;
}

/**
 * One atom on a line of wells at whole numbers, whose depths repeat: E = e[k mod M] + 2 |r − (k, 0, 0)|², k the nearest
 * whole number. All basins have the same shape, so displacements lead from k to k + 1 as often as back.
 */
export function wells(depths: readonly number[]): Potential {
  return {
    name: "wells",
    species: null,
    cutoff: Number.POSITIVE_INFINITY,
    calculator: (): Calculator => ({
      numAtoms: 1,
      evaluate(r: Float64Array, _cell: Float64Array, out: Evaluation) {
        const k = Math.round(r[0]);
        const d = [r[0] - k, r[1], r[2]];
        out.energy = depths[((k % depths.length) + depths.length) % depths.length];
        for (let c = 0; c < 3; c++) {
          out.energy += 2 * d[c] * d[c];
          out.forces[c] = -4 * d[c];
        }
        if (out.energies) out.energies[0] = out.energy;
      },
      state: () => null,
      restore: () => {},
    }),
  };
}
