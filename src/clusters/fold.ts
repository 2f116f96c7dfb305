/** Folding: what becomes of the infinite lattice's clusters on a finite periodic supercell. */
import { EcitonError } from "../core/errors.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { type Cluster, POINT_STRIDE } from "./cluster.ts";
import type { ClusterPool } from "./pool.ts";

export interface FoldedCluster {
  /** Index in the pool of the simplest orbit that folds to this cluster. */
  readonly kept: number;
  /** Indices of the other orbits that become the same cluster here. */
  readonly merged: readonly number[];
  /** Number of distinct sites on the supercell, the largest over the instances. */
  readonly size: number;
}

export interface Folding {
  readonly clusters: readonly FoldedCluster[];
  /** Orbits that meet their own image: two points of an instance fall on one site. */
  readonly selfMeeting: readonly number[];
}

/**
 * Wraps every orbit onto the supercell and merges orbits whose instances give the same decorated site sets there in
 * the same proportions: their N differ by a constant factor for every configuration. Where the supercell is less
 * symmetric than the lattice, orbits can share sets in other proportions; those stay apart.
 *
 * In the indicator basis a repeated factor is dropped, and two different functions on one site make an instance
 * vanish: orbits to which this happens are listed as self-meeting, and make no folded cluster when nothing is left.
 * The converse holds there too: only merged orbits have proportional N, since products of indicators on different
 * site sets are linearly independent. Other bases keep repeated factors and may leave proportional orbits unmerged.
 */
export function foldPool(pool: ClusterPool, supercell: Supercell): Folding {
  if (pool.lattice !== supercell.lattice)
    throw new EcitonError("shape", "the supercell belongs to another lattice than the pool");
  const bySignature = new Map<string, { kept: number; merged: number[]; size: number }>();
  const selfMeeting: number[] = [];
  pool.orbits.forEach((orbit, index) => {
    const images = new Map<string, number>();
    let size = 0;
    let meets = false;
    for (const instance of orbit.instances) {
      const folded = foldedForm(pool, supercell, instance);
      if (folded === null || folded.size < orbit.size) meets = true;
      if (folded === null) continue;
      size = Math.max(size, folded.size);
      images.set(folded.key, (images.get(folded.key) ?? 0) + 1);
    }
    if (meets) selfMeeting.push(index);
    if (images.size === 0) return;
    const signature = proportions(images);
    const known = bySignature.get(signature);
    // Orbits come by size and diameter, so the first one met is the simplest.
    if (known) known.merged.push(index);
    else bySignature.set(signature, { kept: index, merged: [], size });
  });
  return { clusters: [...bySignature.values()], selfMeeting };
}

/** How often each folded form occurs, in lowest terms. */
function proportions(images: ReadonlyMap<string, number>): string {
  let divisor = 0;
  for (const count of images.values()) {
    let [a, b] = [divisor, count];
    while (b !== 0) [a, b] = [b, a % b];
    divisor = a;
  }
  const parts = [...images].map(([key, count]) => `${key}*${count / divisor}`);
  return parts.sort().join(";");
}

/**
 * A cluster's sites on the supercell, in a form that no supercell translation changes, or null when it
 * vanishes there.
 */
function foldedForm(
  pool: ClusterPool,
  supercell: Supercell,
  cluster: Cluster,
): { key: string; size: number } | null {
  let best = "";
  let size = 0;
  const indicator = pool.basis === "indicator";
  for (let anchor = 0; anchor < cluster.length; anchor += POINT_STRIDE) {
    // The normal form sorts by sublattice, so only anchors on the first one can be smallest.
    if (cluster[anchor] !== cluster[0]) break;
    const points: [number, number][] = [];
    for (let at = 0; at < cluster.length; at += POINT_STRIDE) {
      const cell = [1, 2, 3].map((k) => cluster[at + k] - cluster[anchor + k]);
      points.push([supercell.siteIndex(cluster[at], cell), cluster[at + 4]]);
    }
    points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const distinct = points.filter(
      (p, i) => i === 0 || p[0] !== points[i - 1][0] || p[1] !== points[i - 1][1],
    );
    size = new Set(points.map((p) => p[0])).size;
    if (indicator && size < distinct.length) return null;
    // Without x² = x a repeated factor matters, so the other bases keep it.
    const key = (indicator ? distinct : points).map((p) => p.join(":")).join(",");
    if (best === "" || key < best) best = key;
  }
  return { key: best, size };
}
