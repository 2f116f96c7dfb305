/** Curves and numbers of data sets in the shapes of the report. */
import type { PlainTable } from "../../../report/atoms-model.ts";
import type { CurvePlot } from "../../../report/curve-model.ts";
import { withError } from "../../../report/numbers.ts";
import type { Curve } from "./curve.ts";
import type { MeasuredSet } from "./tables.ts";

/** Curves of a table over the sets, named by set and label; by the set alone where each has one. */
export function seriesOf(
  sets: readonly MeasuredSet[],
  table: string,
  quantity: string,
  nameOf: (curve: Curve) => string,
  keep: (curve: Curve) => boolean = () => true,
): CurvePlot["series"] {
  const found = sets.flatMap(({ name, curves }) =>
    curves
      .filter((curve) => curve.table === table && curve.quantity === quantity && keep(curve))
      .map((curve) => ({ set: name, label: nameOf(curve), curve })),
  );
  return found.map(({ set, label, curve }) => ({
    name: sets.length === 1 ? label : label === "" || label === "all" ? set : `${set}: ${label}`,
    points: curve.x.map((x, i) => ({
      x,
      y: curve.values[i],
      ...(curve.errors?.[i] == null ? {} : { error: curve.errors[i]! }),
    })),
  }));
}

function numbersOf(
  sets: readonly MeasuredSet[],
  table: string,
): { readonly set: string; readonly labels: Curve["labels"]; readonly of: (quantity: string) => string }[] {
  const rows = new Map<string, { set: string; labels: Curve["labels"]; values: Map<string, string> }>();
  for (const { name, curves } of sets)
    for (const curve of curves) {
      if (curve.table !== table) continue;
      const key = JSON.stringify([name, curve.labels]);
      const row = rows.get(key) ?? { set: name, labels: curve.labels, values: new Map() };
      rows.set(key, row);
      row.values.set(curve.quantity, withError(curve.values[0], curve.errors?.[0] ?? undefined));
    }
  return [...rows.values()].map(({ set, labels, values }) => ({
    set,
    labels,
    of: (quantity) => values.get(quantity) ?? "–",
  }));
}

/** A table of single numbers, a column for each quantity. */
export function numberTable(
  sets: readonly MeasuredSet[],
  table: string,
  title: string,
  labels: readonly string[],
  quantities: Readonly<Record<string, string>>,
): PlainTable {
  return {
    title,
    columns: [
      { title: "data set" },
      ...labels.map((name) => ({ title: name })),
      ...Object.values(quantities).map((name) => ({ title: name, number: true })),
    ],
    rows: numbersOf(sets, table).map(({ set, labels: own, of }) => [
      set,
      ...labels.map((name) => String(own[name] ?? "–")),
      ...Object.keys(quantities).map(of),
    ]),
  };
}
