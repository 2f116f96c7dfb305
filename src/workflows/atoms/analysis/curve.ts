/** What measurements give: numbers over bins, with names that tell what they are of. */
import type { Averaged, AveragedColumns } from "../../../analysis/atoms/ratio-averages.ts";
import { weightedMean } from "../../weighted-mean.ts";

/** One quantity of one file or data set: a histogram, a function, or (with one bin) a number. */
export interface Curve {
  /** Name of the table that it goes into: "rdf". */
  readonly table: string;
  /** What it is of, in the order of the table's columns: {pair: "Ag-Au"}. */
  readonly labels: Readonly<Record<string, string | number>>;
  /** Column of the values, with their unit: "mean_A". */
  readonly quantity: string;
  /** By these points of several files are known to be the same. */
  readonly bins: readonly number[];
  readonly x: readonly number[];
  readonly values: readonly number[];
  /** Standard errors; null where one frame alone has none; absent for quantities that have none by nature. */
  readonly errors?: readonly (number | null)[] | null;
  /** Of this file against others of its data set: atoms, pairs, frames that the values are means over. */
  readonly weight: number;
  /** Whether bins that a file does not have are zero there, also in files without the curve at all (frames), or unknown. */
  readonly missing: "zero" | "frames" | "absent";
}

interface NumberOf {
  readonly table: string;
  readonly labels: Curve["labels"];
  readonly weight: number;
  readonly missing?: Curve["missing"];
}

/** A single number with its error; none where it is null. */
export function numberCurve(quantity: string, value: Averaged | null, of: NumberOf): Curve[] {
  if (value === null) return [];
  const { missing = "absent", ...rest } = of;
  return [{ ...rest, missing, quantity, bins: [0], x: [0], values: [value.mean], errors: [value.error] }];
}

/** A number that has no error by nature. */
export function plainNumber(quantity: string, value: number, of: NumberOf): Curve {
  const { missing = "absent", ...rest } = of;
  return { ...rest, missing, quantity, bins: [0], x: [0], values: [value] };
}

/** Columns of an average as a curve over bins 0, 1, 2 ... */
export function columnsCurve(
  quantity: string,
  { mean, error }: AveragedColumns,
  x: (bin: number) => number,
  of: NumberOf,
): Curve {
  const { missing = "zero", ...rest } = of;
  const bins = Array.from(mean.keys());
  return { ...rest, missing, quantity, bins, x: bins.map(x), values: mean, errors: error };
}

/** Of one file. */
export interface FileCurves {
  readonly frames: number;
  readonly curves: readonly Curve[];
}

/** Which curves of several files are of the same quantity. */
export function keyOf({ table, labels, quantity }: Curve): string {
  return JSON.stringify([table, labels, quantity]);
}

/**
 * The files of a data set taken together, weighted by what each has. Errors are the larger of what follows from those
 * of the files and what their scatter shows.
 */
export function poolCurves(files: readonly FileCurves[]): Curve[] {
  if (files.length === 1) return [...files[0].curves];
  const byKey = new Map<string, { readonly curve: Curve; readonly file: number }[]>();
  files.forEach(({ curves }, file) => {
    for (const curve of curves) {
      const key = keyOf(curve);
      const known = byKey.get(key);
      if (known) known.push({ curve, file });
      else byKey.set(key, [{ curve, file }]);
    }
  });
  return [...byKey.values()].map((found) => poolOne(found, files));
}

function poolOne(
  found: readonly { readonly curve: Curve; readonly file: number }[],
  files: readonly FileCurves[],
): Curve {
  const [{ curve: first }] = found;
  const places = new Map<number, number>();
  const indices = found.map(({ curve }) => new Map(curve.bins.map((bin, i) => [bin, i])));
  for (const { curve } of found) for (const [i, bin] of curve.bins.entries()) places.set(bin, curve.x[i]);
  const bins = [...places.keys()].sort((a, b) => a - b);
  const without =
    first.missing === "frames"
      ? files.flatMap(({ frames }, file) => (found.some((one) => one.file === file) ? [] : [frames]))
      : [];
  const points = bins.map((bin) => {
    const values: { value: number; error: number }[] = without.map(() => ({ value: 0, error: 0 }));
    const weights = [...without];
    found.forEach(({ curve }, f) => {
      const at = indices[f].get(bin);
      if (at === undefined && first.missing === "absent") return;
      values.push(
        at === undefined
          ? { value: 0, error: 0 }
          : { value: curve.values[at], error: curve.errors?.[at] ?? 0 },
      );
      weights.push(curve.weight);
    });
    const unknown = values.length < 2 && (found[0].curve.errors?.[0] ?? null) === null;
    const { value, error } = weightedMean(values, weights);
    return { value, error: unknown ? null : error };
  });
  return {
    ...first,
    bins,
    x: bins.map((bin) => places.get(bin)!),
    values: points.map(({ value }) => value),
    ...(first.errors === undefined ? {} : { errors: points.map(({ error }) => error) }),
    weight: found.reduce((sum, { curve }) => sum + curve.weight, 0),
  };
}
