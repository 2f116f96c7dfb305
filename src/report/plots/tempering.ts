/** Parallel tempering: accepted exchanges between neighbouring temperatures, and the flow of replicas. */
import * as Plot from "@observablehq/plot";
import { EcitonError } from "../../core/errors.ts";
import { toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { grey, okabeIto } from "../marks.ts";
import { count, plain, requireFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";
import type { TemperingRun } from "../sampling-model.ts";

/** @throws {EcitonError} "shape" for numbers that are not finite and for lists that do not fit together */
export function temperingFigure(runs: readonly TemperingRun[]): Figure {
  for (const run of runs) checkRun(run);
  return {
    name: "tempering",
    title: "Exchanges of replicas",
    caption: `${count(runs.length, "ladder")} of temperatures. Bars: share of the attempted exchanges between two neighbouring temperatures that were accepted. Points: of the replicas that pass a temperature, the share that came from the lowest one; the dashed line, with equal steps from rung to rung, is best, a sudden fall shows where replicas get stuck.`,
    panels: runs.flatMap((run) => [
      { title: run.name, svg: drawExchanges(run) },
      ...(run.flow === undefined ? [] : [{ title: run.name, svg: drawFlow(run, run.flow) }]),
    ]),
    csv: toCsv(
      "tempering",
      ["ladder", "temperature_K", "next_temperature_K", "attempted", "accepted", "flow"],
      runs.flatMap((run) =>
        run.temperatures_K.map((T, i) => [
          run.name,
          T,
          run.temperatures_K[i + 1],
          run.exchanges[i]?.attempted,
          run.exchanges[i]?.accepted,
          run.flow?.[i],
        ]),
      ),
    ),
  };
}

function checkRun({ name, temperatures_K, exchanges, flow }: TemperingRun): void {
  const where = `tempering, ${name}`;
  const rungs = temperatures_K.length;
  if (exchanges.length !== rungs - 1 || (flow !== undefined && flow.length !== rungs))
    throw new EcitonError(
      "shape",
      `${where}: expected ${rungs - 1} exchanges and ${rungs} values of the flow for ${rungs} temperatures, found ${exchanges.length} and ${flow?.length ?? "none"}`,
    );
  requireFinite(where, exchanges, ["attempted", "accepted"]);
  requireFinite(
    where,
    temperatures_K.map((temperature_K, i) => ({ temperature_K, flow: flow?.[i] })),
    ["temperature_K", "flow"],
  );
}

function drawExchanges({ name, temperatures_K, exchanges }: TemperingRun) {
  // Nothing was attempted: 0/0 is not drawn, and the gap shows it.
  const bars = exchanges.flatMap(({ attempted, accepted }, i) =>
    attempted === 0 ? [] : [{ pair: pairName(temperatures_K, i), share: accepted / attempted }],
  );
  const pairs = exchanges.map((_, i) => pairName(temperatures_K, i));
  return drawPlot(`Accepted exchanges: ${name}`, {
    width: 440,
    height: 270,
    marginBottom: 78,
    x: {
      type: "band",
      domain: pairs,
      label: "temperatures exchanged (K)",
      labelOffset: 72,
      padding: 0.25,
      tickRotate: -55,
      // More labels than this would cover each other.
      ticks: pairs.filter((_, i) => i % Math.ceil(pairs.length / 24) === 0),
    },
    y: { label: "share accepted", domain: [0, 1], ticks: 5, grid: true },
    marks: [
      Plot.barY(bars, {
        x: "pair",
        y: "share",
        fill: okabeIto.skyBlue,
        stroke: okabeIto.black,
        strokeWidth: 0.8,
      }),
    ],
  });
}

function pairName(temperatures_K: readonly number[], i: number): string {
  return `${plain(Math.round(temperatures_K[i]))}–${plain(Math.round(temperatures_K[i + 1]))}`;
}

function drawFlow({ name, temperatures_K }: TemperingRun, flow: NonNullable<TemperingRun["flow"]>) {
  const points = temperatures_K
    .map((T, i) => ({ T, rung: i, flow: flow[i] }))
    .filter((p) => p.flow !== undefined);
  const last = temperatures_K.length - 1;
  return drawPlot(`Flow of replicas: ${name}`, {
    width: 440,
    height: 270,
    marginBottom: 78,
    x: { label: "temperature (K)", domain: paddedRange(temperatures_K), ticks: 6, tickFormat: plain },
    y: { label: "share from the lowest T", domain: [-0.03, 1.03], ticks: 5, grid: true },
    marks: [
      Plot.line(
        temperatures_K.map((T, i) => [T, 1 - i / Math.max(1, last)]),
        { stroke: grey.middle, strokeDasharray: "4 3" },
      ),
      Plot.line(points, { x: "T", y: "flow", stroke: okabeIto.blue, strokeWidth: 1.6 }),
      Plot.dot(points, {
        x: "T",
        y: "flow",
        stroke: okabeIto.blue,
        fill: "white",
        r: 3.4,
        strokeWidth: 1.5,
      }),
    ],
  });
}
