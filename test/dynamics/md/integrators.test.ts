import { describe, expect, it } from "vitest";
import { all, bipyramid, cluster, momenta, prepared, repulsive, wells } from "./systems.ts";

describe("velocity Verlet", () => {
  it("follows a harmonic oscillator along the exact solution of its steps", () => {
    // x(n) = x₀ cos nθ with cos θ = 1 − (ω Δt)²/2 solves the recursion of the scheme from rest.
    const timeStep = 0.3;
    const { particles, run } = prepared({
      potential: wells([1, 4, 0], [0, 0, 0]),
      positions: [1, -0.5, 0, 0, 0, 0],
      fixed: [1],
      timeStep,
    });
    particles.velocities.fill(0);
    run(1000);
    const theta = (omega: number) => Math.acos(1 - (omega * timeStep) ** 2 / 2);
    expect(particles.positions[0]).toBeCloseTo(Math.cos(1000 * theta(1)), 10);
    expect(particles.positions[1]).toBeCloseTo(-0.5 * Math.cos(1000 * theta(2)), 10);
  });

  it("is of second order", () => {
    const errorAt = (timeStep: number) => {
      const { particles, run } = prepared({
        potential: wells([1, 1, 1], [0, 0, 0]),
        positions: [1, 0, 0, 0, 0, 0],
        fixed: [1],
        timeStep,
      });
      particles.velocities.fill(0);
      run(Math.round(6 / timeStep));
      return Math.abs(particles.positions[0] - Math.cos(6));
    };
    // Errors of higher order are a part of (Δt)² = 0.01 of the leading one.
    expect(errorAt(0.1) / errorAt(0.05)).toBeGreaterThan(3.9);
    expect(errorAt(0.1) / errorAt(0.05)).toBeLessThan(4.1);
  });

  it("comes back where it began when all velocities are turned round", () => {
    const { particles, run } = prepared({ potential: cluster, positions: bipyramid, thermal: 0.1 });
    const start = particles.positions.slice();
    run(1000);
    expect(Math.hypot(...particles.positions.map((x, i) => x - start[i]))).toBeGreaterThan(0.05);
    particles.scaleVelocities(-1);
    run(1000);
    // Rounding grows with the Lyapunov exponent, of order one here, over 2000 steps of 0.01.
    for (let i = 0; i < start.length; i++) expect(particles.positions[i]).toBeCloseTo(start[i], 7);
  });

  it("keeps the energy to second order without a drift, and the momenta", () => {
    const spread = (timeStep: number) => {
      const { particles, run, conserved } = prepared({
        potential: cluster,
        positions: bipyramid,
        thermal: 0.1,
        timeStep,
      });
      const start = conserved();
      let late = 0;
      let squares = 0;
      const blocks = 200;
      for (let b = 0; b < blocks; b++) {
        run(Math.round(1 / timeStep));
        squares += (conserved() - start) ** 2 / blocks;
        if (b >= blocks / 2) late += (conserved() - start) / (blocks / 2);
      }
      for (const momentum of momenta(particles)) expect(Math.abs(momentum)).toBeLessThan(1e-11);
      return { spread: Math.sqrt(squares), late };
    };
    const coarse = spread(0.02);
    const fine = spread(0.01);
    expect(coarse.spread / fine.spread).toBeGreaterThan(2.5);
    expect(coarse.spread / fine.spread).toBeLessThan(6);
    // 10,000 steps later the mean has moved by no more than the energy ripples.
    expect(Math.abs(fine.late)).toBeLessThan(3 * fine.spread);
  });
});

const crystal = (() => {
  const basis = [0, 0, 0, 0.5, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.5];
  const out: number[] = [];
  for (let x = 0; x < 2; x++)
    for (let y = 0; y < 2; y++)
      for (let z = 0; z < 2; z++)
        for (let b = 0; b < 12; b += 3)
          out.push(3.6 * (x + basis[b]), 3.6 * (y + basis[b + 1]), 3.6 * (z + basis[b + 2]));
  return out;
})();

describe("conserved energies", () => {
  const periodic = {
    potential: repulsive,
    positions: crystal,
    cell: [7.2, 0, 0, 0, 7.2, 0, 0, 0, 7.2],
    periodic: all,
    thermal: 0.2,
    pressure: 3,
  };
  const mtk = (cell: "isotropic" | "orthorhombic" | "full") =>
    ({ kind: "martyna-tobias-klein", cell, time_fs: 0.5, chain: 3, barostat_time_fs: 1 }) as const;
  const small = { potential: cluster, positions: bipyramid, thermal: 0.1 };

  it.each([
    [
      "Nosé-Hoover chains",
      { ...small, ensemble: { kind: "nose-hoover", time_fs: 0.5, chain: 3 } as const },
      0.01,
      4000,
    ],
    [
      "one Nosé-Hoover thermostat",
      { ...small, ensemble: { kind: "nose-hoover", time_fs: 0.5, chain: 1 } as const },
      0.01,
      4000,
    ],
    ["an isotropic cell", { ...periodic, ensemble: mtk("isotropic") }, 0.02, 200],
    ["an orthorhombic cell", { ...periodic, ensemble: mtk("orthorhombic") }, 0.02, 200],
    ["a cell of any shape", { ...periodic, ensemble: mtk("full") }, 0.02, 200],
  ])("%s: ripples grow with the square of the time step", (_, setting, timeStep, steps) => {
    const spread = (dt: number) => {
      const { run, conserved } = prepared({ ...setting, timeStep: dt });
      const start = conserved();
      let squares = 0;
      const count = Math.round((steps * timeStep) / dt);
      for (let i = 0; i < count; i++) {
        run(1);
        squares += (conserved() - start) ** 2 / count;
      }
      return Math.sqrt(squares);
    };
    const ratio = spread(timeStep) / spread(timeStep / 2);
    expect(ratio).toBeGreaterThan(2.8);
    expect(ratio).toBeLessThan(5.5);
  });

  it.each([
    ["langevin", { kind: "langevin", time_fs: 1 }],
    ["velocity-rescaling", { kind: "velocity-rescaling", time_fs: 1 }],
  ] as const)("%s: the effective energy does not drift though the energy wanders", (_, ensemble) => {
    const { run, conserved, particles } = prepared({ ...small, ensemble });
    const start = conserved();
    let wander = 0;
    for (let i = 0; i < 200; i++) {
      run(50);
      wander = Math.max(wander, Math.abs(particles.energy + particles.kinetic() - start));
      expect(Math.abs(conserved() - start)).toBeLessThan(0.02);
    }
    expect(wander).toBeGreaterThan(0.3);
  });

  it("an isotropic cell keeps its shape, an orthorhombic one its right angles, any shape stays unturned", () => {
    const tilted = { ...periodic, cell: [7.2, 0, 0, 0.5, 7.2, 0, 0, 0, 7.2] };
    const isotropic = prepared({ ...tilted, ensemble: mtk("isotropic"), timeStep: 0.02 });
    isotropic.run(100);
    const factor = isotropic.particles.cell[0] / 7.2;
    expect(Math.abs(factor - 1)).toBeGreaterThan(1e-4);
    for (let k = 0; k < 9; k++) expect(isotropic.particles.cell[k]).toBeCloseTo(factor * tilted.cell[k], 12);
    const right = prepared({ ...periodic, ensemble: mtk("orthorhombic"), timeStep: 0.02 });
    right.run(100);
    expect([1, 2, 3, 5, 6, 7].map((k) => right.particles.cell[k])).toEqual([0, 0, 0, 0, 0, 0]);
    expect(right.particles.cell[0]).not.toBe(right.particles.cell[4]);
    const full = prepared({ ...periodic, ensemble: mtk("full"), timeStep: 0.02 });
    full.run(100);
    expect(Math.abs(full.particles.cell[1])).toBeGreaterThan(1e-4);
    // Momenta stay at zero in a cell that moves.
    for (const momentum of momenta(full.particles).slice(0, 3))
      expect(Math.abs(momentum)).toBeLessThan(1e-11);
  });
});

describe("fixed atoms", () => {
  it.each([
    ["nve", { kind: "nve" }],
    ["langevin", { kind: "langevin", time_fs: 1 }],
    ["nose-hoover", { kind: "nose-hoover", time_fs: 1, chain: 3 }],
    ["velocity-rescaling", { kind: "velocity-rescaling", time_fs: 1 }],
  ] as const)("stay where they are to the last bit: %s", (_, ensemble) => {
    const positions = Float64Array.from(bipyramid);
    positions[2] = -0;
    const { particles, run } = prepared({
      potential: cluster,
      positions,
      fixed: [0, 3],
      ensemble,
      thermal: 0.1,
    });
    run(500);
    for (const atom of [0, 3])
      for (let i = 3 * atom; i < 3 * atom + 3; i++)
        expect(Object.is(particles.positions[i], positions[i])).toBe(true);
    expect(particles.positions[3]).not.toBe(positions[3]);
  });
});
