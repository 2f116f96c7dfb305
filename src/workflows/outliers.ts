/** Configurations whose energy no model near this one explains: most often a wrong unit, sign or run. */
import type { Configuration } from "../data/configuration.ts";
import type { FitResult } from "./fit.ts";
import { finalErrors } from "./report-fit.ts";

/** Times the median error; ten standard deviations if errors are Gaussian, so chance gives none. */
const OUTLIER_FACTOR = 15;
const MOST_NAMED = 5;

/** One warning that names them with their errors, or none. */
export function outlierWarnings(fit: FitResult, configurations: readonly Configuration[]): string[] {
  const { cv } = finalErrors(fit);
  const sizes = [...cv].map(([row, error]) => ({ row, size: Math.abs(error) }));
  const sorted = sizes.map(({ size }) => size).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  // Data that a model fits to rounding have errors, but no outliers.
  const scale = Math.max(...fit.setup.problem.y.map(Math.abs));
  const limit = Math.max(OUTLIER_FACTOR * median, 1e-6 * scale);
  const found = sizes.filter(({ size }) => size > limit).sort((a, b) => b.size - a.size);
  if (found.length === 0) return [];
  const named = found.slice(0, MOST_NAMED).map(({ row, size }) => {
    const { id, source } = configurations[row];
    const where = source.line === null ? id : `${id} (${source.file}:${source.line})`;
    return `${where}, off by ${(size * fit.setup.normaliser[row]).toPrecision(3)} eV`;
  });
  const more = found.length > MOST_NAMED ? `, and ${found.length - MOST_NAMED} more` : "";
  return [
    `${found.length} of ${sizes.length} energies lie far from what the other configurations let expect, more than ${OUTLIER_FACTOR} times the median error: ` +
      `${named.join("; ")}${more}; look for a wrong unit, sign or calculation`,
  ];
}
