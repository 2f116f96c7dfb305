/**
 * What a symmetry function is: plain data. Lengths are in Å throughout (files in bohr are converted when they are read), so
 * that η is in 1/Å². Numbers of types and their meaning are n2p2's, which people know.
 * @see Behler, J. Chem. Phys. 134, 074106 (2011); Gastegger et al., J. Chem. Phys. 148, 241709 (2018) for the weighted
 *   functions; Bircher, Singraber, Dellago, Mach. Learn.: Sci. Technol. 2, 035026 (2021) for those with compact support
 */

/** In the order of n2p2's numbers 0 to 8. */
export const cutoffForms = [
  "hard",
  "cos",
  "tanh3",
  "tanh3-normalised",
  "exp",
  "poly1",
  "poly2",
  "poly3",
  "poly4",
] as const;
export type CutoffForm = (typeof cutoffForms)[number];

/** f_c(r): 1 up to α r_c, then falling to 0 at r_c. */
export interface CutoffFunction {
  readonly form: CutoffForm;
  /** α, 0 ≤ α < 1: inner radius as a fraction of the outer one. */
  readonly alpha: number;
}

/** Σ_j exp(−η (r_ij − r_s)²) f_c(r_ij), over neighbours of one element. */
export interface RadialFunction {
  readonly type: 2;
  readonly neighbour: string;
  readonly eta: number;
  readonly shift: number;
  readonly radius: number;
  readonly cutoff: CutoffFunction;
}

/**
 * 2^(1−ζ) Σ_{j<k} (1 + λ cos θ_jik)^ζ exp(−η Σ (r − r_s)²) Π f_c(r), sums and products over ij, ik and, narrow (3) only, jk.
 * The pair of elements is unordered, sorted by atomic number.
 */
export interface AngularFunction {
  readonly type: 3 | 9;
  readonly neighbours: readonly [string, string];
  readonly eta: number;
  readonly shift: number;
  readonly lambda: 1 | -1;
  readonly zeta: number;
  readonly radius: number;
  readonly cutoff: CutoffFunction;
}

/** As radial, over all neighbours, each weighted with its atomic number. */
export interface WeightedRadialFunction {
  readonly type: 12;
  readonly eta: number;
  readonly shift: number;
  readonly radius: number;
  readonly cutoff: CutoffFunction;
}

/** As narrow angular, over all pairs of neighbours, each weighted with the product of their atomic numbers. */
export interface WeightedAngularFunction {
  readonly type: 13;
  readonly eta: number;
  readonly shift: number;
  readonly lambda: 1 | -1;
  readonly zeta: number;
  readonly radius: number;
  readonly cutoff: CutoffFunction;
}

export const compactForms = ["p1", "p1a", "p2", "p2a", "p3", "p3a", "p4", "p4a", "e"] as const;
/** Polynomial or exponential of compact support; "a" for the asymmetric forms. */
export type CompactForm = (typeof compactForms)[number];

/** Σ_j C(r_ij; left, radius); 23 over all neighbours, weighted with atomic numbers. */
export type CompactRadialFunction = {
  readonly form: CompactForm;
  readonly left: number;
  readonly radius: number;
} & ({ readonly type: 20; readonly neighbour: string } | { readonly type: 23 });

/**
 * Σ_{j<k} C(r_ij) C(r_ik) C(θ_jik) and, narrow (21, 24) only, C(r_jk); 24 and 25 over all pairs, weighted with products
 * of atomic numbers. Angles in degrees.
 */
export type CompactAngularFunction = {
  readonly form: CompactForm;
  readonly left: number;
  readonly radius: number;
  readonly angleLeft: number;
  readonly angleRight: number;
} & ({ readonly type: 21 | 22; readonly neighbours: readonly [string, string] } | { readonly type: 24 | 25 });

export type SymmetryFunction =
  | RadialFunction
  | AngularFunction
  | WeightedRadialFunction
  | WeightedAngularFunction
  | CompactRadialFunction
  | CompactAngularFunction;

export type SymmetryFunctionType = SymmetryFunction["type"];
