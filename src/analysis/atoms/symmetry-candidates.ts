/** Isometries about the centre of a cluster that bring every atom near one of its own species. */
import { cross, dot, type Mat3, norm3, type Vec3 } from "../../core/linalg.ts";
import { correlationOf, rotationFromCorrelation } from "./superposition.ts";

export interface Candidate {
  /** x' = R x about the centre, row-major. */
  readonly matrix: Mat3;
  readonly handed: 1 | -1;
  /** Atom i comes to where atom image[i] is; a permutation. */
  readonly image: Int32Array;
  /** Largest distance between an atom's new place and the atom that is there, Å. */
  readonly deviation: number;
}

export interface Candidates {
  readonly operations: readonly Candidate[];
  /** Index of the operation that takes the two atoms of the frame where these are taken; undefined if there is none. */
  readonly find: (first: number, second: number, handed: 1 | -1) => number | undefined;
  readonly frame: readonly [number, number];
}

const MOST_PASSES = 6;

/**
 * All isometries with a deviation up to `reach`.
 *
 * Two atoms that are not on a line with the centre, and a handedness, fix an isometry; so it is enough to try all
 * images of one such frame. An image has the same species, a distance from the centre that differs by at most `reach`,
 * and a distance within the frame that differs by at most twice that. The frame is taken from atoms far out, where
 * an inexact image turns the rest least, and of these from the rarest. What the frame gives is fitted to all atoms.
 * @param positions Float64Array(3N) about their mean, Å; at least one atom farther than `reach` from every line
 *   through the centre that carries another
 * @param reach Å, less than half the shortest distance between atoms of a species: images are then unique
 */
export function candidateOperations(
  positions: Float64Array,
  species: readonly string[],
  reach: number,
): Candidates {
  const count = species.length;
  const place = (i: number): Vec3 => [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
  const radius = Float64Array.from({ length: count }, (_, i) => norm3(place(i)));
  const alike = similarAtoms(radius, species, reach);
  const frame = chooseFrame(positions, radius, alike);
  const [first, second] = frame;
  const offAxis = distanceFromAxis(place(second), place(first));
  // How far an atom may miss while only the frame is fitted: errors of the frame grow outwards.
  const loose = radius.map((r) => reach * (1 + r / radius[first] + (2 * r) / offAxis));
  const order = Int32Array.from({ length: count }, (_, i) => i).sort(
    (i, j) => alike[i].length - alike[j].length,
  );

  /** Fills image with the nearest atom to each atom's new place; the largest distance, or Infinity for none in reach. */
  const match = (matrix: Mat3, limit: Float64Array, image: Int32Array): number => {
    let largest = 0;
    for (const i of order) {
      const x = positions[3 * i];
      const y = positions[3 * i + 1];
      const z = positions[3 * i + 2];
      const atX = matrix[0] * x + matrix[1] * y + matrix[2] * z;
      const atY = matrix[3] * x + matrix[4] * y + matrix[5] * z;
      const atZ = matrix[6] * x + matrix[7] * y + matrix[8] * z;
      let nearest = Number.POSITIVE_INFINITY;
      for (const j of alike[i]) {
        const dx = positions[3 * j] - atX;
        const dy = positions[3 * j + 1] - atY;
        const dz = positions[3 * j + 2] - atZ;
        const square = dx * dx + dy * dy + dz * dz;
        if (square < nearest) {
          nearest = square;
          image[i] = j;
        }
      }
      if (nearest > limit[i] * limit[i]) return Number.POSITIVE_INFINITY;
      if (nearest > largest) largest = nearest;
    }
    return Math.sqrt(largest);
  };

  const tight = new Float64Array(count).fill(reach);
  const refine = (start: Mat3, handed: 1 | -1): Candidate | null => {
    let matrix = start;
    const image = new Int32Array(count);
    if (match(matrix, loose, image) === Number.POSITIVE_INFINITY) return null;
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      matrix = rotationFromCorrelation(correlationOf(positions, positions, image), handed);
      const before = image.slice();
      const deviation = match(matrix, tight, image);
      if (!before.every((j, i) => j === image[i])) continue;
      return deviation <= reach && isPermutation(image) ? { matrix, handed, image, deviation } : null;
    }
    return null;
  };

  const operations: Candidate[] = [];
  const places = new Map<number, number>();
  const keyOf = (a: number, b: number, handed: 1 | -1) => 2 * (a * count + b) + (handed === 1 ? 0 : 1);
  const add = (candidate: Candidate) => {
    const key = keyOf(candidate.image[first], candidate.image[second], candidate.handed);
    const known = places.get(key);
    if (known === undefined) {
      places.set(key, operations.length);
      operations.push(candidate);
    } else if (candidate.deviation < operations[known].deviation) operations[known] = candidate;
  };
  const own = basisOf(place(first), place(second), 1);
  const apart = norm3(minus(place(first), place(second)));
  for (const a of alike[first])
    for (const b of alike[second]) {
      if (a === b || Math.abs(norm3(minus(place(a), place(b))) - apart) > 2 * reach) continue;
      if (distanceFromAxis(place(b), place(a)) === 0) continue;
      for (const handed of [1, -1] as const) {
        const candidate = refine(between(own, basisOf(place(a), place(b), handed)), handed);
        if (candidate !== null) add(candidate);
      }
    }
  return { operations, frame, find: (a, b, handed) => places.get(keyOf(a, b, handed)) };
}

/** For each atom those of its species whose distance from the centre differs by at most `reach`. */
function similarAtoms(radius: Float64Array, species: readonly string[], reach: number): Int32Array[] {
  const bySpecies = new Map<string, number[]>();
  species.forEach((name, i) => {
    const members = bySpecies.get(name);
    if (members === undefined) bySpecies.set(name, [i]);
    else members.push(i);
  });
  const alike = new Array<Int32Array>(species.length);
  for (const members of bySpecies.values()) {
    members.sort((i, j) => radius[i] - radius[j]);
    let from = 0;
    let to = 0;
    for (const i of members) {
      while (radius[members[from]] < radius[i] - reach) from++;
      while (to < members.length && radius[members[to]] <= radius[i] + reach) to++;
      alike[i] = Int32Array.from(members.slice(from, to));
    }
  }
  return alike;
}

/** Of the atoms in the outer half, seen from the centre and then from the axis of the first, the rarest. */
function chooseFrame(
  positions: Float64Array,
  radius: Float64Array,
  alike: readonly Int32Array[],
): [number, number] {
  const choose = (distance: ArrayLike<number>): number => {
    const farthest = Array.from(distance).reduce((most, d) => Math.max(most, d), 0);
    let best = -1;
    for (let i = 0; i < distance.length; i++) {
      if (distance[i] < farthest / 2) continue;
      const fewer = best < 0 ? 1 : alike[best].length - alike[i].length;
      if (fewer > 0 || (fewer === 0 && distance[i] > distance[best])) best = i;
    }
    return best;
  };
  const first = choose(radius);
  const axis = positions.subarray(3 * first, 3 * first + 3);
  return [first, choose(radius.map((_, i) => distanceFromAxis(positions.subarray(3 * i, 3 * i + 3), axis)))];
}

function distanceFromAxis(point: ArrayLike<number>, axis: ArrayLike<number>): number {
  return norm3(cross(axis, point)) / norm3(axis);
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** Orthonormal vectors along a, in the plane of a and b, and across it. */
function basisOf(a: Vec3, b: Vec3, handed: 1 | -1): [Vec3, Vec3, Vec3] {
  const unit = (v: Vec3): Vec3 => v.map((x) => x / norm3(v)) as Vec3;
  const along = unit(a);
  const overlap = dot(along, b);
  const inPlane = unit(minus(b, along.map((x) => x * overlap) as Vec3));
  return [along, inPlane, cross(along, inPlane).map((x) => handed * x) as Vec3];
}

/** The matrix that takes one basis to the other. */
function between(from: readonly Vec3[], to: readonly Vec3[]): Mat3 {
  const matrix = new Array(9).fill(0) as Mat3;
  for (let k = 0; k < 3; k++)
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) matrix[3 * a + b] += to[k][a] * from[k][b];
  return matrix;
}

function isPermutation(image: Int32Array): boolean {
  const taken = new Uint8Array(image.length);
  for (const j of image) taken[j]++;
  return taken.every((times) => times === 1);
}
