/** Named curves with error bars: an order parameter against temperature, a mixing enthalpy against composition. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { CurvePlot } from "../curve-model.ts";
import type { Figure } from "../figure.ts";
import { slug } from "../html.ts";
import { distinctSeries, seriesStyle } from "../marks.ts";
import { count, plain, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";
import { errorBars } from "./error-bars.ts";

/** Longer curves are drawn as lines without symbols, and through at most so many of their points. */
const MOST_SYMBOLS = 60;
const MOST_CORNERS = 400;

/**
 * @param size of the picture in pixels, where one panel holds all curves
 * @throws {EcitonError} "shape" for numbers that are not finite
 */
export function curveFigure(curve: CurvePlot, size = { width: 620, height: 360 }): Figure {
  for (const series of curve.series)
    requireFinite(`${curve.title}, ${series.name}`, series.points, ["x", "y", "error"]);
  const all = curve.series.flatMap((series) => series.points);
  const domain = {
    x: paddedRange(all.map((p) => p.x)),
    y: paddedRange(all.flatMap((p) => [p.y - (p.error ?? 0), p.y + (p.error ?? 0)])),
  };
  const groups = Math.max(1, Math.ceil(curve.series.length / distinctSeries));
  // Panels hold about as many curves each, so that those of one cell stay together.
  const perPanel = Math.ceil(curve.series.length / groups);
  const panels = Array.from({ length: groups }, (_, group) => {
    const shown = curve.series.slice(group * perPanel, (group + 1) * perPanel);
    const svg = drawPlot(curve.title, {
      width: groups === 1 ? size.width : 430,
      height: groups === 1 ? size.height : 300,
      x: { label: curve.xLabel, domain: domain.x, ticks: 7, tickFormat: plain },
      y: { label: curve.yLabel, domain: domain.y, grid: true },
      marks: shown.flatMap((series, i) => {
        const style = seriesStyle(i);
        const points = [...series.points].sort((a, b) => a.x - b.x);
        const place = { x: "x", y: "y", stroke: style.color };
        return [
          Plot.lineY(thinned(points), { ...place, strokeWidth: 1.6, strokeDasharray: style.dash || "1 0" }),
          ...errorBars(
            points.filter((p) => (p.error ?? 0) > 0),
            {
              x: "x",
              low: (p) => p.y - p.error!,
              high: (p) => p.y + p.error!,
              stroke: style.color,
              strokeWidth: 1.2,
            },
          ),
          points.length > MOST_SYMBOLS
            ? null
            : Plot.dot(points, { ...place, symbol: style.symbol, r: 3.6, fill: "white", strokeWidth: 1.5 }),
        ];
      }),
    });
    return { svg, title: groups === 1 ? undefined : `${shown[0].name} to ${shown[shown.length - 1].name}` };
  });
  const hasErrors = all.some((p) => p.error !== undefined);
  return {
    name: `curve-${slug(curve.title)}`,
    title: curve.title,
    caption: `${curve.caption === undefined ? "" : `${curve.caption} `}${count(all.length, "point")} in ${count(curve.series.length, "curve")}.${hasErrors ? " Bars: one standard error." : ""}`,
    legend: curve.series.map((series, i) => {
      const { color, dash, symbol } = seriesStyle(i % perPanel);
      const marked = series.points.length <= MOST_SYMBOLS;
      return { label: series.name, color, dash, ...(marked ? { symbol } : {}) };
    }),
    panels,
    csv: toCsv(
      curve.title,
      ["series", "x", "y", "error"],
      curve.series.flatMap((series) => series.points.map((p) => [series.name, p.x, p.y, p.error])),
    ),
  };
}

/** Evenly chosen points, the first and the last among them. */
function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= MOST_CORNERS) return points;
  return Array.from(
    { length: MOST_CORNERS },
    (_, i) => points[Math.round((i * (points.length - 1)) / (MOST_CORNERS - 1))],
  );
}
