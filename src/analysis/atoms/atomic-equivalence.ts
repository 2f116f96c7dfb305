/** Atomic equivalence indices. */
import { checkAtoms } from "./frame.ts";

/**
 * AEI_h = Σ_k |R_h − R_k|, the sum of the distances from atom h to all others: equal for atoms that symmetry makes
 * equivalent, small for the core of a cluster, large for its surface.
 * @param positions Float64Array(3N) of a cluster, Å, not wrapped by any cell
 * @returns Float64Array(N), Å
 * @see Bonačić-Koutecký, Jellinek, Wiechert, Fantucci, J. Chem. Phys. 107, 6321 (1997)
 */
export function atomicEquivalenceIndices(positions: Float64Array, species: readonly string[]): Float64Array {
  checkAtoms(positions, species);
  const count = species.length;
  const indices = new Float64Array(count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const distance = Math.hypot(
        positions[3 * i] - positions[3 * j],
        positions[3 * i + 1] - positions[3 * j + 1],
        positions[3 * i + 2] - positions[3 * j + 2],
      );
      indices[i] += distance;
      indices[j] += distance;
    }
  return indices;
}
