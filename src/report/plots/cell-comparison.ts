/** A quantity in one cell against the same in another one. */
import * as Plot from "@observablehq/plot";
import { agreement, agreementLimits, difference } from "../agreement.ts";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { slug } from "../html.ts";
import { distinctSeries, grey, seriesStyle } from "../marks.ts";
import { count, plain, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";
import type { CellComparison } from "../sampling-model.ts";

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function cellComparisonFigure(comparison: CellComparison): Figure {
  const { title, quantity, unit, cells, points } = comparison;
  points.forEach((point, i) => {
    requireFinite(`${title}, row ${i + 1}`, [point.first, point.second], ["mean", "error"]);
  });
  const groups = [...new Set(points.map((point) => point.group))];
  const drawn = points.map(({ state, group, first, second }) => ({
    state,
    group,
    x: first.mean,
    y: second.mean,
    x1: first.mean - (first.error ?? 0),
    x2: first.mean + (first.error ?? 0),
    y1: second.mean - (second.error ?? 0),
    y2: second.mean + (second.error ?? 0),
  }));
  const differences = points.map((point) => difference(point.first, point.second));
  const domain = paddedRange(drawn.flatMap((p) => [p.x1, p.x2, p.y1, p.y2]));
  const label = unit === undefined ? quantity : `${quantity} (${unit})`;
  // Groups that share a style stand in different panels.
  const parts = Math.max(1, Math.ceil(groups.length / distinctSeries));
  const panels = Array.from({ length: parts }, (_, part) => {
    const here = groups.slice(part * distinctSeries, (part + 1) * distinctSeries);
    return {
      svg: drawPlot(`${title}: ${cells[1]} against ${cells[0]}`, {
        width: 430,
        height: 420,
        x: { label: `${label}, ${cells[0]}`, domain, ticks: 6, tickFormat: plain },
        y: { label: `${label}, ${cells[1]}`, domain, ticks: 6, tickFormat: plain },
        marks: [
          Plot.line(
            domain.map((value) => [value, value]),
            { stroke: grey.middle, strokeDasharray: "4 3" },
          ),
          ...here.flatMap((group, i) => {
            const style = seriesStyle(i);
            const own = drawn.filter((p) => p.group === group);
            const bar = { stroke: style.color, strokeWidth: 1, className: "error-bar" };
            return [
              Plot.ruleX(own, { x: "x", y1: "y1", y2: "y2", ...bar }),
              Plot.ruleY(own, { y: "y", x1: "x1", x2: "x2", ...bar }),
              Plot.dot(own, {
                x: "x",
                y: "y",
                stroke: style.color,
                symbol: style.symbol,
                r: 3.6,
                fill: "white",
                strokeWidth: 1.5,
                title: "state",
              }),
            ];
          }),
        ],
      }),
    };
  });
  const sigmas = drawn.flatMap((point, i) =>
    differences[i].sigmas === undefined ? [] : [{ ...point, place: i + 1, sigmas: differences[i].sigmas }],
  );
  if (parts === 1 && sigmas.length > 0) panels.push({ svg: drawSigmas(title, cells, sigmas, groups) });
  const known = differences.filter((d) => agreement(d) !== "unknown");
  const beyond = known.filter((d) => agreement(d) !== "agrees").length;
  return {
    name: `cells-${slug(title)}`,
    title,
    caption:
      `${count(points.length, "state")}; bars: one standard error; dashed line: equal values.${panels.length === 2 ? ` Right: the differences, ${cells[1]} less ${cells[0]}, in their standard errors, in the order of the CSV file; lines at ${agreementLimits.close} and ${agreementLimits.far}.` : ""} ` +
      `${count(beyond, "difference")} of ${known.length} ${beyond === 1 ? "exceeds" : "exceed"} ${agreementLimits.close} standard errors, where chance alone would let about ${plain(Math.round(0.46 * known.length) / 10)} do so.` +
      (comparison.note === undefined ? "" : ` ${comparison.note}`),
    legend: groups.flatMap((group, i) => {
      const { color, symbol } = seriesStyle(i % distinctSeries);
      return group === undefined ? [] : [{ label: group, color, symbol }];
    }),
    panels,
    csv: toCsv(
      title,
      [
        "state",
        "group",
        "first_cell",
        "first",
        "first_error",
        "second_cell",
        "second",
        "second_error",
        "sigmas",
      ],
      points.map((p, i) => [
        p.state,
        p.group,
        cells[0],
        p.first.mean,
        p.first.error,
        cells[1],
        p.second.mean,
        p.second.error,
        differences[i].sigmas,
      ]),
    ),
  };
}

function drawSigmas(
  title: string,
  cells: CellComparison["cells"],
  points: readonly { place: number; sigmas: number; group: string | undefined; state: string }[],
  groups: readonly (string | undefined)[],
) {
  const { close, far } = agreementLimits;
  const largest = Math.max(far + 1, ...points.map((p) => Math.abs(p.sigmas))) * 1.05;
  return drawPlot(`${title}: differences`, {
    width: 430,
    height: 420,
    x: {
      label: "row of the CSV file",
      domain: paddedRange(points.map((p) => p.place)),
      ticks: 6,
      tickFormat: plain,
    },
    y: {
      label: `(${cells[1]} − ${cells[0]}) / standard error`,
      domain: [-largest, largest],
      ticks: 8,
      tickFormat: plain,
    },
    marks: [
      Plot.ruleY([0], { stroke: grey.middle }),
      Plot.ruleY([-close, close], { stroke: grey.middle, strokeDasharray: "4 3" }),
      Plot.ruleY([-far, far], { stroke: grey.middle, strokeDasharray: "1 3" }),
      ...groups.map((group, i) =>
        Plot.dot(
          points.filter((p) => p.group === group),
          {
            x: "place",
            y: "sigmas",
            symbol: seriesStyle(i).symbol,
            stroke: seriesStyle(i).color,
            fill: "white",
            r: 3.4,
            strokeWidth: 1.5,
            title: "state",
          },
        ),
      ),
    ],
  });
}
