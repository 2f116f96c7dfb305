/** The main numbers of an analysis of atoms as one plain document. */
import { caloricDocument } from "../caloric.ts";
import type { Curve } from "./curve.ts";
import type { Measurements } from "./report-parts.ts";

/** Curves with one bin are numbers. */
const numbersIn = [
  "bonds",
  "coordination-means",
  "angle-means",
  "cna",
  "layers",
  "segregation",
  "diffusion",
  "lindemann",
] as const;

export function analysisDocument(
  { plan, sets, results, caloric, comparison }: Measurements,
  warnings: readonly string[],
) {
  return {
    sets: sets.map(({ name, curves }, index) => {
      const own = results.flatMap((result, f) =>
        plan.files[f].set === index ? [{ result, file: plan.files[f] }] : [],
      );
      return {
        name,
        files: own.map(({ result, file }) => ({
          file: file.path,
          frames: result.frames,
          atoms: result.atoms,
          species: file.about.species,
        })),
        ...Object.fromEntries(
          numbersIn.flatMap((table) => {
            const rows = rowsOf(
              curves.filter((curve) => curve.table === table && curve.labels.kind !== "atom"),
            );
            return rows.length === 0 ? [] : [[table.replaceAll("-", "_"), rows]];
          }),
        ),
        ...probabilities(curves),
        ...pointGroups(own.flatMap(({ result }) => result.rows.pointGroups.map(({ group }) => group))),
      };
    }),
    ...(caloric.length > 0
      ? {
          caloric: caloric.map(({ set, structure, caloric: curve }) => ({
            set,
            structure,
            ...caloricDocument(curve),
          })),
        }
      : {}),
    ...(comparison
      ? {
          map: { explained: comparison.map?.explained ?? null },
          coverage: comparison.coverages.map(({ meanDistance, largestDistance, ...coverage }) => ({
            ...coverage,
            mean_distance: meanDistance,
            largest_distance: largestDistance,
          })),
        }
      : {}),
    measured: plan.measured,
    warnings,
  };
}

/** Quantities with the same labels in one object: {pair: "Cu-Cu", mean_A: {value, error}}. */
function rowsOf(curves: readonly Curve[]): Record<string, unknown>[] {
  const rows = new Map<string, Record<string, unknown>>();
  for (const { labels, quantity, values, errors } of curves) {
    const key = JSON.stringify(labels);
    const row = rows.get(key) ?? { ...labels };
    rows.set(key, row);
    row[quantity] = errors === undefined ? values[0] : { value: values[0], error: errors?.[0] ?? null };
  }
  return [...rows.values()];
}

/** P(CN) of all atoms: {"12": 1}. */
function probabilities(curves: readonly Curve[]) {
  const all = curves.find(({ table, labels }) => table === "coordination" && labels.species === "all");
  return all
    ? { coordination: Object.fromEntries(all.bins.map((bin, i) => [String(bin), all.values[i]])) }
    : {};
}

function pointGroups(groups: readonly string[]) {
  if (groups.length === 0) return {};
  const times: Record<string, number> = {};
  for (const group of groups) times[group] = (times[group] ?? 0) + 1;
  return { point_groups: times };
}
