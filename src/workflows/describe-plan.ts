/** What would be done, for --dry-run. */
import { compileSharedModel, memoryNeeds } from "../clusters/shared-model.ts";
import { Supercell } from "../lattice/supercell.ts";
import { count, integer } from "../report/numbers.ts";
import type { RunParts, RunPlan } from "./plan.ts";
import { supercellText } from "./supercell-text.ts";

export function describePlan(plan: RunPlan, parts: RunParts, workers: number): string[] {
  const { study } = plan.loaded;
  const lines: string[] = [];
  if (plan.pool) {
    const { pool, folding } = plan.pool;
    lines.push(
      `pool: ${pool.orbits.length} clusters on the infinite lattice` +
        (folding ? `, ${folding.clusters.length} on the supercell of the study` : ""),
    );
  }
  if (plan.data) {
    const megabytes = (8 * plan.data.configurations.length * (plan.pool?.pool.orbits.length ?? 0)) / 2 ** 20;
    lines.push(
      `fit: ${count(plan.data.configurations.length, "configuration")} from ${plan.data.source}, method ${study.fit!.method}, ` +
        `design matrix ${megabytes.toFixed(1)} MiB, very roughly ${duration(fitSeconds(plan), workers)}`,
    );
  }
  if (parts.sample && plan.chains > 0) lines.push(...samplingLines(plan, workers));
  return lines;
}

/** What a thread works on at a time; a ladder goes through all its temperatures. */
const taskNouns = {
  metropolis: "chain",
  tempering: "temperature",
  "wang-landau": "walker",
  anneal: "cooling",
} as const;

function samplingLines({ loaded, published, chains }: RunPlan, workers: number): string[] {
  const { steps, method, supercells, snapshots, samples, temperatures_K } = loaded.study.sample!;
  const most = method === "wang-landau" ? "at most " : "";
  const noun = taskNouns[method];
  const tasks =
    method === "tempering"
      ? `${count(chains / temperatures_K.length, "ladder")} of ${count(temperatures_K.length, noun)}, each`
      : count(chains, noun);
  const lines = [
    `sample: ${tasks} of ${most}${steps.toLocaleString("en-US")} steps, ` +
      `very roughly ${duration((chains * steps) / STEPS_PER_SECOND, workers)}`,
  ];
  if (!published) return lines;
  for (const matrix of supercells) {
    const supercell = new Supercell(published.lattice, matrix);
    const { tables, chain } = memoryNeeds(compileSharedModel(published, supercell));
    // Beside the compiled code's own memory: energies of the samples, snapshots and a copy of the state.
    const records = 24 * samples + (snapshots + 8) * supercell.numSites;
    lines.push(
      `memory: ${supercellText(matrix)} (${integer(supercell.numSites)} sites) ${bytesText(tables)} for all threads, ` +
        `${bytesText(chain + records)} for each ${noun}`,
    );
  }
  return lines;
}

function bytesText(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Core-seconds of a cross-validated path: some products of the matrix with a vector for each fold and value. */
function fitSeconds({ loaded, data, pool }: RunPlan): number {
  const rows = data?.configurations.length ?? 0;
  const { cross_validation: cv, path } = loaded.study.fit!;
  const folds = cv === "leave-one-out" ? rows : "k_fold" in cv ? cv.k_fold * cv.repeats : cv.shuffle_split;
  return (
    (PRODUCTS_PER_VALUE *
      folds *
      (path.values?.length ?? path.count ?? 50) *
      2 *
      rows *
      (pool?.pool.orbits.length ?? 0)) /
    5e9
  );
}

const PRODUCTS_PER_VALUE = 4;

function duration(coreSeconds: number, workers: number): string {
  const threads = Math.max(1, workers);
  const seconds = Math.max(1, coreSeconds / threads);
  const time = seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
  return `${time} on ${threads} thread${threads > 1 ? "s" : ""}`;
}

/** Trial exchanges a second and thread for a model of some dozen pair interactions. */
const STEPS_PER_SECOND = 4e6;
