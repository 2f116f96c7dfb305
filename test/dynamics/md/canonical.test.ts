import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { RunningMeans } from "../../../src/core/running-means.ts";
import { rescalingFactor } from "../../../src/dynamics/md/velocity-rescaling.ts";
import {
  bipyramid,
  chiSquareBelow,
  cluster,
  integral,
  misfit,
  normalBelow,
  prepared,
  wells,
} from "./systems.ts";

const thermostats = [
  ["Langevin", { kind: "langevin", time_fs: 1 }],
  ["Nosé-Hoover chains", { kind: "nose-hoover", time_fs: 0.3, chain: 4 }],
  ["velocity rescaling", { kind: "velocity-rescaling", time_fs: 1 }],
] as const;

/** Pearson's statistic of independent values is above 4 standard deviations by chance less than once in a thousand times. */
const LIMIT = 4;

describe("the checks themselves", () => {
  it("know chi-square and normal distributions", () => {
    // Tables: 95th and 5th percentiles.
    expect(chiSquareBelow(3.8415, 1)).toBeCloseTo(0.95, 4);
    expect(chiSquareBelow(5.9915, 2)).toBeCloseTo(0.95, 4);
    expect(chiSquareBelow(11.0705, 5)).toBeCloseTo(0.95, 4);
    expect(chiSquareBelow(7.2609, 15)).toBeCloseTo(0.05, 4);
    expect(chiSquareBelow(10.8508, 20)).toBeCloseTo(0.05, 4);
    expect(normalBelow(-1.6449)).toBeCloseTo(0.05, 4);
  });

  it("find a distribution that is a little too wide", () => {
    const random = new RandomStream(3, 0);
    const values = Array.from({ length: 4000 }, () => 1.1 * random.nextNormal());
    expect(misfit(values, normalBelow)).toBeGreaterThan(LIMIT);
    expect(misfit(values, (x) => normalBelow(x / 1.1))).toBeLessThan(LIMIT);
  });
});

describe.each(thermostats)("%s", (_, ensemble) => {
  it("gives Maxwell-Boltzmann velocities and the canonical kinetic energy of a cluster with mixed masses", () => {
    const inertia = [1, 1, 4, 1, 1, 1, 2];
    const { particles, freedom, run } = prepared({
      potential: cluster,
      positions: bipyramid,
      inertia,
      ensemble,
      thermal: 0.12,
      seed: 7,
    });
    expect(freedom.degrees).toBe(15);
    run(2000);
    const energies: number[] = [];
    for (let i = 0; i < 800; i++) {
      // Some vibrations and relaxation times of the thermostat, after which the kinetic energy is another one.
      run(300);
      energies.push((2 * particles.kinetic()) / 0.12);
    }
    expect(misfit(energies, (x) => chiSquareBelow(x, 15))).toBeLessThan(LIMIT);
    const mean = energies.reduce((sum, x) => sum + x, 0) / energies.length;
    // Variance of χ² with 15 degrees: 30.
    expect(Math.abs(mean - 15)).toBeLessThan(4 * Math.sqrt(30 / energies.length));
  });

  it("gives normal velocity components where no momentum is kept", () => {
    // A fixed atom takes up the momentum of the others.
    const { particles, freedom, run } = prepared({
      potential: cluster,
      positions: bipyramid,
      fixed: [5],
      ensemble,
      thermal: 0.1,
      seed: 5,
    });
    expect(freedom.degrees).toBe(18);
    run(2000);
    const components: number[] = [];
    for (let i = 0; i < 400; i++) {
      run(300);
      for (const at of [0, 5, 10]) components.push(particles.velocities[at] / Math.sqrt(0.1));
    }
    expect(misfit(components, normalBelow)).toBeLessThan(LIMIT);
  });

  it("samples anharmonic wells exactly", () => {
    const thermal = 0.7;
    // Three coordinates of one atom, each in a well of its own; a fixed atom beside it keeps its momentum free.
    const { particles, run } = prepared({
      potential: wells([0, 0, 0, 1, 1.3, 1.7], [0, 0, 0, 1, 2, 3]),
      positions: [0, 0, 0, 0.3, -0.2, 0.1],
      fixed: [0],
      ensemble,
      thermal,
      timeStep: 0.05,
      seed: 11,
    });
    const means = new RunningMeans(6);
    for (let i = 0; i < 120_000; i++) {
      run(1);
      const [x, y, z] = particles.positions.subarray(3, 6);
      if (i >= 4000) means.add([x * x, y * y, z * z, x ** 4, y ** 4, z ** 4]);
    }
    [1, 1.3, 1.7, 1, 1.3, 1.7].forEach((k, c) => {
      const q = [1, 2, 3][c % 3];
      const power = c < 3 ? 2 : 4;
      const weight = (x: number) => Math.exp(-((k * x * x) / 2 + (q * x ** 4) / 4) / thermal);
      const exact = integral((x) => x ** power * weight(x), -6, 6) / integral(weight, -6, 6);
      const { value, error } = means.mean(c)!;
      expect(error).not.toBeNull();
      // Four standard errors, and what a time step of 0.05 leaves: some (ω Δt)²/12 of the value.
      expect(Math.abs(value - exact)).toBeLessThan(4 * error! + 2e-3 * exact);
    });
  });
});

describe("Langevin dynamics by BAOAB", () => {
  it("has exact harmonic averages at a time step near the limit of stability", () => {
    // ω Δt = 1.5; the limit is 2.
    const { particles, run } = prepared({
      potential: wells([2.25, 1, 0.25, 0, 0, 0], [0, 0, 0, 0, 0, 0]),
      positions: [0.1, 0, 0, 0, 0, 0],
      fixed: [1],
      ensemble: { kind: "langevin", time_fs: 2 },
      timeStep: 1,
    });
    const means = new RunningMeans(3);
    for (let i = 0; i < 100_000; i++) {
      run(1);
      if (i > 100) means.add(particles.positions.subarray(0, 3).map((x) => x * x));
    }
    [2.25, 1, 0.25].forEach((k, c) => {
      const { value, error } = means.mean(c)!;
      expect(Math.abs(value - 1 / k)).toBeLessThan(4 * error!);
      expect(error!).toBeLessThan(0.03 / k);
    });
  });

  it("thermalises a free total momentum too", () => {
    const { particles, freedom, run } = prepared({
      potential: cluster,
      positions: bipyramid,
      ensemble: { kind: "langevin", time_fs: 1 },
      momentum: "free",
      thermal: 0.1,
    });
    expect(freedom.degrees).toBe(21);
    const total: number[] = [];
    for (let i = 0; i < 500; i++) {
      run(400);
      let sum = 0;
      for (let at = 0; at < 21; at += 3) sum += particles.velocities[at];
      total.push(sum / Math.sqrt(7 * 0.1));
    }
    expect(misfit(total, normalBelow)).toBeLessThan(LIMIT);
  });
});

describe("the rescaling factor", () => {
  it.each([1, 2, 3, 6, 7, 30, 300])("keeps the canonical distribution of %i degrees", (degrees) => {
    const random = new RandomStream(2, degrees);
    let kinetic = degrees / 2;
    const values: number[] = [];
    for (let i = 0; i < 2000 * 12; i++) {
      kinetic *= rescalingFactor(kinetic, degrees, 1, Math.exp(-0.5), random) ** 2;
      // Correlations fall by exp(−0.5) in a call.
      if (i % 12 === 11) values.push(2 * kinetic);
    }
    expect(misfit(values, (x) => chiSquareBelow(x, degrees))).toBeLessThan(LIMIT);
  });

  it("turns velocities round as often as the diffusion of one velocity does", () => {
    // With one degree the scaled velocity is an Ornstein-Uhlenbeck process: after a long time every sign is as likely.
    const random = new RandomStream(4, 0);
    let negative = 0;
    for (let i = 0; i < 4000; i++) if (rescalingFactor(0.5, 1, 1, 0, random) < 0) negative++;
    expect(Math.abs(negative - 2000)).toBeLessThan(4 * Math.sqrt(1000));
  });
});

describe("thermostats together", () => {
  it("agree on the energy and the heat capacity of a cluster", () => {
    const results = thermostats.map(([, ensemble]) => {
      const { particles, run } = prepared({
        potential: cluster,
        positions: bipyramid,
        ensemble,
        thermal: 0.1,
        seed: 9,
      });
      run(5000);
      const means = new RunningMeans(1);
      for (let i = 0; i < 25_000; i++) {
        run(5);
        means.add([particles.energy]);
      }
      return { mean: means.mean(0)!, variance: means.variance(0)! };
    });
    for (const [a, b] of [
      [0, 1],
      [0, 2],
    ])
      for (const part of ["mean", "variance"] as const) {
        const [x, y] = [results[a][part], results[b][part]];
        expect(Math.abs(x.value - y.value)).toBeLessThan(4 * Math.hypot(x.error!, y.error!));
        expect(x.error!).toBeLessThan(part === "mean" ? 0.015 : 0.02);
      }
  });
});
