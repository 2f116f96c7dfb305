/** How large a pool will be, told before it is built. */
import { EcitonError } from "../core/errors.ts";
import { RandomStream } from "../core/random.ts";
import {
  activeSites,
  DISTANCE_TOLERANCE_A,
  neighbourPairs,
  type ParentLattice,
} from "../lattice/parent-lattice.ts";
import { type Cutoffs, pointPosition } from "./cluster.ts";

/** Memory of one point of an instance: its numbers, and its share of the key and of the entries that hold both. */
const BYTES_PER_POINT = 190;
const TRIALS = 4000;

export interface SizeEstimate {
  /** Number of points. */
  readonly size: number;
  /** Å. */
  readonly cutoff: number;
  /** Clusters for each parent cell, symmetry-equivalent ones counted. */
  readonly instances: number;
  readonly bytes: number;
}

/**
 * Estimates how many instances of each size there will be: the sets of neighbours of each site, times the share of sets
 * drawn at random that are all neighbours of each other. Right within some per cent.
 */
export function estimatePoolSize(lattice: ParentLattice, cutoffs: Cutoffs): SizeEstimate[] {
  const active = activeSites(lattice);
  return Object.entries(cutoffs)
    .map(([key, cutoff]) => ({ size: Number(key), cutoff }))
    .filter(({ size }) => size >= 2)
    .map(({ size, cutoff }) => {
      const pairs = neighbourPairs(lattice, cutoff, active);
      let instances = 0;
      for (const s of active) {
        const places = pairs
          .filter((pair) => pair.from === s)
          .map((pair) => pointPosition(lattice, [pair.to, ...pair.cell, 1], 0));
        let sets = 1;
        for (let k = 0; k < size - 1; k++) sets *= Math.max(0, places.length - k) / (k + 1);
        if (sets === 0) continue;
        const functions = (lattice.sites[s].species.length - 1) ** size;
        instances += (sets * shareOfCliques(places, size - 1, cutoff) * functions) / size;
      }
      return { size, cutoff, instances, bytes: instances * size * BYTES_PER_POINT };
    });
}

/** @throws {EcitonError} "memory" with the numbers when a size would need more than `memoryLimit` bytes */
export function refuseTooLarge(lattice: ParentLattice, cutoffs: Cutoffs, memoryLimit: number): void {
  for (const { size, cutoff, instances, bytes } of estimatePoolSize(lattice, cutoffs))
    if (bytes > memoryLimit)
      throw new EcitonError(
        "memory",
        `clusters.cutoffs_A.${size}: about ${instances.toExponential(1)} clusters of ${size} points within ${cutoff} Å ` +
          `for each parent cell would need ${(bytes / 2 ** 30).toFixed(1)} GiB, ` +
          `more than the ${(memoryLimit / 2 ** 30).toFixed(1)} GiB allowed; lower this cut-off or the number of points`,
        { size, cutoff, instances, bytes, memoryLimit },
      );
}

/** Share of the sets of `count` different places in which no two are farther apart than the cut-off. */
function shareOfCliques(places: readonly number[][], count: number, cutoff: number): number {
  if (count < 2) return 1;
  const random = new RandomStream(0, count);
  let cliques = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const drawn: number[] = [];
    while (drawn.length < count) {
      const i = random.nextIndex(places.length);
      if (!drawn.includes(i)) drawn.push(i);
    }
    const near = (a: number[], b: number[]) =>
      Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) <= cutoff + DISTANCE_TOLERANCE_A;
    if (drawn.every((i, k) => drawn.slice(0, k).every((j) => near(places[i], places[j])))) cliques++;
  }
  return cliques / TRIALS;
}
