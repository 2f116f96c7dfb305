/** LiNiO2 as the notebooks of smol fit it: Barroso-Luque et al., J. Open Source Softw. 7, 4504 (2022). */
import { describe, expect, test } from "vitest";
import { normalForm, POINT_STRIDE, pointPosition } from "../../src/clusters/cluster.ts";
import type { ClusterPool } from "../../src/clusters/pool.ts";
import { createEstimator } from "../../src/fitting/estimator.ts";
import { createProblem } from "../../src/fitting/problem.ts";
import {
  correlations,
  once,
  readPublished,
  rootMeanSquare,
  skipWithout,
  studyProblem,
} from "./published-data.ts";

interface Reference {
  readonly orbits: readonly { readonly size: number; readonly base_frac: readonly number[][] }[];
  /** Of the correlations, the empty cluster first, eV per primitive cell. */
  readonly coefs: readonly number[];
  readonly entries: readonly {
    readonly energy_eV: number;
    readonly size_prims: number;
    readonly correlations: readonly number[];
  }[];
}

/** Published orbit k, counted from 1, is our orbit order[k]; 0 is the empty cluster. */
function matchOrbits(pool: ClusterPool, reference: Reference): number[] {
  const { lattice } = pool;
  const ours = pool.orbits.map(({ instances }) => new Set(instances.map((cluster) => cluster.join())));
  const found = reference.orbits.map(({ base_frac }) => {
    const points = base_frac.flatMap((fractional) => {
      const wrapped = fractional.map((x) => x - Math.floor(x + 1e-6));
      const site = lattice.sites.findIndex((_, s) =>
        wrapped.every((x, k) => Math.abs(x - lattice.fractional[3 * s + k]) < 1e-6),
      );
      return [site, ...fractional.map((x, k) => Math.round(x - lattice.fractional[3 * site + k])), 1];
    });
    const key = normalForm(points).join();
    return ours.findIndex((orbit) => orbit.has(key));
  });
  return [0, ...found];
}

const missing = skipWithout("linio2-smol");

describe.skipIf(missing)("LiNiO2 of smol", () => {
  const load = once(() => {
    const study = studyProblem("linio2");
    const reference = readPublished<Reference>("linio2-smol/lno_ce_reference.json");
    return { ...study, reference, order: matchOrbits(study.pool, reference), columns: correlations(study) };
  });

  test("11 orbits: the published ones, each once", () => {
    const { pool, reference, order } = load();
    expect(pool.orbits.length).toBe(11);
    expect([...order].sort((a, b) => a - b)).toEqual(pool.orbits.map((_, j) => j));
    reference.orbits.forEach(({ size }, k) => {
      expect(pool.orbits[order[k + 1]].size).toBe(size);
    });
  });

  test("multiplicities and diameters, counted from the positions alone", () => {
    // Every set of up to three active sites within the cut-offs, one point in the home cell.
    const { pool } = load();
    const { lattice } = pool;
    const places: { site: number; at: number[] }[] = [];
    for (const site of [0, 1])
      for (let u = -3; u <= 3; u++)
        for (let v = -3; v <= 3; v++)
          for (let w = -3; w <= 3; w++)
            places.push({ site, at: pointPosition(lattice, [site, u, v, w, 1], 0) });
    const distance = (a: number[], b: number[]) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    const counts = new Map<string, number>();
    const add = (points: { site: number; at: number[] }[]) => {
      const distances = points.flatMap((p, i) => points.slice(i + 1).map((q) => distance(p.at, q.at)));
      const limit = points.length === 2 ? 5 : 4.1;
      if (distances.some((d) => d > limit || d < 0.1)) return;
      const kinds = points.map((p) => p.site).sort();
      const key = `${kinds.join("")} ${Math.max(...distances).toFixed(3)}`;
      // Each cluster is met once from each of its points, in every order of the others.
      const repeats = points.length === 2 ? 2 : 6;
      counts.set(key, (counts.get(key) ?? 0) + 1 / repeats);
    };
    for (const site of [0, 1]) {
      const home = { site, at: pointPosition(lattice, [site, 0, 0, 0, 1], 0) };
      const near = places.filter((p) => distance(p.at, home.at) <= 5 && distance(p.at, home.at) > 0.1);
      for (const p of near) {
        add([home, p]);
        for (const q of near) if (q !== p) add([home, p, q]);
      }
    }
    const ours = new Map<string, number>();
    for (const { size, instances, diameter } of pool.orbits) {
      if (size < 2) continue;
      const kinds = Array.from({ length: size }, (_, i) => instances[0][POINT_STRIDE * i]).sort();
      ours.set(`${kinds.join("")} ${diameter.toFixed(3)}`, instances.length);
    }
    expect(ours.size).toBe(8);
    expect([...ours.keys()].sort()).toEqual([...counts.keys()].sort());
    for (const [key, count] of counts) expect(ours.get(key)).toBeCloseTo(count, 9);
  });

  test("27 mapped structures x 11 correlations", () => {
    const { data, reference, order, columns } = load();
    const entries = data.configurations.map(
      (configuration) => reference.entries.find((entry) => entry.energy_eV === configuration.energy)!,
    );
    expect(data.configurations.length).toBe(27);
    expect(new Set(entries).size).toBe(27);
    let worst = 0;
    entries.forEach((entry, i) => {
      expect(data.configurations[i].supercell.numCells).toBe(entry.size_prims);
      entry.correlations.forEach((value, k) => {
        worst = Math.max(worst, Math.abs(columns[order[k]][i] - value));
      });
    });
    console.log(`LiNiO2: largest difference of 297 correlations ${worst.toExponential(1)}`);
    // Sums of at most some hundred products of ones.
    expect(worst).toBeLessThan(1e-12);
  });

  test("RMSE 11.030077 meV per primitive cell with the published coefficients", () => {
    const { problem, reference, order, columns } = load();
    const residuals = Array.from(
      problem.y,
      (energy, i) =>
        energy - reference.coefs.reduce((sum, coefficient, k) => sum + coefficient * columns[order[k]][i], 0),
    );
    expect(1000 * rootMeanSquare(residuals)).toBeCloseTo(11.030077, 5);
  });

  test("least squares of minimum norm gives the published coefficients", () => {
    const { problem, reference, order, columns } = load();
    // Charge balance makes the columns of lithium and nickel the same: only their sum is determined.
    const X = new Float64Array(problem.rows * 11);
    order.forEach((j, k) => {
      X.set(columns[j], k * problem.rows);
    });
    const all = Array.from({ length: 11 }, (_, k) => k);
    const square = createProblem({ rows: problem.rows, columns: 11, X, y: problem.y, unpenalised: all });
    const estimator = createEstimator({ method: "ordinary-least-squares" });
    const [fit] = estimator.fitPath(square, estimator.hyperPath(square).values).fits;
    console.log(`LiNiO2: RMSE ${(1000 * fit.rmse).toFixed(6)} meV per primitive cell`);
    expect(1000 * fit.rmse).toBeCloseTo(11.030077, 5);
    reference.coefs.forEach((coefficient, k) => {
      expect(fit.coefficients[k]).toBeCloseTo(coefficient, 9);
    });
  });
});
