/** Observables with error bars, maps of sites, structure factors and sizes of groups. */
import type { FigureBook } from "../figure.ts";
import { html, type Markup, withIndices } from "../html.ts";
import { fixed, withError } from "../numbers.ts";
import { clusterSizesFigure } from "../plots/cluster-sizes.ts";
import { observablesFigures } from "../plots/observables.ts";
import { siteMapsFigure } from "../plots/site-maps.ts";
import { structureFactorFigure } from "../plots/structure-factor.ts";
import type { Observable, ObservationSummary, ObservedState } from "../sampling-model.ts";
import { type Column, fold, shortTable, table } from "../table.ts";
import type { Section } from "./section.ts";

/** Groups after this many panels begin folded. */
const MOST_OPEN_PANELS = 12;

export function observationSection(observations: ObservationSummary, figures: FigureBook): Section {
  const { clusterSizes = [], siteMaps = [], structureFactors = [] } = observations;
  return {
    id: "observations",
    title: "Observations",
    body: [
      ...observableGroups(observations, figures),
      ...clusterSizes.filter((c) => c.states.length > 0).map((c) => figures.add(clusterSizesFigure(c))),
      ...siteMaps.filter((m) => m.panels.length > 0).map((m) => figures.add(siteMapsFigure(m))),
      ...structureFactors
        .filter((m) => m.panels.length > 0)
        .map((m) => figures.add(structureFactorFigure(m))),
    ],
  };
}

function observableGroups(observations: ObservationSummary, figures: FigureBook): Markup[] {
  const { observables = [], states = [] } = observations;
  if (observables.length === 0 || states.length === 0) return [];
  const groups = new Map<string, number[]>();
  observables.forEach((observable, i) => {
    const name = observable.group ?? "Observables";
    groups.set(name, [...(groups.get(name) ?? []), i]);
  });
  let panels = 0;
  return [...groups].map(([name, chosen]) => {
    panels += chosen.length;
    // One temperature makes no curve; the table then says it all.
    const temperatures = new Set(states.map((state) => state.temperature_K)).size;
    const drawn = observablesFigures(name, observables, chosen, states).map((figure) => figures.add(figure));
    const rows = states.filter((state) => chosen.some((i) => state.values[i] !== undefined));
    const content = html`${drawn}${fold(
      `Values (${rows.length} × ${chosen.length})`,
      table(
        columns(
          chosen.map((i) => ({ ...observables[i], index: i })),
          rows,
        ),
        rows,
      ),
      temperatures < 2 && rows.length <= shortTable,
    )}`;
    return groups.size === 1 && panels <= MOST_OPEN_PANELS
      ? content
      : fold(`${name} (${chosen.length})`, content, panels <= MOST_OPEN_PANELS);
  });
}

function columns(
  chosen: readonly (Observable & { readonly index: number })[],
  rows: readonly ObservedState[],
): Column<ObservedState>[] {
  const cells = new Set(rows.map((row) => row.cell)).size;
  return [
    { title: "state", cell: (row) => (cells === 1 ? row.condition : `${row.condition}, ${row.cell}`) },
    { title: "T (K)", cell: (row) => fixed(row.temperature_K, 0), number: true },
    ...chosen.map(({ name, unit, index }) => ({
      title: withIndices(unit === undefined ? name : `${name} (${unit})`),
      cell: (row: ObservedState) => withError(row.values[index]?.mean, row.values[index]?.error),
      number: true,
    })),
    { title: "", cell: (row) => (row.equilibrated === false ? "not at equilibrium" : "") },
  ];
}
