/** One recovery of the published ceria interactions from a table with noise, and how well it went. */
import type { ClusterPool } from "../../src/clusters/pool.ts";
import { type LoadedStudy, loadStudy } from "../../src/data/study/load-study.ts";
import type { Executor } from "../../src/exec/executor.ts";
import { predictRows } from "../../src/fitting/problem.ts";
import { loadTrainingData } from "../../src/workflows/configurations.ts";
import { type FitResult, fitExpansion } from "../../src/workflows/fit.ts";
import { fitProblem } from "../../src/workflows/fit-problem.ts";
import { latticeOfStudy, modelOfStudy, poolOfStudy } from "../../src/workflows/study-lattice.ts";
import { syntheticTable } from "../../src/workflows/synthetic-table.ts";

/** Interactions this strong are to be found, eV. */
const STRONG_EV = 0.05;
const UNSEEN = 1000;

export interface RecoveredTerm {
  readonly label: string;
  readonly published: number;
  readonly refitted: number;
  readonly standardError: number;
}

export interface Recovery {
  readonly fit: FitResult;
  /** Labels of the strong published pairs, in the order of the study. */
  readonly strongPairs: readonly string[];
  /** As many many-body terms of the sparse fit at the least cross-validation error, the largest first. */
  readonly largest: readonly string[];
  /** The strong pairs after the refit; a pair that was not kept is missing. */
  readonly pairs: readonly RecoveredTerm[];
  /** Errors of VO_i + 2 Ce1 and Ce2 − Ce1, eV. */
  readonly combinations: Readonly<Record<string, number>>;
  /** Root mean square of (predicted − noiseless) / n over unseen charge-balanced configurations, eV per vacancy. */
  readonly unseenRmse: number;
  /** Many-body terms kept by the refit that the published model does not have. */
  readonly spurious: readonly string[];
}

/** The main job's study, with another seed if one is given. */
export function loadCeria(seed?: number): LoadedStudy {
  return loadStudy("configs/ceria-111.yaml", seed === undefined ? {} : { seed });
}

export function ceriaPool(loaded: LoadedStudy): ClusterPool {
  return poolOfStudy(loaded.study, latticeOfStudy(loaded.study));
}

export async function recover(loaded: LoadedStudy, pool: ClusterPool, executor: Executor): Promise<Recovery> {
  const { study } = loaded;
  const model = modelOfStudy(study, loaded.folder, () => pool);
  const data = loadTrainingData(loaded, pool.lattice, () => model);
  const fit = await fitExpansion(study, pool, data, {
    executor,
    outDir: "",
    resume: false,
    signal: new AbortController().signal,
    say: () => {},
    command: "",
  });
  const { problem, orbits } = fit.setup;
  const published = new Map(model.terms.map((term) => [term.label, term.coefficient]));
  const strong = model.terms.filter((term) => term.size > 1 && Math.abs(term.coefficient) >= STRONG_EV);
  const sparse = fit.path.fits[fit.cv.minimum];
  const largest = [...sparse.selected]
    .sort((a, b) => Math.abs(sparse.coefficients[b]) - Math.abs(sparse.coefficients[a]))
    .slice(0, strong.length);
  const refitted = new Map(fit.kept.map((j) => [orbits[j].label, fit.coefficients[j]]));
  const errors = new Map(
    fit.intervals?.coefficients.map(({ column, interval }) => [orbits[column].label, interval.standardError]),
  );
  const errorOf = (factors: Readonly<Record<string, number>>) =>
    Object.entries(factors).reduce(
      (sum, [label, factor]) => sum + factor * (refitted.get(label)! - published.get(label)!),
      0,
    );
  const unseen = syntheticTable(model, {
    section: { ...study.data!.synthetic!, configurations: UNSEEN, noise_eV: 0 },
    charges: study.lattice?.charges,
    // Another seed has other streams: none of these is in the table.
    seed: study.seed + 1_000_003,
  });
  const test = fitProblem({ ...study.fit!, errors_per: "V" }, pool, unseen);
  const predicted = predictRows(test.problem, fit.coefficients);
  const squares = test.problem.y.map((y, i) => ((predicted[i] - y) * test.errorScale[i]) ** 2);
  return {
    fit,
    strongPairs: strong.map((term) => term.label),
    largest: largest.map((j) => problem.names[j]),
    pairs: strong.flatMap(({ label, coefficient }) => {
      const value = refitted.get(label);
      if (value === undefined) return [];
      return [{ label, published: coefficient, refitted: value, standardError: errors.get(label) ?? 0 }];
    }),
    combinations: {
      "VO1 + 2 Ce1": errorOf({ VO1: 1, Ce1: 2 }),
      "VO2 + 2 Ce1": errorOf({ VO2: 1, Ce1: 2 }),
      "VO3 + 2 Ce1": errorOf({ VO3: 1, Ce1: 2 }),
      "Ce2 − Ce1": errorOf({ Ce2: 1, Ce1: -1 }),
    },
    unseenRmse: Math.sqrt(squares.reduce((sum, s) => sum + s, 0) / UNSEEN),
    spurious: fit.kept.map((j) => orbits[j].label).filter((label) => !published.has(label)),
  };
}

/** What of the demands on a recovery is not met; empty when all is well. */
export function shortfalls(recovery: Recovery): string[] {
  const { strongPairs, largest, pairs, combinations, unseenRmse } = recovery;
  const missing: string[] = [];
  for (const label of strongPairs) {
    if (!largest.includes(label)) missing.push(`${label} is not among the ${strongPairs.length} largest`);
    const pair = pairs.find((p) => p.label === label);
    if (!pair) {
      missing.push(`${label} was not kept`);
      continue;
    }
    const error = pair.refitted - pair.published;
    if (Math.abs(error) > 0.05) missing.push(`${label} is off by ${error.toFixed(3)} eV`);
    if (Math.abs(error) > 3 * pair.standardError)
      missing.push(`${label} is off by ${(error / pair.standardError).toFixed(1)} standard errors`);
  }
  for (const [text, error] of Object.entries(combinations))
    if (Math.abs(error) > 0.03) missing.push(`${text} is off by ${error.toFixed(3)} eV`);
  if (unseenRmse > 0.03)
    missing.push(`unseen configurations are off by ${unseenRmse.toFixed(4)} eV per vacancy`);
  return missing;
}
