/** Predicted against reference energies, and violins of the residuals beside them. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure, LegendEntry } from "../figure.ts";
import type { Markup } from "../html.ts";
import { grey, okabeIto } from "../marks.ts";
import type { ParityPoint } from "../model.ts";
import { count, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";
import { violin } from "./violin.ts";

const training = { color: okabeIto.blue, symbol: "circle" } as const;
const cv = { color: okabeIto.vermillion, symbol: "times" } as const;

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function parityFigure(points: readonly ParityPoint[], energyUnit: string): Figure {
  const name = "parity";
  requireFinite(name, points, ["reference", "training", "cv"]);
  const withCv = points.filter((p): p is ParityPoint & { cv: number } => p.cv !== undefined);
  const legend: LegendEntry[] = [
    { label: `training (${points.length})`, ...training },
    ...(withCv.length === 0 ? [] : [{ label: `cross-validation (${withCv.length})`, ...cv }]),
    { label: "perfect agreement", color: grey.middle, dash: "4 3" },
  ];
  const sets = [
    { label: "training", residuals: points.map((p) => p.training - p.reference), color: training.color },
    {
      label: "cross-validation",
      residuals: withCv.map((p) => p.cv - p.reference),
      color: cv.color,
    },
  ].filter((set) => set.residuals.length > 0);
  return {
    name: "parity",
    title: "Predictions against the data",
    caption:
      `Left: predicted against reference energy of ${count(points.length, "structure")}. Right: distribution of the ` +
      "residuals (prediction − reference); white dot: median, bar: quartiles, thin line: extremes, area: density.",
    legend,
    panels: [{ svg: scatter(points, withCv, energyUnit) }, { svg: violins(sets, energyUnit) }],
    csv: toCsv(
      name,
      ["structure", "reference", "training", "cv", "training_residual", "cv_residual"],
      points.map((p) => [
        p.name,
        p.reference,
        p.training,
        p.cv,
        p.training - p.reference,
        p.cv === undefined ? undefined : p.cv - p.reference,
      ]),
    ),
  };
}

function scatter(
  points: readonly ParityPoint[],
  withCv: readonly (ParityPoint & { cv: number })[],
  energyUnit: string,
): Markup {
  const domain = paddedRange(points.flatMap((p) => [p.reference, p.training, p.cv ?? p.training]));
  const side = { domain, nice: false, grid: true, ticks: 6 };
  return drawPlot("Predicted against reference energy", {
    // With these margins the frame is a square.
    width: 454,
    height: 420,
    marginLeft: 76,
    x: { ...side, label: `reference energy (${energyUnit})` },
    y: { ...side, label: `predicted energy (${energyUnit})` },
    marks: [
      Plot.line(
        [domain, domain].map((d, i) => [d[i], d[i]]),
        { stroke: grey.middle, strokeDasharray: "4 3" },
      ),
      Plot.dot(points, {
        x: "reference",
        y: "training",
        r: 3.2,
        symbol: training.symbol,
        stroke: training.color,
        strokeWidth: 1.2,
        title: "name",
      }),
      Plot.dot(withCv, {
        x: "reference",
        y: "cv",
        r: 2.4,
        symbol: cv.symbol,
        stroke: cv.color,
        strokeWidth: 1.2,
        title: "name",
      }),
    ],
  });
}

interface ResidualSet {
  readonly label: string;
  readonly residuals: readonly number[];
  readonly color: string;
}

function violins(sets: readonly ResidualSet[], energyUnit: string): Markup {
  const marks: Plot.Markish[] = [Plot.ruleY([0], { stroke: grey.middle, strokeDasharray: "4 3" })];
  const shapes = sets.map((set) => violin(set.residuals));
  sets.forEach((set, i) => {
    const shape = shapes[i];
    // Violins have the same greatest width, not the same area: the shape is what is compared.
    const widest = Math.max(0, ...shape.density);
    const outline = shape.at.map((y, k) => ({ y, half: (0.38 * shape.density[k]) / widest }));
    if (outline.length > 0)
      marks.push(
        Plot.areaX(outline, {
          y: "y",
          x1: (d: { half: number }) => i - d.half,
          x2: (d: { half: number }) => i + d.half,
          fill: set.color,
          fillOpacity: 0.3,
          stroke: set.color,
        }),
      );
    marks.push(
      Plot.ruleX([shape], { x: () => i, y1: "minimum", y2: "maximum", stroke: okabeIto.black }),
      Plot.ruleX([shape], {
        x: () => i,
        y1: "lowerQuartile",
        y2: "upperQuartile",
        stroke: okabeIto.black,
        strokeWidth: 7,
      }),
      Plot.dot([shape], { x: () => i, y: "median", r: 3, fill: "white", stroke: okabeIto.black }),
    );
  });
  return drawPlot("Violins of the residuals", {
    width: 340,
    height: 420,
    x: {
      type: "linear",
      domain: [-0.5, Math.max(0.5, sets.length - 0.5)],
      ticks: sets.map((_, i) => i),
      tickFormat: (i: number) => sets[i]?.label ?? "",
      label: null,
    },
    y: {
      label: `residual (${energyUnit})`,
      domain: paddedRange(
        sets.length === 0 ? [] : [0, ...shapes.flatMap((shape) => [shape.minimum, shape.maximum])],
      ),
      grid: true,
    },
    marks,
  });
}
