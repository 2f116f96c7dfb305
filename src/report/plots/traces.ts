/** Energy against step, a few chains to a panel. */
import * as Plot from "@observablehq/plot";
import { EcitonError } from "../../core/errors.ts";
import { type CsvValue, toCsv } from "../csv.ts";
import type { Figure } from "../figure.ts";
import { distinctSeries, seriesStyle } from "../marks.ts";
import type { McChain, McSummary } from "../model.ts";
import { count, notFinite } from "../numbers.ts";
import { drawPlot, paddedRange } from "../plot.ts";

/** Most points drawn for one chain; the CSV file holds all. */
const drawnBlocks = 160;

type TracedChain = McChain & { readonly trace: NonNullable<McChain["trace"]> };

export interface TraceBlock {
  readonly step: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** @throws {EcitonError} "shape" for numbers that are not finite and for lists of unequal length */
export function tracesFigure(chains: readonly TracedChain[], energyUnit: McSummary["energyUnit"]): Figure {
  for (const chain of chains) checkTrace(chain);
  const series = [...new Set(chains.map((chain) => chain.series))];
  const panels = [...new Set(chains.map((chain) => chain.panel))].flatMap((panel) => {
    const here = chains.filter((chain) => chain.panel === panel);
    const names = [...new Set(here.map((chain) => chain.series))];
    const parts = Math.ceil(names.length / distinctSeries);
    return Array.from({ length: parts }, (_, part) => {
      const shown = names.slice(part * distinctSeries, (part + 1) * distinctSeries);
      return {
        title: parts === 1 ? panel : `${panel}: ${shown[0]} to ${shown[shown.length - 1]}`,
        chains: here.filter((chain) => shown.includes(chain.series)),
      };
    });
  });
  return {
    name: "traces",
    title: "Energy along the chains",
    caption: `${count(chains.length, "chain")}. Line: mean over a block of steps, at most ${drawnBlocks} blocks a chain; band: lowest and highest energy in it. The CSV file holds every recorded step.`,
    legend: series.map((label, i) => ({ label, color: seriesStyle(i).color, dash: seriesStyle(i).dash })),
    panels: panels.map((panel) => ({ title: panel.title, svg: drawPanel(panel.chains) })),
    csv: toCsv("traces", ["chain", "temperature_K", "step", "energy"], traceRows(chains)),
  };

  function drawPanel(shown: readonly TracedChain[]) {
    const traces = shown.map((chain) => ({ chain, points: blocks(chain.trace) }));
    // One number for each chain: a call cannot take the points of hundreds of chains as arguments.
    const largest = Math.max(0, ...traces.map(({ points }) => points.at(-1)?.step ?? 0));
    const [unit, unitName] =
      largest >= 1e6 ? [1e6, " (millions)"] : largest >= 1e4 ? [1e3, " (thousands)"] : [1, ""];
    return drawPlot(`Energy against step: ${shown[0].panel}`, {
      width: 440,
      height: 270,
      x: {
        label: `step${unitName}`,
        transform: (step: number) => step / unit,
        domain: paddedRange([0, largest / unit], 0.01),
        ticks: 6,
      },
      y: {
        label: `energy (${energyUnit})`,
        domain: paddedRange(traces.flatMap(({ points }) => points.flatMap((p) => [p.low, p.high]))),
        ticks: 6,
        grid: true,
      },
      marks: traces.flatMap(({ chain, points }) => {
        const style = seriesStyle(series.indexOf(chain.series));
        const line = { x: "step", y: "mean", stroke: style.color } as const;
        if (points.length === 1) return [Plot.dot(points, line)];
        return [
          Plot.areaY(points, { x: "step", y1: "low", y2: "high", fill: style.color, fillOpacity: 0.15 }),
          Plot.lineY(points, { ...line, strokeWidth: 1.6, strokeDasharray: style.dash || "1 0" }),
        ];
      }),
    });
  }
}

function checkTrace({ name, trace }: TracedChain): void {
  const { step, energy } = trace;
  if (step.length !== energy.length)
    throw new EcitonError(
      "shape",
      `traces, chain ${name}: ${step.length} steps but ${energy.length} energies`,
    );
  for (let i = 0; i < step.length; i++) {
    if (!Number.isFinite(step[i])) throw notFinite(`traces, chain ${name}`, i + 1, "step", step[i]);
    if (!Number.isFinite(energy[i])) throw notFinite(`traces, chain ${name}`, i + 1, "energy", energy[i]);
  }
}

function* traceRows(chains: readonly TracedChain[]): Generator<CsvValue[]> {
  for (const { name, temperature_K, trace } of chains)
    for (let i = 0; i < trace.step.length; i++) yield [name, temperature_K, trace.step[i], trace.energy[i]];
}

/**
 * Averages a long trace over blocks of neighbouring points. The lowest and highest energies stay beside the mean, so
 * that a rare excursion is never lost.
 */
export function blocks(trace: TracedChain["trace"], most = drawnBlocks): TraceBlock[] {
  const { step, energy } = trace;
  const n = step.length;
  const size = Math.min(n, most);
  return Array.from({ length: size }, (_, block) => {
    const from = Math.floor((block * n) / size);
    const to = Math.floor(((block + 1) * n) / size);
    const sum = { step: 0, energy: 0 };
    let low = energy[from];
    let high = energy[from];
    for (let i = from; i < to; i++) {
      sum.step += step[i];
      sum.energy += energy[i];
      low = Math.min(low, energy[i]);
      high = Math.max(high, energy[i]);
    }
    return { step: sum.step / (to - from), mean: sum.energy / (to - from), low, high };
  });
}
