/**
 * Stacked bars: the share of a species in each layer, against temperature, a group of bars for each concentration
 * (the ceria paper's Fig. 7).
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
  readonly concentration: number;
  readonly temperature: string;
  readonly layer: number;
  readonly low: number;
  readonly high: number;
  readonly error: number | undefined;
}

/** @throws {EcitonError} "shape" for numbers that are not finite and for a state without one fraction a layer */
export function layerOccupationsFigure(occupations: LayerOccupations): Figure {
  const { title, layers, states, concentrationName } = occupations;
  const name = `layers-${slug(title)}`;
  const segments = states.flatMap((state, i) => stack(title, layers.length, state, i + 1));
  const concentrations = [...new Set(states.map((s) => s.concentration))].sort((a, b) => a - b);
  const temperatures = [...new Set(states.map((s) => s.temperature_K))].sort((a, b) => a - b);
  const labels = new Map(states.map((s) => [s.concentration, s.concentrationLabel]));
  const bars = concentrations.length * temperatures.length;

  const svg = drawPlot(
    title,
    {
      width: Math.min(1000, Math.max(360, 90 + 34 * bars)),
      height: 340,
      marginTop: 34,
      fx: {
        domain: concentrations,
        label: null,
        padding: 0.08,
        axis: "top",
        tickFormat: (c: number) => `${concentrationName} = ${labels.get(c)}`,
      },
      x: { type: "band", domain: temperatures.map(String), label: "temperature (K)", padding: 0.15 },
      y: { domain: [0, 1], label: "share in each layer", ticks: 5 },
      marks: [
        ...layers.map((_, layer) =>
          Plot.barY(
            segments.filter((s) => s.layer === layer && s.high > s.low),
            {
              fx: "concentration",
              x: "temperature",
              y1: "low",
              y2: "high",
              fill: `url(#${fillId(name, layer)})`,
              stroke: okabeIto.black,
              strokeWidth: 0.8,
            },
          ),
        ),
        // The error of a layer stands at the upper edge of its segment; the last edge is always 1.
        ...errorBars(
          segments.filter((s) => s.layer < layers.length - 1 && (s.error ?? 0) > 0),
          {
            fx: "concentration",
            x: "temperature",
            low: (s) => Math.max(0, s.high - s.error!),
            high: (s) => Math.min(1, s.high + s.error!),
            stroke: okabeIto.black,
            strokeWidth: 1.5,
          },
        ),
      ],
    },
    fillDefs(name, layers.length),
  );
  const hasErrors = segments.some((s) => s.error !== undefined);
  return {
    name,
    title,
    caption:
      `Share of the species in each layer for ${count(states.length, "state")}: one group of bars for each ${concentrationName}, one bar for each temperature.` +
      (hasErrors
        ? " Error bars: one standard error of the share of the layer whose upper edge they cross."
        : "") +
      (occupations.note === undefined ? "" : ` ${occupations.note}`),
    legend: layers.map((label, layer) => ({ label, color: fillStyle(layer).color, fill: layer })),
    panels: [{ svg }],
    csv: toCsv(
      title,
      ["concentration", "concentration_label", "temperature_K", "layer", "mean", "error"],
      states.flatMap((state) =>
        state.fractions.map((fraction, layer) => [
          state.concentration,
          state.concentrationLabel,
          state.temperature_K,
          layers[layer],
          fraction.mean,
          fraction.error,
        ]),
      ),
    ),
  };
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
  for (const key of ["concentration", "temperature_K"] as const)
    if (!Number.isFinite(state[key])) throw notFinite(title, row, key, state[key]);
  let sum = 0;
  return state.fractions.map(({ mean, error }, layer) => {
    if (!Number.isFinite(mean)) throw notFinite(title, row, "mean", mean);
    if (error !== undefined && !Number.isFinite(error)) throw notFinite(title, row, "error", error);
    const low = sum;
    sum += mean;
    return {
      concentration: state.concentration,
      temperature: String(state.temperature_K),
      layer,
      low,
      high: sum,
      error,
    };
  });
}
