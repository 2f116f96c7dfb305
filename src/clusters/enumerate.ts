/** Enumeration of symmetry-distinct clusters on the infinite lattice, by adding one point at a time. */
import { EcitonError, studyError } from "../core/errors.ts";
import { RandomStream } from "../core/random.ts";
import {
  activeSites,
  DISTANCE_TOLERANCE_A,
  neighbourPairs,
  type ParentLattice,
} from "../lattice/parent-lattice.ts";
import type { SymmetryOperation } from "../lattice/symmetry.ts";
import { type Cluster, diameter, normalForm, orbitOf, POINT_STRIDE, pointPosition } from "./cluster.ts";

/** Largest pair distance (Å) for each number of points, for example {2: 8, 3: 8, 4: 6}. */
export type Cutoffs = Readonly<Record<number, number>>;

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
  refuseTooLarge(lattice, active, cutoffs, memoryLimit);
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

/** Memory of one point of an instance: its numbers, and its share of the key and of the entries that hold both. */
const BYTES_PER_POINT = 190;
const TRIALS = 4000;

/**
 * Estimates how many instances there will be: the sets of neighbours of each site, times the share of sets drawn at
 * random that are all neighbours of each other.
 */
function refuseTooLarge(
  lattice: ParentLattice,
  active: readonly number[],
  cutoffs: Cutoffs,
  memoryLimit: number,
): void {
  for (const [key, cutoff] of Object.entries(cutoffs)) {
    const size = Number(key);
    if (size < 2) continue;
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
    const bytes = instances * size * BYTES_PER_POINT;
    if (bytes > memoryLimit)
      throw new EcitonError(
        "memory",
        `clusters.cutoffs_A.${size}: about ${instances.toExponential(1)} clusters of ${size} points within ${cutoff} Å ` +
          `for each parent cell would need ${(bytes / 2 ** 30).toFixed(1)} GiB, ` +
          `more than the ${(memoryLimit / 2 ** 30).toFixed(1)} GiB allowed; lower this cut-off or the number of points`,
        { size, cutoff, instances, bytes, memoryLimit },
      );
  }
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
