/** The walk over minima against exact probabilities. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { BOLTZMANN_EV_PER_K } from "../../../src/core/units.ts";
import { Hopper } from "../../../src/dynamics/hop/hopper.ts";
import type { MovingAtoms } from "../../../src/dynamics/moving-atoms.ts";
import { hopSettings, wells } from "./hop-systems.ts";

const depths = [0, 0.5, 1.2, 0.3];
const kT = 0.6;
const STEPS = 40_000;

const oneAtom = (): MovingAtoms => ({
  species: ["X"],
  periodic: [false, false, false],
  positions: new Float64Array(3),
  cell: new Float64Array(9),
  fixed: null,
});

function walk(temperature: number, steps: number, step = 1.2) {
  const settings = hopSettings({ temperature, moves: { displace: 1 }, step, steps });
  const hopper = new Hopper(wells(depths), oneAtom, settings, new RandomStream(11, 0), 0);
  hopper.hop();
  // Well by well, as whole numbers: energies at rest are the depths up to the force tolerance.
  const wellOf = (energy: number) => depths.findIndex((depth) => Math.abs(depth - energy) < 1e-6);
  return Array.from({ length: steps }, () => {
    const from = wellOf(hopper.energy!);
    const trial = hopper.hop();
    return { from, to: wellOf(trial.energy!), accepted: trial.accepted, stands: wellOf(hopper.energy!) };
  });
}

describe("a walk over wells of one shape", () => {
  const trials = walk(kT / BOLTZMANN_EV_PER_K, STEPS);

  it("ends every quench in a well and stands where it was accepted", () => {
    for (const { from, to, accepted, stands } of trials) {
      expect(Math.min(from, to)).toBeGreaterThanOrEqual(0);
      expect(stands).toBe(accepted ? to : from);
    }
  });

  it("accepts each change with the probability of the Metropolis rule", () => {
    for (let from = 0; from < depths.length; from++)
      for (let to = 0; to < depths.length; to++) {
        const such = trials.filter((t) => t.from === from && t.to === to);
        // Opposite wells are two apart, beyond a step of 1.2.
        if (Math.abs(from - to) === 2) {
          expect(such).toHaveLength(0);
          continue;
        }
        const p = Math.min(1, Math.exp((depths[from] - depths[to]) / kT));
        const accepted = such.filter((t) => t.accepted).length;
        expect(such.length).toBeGreaterThan(200);
        // Binomial; where p is 1 all of them.
        expect(Math.abs(accepted - p * such.length)).toBeLessThanOrEqual(
          4 * Math.sqrt(such.length * p * (1 - p)),
        );
      }
  });

  it("stands in each well as often as Boltzmann says", () => {
    const z = depths.reduce((sum, e) => sum + Math.exp(-e / kT), 0);
    const blocks = 100;
    const size = STEPS / blocks;
    depths.forEach((depth, well) => {
      const shares = Array.from(
        { length: blocks },
        (_, b) => trials.slice(b * size, (b + 1) * size).filter((t) => t.stands === well).length / size,
      );
      const mean = shares.reduce((sum, x) => sum + x, 0) / blocks;
      // Blocks of 400 steps are far longer than the walk remembers (some ten steps), so their scatter gives the error.
      const variance = shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (blocks - 1);
      expect(Math.abs(mean - Math.exp(-depth / kT) / z)).toBeLessThan(4 * Math.sqrt(variance / blocks));
    });
  });

  it("accepts everything at an infinite temperature, and no way up at none", () => {
    expect(walk(Number.POSITIVE_INFINITY, 500).every((t) => t.accepted)).toBe(true);
    // Trials that fall back are at the energy of the well up to what is left of the forces, above or below.
    const cold = walk(0, 500).filter((t) => t.to !== t.from);
    expect(cold.every((t) => t.accepted === depths[t.to] < depths[t.from])).toBe(true);
    expect(cold.filter((t) => !t.accepted).length).toBeGreaterThan(50);
  });
});
