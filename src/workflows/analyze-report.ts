/** The report of an analysis: what plots and tables of the page show. */
import type { CurvePlot } from "../report/curve-model.ts";
import type { LayerOccupations, McSummary } from "../report/model.ts";
import type { CellComparison, ObservationSummary } from "../report/sampling-model.ts";
import type { Labels } from "./analyze-labels.ts";
import {
  type CellDifference,
  FLAG_SIGMAS,
  type PooledState,
  type Quantity,
  type QuantityKind,
} from "./analyze-pool.ts";
import type { AnalysedRun } from "./analyze-runs.ts";
import { shortHash } from "./analyze-tables.ts";

/** More states than this are counted rather than named in a caption. */
const MOST_NAMED = 4;
/** Chance that a normal deviate lies beyond three standard errors. */
const BEYOND_FLAG = 0.0027;

export function analysisSummary(
  runs: readonly AnalysedRun[],
  states: readonly PooledState[],
  labels: Labels,
): McSummary {
  const energyUnit = "eV per cell";
  return {
    method:
      "Averages over the steps after equilibrium. States that several runs share are pooled: means are weighted with the " +
      "numbers of steps, and error bars are at least what the scatter of the runs shows. Error bars are those of the " +
      "sampling alone; the errors of the model come on top.",
    energyUnit,
    layers: layerPlots(runs, states, labels),
    curves: [...thermalCurves(states, labels), ...shareCurves(runs, states, labels)],
    averages: {
      energyUnit,
      heatCapacityUnit: "k_B per cell",
      rows: states.map((pooled) => ({
        state: `${labels.of(pooled)}, ${pooled.state.supercellText}${pooled.equilibrated ? "" : " (not settled)"}`,
        temperature_K: pooled.state.temperature_K,
        energy: estimate(find(pooled, "energy")!),
        ...(find(pooled, "heat capacity") ? { heatCapacity: estimate(find(pooled, "heat capacity")!) } : {}),
        effectiveSamples: pooled.entries.reduce((sum, { state }) => sum + state.effectiveSamples, 0),
      })),
    },
    chains: runs.flatMap((run) =>
      run.states.flatMap((state) =>
        state.chains.map((chain) => ({
          name:
            `${runs.length > 1 ? `${run.folder}: ` : ""}${state.conditionLabel}, ${state.temperature_K} K, ${state.supercellText}` +
            (state.chains.length > 1 ? `, replica ${chain.replica + 1}` : ""),
          panel: `${state.conditionLabel}, ${state.supercellText}`,
          series: `${state.temperature_K} K`,
          temperature_K: chain.temperature_K,
          steps: chain.steps,
          moves: chain.acceptance.map(({ move, proposed, accepted }) => ({
            move,
            attempted: proposed,
            accepted,
          })),
          equilibrated: chain.equilibration.equilibrated,
          averagedFrom: chain.equilibration.start_step,
          ...(chain.equilibration.reason === null ? {} : { note: chain.equilibration.reason }),
        })),
      ),
    ),
  };
}

function estimate({ value, error }: Quantity): { mean: number; error: number } {
  return { mean: value, error };
}

function find(pooled: PooledState, kind: QuantityKind): Quantity | undefined {
  return pooled.quantities.find((quantity) => quantity.kind === kind);
}

/** Species that are no background anywhere, in order, with their layers. */
function spreadSpecies(
  runs: readonly AnalysedRun[],
  states: readonly PooledState[],
): { readonly species: string; readonly layers: readonly string[] }[] {
  const backgrounds = new Set(runs.flatMap(({ lattice }) => lattice.sites.map(({ species }) => species[0])));
  const layersOf = new Map<string, Set<string>>();
  for (const { species, layer } of states.flatMap(({ quantities }) =>
    quantities.filter(({ kind }) => kind === "share"),
  ))
    if (!backgrounds.has(species!.split("@")[0]))
      layersOf.set(species!, (layersOf.get(species!) ?? new Set()).add(layer!));
  return [...layersOf]
    .map(([species, layers]) => ({ species, layers: [...layers] }))
    .filter(({ layers }) => layers.length > 1);
}

function sharesOf(pooled: PooledState, species: string, layers: readonly string[]): Quantity[] {
  return layers.flatMap(
    (layer) =>
      pooled.quantities.find((q) => q.kind === "share" && q.species === species && q.layer === layer) ?? [],
  );
}

/** The paper's Figs. 7 and S17: one panel for each cell. */
function layerPlots(
  runs: readonly AnalysedRun[],
  states: readonly PooledState[],
  labels: Labels,
): LayerOccupations[] {
  const models = [...new Set(states.map(({ modelHash }) => modelHash))];
  return models.flatMap((model) => {
    const ofModel = states.filter(({ modelHash }) => modelHash === model);
    return spreadSpecies(runs, ofModel).map(({ species, layers }): LayerOccupations => {
      const shown = ofModel.filter((pooled) => sharesOf(pooled, species, layers).length === layers.length);
      return {
        title: `Share of ${species} in each layer${models.length > 1 ? `, model ${shortHash(model)}` : ""}`,
        layers,
        note: notSettled(shown, labels),
        states: shown.map((pooled) => ({
          condition: axisValue(pooled, species, labels, states),
          conditionLabel: labels.of(pooled),
          cell: pooled.state.supercellText,
          temperature_K: pooled.state.temperature_K,
          fractions: sharesOf(pooled, species, layers).map(estimate),
        })),
      };
    });
  });
}

/** Concentration where it is fixed; potentials have their place in the order of the studies. */
function axisValue(
  pooled: PooledState,
  species: string,
  labels: Labels,
  states: readonly PooledState[],
): number {
  const { state } = pooled;
  if (state.chains[0]?.ensemble.kind !== "canonical")
    return [...new Set(states.map((other) => labels.of(other)))].indexOf(labels.of(pooled));
  const named = Object.entries(state.composition).find(([k]) => k === species || k.startsWith(`${species}@`));
  return (named?.[1] ?? 0) / state.numCells;
}

function notSettled(states: readonly PooledState[], labels: Labels): string {
  const names = states
    .filter(({ equilibrated }) => !equilibrated)
    .map((pooled) => `${labels.state(pooled)}, ${pooled.state.supercellText}`);
  if (names.length === 0) return "";
  if (names.length > MOST_NAMED) return `${names.length} states are not at equilibrium (table of chains).`;
  return `Not at equilibrium: ${names.join("; ")}.`;
}

function thermalCurves(states: readonly PooledState[], labels: Labels): CurvePlot[] {
  const curve = (title: string, yLabel: string, kind: QuantityKind): CurvePlot => ({
    title,
    caption: notSettled(states, labels),
    xLabel: "Temperature (K)",
    yLabel,
    series: seriesOf(
      states.flatMap((pooled) => {
        const quantity = find(pooled, kind);
        const name = `${labels.of(pooled)}, ${pooled.state.supercellText}`;
        return quantity ? [{ name, pooled, quantity }] : [];
      }),
    ),
  });
  return [
    curve("Energy against temperature", "Energy (eV per cell)", "energy"),
    curve("Heat capacity against temperature", "Heat capacity (k_B per cell)", "heat capacity"),
  ].filter(({ series }) => series.some(({ points }) => points.length > 1));
}

/** Where there are several cells: the shares of one species at one condition, the cells over each other. */
function shareCurves(
  runs: readonly AnalysedRun[],
  states: readonly PooledState[],
  labels: Labels,
): CurvePlot[] {
  const conditions = [...new Set(states.map((pooled) => labels.of(pooled)))];
  return conditions.flatMap((condition) => {
    const here = states.filter((pooled) => labels.of(pooled) === condition);
    if (new Set(here.map(({ state }) => state.supercellText)).size < 2) return [];
    return spreadSpecies(runs, here)
      .map(
        ({ species, layers }): CurvePlot => ({
          title: `Share of ${species} against temperature, ${condition}`,
          caption: notSettled(here, labels),
          xLabel: "Temperature (K)",
          yLabel: "Share in the layer",
          series: seriesOf(
            here.flatMap((pooled) =>
              sharesOf(pooled, species, layers).map((quantity) => ({
                name: `${quantity.layer}, ${pooled.state.supercellText}`,
                pooled,
                quantity,
              })),
            ),
          ),
        }),
      )
      .filter(({ series }) => series.some(({ points }) => points.length > 1));
  });
}

function seriesOf(
  points: readonly { readonly name: string; readonly pooled: PooledState; readonly quantity: Quantity }[],
): CurvePlot["series"] {
  return [...new Set(points.map(({ name }) => name))].map((name) => ({
    name,
    points: points
      .filter((point) => point.name === name)
      .map(({ pooled, quantity }) => ({
        x: pooled.state.temperature_K,
        y: quantity.value,
        error: quantity.error,
      }))
      .sort((a, b) => a.x - b.x),
  }));
}

const compared: readonly { readonly kind: QuantityKind; readonly title: string; readonly unit?: string }[] = [
  { kind: "share", title: "Share of each layer" },
  { kind: "energy", title: "Energy", unit: "eV per cell" },
  { kind: "fraction", title: "Composition" },
];

/** One figure and table for each pair of cells and kind of quantity. */
export function cellComparisons(differences: readonly CellDifference[], labels: Labels): CellComparison[] {
  const pairs = [
    ...new Map(
      differences.map(({ smaller, larger }): [string, readonly [string, string]] => {
        const cells = [smaller.state.supercellText, larger.state.supercellText] as const;
        return [cells.join("|"), cells];
      }),
    ).values(),
  ];
  return pairs.flatMap((cells) =>
    compared.flatMap(({ kind, title, unit }): CellComparison[] => {
      const here = differences.filter(
        ({ quantity, smaller, larger }) =>
          quantity.kind === kind &&
          smaller.state.supercellText === cells[0] &&
          larger.state.supercellText === cells[1],
      );
      if (here.length === 0) return [];
      return [
        {
          title: `${title}: ${cells[0]} and ${cells[1]} cells`,
          quantity: title.toLowerCase(),
          ...(unit ? { unit } : {}),
          cells,
          points: here.map(({ quantity, smaller, first, second }) => ({
            state: labels.state(smaller),
            ...(kind === "energy" ? {} : { group: quantity.name }),
            first: { mean: first.value, error: first.error },
            second: { mean: second.value, error: second.error },
          })),
          note: comparisonNote(here),
        },
      ];
    }),
  );
}

function comparisonNote(differences: readonly CellDifference[]): string {
  const flagged = differences.filter((d) => d.flagged).length;
  const chance = BEYOND_FLAG * differences.length;
  return (
    `${flagged} of ${differences.length} differences are beyond ${FLAG_SIGMAS} standard errors; ` +
    `by chance alone one expects about ${chance < 1 ? chance.toPrecision(1) : Math.round(chance)}.`
  );
}

export function observationSummary(
  states: readonly PooledState[],
  labels: Labels,
): ObservationSummary | null {
  const known = new Map<string, Quantity>();
  const isObserved = ({ kind }: Quantity) => kind === "observation" || kind === "fraction";
  for (const { quantities } of states)
    for (const quantity of quantities.filter(isObserved))
      if (!known.has(quantity.name)) known.set(quantity.name, quantity);
  if (known.size === 0) return null;
  const names = [...known.keys()];
  return {
    observables: [...known.values()].map(({ name, unit }) => ({
      name,
      ...(unit === "" ? {} : { unit }),
      // The first word of a column's name says what kind of observable it is.
      group: name.split(" ")[0],
    })),
    states: states.map((pooled) => ({
      condition: labels.of(pooled),
      cell: pooled.state.supercellText,
      temperature_K: pooled.state.temperature_K,
      equilibrated: pooled.equilibrated,
      values: names.map((name) => {
        const found = pooled.quantities.find((q) => isObserved(q) && q.name === name);
        return found && estimate(found);
      }),
    })),
  };
}
