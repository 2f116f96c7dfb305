/**
 * Sums over slabs by three-dimensional cells: the vacuum between a slab and its images, and the correction for the field
 * that dipoles of all images make,
 *   E = (2π k_e / V) M²,   M = Σ_i q_i n·r_i
 * with n normal to the slab; what is left falls as exp(−g · gap), g the shortest wave vector in the plane. Written with
 * n·r = h f, h the height of the cell and f the fractional coordinate, it holds for cells that lean too, and
 * gives the virial E (1 − 2 n n).
 * @see I.-C. Yeh, M. L. Berkowitz, J. Chem. Phys. 111, 3155 (1999)
 */

import type { AtomKinds, Evaluation } from "../../core/calculator.ts";
import { EcitonError } from "../../core/errors.ts";
import { det3 } from "../../core/linalg.ts";
import { completedCell } from "../../core/periodic-cell.ts";
import { COULOMB_EV_A } from "../../core/units.ts";
import { reciprocalCell } from "./wave-vectors.ts";

/** What is left of the field of the images may be at most this part of it. */
const LEAST_DECAY = 1e-2;
/** Atoms may move apart by this much before the cell's height is chosen anew, Å. */
const SLACK = 2;

/**
 * Height of a cell for atoms periodic in two directions: their extent and a gap over which the images' field falls to
 * `accuracy`, no narrower than the cut-off of the real part.
 * @returns Å
 */
export function slabHeight(
  positions: Float64Array,
  cell: ArrayLike<number>,
  periodic: AtomKinds["periodic"],
  cutoff: number,
  accuracy: number,
): number {
  const direction = periodic.indexOf(false);
  const b = reciprocalCell(completedCell(cell, periodic));
  const heights = fractionsAlong(positions, b, direction);
  const extent =
    heights.length === 0
      ? 0
      : heights.reduce((a, b) => Math.max(a, b)) - heights.reduce((a, b) => Math.min(a, b));
  return extent + SLACK + Math.max(cutoff, -Math.log(accuracy) / shortestInPlane(b, direction));
}

/** Coordinates along the lattice vector of this direction. */
function fractionsAlong(positions: Float64Array, b: ArrayLike<number>, direction: number): Float64Array {
  const [x, y, z] = [0, 1, 2].map((d) => b[3 * direction + d] / (2 * Math.PI));
  return Float64Array.from(
    { length: positions.length / 3 },
    (_, i) => positions[3 * i] * x + positions[3 * i + 1] * y + positions[3 * i + 2] * z,
  );
}

/** Length of the shortest wave vector in the plane of the other two directions, 1/Å. */
function shortestInPlane(b: ArrayLike<number>, direction: number): number {
  const [p, q] = [3 * ((direction + 1) % 3), 3 * ((direction + 2) % 3)];
  const normal = [0, 1, 2].map((d) => b[3 * direction + d]);
  const square = normal.reduce((sum, x) => sum + x * x, 0);
  let shortest = Number.POSITIVE_INFINITY;
  for (const [m, n] of [
    [1, 0],
    [0, 1],
    [1, 1],
    [1, -1],
  ]) {
    const wave = [0, 1, 2].map((d) => m * b[p + d] + n * b[q + d]);
    const along = wave.reduce((sum, x, d) => sum + x * normal[d], 0) / square;
    shortest = Math.min(shortest, Math.hypot(...wave.map((x, d) => x - along * normal[d])));
  }
  return shortest;
}

/**
 * Adds the correction for the dipole of a neutral slab.
 * @param cell of three dimensions, the slab's vacuum along `direction`
 * @param wrapped whether atoms are periodic along it too, so that the slab is looked for between its largest gap
 * @throws {EcitonError} "data" where the vacuum is so thin that the images are felt all the same
 */
export function addSlabCorrection(
  positions: Float64Array,
  charges: Float64Array,
  cell: ArrayLike<number>,
  direction: number,
  wrapped: boolean,
  out: Evaluation,
): void {
  const b = reciprocalCell(cell);
  const fractions = fractionsAlong(positions, b, direction);
  const normal = [0, 1, 2].map((d) => b[3 * direction + d]);
  const height = (2 * Math.PI) / Math.hypot(...normal);
  if (wrapped) {
    const gap = unwrap(fractions) * height;
    const least = -Math.log(LEAST_DECAY) / shortestInPlane(b, direction);
    if (gap < least)
      throw new EcitonError(
        "data",
        `slab: the largest gap along ${"abc"[direction]} is ${gap.toFixed(2)} Å wide; the images of a slab of this width are ` +
          `shielded from each other only by ${least.toFixed(2)} Å and more: widen the vacuum`,
        { gap_A: gap, least_A: least },
      );
  }
  const mean = fractions.reduce((sum, f) => sum + f, 0) / fractions.length;
  let dipole = 0;
  for (let i = 0; i < fractions.length; i++) dipole += charges[i] * (fractions[i] - mean);
  const factor = (2 * Math.PI * COULOMB_EV_A * height * height) / Math.abs(det3(cell));
  const energy = factor * dipole * dipole;
  out.energy += energy;
  for (let i = 0; i < fractions.length; i++) {
    if (out.energies) out.energies[i] += factor * dipole * charges[i] * (fractions[i] - mean);
    const push = (-2 * factor * dipole * charges[i]) / (2 * Math.PI);
    for (let d = 0; d < 3; d++) out.forces[3 * i + d] += push * normal[d];
  }
  if (out.virial) {
    const length = Math.hypot(...normal);
    for (let p = 0; p < 3; p++)
      for (let q = 0; q < 3; q++)
        out.virial[3 * p + q] +=
          energy * ((p === q ? 1 : 0) - (2 * normal[p] * normal[q]) / (length * length));
  }
}

/** Moves fractional coordinates into one turn that begins in the middle of their largest gap; gives the gap. */
function unwrap(fractions: Float64Array): number {
  const sorted = fractions.map((f) => f - Math.floor(f)).sort();
  let gap = sorted[0] + 1 - sorted[sorted.length - 1];
  let begin = sorted[sorted.length - 1] + gap / 2;
  for (let n = 1; n < sorted.length; n++)
    if (sorted[n] - sorted[n - 1] > gap) {
      gap = sorted[n] - sorted[n - 1];
      begin = sorted[n - 1] + gap / 2;
    }
  for (let i = 0; i < fractions.length; i++) fractions[i] -= Math.floor(fractions[i] - begin);
  return gap;
}
