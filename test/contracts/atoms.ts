/** Small sets of atoms for tests of calculators, and what is done to them. Plain code: nothing of the project's own. */

import type { AtomKinds } from "../../src/core/calculator.ts";
import { cross, dot, inv3, norm3, rowTimes, type Vec3 } from "../../src/core/linalg.ts";
import { RandomStream } from "../../src/core/random.ts";

export interface Atoms extends AtomKinds {
  /** Float64Array(3N), Å. */
  readonly positions: Float64Array;
  /** Float64Array(9), rows, Å. */
  readonly cell: Float64Array;
}

export type Periodicity = readonly [boolean, boolean, boolean];

/** Atoms at fractional coordinates of a cell. */
export function crystal(cell: ArrayLike<number>, basis: readonly (readonly [string, Vec3])[]): Atoms {
  return {
    cell: Float64Array.from(cell),
    periodic: [true, true, true],
    species: basis.map(([name]) => name),
    positions: Float64Array.from(basis.flatMap(([, at]) => rowTimes(at, cell))),
  };
}

/** The same atoms, periodic in these directions. */
export function withPeriodic(atoms: Atoms, periodic: Periodicity): Atoms {
  return { ...atoms, periodic };
}

export function supercell(atoms: Atoms, counts: readonly [number, number, number]): Atoms {
  const species: string[] = [];
  const positions: number[] = [];
  const { cell } = atoms;
  for (let i = 0; i < counts[0]; i++)
    for (let j = 0; j < counts[1]; j++)
      for (let k = 0; k < counts[2]; k++) {
        const shift = rowTimes([i, j, k], cell);
        species.push(...atoms.species);
        atoms.positions.forEach((x, n) => {
          positions.push(x + shift[n % 3]);
        });
      }
  return {
    ...atoms,
    species,
    positions: Float64Array.from(positions),
    cell: cell.map((x, n) => x * counts[Math.floor(n / 3)]),
  };
}

export function translated(atoms: Atoms, shift: Vec3): Atoms {
  return { ...atoms, positions: atoms.positions.map((x, n) => x + shift[n % 3]) };
}

/** r → r M for atoms and cell. */
export function transformed(atoms: Atoms, matrix: ArrayLike<number>): Atoms {
  return {
    ...atoms,
    positions: timesMatrix(atoms.positions, matrix),
    cell: timesMatrix(atoms.cell, matrix),
  };
}

/** Rows of three, each times a matrix. */
export function timesMatrix(rows: Float64Array, matrix: ArrayLike<number>): Float64Array {
  const out = new Float64Array(rows.length);
  for (let n = 0; n < rows.length; n += 3) out.set(rowTimes(rows.subarray(n, n + 3), matrix), n);
  return out;
}

/** Atoms in another order: atom k is what atom order[k] was. */
export function permuted(atoms: Atoms, order: readonly number[]): Atoms {
  return {
    ...atoms,
    species: order.map((n) => atoms.species[n]),
    positions: Float64Array.from(order.flatMap((n) => [...atoms.positions.subarray(3 * n, 3 * n + 3)])),
  };
}

/** Every coordinate moved by up to `amplitude`. */
export function rattled(atoms: Atoms, amplitude: number, random: RandomStream): Atoms {
  return {
    ...atoms,
    positions: atoms.positions.map((x) => x + amplitude * (2 * random.nextFloat() - 1)),
  };
}

/**
 * Calls for every pair of an atom and an image of an atom nearer than `range`, in both directions, by going through all
 * images that could be so near. Rows of directions that are not periodic do not matter.
 */
export function eachPair(
  atoms: Atoms,
  range: number,
  call: (i: number, j: number, vector: Vec3, distance: number) => void,
): void {
  const { positions, periodic } = atoms;
  const count = atoms.species.length;
  const cell = fullCell(atoms.cell, periodic);
  const inverse = inv3(cell);
  // Columns of the inverse are the reciprocal vectors: their length is one over the spacing of the faces.
  const spacing = [0, 1, 2].map((d) => 1 / Math.hypot(inverse[d], inverse[3 + d], inverse[6 + d]));
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      const direct = [0, 1, 2].map((d) => positions[3 * j + d] - positions[3 * i + d]) as Vec3;
      const fractional = rowTimes(direct, inverse);
      const low = [0, 1, 2].map((d) => (periodic[d] ? Math.ceil(-range / spacing[d] - fractional[d]) : 0));
      const high = [0, 1, 2].map((d) => (periodic[d] ? Math.floor(range / spacing[d] - fractional[d]) : 0));
      for (let a = low[0]; a <= high[0]; a++)
        for (let b = low[1]; b <= high[1]; b++)
          for (let c = low[2]; c <= high[2]; c++) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const shift = rowTimes([a, b, c], cell);
            const vector: Vec3 = [direct[0] + shift[0], direct[1] + shift[1], direct[2] + shift[2]];
            const distance = norm3(vector);
            if (distance < range) call(i, j, vector, distance);
          }
    }
}

/** The cell with rows of directions that are not periodic replaced by unit vectors normal to the others. */
export function fullCell(cell: ArrayLike<number>, periodic: Periodicity): Float64Array {
  const rows = [0, 1, 2].map((d) => (periodic[d] ? Array.from(cell).slice(3 * d, 3 * d + 3) : null));
  for (let d = 0; d < 3; d++) {
    if (rows[d] !== null) continue;
    const [p, q] = [rows[(d + 1) % 3], rows[(d + 2) % 3]];
    let normal: Vec3;
    if (p !== null && q !== null) normal = cross(p, q);
    else {
      const other = p ?? q ?? [1, 0, 0];
      // An axis well away from the vector that is there.
      const axis = Math.abs(other[0]) < 0.8 * norm3(other) ? [1, 0, 0] : [0, 1, 0];
      const along = dot(axis, other) / dot(other, other);
      normal = [axis[0] - along * other[0], axis[1] - along * other[1], axis[2] - along * other[2]];
      if (p === null && q === null) normal = [d === 0 ? 1 : 0, d === 1 ? 1 : 0, d === 2 ? 1 : 0];
    }
    const length = norm3(normal);
    rows[d] = normal.map((x) => x / length);
  }
  return Float64Array.from(rows.flatMap((row) => row ?? []));
}

/** Distance between the two atoms, or images of them, that are nearest to each other. */
export function nearestDistance(atoms: Atoms, range: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  eachPair(atoms, range, (_i, _j, _vector, distance) => {
    nearest = Math.min(nearest, distance);
  });
  return nearest;
}

/**
 * The atoms rattled so that no pair is at a distance where an interaction ends: derivatives by differences go over
 * kinks of higher derivatives otherwise.
 */
export function rattledClear(
  atoms: Atoms,
  amplitude: number,
  ends: readonly number[],
  margin: number,
): Atoms {
  const range = Math.max(0, ...ends.filter(Number.isFinite)) + 2 * margin;
  for (let seed = 0; seed < 500; seed++) {
    const moved = rattled(atoms, amplitude, new RandomStream(11, seed));
    let clear = true;
    eachPair(moved, range, (_i, _j, _vector, distance) => {
      if (ends.some((end) => Math.abs(distance - end) < margin)) clear = false;
    });
    if (clear) return moved;
  }
  throw new Error("no set of displacements keeps all pairs clear of the ends of interactions");
}
