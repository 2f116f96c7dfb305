/** Clusters of points on the infinite lattice, up to translation. */

import type { ParentLattice } from "../lattice/parent-lattice.ts";
import type { SymmetryOperation } from "../lattice/symmetry.ts";

/** Numbers that describe one point: parent site, cell u, v, w, site function (1 .. M-1). */
export const POINT_STRIDE = 5;

/**
 * A cluster is a flat list of points, POINT_STRIDE numbers each. Its normal form under translation: points
 * sorted by (site, u, v, w, function), the first in cell 0. Translations do not change that order, so the form
 * is unique.
 */
export type Cluster = readonly number[];

/** Largest pair distance (Å) for each number of points, for example {2: 8, 3: 8, 4: 6}. */
export type Cutoffs = Readonly<Record<number, number>>;

export function clusterSize(cluster: Cluster): number {
  return cluster.length / POINT_STRIDE;
}

/** The normal form of a cluster under lattice translations. */
export function normalForm(points: Cluster): number[] {
  const size = clusterSize(points);
  const order = Array.from({ length: size }, (_, i) => POINT_STRIDE * i);
  order.sort((a, b) => {
    for (let k = 0; k < POINT_STRIDE; k++) {
      const difference = points[a + k] - points[b + k];
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const first = order[0];
  const out: number[] = [];
  for (const at of order) {
    out.push(points[at]);
    for (let k = 1; k <= 3; k++) out.push(points[at + k] - points[first + k]);
    out.push(points[at + 4]);
  }
  return out;
}

/** Order of clusters in normal form; the first instance of an orbit stands for it. */
export function compareClusters(a: Cluster, b: Cluster): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** Image of a cluster under a symmetry operation, in normal form. */
export function imageOf(cluster: Cluster, operation: SymmetryOperation): number[] {
  const { rotation: r, siteMap, shift } = operation;
  const out = new Array<number>(cluster.length);
  for (let at = 0; at < cluster.length; at += POINT_STRIDE) {
    const s = cluster[at];
    const u = cluster[at + 1];
    const v = cluster[at + 2];
    const w = cluster[at + 3];
    out[at] = siteMap[s];
    out[at + 1] = r[0] * u + r[1] * v + r[2] * w + shift[3 * s];
    out[at + 2] = r[3] * u + r[4] * v + r[5] * w + shift[3 * s + 1];
    out[at + 3] = r[6] * u + r[7] * v + r[8] * w + shift[3 * s + 2];
    out[at + 4] = cluster[at + 4];
  }
  return normalForm(out);
}

/** All distinct images of a cluster under the symmetry, in normal form: its orbit per parent cell. */
export function orbitOf(cluster: Cluster, operations: readonly SymmetryOperation[]): Map<string, number[]> {
  const images = new Map<string, number[]>();
  for (const operation of operations) {
    const image = imageOf(cluster, operation);
    const key = image.join();
    if (!images.has(key)) images.set(key, image);
  }
  return images;
}

/** Cartesian position of the point that starts at `at`, Å. */
export function pointPosition(
  lattice: ParentLattice,
  cluster: Cluster,
  at: number,
): [number, number, number] {
  const { cell, cartesian } = lattice;
  const s = 3 * cluster[at];
  const [u, v, w] = [cluster[at + 1], cluster[at + 2], cluster[at + 3]];
  return [
    cartesian[s] + u * cell[0] + v * cell[3] + w * cell[6],
    cartesian[s + 1] + u * cell[1] + v * cell[4] + w * cell[7],
    cartesian[s + 2] + u * cell[2] + v * cell[5] + w * cell[8],
  ];
}

/** Distance of every pair of points (i < j, row by row), Å. */
export function pairDistances(lattice: ParentLattice, cluster: Cluster): number[] {
  const size = clusterSize(cluster);
  const positions = Array.from({ length: size }, (_, i) => pointPosition(lattice, cluster, POINT_STRIDE * i));
  const distances: number[] = [];
  for (let i = 0; i < size; i++)
    for (let j = i + 1; j < size; j++)
      distances.push(
        Math.hypot(
          positions[i][0] - positions[j][0],
          positions[i][1] - positions[j][1],
          positions[i][2] - positions[j][2],
        ),
      );
  return distances;
}

/** Largest distance between two points, Å; 0 for a single point and the empty cluster. */
export function diameter(lattice: ParentLattice, cluster: Cluster): number {
  return Math.max(0, ...pairDistances(lattice, cluster));
}
