/** Small systems with known answers, by plain formulas. */

import type { Calculator, Potential } from "../../../src/core/calculator.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { AMU_A2_PER_FS2_EV, BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import { createIntegrator, type EnsembleSpec } from "../../../src/dynamics/md/ensemble.ts";
import { Freedom } from "../../../src/dynamics/md/freedom.ts";
import { drawVelocities } from "../../../src/dynamics/md/maxwell-boltzmann.ts";
import { Particles } from "../../../src/dynamics/md/particles.ts";
import { neighbourList } from "../../../src/lattice/neighbour-list.ts";

/** A mass for which m v² is in eV with v in Å/fs: reduced units with fs as the unit of time. */
export const UNIT_MASS = 1 / AMU_A2_PER_FS2_EV;
/** Temperature of kT = 1 eV. */
export const UNIT_K = 1 / BOLTZMANN_EV_PER_K;

type Periodic = readonly [boolean, boolean, boolean];
export const none: Periodic = [false, false, false];
export const all: Periodic = [true, true, true];

/** A potential without memory from its formula: adds to the forces and the virial, which are zero before, and gives the energy. */
export function formula(
  evaluate: (
    positions: Float64Array,
    cell: Float64Array,
    forces: Float64Array,
    virial: Float64Array,
  ) => number,
): Potential {
  return {
    name: "test",
    species: null,
    cutoff: 1,
    calculator: ({ species }): Calculator => {
      const scratch = new Float64Array(9);
      return {
        numAtoms: species.length,
        evaluate(positions, cell, out) {
          out.forces.fill(0);
          const virial = (out.virial ?? scratch).fill(0);
          out.energy = evaluate(positions, cell, out.forces, virial);
        },
        state: () => null,
        restore: () => {},
      };
    },
  };
}

export const idealGas = formula(() => 0);

/** Σ ½ k x² + ¼ q x⁴ over all coordinates, eV; k and q by coordinate. */
export function wells(k: ArrayLike<number>, q: ArrayLike<number>): Potential {
  return formula((positions, _, forces) => {
    let energy = 0;
    for (let i = 0; i < positions.length; i++) {
      const x = positions[i];
      energy += (k[i] * x * x) / 2 + (q[i] * x ** 4) / 4;
      forces[i] = -k[i] * x - q[i] * x ** 3;
    }
    return energy;
  });
}

/** Lennard-Jones between all pairs, ε = 1 eV, σ = 1 Å, no images. */
export function lennardJones(
  positions: Float64Array,
  forces: Float64Array,
  virial: Float64Array | null = null,
): number {
  let energy = 0;
  for (let i = 0; i < positions.length; i += 3)
    for (let j = 0; j < i; j += 3) {
      const x = positions[i] - positions[j];
      const y = positions[i + 1] - positions[j + 1];
      const z = positions[i + 2] - positions[j + 2];
      const s2 = 1 / (x * x + y * y + z * z);
      const s6 = s2 * s2 * s2;
      energy += 4 * s6 * (s6 - 1);
      const f = 24 * s2 * s6 * (2 * s6 - 1);
      forces[i] += f * x;
      forces[i + 1] += f * y;
      forces[i + 2] += f * z;
      forces[j] -= f * x;
      forces[j + 1] -= f * y;
      forces[j + 2] -= f * z;
      if (virial === null) continue;
      virial[0] += f * x * x;
      virial[4] += f * y * y;
      virial[8] += f * z * z;
      virial[1] += f * x * y;
      virial[2] += f * x * z;
      virial[5] += f * y * z;
    }
  if (virial !== null) {
    virial[3] = virial[1];
    virial[6] = virial[2];
    virial[7] = virial[5];
  }
  return energy;
}

export const cluster = formula((positions, _, forces) => lennardJones(positions, forces));

/** 200 (1 − r/3)³ eV between neighbours nearer than 3 Å: repulsive and smooth, so that the cell has to hold it. */
export const repulsive = formula((positions, cell, forces, virial) => {
  const list = neighbourList(positions, cell, [true, true, true], 3, "half");
  let energy = 0;
  for (let i = 0; i + 1 < list.first.length; i++)
    for (let n = list.first[i]; n < list.first[i + 1]; n++) {
      const r = list.distances[n];
      const s = 1 - r / 3;
      energy += 200 * s ** 3;
      const f = (200 * s * s) / r;
      for (let a = 0; a < 3; a++) {
        const va = list.vectors[3 * n + a];
        forces[3 * i + a] -= f * va;
        forces[3 * list.index[n] + a] += f * va;
        for (let b = 0; b < 3; b++) virial[3 * a + b] += f * va * list.vectors[3 * n + b];
      }
    }
  return energy;
});

export interface Setting {
  readonly potential: Potential;
  readonly positions: ArrayLike<number>;
  readonly species?: readonly string[];
  /** In eV fs²/Å²; default: one of each. */
  readonly inertia?: readonly number[];
  readonly cell?: ArrayLike<number>;
  readonly periodic?: Periodic;
  readonly fixed?: readonly number[];
  readonly ensemble?: EnsembleSpec;
  readonly momentum?: "removed" | "free";
  /** fs */
  readonly timeStep?: number;
  /** kT of the start and of the target, eV. */
  readonly thermal?: number;
  /** eV/Å³ */
  readonly pressure?: number;
  readonly seed?: number;
}

/** Particles with velocities and an integrator that is ready to step. */
export function prepared(setting: Setting) {
  const { potential, thermal = 1, timeStep = 0.01, seed = 1, periodic = none } = setting;
  const positions = Float64Array.from(setting.positions);
  const n = positions.length / 3;
  const fixed = new Uint8Array(n);
  for (const atom of setting.fixed ?? []) fixed[atom] = 1;
  const atoms = {
    species: setting.species ?? new Array<string>(n).fill("Ar"),
    periodic,
    positions,
    cell: Float64Array.from(setting.cell ?? new Float64Array(9)),
    fixed: setting.fixed ? fixed : null,
  };
  const masses = Float64Array.from({ length: n }, (_, i) => UNIT_MASS * (setting.inertia?.[i] ?? 1));
  const particles = new Particles(atoms, masses, potential.calculator(atoms));
  const freedom = new Freedom(particles, setting.momentum !== "free");
  const random = new RandomStream(seed, 0);
  drawVelocities(particles, freedom, thermal * UNIT_K, random, "exact");
  const integrator = createIntegrator(
    setting.ensemble ?? { kind: "nve" },
    particles,
    freedom,
    random,
    timeStep,
  );
  particles.evaluate(true);
  integrator.begin(thermal);
  const target = { thermal, pressure: setting.pressure ?? 0 };
  const run = (steps: number, withVirial = false) => {
    for (let i = 0; i < steps; i++) integrator.step(target, withVirial);
  };
  const conserved = () => particles.energy + particles.kinetic() + integrator.stored();
  return { particles, freedom, random, integrator, target, run, conserved };
}

/** A pentagonal bipyramid, the lowest LJ7, near its minimum. */
export const bipyramid = (() => {
  const ring = Array.from({ length: 5 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 5;
    return [0.953 * Math.cos(angle), 0.953 * Math.sin(angle), 0];
  });
  return [...ring, [0, 0, 0.57], [0, 0, -0.57]].flat();
})();

/** Total momentum and angular momentum about the origin. */
export function momenta({ velocities, positions, inertia }: Particles): number[] {
  const out = [0, 0, 0, 0, 0, 0];
  inertia.forEach((m, atom) => {
    const [x, y, z] = positions.subarray(3 * atom, 3 * atom + 3);
    const [u, v, w] = velocities.subarray(3 * atom, 3 * atom + 3).map((c) => m * c);
    const parts = [u, v, w, y * w - z * v, z * u - x * w, x * v - y * u];
    parts.forEach((part, k) => {
      out[k] += part;
    });
  });
  return out;
}

/** ∫ f over a range by Simpson's rule. */
export function integral(f: (x: number) => number, from: number, to: number, intervals = 4000): number {
  const h = (to - from) / intervals;
  let sum = f(from) + f(to);
  for (let i = 1; i < intervals; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * h);
  return (sum * h) / 3;
}

/** Cumulative chi-square distribution: of even degrees by its finite sum, of odd ones by recurrence from one degree. */
export function chiSquareBelow(x: number, degrees: number): number {
  if (x <= 0) return 0;
  const half = x / 2;
  let term = degrees % 2 === 0 ? Math.exp(-half) : Math.sqrt((2 * x) / Math.PI) * Math.exp(-half);
  let below = degrees % 2 === 0 ? 1 - term : normalBelow(Math.sqrt(x)) * 2 - 1;
  for (let d = degrees % 2 === 0 ? 2 : 1; d < degrees; d += 2) {
    if (d % 2 === 0) term *= half / (d / 2);
    else if (d > 1) term *= x / d;
    below -= term;
  }
  return below;
}

/** Cumulative standard normal distribution, by Simpson's rule. */
export function normalBelow(x: number): number {
  return 0.5 + integral((t) => Math.exp((-t * t) / 2), 0, x, 400) / Math.sqrt(2 * Math.PI);
}

/**
 * Pearson's statistic of independent values in bins of equal probability, in standard deviations above its mean.
 * @param below cumulative distribution that the values ought to have
 */
export function misfit(values: readonly number[], below: (x: number) => number, bins = 20): number {
  const counts = new Float64Array(bins);
  for (const x of values) counts[Math.min(bins - 1, Math.floor(bins * below(x)))]++;
  const expected = values.length / bins;
  let sum = 0;
  for (const count of counts) sum += (count - expected) ** 2 / expected;
  return (sum - (bins - 1)) / Math.sqrt(2 * (bins - 1));
}
