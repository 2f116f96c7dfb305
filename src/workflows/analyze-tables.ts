/** The tables of an analysis: one row for each state, layer, observation, chain, pooled quantity and comparison. */
import type { ValueWithError } from "../mc/records/chain-summary.ts";
import type { Table, TableColumn } from "./analyze-formats.ts";
import { type CellDifference, type PooledState, type RunEntry, weightOf } from "./analyze-pool.ts";
import type { AnalysedRun, RunChain } from "./analyze-runs.ts";
import type { MeasuredMap } from "./analyze-trajectories.ts";

type Value = string | number | boolean | undefined;

/** Names of the tables, and so of their files. */
export const tableNames = ["states", "layers", "observations", "chains", "pooled", "cells"] as const;

/** Enough of a hash to tell models apart by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

const text = (name: string): TableColumn => ({ name, type: "text" });
const number = (name: string): TableColumn => ({ name, type: "number" });
const whole = (name: string): TableColumn => ({ name, type: "whole" });
const flag = (name: string): TableColumn => ({ name, type: "flag" });

const stateColumns = [
  text("run"),
  text("study"),
  text("model"),
  text("supercell"),
  whole("cells"),
  text("condition"),
  number("temperature_K"),
];

function stateValues({ run, state }: Pick<RunEntry, "run" | "state">): Value[] {
  return [
    run.folder,
    run.study,
    shortHash(run.modelHash),
    state.supercellText,
    state.numCells,
    state.conditionLabel,
    state.temperature_K,
  ];
}

const both = (v: ValueWithError | null): Value[] => [v?.value, v?.error];

export function analysisTables(
  entries: readonly RunEntry[],
  runs: readonly AnalysedRun[],
  pooled: readonly PooledState[],
  differences: readonly CellDifference[],
): Table[] {
  return [
    {
      name: "states",
      columns: [
        ...stateColumns,
        whole("replicas"),
        number("energy_eV"),
        number("energy_error_eV"),
        number("heat_capacity_kB"),
        number("heat_capacity_error_kB"),
        number("acceptance"),
        number("effective_samples"),
        flag("settled"),
      ],
      rows: entries.map((entry) => {
        const { state } = entry;
        return [
          ...stateValues(entry),
          state.replicas,
          ...both(state.energy_eV),
          ...both(state.heatCapacity_kB),
          state.acceptance,
          state.effectiveSamples,
          state.equilibrated,
        ];
      }),
    },
    {
      name: "layers",
      columns: [
        ...stateColumns,
        text("species"),
        text("layer"),
        number("share"),
        number("share_error"),
        number("occupancy"),
        number("occupancy_error"),
        flag("settled"),
      ],
      rows: entries.flatMap((entry) =>
        entry.state.layers.map(({ species, layer, share, occupancy }) => [
          ...stateValues(entry),
          species,
          layer,
          ...both(share),
          ...both(occupancy),
          entry.state.equilibrated,
        ]),
      ),
    },
    {
      name: "observations",
      columns: [
        ...stateColumns,
        text("observable"),
        text("unit"),
        number("value"),
        number("error"),
        flag("settled"),
      ],
      rows: entries.flatMap((entry) =>
        entry.quantities
          .filter(({ kind }) => kind === "observation" || kind === "fraction")
          .map(({ name, unit, value, error }) => [
            ...stateValues(entry),
            name,
            unit,
            value,
            error,
            entry.state.equilibrated,
          ]),
      ),
    },
    chainTable(runs),
    pooledTable(pooled),
    cellTable(differences),
  ];
}

function chainTable(runs: readonly AnalysedRun[]): Table {
  return {
    name: "chains",
    columns: [
      ...stateColumns,
      whole("chain"),
      whole("replica"),
      whole("steps"),
      whole("averaged_from_step"),
      number("autocorrelation_steps"),
      number("effective_samples"),
      number("acceptance"),
      number("energy_eV"),
      number("energy_error_eV"),
      number("heat_capacity_kB"),
      number("heat_capacity_error_kB"),
      number("lowest_energy_eV"),
      flag("settled"),
      text("reason"),
    ],
    rows: runs.flatMap((run) =>
      run.states.flatMap((state) =>
        state.chains.map((chain) => [...stateValues({ run, state }), ...chainValues(chain)]),
      ),
    ),
  };
}

function chainValues(chain: RunChain): Value[] {
  const { equilibration: e } = chain;
  const sum = (of: "proposed" | "accepted") => chain.acceptance.reduce((total, move) => total + move[of], 0);
  return [
    chain.index,
    chain.replica,
    chain.steps,
    e.start_step,
    e.autocorrelation_steps,
    e.effective_samples,
    sum("proposed") > 0 ? sum("accepted") / sum("proposed") : undefined,
    ...both(chain.energy_eV),
    ...both(chain.heatCapacity_kB),
    chain.lowest.energy_eV,
    e.equilibrated,
    e.reason ?? undefined,
  ];
}

const pooledColumns = [text("model"), text("condition"), number("temperature_K")];

function pooledTable(pooled: readonly PooledState[]): Table {
  return {
    name: "pooled",
    columns: [
      ...pooledColumns,
      text("supercell"),
      whole("cells"),
      text("quantity"),
      text("unit"),
      number("value"),
      number("error"),
      flag("settled"),
      whole("averaged_steps"),
      text("runs"),
    ],
    rows: pooled.flatMap(({ modelHash, state, entries, equilibrated, quantities }) =>
      quantities.map(({ name, unit, value, error }) => [
        shortHash(modelHash),
        state.conditionLabel,
        state.temperature_K,
        state.supercellText,
        state.numCells,
        name,
        unit,
        value,
        error,
        equilibrated,
        entries.reduce((sum, entry) => sum + weightOf(entry), 0),
        entries.map(({ run }) => run.folder).join("; "),
      ]),
    ),
  };
}

function cellTable(differences: readonly CellDifference[]): Table {
  return {
    name: "cells",
    columns: [
      ...pooledColumns,
      text("quantity"),
      text("unit"),
      text("smaller_supercell"),
      text("larger_supercell"),
      number("smaller_value"),
      number("smaller_error"),
      number("larger_value"),
      number("larger_error"),
      number("difference"),
      number("difference_error"),
      number("standard_errors"),
      flag("flagged"),
      flag("settled"),
    ],
    rows: differences.map(({ quantity, smaller, larger, first, second, difference, sigmas, flagged }) => [
      shortHash(smaller.modelHash),
      smaller.state.conditionLabel,
      smaller.state.temperature_K,
      quantity.name,
      quantity.unit,
      smaller.state.supercellText,
      larger.state.supercellText,
      ...both(first),
      ...both(second),
      ...both(difference),
      sigmas ?? undefined,
      flagged,
      smaller.equilibrated && larger.equilibrated,
    ]),
  };
}

export function mapTable(maps: readonly MeasuredMap[]): Table {
  return {
    name: "maps",
    columns: [...stateColumns, text("map"), whole("number"), number("value")],
    rows: maps.flatMap(({ name, values, ...entry }) =>
      Array.from(values, (value, i) => [...stateValues(entry), name, i, value]),
    ),
  };
}
