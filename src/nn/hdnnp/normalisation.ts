/**
 * Units that the networks work in, chosen so that what they learn is of size 1: they then train alike whatever the data.
 * @see Singraber, Morawietz, Behler, Dellago, J. Chem. Theory Comput. 15, 3075 (2019); n2p2's nnp-norm and
 *   normalize_data_set
 */
import { EcitonError } from "../../core/errors.ts";
import type { Structure } from "../../data/structure.ts";
import { NO_NORMALISATION, type Normalisation } from "./model.ts";

/** Means and standard deviations (n − 1) of a set of structures; null where there are fewer than two numbers. */
export interface DataStatistics {
  /** Structures with an energy. */
  readonly energies: number;
  /** Of energies per atom without the energies of free atoms, every structure weighing the same, eV. */
  readonly meanEnergy: number;
  readonly energySigma: number | null;
  readonly forceComponents: number;
  /** eV/Å */
  readonly meanForce: number;
  readonly forceSigma: number | null;
}

/**
 * @param structures test structures too, as n2p2 does; those without an energy or forces count only with what they have
 * @param atomEnergies energy of the free atom of each element, eV; 0 for those that are not there
 * @throws {EcitonError} "data" without any energy
 */
export function dataStatistics(
  structures: readonly Structure[],
  atomEnergies: ReadonlyMap<string, number>,
): DataStatistics {
  const energies: number[] = [];
  for (const { energy, species } of structures) {
    if (energy === undefined) continue;
    const free = species.reduce((sum, name) => sum + (atomEnergies.get(name) ?? 0), 0);
    energies.push((energy - free) / species.length);
  }
  if (energies.length === 0)
    throw new EcitonError(
      "data",
      `normalisation needs energies; none of ${structures.length} structures has one`,
    );
  const meanEnergy = energies.reduce((sum, x) => sum + x, 0) / energies.length;
  const energySquares = energies.reduce((sum, x) => sum + (x - meanEnergy) ** 2, 0);
  const forces = forceStatistics(structures.flatMap((one) => (one.forces ? [one.forces] : [])));
  return {
    energies: energies.length,
    meanEnergy,
    energySigma: sigma(energySquares, energies.length),
    forceComponents: forces.components,
    meanForce: forces.mean,
    forceSigma: forces.sigma,
  };
}

/** Of all components of the forces on all atoms; sigma is null for fewer than two. */
function forceStatistics(forces: readonly Float64Array[]): {
  readonly components: number;
  readonly mean: number;
  readonly sigma: number | null;
} {
  let components = 0;
  let sum = 0;
  for (const one of forces) {
    components += one.length;
    for (const f of one) sum += f;
  }
  const mean = components === 0 ? 0 : sum / components;
  let squares = 0;
  for (const one of forces) for (const f of one) squares += (f - mean) ** 2;
  return { components, mean, sigma: sigma(squares, components) };
}

const sigma = (squares: number, count: number) => (count < 2 ? null : Math.sqrt(squares / (count - 1)));

export type NormalisationMode =
  | { readonly kind: "none" }
  /**
   * σ(E*) = σ(F*) = 1: perEnergy = 1/σ_E, perLength = σ_F/σ_E; without forces perLength = 1 (nnp-norm, or
   * normalize_data_set ref)
   */
  | { readonly kind: "energy-and-force" }
  /**
   * σ(F*) = 1, lengths in Å: perEnergy = 1/σ_F, perLength = 1. An error of 1 eV then counts as much as one of 1 eV/Å, whatever
   * the networks and the symmetry functions
   */
  | { readonly kind: "force" }
  /**
   * σ(F*) = 1, and the forces of the untrained networks as large: perEnergy = σ_NN/σ_F, perLength = σ_NN
   * (normalize_data_set force)
   */
  | {
      readonly kind: "network-force";
      /** σ_NN of the untrained model without normalisation over the same structures. */
      readonly untrainedForceSigma: number;
    };

/** Below this part of what it is a deviation of, a sigma is rounding. */
const ROUNDING = 1e-12;

/**
 * Internal units in which mean(E*) = 0, and as the mode says.
 * @throws {EcitonError} "data" where a standard deviation that the mode divides by is missing or zero: one structure, equal
 *   energies, no forces, atoms all at rest, a network without forces
 */
export function normalisationOf(statistics: DataStatistics, mode: NormalisationMode): Normalisation {
  const { meanEnergy, meanForce, energySigma, forceSigma, energies, forceComponents } = statistics;
  const refuse = (what: string, found: string): never => {
    throw new EcitonError(
      "data",
      `normalisation "${mode.kind}" divides by the standard deviation of ${what}; ${found}. Give data that differ, or ` +
        'take normalise "none"',
      { ...statistics },
    );
  };
  const divisor = (what: string, value: number | null, mean: number, count: number): number => {
    if (value === null) return refuse(what, count === 0 ? "there are none" : `there is only ${count}`);
    if (!(value > ROUNDING * Math.abs(mean)) || !Number.isFinite(value))
      return refuse(what, `it is ${value} about a mean of ${mean}`);
    return value;
  };
  const forces = () => divisor("the forces", forceSigma, meanForce, forceComponents);
  switch (mode.kind) {
    case "none":
      return NO_NORMALISATION;
    case "energy-and-force": {
      const energy = divisor("the energies per atom", energySigma, meanEnergy, energies);
      return {
        meanEnergy,
        perEnergy: 1 / energy,
        perLength: forceComponents === 0 ? 1 : forces() / energy,
      };
    }
    case "force":
      return { meanEnergy, perEnergy: 1 / forces(), perLength: 1 };
    case "network-force": {
      const { untrainedForceSigma: untrained } = mode;
      if (!(untrained > 0 && Number.isFinite(untrained)))
        return refuse("the untrained model's forces", `it is ${untrained}`);
      return { meanEnergy, perEnergy: untrained / forces(), perLength: untrained };
    }
    default:
      return mode satisfies never;
  }
}
