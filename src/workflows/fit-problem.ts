/** From configurations and a pool to a linear problem: the design matrix of a cluster expansion. */
import { freemem } from "node:os";
import { CountsEvaluator } from "../clusters/counts.ts";
import type { ClusterPool, Orbit } from "../clusters/pool.ts";
import { EcitonError } from "../core/errors.ts";
import type { Configuration } from "../data/configuration.ts";
import type { Study } from "../data/study/schema.ts";
import { createProblem, type LinearProblem } from "../fitting/problem.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { unitsOf } from "./energy-units.ts";

type FitSection = NonNullable<Study["fit"]>;

export interface FitProblem {
  readonly problem: LinearProblem;
  /** Orbit of each column. */
  readonly orbits: readonly Orbit[];
  /** Energies and counts of row i were divided by this. */
  readonly normaliser: Float64Array;
  /** Errors of row i times this are in the unit of the report; 0 where the row has no such unit (no vacancies). */
  readonly errorScale: Float64Array;
  /** "eV per vacancy", "eV per site". */
  readonly errorUnit: string;
}

/** The matrix, its projection and the copy that threads share. */
const COPIES = 3;

function refuseTooLarge(rows: number, columns: number): void {
  const bytes = COPIES * 8 * rows * columns;
  const free = freemem();
  if (bytes > free)
    throw new EcitonError(
      "memory",
      `clusters: ${rows} configurations times ${columns} clusters need ${(bytes / 2 ** 30).toFixed(1)} GiB, ` +
        `and ${(free / 2 ** 30).toFixed(1)} GiB are free; lower a cut-off or the number of points`,
      { rows, columns, bytes, free },
    );
}

/**
 * Rows are configurations, columns orbits: X = N_α / n, y = E / n, n = 1, cells or sites by the study's `fit.per`.
 * @param vacancies species that stand for an absent atom, for the name of the unit
 * @throws {EcitonError} "study" for an error unit that is no species of the lattice
 */
export function fitProblem(
  section: FitSection,
  pool: ClusterPool,
  configurations: readonly Configuration[],
  vacancies: readonly string[] = [],
): FitProblem {
  const orbits = section.constant ? pool.orbits : pool.orbits.slice(1);
  const rows = configurations.length;
  const columns = orbits.length;
  refuseTooLarge(rows, columns);
  const X = new Float64Array(rows * columns);
  const counts = new Float64Array(columns);
  const normaliser = Float64Array.from(configurations, (c) => unitsOf(section.per, c, "fit.per"));
  const evaluators = new Map<Supercell, CountsEvaluator>();
  configurations.forEach((configuration, i) => {
    const { supercell, occupation } = configuration;
    let evaluator = evaluators.get(supercell);
    if (!evaluator) {
      evaluator = new CountsEvaluator(supercell, pool.basis, orbits);
      // Configurations of one supercell mostly follow each other; keeping all evaluators would fill the memory.
      evaluators.clear();
      evaluators.set(supercell, evaluator);
    }
    evaluator.counts(occupation, counts);
    for (let j = 0; j < columns; j++) X[j * rows + i] = counts[j] / normaliser[i];
  });
  const unpenalised = orbits.flatMap((orbit, j) => (orbit.size <= section.unpenalised_points ? [j] : []));
  const unit = section.errors_per ?? section.per;
  return {
    problem: createProblem({
      rows,
      columns,
      X,
      y: Float64Array.from(configurations, (c, i) => c.energy! / normaliser[i]),
      weights: Float64Array.from(configurations, (c) => c.weight),
      names: orbits.map((orbit) => orbit.label),
      unpenalised,
      // Of columns that the data cannot tell apart the smallest and most compact cluster is kept.
      complexity: Float64Array.from(orbits, (orbit) => orbit.size * 1e6 + orbit.diameter),
    }),
    orbits,
    normaliser,
    errorScale: Float64Array.from(configurations, (c, i) => {
      const units = unitsOf(unit, c, "fit.errors_per");
      return units === 0 ? 0 : normaliser[i] / units;
    }),
    // "V" alone would be read as volt.
    errorUnit: vacancies.includes(unit) ? "eV per vacancy" : `eV per ${unit}`,
  };
}
