/** The statistical ensembles that a chain can sample, as plain data. */

/** Species that one move replaces together: each `from` becomes the `to`, or back. */
export interface Replacement {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/**
 * The potential Φ of which the weights are e^(-Φ / k_B T):
 * canonical Φ = E; semi-grand Φ = E - Σ μ N; reservoir Φ = E + n Δμ with n forward replacements that each release
 * something of chemical potential Δμ; variance-constrained Φ = E + k_B T κ N Σ (c + φ/2)².
 */
export type Ensemble =
  | { readonly kind: "canonical" }
  | {
      readonly kind: "semi-grand";
      /** eV by species, or by "species@group"; 0 where not given. */
      readonly chemicalPotentials: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "variance-constrained";
      readonly kappa: number;
      /** By species, or by "species@group"; c is its concentration on the N sites of its group. */
      readonly phi: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "reservoir";
      readonly replace: readonly Replacement[];
      /** eV for each forward replacement. */
      readonly deltaMu: number;
    };

/** Kinds of moves, and how often each is tried in proportion to the others. */
export interface MoveWeights {
  /** Exchange of two sites of one group, anywhere. */
  readonly swap?: number;
  /** Exchange of two neighbours. */
  readonly neighbourSwap?: number;
  /** Change of one site. */
  readonly flip?: number;
  /** Replacement with the reservoir. */
  readonly reaction?: number;
  /** Å; default: the nearest distance of two sites of the group. */
  readonly neighbourCutoff?: number;
}
