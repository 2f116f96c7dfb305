/** Symmetry functions of all atoms of one structure, with their derivatives: what training works with. */

/**
 * Unscaled values, Å. Of atom i with M_i functions:
 *   values[valueOffsets[i] + g] = G_g
 *   partners[partnerOffsets[i] + p] = the atoms (images merged, each once) whose displacement changes functions of i; the
 *     first is i itself
 *   gradients[gradientOffsets[partnerOffsets[i] + p] + 3 s + c] = ∂G_g/∂r_partner,c with g = dependence[kind_i][kind_partner][s],
 *     or g = s for the first partner, which all functions depend on
 *   strains[6 (valueOffsets[i] + g) + v] = ∂G_g/∂ε_v for r → r(1 + ε), v = xx, yy, zz, yz, xz, xy (ε symmetric: an
 *     off-diagonal v counts both halves), or empty if not asked for
 */
export interface StructureDescriptors {
  readonly numAtoms: number;
  /** Uint8Array(N): number of each atom's element in the model. */
  readonly kinds: Uint8Array;
  readonly valueOffsets: Uint32Array; // N + 1
  readonly values: Float64Array;
  readonly partnerOffsets: Uint32Array; // N + 1
  readonly partners: Uint32Array;
  readonly gradientOffsets: Float64Array; // partners + 1
  readonly gradients: Float64Array;
  readonly strains: Float64Array;
}

/** Rows and columns of the strain's components xx, yy, zz, yz, xz, xy in a 3×3 matrix. */
export const VOIGT = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/** dependence[i][j]: the functions of element i that depend on neighbours of element j, ascending. */
export type Dependence = readonly (readonly Uint16Array[])[];
