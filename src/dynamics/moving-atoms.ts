/** Atoms on the move: what minimisers, dynamics and basin hopping change in place. */

import type { AtomKinds } from "../core/calculator.ts";
import type { Structure } from "../data/structure.ts";

export interface MovingAtoms extends AtomKinds {
  /** Å, Float64Array(3N); never wrapped into the cell, so that displacements can be followed. */
  readonly positions: Float64Array;
  /** Rows are lattice vectors, Å, Float64Array(9); changed by barostats and cell relaxation only. */
  readonly cell: Float64Array;
  /** Uint8Array(N), 1 where an atom stays where it is; null where all move. */
  readonly fixed: Uint8Array | null;
}

/** Copies of a structure's positions and cell, free to be changed. */
export function movingAtoms(structure: Structure, fixed: Uint8Array | null = null): MovingAtoms {
  return {
    species: structure.species,
    periodic: structure.periodic,
    positions: structure.positions.slice(),
    cell: structure.cell.slice(),
    fixed,
  };
}

/** The atoms as they are now, as a structure that keeps name and origin of the one they began as. */
export function structureOf(atoms: MovingAtoms, from: Structure, energy?: number): Structure {
  return {
    cell: atoms.cell.slice(),
    periodic: atoms.periodic,
    species: atoms.species,
    positions: atoms.positions.slice(),
    ...(energy === undefined ? {} : { energy }),
    name: from.name,
    info: from.info,
    source: from.source,
  };
}
