/** Enumeration of symmetry-distinct clusters on the infinite lattice, by adding one point at a time. */
import { studyError } from "../core/errors.ts";
import {
  activeSites,
  DISTANCE_TOLERANCE_A,
  neighbourPairs,
  type ParentLattice,
} from "../lattice/parent-lattice.ts";
import type { SymmetryOperation } from "../lattice/symmetry.ts";
import {
  type Cluster,
  type Cutoffs,
  diameter,
  normalForm,
  orbitOf,
  POINT_STRIDE,
  pointPosition,
} from "./cluster.ts";
import { refuseTooLarge } from "./pool-size.ts";

/** Instances of an orbit, per parent cell; the first is its representative. */
export type OrbitInstances = readonly Cluster[];

/**
 * Every orbit of clusters with 1 .. max(cutoffs) points, decorated with site functions.
 *
 * Each cluster of n points contains one of n - 1 points, so extending one representative of each smaller
 * orbit by every site in reach finds them all. An orbit's images are recorded when it is first met, and
 * later candidates are only looked up.
 *
 * @throws {EcitonError} "study" for a cut-off that is no length, "memory" with the numbers when the estimate exceeds
 *   `memoryLimit` bytes
 */
export function enumerateOrbits(
  lattice: ParentLattice,
  operations: readonly SymmetryOperation[],
  cutoffs: Cutoffs,
  memoryLimit: number,
): OrbitInstances[] {
  checkCutoffs(cutoffs);
  const largest = Math.max(1, ...Object.keys(cutoffs).map(Number));
  const active = activeSites(lattice);
  refuseTooLarge(lattice, cutoffs, memoryLimit);
  // A size whose cut-off is larger than that of a smaller size still grows from clusters of that size.
  const reach = (size: number) => {
    let r = 0;
    for (let n = size; n <= largest; n++) r = Math.max(r, cutoffs[n] ?? 0);
    return r;
  };
  let level: Cluster[] = [];
  const found: OrbitInstances[] = [];
  for (let size = 1; size <= largest; size++) {
    const cutoff = reach(size);
    const candidates =
      size === 1 ? active.map((s) => [s, 0, 0, 0, 1]) : extensions(lattice, level, cutoff, active);
    const seen = new Set<string>();
    level = [];
    for (const candidate of candidates) {
      const normal = normalForm(candidate);
      if (seen.has(normal.join())) continue;
      for (const key of orbitOf(normal, operations).keys()) seen.add(key);
      level.push(normal);
    }
    const limit = size === 1 ? 0 : (cutoffs[size] ?? -1);
    for (const cluster of level)
      if (diameter(lattice, cluster) <= limit + DISTANCE_TOLERANCE_A)
        found.push(...decorations(lattice, cluster, operations));
  }
  return found;
}

function checkCutoffs(cutoffs: Cutoffs): void {
  for (const [size, cutoff] of Object.entries(cutoffs)) {
    const path = `clusters.cutoffs_A.${size}`;
    if (!/^[1-9]\d*$/.test(size)) throw studyError(path, "expected a number of points as the name");
    if (!Number.isFinite(cutoff) || cutoff < 0)
      throw studyError(path, `expected a distance in Å, found ${cutoff}`);
  }
}

/** Every representative with one more site, no farther than the cut-off from each of its points. */
function* extensions(
  lattice: ParentLattice,
  level: readonly Cluster[],
  cutoff: number,
  active: readonly number[],
): Generator<Cluster> {
  const neighbours = new Map<number, ReturnType<typeof neighbourPairs>>(active.map((s) => [s, []]));
  for (const pair of neighbourPairs(lattice, cutoff, active)) neighbours.get(pair.from)!.push(pair);
  const limit = cutoff + DISTANCE_TOLERANCE_A;
  for (const cluster of level) {
    if (diameter(lattice, cluster) > limit) continue;
    const positions: [number, number, number][] = [];
    for (let at = 0; at < cluster.length; at += POINT_STRIDE)
      positions.push(pointPosition(lattice, cluster, at));
    for (const pair of neighbours.get(cluster[0])!) {
      // The first point stands in cell 0, so the pair's cell is the new point's.
      const added = [pair.to, ...pair.cell, 1];
      const [x, y, z] = pointPosition(lattice, added, 0);
      const fits = positions.every((p) => {
        const distance = Math.hypot(p[0] - x, p[1] - y, p[2] - z);
        return distance > DISTANCE_TOLERANCE_A && distance <= limit;
      });
      if (fits) yield [...cluster, ...added];
    }
  }
}

/** Symmetry-distinct choices of a site function at each point of a cluster. */
function decorations(
  lattice: ParentLattice,
  cluster: Cluster,
  operations: readonly SymmetryOperation[],
): OrbitInstances[] {
  const orbits: OrbitInstances[] = [];
  const seen = new Set<string>();
  const choices: Cluster[] = [cluster];
  for (let at = 0; at < cluster.length; at += POINT_STRIDE) {
    const functions = lattice.sites[cluster[at]].species.length - 1;
    const before = choices.splice(0);
    for (const choice of before)
      for (let f = 1; f <= functions; f++)
        choices.push([...choice.slice(0, at + 4), f, ...choice.slice(at + 5)]);
  }
  for (const choice of choices) {
    if (seen.has(choice.join())) continue;
    const images = orbitOf(choice, operations);
    for (const key of images.keys()) seen.add(key);
    orbits.push([...images.values()]);
  }
  return orbits;
}
