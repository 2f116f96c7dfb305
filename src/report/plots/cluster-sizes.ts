/** How many connected groups of each size, a panel for each condition. */
import * as Plot from "@observablehq/plot";
import { EcitonError } from "../../core/errors.ts";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { slug } from "../html.ts";
import { fillDefs, fillId, fillStyle, okabeIto } from "../marks.ts";
import { count, requireFinite } from "../numbers.ts";
import { drawPlot } from "../plot.ts";
import type { ClusterSizes } from "../sampling-model.ts";
import { errorBars } from "./error-bars.ts";

/** @throws {EcitonError} "shape" for numbers that are not finite and for a state without one value a size */
export function clusterSizesFigure(clusters: ClusterSizes): Figure {
  const { title, sizes, states, valueLabel } = clusters;
  const name = `clusters-${slug(title)}`;
  requireFinite(title, states, ["temperature_K"]);
  const bars = states.flatMap(({ condition, temperature_K, values }, i) => {
    if (values.length !== sizes.length)
      throw new EcitonError(
        "shape",
        `${title}, row ${i + 1}: expected ${sizes.length} values, found ${values.length}`,
      );
    requireFinite(`${title}, state ${i + 1}`, values, ["mean", "error"]);
    return values.map(({ mean, error }, size) => ({
      condition,
      temperature_K,
      size: sizes[size],
      mean,
      error,
    }));
  });
  const temperatures = [...new Set(states.map((state) => state.temperature_K))].sort((a, b) => a - b);
  const conditions = [...new Set(states.map((state) => state.condition))];
  const largest = Math.max(0, ...bars.map((bar) => bar.mean + (bar.error ?? 0)));
  return {
    name,
    title,
    caption:
      `One group of bars for each size, one bar for each temperature, from the lowest on the left to the highest. Error bars: one standard error. ${count(states.length, "state")}.` +
      (clusters.note === undefined ? "" : ` ${clusters.note}`),
    legend: temperatures.map((T, i) => ({ label: `${T} K`, color: fillStyle(i).color, fill: i })),
    panels: conditions.map((condition, panel) => ({
      title: condition,
      svg: drawPlot(
        `${title}: ${condition}`,
        {
          width: conditions.length === 1 ? 620 : 440,
          height: 250,
          fx: { domain: sizes, label: "sites in a group", padding: 0.15 },
          x: { type: "band", domain: temperatures.map(String), axis: null, padding: 0.05 },
          y: { label: valueLabel, domain: [0, largest * 1.05 || 1], grid: true, ticks: 5 },
          marks: [
            ...temperatures.map((T, i) =>
              Plot.barY(
                bars.filter((bar) => bar.condition === condition && bar.temperature_K === T && bar.mean > 0),
                {
                  fx: "size",
                  x: () => String(T),
                  y1: 0,
                  y2: "mean",
                  fill: `url(#${fillId(name, i)})`,
                  stroke: okabeIto.black,
                  strokeWidth: 0.7,
                },
              ),
            ),
            ...errorBars(
              bars
                .filter((bar) => bar.condition === condition && (bar.error ?? 0) > 0)
                .map((bar) => ({ ...bar, temperature: String(bar.temperature_K) })),
              {
                fx: "size",
                x: "temperature",
                low: (bar) => Math.max(0, bar.mean - bar.error!),
                high: (bar) => bar.mean + bar.error!,
                stroke: okabeIto.black,
                strokeWidth: 1.1,
              },
            ),
          ],
        },
        panel === 0 ? fillDefs(name, temperatures.length) : "",
      ),
    })),
    csv: toCsv(
      title,
      ["condition", "temperature_K", "size", "mean", "error"],
      bars.map((bar) => [bar.condition, bar.temperature_K, bar.size, bar.mean, bar.error]),
    ),
  };
}
