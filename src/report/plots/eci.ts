/**
 * ECIs with their intervals: one-body terms by name, the others against cluster diameter. Clusters that the data
 * never contain are marked below.
 */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure, LegendEntry } from "../figure.ts";
import type { Markup } from "../html.ts";
import { grey, okabeIto, type SeriesStyle, seriesStyle } from "../marks.ts";
import type { EciRow, FitSummary } from "../model.ts";
import { count, notFinite, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";
import { errorBars } from "./error-bars.ts";
import { placeLabels } from "./labels.ts";

type Unsampled = NonNullable<FitSummary["unsampled"]>;

interface DrawnEci {
  readonly row: EciRow;
  /** Position on the x axis: the diameter, moved a little where several clusters share it; or the rank. */
  readonly x: number;
  readonly low: number;
  readonly high: number;
  readonly style: SeriesStyle;
}

/** Most labels that are tried; the strongest interactions come first. */
const labelledClusters = 30;

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function eciFigure(ecis: readonly EciRow[], unsampled: Unsampled, eciUnit: string): Figure {
  const name = "ECIs";
  requireFinite(name, ecis, ["points", "diameter_A", "value", "standardError", "known"]);
  requireFinite(`${name}, unsampled clusters`, unsampled, ["points", "diameter_A"]);
  ecis.forEach((row, i) => {
    if (row.interval?.some((edge) => !Number.isFinite(edge)))
      throw notFinite(name, i + 1, "interval", row.interval);
  });
  // The constant term has no diameter, and its size says nothing of the interactions.
  const orders = [...new Set(ecis.map((row) => row.points))].filter((n) => n > 0).sort((a, b) => a - b);
  const drawn = (row: EciRow, x: number): DrawnEci => {
    const [low, high] = row.interval ?? [row.value, row.value];
    return { row, x, low, high, style: seriesStyle(orders.indexOf(row.points)) };
  };
  const one = ecis.filter((row) => row.points === 1).map(drawn);
  const many = spread(ecis.filter((row) => row.points > 1)).map(({ row, x }) => drawn(row, x));
  const panels: Figure["panels"][number][] = [];
  if (one.length > 0) panels.push({ title: "One-body terms", svg: oneBodyPanel(one, eciUnit) });
  if (many.length > 0 || unsampled.length > 0)
    panels.push({
      title: one.length > 0 ? "Larger clusters" : undefined,
      svg: manyBodyPanel(many, unsampled, eciUnit),
    });

  const legend: LegendEntry[] = orders.map((points, i) => ({
    label: `${count(points, "point")} (${ecis.filter((row) => row.points === points).length})`,
    color: seriesStyle(i).color,
    symbol: seriesStyle(i).symbol,
  }));
  if (ecis.some((row) => row.interval !== undefined))
    legend.push({ label: "95 % bootstrap interval", color: okabeIto.black, dash: "" });
  if (ecis.some((row) => row.known !== undefined))
    legend.push({ label: "known value", color: okabeIto.black, symbol: "plus" });
  const never =
    unsampled.length === 0
      ? ""
      : ` Strokes along the bottom stand at the diameters of ${count(unsampled.length, "cluster")} that no structure of the data contains: nothing is known of their ECIs.`;
  return {
    name: "ecis",
    title: "ECIs against cluster diameter",
    caption: `Energy of one instance of each of ${count(one.length + many.length, "cluster")}; the diameter is the largest distance between two of its sites, and clusters that share it are drawn side by side.${never}`,
    legend,
    panels,
    csv: eciCsv(name, ecis, unsampled),
  };
}

/** Moves clusters of one diameter apart, at most 0.16 Å to each side. */
function spread(rows: readonly EciRow[]): { row: EciRow; x: number }[] {
  const groups = new Map<string, EciRow[]>();
  for (const row of rows) {
    const key = row.diameter_A.toFixed(2);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const step = Math.min(0.11, 0.32 / Math.max(1, group.length - 1));
    return group.map((row, i) => ({ row, x: row.diameter_A + step * (i - (group.length - 1) / 2) }));
  });
}

function oneBodyPanel(ecis: readonly DrawnEci[], eciUnit: string): Markup {
  const every = Math.ceil(ecis.length / 8);
  return drawPlot("ECIs of the one-body terms", {
    width: 270,
    height: 400,
    x: {
      domain: [-0.6, ecis.length - 0.4],
      ticks: ecis.flatMap((_, i) => (i % every === 0 ? [i] : [])),
      tickFormat: (i: number) => ecis[i]?.row.label ?? "",
      label: "site",
    },
    y: { domain: energyRange(ecis), label: `ECI (${eciUnit})`, grid: true },
    marks: eciMarks(ecis),
  });
}

function manyBodyPanel(ecis: readonly DrawnEci[], unsampled: Unsampled, eciUnit: string): Markup {
  const size = { width: 620, height: 400, marginLeft: 62, marginRight: 16, marginTop: 14, marginBottom: 44 };
  const diameters = [...ecis.map((e) => e.x), ...unsampled.map((u) => u.diameter_A)];
  const [left, right] = paddedRange(diameters, 0.07);
  const [low, high] = energyRange(ecis);
  // Room below for the strokes of unsampled clusters.
  const lane = unsampled.length === 0 ? 0 : (high - low) * 0.09;
  const bottom = low - lane;
  const frame = {
    left: size.marginLeft,
    right: size.width - size.marginRight,
    top: size.marginTop,
    bottom: size.height - size.marginBottom,
  };
  const toX = (x: number) => frame.left + ((x - left) / (right - left)) * (frame.right - frame.left);
  const toY = (y: number) => frame.bottom - ((y - bottom) / (high - bottom)) * (frame.bottom - frame.top);
  const strongest = [...ecis]
    .sort((a, b) => Math.abs(b.row.value) - Math.abs(a.row.value))
    .slice(0, labelledClusters);
  const labels = placeLabels(
    strongest.map((e) => ({ x: toX(e.x), y: toY(e.row.value), text: e.row.label })),
    ecis.map((e) => ({
      left: toX(e.x) - 5,
      right: toX(e.x) + 5,
      top: toY(e.high) - 3,
      bottom: toY(e.low) + 3,
    })),
    frame,
    11,
  );
  return drawPlot("ECIs against cluster diameter", {
    ...size,
    x: { domain: [left, right], label: "cluster diameter (Å)" },
    y: { domain: [bottom, high], label: `ECI (${eciUnit})`, grid: true },
    marks: [
      Plot.ruleX(unsampled, {
        x: "diameter_A",
        y1: () => bottom,
        y2: () => bottom + 0.6 * lane,
        stroke: okabeIto.black,
        title: "label",
      }),
      ...eciMarks(ecis),
      ...(["start", "middle", "end"] as const).map((textAnchor) =>
        Plot.text(
          labels.filter((label) => label.anchor === textAnchor),
          {
            // Back from pixels to data, which is what a mark is given.
            x: (label) => left + ((label.x - frame.left) / (frame.right - frame.left)) * (right - left),
            y: (label) => bottom + ((frame.bottom - label.y) / (frame.bottom - frame.top)) * (high - bottom),
            text: (label) => strongest[label.index].row.label,
            textAnchor,
            lineAnchor: "bottom",
            fontSize: 11,
            fill: grey.text,
          },
        ),
      ),
    ],
  });
}

function energyRange(ecis: readonly DrawnEci[]): [number, number] {
  return paddedRange([0, ...ecis.flatMap((e) => [e.low, e.high, e.row.known ?? e.row.value])], 0.08);
}

function eciMarks(ecis: readonly DrawnEci[]): Plot.Markish[] {
  const styles = [...new Set(ecis.map((e) => e.style))];
  return [
    Plot.ruleY([0], { stroke: grey.middle }),
    ...errorBars(
      ecis.filter((e) => e.row.interval !== undefined),
      { x: "x", low: (e) => e.low, high: (e) => e.high, stroke: okabeIto.black, strokeWidth: 1.2 },
    ),
    ...styles.map((style) =>
      Plot.dot(
        ecis.filter((e) => e.style === style),
        {
          x: "x",
          y: (e) => e.row.value,
          r: 4,
          symbol: style.symbol,
          stroke: style.color,
          fill: "white",
          strokeWidth: 1.8,
          title: (e) => e.row.label,
        },
      ),
    ),
    Plot.dot(
      ecis.filter((e) => e.row.known !== undefined),
      { x: "x", y: (e) => e.row.known, symbol: "plus", r: 4, stroke: okabeIto.black, strokeWidth: 1.5 },
    ),
  ];
}

function eciCsv(name: string, ecis: readonly EciRow[], unsampled: Unsampled): string {
  return toCsv(
    name,
    [
      "cluster",
      "points",
      "diameter_A",
      "multiplicity",
      "value",
      "standard_error",
      "low",
      "high",
      "known",
      "sampled",
    ],
    [
      ...ecis.map((row) => [
        row.label,
        row.points,
        row.diameter_A,
        row.multiplicity,
        row.value,
        row.standardError,
        row.interval?.[0],
        row.interval?.[1],
        row.known,
        true,
      ]),
      ...unsampled.map((row) => [row.label, row.points, row.diameter_A, ...Array(6).fill(undefined), false]),
    ],
  );
}
