/**
 * Lennard-Jones: E = Σ_{i<j} 4 ε [ (σ/r)^12 − (σ/r)^6 ], ε and σ of the pair of species.
 * In reduced units ε = 1 eV and σ = 1 Å, whatever the species is called.
 * @see J. E. Jones, Proc. R. Soc. A 106, 463 (1924)
 */

import type { Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { type PairCutoff, type PairModel, pairPotential } from "./pair-potential.ts";
import { pairTable } from "./species-pairs.ts";

export interface LennardJonesPair {
  /** In any order. */
  readonly species: readonly [string, string];
  readonly epsilon_eV: number;
  readonly sigma_A: number;
}

export interface LennardJonesSpec {
  readonly kind: "lennard-jones";
  /** For people: "argon, Verlet 1967". */
  readonly title: string;
  /** Every species with itself, and with every other one unless these are mixed. */
  readonly pairs: readonly LennardJonesPair[];
  /** How pairs of unlike species that are not given come about: ε the geometric, σ the arithmetic mean; null: not. */
  readonly mixing: "lorentz-berthelot" | null;
  readonly cutoff: PairCutoff;
}

/** @throws {EcitonError} "data" for parameters that are not positive, a pair that is missing or given twice */
export function lennardJonesModel(spec: LennardJonesSpec): PairModel {
  for (const pair of spec.pairs)
    for (const key of ["epsilon_eV", "sigma_A"] as const)
      if (!(pair[key] > 0 && Number.isFinite(pair[key])))
        throw new EcitonError(
          "data",
          `Lennard-Jones parameters of ${pair.species.join("-")}: ${key} is ${pair[key]}; expected a positive number`,
          { species: pair.species, key },
        );
  const { species, at } = pairTable("Lennard-Jones", spec.mixing ? mixed(spec.pairs) : spec.pairs);
  return {
    name: `Lennard-Jones ${species.join("-")} (${spec.title})`,
    species,
    form: "lennard-jones",
    cutoff: spec.cutoff,
    bare: (a, b, r) => {
      const { epsilon_eV: epsilon, sigma_A: sigma } = at(a, b);
      const attraction = 4 * epsilon * (sigma / r) ** 6;
      const repulsion = 4 * epsilon * (sigma / r) ** 12;
      return [repulsion - attraction, (6 * attraction - 12 * repulsion) / r];
    },
    kernel: (a, b, added) => {
      const { epsilon_eV: epsilon, sigma_A: sigma } = at(a, b);
      return [4 * epsilon * sigma ** 12, 4 * epsilon * sigma ** 6, added, 0];
    },
  };
}

function mixed(pairs: readonly LennardJonesPair[]): LennardJonesPair[] {
  const own = pairs.filter(({ species: [a, b] }) => a === b);
  const given = new Set(pairs.flatMap(({ species: [a, b] }) => [`${a} ${b}`, `${b} ${a}`]));
  const out = [...pairs];
  own.forEach((one, k) => {
    for (const other of own.slice(k + 1)) {
      const species = [one.species[0], other.species[0]] as const;
      if (!given.has(species.join(" ")))
        out.push({
          species,
          epsilon_eV: Math.sqrt(one.epsilon_eV * other.epsilon_eV),
          sigma_A: (one.sigma_A + other.sigma_A) / 2,
        });
    }
  });
  return out;
}

/** @throws {EcitonError} "data" for parameters or a cut-off that make no sense, a pair that is missing or given twice */
export function lennardJonesPotential(spec: LennardJonesSpec): Potential {
  return pairPotential(lennardJonesModel(spec));
}
