/** Plain definitions that the observers are compared with: positions and periodic images, nothing of the lattice's tables. */

import { rowTimes } from "../../src/core/linalg.ts";
import type { Observer } from "../../src/lattice/observer.ts";
import type { Supercell } from "../../src/lattice/supercell.ts";
import type { SymmetryOperation } from "../../src/lattice/symmetry.ts";

/** Fields of a site by its number. */
export function siteOf(supercell: Supercell, i: number) {
  return supercell.lattice.sites[supercell.sublatticeOf(i)];
}

export function speciesAt(supercell: Supercell, occupation: Uint8Array, i: number): string {
  return siteOf(supercell, i).species[occupation[i]];
}

export interface ImagePair {
  readonly i: number;
  readonly j: number;
  /** From i in the home cell to an image of j, Å. */
  readonly vector: number[];
  readonly distance: number;
  /** The image, in supercell vectors. */
  readonly image: number[];
}

/** Every i with every image of every j up to a distance, by looking at far more images than are needed. */
export function imagePairs(supercell: Supercell, cutoff: number): ImagePair[] {
  const positions = supercell.positions();
  const { periodic } = supercell.lattice;
  const pairs: ImagePair[] = [];
  const reach = [0, 1, 2].map((k) => (periodic[k] ? imagesNeeded(supercell, cutoff) : 0));
  for (let p = -reach[0]; p <= reach[0]; p++)
    for (let q = -reach[1]; q <= reach[1]; q++)
      for (let r = -reach[2]; r <= reach[2]; r++) {
        const shift = rowTimes([p, q, r], supercell.cell);
        for (let i = 0; i < supercell.numSites; i++)
          for (let j = 0; j < supercell.numSites; j++) {
            const vector = shift.map((x, k) => x + positions[3 * j + k] - positions[3 * i + k]);
            const distance = Math.hypot(...vector);
            if (distance > 1e-6 && distance <= cutoff + 1e-4)
              pairs.push({ i, j, vector, distance, image: [p, q, r] });
          }
      }
  return pairs;
}

/** Images along any vector that can matter: heights of the cell are at least its volume over products of edges. */
function imagesNeeded({ cell }: Supercell, cutoff: number): number {
  const rows = [0, 3, 6].map((at) => [cell[at], cell[at + 1], cell[at + 2]]);
  const cross = (a: number[], b: number[]) =>
    Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
  const volume = Math.abs(
    rows[0][0] * (rows[1][1] * rows[2][2] - rows[1][2] * rows[2][1]) -
      rows[0][1] * (rows[1][0] * rows[2][2] - rows[1][2] * rows[2][0]) +
      rows[0][2] * (rows[1][0] * rows[2][1] - rows[1][1] * rows[2][0]),
  );
  const heights = [0, 1, 2].map((k) => volume / cross(rows[(k + 1) % 3], rows[(k + 2) % 3]));
  return Math.ceil(cutoff / Math.min(...heights)) + 1;
}

/** Distinct distances, ascending. */
export function distinct(distances: readonly number[]): number[] {
  const shells: number[] = [];
  for (const d of [...distances].sort((a, b) => a - b))
    if (shells.length === 0 || d > shells[shells.length - 1] + 1e-4) shells.push(d);
  return shells;
}

/** Values by the name of the column. */
export function measured(observer: Observer, occupation: Uint8Array): Map<string, number> {
  const before = occupation.slice();
  const out = new Float64Array(observer.columns.length + 5).fill(Number.NaN);
  observer.measure(occupation, out, 3);
  if (!before.every((species, i) => species === occupation[i])) throw new Error("the occupation was changed");
  const inside = (k: number) => k >= 3 && k < 3 + observer.columns.length;
  out.forEach((value, k) => {
    if (Number.isFinite(value) !== inside(k)) throw new Error(`place ${k - 3} holds ${value}`);
  });
  return new Map(observer.columns.map(({ name }, k) => [name, out[3 + k]]));
}

/** The occupation moved by whole parent cells. */
export function translated(supercell: Supercell, occupation: Uint8Array, by: readonly number[]): Uint8Array {
  const moved = new Uint8Array(occupation.length);
  const table = supercell.shiftTable(by);
  occupation.forEach((species, i) => {
    moved[supercell.sublatticeOf(i) * supercell.numCells + table[i % supercell.numCells]] = species;
  });
  return moved;
}

/** The image of an occupation under a symmetry operation that maps the supercell onto itself. */
export function transformed(
  supercell: Supercell,
  { rotation: r, siteMap, shift }: SymmetryOperation,
  occupation: Uint8Array,
): Uint8Array {
  const image = new Uint8Array(occupation.length);
  occupation.forEach((species, i) => {
    const s = supercell.sublatticeOf(i);
    const c = supercell.cellOf(i % supercell.numCells);
    const cell = [0, 1, 2].map(
      (k) => r[3 * k] * c[0] + r[3 * k + 1] * c[1] + r[3 * k + 2] * c[2] + shift[3 * s + k],
    );
    image[supercell.siteIndex(siteMap[s], cell)] = species;
  });
  return image;
}
