/**
 * Gupta's potential, the second-moment approximation of tight binding:
 *   E = Σ_i [ Σ_{j≠i} A exp(-p (r_ij/r0 - 1)) - sqrt( Σ_{j≠i} ξ² exp(-2q (r_ij/r0 - 1)) ) ]
 * with A, ξ, p, q and r0 of the pair of species. Both sums count every neighbour of every atom, so the pair energy is
 * 2 A exp(...); programs that write 1/2 before A have an A twice as large.
 * @see R. P. Gupta, Phys. Rev. B 23, 6265 (1981)
 * @see F. Cleri, V. Rosato, Phys. Rev. B 48, 22 (1993)
 */

import type { Potential } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import type { EmbeddedAtomFunctions, ValueAndSlope } from "./embedded-atoms.ts";
import { manyBodyPotential } from "./many-body-potential.ts";
import { checkCutoff, cutOff, type SmoothCutoff } from "./smooth-cutoff.ts";
import { pairTable } from "./species-pairs.ts";

export interface GuptaPair {
  /** In any order. */
  readonly species: readonly [string, string];
  readonly A_eV: number;
  readonly xi_eV: number;
  readonly p: number;
  readonly q: number;
  readonly r0_A: number;
}

export interface GuptaSpec {
  readonly kind: "gupta";
  /** For people: "Cleri, Rosato 1993". */
  readonly title: string;
  /** Every species with itself and with every other one. */
  readonly pairs: readonly GuptaPair[];
  /** Applied to the pair energies and to the terms under the root; null: none, for clusters only. */
  readonly cutoff: SmoothCutoff | null;
}

/**
 * The cut-off that keeps a fit to five shells of fcc neighbours as it is: whole up to the fifth shell (√5 r0) and none
 * from the sixth on (√6 r0). For several species it lies between the fifth shell of the largest atoms and the
 * sixth of the largest too: an alloy has no shells of its own before it is relaxed.
 */
export function fifthShellCutoff(pairs: readonly GuptaPair[]): SmoothCutoff {
  const r0 = Math.max(...pairs.map((pair) => pair.r0_A));
  return { from_A: Math.sqrt(5) * r0, to_A: Math.sqrt(6) * r0 };
}

/** The plain formulas; what the kernel computes fast. */
export function guptaFunctions(spec: GuptaSpec): EmbeddedAtomFunctions {
  if (spec.cutoff) checkCutoff(spec.cutoff);
  for (const pair of spec.pairs) checkPair(pair);
  const { species, at } = pairTable("Gupta", spec.pairs);
  return {
    species,
    cutoff: spec.cutoff?.to_A ?? Number.POSITIVE_INFINITY,
    pair: (a, b, r) => {
      const { A_eV: A, p, r0_A: r0 } = at(a, b);
      return cutOff(exponential(2 * A, p, r0, r), r, spec.cutoff);
    },
    density: (a, b, r) => {
      const { xi_eV: xi, q, r0_A: r0 } = at(a, b);
      return cutOff(exponential(xi * xi, 2 * q, r0, r), r, spec.cutoff);
    },
    embedding: (_, density) => squareRoot(1, density),
  };
}

function exponential(height: number, decay: number, r0: number, r: number): ValueAndSlope {
  const value = height * Math.exp(-decay * (r / r0 - 1));
  return [value, (-decay / r0) * value];
}

/** -d √ρ. An atom without neighbours has no slope: nothing moves its density. */
export function squareRoot(d: number, density: number): ValueAndSlope {
  if (density === 0) return [0, 0];
  const root = Math.sqrt(density);
  return [-d * root, -d / (2 * root)];
}

function checkPair(pair: GuptaPair): void {
  for (const key of ["A_eV", "xi_eV", "p", "q", "r0_A"] as const)
    if (!(pair[key] > 0 && Number.isFinite(pair[key])))
      throw new EcitonError(
        "data",
        `Gupta parameters of ${pair.species.join("-")}: ${key} is ${pair[key]}; expected a positive number`,
        { species: pair.species, key },
      );
}

/** @throws {EcitonError} "data" for parameters that are not positive, a pair that is missing or given twice */
export function guptaPotential(spec: GuptaSpec): Potential {
  const functions = guptaFunctions(spec);
  const { species, at } = pairTable("Gupta", spec.pairs);
  return manyBodyPotential({
    name: `Gupta ${species.join("-")} (${spec.title})`,
    functions,
    kernel: {
      form: "exponentials",
      cutoff: spec.cutoff,
      pair: (a, b) => {
        const { A_eV: A, xi_eV: xi, p, q, r0_A: r0 } = at(a, b);
        return { length: r0, pairHeight: 2 * A, pairDecay: p, densityHeight: xi * xi, densityDecay: 2 * q };
      },
      root: () => 1,
    },
  });
}
