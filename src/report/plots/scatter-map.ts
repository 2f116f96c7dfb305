/** Points of several sets in one plane, each set with a colour and a symbol of its own. */
import * as Plot from "@observablehq/plot";
import type { ScatterMap } from "../atoms-model.ts";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { slug } from "../html.ts";
import { distinctSeries, seriesStyle } from "../marks.ts";
import { count, plain, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";

/** More points of a set hide each other, and make the page large. */
const MOST_DRAWN = 1500;

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function scatterMapFigure(map: ScatterMap): Figure {
  for (const { name, points } of map.series) requireFinite(`${map.title}, ${name}`, points, ["x", "y"]);
  const all = map.series.flatMap(({ points }) => points);
  const shown = map.series.map(({ points }) => evenly(points));
  const left = all.length - shown.reduce((sum, points) => sum + points.length, 0);
  const svg = drawPlot(map.title, {
    width: 620,
    height: 460,
    x: { label: map.xLabel, domain: paddedRange(all.map((p) => p.x)), tickFormat: plain, grid: true },
    y: { label: map.yLabel, domain: paddedRange(all.map((p) => p.y)), tickFormat: plain, grid: true },
    marks: shown.map((points, i) => {
      const { color, symbol } = seriesStyle(i);
      // The first sets are the large ones as a rule: they lie below, and pale.
      return Plot.dot(points, {
        x: "x",
        y: "y",
        stroke: color,
        symbol,
        r: 2.2,
        strokeWidth: 0.9,
        strokeOpacity: 0.7,
      });
    }),
  });
  const notes = [
    ...(left > 0 ? [`${count(left, "more point")} are in the table.`] : []),
    ...(map.series.length > distinctSeries ? ["Colours and symbols repeat."] : []),
  ];
  return {
    name: `map-${slug(map.title)}`,
    title: map.title,
    caption: [map.caption, `${count(all.length, "point")}.`, ...notes].join(" "),
    legend: map.series.map(({ name }, i) => {
      const { color, symbol } = seriesStyle(i);
      return { label: name, color, symbol };
    }),
    panels: [{ svg }],
    csv: toCsv(
      map.title,
      ["set", "x", "y"],
      map.series.flatMap(({ name, points }) => points.map(({ x, y }) => [name, x, y])),
    ),
  };
}

function evenly<Point>(points: readonly Point[]): readonly Point[] {
  const every = Math.ceil(points.length / MOST_DRAWN);
  return every <= 1 ? points : points.filter((_, i) => i % every === 0);
}
