/** Exact dependencies of the data, as much of them as a person can read. */
import type { Combination, DependencyReport } from "../fitting/dependencies.ts";

/** Relations of more terms than this are no longer a statement about the material. */
const MOST_TERMS = 12;
const MOST_RELATIONS = 10;

export interface ReadableDependencies {
  readonly relations: readonly Combination[];
  /** Combinations of coefficients that the data do determine; none where too many relations make them unreadable. */
  readonly determined: readonly Combination[];
  /** What is left unsaid, in one sentence; null where everything is said. */
  readonly summary: string | null;
}

export function readableDependencies(report: DependencyReport): ReadableDependencies {
  const short = (combination: Combination) => combination.terms.length <= MOST_TERMS;
  const relations = report.dependencies.filter(short).slice(0, MOST_RELATIONS);
  const unsaid = report.dependencies.length - relations.length;
  return {
    relations,
    determined: unsaid === 0 ? report.determined.filter(short) : [],
    summary:
      unsaid === 0
        ? null
        : `the model has ${report.columns} terms and the data determine only ${report.rank} combinations of them` +
          (relations.length > 0 ? ` (${unsaid} relations beside those listed)` : "") +
          ": keep fewer terms or add configurations",
  };
}
