/** From numbers of states at each energy to averages at any temperature. */
import { EcitonError } from "../../core/errors.ts";
import { BOLTZMANN_EV_PER_K } from "../../core/units.ts";
import { logSum } from "./number-of-states.ts";

export interface EnergyLevelStates {
  readonly bin: number;
  /** Mean of the bin, eV. In ensembles of changing composition the potential Φ stands in the place of the energy. */
  readonly energy_eV: number;
  /** ln of the number of states. */
  readonly lnStates: number;
}

export interface Thermodynamics {
  readonly temperature_K: number;
  /** -k_B T ln Σ g e^(-E / k_B T), of the supercell. */
  readonly freeEnergy_eV: number;
  readonly energy_eV: number;
  /** Heat capacity in units of k_B, (⟨E²⟩ - ⟨E⟩²) / (k_B T)². */
  readonly heatCapacity_kB: number;
  /** In units of k_B: ln of the effective number of states. */
  readonly entropy_kB: number;
}

/** A mean over walkers; its standard error is null for a single one. */
export interface WalkersMean {
  readonly value: number;
  readonly error: number | null;
}

export interface JoinedDensity {
  readonly walkers: number;
  readonly levels: readonly {
    readonly bin: number;
    readonly energy_eV: number;
    readonly lnStates: WalkersMean;
    /** Walkers that found the bin. */
    readonly walkers: number;
  }[];
  readonly thermodynamics: readonly {
    readonly temperature_K: number;
    readonly freeEnergy_eV: WalkersMean;
    readonly energy_eV: WalkersMean;
    readonly heatCapacity_kB: WalkersMean;
    readonly entropy_kB: WalkersMean;
  }[];
}

/** Adds the constant that makes the numbers of states add up to e^lnTotal. */
export function normalised(levels: readonly EnergyLevelStates[], lnTotal: number): EnergyLevelStates[] {
  const shift = lnTotal - logSum(levels.map(({ lnStates }) => lnStates));
  return levels.map((level) => ({ ...level, lnStates: level.lnStates + shift }));
}

/** @param temperature K, above 0 */
export function thermodynamicsOf(levels: readonly EnergyLevelStates[], temperature: number): Thermodynamics {
  if (!(Number.isFinite(temperature) && temperature > 0))
    throw new EcitonError("usage", `expected a temperature above 0 K, found ${temperature}`);
  const kT = BOLTZMANN_EV_PER_K * temperature;
  const logWeights = levels.map(({ energy_eV, lnStates }) => lnStates - energy_eV / kT);
  const logZ = logSum(logWeights);
  const mean = (value: (level: EnergyLevelStates) => number) =>
    levels.reduce((sum, level, i) => sum + Math.exp(logWeights[i] - logZ) * value(level), 0);
  const energy = mean(({ energy_eV }) => energy_eV);
  const variance = mean(({ energy_eV }) => (energy_eV - energy) ** 2);
  return {
    temperature_K: temperature,
    freeEnergy_eV: -kT * logZ,
    energy_eV: energy,
    heatCapacity_kB: variance / kT ** 2,
    entropy_kB: energy / kT + logZ,
  };
}

/** Mean and error bars of independent walkers over the same bins. */
export function joinDensities(
  walkers: readonly (readonly EnergyLevelStates[])[],
  temperatures_K: readonly number[],
): JoinedDensity {
  const byBin = new Map<number, EnergyLevelStates[]>();
  for (const level of walkers.flat()) byBin.set(level.bin, [...(byBin.get(level.bin) ?? []), level]);
  const averages = temperatures_K.map((temperature) =>
    walkers.map((levels) => thermodynamicsOf(levels, temperature)),
  );
  return {
    walkers: walkers.length,
    levels: [...byBin.entries()]
      .sort(([a], [b]) => a - b)
      .map(([bin, found]) => ({
        bin,
        energy_eV: meanOf(found.map(({ energy_eV }) => energy_eV)).value,
        lnStates: meanOf(found.map(({ lnStates }) => lnStates)),
        walkers: found.length,
      })),
    thermodynamics: averages.map((found, t) => ({
      temperature_K: temperatures_K[t],
      freeEnergy_eV: meanOf(found.map((average) => average.freeEnergy_eV)),
      energy_eV: meanOf(found.map((average) => average.energy_eV)),
      heatCapacity_kB: meanOf(found.map((average) => average.heatCapacity_kB)),
      entropy_kB: meanOf(found.map((average) => average.entropy_kB)),
    })),
  };
}

function meanOf(values: readonly number[]): WalkersMean {
  const n = values.length;
  const value = values.reduce((sum, x) => sum + (x - values[0]), 0) / n + values[0];
  if (n < 2) return { value, error: null };
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, error: Math.sqrt(squares / (n - 1) / n) };
}
