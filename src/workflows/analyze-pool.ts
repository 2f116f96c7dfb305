/** States of several runs taken together, and the same states in cells of different size held against each other. */
import type { ValueWithError } from "../mc/records/chain-summary.ts";
import type { AnalysedRun, RunState } from "./analyze-runs.ts";
import { weightedMean } from "./weighted-mean.ts";

export type QuantityKind = "energy" | "heat capacity" | "share" | "occupancy" | "fraction" | "observation";

export interface Quantity extends ValueWithError {
  readonly kind: QuantityKind;
  /** Unique within a state: "energy", "share of V in O2". */
  readonly name: string;
  readonly unit: string;
  /** Where the quantity is of a species in a layer. */
  readonly species?: string;
  readonly layer?: string;
}

/** One state of one run. */
export interface RunEntry {
  readonly run: AnalysedRun;
  readonly state: RunState;
  readonly quantities: readonly Quantity[];
}

export interface PooledState {
  readonly modelHash: string;
  /** Of the first run that has it. */
  readonly state: RunState;
  /** Equal for the same composition or potentials in cells of any size. */
  readonly condition: string;
  readonly entries: readonly RunEntry[];
  readonly equilibrated: boolean;
  readonly quantities: readonly Quantity[];
}

/** Difference of one quantity between two cells. */
export interface CellDifference {
  readonly quantity: Quantity;
  readonly smaller: PooledState;
  readonly larger: PooledState;
  readonly first: ValueWithError;
  readonly second: ValueWithError;
  readonly difference: ValueWithError;
  /** Difference in standard errors; null where both errors are zero. */
  readonly sigmas: number | null;
  readonly flagged: boolean;
}

/** Differences above so many standard errors are flagged. */
export const FLAG_SIGMAS = 3;
/** Energies per cell and shares closer than this are equal where no error bar decides. */
const ROUNDING = 1e-9;

/** What was measured of a state, in comparable units: energies per cell. */
export function quantitiesOf(state: RunState): Quantity[] {
  const cells = state.numCells;
  const perCell = ({ value, error }: ValueWithError) => ({ value: value / cells, error: error / cells });
  return [
    { kind: "energy", name: "energy", unit: "eV per cell", ...perCell(state.energy_eV) },
    ...(state.heatCapacity_kB
      ? [
          {
            kind: "heat capacity" as const,
            name: "heat capacity",
            unit: "k_B per cell",
            ...perCell(state.heatCapacity_kB),
          },
        ]
      : []),
    ...state.layers.flatMap(({ species, layer, share, occupancy }): Quantity[] => [
      ...(share
        ? [
            {
              kind: "share" as const,
              name: `share of ${species} in ${layer}`,
              unit: "",
              species,
              layer,
              ...share,
            },
          ]
        : []),
      {
        kind: "occupancy",
        name: `occupancy of ${layer} with ${species}`,
        unit: "",
        species,
        layer,
        ...occupancy,
      },
    ]),
    ...state.fractions.map(
      ({ species, group, fraction }): Quantity => ({
        kind: "fraction",
        name: `fraction of ${species} in ${group}`,
        unit: "",
        species,
        ...fraction,
      }),
    ),
    ...state.observations.map((o): Quantity => ({ kind: "observation", ...o })),
  ];
}

/** Tells states apart that must not be pooled. Numbers are written out to nine digits: compositions come from divisions. */
export function conditionKey(state: RunState): string {
  const ensemble = state.chains[0]?.ensemble ?? { kind: "canonical" };
  if (ensemble.kind !== "canonical") return JSON.stringify(ensemble, rounded);
  const perCell = Object.entries(state.composition)
    .filter(([, n]) => n !== 0)
    .map(([species, n]): [string, number] => [species, n / state.numCells])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(perCell), rounded);
}

function rounded(_: string, item: unknown): unknown {
  return typeof item === "number" ? Number(item.toPrecision(9)) : item;
}

export interface Pooling {
  readonly states: readonly PooledState[];
  readonly warnings: readonly string[];
}

/**
 * Pools states with equal model, cell, condition and temperature. Means are weighted with the numbers of steps that were
 * averaged over, which is right for chains that move alike and, unlike the inverse squares of the error bars, gives
 * no weight to a chain for being stuck. Where some runs settled, those that did not are left out. The same chains
 * in two folders count once.
 */
export function poolStates(entries: readonly RunEntry[]): Pooling {
  const groups = new Map<string, RunEntry[]>();
  for (const entry of entries) {
    const { run, state } = entry;
    const key = [run.modelHash, normalMatrix(state.supercell), conditionKey(state), state.temperature_K].join(
      "|",
    );
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  const copies = new Map<string, number>();
  const states = [...groups.values()].map((group): PooledState => {
    const distinct = group.filter((entry, i) => {
      const original = group.slice(0, i).find((other) => sameChains(entry, other));
      if (!original) return true;
      const pair = `${entry.run.folder} holds the same chains as ${original.run.folder}`;
      copies.set(pair, (copies.get(pair) ?? 0) + 1);
      return false;
    });
    const settled = distinct.filter(({ state }) => state.equilibrated);
    const used = settled.length > 0 ? settled : distinct;
    return {
      modelHash: used[0].run.modelHash,
      state: used[0].state,
      condition: conditionKey(used[0].state),
      entries: used,
      equilibrated: settled.length > 0,
      quantities: used[0].quantities.flatMap((quantity) => {
        const all = used.flatMap(
          (entry) => entry.quantities.find((q) => q.name === quantity.name && q.kind === quantity.kind) ?? [],
        );
        // What some runs did not measure is no mean over all of them.
        return all.length === used.length ? [{ ...quantity, ...weightedMean(all, used.map(weightOf)) }] : [];
      }),
    };
  });
  const warnings = [...copies].map(
    ([pair, n]) => `${pair} (${n} ${n === 1 ? "state" : "states"}); they count once in pooled numbers`,
  );
  return { states, warnings };
}

/** Three integers and the diagonal matrix of them are one cell. */
function normalMatrix(m: readonly number[]): string {
  return (m.length === 3 ? [m[0], 0, 0, 0, m[1], 0, 0, 0, m[2]] : m).join();
}

/** Chains are functions of seed and study: equal numbers to the last digit are the same chain. */
function sameChains(a: RunEntry, b: RunEntry): boolean {
  return (
    a.run.seed === b.run.seed &&
    a.state.energy_eV.value === b.state.energy_eV.value &&
    a.state.energy_eV.error === b.state.energy_eV.error &&
    weightOf(a) === weightOf(b)
  );
}

/** Steps that were averaged over. */
export function weightOf({ state }: RunEntry): number {
  return state.chains.reduce((sum, { steps, equilibration }) => sum + steps - equilibration.start_step, 0);
}

const compared: readonly QuantityKind[] = ["energy", "share", "fraction"];

/**
 * Each state that is there in several cells, every cell against the next larger one: energies per cell, layer shares
 * and fractions. Cells of one size are compared too if their shapes differ.
 */
export function compareCells(states: readonly PooledState[]): CellDifference[] {
  const groups = new Map<string, PooledState[]>();
  for (const pooled of states) {
    const key = `${pooled.modelHash}|${pooled.condition}|${pooled.state.temperature_K}`;
    groups.set(key, [...(groups.get(key) ?? []), pooled]);
  }
  return [...groups.values()].flatMap((group) => {
    const bySize = [...group].sort((a, b) => a.state.numCells - b.state.numCells);
    return bySize.slice(1).flatMap((larger, i) => differencesOf(bySize[i], larger));
  });
}

function differencesOf(smaller: PooledState, larger: PooledState): CellDifference[] {
  // The background fills what the others leave, so that its shares say nothing new.
  const { lattice } = smaller.entries[0].run;
  const backgrounds = new Set(lattice.sites.map(({ species }) => species[0]));
  return smaller.quantities
    .filter(({ kind, species = "" }) => compared.includes(kind) && !backgrounds.has(species.split("@")[0]))
    .flatMap((first): CellDifference[] => {
      const second = larger.quantities.find((q) => q.kind === first.kind && q.name === first.name);
      if (!second) return [];
      const value = second.value - first.value;
      const error = Math.hypot(first.error, second.error);
      const sigmas = error > 0 ? Math.abs(value) / error : null;
      return [
        {
          quantity: first,
          smaller,
          larger,
          first: { value: first.value, error: first.error },
          second: { value: second.value, error: second.error },
          difference: { value, error },
          sigmas,
          flagged: sigmas === null ? Math.abs(value) > ROUNDING : sigmas > FLAG_SIGMAS,
        },
      ];
    });
}
