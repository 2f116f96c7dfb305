/** What compiled code must know of the moves of a chain, as plain data. Sites are those of the supercell. */

/** Flips of one site. */
export interface FlipProgram {
  readonly move: "flip";
  /** In the order in which they are drawn. */
  readonly sites: Int32Array;
  /** eV by group and species. */
  readonly potentials: readonly Float64Array[];
  /** Constraint of the variance; φ by group and species, undefined where none. */
  readonly constraint: {
    readonly kappa: number;
    readonly phi: readonly (readonly (number | undefined)[])[];
  } | null;
}

export interface SpeciesPair {
  /** Number of the exchange group. */
  readonly group: number;
  /** Species numbers, a < b. */
  readonly a: number;
  readonly b: number;
}

/** Exchanges anywhere in the cell. */
export interface SwapProgram {
  readonly move: "swap";
  readonly pairs: readonly SpeciesPair[];
}

/** Exchanges of neighbours. */
export interface NeighbourSwapProgram {
  readonly move: "neighbour-swap";
  readonly pairs: readonly SpeciesPair[];
  /** By parent site: parent site of each neighbour, and its cell by cell of the supercell. */
  readonly neighbours: readonly (readonly { readonly to: number; readonly cells: Int32Array }[])[];
}

/** Sites of one species that a move in one direction takes. */
export interface ReactionSource {
  readonly group: number;
  readonly species: number;
  /** What each of the taken sites becomes. */
  readonly become: readonly number[];
}

/** Sites of one species that the reverse move takes. */
export interface ReactionProduct {
  readonly group: number;
  readonly species: number;
  readonly count: number;
  /** How many more there are after this move. */
  readonly gain: number;
}

/** Replacements in exchange with a reservoir; forward, backward. */
export interface ReactionProgram {
  readonly move: "reaction";
  readonly sources: readonly (readonly ReactionSource[])[];
  readonly products: readonly (readonly ReactionProduct[])[];
  readonly deltaMu: number;
}

export type PartProgram = FlipProgram | SwapProgram | NeighbourSwapProgram | ReactionProgram;

export interface MoveProgram {
  readonly parts: readonly {
    readonly part: PartProgram;
    readonly weight: number;
    readonly firstKind: number;
  }[];
  /** Number of kinds of moves of all parts. */
  readonly kinds: number;
  /** Parent sites of each group, and the number of its species. */
  readonly groups: readonly { readonly sublattices: readonly number[]; readonly species: number }[];
  /** Whether the state of the moves is that of lists by group and species: sites, then beginnings of lists. */
  readonly lists: boolean;
}
