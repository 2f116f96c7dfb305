/**
 * What everything that moves atoms knows of an energy model. A Potential is the model itself (plain parameters, any
 * atoms); a Calculator is made by it for one set of atoms and keeps what they need, the neighbour list above all.
 */

/** The fixed facts of the atoms that a calculator is made for. */
export interface AtomKinds {
  /** Species of each atom, as in a Structure ("Cu", "Ce3+"). */
  readonly species: readonly string[];
  readonly periodic: readonly [boolean, boolean, boolean];
}

/** Where a calculator writes; owned by the caller. What is absent or null is not computed. */
export interface Evaluation {
  /** eV */
  energy: number;
  /** −∂E/∂r, Float64Array(3N), eV/Å. */
  readonly forces: Float64Array;
  /** Share of each atom, Float64Array(N), eV; they sum to the energy. */
  readonly energies?: Float64Array | null;
  /**
   * W_ab = −∂E/∂ε_ab for r → r(1 + ε), cell → cell(1 + ε) (row vectors), Float64Array(9), eV, symmetric: positive on
   * the diagonal for a compressed solid. The stress is −W / volume, the pressure of the atoms at rest tr W / 3V.
   */
  readonly virial?: Float64Array | null;
}

/** What a calculator remembers of earlier calls, for a checkpoint: where the neighbour list was built. JSON-safe copies. */
export interface CalculatorState {
  readonly positions: Float64Array;
  readonly cell: Float64Array;
}

/** A state of the atoms that a potential was not trained for. */
export interface KeptState {
  /** Float64Array(3N), Å */
  readonly positions: Float64Array;
  /** Float64Array(9), Å */
  readonly cell: Float64Array;
  /** Number of the evaluation, 1 the first. */
  readonly evaluation: number;
  /** Atoms that are the reason. */
  readonly atoms: readonly number[];
  /** In words. */
  readonly why: string;
}

export interface Calculator {
  readonly numAtoms: number;
  /**
   * Energy and derivatives of the atoms at `positions`.
   * @param positions Float64Array(3N), Å, anywhere (not necessarily inside the cell); not modified
   * @param cell Float64Array(9), rows are lattice vectors, Å; only the rows of periodic directions matter
   * @throws {EcitonError} "data" with details {atoms: [i, j], distance_A} where atoms coincide or an energy is not
   *   finite; "memory" where the cell is so small against the cut-off that the list would not fit
   */
  evaluate(positions: Float64Array, cell: Float64Array, out: Evaluation): void;
  /** null before the first evaluation, or without a list. */
  state(): CalculatorState | null;
  /**
   * Makes what follows the same to the last bit as in the calculator that gave the state: sums depend on the order of
   * the neighbour list, and that on where it was built.
   */
  restore(state: CalculatorState): void;
  /** What a person should know of the evaluations so far, such as atoms that a network was not trained for; none if absent. */
  notes?(): readonly string[];
  /** States that the potential wants labels for; none if absent. */
  kept?(): readonly KeptState[];
}

export interface Potential {
  /** For people: "Gupta Cu (Cleri, Rosato 1993)". */
  readonly name: string;
  /** Species that it describes; null for any. */
  readonly species: readonly string[] | null;
  /** Where interactions end, Å; Infinity for a potential without a cut-off (not for periodic atoms). */
  readonly cutoff: number;
  /**
   * @throws {EcitonError} "data" for a species that the potential does not describe (named, with those that it does),
   *   for periodic atoms without a cut-off, and for charged cells where they must be neutral
   */
  calculator(atoms: AtomKinds): Calculator;
}

/** Room for the results of a calculator of n atoms: energy and forces, and on request the rest. */
export function evaluationFor(
  numAtoms: number,
  parts: { energies?: boolean; virial?: boolean } = {},
): Evaluation {
  return {
    energy: 0,
    forces: new Float64Array(3 * numAtoms),
    energies: parts.energies ? new Float64Array(numAtoms) : null,
    virial: parts.virial ? new Float64Array(9) : null,
  };
}
