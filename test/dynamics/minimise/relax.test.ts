import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { relax } from "../../../src/dynamics/minimise/relax.ts";
import { minimisers } from "../../../src/dynamics/minimise/relax-settings.ts";
import { failureOf } from "../../failure.ts";
import { cluster, icosahedron13, PlainLennardJones, randomBall, settings } from "./plain-atoms.ts";

/** Cambridge Cluster Database, in units of ε. */
const LJ7 = -16.505384;
const LJ13 = -44.326801;

describe.each(minimisers)("%s on Lennard-Jones clusters", (method) => {
  it("brings a shaken icosahedron to the known energy", () => {
    const random = new RandomStream(5, 0);
    const positions = icosahedron13(1.1).map((x) => x + 0.1 * (random.nextFloat() - 0.5));
    const atoms = cluster(positions);
    const calculator = new PlainLennardJones(13);
    const result = relax(calculator, atoms, { ...settings, method });
    expect(result.ended).toBe("forces");
    expect(result.largestForce).toBeLessThanOrEqual(1e-6);
    expect(result.evaluations).toBe(calculator.evaluations);
    // Published to six digits behind the point.
    expect(Math.abs(result.energy - LJ13)).toBeLessThan(1e-6);
    // The atoms are where the result says.
    const out = { energy: 0, forces: new Float64Array(39) };
    calculator.evaluate(atoms.positions, atoms.cell, out);
    expect(out.energy).toBe(result.energy);
  });

  it("comes out of an overlap with an energy beyond 1e20", () => {
    const positions = icosahedron13(1.1);
    positions.set([positions[3] + 0.01, positions[4], positions[5]], 6);
    const calculator = new PlainLennardJones(13);
    const out = { energy: 0, forces: new Float64Array(39) };
    calculator.evaluate(positions, new Float64Array(9), out);
    expect(out.energy).toBeGreaterThan(1e20);
    const result = relax(calculator, cluster(positions), { ...settings, method });
    expect(result.ended).toBe("forces");
    expect(result.energy).toBeLessThan(-35);
  });

  it("parts atoms however near they are, also where the square of their force is beyond all numbers", () => {
    for (const distance of [1e-2, 1e-4, 1e-6, 1e-9, 1e-13]) {
      const pair = cluster(Float64Array.of(0, 0, 0, distance, 0, 0));
      const two = relax(new PlainLennardJones(2), pair, { ...settings, method });
      expect(two.ended).toBe("forces");
      expect(Math.abs(two.energy + 1)).toBeLessThan(1e-10);
      const positions = icosahedron13(1.1);
      positions.set([positions[3] + distance, positions[4], positions[5]], 6);
      const many = relax(new PlainLennardJones(13), cluster(positions), { ...settings, method });
      expect(many.ended).toBe("forces");
      expect(many.energy).toBeLessThan(-35);
    }
  });

  it("keeps fixed atoms to the last bit", () => {
    const positions = randomBall(10, 1.4, new RandomStream(3, 1));
    const before = positions.slice();
    const fixed = Uint8Array.from([1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    const atoms = cluster(positions, fixed);
    const calculator = new PlainLennardJones(10);
    const result = relax(calculator, atoms, { ...settings, method });
    expect(result.ended).toBe("forces");
    const out = { energy: 0, forces: new Float64Array(30) };
    calculator.evaluate(positions, atoms.cell, out);
    const lengths = [...fixed.keys()].map((i) => Math.hypot(...out.forces.subarray(3 * i, 3 * i + 3)));
    for (let i = 0; i < 10; i++) {
      const moved = [0, 1, 2].some((k) => positions[3 * i + k] !== before[3 * i + k]);
      expect(moved).toBe(fixed[i] === 0);
    }
    // Only those of atoms that may move count, and those are at rest.
    const free = lengths.filter((_, i) => !fixed[i]);
    expect(result.largestForce).toBeCloseTo(Math.max(...free), 12);
    expect(Math.max(...lengths)).toBeGreaterThan(0.01);
  });
});

describe("l-bfgs quenches", () => {
  it("find the global minimum of seven atoms from random starts, cheaply", () => {
    const energies: number[] = [];
    const evaluations: number[] = [];
    for (let task = 0; task < 40; task++) {
      const atoms = cluster(randomBall(7, 1.2, new RandomStream(1, task)));
      const result = relax(new PlainLennardJones(7), atoms, settings);
      expect(result.ended).toBe("forces");
      energies.push(result.energy);
      evaluations.push(result.evaluations);
    }
    // Four minima exist; the pentagonal bipyramid is the lowest.
    expect(Math.abs(Math.min(...energies) - LJ7)).toBeLessThan(1e-6);
    for (const energy of energies) expect(energy).toBeGreaterThan(LJ7 - 1e-6);
    expect(evaluations.sort((a, b) => a - b)[20]).toBeLessThan(120);
  });

  it("cost a few hundred evaluations for 38 overlapping atoms to 1e-6", () => {
    const evaluations = Array.from({ length: 15 }, (_, task) => {
      const atoms = cluster(randomBall(38, 2.1, new RandomStream(2, task)));
      const result = relax(new PlainLennardJones(38), atoms, { ...settings, maxStep: 0.3 });
      expect(result.ended).toBe("forces");
      return result.evaluations;
    });
    expect(evaluations.sort((a, b) => a - b)[7]).toBeLessThan(400);
  });
});

const energiesFile = "../shared/data/clusters/lj_global_minima_energies.csv";
const absent = !existsSync(energiesFile);
if (absent) console.warn(`skipped: energies of Lennard-Jones clusters (${energiesFile} is absent)`);

describe.skipIf(absent)("the Cambridge Cluster Database", () => {
  it("is never undercut, and met for small clusters", () => {
    const known = new Map(
      readFileSync(energiesFile, "utf8")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",").map(Number) as [number, number]),
    );
    for (const numAtoms of [3, 4, 5, 6, 8]) {
      const random = new RandomStream(4, numAtoms);
      let lowest = 0;
      for (let start = 0; start < 25; start++) {
        const atoms = cluster(randomBall(numAtoms, 1.3, random));
        lowest = Math.min(lowest, relax(new PlainLennardJones(numAtoms), atoms, settings).energy);
      }
      expect(Math.abs(lowest - known.get(numAtoms)!)).toBeLessThan(1e-6);
    }
  });
});

describe("relax", () => {
  it("ends by the energy tolerance where that is met first", () => {
    const atoms = cluster(icosahedron13(1.2));
    const result = relax(new PlainLennardJones(13), atoms, {
      ...settings,
      method: "conjugate-gradient",
      energyTolerance: 1e-5,
    });
    expect(result.ended).toBe("energy");
    expect(Math.abs(result.energy - LJ13)).toBeLessThan(1e-5);
  });

  it("leaves the atoms where the last step brought them if the calculator fails", () => {
    const calculator = new PlainLennardJones(13);
    const atoms = cluster(icosahedron13(1.2));
    const before = atoms.positions.slice();
    const evaluate = calculator.evaluate.bind(calculator);
    calculator.evaluate = (r, cell, out) => {
      if (calculator.evaluations === 6) r = r.map(() => Number.NaN);
      evaluate(r, cell, out);
      if (Number.isNaN(out.energy)) throw new TypeError("no number");
    };
    expect(() => relax(calculator, atoms, settings)).toThrow("no number");
    expect(atoms.positions).not.toEqual(before);
    expect(atoms.positions.every(Number.isFinite)).toBe(true);
  });

  it("asks for a calculator of as many atoms, and for a cell to relax", () => {
    const atoms = cluster(icosahedron13(1.1));
    expect(failureOf(() => relax(new PlainLennardJones(12), atoms, settings)).code).toBe("shape");
    const cellError = failureOf(() => relax(new PlainLennardJones(13), atoms, { ...settings, cell: "full" }));
    expect(cellError.code).toBe("study");
    expect(cellError.message).toContain("periodic");
  });
});
