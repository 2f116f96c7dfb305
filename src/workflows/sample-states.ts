/** Chains of one state (cell, composition, temperature) taken together. */
import { BOLTZMANN_EV_PER_K, withoutRounding } from "../core/units.ts";
import type { Study } from "../data/study/schema.ts";
import { freeEnergyDerivative } from "../mc/ensemble.ts";
import type { GridPoint } from "../mc/grid.ts";
import type { FinishedChain } from "../mc/methods/chain-task.ts";
import type { Observation, ObservedMap, ValueWithError } from "../mc/records/chain-summary.ts";
import type { LayerRow } from "../mc/records/layer-counts.ts";
import { conditionsOfStudy } from "./conditions.ts";
import type { SampledChain } from "./sample-chains.ts";
import { supercellText } from "./supercell-text.ts";
import { weightedMean } from "./weighted-mean.ts";

export interface LayerShare {
  /** "B", or "B@group" where several groups hold it: atoms never leave their group, so shares are within it. */
  readonly species: string;
  readonly layer: string;
  /** Share of the species' atoms that sit in the layer; null where there are none. */
  readonly share: ValueWithError | null;
  /** Share of the layer's sites that hold the species. */
  readonly occupancy: ValueWithError;
}

export interface SpeciesFraction {
  readonly species: string;
  readonly group: string;
  readonly fraction: ValueWithError;
  /** Derivative of the free energy of mixing by the fraction: in the variance-constrained ensemble, where it has a φ. */
  readonly deltaMu_eV?: ValueWithError;
}

export interface SampledState {
  readonly supercell: readonly number[];
  /** "8 × 8 × 1". */
  readonly supercellText: string;
  /** "1/16", "Δμ = -2.1 eV". */
  readonly conditionLabel: string;
  readonly conditionIndex: number;
  /** Numbers in the supercell of what was named at the start; fixed in the canonical ensemble alone. */
  readonly composition: Readonly<Record<string, number>>;
  /** Mean share of the sites of its group that a species holds; empty where the composition is fixed. */
  readonly fractions: readonly SpeciesFraction[];
  readonly temperature_K: number;
  readonly replicas: number;
  readonly numCells: number;
  /** eV for the supercell. */
  readonly energy_eV: ValueWithError;
  /** Of the supercell, in units of k_B; null where the composition changes. */
  readonly heatCapacity_kB: ValueWithError | null;
  readonly layers: readonly LayerShare[];
  readonly observations: readonly Observation[];
  /** Kept apart from the other numbers: in a file of their own. */
  readonly maps: readonly ObservedMap[];
  readonly effectiveSamples: number;
  readonly acceptance: number;
  readonly equilibrated: boolean;
}

/** The states of a grid in the order of the study, replicas averaged. */
export function sampledStates(study: Study, chains: readonly SampledChain[]): SampledState[] {
  const conditions = conditionsOfStudy(study.sample!);
  const states = new Map<string, SampledChain[]>();
  for (const chain of chains) {
    const { supercellIndex, conditionIndex, temperatureIndex } = chain.point;
    const key = `${supercellIndex}/${conditionIndex}/${temperatureIndex}`;
    states.set(key, [...(states.get(key) ?? []), chain]);
  }
  return [...states.values()].map((group): SampledState => {
    const { point, result } = group[0];
    const results = group.map((chain) => chain.result);
    const moves = results.flatMap((r) => r.acceptance);
    const heats = results.flatMap((r) => (r.heatCapacity_kB ? [r.heatCapacity_kB] : []));
    return {
      supercell: point.supercell,
      supercellText: supercellText(point.supercell),
      conditionLabel: conditions[point.conditionIndex].label,
      conditionIndex: point.conditionIndex,
      composition: point.composition,
      fractions: result.fractions.map(({ species, group: of }, i) => {
        const fraction = average(results.map((r) => r.fractions[i].fraction));
        return { species, group: of, fraction, ...deltaMuOf(point, species, of, fraction) };
      }),
      temperature_K: point.temperature_K,
      replicas: group.length,
      numCells: result.numCells,
      energy_eV: readable(average(results.map((r) => r.energy_eV))),
      heatCapacity_kB: heats.length === results.length ? average(heats) : null,
      layers: result.layers.map((row, i) => {
        const shares = results.flatMap((r) => r.layers[i].share ?? []);
        return {
          species: layerSpecies(row, result.layers),
          layer: row.layer,
          share: shares.length === results.length ? average(shares) : null,
          occupancy: average(results.map((r) => r.layers[i].occupancy)),
        };
      }),
      observations: commonObservations(results),
      maps: averageMaps(results),
      effectiveSamples: results.reduce((sum, r) => sum + r.equilibration.effective_samples, 0),
      acceptance: sum(moves.map((m) => m.accepted)) / Math.max(1, sum(moves.map((m) => m.proposed))),
      equilibrated: results.every((r) => r.equilibration.equilibrated),
    };
  });
}

function deltaMuOf(
  { ensemble, temperature_K }: GridPoint,
  species: string,
  group: string,
  { value, error }: ValueWithError,
): Pick<SpeciesFraction, "deltaMu_eV"> {
  if (ensemble.kind !== "variance-constrained") return {};
  const { kappa } = ensemble;
  const phi = ensemble.phi[`${species}@${group}`] ?? ensemble.phi[species];
  if (phi === undefined) return {};
  const kT = BOLTZMANN_EV_PER_K * temperature_K;
  return {
    deltaMu_eV: { value: kT * freeEnergyDerivative(kappa, phi, value), error: 2 * kT * kappa * error },
  };
}

/** A chain in its ground state differs from it by rounding alone. */
function readable({ value, error }: ValueWithError): ValueWithError {
  return { value: withoutRounding(value), error: withoutRounding(error) };
}

/** A chain that never settled has none, and a mean over the others would not be that of the state. */
function commonObservations(results: readonly FinishedChain[]): Observation[] {
  if (results.some((r) => r.observations.length === 0)) return [];
  return results[0].observations.map(({ name, unit }, i) => ({
    name,
    unit,
    ...average(results.map((r) => r.observations[i])),
  }));
}

function averageMaps(results: readonly FinishedChain[]): ObservedMap[] {
  if (results.some((r) => r.maps.length === 0)) return [];
  return results[0].maps.map(({ name, values }, i) => ({
    name,
    values: values.map((_, k) => sum(results.map((r) => r.maps[i].values[k])) / results.length),
  }));
}

/** "B", or "B@group" where several groups hold it. */
export function layerSpecies({ species, group }: LayerRow, rows: readonly LayerRow[]): string {
  return rows.some((row) => row.species === species && row.group !== group) ? `${species}@${group}` : species;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** Of independent replicas. */
function average(values: readonly ValueWithError[]): ValueWithError {
  return weightedMean(
    values,
    values.map(() => 1),
  );
}
