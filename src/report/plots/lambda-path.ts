/** Cross-validation error against λ, with the number of clusters that remain. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure, LegendEntry } from "../figure.ts";
import { okabeIto } from "../marks.ts";
import type { FitSummary, LambdaPath } from "../model.ts";
import { count, notFinite, requireFinite, significant } from "../numbers.ts";
import { drawPlot, logAxis, paddedRange } from "../plot.ts";

/** The same in both panels, so that their λ axes stand over each other. */
const marginLeft = 76;

/** @throws {EcitonError} "shape" for a λ that is not positive and for numbers that are not finite */
export function lambdaPathFigure(path: LambdaPath, energyUnit: FitSummary["energyUnit"]): Figure {
  const name = "lambda path";
  requireFinite(name, path.points, ["lambda", "cvRmse", "standardError", "nonZero"]);
  path.points.forEach((point, i) => {
    if (point.lambda <= 0) throw notFinite(name, i + 1, "log(lambda)", Math.log(point.lambda));
  });
  const points = path.points.map((point) => ({
    ...point,
    low: point.cvRmse - (point.standardError ?? 0),
    high: point.cvRmse + (point.standardError ?? 0),
  }));
  points.sort((a, b) => a.lambda - b.lambda);
  const symbol = path.symbol ?? "λ";
  const { lambdaUnit } = path;
  const lambdaLabel = lambdaUnit === undefined ? symbol : `${symbol} (${lambdaUnit})`;
  const x = logAxis(points.map((p) => p.lambda));
  const hasBand = points.some((p) => p.standardError !== undefined);

  const choices = [
    { index: path.minimum, label: "minimum", color: okabeIto.vermillion, dash: "", symbol: "diamond" },
    {
      index: path.oneStandardError,
      label: "one standard error",
      color: okabeIto.green,
      dash: "5 3",
      symbol: "square",
    },
  ] as const;
  const chosen = choices.flatMap((choice) => {
    const point = choice.index === undefined ? undefined : path.points[choice.index];
    return point === undefined ? [] : [{ ...choice, point }];
  });
  const rules = chosen.map((choice) =>
    Plot.ruleX([choice.point], { x: "lambda", stroke: choice.color, strokeDasharray: choice.dash || "1 0" }),
  );

  const errors = drawPlot("Cross-validation error against lambda", {
    height: 300,
    marginLeft,
    marginBottom: 22,
    x: { ...x, label: null, tickFormat: () => "" },
    y: {
      label: `CV RMSE (${energyUnit})`,
      domain: paddedRange(points.flatMap((p) => [p.low, p.high])),
      grid: true,
    },
    marks: [
      ...rules,
      hasBand
        ? Plot.areaY(points, { x: "lambda", y1: "low", y2: "high", fill: okabeIto.blue, fillOpacity: 0.2 })
        : null,
      Plot.lineY(points, { x: "lambda", y: "cvRmse", stroke: okabeIto.blue, strokeWidth: 1.8 }),
      Plot.dot(points, { x: "lambda", y: "cvRmse", r: 2.2, fill: okabeIto.blue }),
      ...chosen.map((choice) =>
        Plot.dot([choice.point], {
          x: "lambda",
          y: "cvRmse",
          r: 5.5,
          symbol: choice.symbol,
          fill: "white",
          stroke: choice.color,
          strokeWidth: 2,
        }),
      ),
    ],
  });
  const terms = drawPlot("Number of non-zero terms against lambda", {
    height: 150,
    marginLeft,
    marginTop: 6,
    x: { ...x, label: lambdaLabel },
    y: {
      label: "non-zero terms",
      domain: [0, Math.max(1, ...points.map((p) => p.nonZero)) * 1.06],
      ticks: 4,
      grid: true,
    },
    marks: [
      ...rules,
      Plot.lineY(points, {
        x: "lambda",
        y: "nonZero",
        stroke: okabeIto.black,
        curve: "step",
        strokeWidth: 1.4,
      }),
    ],
  });

  const legend: LegendEntry[] = [
    {
      label: hasBand ? "CV error and its standard error" : "CV error",
      color: okabeIto.blue,
      dash: "",
      band: hasBand,
    },
  ];
  for (const choice of chosen)
    legend.push({
      label: `${choice.label}: ${symbol} = ${significant(choice.point.lambda, 3)}${lambdaUnit === undefined ? "" : ` ${lambdaUnit}`}, ${count(choice.point.nonZero, "term")}, ${significant(choice.point.cvRmse, 3)} ${energyUnit}`,
      color: choice.color,
      dash: choice.dash,
      symbol: choice.symbol,
    });
  return {
    name: "lambda-path",
    title: `Choice of ${symbol}`,
    caption: `Root mean square error of cross-validation (above) and number of penalised terms that are not zero (below) at ${count(points.length, "value")} of ${symbol}.`,
    legend,
    panels: [{ svg: errors }, { svg: terms }],
    stacked: true,
    csv: toCsv(
      name,
      ["lambda", "cv_rmse", "standard_error", "non_zero", "choice"],
      path.points.map((p, i) => [
        p.lambda,
        p.cvRmse,
        p.standardError,
        p.nonZero,
        chosen
          .filter((choice) => choice.index === i)
          .map((choice) => choice.label)
          .join(" and "),
      ]),
    ),
  };
}
