/** A structure's cell brought into the lattice's order, and its atoms in coordinates that strain does not change. */
import { EcitonError } from "../../core/errors.ts";
import { det3, inv3, norm3, rowTimes } from "../../core/linalg.ts";
import type { ParentLattice } from "../../lattice/parent-lattice.ts";
import type { Structure } from "../structure.ts";
import { completeFrame, type ReducedFrame, reduceFrame } from "./periodic-frame.ts";

export interface AtomsInCell {
  /** The structure's vectors, reduced, along periodic directions of the lattice; unit normals along the others. */
  readonly frame: Float64Array; // 9
  /** frame = transform x the structure's own vectors in the lattice's order. */
  readonly transform: Int32Array; // 9
  /** Fractional along periodic directions, Å along the others. */
  readonly coordinates: Float64Array; // 3 * atoms
  /** Å above the lowest atom; for slabs only. */
  readonly heights: Float64Array | null;
}

/** Relative volume below which vectors are taken to be dependent. */
const FLAT = 1e-6;

/**
 * The vectors of a file along which the lattice is not periodic hold vacuum: they are not compared. If the file is
 * periodic there, the atoms are first gathered on one side of the widest gap.
 * @throws {EcitonError} "mapping" if the cell cannot be one of this lattice
 */
export function atomsInCell(structure: Structure, lattice: ParentLattice): AtomsInCell {
  const fail = (message: string): never => {
    throw new EcitonError("mapping", message);
  };
  const freeHere = [0, 1, 2].filter((k) => !structure.periodic[k]);
  const free = [0, 1, 2].filter((k) => !lattice.periodic[k]);
  let order = [0, 1, 2];
  if (freeHere.length === free.length) {
    const bound = [0, 1, 2].filter((k) => structure.periodic[k]);
    order = order.map((k) => (free.includes(k) ? freeHere[free.indexOf(k)] : bound.shift()!));
  } else if (!freeHere.every((k) => free.includes(k)))
    fail(
      `the structure is periodic in ${3 - freeHere.length} directions, the lattice in ${3 - free.length}, and its free vector is not among the lattice's`,
    );
  const cell = Float64Array.from(order.flatMap((k) => Array.from(structure.cell.subarray(3 * k, 3 * k + 3))));
  const frame = completeFrame(cell, lattice.periodic);
  // Wires and clusters are compared as they stand, so their free directions are the lattice's own.
  if (free.length >= 2) {
    const own = completeFrame(lattice.cell, lattice.periodic);
    for (const k of free) frame.set(own.subarray(3 * k, 3 * k + 3), 3 * k);
  }
  const size = [0, 1, 2].reduce((product, k) => product * norm3(frame.subarray(3 * k, 3 * k + 3)), 1);
  if (!(Math.abs(det3(frame)) > FLAT * size)) fail("the vectors of the cell are dependent");
  const positions = gather(
    structure,
    cell,
    free.filter((k) => structure.periodic[order[k]]),
    fail,
  );
  const { rows, transform }: ReducedFrame = reduceFrame(frame, lattice.periodic);
  const inverse = inv3(rows);
  const coordinates = new Float64Array(positions.length);
  for (let i = 0; i < positions.length; i += 3)
    coordinates.set(rowTimes(positions.subarray(i, i + 3), inverse), i);
  return {
    frame: rows,
    transform,
    coordinates,
    heights: free.length === 1 ? heights(coordinates, free[0]) : null,
  };
}

/** Positions with the atoms moved by whole vectors across the widest gap along each of the given directions. */
function gather(
  structure: Structure,
  cell: Float64Array,
  directions: readonly number[],
  fail: (message: string) => never,
): Float64Array {
  const positions = structure.positions.slice();
  if (directions.length === 0) return positions;
  if (!(Math.abs(det3(cell)) > 1e-9))
    fail("the file is periodic in three directions, but its cell has no volume");
  const inverse = inv3(cell);
  const atoms = positions.length / 3;
  for (const k of directions) {
    const along = Array.from({ length: atoms }, (_, i) => {
      const f = rowTimes(positions.subarray(3 * i, 3 * i + 3), inverse)[k];
      return f - Math.floor(f);
    });
    const sorted = [...along].sort((a, b) => a - b);
    // The gap after the last atom goes round to the first one.
    let start = sorted[0];
    let widest = 1 + sorted[0] - sorted[atoms - 1];
    for (let i = 1; i < atoms; i++)
      if (sorted[i] - sorted[i - 1] > widest) {
        widest = sorted[i] - sorted[i - 1];
        start = sorted[i];
      }
    for (let i = 0; i < atoms; i++) {
      const original = rowTimes(positions.subarray(3 * i, 3 * i + 3), inverse)[k];
      const wanted = along[i] < start ? along[i] + 1 : along[i];
      for (let j = 0; j < 3; j++) positions[3 * i + j] += (wanted - original) * cell[3 * k + j];
    }
  }
  return positions;
}

function heights(coordinates: Float64Array, axis: number): Float64Array {
  const all = coordinates.filter((_, i) => i % 3 === axis);
  const lowest = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return all.map((z) => z - lowest);
}
