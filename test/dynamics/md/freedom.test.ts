import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { elementOfNumber } from "../../../src/data/elements.ts";
import { massesOf } from "../../../src/data/masses.ts";
import { drawVelocities } from "../../../src/dynamics/md/maxwell-boltzmann.ts";
import { failureOf } from "../../failure.ts";
import { all, bipyramid, chiSquareBelow, cluster, misfit, momenta, prepared, UNIT_K } from "./systems.ts";

const cube = [9, 0, 0, 0, 9, 0, 0, 0, 9];
const langevin = { kind: "langevin", time_fs: 1 } as const;

describe("degrees of freedom", () => {
  it.each([
    ["a cluster", { positions: bipyramid }, 21 - 6],
    ["two atoms", { positions: [0, 0, 0, 1, 0, 0] }, 1],
    ["three atoms in a line, which will not stay there", { positions: [0, 0, 0, 1, 0, 0, 2, 0, 0] }, 3],
    ["a crystal", { positions: bipyramid, cell: cube, periodic: all }, 21 - 3],
    ["a slab", { positions: bipyramid, cell: cube, periodic: [true, true, false] as const }, 21 - 3],
    ["a wire", { positions: bipyramid, cell: cube, periodic: [false, false, true] as const }, 21 - 4],
    ["one fixed atom", { positions: bipyramid, fixed: [2] }, 18],
    ["free momenta", { positions: bipyramid, momentum: "free", ensemble: langevin } as const, 21],
    ["one free atom", { positions: [0, 0, 0], momentum: "free", ensemble: langevin } as const, 3],
    ["one atom beside fixed ones", { positions: bipyramid, fixed: [0, 1, 2, 3, 4, 5] }, 3],
  ])("%s", (_, setting, degrees) => {
    const { freedom, particles } = prepared({ potential: cluster, ...setting });
    expect(freedom.degrees).toBe(degrees);
    // Velocities of the start: kT/2 for each degree.
    expect(particles.kinetic()).toBeCloseTo(degrees / 2, 12);
  });

  it("none left is an error that says what to do", () => {
    const one = failureOf(() => prepared({ potential: cluster, positions: [0, 0, 0] }));
    expect(one.code).toBe("study");
    expect(one.message).toContain("momentum: free");
    const none = failureOf(() =>
      prepared({ potential: cluster, positions: [0, 0, 0, 1, 0, 0], fixed: [0, 1] }),
    );
    expect(none.message).toContain("dynamics.fix");
  });

  it("free momenta need Langevin's thermostat", () => {
    const error = failureOf(() => prepared({ potential: cluster, positions: bipyramid, momentum: "free" }));
    expect(error.message).toContain("dynamics.momentum");
  });
});

describe("what is taken out", () => {
  const far = bipyramid.map((x, i) => x + [10, -5, 3][i % 3]);

  it("momentum and angular momentum of a cluster, wherever it is", () => {
    const { particles } = prepared({ potential: cluster, positions: far, inertia: [1, 2, 3, 4, 5, 6, 7] });
    for (const value of momenta(particles)) expect(Math.abs(value)).toBeLessThan(1e-12);
  });

  it("only the rotation about its axis of a wire, only the momentum of a crystal", () => {
    const about = (periodic: readonly [boolean, boolean, boolean]) => {
      const { particles } = prepared({ potential: cluster, positions: far, cell: cube, periodic });
      return momenta(particles).map((value) => Math.abs(value) > 1e-11);
    };
    expect(about([false, false, true])).toEqual([false, false, false, true, true, false]);
    expect(about([true, true, true])).toEqual([false, false, false, true, true, true]);
  });

  it("stays out under every thermostat", () => {
    for (const ensemble of [
      langevin,
      { kind: "velocity-rescaling", time_fs: 1 },
      { kind: "nose-hoover", time_fs: 1, chain: 3 },
    ] as const) {
      const { particles, run } = prepared({
        potential: cluster,
        positions: bipyramid,
        ensemble,
        thermal: 0.1,
      });
      run(3000);
      for (const value of momenta(particles)) expect(Math.abs(value)).toBeLessThan(1e-10);
    }
  });

  it("the nearest velocities are left: taking out again changes nothing, and energy only falls", () => {
    const { particles, freedom } = prepared({ potential: cluster, positions: far });
    const random = new RandomStream(1, 0);
    for (let i = 0; i < 21; i++) particles.velocities[i] = random.nextNormal();
    const before = particles.kinetic();
    freedom.project();
    const once = particles.velocities.slice();
    expect(particles.kinetic()).toBeLessThan(before);
    freedom.project();
    for (let i = 0; i < 21; i++) expect(particles.velocities[i]).toBeCloseTo(once[i], 13);
  });
});

describe("velocities of the start", () => {
  it("sampled: the kinetic energy of many starts is canonical, also where atoms lie in a line", () => {
    for (const [positions, degrees] of [
      [bipyramid, 15],
      [[0, 0, 0, 1, 0, 0], 1],
    ] as const) {
      const { particles, freedom } = prepared({
        potential: cluster,
        positions,
        inertia: [1, 3, 2, 1, 1, 5, 1],
      });
      const random = new RandomStream(6, 0);
      const energies = Array.from({ length: 2000 }, () => {
        drawVelocities(particles, freedom, 0.5 * UNIT_K, random, "sampled");
        return (2 * particles.kinetic()) / 0.5;
      });
      expect(misfit(energies, (x) => chiSquareBelow(x, degrees))).toBeLessThan(4);
    }
  });
});

describe("masses", () => {
  it("follow from the element that a species begins with, or are given", () => {
    // IUPAC's abridged standard atomic weights.
    const species = ["Ce3+", "Cu", "H", "O2-", "Au_surface", "X", "C"];
    expect([...massesOf(species, { X: 7, C: 13 })]).toEqual([140.12, 63.546, 1.008, 15.999, 196.97, 7, 13]);
  });

  it("every element has one, heavier than the one before but for the known exceptions", () => {
    const elements = Array.from({ length: 118 }, (_, i) => elementOfNumber(i + 1)!);
    const masses = massesOf(elements);
    const lighter = elements.filter((_, i) => i > 0 && masses[i] <= masses[i - 1]);
    // The three inversions of the periodic system; beyond bismuth mass numbers go up and down.
    expect(lighter.filter((name) => elements.indexOf(name) < 83)).toEqual(["K", "Ni", "I"]);
    for (let i = 1; i < 118; i++) expect(Math.abs(masses[i] - masses[i - 1])).toBeLessThan(13);
    expect(masses[117]).toBe(294);
  });

  it.each(["Va", "Xx", "cu", "Cux", "1"])("%s has none", (name) => {
    const error = failureOf(() => massesOf([name]));
    expect(error.message).toContain("dynamics.masses_amu");
  });

  it("above zero only", () => {
    expect(failureOf(() => massesOf(["Cu"], { Cu: 0 })).message).toContain("above zero");
  });
});
