/** Lennard-Jones atoms in reduced units by the formula, and what the tests put into relaxations. */

import type { Calculator, Evaluation } from "../../../src/core/calculator.ts";
import type { RandomStream } from "../../../src/core/random.ts";
import type { RelaxSettings } from "../../../src/dynamics/minimise/relax-settings.ts";
import type { MovingAtoms } from "../../../src/dynamics/moving-atoms.ts";

/** E = Σ 4 (r⁻¹² − r⁻⁶) over all pairs of a cluster. */
export class PlainLennardJones implements Calculator {
  readonly numAtoms: number;
  evaluations = 0;

  constructor(numAtoms: number) {
    this.numAtoms = numAtoms;
  }

  evaluate(r: Float64Array, _cell: Float64Array, out: Evaluation): void {
    this.evaluations++;
    out.energy = 0;
    out.forces.fill(0);
    for (let i = 0; i < r.length; i += 3)
      for (let j = 0; j < i; j += 3) {
        const d = [r[i] - r[j], r[i + 1] - r[j + 1], r[i + 2] - r[j + 2]];
        const inverse = 1 / (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        const six = inverse ** 3;
        out.energy += 4 * six * (six - 1);
        const force = 24 * inverse * six * (2 * six - 1);
        for (let k = 0; k < 3; k++) {
          out.forces[i + k] += force * d[k];
          out.forces[j + k] -= force * d[k];
        }
      }
  }

  state(): null {
    return null;
  }

  restore(): void {}
}

export function cluster(positions: Float64Array, fixed: Uint8Array | null = null): MovingAtoms {
  return {
    species: Array.from({ length: positions.length / 3 }, () => "Ar"),
    periodic: [false, false, false],
    positions,
    cell: new Float64Array(9),
    fixed,
  };
}

/** Atoms anywhere in a ball, on top of each other as it comes. */
export function randomBall(numAtoms: number, radius: number, random: RandomStream): Float64Array {
  const positions = new Float64Array(3 * numAtoms);
  for (let atom = 0; atom < numAtoms; ) {
    const place = [0, 1, 2].map(() => radius * (2 * random.nextFloat() - 1));
    if (Math.hypot(...place) > radius) continue;
    positions.set(place, 3 * atom++);
  }
  return positions;
}

/** An atom and its twelve neighbours at the corners of an icosahedron. */
export function icosahedron13(distance: number): Float64Array {
  const golden = (1 + Math.sqrt(5)) / 2;
  const scale = distance / Math.hypot(1, golden);
  const places = [[0, 0, 0]];
  for (const a of [-1, 1]) for (const b of [-golden, golden]) places.push([0, a, b], [a, b, 0], [b, 0, a]);
  return Float64Array.from(places.flat(), (x) => scale * x);
}

export const settings: RelaxSettings = {
  method: "l-bfgs",
  forceTolerance: 1e-6,
  energyTolerance: null,
  maxEvaluations: 20_000,
  maxStep: 0.2,
  cell: "fixed",
  pressure: 0,
};
