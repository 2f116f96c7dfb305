import { describe, expect, it } from "vitest";
import { det3 } from "../../../src/core/linalg.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { type Estimated, RunningMeans } from "../../../src/core/running-means.ts";
import {
  all,
  bipyramid,
  chiSquareBelow,
  formula,
  idealGas,
  integral,
  lennardJones,
  misfit,
  prepared,
} from "./systems.ts";

const random = new RandomStream(1, 1);
const N = 8;
const L = 4;
const gasOf = (n: number) => Array.from({ length: 3 * n }, () => L * random.nextFloat());
const cube = [L, 0, 0, 0, L, 0, 0, 0, L];

function expectNear(found: Estimated | null, exact: number, systematic = 0): void {
  expect(found?.error).toBeGreaterThan(0);
  expect(Math.abs(found!.value - exact)).toBeLessThan(4 * found!.error! + systematic);
}

const ensembles = [
  [
    "Martyna-Tobias-Klein, isotropic",
    { kind: "martyna-tobias-klein", cell: "isotropic", time_fs: 0.4, chain: 3, barostat_time_fs: 0.7 },
  ],
  [
    "stochastic cell rescaling",
    // 1 Å³/eV.
    { kind: "stochastic-cell", time_fs: 0.5, barostat_time_fs: 1, compressibility_per_GPa: 1 / 160.2176634 },
  ],
] as const;

describe.each(ensembles)("%s", (_, ensemble) => {
  it("gives an ideal gas the exact distribution of its volume", () => {
    // Without its total momentum the gas has Z ~ V^(N−1), so that 2PV/kT follows χ² of 2N degrees: mean V = N kT/P.
    const { particles, run } = prepared({
      potential: idealGas,
      positions: gasOf(N),
      cell: cube,
      periodic: all,
      ensemble,
      thermal: 1,
      pressure: N / L ** 3,
      timeStep: 0.01,
      seed: 3,
    });
    run(1000);
    const volumes: number[] = [];
    const means = new RunningMeans(1);
    for (let i = 0; i < 150_000; i++) {
      run(2);
      means.add([Math.abs(det3(particles.cell))]);
      // Ten relaxation times of the volume apart.
      if (i % 500 === 0) volumes.push((2 * (N / L ** 3) * Math.abs(det3(particles.cell))) / 1);
    }
    expect(misfit(volumes, (x) => chiSquareBelow(x, 2 * N), 10)).toBeLessThan(4);
    expectNear(means.mean(0), L ** 3);
    expectNear(means.variance(0), L ** 6 / N, (0.01 * L ** 6) / N);
  });
});

describe("Martyna-Tobias-Klein", () => {
  const base = { time_fs: 0.4, chain: 3, barostat_time_fs: 0.7, kind: "martyna-tobias-klein" } as const;

  // Free atoms would keep the ratio of what moves along x, y and z for ever; those of a cluster share it. The cluster is
  // bound, so that its own part of the distribution does not depend on the cell.
  const thermal = 0.12;
  const pressure = 0.02;

  it("orthorhombic: edges held by springs have their exact averages", () => {
    // U = ½ κ Σ (L_a − L)²: flat in the three edges but for exp(−(PV + U)/kT).
    const kappa = 0.5;
    const springs = formula((positions, cell, forces, virial) => {
      let energy = lennardJones(positions, forces, virial);
      for (let a = 0; a < 9; a += 4) {
        energy += (kappa * (cell[a] - L) ** 2) / 2;
        virial[a] -= kappa * (cell[a] - L) * cell[a];
      }
      return energy;
    });
    const { particles, run } = prepared({
      potential: springs,
      positions: bipyramid,
      cell: cube,
      periodic: all,
      ensemble: { ...base, cell: "orthorhombic" },
      thermal,
      pressure,
      seed: 4,
    });
    run(1000);
    const means = new RunningMeans(4);
    for (let i = 0; i < 60_000; i++) {
      run(3);
      const [a, b, c] = [particles.cell[0], particles.cell[4], particles.cell[8]];
      means.add([a, (a * a + b * b + c * c) / 3, c, a * b * c]);
    }
    const over = (f: (x: number) => number) => integral(f, 0, 8, 160);
    const spring = (x: number) => Math.exp((-kappa * (x - L) ** 2) / (2 * thermal));
    const sum = (g: (x: number, volume: number) => number) =>
      over((x) =>
        over((y) =>
          over(
            (z) =>
              spring(x) *
              spring(y) *
              spring(z) *
              Math.exp((-pressure * x * y * z) / thermal) *
              g(x, x * y * z),
          ),
        ),
      );
    const norm = sum(() => 1);
    const exact = [sum((x) => x), sum((x) => x * x), sum((x) => x), sum((_, v) => v)].map((x) => x / norm);
    // Beside four standard errors what a time step of 0.01 leaves, some 1e-3.
    exact.forEach((value, k) => {
      expectNear(means.mean(k), value, 1e-3 * value);
    });
  });

  it("full: a cell held by its metric has its exact averages", () => {
    // U = κ/8 Σ (G_ab − L² δ_ab)² − A ln V of the metric G = h hᵀ. Cells are distributed as V^(1−3) exp(−(PV + U)/kT) dh,
    // and dh is V⁻¹ dG but for rotations. Without the logarithm flat cells would take all the weight, as they would in a
    // crystal without a core between the atoms.
    const kappa = 0.05;
    const A = 7 * thermal;
    const metric = (cell: ArrayLike<number>, a: number, b: number) =>
      cell[3 * a] * cell[3 * b] + cell[3 * a + 1] * cell[3 * b + 1] + cell[3 * a + 2] * cell[3 * b + 2];
    const held = formula((positions, cell, forces, virial) => {
      let energy = lennardJones(positions, forces, virial) - A * Math.log(Math.abs(det3(cell)));
      for (let k = 0; k < 9; k += 4) virial[k] += A;
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++) {
          const off = metric(cell, a, b) - (a === b ? L * L : 0);
          energy += (kappa * off * off) / 8;
          for (let c = 0; c < 3; c++)
            for (let d = 0; d < 3; d++)
              virial[3 * c + d] -= (kappa * off * cell[3 * a + c] * cell[3 * b + d]) / 2;
        }
      return energy;
    });
    const { particles, run } = prepared({
      potential: held,
      positions: bipyramid,
      cell: cube,
      periodic: all,
      ensemble: { ...base, cell: "full" },
      thermal,
      pressure,
      seed: 5,
    });
    run(1000);
    const quantities = (g: ArrayLike<number>, volume: number) => [
      volume,
      (g[0] + g[4] + g[8]) / 3,
      (g[0] ** 2 + g[4] ** 2 + g[8] ** 2) / 3,
      (g[1] ** 2 + g[2] ** 2 + g[5] ** 2) / 3,
    ];
    const means = new RunningMeans(4);
    const g = new Float64Array(9);
    for (let i = 0; i < 60_000; i++) {
      run(3);
      for (let k = 0; k < 9; k++) g[k] = metric(particles.cell, Math.floor(k / 3), k % 3);
      means.add(quantities(g, Math.abs(det3(particles.cell))));
    }
    // Metrics drawn from the Gaussian part, weighted by the rest.
    const draws = new RandomStream(8, 0);
    const sums = [0, 0, 0, 0, 0];
    for (let i = 0; i < 300_000; i++) {
      for (const k of [0, 4, 8]) g[k] = L * L + draws.nextNormal() * Math.sqrt((4 * thermal) / kappa);
      for (const [k, t] of [
        [1, 3],
        [2, 6],
        [5, 7],
      ])
        g[k] = g[t] = draws.nextNormal() * Math.sqrt((2 * thermal) / kappa);
      const square = det3(g);
      if (square <= 0) continue;
      const volume = Math.sqrt(square);
      const weight = volume ** (7 - 3) * Math.exp((-pressure * volume) / thermal);
      sums[0] += weight;
      quantities(g, volume).forEach((x, k) => {
        sums[k + 1] += weight * x;
      });
    }
    // Beside four standard errors what the draws (a part of 2e-3) and a time step of 0.01 leave.
    for (let k = 0; k < 4; k++) {
      const exact = sums[k + 1] / sums[0];
      expectNear(means.mean(k), exact, (k === 3 ? 1e-2 : 3e-3) * exact);
    }
  });
});

describe("stochastic cell rescaling", () => {
  it("holds a pressure against forces: the mean pressure is that of the barostat", () => {
    // Springs between atoms and their images are replaced by a pressure that depends on the volume alone, U = −A ln V.
    const A = 5;
    const swelling = formula((_, cell, __, virial) => {
      for (let k = 0; k < 9; k += 4) virial[k] = A;
      return -A * Math.log(Math.abs(det3(cell)));
    });
    const pressure = (N + A) / L ** 3;
    const { particles, run } = prepared({
      potential: swelling,
      positions: gasOf(N),
      cell: cube,
      periodic: all,
      ensemble: {
        kind: "stochastic-cell",
        time_fs: 0.5,
        barostat_time_fs: 1,
        compressibility_per_GPa: 1 / 160,
      },
      pressure,
      seed: 6,
    });
    run(1000);
    const means = new RunningMeans(2);
    for (let i = 0; i < 60_000; i++) {
      run(3);
      const volume = Math.abs(det3(particles.cell));
      means.add([volume, (2 * particles.kinetic() + 3 * A) / (3 * volume)]);
    }
    // V^(N−1+A) exp(−PV): mean (N + A)/P, and the mean of the inner pressure is P.
    expectNear(means.mean(0), L ** 3);
    expectNear(means.mean(1), pressure);
  });
});
