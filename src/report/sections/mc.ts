/** Monte Carlo: warnings first, then averages, occupations, curves, traces and acceptance. */
import type { FigureBook } from "../figure.ts";
import { html, type Markup, withIndices } from "../html.ts";
import type { AverageTable, McChain, McSummary } from "../model.ts";
import { count, fixed, integer, percent, withError } from "../numbers.ts";
import { curveFigure } from "../plots/curve.ts";
import { layerOccupationsFigure } from "../plots/layer-occupations.ts";
import { tracesFigure } from "../plots/traces.ts";
import { type Column, fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

export function mcSection(mc: McSummary, figures: FigureBook): Section {
  const { method, chains = [], layers = [], averages, curves = [], energyUnit } = mc;
  const traced = chains.flatMap((chain) =>
    chain.trace === undefined || chain.trace.step.length === 0 ? [] : [{ ...chain, trace: chain.trace }],
  );
  return {
    id: "monte-carlo",
    title: "Monte Carlo",
    body: [
      method === undefined ? undefined : html`<p>${method}</p>\n`,
      equilibrationWarning(chains),
      ...layers.filter((l) => l.states.length > 0).map((l) => figures.add(layerOccupationsFigure(l))),
      ...curves.map((curve) => figures.add(curveFigure(curve))),
      averages === undefined || averages.rows.length === 0 ? undefined : averageBlock(averages),
      traced.length === 0 ? undefined : figures.add(tracesFigure(traced, energyUnit)),
      chains.length === 0
        ? undefined
        : fold(`Chains (${chains.length})`, table(chainColumns(chains), chains), chains.length <= shortTable),
    ],
  };
}

function equilibrationWarning(chains: readonly McChain[]): Markup | undefined {
  const failed = chains.filter((chain) => chain.equilibrated === false);
  if (failed.length === 0) return undefined;
  return html`<div class="notice"><p><b>${count(failed.length, "chain")} of ${integer(chains.length)} had not reached equilibrium;</b> ${failed.length === 1 ? "its averages depend on where it" : "their averages depend on where they"} started.</p>
<ul>${failed.map((chain) => html`<li>${chain.name}${chain.note === undefined ? "" : `: ${chain.note}`}</li>\n`)}</ul></div>\n`;
}

function averageBlock(averages: AverageTable): Markup {
  const { energyUnit, heatCapacityUnit, rows } = averages;
  const columns: readonly Column<AverageTable["rows"][number]>[] = [
    { title: "state", cell: (row) => row.state },
    { title: "T (K)", cell: (row) => fixed(row.temperature_K, 0), number: true },
    {
      title: `energy (${energyUnit})`,
      cell: (row) => withError(row.energy.mean, row.energy.error),
      number: true,
    },
    {
      title: withIndices(`heat capacity (${heatCapacityUnit})`),
      cell: (row) => withError(row.heatCapacity?.mean, row.heatCapacity?.error),
      number: true,
    },
    {
      title: "independent samples",
      cell: (row) => (row.effectiveSamples === undefined ? "–" : integer(Math.round(row.effectiveSamples))),
      number: true,
    },
  ];
  return fold(`Averages (${rows.length})`, table(columns, rows), rows.length <= shortTable);
}

function chainColumns(chains: readonly McChain[]): readonly Column<McChain>[] {
  const moves = [...new Set(chains.flatMap((chain) => (chain.moves ?? []).map((move) => move.move)))];
  return [
    { title: "chain", cell: (chain) => chain.name },
    { title: "T (K)", cell: (chain) => fixed(chain.temperature_K, 0), number: true },
    { title: "steps", cell: (chain) => integer(chain.steps), number: true },
    ...moves.map((name) => ({
      title: `accepted: ${name}`,
      cell: (chain: McChain) => {
        const move = chain.moves?.find((m) => m.move === name);
        // No attempt has no rate: 0/0 is not a number to print.
        return move === undefined || move.attempted === 0 ? "–" : percent(move.accepted / move.attempted, 2);
      },
      number: true,
    })),
    {
      title: "averaged from step",
      cell: (chain) => (chain.averagedFrom === undefined ? "–" : integer(chain.averagedFrom)),
      number: true,
    },
    {
      title: "equilibrated",
      cell: (chain) => (chain.equilibrated === undefined ? "–" : chain.equilibrated ? "yes" : "NO"),
    },
    { title: "note", cell: (chain) => chain.note ?? "" },
  ];
}
