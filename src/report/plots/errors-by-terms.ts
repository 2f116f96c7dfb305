/** How the errors of the refitted model move with the number of clusters that are kept. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import type { Markup } from "../html.ts";
import { grey, okabeIto, type SeriesStyle } from "../marks.ts";
import type { ErrorMeasures, FitSummary } from "../model.ts";
import { count, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";

type Measure = keyof ErrorMeasures;

const lines: readonly (SeriesStyle & { measure: Measure; label: string })[] = [
  { measure: "rmse", label: "RMSE", color: okabeIto.blue, symbol: "circle", dash: "" },
  { measure: "cvRmse", label: "CV RMSE", color: okabeIto.vermillion, symbol: "square", dash: "6 3" },
  { measure: "mae", label: "MAE", color: okabeIto.green, symbol: "triangle", dash: "" },
  { measure: "cvMae", label: "CV MAE", color: okabeIto.purple, symbol: "diamond", dash: "6 3" },
  { measure: "max", label: "largest error", color: okabeIto.black, symbol: "circle", dash: "" },
  { measure: "cvMax", label: "CV largest error", color: okabeIto.orange, symbol: "square", dash: "6 3" },
];

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function errorsByTermsFigure(
  { rows, chosen }: NonNullable<FitSummary["errorsByTerms"]>,
  energyUnit: string,
): Figure {
  const name = "errors by number of terms";
  requireFinite(name, rows, ["terms", ...lines.map((line) => line.measure)]);
  const drawn = lines.filter((line) => rows.some((row) => row[line.measure] !== undefined));
  const panel = (measures: readonly Measure[], label: string): Markup => {
    const here = drawn.filter((line) => measures.includes(line.measure));
    const values = rows.flatMap((row) => here.flatMap((line) => row[line.measure] ?? []));
    return drawPlot(label, {
      width: 420,
      height: 320,
      x: {
        label: "clusters kept",
        tickFormat: (terms: number) => (Number.isInteger(terms) ? String(terms) : ""),
        domain: paddedRange(
          rows.map((row) => row.terms),
          0.04,
        ),
      },
      y: { label: `${label} (${energyUnit})`, domain: [0, paddedRange([0, ...values])[1]], grid: true },
      marks: [
        chosen === undefined ? null : Plot.ruleX([chosen], { stroke: grey.middle, strokeDasharray: "2 2" }),
        ...here.flatMap((line) => {
          const points = rows
            .filter((row) => row[line.measure] !== undefined)
            .sort((a, b) => a.terms - b.terms);
          const style = { x: "terms", y: line.measure, stroke: line.color };
          return [
            Plot.lineY(points, { ...style, strokeWidth: 1.6, strokeDasharray: line.dash || "1 0" }),
            Plot.dot(points, { ...style, symbol: line.symbol, r: 3, fill: "white", strokeWidth: 1.4 }),
          ];
        }),
      ],
    });
  };
  return {
    name: "errors-by-terms",
    title: "Errors against the number of clusters kept",
    caption:
      `Errors of least-squares refits of the dominant clusters, for ${count(rows.length, "size")} of the model.` +
      (chosen === undefined ? "" : ` The dotted line marks the ${count(chosen, "cluster")} of the model.`),
    legend: drawn,
    panels: [
      { svg: panel(["rmse", "cvRmse", "mae", "cvMae"], "mean errors") },
      { svg: panel(["max", "cvMax"], "largest error") },
    ],
    csv: toCsv(
      name,
      ["terms", "rmse", "mae", "max", "cv_rmse", "cv_mae", "cv_max"],
      rows.map((row) => [row.terms, row.rmse, row.mae, row.max, row.cvRmse, row.cvMae, row.cvMax]),
    ),
  };
}
