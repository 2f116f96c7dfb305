/** From the records of a chain to numbers with error bars. */
import { BOLTZMANN_EV_PER_K } from "../core/units.ts";
import type { ChainRecords } from "./chain-records.ts";
import type { LayerRow } from "./layer-counts.ts";
import { type Equilibration, estimateMean, estimateVariance, findEquilibration } from "./statistics.ts";

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

export interface ChannelAcceptance {
  readonly group: string;
  readonly species: readonly [string, string];
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

export interface ChainSummary {
  readonly trace: { readonly steps: readonly number[]; readonly energies_eV: readonly number[] };
  /** eV for the supercell. */
  readonly energy_eV: ValueWithError;
  /** (⟨E²⟩ - ⟨E⟩²) / (k_B T)² of the supercell: the heat capacity in units of k_B. */
  readonly heatCapacity_kB: ValueWithError;
  readonly equilibration: EquilibrationReport;
  readonly layers: readonly LayerOccupation[];
}

const MOST_TRACE_POINTS = 1000;
/** Energies closer than this are equal, eV. */
const ROUNDING_EV = 1e-9;
/** Fewer uncorrelated samples make error bars that are themselves unsure by more than about a tenth. */
const FEWEST_EFFECTIVE = 50;
/** Difference between the first and the last third that is no longer chance, in standard errors. */
const DRIFT_ERRORS = 4;

/**
 * The start of equilibrium is the latest of those found for the energy and for every layer's counts, because
 * atoms can still move between layers when the energy hardly changes any more.
 * @param channels what the moves did in the whole chain
 */
export function summarizeChain(
  records: ChainRecords,
  rows: readonly LayerRow[],
  temperature: number,
  channels: readonly ChannelAcceptance[],
): ChainSummary {
  const { means, variances, samples, steps } = records;
  const series = rows.map((_, row) => records.layerSeries(row));
  const start = Math.max(...[means, ...series].map((values) => findEquilibration(values).start));
  const energy = estimateMean(means, start);
  const variance = estimateVariance(means, variances, start, energy.inefficiency);
  const square = (BOLTZMANN_EV_PER_K * temperature) ** 2;
  const stepsPerSample = steps / samples;
  const reason = notEquilibrated(means, { ...energy, start }, channels);
  return {
    trace: thinnedTrace(records),
    energy_eV: { value: energy.mean, error: energy.error },
    heatCapacity_kB: { value: variance.value / square, error: variance.error / square },
    equilibration: {
      start_step: start === 0 ? 0 : records.stepOfSample(start - 1),
      effective_samples: energy.effective,
      autocorrelation_steps: (energy.inefficiency / 2) * stepsPerSample,
      equilibrated: reason === null,
      reason,
    },
    layers: rows.map((row, i): LayerOccupation => {
      const { mean, error: scatter } = estimateMean(series[i], start);
      // What was not seen in n samples may still happen in about one of n, so no error is smaller than that.
      const varies = rows.some(
        (r) => r.layer === row.layer && r.group === row.group && r !== row && r.total > 0,
      );
      const error = row.total > 0 && varies ? Math.max(scatter, 1 / (samples - start)) : 0;
      return {
        ...row,
        share: row.total === 0 ? null : { value: mean / row.total, error: error / row.total },
        occupancy: { value: mean / row.sites, error: error / row.sites },
      };
    }),
  };
}

function notEquilibrated(
  means: Float64Array,
  found: Equilibration,
  channels: readonly ChannelAcceptance[],
): string | null {
  const stuck = channels.find(({ proposed, accepted }) => proposed > 0 && accepted === 0);
  if (stuck) return `no exchange of ${stuck.species.join(" and ")} was accepted: the chain is frozen`;
  const { start, effective } = found;
  const constant = means.subarray(start).every((mean) => Math.abs(mean - means[start]) < ROUNDING_EV);
  if (constant && channels.some(({ proposed, accepted }) => accepted < proposed))
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
  const points = Math.min(MOST_TRACE_POINTS, records.samples);
  const chosen = Array.from(
    { length: points },
    (_, k) => Math.floor(((k + 1) * records.samples) / points) - 1,
  );
  return {
    steps: chosen.map((sample) => records.stepOfSample(sample)),
    energies_eV: chosen.map((sample) => records.energies[sample]),
  };
}
