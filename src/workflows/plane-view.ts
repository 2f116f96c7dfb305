/** A slab seen from above: its two periodic directions as a plane. */
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";
import type { PlaneCell } from "../report/sampling-model.ts";

/** Numbers of the two periodic directions, and of the third one. */
export interface PlaneView {
  readonly along: readonly [number, number];
  readonly normal: number;
}

/** @returns null for lattices that are not periodic along exactly two of their vectors */
export function viewOf({ periodic }: ParentLattice): PlaneView | null {
  if (periodic.filter(Boolean).length !== 2) return null;
  const normal = periodic.indexOf(false);
  const [first, second] = [0, 1, 2].filter((k) => k !== normal);
  return { along: [first, second], normal };
}

export interface Plane {
  readonly cell: PlaneCell;
  /** Å in space to Å in the plane. */
  readonly project: (r: ArrayLike<number>) => [number, number];
}

/** x runs along the first periodic vector, y at a right angle to it in the plane of both. */
export function planeOf({ cell }: Supercell, { along }: PlaneView): Plane {
  const [a, b] = along.map((k) => Array.from(cell.subarray(3 * k, 3 * k + 3)));
  const length = Math.hypot(...a);
  const ex = a.map((x) => x / length);
  const shadow = dot(b, ex);
  const across = b.map((x, k) => x - shadow * ex[k]);
  const height = Math.hypot(...across);
  const ey = across.map((x) => x / height);
  return { cell: [length, 0, shadow, height], project: (r) => [dot(r, ex), dot(r, ey)] };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
