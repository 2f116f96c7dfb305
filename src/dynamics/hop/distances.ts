/** Distances between all pairs of atoms, to the nearest image in periodic directions, and what follows from them. */

import type { AtomKinds } from "../../core/calculator.ts";
import { inv3 } from "../../core/linalg.ts";
import { completedCell } from "../../core/periodic-cell.ts";

export const numPairs = (atoms: number) => (atoms * (atoms - 1)) / 2;

/**
 * Distances of all pairs i < j, row by row. In periodic directions the nearest of the images is taken that lie within
 * half a lattice vector of each other or next to those: the true nearest one unless the cell is extremely oblique.
 * @param out Float64Array(N(N−1)/2), Å; overwritten
 */
export function pairDistances(
  positions: Float64Array,
  cell: Float64Array,
  periodic: AtomKinds["periodic"],
  out: Float64Array,
): void {
  if (periodic.some(Boolean)) {
    periodicDistances(positions, cell, periodic, out);
    return;
  }
  const atoms = positions.length / 3;
  let k = 0;
  for (let i = 0; i < atoms; i++) {
    const x = positions[3 * i];
    const y = positions[3 * i + 1];
    const z = positions[3 * i + 2];
    for (let j = i + 1; j < atoms; j++, k++) {
      const dx = positions[3 * j] - x;
      const dy = positions[3 * j + 1] - y;
      const dz = positions[3 * j + 2] - z;
      out[k] = Math.sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
}

function periodicDistances(
  positions: Float64Array,
  cell: Float64Array,
  periodic: AtomKinds["periodic"],
  out: Float64Array,
): void {
  const atoms = positions.length / 3;
  const image = nearestImage(cell, periodic);
  const d = new Float64Array(3);
  let k = 0;
  for (let i = 0; i < atoms; i++)
    for (let j = i + 1; j < atoms; j++, k++) {
      for (let c = 0; c < 3; c++) d[c] = positions[3 * j + c] - positions[3 * i + c];
      image(d);
      out[k] = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    }
}

/** @returns what shortens a vector, in place, by lattice vectors of the periodic directions */
export function nearestImage(
  cell: Float64Array,
  periodic: AtomKinds["periodic"],
): (vector: Float64Array) => void {
  const full = completedCell(cell, periodic);
  const inverse = inv3(full);
  const shifts: number[] = [];
  const range = (k: number) => (periodic[k] ? [-1, 0, 1] : [0]);
  for (const a of range(0))
    for (const b of range(1))
      for (const c of range(2))
        shifts.push(...[0, 1, 2].map((k) => a * full[k] + b * full[3 + k] + c * full[6 + k]));
  return (v) => {
    let [x, y, z] = v;
    for (let k = 0; k < 3; k++) {
      if (!periodic[k]) continue;
      const whole = Math.round(v[0] * inverse[k] + v[1] * inverse[3 + k] + v[2] * inverse[6 + k]);
      x -= whole * full[3 * k];
      y -= whole * full[3 * k + 1];
      z -= whole * full[3 * k + 2];
    }
    let best = Number.POSITIVE_INFINITY;
    for (let s = 0; s < shifts.length; s += 3) {
      const sx = x + shifts[s];
      const sy = y + shifts[s + 1];
      const sz = z + shifts[s + 2];
      const d2 = sx * sx + sy * sy + sz * sz;
      if (d2 >= best) continue;
      best = d2;
      v[0] = sx;
      v[1] = sy;
      v[2] = sz;
    }
  };
}

/** Distance from each atom to its nearest neighbour. */
function nearestDistances(pairs: Float64Array, atoms: number): Float64Array {
  const nearest = new Float64Array(atoms).fill(Number.POSITIVE_INFINITY);
  let k = 0;
  for (let i = 0; i < atoms; i++)
    for (let j = i + 1; j < atoms; j++, k++) {
      if (pairs[k] < nearest[i]) nearest[i] = pairs[k];
      if (pairs[k] < nearest[j]) nearest[j] = pairs[k];
    }
  return nearest;
}

/** The middle one of the distances between nearest neighbours, Å: what atoms far away do not change. */
export function neighbourSpacing(pairs: Float64Array, atoms: number): number {
  return nearestDistances(pairs, atoms).sort()[atoms >> 1];
}

/** Number of the connected part that each atom belongs to, where atoms are joined up to `link`; parts are numbered from 0. */
export function connectedParts(pairs: Float64Array, atoms: number, link: number): Int32Array {
  const parent = Int32Array.from({ length: atoms }, (_, i) => i);
  const root = (i: number) => {
    let r = i;
    while (parent[r] !== r) r = parent[r];
    return r;
  };
  let k = 0;
  for (let i = 0; i < atoms; i++)
    for (let j = i + 1; j < atoms; j++, k++) if (pairs[k] <= link) parent[root(j)] = root(i);
  const names = new Map<number, number>();
  return parent.map((_, i) => {
    const r = root(i);
    if (!names.has(r)) names.set(r, names.size);
    return names.get(r)!;
  });
}
