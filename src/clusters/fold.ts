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
  /** Number of distinct sites on the supercell. */
  readonly size: number;
}

export interface Folding {
  readonly clusters: readonly FoldedCluster[];
  /** Orbits that meet their own image: two of their points fall on one site. */
  readonly selfMeeting: readonly number[];
}

/**
 * Wraps every orbit onto the supercell and merges orbits that give the same set of decorated site sets there.
 * Merged orbits cannot be told apart by any configuration of this supercell.
 *
 * In the indicator basis a repeated factor is dropped, and two different functions on one site make the
 * cluster vanish: such orbits are listed as self-meeting and make no folded cluster.
 */
export function foldPool(pool: ClusterPool, supercell: Supercell): Folding {
  if (pool.lattice !== supercell.lattice)
    throw new EcitonError("shape", "the supercell belongs to another lattice than the pool");
  const bySignature = new Map<string, { kept: number; merged: number[]; size: number }>();
  const selfMeeting: number[] = [];
  pool.orbits.forEach((orbit, index) => {
    const images = new Set<string>();
    let size = 0;
    let vanishes = false;
    for (const instance of orbit.instances) {
      const folded = foldedForm(pool, supercell, instance);
      if (folded === null) vanishes = true;
      else {
        size = folded.size;
        images.add(folded.key);
      }
    }
    if (vanishes || size < orbit.size) selfMeeting.push(index);
    if (vanishes) return;
    const signature = [...images].sort().join(";");
    const known = bySignature.get(signature);
    // Orbits come by size and diameter, so the first one met is the simplest.
    if (known) known.merged.push(index);
    else bySignature.set(signature, { kept: index, merged: [], size });
  });
  return { clusters: [...bySignature.values()], selfMeeting };
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
