/** What observers measured, as parts of the report. */
import type { LabelledMap } from "../analysis/observer.ts";
import type { Study } from "../data/study/schema.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import { Supercell } from "../lattice/supercell.ts";
import type {
  ClusterSizes,
  ObservationSummary,
  SiteMaps,
  StructureFactorMaps,
} from "../report/sampling-model.ts";
import { makeOwnObservers } from "./observers.ts";
import { type PlaneView, planeOf, viewOf } from "./plane-view.ts";
import type { SampledState } from "./sample-states.ts";

/** Larger maps make a report that no browser likes. */
const MOST_MAP_ENTRIES = 40_000;

/** @returns null where nothing was observed */
export function observationSummary(
  study: Study,
  lattice: ParentLattice,
  states: readonly SampledState[],
): ObservationSummary | null {
  const names = new Map<string, string>();
  for (const { observations } of states) for (const { name, unit } of observations) names.set(name, unit);
  if (names.size === 0 && states.every(({ maps }) => maps.length === 0)) return null;
  return {
    observables: [...names].map(([name, unit]) => ({
      name,
      ...(unit === "" ? {} : { unit }),
      group: groupOf(name),
    })),
    states: states.map((state) => ({
      condition: state.conditionLabel,
      cell: state.supercellText,
      temperature_K: state.temperature_K,
      equilibrated: state.equilibrated,
      values: [...names.keys()].map((name) => {
        const found = state.observations.find((o) => o.name === name);
        return found && { mean: found.value, error: found.error };
      }),
    })),
    clusterSizes: clusterSizes(states),
    ...mapsOf(study, lattice, states),
  };
}

/** "pair V-Ce3+ 2N" and its like go together, as do all numbers of one choice of clusters. */
function groupOf(name: string): string {
  const clusters = clusterColumn(name);
  if (clusters) return clusters.choice;
  const [first] = name.split(" ");
  const titles: Readonly<Record<string, string>> = {
    pair: "pair correlations",
    alpha: "Warren-Cowley parameters",
    motif: "motifs",
    order: "long-range order",
  };
  return titles[first] ?? "other observables";
}

const CLUSTER_SIZES = ["1", "2", "3", "4+"];

function clusterColumn(name: string): { readonly choice: string; readonly quantity: string } | null {
  const match =
    /^(clusters .*?) (number|mean size|weighted size|largest|in \S+|chains|straight|compact|percolating)$/.exec(
      name,
    );
  return match && { choice: match[1], quantity: match[2] };
}

function clusterSizes(states: readonly SampledState[]): ClusterSizes[] {
  const choices = new Set(
    states.flatMap(({ observations }) =>
      observations.flatMap(({ name }) => clusterColumn(name)?.choice ?? []),
    ),
  );
  const cells = [...new Set(states.map((s) => s.supercellText))];
  return [...choices].flatMap((choice) =>
    cells.flatMap((cell): ClusterSizes[] => {
      const here = states
        .filter((s) => s.supercellText === cell)
        .flatMap((state) => {
          const values = CLUSTER_SIZES.flatMap((size) => {
            const found = state.observations.find(({ name }) => name === `${choice} in ${size}`);
            return found ? [{ mean: found.value, error: found.error }] : [];
          });
          if (values.length < CLUSTER_SIZES.length) return [];
          return [{ condition: state.conditionLabel, temperature_K: state.temperature_K, values }];
        });
      if (here.length === 0) return [];
      return [
        {
          title: `Connected groups: ${choice.replace(/^clusters /, "")}, ${cell} cell`,
          valueLabel: "share of the atoms in groups of this size",
          sizes: ["1", "2", "3", "4 and more"],
          states: here,
        },
      ];
    }),
  );
}

function mapsOf(
  study: Study,
  lattice: ParentLattice,
  states: readonly SampledState[],
): Pick<ObservationSummary, "siteMaps" | "structureFactors"> {
  const view = viewOf(lattice);
  if (!view) return {};
  const siteMaps: SiteMaps[] = [];
  const structureFactors: StructureFactorMaps[] = [];
  for (const cell of new Set(states.map((s) => s.supercellText))) {
    const here = states.filter((s) => s.supercellText === cell && s.maps.length > 0);
    if (here.length === 0) continue;
    const supercell = new Supercell(lattice, here[0].supercell);
    for (const map of makeOwnObservers(study, supercell).maps) {
      if (map.size > MOST_MAP_ENTRIES) continue;
      if (map.labels.includes("k1")) structureFactors.push(structureFactorMaps(map, here, supercell, view));
      else siteMaps.push(...siteMapsOf(map, here, supercell, view));
    }
  }
  return { siteMaps, structureFactors };
}

function valuesOf(state: SampledState, map: LabelledMap): Float64Array {
  return state.maps.find(({ name }) => name === map.name)!.values;
}

function structureFactorMaps(
  map: LabelledMap,
  states: readonly SampledState[],
  supercell: Supercell,
  view: PlaneView,
): StructureFactorMaps {
  const entries = Array.from({ length: map.size }, (_, entry) => map.labelOf(entry) as number[]);
  const k = entries.flatMap((label) => view.along.map((axis) => label[axis]));
  const parent = new Supercell(supercell.lattice, [1, 1, 1]);
  return {
    title: `${map.name}, ${states[0].supercellText} cell`,
    valueLabel: "S(k)",
    scale: "log",
    rows: [...new Set(states.map((s) => s.conditionLabel))],
    columns: [...new Set(states.map((s) => `${s.temperature_K} K`))],
    panels: states.map((state) => {
      const values = valuesOf(state, map);
      return {
        row: state.conditionLabel,
        column: `${state.temperature_K} K`,
        parentCell: planeOf(parent, view).cell,
        cell: planeOf(supercell, view).cell,
        k,
        values: Array.from(values, (value, i) =>
          entries[i].every((component) => component === 0) || value <= 0 ? undefined : value,
        ),
      };
    }),
    note: "The peak at k = 0 is left out.",
  };
}

/** One grid for each species: rows are states, columns are layers. */
function siteMapsOf(
  map: LabelledMap,
  states: readonly SampledState[],
  supercell: Supercell,
  view: PlaneView,
): SiteMaps[] {
  const at = (heading: string) => map.labels.indexOf(heading);
  const entries = Array.from({ length: map.size }, (_, entry) => map.labelOf(entry));
  const plane = planeOf(supercell, view);
  return [...new Set(entries.map((label) => String(label[at("species")])))].map((species) => {
    const own = entries.flatMap((label, entry) =>
      label[at("species")] === species ? [{ label, entry }] : [],
    );
    const layerOf = ({ label }: (typeof own)[number]) => String(label[at("layer")] || label[at("site")]);
    const layers = [...new Set(own.map(layerOf))];
    const row = (state: SampledState) => `${state.conditionLabel}, ${state.temperature_K} K`;
    return {
      title: `Where ${species} is found, ${states[0].supercellText} cell`,
      valueLabel: `share of time with ${species}`,
      rows: states.map(row),
      columns: layers,
      panels: states.flatMap((state) => {
        const values = valuesOf(state, map);
        return layers.map((layer) => {
          const here = own.filter((entry) => layerOf(entry) === layer);
          return {
            row: row(state),
            column: layer,
            cell: plane.cell,
            positions: here.flatMap(({ label }) =>
              plane.project([label[at("x_A")], label[at("y_A")], label[at("z_A")]] as [
                number,
                number,
                number,
              ]),
            ),
            values: here.map(({ entry }) => values[entry]),
          };
        });
      }),
    };
  });
}
