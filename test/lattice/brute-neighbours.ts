/** Neighbours by going through all images, and random cells to try lists on. */
import type { RandomStream } from "../../src/core/random.ts";

export type Periodic = [boolean, boolean, boolean];

export const periodicities: Periodic[] = Array.from({ length: 8 }, (_, bits) => [
  (bits & 1) > 0,
  (bits & 2) > 0,
  (bits & 4) > 0,
]);

export interface Entry {
  i: number;
  j: number;
  vector: [number, number, number];
  distance: number;
}

/** Every directed pair within the cut-off, over images −reach..reach of the positions as they are. */
export function bruteNeighbours(
  positions: Float64Array,
  cell: Float64Array,
  periodic: Periodic,
  cutoff: number,
  reach: number,
): Entry[] {
  const found: Entry[] = [];
  const atoms = positions.length / 3;
  const range = periodic.map((yes) => (yes ? reach : 0));
  for (let i = 0; i < atoms; i++)
    for (let j = 0; j < atoms; j++)
      for (let a = -range[0]; a <= range[0]; a++)
        for (let b = -range[1]; b <= range[1]; b++)
          for (let c = -range[2]; c <= range[2]; c++) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const vector = [0, 1, 2].map(
              (k) =>
                positions[3 * j + k] -
                positions[3 * i + k] +
                (a * (periodic[0] ? cell[k] : 0) +
                  b * (periodic[1] ? cell[3 + k] : 0) +
                  c * (periodic[2] ? cell[6 + k] : 0)),
            ) as [number, number, number];
            const distance = Math.sqrt(vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2);
            if (distance <= cutoff) found.push({ i, j, vector, distance });
          }
  return found;
}

/** A cell whose vectors have about the given length and any mutual angles above some 30 degrees. */
export function randomCell(random: RandomStream, length: number): Float64Array {
  for (;;) {
    const cell = Float64Array.from({ length: 9 }, () => length * (2 * random.nextFloat() - 1));
    const [a, b, c, d, e, f, g, h, i] = cell;
    const volume = Math.abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g));
    if (volume > 0.15 * length ** 3) return cell;
  }
}

export function randomPositions(
  random: RandomStream,
  atoms: number,
  cell: Float64Array,
  drift = 0,
): Float64Array {
  const positions = new Float64Array(3 * atoms);
  for (let i = 0; i < atoms; i++)
    for (let row = 0; row < 3; row++) {
      const f = random.nextFloat() + (drift > 0 ? random.nextIndex(2 * drift + 1) - drift : 0);
      for (let k = 0; k < 3; k++) positions[3 * i + k] += f * cell[3 * row + k];
    }
  return positions;
}
