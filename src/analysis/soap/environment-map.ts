/** Principal components of descriptors: maps on which environments of several data sets are compared. */
import { Matrix } from "ml-matrix";
import { PCA } from "ml-pca";
import { EcitonError } from "../../core/errors.ts";

/** Descriptors of environments, rows of `size` numbers one after another. */
export interface Descriptors {
  readonly values: Float64Array;
  readonly size: number;
}

export interface EnvironmentMap {
  /** Float64Array(rows × components) for each data set, in the descriptors' unit. */
  readonly scores: readonly Float64Array[];
  /** Share of the variance of the fitted rows that each component has. */
  readonly explained: readonly number[];
}

/** Rows that the components are fitted to; more are projected only. */
const MOST_FITTED = 3000;

export function rowsOf({ values, size }: Descriptors): number {
  return values.length / size;
}

/**
 * One map for all data sets: components of the rows of all of them together, centred, not scaled. Signs are such that
 * the largest entry of a component is positive.
 * @param components how many axes
 * @throws {EcitonError} "shape" for descriptors of different sizes; "data" for fewer rows than axes + 1, or rows that
 *   are all the same
 * @see Jolliffe, Principal Component Analysis (2002)
 */
export function environmentMap(sets: readonly Descriptors[], components = 2): EnvironmentMap {
  const size = sets[0].size;
  if (sets.some((set) => set.size !== size))
    throw new EcitonError("shape", "descriptors of different sizes share no map");
  const total = sets.reduce((sum, set) => sum + rowsOf(set), 0);
  if (total <= components)
    throw new EcitonError(
      "data",
      `a map of ${components} axes needs more environments than axes, found ${total}`,
    );
  const stride = Math.ceil(total / MOST_FITTED);
  const rows = sets.flatMap((set) =>
    Array.from({ length: rowsOf(set) }, (_, i) => set.values.subarray(i * size, (i + 1) * size)),
  );
  const fitted = new Matrix(rows.filter((_, i) => i % stride === 0).map((row) => Array.from(row)));
  const variance = fitted.variance("column").reduce((sum, x) => sum + x, 0);
  if (variance === 0) throw new EcitonError("data", "all environments are the same: there is no map of them");
  // All components cost cubes of the size; the first few are found one after another.
  const pca = new PCA(fitted, { method: "NIPALS", nCompNIPALS: components });
  // Columns of the eigenvectors are components; NIPALS gives them as rows.
  const axes = pca.getLoadings();
  const signs = Array.from({ length: components }, (_, k) => {
    const axis = axes.getRow(k);
    return Math.sign(axis.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0));
  });
  const means = fitted.mean("column");
  const project = (set: Descriptors) => {
    const count = rowsOf(set);
    const scores = new Float64Array(count * components);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < components; k++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += (set.values[i * size + j] - means[j]) * axes.get(k, j);
        scores[i * components + k] = signs[k] * sum;
      }
    return scores;
  };
  const scores = sets.map(project);
  const explained = signs.map((_, k) => {
    let squares = 0;
    for (let i = 0; i < fitted.rows; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += (fitted.get(i, j) - means[j]) * axes.get(k, j);
      squares += sum * sum;
    }
    return squares / (fitted.rows - 1) / variance;
  });
  return { scores, explained };
}
