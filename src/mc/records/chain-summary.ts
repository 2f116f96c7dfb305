/** From the records of a chain to numbers with error bars. */

import {
  type Equilibration,
  type Estimate,
  estimateMean,
  estimateVariance,
  findEquilibration,
} from "../../core/statistics.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import { ROUNDING_EV } from "../engines/metropolis.ts";
import type { ChainRecords } from "./chain-records.ts";
import type { CompositionRow, LayerRow } from "./layer-counts.ts";

export interface ValueWithError {
  readonly value: number;
  readonly error: number;
}

export interface LayerOccupation extends LayerRow {
  /** Share of the species' atoms that sit in this layer; null where the cell holds none of it. */
  readonly share: ValueWithError | null;
  /** Share of the layer's sites that hold the species. */
  readonly occupancy: ValueWithError;
}

export interface MoveAcceptance {
  /** Kind of move: "O ↔ V". */
  readonly move: string;
  readonly proposed: number;
  readonly accepted: number;
}

export interface EquilibrationReport {
  /** Steps before this one are left out of all averages. */
  readonly start_step: number;
  /** Effectively uncorrelated samples after it, of the energy. */
  readonly effective_samples: number;
  /** Integrated autocorrelation time of the energy, τ = g/2 with g = 1 + 2 Σ ρ(t), in steps. */
  readonly autocorrelation_steps: number;
  readonly equilibrated: boolean;
  /** Why not; null if equilibrated. */
  readonly reason: string | null;
}

export interface SpeciesMean extends CompositionRow {
  /** Share of the group's sites that hold the species. */
  readonly fraction: ValueWithError;
}

export interface Observation {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly error: number;
}

/** Means of a MapObserver. */
export interface ObservedMap {
  readonly name: string;
  readonly values: Float64Array;
}

export interface ChainSummary {
  readonly trace: { readonly steps: readonly number[]; readonly energies_eV: readonly number[] };
  /** eV for the supercell. */
  readonly energy_eV: ValueWithError;
  /**
   * (⟨E²⟩ - ⟨E⟩²) / (k_B T)² of the supercell: the heat capacity in units of k_B. Null where the composition changes,
   * because energies then scatter for that reason too.
   */
  readonly heatCapacity_kB: ValueWithError | null;
  readonly equilibration: EquilibrationReport;
  readonly layers: readonly LayerOccupation[];
  /** Empty where the composition is fixed. */
  readonly fractions: readonly SpeciesMean[];
  readonly observations: readonly Observation[];
  readonly maps: readonly ObservedMap[];
}

const MOST_TRACE_POINTS = 1000;
/** Fewer uncorrelated samples make error bars that are themselves unsure by more than about a tenth. */
const FEWEST_EFFECTIVE = 50;
/** Difference between the first and the last third that is no longer chance, in standard errors. */
const DRIFT_ERRORS = 4;

/**
 * The start of equilibrium is the latest of those found for the energy and for every count, because atoms can still
 * move between layers when the energy hardly changes any more. An observation that takes longer has its own start.
 * @param moves what the moves did in the whole chain
 * @param travelled whether states have come here from far higher temperatures more than once: then one energy that never
 *   changes is what all of them have found, and not where a single one is stuck
 */
export function summarizeChain(
  records: ChainRecords,
  temperature: number,
  moves: readonly MoveAcceptance[],
  travelled = false,
): ChainSummary {
  const { means, variances, samples, plan } = records;
  const layers = records.layers.rows.map((_, row) => records.layerSeries(row));
  const species = (records.composition?.rows ?? []).map((_, row) => records.compositionSeries(row));
  const start = Math.max(...[means, ...layers, ...species].map((values) => findEquilibration(values).start));
  const startStep = start === 0 ? 0 : records.stepOfSample(start - 1);
  const energy = estimateMean(means, start);
  const reason = notEquilibrated(means, { ...energy, start }, moves, travelled);
  const variance = estimateVariance(means, variances, start, energy.inefficiency);
  const square = (BOLTZMANN_EV_PER_K * temperature) ** 2;
  return {
    trace: thinnedTrace(records),
    energy_eV: { value: energy.mean, error: energy.error },
    heatCapacity_kB: records.composition
      ? null
      : { value: variance.value / square, error: variance.error / square },
    equilibration: {
      start_step: startStep,
      effective_samples: energy.effective,
      autocorrelation_steps: (energy.inefficiency / 2) * (plan.steps / plan.samples),
      equilibrated: reason === null,
      reason,
    },
    layers: records.layers.rows.map((row, i) =>
      layerOccupation(row, records, layers[i], species, { start, samples }),
    ),
    fractions: (records.composition?.rows ?? []).map((row, i) => ({
      ...row,
      fraction: perSite(estimateMean(species[i], start), row.sites, samples - start),
    })),
    observations: observations(records, startStep),
    maps: mapsAfter(records, startStep),
  };
}

/** What was not seen in n samples may still happen in about one of n, so no error is smaller than that. */
function perSite({ mean, error }: { mean: number; error: number }, sites: number, n: number): ValueWithError {
  return { value: mean / sites, error: Math.max(error, 1 / n) / sites };
}

function layerOccupation(
  row: LayerRow,
  records: ChainRecords,
  series: Float64Array,
  species: readonly Float64Array[],
  { start, samples }: { readonly start: number; readonly samples: number },
): LayerOccupation {
  const { mean, error: scatter } = estimateMean(series, start);
  const n = samples - start;
  if (row.total === null) {
    const of = records.composition!.rows.findIndex((r) => r.species === row.species && r.group === row.group);
    const all = species[of];
    return {
      ...row,
      share: ratioOfMeans(series, all, start),
      occupancy: perSite({ mean, error: scatter }, row.sites, n),
    };
  }
  const varies = records.layers.rows.some(
    (r) => r.layer === row.layer && r.group === row.group && r !== row && r.total !== 0,
  );
  const error = row.total > 0 && varies ? Math.max(scatter, 1 / n) : 0;
  return {
    ...row,
    share: row.total === 0 ? null : { value: mean / row.total, error: error / row.total },
    occupancy: { value: mean / row.sites, error: error / row.sites },
  };
}

/**
 * ⟨a⟩ / ⟨b⟩ with the error of the linearised ratio: that of the mean of (a - R b) / ⟨b⟩.
 * @returns null where b is always zero
 */
function ratioOfMeans(a: Float64Array, b: Float64Array, start: number): ValueWithError | null {
  const whole = estimateMean(b, start).mean;
  if (whole === 0) return null;
  const ratio = estimateMean(a, start).mean / whole;
  const residual = a.map((value, i) => (value - ratio * b[i]) / whole);
  const { error } = estimateMean(residual, start);
  return { value: ratio, error: Math.max(error, 1 / ((a.length - start) * whole)) };
}

function observations(records: ChainRecords, startStep: number): Observation[] {
  const columns = records.observers.series.flatMap((observer) => observer.columns);
  return columns.flatMap(({ name, unit }, column) => {
    const estimate = observationEstimate(records, column, startStep);
    return estimate === null ? [] : [{ name, unit, value: estimate.mean, error: estimate.error }];
  });
}

/**
 * Mean of one column of the observers over its own equilibrium, which does not begin before that of the chain.
 * @returns null where fewer than two measurements are left
 */
export function observationEstimate(
  records: ChainRecords,
  column: number,
  startStep: number,
): Estimate | null {
  let first = 0;
  while (first < records.measurements && records.stepOfMeasurement(first) <= startStep) first++;
  if (records.measurements - first < 2) return null;
  const series = records.observationSeries(column);
  return estimateMean(series, Math.max(first, findEquilibration(series).start));
}

function mapsAfter(records: ChainRecords, startStep: number): ObservedMap[] {
  const means = records.observers.maps.length > 0 ? records.mapMeans(startStep) : null;
  if (means === null) return [];
  let at = 0;
  return records.observers.maps.map(({ name, size }) => {
    at += size;
    return { name, values: means.slice(at - size, at) };
  });
}

/** @returns why averages after `found.start` cannot be trusted; null if nothing speaks against them */
function notEquilibrated(
  means: Float64Array,
  found: Equilibration,
  moves: readonly MoveAcceptance[],
  travelled: boolean,
): string | null {
  const stuck = moves.find(({ proposed, accepted }) => proposed > 0 && accepted === 0);
  if (stuck) return `no move ${stuck.move} was accepted: the chain is frozen`;
  const { start, effective } = found;
  const constant = means.subarray(start).every((mean) => Math.abs(mean - means[start]) < ROUNDING_EV);
  if (constant && !travelled && moves.some(({ proposed, accepted }) => accepted < proposed))
    return "the energy stays at one value: the chain is frozen, or nothing else can be reached at this temperature";
  const part = start / means.length;
  if (part > 0.5) return `it settled only after ${Math.round(100 * part)} % of the steps; run longer`;
  if (effective < FEWEST_EFFECTIVE)
    return (
      `only ${effective.toFixed(0)} uncorrelated samples of the energy, at least ${FEWEST_EFFECTIVE} are needed; ` +
      "run longer or take a higher temperature"
    );
  const third = Math.floor((means.length - start) / 3);
  const early = estimateMean(means.subarray(start, start + third));
  const late = estimateMean(means.subarray(means.length - third));
  const errors = Math.abs(late.mean - early.mean) / Math.hypot(early.error, late.error);
  if (errors > DRIFT_ERRORS)
    return `the energy still drifts: the last third differs from the first by ${errors.toFixed(1)} standard errors; run longer`;
  return null;
}

function thinnedTrace(records: ChainRecords): ChainSummary["trace"] {
  const { samples, energies } = records;
  const points = Math.min(MOST_TRACE_POINTS, samples);
  const chosen = Array.from({ length: points }, (_, k) => Math.floor(((k + 1) * samples) / points) - 1);
  return {
    steps: chosen.map((sample) => records.stepOfSample(sample)),
    energies_eV: chosen.map((sample) => energies[sample]),
  };
}
