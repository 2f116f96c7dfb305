/**
 * What Gupta, Sutton-Chen and EAM potentials have in common, as plain formulas:
 *   E = Σ_{i<j} φ(r_ij) + Σ_i F(ρ_i),   ρ_i = Σ_j f(r_ij)
 * with functions that depend on the species. The fast kernels are tested against this.
 * @see M. S. Daw, M. I. Baskes, Phys. Rev. B 29, 6443 (1984)
 */

import type { Evaluation } from "../../core/calculator.ts";
import { neighbourList } from "../../lattice/neighbour-list.ts";

/** A function's value and its first derivative. */
export type ValueAndSlope = readonly [value: number, slope: number];

/** The functions of a potential; species are indices into its list of species, distances in Å, energies in eV. */
export interface EmbeddedAtomFunctions {
  /** Species in the order of their indices. */
  readonly species: readonly string[];
  /** Å; Infinity where nothing is cut off. */
  readonly cutoff: number;
  /** Energy of a pair, the same for (a, b) and (b, a). */
  pair(a: number, b: number, r: number): ValueAndSlope;
  /** What an atom of species b adds to the density at an atom of species a. */
  density(a: number, b: number, r: number): ValueAndSlope;
  /** Energy of an atom of species a in a density; the density is never below 0. */
  embedding(a: number, density: number): ValueAndSlope;
}

/** Neighbours of one atom: their indices, the vectors to them and the distances. */
interface Neighbour {
  readonly index: number;
  readonly vector: readonly [number, number, number];
  readonly distance: number;
}

/**
 * Energy and derivatives by the plain formulas, with every neighbour of every atom looked at.
 * @param kinds index of each atom's species among `functions.species`
 */
export function evaluateEmbeddedAtoms(
  functions: EmbeddedAtomFunctions,
  kinds: ArrayLike<number>,
  periodic: readonly [boolean, boolean, boolean],
  positions: Float64Array,
  cell: Float64Array,
  out: Evaluation,
): void {
  const neighbours = neighboursOf(functions.cutoff, periodic, positions, cell);
  const numAtoms = kinds.length;
  const slopes = new Float64Array(numAtoms);
  out.energy = 0;
  out.forces.fill(0);
  out.virial?.fill(0);
  for (let i = 0; i < numAtoms; i++) {
    let density = 0;
    let energy = 0;
    for (const { index, distance } of neighbours[i]) {
      density += functions.density(kinds[i], kinds[index], distance)[0];
      energy += functions.pair(kinds[i], kinds[index], distance)[0] / 2;
    }
    const [embedded, slope] = functions.embedding(kinds[i], density);
    energy += embedded;
    slopes[i] = slope;
    out.energy += energy;
    if (out.energies) out.energies[i] = energy;
  }
  for (let i = 0; i < numAtoms; i++)
    for (const { index: j, vector, distance } of neighbours[i]) {
      // Each pair comes twice, once from each end, so i takes its own force only and half of the virial.
      const slope =
        functions.pair(kinds[i], kinds[j], distance)[1] +
        slopes[i] * functions.density(kinds[i], kinds[j], distance)[1] +
        slopes[j] * functions.density(kinds[j], kinds[i], distance)[1];
      for (let a = 0; a < 3; a++) {
        out.forces[3 * i + a] += (slope * vector[a]) / distance;
        if (out.virial)
          for (let b = 0; b < 3; b++)
            out.virial[3 * a + b] -= (slope * vector[a] * vector[b]) / (2 * distance);
      }
    }
}

function neighboursOf(
  cutoff: number,
  periodic: readonly [boolean, boolean, boolean],
  positions: Float64Array,
  cell: Float64Array,
): Neighbour[][] {
  const numAtoms = positions.length / 3;
  if (cutoff === Number.POSITIVE_INFINITY) {
    return Array.from({ length: numAtoms }, (_, i) =>
      Array.from({ length: numAtoms }, (_, j) => {
        const vector = [0, 1, 2].map((a) => positions[3 * j + a] - positions[3 * i + a]);
        return {
          index: j,
          vector: vector as [number, number, number],
          distance: Math.hypot(vector[0], vector[1], vector[2]),
        };
      }).filter(({ index }) => index !== i),
    );
  }
  const list = neighbourList(positions, cell, periodic, cutoff);
  return Array.from({ length: numAtoms }, (_, i) =>
    Array.from({ length: list.first[i + 1] - list.first[i] }, (_, n) => {
      const k = list.first[i] + n;
      return {
        index: list.index[k],
        vector: [list.vectors[3 * k], list.vectors[3 * k + 1], list.vectors[3 * k + 2]] as const,
        distance: list.distances[k],
      };
    }),
  );
}
