/** What moves work on, and the geometry that they share. */
import type { RandomStream } from "../../core/random.ts";
import type { MovingAtoms } from "../moving-atoms.ts";

/** A minimum and what moves need to know of it. */
export interface MoveSubject {
  readonly atoms: MovingAtoms;
  /** Numbers of the atoms that may move. */
  readonly mobile: Int32Array;
  /** Share of each atom in the energy of the minimum, eV. */
  readonly energies: Float64Array;
  /** Distance between neighbours, Å. */
  readonly spacing: number;
  /** Largest displacement, Å. */
  readonly step: number;
  /** Energy of the atoms where they stand now, eV; may be anything where atoms overlap. */
  readonly energyNow: () => number;
}

/** Uniform on the sphere. */
export function randomDirection(random: RandomStream): Float64Array {
  const z = 2 * random.nextFloat() - 1;
  const angle = 2 * Math.PI * random.nextFloat();
  const r = Math.sqrt(1 - z * z);
  return Float64Array.of(r * Math.cos(angle), r * Math.sin(angle), z);
}

/** Mean position of some atoms. */
export function centreOf(positions: Float64Array, members: ArrayLike<number>): Float64Array {
  const centre = new Float64Array(3);
  for (let m = 0; m < members.length; m++)
    for (let c = 0; c < 3; c++) centre[c] += positions[3 * members[m] + c] / members.length;
  return centre;
}
