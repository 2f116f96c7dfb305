/** Formation energies against composition, with the convex hulls of data and predictions. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure, LegendEntry } from "../figure.ts";
import { grey, okabeIto } from "../marks.ts";
import type { HullSummary } from "../model.ts";
import { count, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function convexHullFigure(hull: HullSummary): Figure {
  const name = "convex hull";
  requireFinite(name, hull.points, ["composition", "reference", "predicted"]);
  const byComposition = (vertices: HullSummary["referenceHull"], which: string) => {
    requireFinite(`${name}, ${which}`, vertices ?? [], ["composition", "energy"]);
    return [...(vertices ?? [])].sort((a, b) => a.composition - b.composition);
  };
  const sets = [
    {
      label: "data",
      field: "reference",
      vertices: byComposition(hull.referenceHull, "hull of the data"),
      color: okabeIto.blue,
      symbol: "circle",
      dash: "",
    },
    {
      label: "predictions",
      field: "predicted",
      vertices: byComposition(hull.predictedHull, "hull of the predictions"),
      color: okabeIto.vermillion,
      symbol: "times",
      dash: "6 3",
    },
  ] as const;
  const vertices = sets.flatMap((set) => set.vertices);
  const energies = [
    0,
    ...vertices.map((vertex) => vertex.energy),
    ...hull.points.flatMap((p) => [p.reference ?? 0, p.predicted ?? 0]),
  ];
  const compositions = [...hull.points, ...vertices].map((p) => p.composition);

  const svg = drawPlot("Convex hull", {
    width: 760,
    height: 400,
    x: { label: hull.compositionLabel, domain: paddedRange(compositions, 0.03) },
    y: { label: hull.energyLabel, domain: paddedRange(energies), grid: true },
    marks: [
      Plot.ruleY([0], { stroke: grey.middle }),
      ...sets.map((set) =>
        Plot.dot(
          hull.points.filter((p) => p[set.field] !== undefined),
          {
            x: "composition",
            y: set.field,
            symbol: set.symbol,
            stroke: set.color,
            r: 2.6,
            strokeOpacity: 0.7,
            strokeWidth: 1.1,
            title: "name",
          },
        ),
      ),
      ...sets.flatMap((set) => [
        Plot.line(set.vertices, {
          x: "composition",
          y: "energy",
          stroke: set.color,
          strokeWidth: 2,
          strokeDasharray: set.dash || "1 0",
        }),
        Plot.dot(set.vertices, {
          x: "composition",
          y: "energy",
          symbol: set.symbol === "circle" ? "square" : "diamond",
          r: 4,
          fill: set.color,
          title: "name",
        }),
      ]),
    ],
  });
  const legend: LegendEntry[] = sets.flatMap((set) => {
    const points = hull.points.filter((p) => p[set.field] !== undefined).length;
    return [
      { label: `${set.label} (${points})`, color: set.color, symbol: set.symbol },
      {
        label: `hull of the ${set.label} (${set.vertices.length} on it)`,
        color: set.color,
        symbol: set.symbol === "circle" ? ("square" as const) : ("diamond" as const),
        filled: true,
        dash: set.dash,
      },
    ];
  });
  return {
    name: "convex-hull",
    title: "Convex hull",
    caption: `Energies of ${count(hull.points.length, "structure")} against composition. Structures on the lower hull are stable against decomposition into their neighbours on it.`,
    legend,
    panels: [{ svg }],
    csv: toCsv(
      name,
      ["structure", "composition", "reference", "predicted", "on_reference_hull", "on_predicted_hull"],
      [
        ...hull.points.map((p) => [p.name, p.composition, p.reference, p.predicted, undefined, undefined]),
        ...sets[0].vertices.map((v) => [v.name, v.composition, v.energy, undefined, true, undefined]),
        ...sets[1].vertices.map((v) => [v.name, v.composition, undefined, v.energy, undefined, true]),
      ],
    ),
  };
}
