/**
 * Basin hopping of Lennard-Jones clusters from random starts: how many of 20 seeds find the published minimum, after how
 * many quenches, and how fast. `ECITON_BENCH_SEEDS` and `ECITON_BENCH_SIZES=13,38` shorten it.
 */
import { BOLTZMANN_EV_PER_K } from "../src/core/units.ts";
import type { FinishedPath, HopPayload } from "../src/dynamics/hop/hop-task.ts";
import type { PotentialSpec } from "../src/dynamics/potentials/create-potential.ts";
import { createExecutor } from "../src/exec/executor.ts";
import { hopTask } from "../src/workflows/atoms/hop-path-task.ts";
import type { BenchResult } from "./support/measure.ts";

/** ε; Cambridge Cluster Database, Wales, Doye et al., www-wales.ch.cam.ac.uk/CCD.html. */
const minima: Readonly<Record<number, number>> = {
  13: -44.326801,
  19: -72.659782,
  26: -108.315616,
  31: -133.586422,
  38: -173.928427,
  55: -279.24847,
};

const SEEDS = Number(process.env.ECITON_BENCH_SEEDS ?? 20);
const SIZES = (process.env.ECITON_BENCH_SIZES ?? Object.keys(minima).join(",")).split(",").map(Number);
/** More than five times what LJ38, the hardest of these, takes on average. */
const MOST_QUENCHES = 20_000;

/**
 * From 100 random starts, with the program of the authors of the method: mean first encounter times of LJ38 in the worked
 * examples of the Cambridge Energy Landscapes Software (GMIN, example LJ38/2), standard deviation 3093 and 703 quenches.
 */
const PUBLISHED = "GMIN, LJ38: 2825 quenches on average with displacements, 738 with symmetrised trials";

function payload(atoms: number, seed: number): HopPayload<PotentialSpec> {
  return {
    potential: {
      kind: "lennard-jones",
      title: "reduced units",
      pairs: [{ species: ["X", "X"], epsilon_eV: 1, sigma_A: 1 }],
      mixing: null,
      cutoff: null,
    },
    atoms: {
      spec: {
        random: { composition: { X: atoms }, min_A: 0.8, max_A: 1.4, within: "sphere", volume_A3: 1.2 },
        count: 1,
        frames: "last",
      },
      seed,
      folder: "",
    },
    fix: undefined,
    // What `eciton hop` takes by default, at the temperature of Wales and Doye (1997).
    settings: {
      sampling: "walk",
      steps: MOST_QUENCHES,
      temperature: 0.8 / BOLTZMANN_EV_PER_K,
      moves: { displace: 1, surface: 1, twist: 1 },
      step: null,
      targetAcceptance: null,
      restartAfter: null,
      relax: {
        method: "l-bfgs",
        forceTolerance: 1e-3,
        energyTolerance: null,
        maxEvaluations: 10_000,
        maxStep: 0.2,
        cell: "fixed",
        pressure: 0,
      },
      targetEnergy: minima[atoms] + 1e-5,
      keep: 10,
      same: { energy: 1e-3, distance: 0.02 },
      container: null,
      minDistance: 0.5,
    },
    path: 0,
    paths: 1,
    seed,
    stream: 0,
    save: null,
    checkpoint: null,
  };
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export async function run(): Promise<BenchResult[]> {
  const executor = createExecutor();
  const results: BenchResult[] = [];
  try {
    // Threads load their modules, and their compiler warms up.
    const short = payload(13, 1);
    const first = Array.from({ length: 2 * executor.workers }, () => ({
      ...short,
      settings: { ...short.settings, steps: 200, targetEnergy: null },
    }));
    await executor.map(hopTask, first);
    for (const atoms of SIZES) {
      const payloads = Array.from({ length: SEEDS }, (_, i) => payload(atoms, i + 1));
      const before = process.cpuUsage();
      const paths = await executor.map<FinishedPath>(hopTask, payloads);
      const { user, system } = process.cpuUsage(before);
      const quenches = paths.reduce((sum, { steps }) => sum + steps, 0);
      const evaluations = paths.reduce((sum, { counts }) => sum + counts.evaluations, 0);
      const hits = paths.filter(({ reachedTarget }) => reachedTarget);
      const add = (name: string, value: number, unit: string) =>
        results.push({ name: `hop.lj${atoms}.${name}`, value, unit });
      add("success", hits.length / SEEDS, `of ${SEEDS} seeds`);
      if (hits.length > 0) {
        // With failures among them: quenches for each success.
        add("mean_quenches", quenches / hits.length, "quenches");
        // A path without success counts as one that took longer than all others.
        add("median_quenches", median(paths.map(({ steps }) => steps).sort((a, b) => a - b)), "quenches");
      }
      add("evaluations_per_quench", evaluations / quenches, "evaluations");
      add("quenches_per_cpu_s", quenches / ((user + system) / 1e6), "1/s");
      console.error(`LJ${atoms}: ${hits.length} of ${SEEDS}, ${quenches} quenches`);
    }
  } finally {
    await executor.close();
  }
  console.error(`published: ${PUBLISHED}`);
  return results;
}
