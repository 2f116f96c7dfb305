/** Active learning: how the error of new minima fell, and whether disagreement foretells errors. */
import * as Plot from "@observablehq/plot";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import type { DoubtPoint, LearningRound, LearningSummary } from "../learning-model.ts";
import { distinctSeries, grey, okabeIto, seriesStyle } from "../marks.ts";
import { count, requireFinite } from "../numbers.ts";
import { drawPlot, logAxis } from "../plot.ts";

interface ErrorPoint {
  readonly round: number;
  readonly name: string;
  readonly error: number;
}

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function roundErrorsFigure(rounds: readonly LearningRound[], target: number): Figure {
  const points = rounds.flatMap(({ round, error_meV, systems }): ErrorPoint[] => [
    ...(error_meV === undefined ? [] : [{ round, name: "all", error: error_meV }]),
    ...(systems.length < 2
      ? []
      : systems.flatMap((one) =>
          one.error_meV === undefined ? [] : [{ round, name: one.name, error: one.error_meV }],
        )),
  ]);
  requireFinite("round-errors", points, ["round", "error"]);
  const names = [...new Set(points.map(({ name }) => name))].slice(0, distinctSeries);
  // A logarithm has no zero.
  const shown = points.filter(({ error }) => error > 0);
  const numbers = rounds.map(({ round }) => round);
  return {
    name: "round-errors",
    title: "Error of new minima, round by round",
    caption:
      "Root mean square error of the energies of minima that each round's potential found, before it was trained with them. " +
      "Dashed: the target.",
    legend: [
      ...names.map((label, i) => ({ label, color: seriesStyle(i).color, symbol: seriesStyle(i).symbol })),
      { label: "target", color: grey.middle, dash: "4 3" },
    ],
    panels: [
      {
        svg: drawPlot("Error of minima against the round", {
          marginLeft: 84,
          x: {
            label: "round",
            domain: [Math.min(...numbers) - 0.5, Math.max(...numbers) + 0.5],
            ticks: numbers.length,
            tickFormat: "d",
          },
          y: {
            label: "RMSE of energies (meV/atom)",
            grid: true,
            ...logAxis([target, ...shown.map(({ error }) => error)]),
          },
          marks: [
            Plot.ruleY([target], { stroke: grey.middle, strokeDasharray: "4 3" }),
            ...names.flatMap((name, i) => {
              const own = shown.filter((point) => point.name === name);
              const { color, dash, symbol } = seriesStyle(i);
              return [
                Plot.lineY(own, { x: "round", y: "error", stroke: color, strokeDasharray: dash || "1 0" }),
                Plot.dot(own, { x: "round", y: "error", stroke: color, symbol, r: 3.6, fill: "white" }),
              ];
            }),
          ],
        }),
      },
    ],
    csv: toCsv(
      "round-errors",
      ["round", "system", "energy_rmse_meV_per_atom"],
      points.map(({ round, name, error }) => [round, name, error]),
    ),
  };
}

/** @throws {EcitonError} "shape" for numbers that are not finite */
export function doubtFigure(points: readonly DoubtPoint[], trust: LearningSummary["trust"]): Figure {
  requireFinite("doubts", points, ["round", "deviation", "error"]);
  const shown = points.filter(({ deviation, error }) => deviation > 0 && error > 0);
  const all = shown.flatMap(({ deviation, error }) => [deviation, error]);
  const axis = logAxis([trust.low, trust.high, ...all]);
  const low = Math.min(trust.low, ...all);
  const high = Math.max(trust.high, ...all);
  return {
    name: "doubts",
    title: "Disagreement of the committee and its error",
    caption:
      `${count(points.length, "labeled structure")} of all rounds, with the committee of the round that found them: the largest standard ` +
      "deviation of a force component among the members, and the largest error of one of their mean. Vertical: the limits of trust. " +
      "Far above the dashed line the committee is wrong without knowing it.",
    legend: [
      { label: "structure", color: okabeIto.blue, symbol: "circle" },
      { label: "error equal to deviation", color: grey.middle, dash: "4 3" },
      { label: "limits of trust", color: okabeIto.vermillion, dash: "2 2" },
    ],
    panels: [
      {
        svg: drawPlot("Error against deviation of forces", {
          width: 454,
          height: 400,
          x: { label: "deviation (eV/Å)", ...axis },
          y: { label: "error (eV/Å)", grid: true, ...axis },
          marks: [
            Plot.line(
              [
                [low, low],
                [high, high],
              ],
              { stroke: grey.middle, strokeDasharray: "4 3" },
            ),
            Plot.ruleX([trust.low, trust.high], { stroke: okabeIto.vermillion, strokeDasharray: "2 2" }),
            Plot.dot(shown, {
              x: "deviation",
              y: "error",
              r: 1.8,
              stroke: okabeIto.blue,
              strokeOpacity: 0.6,
            }),
          ],
        }),
      },
    ],
    csv: toCsv(
      "doubts",
      ["round", "deviation_eV_per_A", "error_eV_per_A"],
      points.map(({ round, deviation, error }) => [round, deviation, error]),
    ),
  };
}
