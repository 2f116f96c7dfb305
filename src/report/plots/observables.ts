/** Each observable against temperature, a small panel each, a line for each condition and cell. */
import * as Plot from "@observablehq/plot";
import { EcitonError } from "../../core/errors.ts";
import { toCsv } from "../csv.ts";
import type { Figure, LegendEntry } from "../figure.ts";
import { slug } from "../html.ts";
import { distinctSeries, type SeriesStyle, seriesStyle } from "../marks.ts";
import { count, plain, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";
import type { Observable, ObservedState } from "../sampling-model.ts";
import { errorBars } from "./error-bars.ts";

/** What cells differ in beside the conditions' colours and symbols. */
const cellDashes = ["", "6 3", "2 2", "9 3 2 3"];

interface Series {
  readonly name: string;
  readonly condition: string;
  readonly cell: string;
  readonly style: SeriesStyle;
  /** Symbols of the first cell are filled. */
  readonly filled: boolean;
}

/**
 * Figures of a group of observables: one, or several where there are more conditions than can be told apart.
 * @param chosen positions of the observables in the states' values
 * @throws {EcitonError} "shape" for numbers that are not finite and for states without one entry an observable
 */
export function observablesFigures(
  title: string,
  observables: readonly Observable[],
  chosen: readonly number[],
  states: readonly ObservedState[],
): Figure[] {
  checkStates(observables, states);
  const conditions = [...new Set(states.map((state) => state.condition))];
  const cells = [...new Set(states.map((state) => state.cell))];
  const parts = Math.ceil(conditions.length / distinctSeries);
  return Array.from({ length: parts }, (_, part) => {
    const shown = conditions.slice(part * distinctSeries, (part + 1) * distinctSeries);
    const here = states.filter((state) => shown.includes(state.condition));
    const series = shown.flatMap((condition, i) =>
      cells.map((cell, c): Series => {
        const name = cells.length === 1 ? condition : `${condition}, ${cell}`;
        const style = { ...seriesStyle(i), dash: cellDashes[c % cellDashes.length] };
        return { name, condition, cell, style, filled: c === 0 && cells.length > 1 };
      }),
    );
    const used = series.filter((s) => here.some((h) => h.condition === s.condition && h.cell === s.cell));
    return {
      name: `observables-${slug(title)}`,
      title: parts === 1 ? title : `${title}: ${shown[0]} to ${shown[shown.length - 1]}`,
      caption:
        `${count(chosen.length, "observable")} in ${count(here.length, "state")}. Bars: one standard error.` +
        (here.some((state) => state.equilibrated === false)
          ? " Crossed out: states that had not reached equilibrium."
          : ""),
      legend: used.map(({ name, style, filled }): LegendEntry => ({ label: name, ...style, filled })),
      panels: chosen.map((index) => ({
        title: panelTitle(observables[index]),
        svg: drawObservable(observables[index], index, here, used),
      })),
      small: true,
      csv: toCsv(
        title,
        ["observable", "unit", "condition", "cell", "temperature_K", "mean", "error", "equilibrated"],
        chosen.flatMap((index) =>
          here
            .filter((state) => state.values[index] !== undefined)
            .map((state) => [
              observables[index].name,
              observables[index].unit,
              state.condition,
              state.cell,
              state.temperature_K,
              state.values[index]!.mean,
              state.values[index]!.error,
              state.equilibrated,
            ]),
        ),
      ),
    };
  });
}

function panelTitle({ name, unit }: Observable): string {
  return unit === undefined ? name : `${name} (${unit})`;
}

function checkStates(observables: readonly Observable[], states: readonly ObservedState[]): void {
  requireFinite("observations", states, ["temperature_K"]);
  states.forEach((state, row) => {
    if (state.values.length !== observables.length)
      throw new EcitonError(
        "shape",
        `observations, row ${row + 1}: expected ${observables.length} values, found ${state.values.length}`,
      );
    state.values.forEach((value, i) => {
      if (value !== undefined)
        requireFinite(`observations, row ${row + 1}, ${observables[i].name}`, [value], ["mean", "error"]);
    });
  });
}

function drawObservable(
  { name }: Observable,
  index: number,
  states: readonly ObservedState[],
  series: readonly Series[],
) {
  const points = states.flatMap((state) => {
    const value = state.values[index];
    if (value === undefined) return [];
    const { condition, cell, temperature_K, equilibrated } = state;
    const error = value.error ?? 0;
    const at = { condition, cell, temperature_K, settled: equilibrated !== false };
    return [{ ...at, mean: value.mean, error, low: value.mean - error, high: value.mean + error }];
  });
  const unsettled = points.filter((point) => !point.settled);
  return drawPlot(`${name} against temperature`, {
    width: 300,
    height: 200,
    marginRight: 10,
    marginLeft: 50,
    marginTop: 8,
    x: {
      label: "temperature (K)",
      domain: paddedRange(states.map((state) => state.temperature_K)),
      ticks: 4,
      tickFormat: plain,
    },
    y: {
      label: null,
      domain: paddedRange(points.flatMap((point) => [point.low, point.high])),
      ticks: 4,
      tickFormat: plain,
      grid: true,
    },
    marks: [
      ...series.flatMap(({ condition, cell, style, filled }) => {
        const here = points
          .filter((point) => point.condition === condition && point.cell === cell)
          .sort((a, b) => a.temperature_K - b.temperature_K);
        const place = { x: "temperature_K", y: "mean", stroke: style.color } as const;
        return [
          Plot.lineY(here, { ...place, strokeWidth: 1.3, strokeDasharray: style.dash || "1 0" }),
          ...errorBars(
            here.filter((point) => point.error > 0),
            {
              x: "temperature_K",
              low: (point) => point.low,
              high: (point) => point.high,
              stroke: style.color,
              strokeWidth: 1,
            },
          ),
          Plot.dot(here, {
            ...place,
            symbol: style.symbol,
            r: 2.8,
            fill: filled ? style.color : "white",
            strokeWidth: 1.3,
          }),
        ];
      }),
      Plot.dot(unsettled, {
        x: "temperature_K",
        y: "mean",
        symbol: "times",
        r: 5.5,
        stroke: "#000",
        strokeWidth: 1.2,
        className: "unsettled",
      }),
    ],
  });
}
