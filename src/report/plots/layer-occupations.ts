/**
 * Stacked bars: the share of a species in each layer, against temperature, a group of bars for each condition and
 * a panel for each cell (the ceria paper's Figs. 7 and S17).
 */
import * as Plot from "@observablehq/plot";
import { EcitonError } from "../../core/errors.ts";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { slug } from "../html.ts";
import { fillDefs, fillId, fillStyle, okabeIto } from "../marks.ts";
import type { LayerOccupations } from "../model.ts";
import { count, notFinite } from "../numbers.ts";
import { drawPlot } from "../plot.ts";
import { errorBars } from "./error-bars.ts";

interface Segment {
  readonly cell: string | undefined;
  readonly condition: number;
  readonly temperature: string;
  readonly layer: number;
  readonly low: number;
  readonly high: number;
  readonly error: number | undefined;
}

/** @throws {EcitonError} "shape" for numbers that are not finite and for a state without one fraction a layer */
export function layerOccupationsFigure(occupations: LayerOccupations): Figure {
  const { title, layers, states, conditionName } = occupations;
  const name = `layers-${slug(title)}`;
  const segments = states.flatMap((state, i) => stack(title, layers.length, state, i + 1));
  const conditions = [...new Set(states.map((s) => s.condition))].sort((a, b) => a - b);
  const temperatures = [...new Set(states.map((s) => s.temperature_K))].sort((a, b) => a - b);
  const labels = new Map(states.map((s) => [s.condition, s.conditionLabel]));
  const bars = conditions.length * temperatures.length;
  const cells = [...new Set(states.map((s) => s.cell))];

  // Every panel has the same axes, so that bars of one state stand over each other.
  const panels = cells.map((cell, panel) => ({
    title: cell,
    svg: drawPlot(
      cell === undefined ? title : `${title}, ${cell}`,
      {
        width: Math.min(1000, Math.max(360, 90 + 34 * bars)),
        height: cells.length === 1 ? 340 : 280,
        marginTop: 34,
        fx: {
          domain: conditions,
          label: null,
          padding: 0.08,
          axis: "top",
          tickFormat: (c: number) => conditionText(labels.get(c)!, conditionName),
        },
        x: { type: "band", domain: temperatures.map(String), label: "temperature (K)", padding: 0.15 },
        y: { domain: [0, 1], label: "share in each layer", ticks: 5 },
        marks: stackedBars(
          segments.filter((s) => s.cell === cell),
          layers.length,
          name,
        ),
      },
      // One set of hatches serves all panels of the figure.
      panel === 0 ? fillDefs(name, layers.length) : "",
    ),
  }));
  const hasErrors = segments.some((s) => s.error !== undefined);
  return {
    name,
    title,
    caption:
      `Share of the species in each layer for ${count(states.length, "state")}: one group of bars for each ${conditionName ?? "condition"}, one bar for each temperature${cells.length > 1 ? ", one panel for each cell" : ""}.` +
      (hasErrors
        ? " Error bars: one standard error of the share of the layer whose upper edge they cross."
        : "") +
      (occupations.note === undefined ? "" : ` ${occupations.note}`),
    legend: layers.map((label, layer) => ({ label, color: fillStyle(layer).color, fill: layer })),
    panels,
    stacked: true,
    csv: toCsv(
      title,
      ["cell", "condition", "condition_value", "temperature_K", "layer", "share", "error"],
      states.flatMap((state) =>
        state.fractions.map((fraction, layer) => [
          state.cell,
          conditionText(state.conditionLabel, conditionName),
          state.condition,
          state.temperature_K,
          layers[layer],
          fraction.mean,
          fraction.error,
        ]),
      ),
    ),
  };
}

function stackedBars(segments: readonly Segment[], layerCount: number, figure: string): Plot.Markish[] {
  return [
    ...Array.from({ length: layerCount }, (_, layer) =>
      Plot.barY(
        segments.filter((s) => s.layer === layer && s.high > s.low),
        {
          fx: "condition",
          x: "temperature",
          y1: "low",
          y2: "high",
          fill: `url(#${fillId(figure, layer)})`,
          stroke: okabeIto.black,
          strokeWidth: 0.8,
        },
      ),
    ),
    // The error of a layer stands at the upper edge of its segment; the last edge is always 1.
    ...errorBars(
      segments.filter((s) => s.layer < layerCount - 1 && (s.error ?? 0) > 0),
      {
        fx: "condition",
        x: "temperature",
        low: (s) => Math.max(0, s.high - s.error!),
        high: (s) => Math.min(1, s.high + s.error!),
        stroke: okabeIto.black,
        strokeWidth: 1.5,
      },
    ),
  ];
}

function conditionText(label: string, name: string | undefined): string {
  return name === undefined ? label : `${name} = ${label}`;
}

function stack(
  title: string,
  layerCount: number,
  state: LayerOccupations["states"][number],
  row: number,
): Segment[] {
  if (state.fractions.length !== layerCount)
    throw new EcitonError(
      "shape",
      `${title}, row ${row}: expected ${layerCount} fractions, found ${state.fractions.length}`,
    );
  for (const key of ["condition", "temperature_K"] as const)
    if (!Number.isFinite(state[key])) throw notFinite(title, row, key, state[key]);
  let sum = 0;
  return state.fractions.map(({ mean, error }, layer) => {
    if (!Number.isFinite(mean)) throw notFinite(title, row, "mean", mean);
    if (error !== undefined && !Number.isFinite(error)) throw notFinite(title, row, "error", error);
    const low = sum;
    sum += mean;
    return {
      cell: state.cell,
      condition: state.condition,
      temperature: String(state.temperature_K),
      layer,
      low,
      high: sum,
      error,
    };
  });
}
