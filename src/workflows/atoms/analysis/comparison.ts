/** Data sets held against each other by the environments of their atoms. */
import { coverage } from "../../../analysis/soap/coverage.ts";
import { type Descriptors, environmentMap } from "../../../analysis/soap/environment-map.ts";
import { EcitonError } from "../../../core/errors.ts";
import type { EnvironmentSample } from "./environments.ts";
import type { FileResult } from "./file-task.ts";
import type { AtomsAnalysisPlan } from "./plan.ts";

/** What the map calls the set of analysis.soap.reference. */
const REFERENCE = "reference";

export interface MapPoint {
  readonly set: string;
  readonly file: string;
  /** From 0. */
  readonly frame: number;
  readonly atom: number;
  readonly species: string;
  readonly scores: readonly number[];
}

export interface CoverageOf {
  readonly set: string;
  readonly reference: string;
  readonly environments: number;
  /** Share of the environments of the set. */
  readonly covered: number;
  readonly threshold: number;
  readonly meanDistance: number;
  readonly largestDistance: number;
}

export interface Comparison {
  /** Null where all environments are the same. */
  readonly map: {
    readonly points: readonly MapPoint[];
    readonly explained: readonly number[];
    /** In the order of the points. */
    readonly sets: readonly string[];
  } | null;
  readonly coverages: readonly CoverageOf[];
}

interface Sampled extends Descriptors {
  readonly name: string;
  readonly rows: readonly Omit<MapPoint, "scores">[];
}

/** @param references results of the files that are to cover the data sets */
export function compareSets(
  plan: AtomsAnalysisPlan,
  results: readonly FileResult[],
  references: readonly FileResult[],
  warnings: string[],
): Comparison | null {
  const { soap } = plan.section;
  if (!soap) return null;
  const sets = plan.sets.map((set, index) =>
    together(
      set.name,
      plan.files.flatMap((file, f) =>
        file.set === index ? [{ path: file.path, sample: results[f].environments! }] : [],
      ),
    ),
  );
  const reference = together(
    REFERENCE,
    plan.references.map(({ path }, i) => ({ path, sample: references[i].environments! })),
  );
  const all = [...sets, reference].filter(({ rows }) => rows.length > 0);
  return {
    map: mapOf(all, soap.components, warnings),
    coverages: coveragesOf(
      sets.filter(({ rows }) => rows.length > 0),
      reference.rows.length > 0 ? reference : null,
      soap.threshold ?? null,
      warnings,
    ),
  };
}

function together(
  name: string,
  files: readonly { readonly path: string; readonly sample: EnvironmentSample }[],
): Sampled {
  const values = new Float64Array(files.reduce((sum, { sample }) => sum + sample.values.length, 0));
  let at = 0;
  for (const { sample } of files) {
    values.set(sample.values, at);
    at += sample.values.length;
  }
  return {
    name,
    size: files[0]?.sample.size ?? 1,
    values,
    rows: files.flatMap(({ path, sample }) =>
      sample.species.map((species, i) => ({
        set: name,
        file: path,
        frame: sample.frame[i],
        atom: sample.atom[i],
        species,
      })),
    ),
  };
}

function mapOf(sets: readonly Sampled[], components: number, warnings: string[]): Comparison["map"] {
  if (sets.length === 0) return null;
  try {
    const { scores, explained } = environmentMap(sets, components);
    return {
      explained,
      sets: sets.map(({ name }) => name),
      points: sets.flatMap(({ rows }, s) =>
        rows.map((row, i) => ({
          ...row,
          scores: Array.from(scores[s].subarray(i * components, (i + 1) * components)),
        })),
      ),
    };
  } catch (error) {
    if (!(error instanceof EcitonError) || error.code !== "data") throw error;
    warnings.push(`no map of environments: ${error.message}`);
    return null;
  }
}

function coveragesOf(
  sets: readonly Sampled[],
  reference: Sampled | null,
  threshold: number | null,
  warnings: string[],
): CoverageOf[] {
  const pairs = reference
    ? sets.map((set) => [set, reference] as const)
    : sets.flatMap((set) => sets.filter((other) => other !== set).map((other) => [set, other] as const));
  // How densely a set covers itself is worth finding once.
  const thresholds = new Map<Sampled, number>();
  return pairs.flatMap(([set, other]): CoverageOf[] => {
    try {
      const known = threshold ?? thresholds.get(other) ?? null;
      const { distances, covered, threshold: used } = coverage(set, other, known);
      thresholds.set(other, used);
      return [
        {
          set: set.name,
          reference: other.name,
          environments: distances.length,
          covered,
          threshold: used,
          meanDistance: distances.reduce((sum, d) => sum + d, 0) / distances.length,
          largestDistance: distances.reduce((most, d) => Math.max(most, d), 0),
        },
      ];
    } catch (error) {
      if (!(error instanceof EcitonError) || error.code !== "data") throw error;
      warnings.push(`coverage of ${set.name} by ${other.name}: ${error.message}`);
      return [];
    }
  });
}
