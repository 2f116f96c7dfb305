/**
 * Symmetry of clusters and wires. Their rotations need not fit any box (a ring of six, an icosahedron), so the
 * operations are found from the sites themselves.
 */
import { cross, dot, inv3, type Mat3, norm3, type Vec3 } from "../core/linalg.ts";
import type { SymmetryOperation } from "./operation.ts";
import type { ParentLattice } from "./parent-lattice.ts";

/**
 * Every isometry that maps the sites onto sites of the same class, once for each permutation of sites: a mirror in
 * the plane of a flat molecule moves nothing and is not counted.
 *
 * Operations keep the centre of the sites (of a wire: its middle line). A linear map is fixed by the images of as
 * many sites as span the rest, so all images of such a frame with the same inner products are tried.
 * @param lattice with at most one periodic direction
 * @param classes sites of different classes are never mapped onto each other
 * @param tolerance Å
 */
export function finiteOperations(
  lattice: ParentLattice,
  classes: readonly number[],
  tolerance: number,
): SymmetryOperation[] {
  const axis = lattice.periodic.indexOf(true);
  const { across, along, period } = splitPositions(lattice, axis);
  const count = across.length;
  const frame = spanningSites(across, tolerance);
  const coordinates = frameCoordinates(across, frame);
  const operations: SymmetryOperation[] = [];

  const findTarget = (s: number, image: Vec3, height: number) => {
    for (let t = 0; t < count; t++) {
      if (classes[t] !== classes[s]) continue;
      const lift = (height - along[t] - Math.round(height - along[t])) * period;
      const away = Math.hypot(
        image[0] - across[t][0],
        image[1] - across[t][1],
        image[2] - across[t][2],
        lift,
      );
      if (away < tolerance) return t;
    }
    return -1;
  };

  const tryMap = (images: readonly Vec3[], sign: 1 | -1, lift: number) => {
    const siteMap = new Int32Array(count);
    const shift = new Int32Array(3 * count);
    const taken = new Uint8Array(count);
    for (let s = 0; s < count; s++) {
      const height = sign * along[s] + lift;
      const target = findTarget(s, combine(coordinates[s], images), height);
      if (target < 0 || taken[target]) return;
      taken[target] = 1;
      siteMap[s] = target;
      if (axis >= 0) shift[3 * s + axis] = Math.round(height - along[target]);
    }
    const rotation: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    if (axis >= 0) rotation[4 * axis] = sign;
    operations.push({ rotation, siteMap, shift });
  };

  for (const images of frameImages(across, classes, frame, tolerance)) {
    if (axis < 0) {
      tryMap(images, 1, 0);
      continue;
    }
    const first = combine(coordinates[0], images);
    for (const sign of [1, -1] as const)
      for (let t = 0; t < count; t++) {
        const away = norm3([0, 1, 2].map((k) => first[k] - across[t][k]));
        if (classes[t] === classes[0] && away < tolerance) tryMap(images, sign, along[t] - sign * along[0]);
      }
  }
  return operations;
}

/** Positions across the periodic axis relative to their mean, and along it in units of the period. */
function splitPositions(lattice: ParentLattice, axis: number) {
  const count = lattice.sites.length;
  const vector: Vec3 =
    axis < 0 ? [0, 0, 0] : (Array.from(lattice.cell.subarray(3 * axis, 3 * axis + 3)) as Vec3);
  const period = norm3(vector);
  const along: number[] = [];
  const across: Vec3[] = [];
  for (let s = 0; s < count; s++) {
    const x = Array.from(lattice.cartesian.subarray(3 * s, 3 * s + 3)) as Vec3;
    const fraction = axis < 0 ? 0 : dot(x, vector) / (period * period);
    along.push(fraction);
    across.push([x[0] - fraction * vector[0], x[1] - fraction * vector[1], x[2] - fraction * vector[2]]);
  }
  const mean = [0, 1, 2].map((k) => across.reduce((sum, y) => sum + y[k], 0) / count);
  for (const y of across) for (let k = 0; k < 3; k++) y[k] -= mean[k];
  return { across, along, period };
}

/** At most three sites whose positions span those of all; each as far as possible from the span of the others. */
function spanningSites(positions: readonly Vec3[], tolerance: number): number[] {
  const chosen: number[] = [];
  while (chosen.length < 3) {
    const [a, b] = chosen.map((s) => positions[s]);
    const outside = positions.map((y) => {
      if (!a) return norm3(y);
      if (!b) return norm3(cross(a, y)) / norm3(a);
      const normal = cross(a, b);
      return Math.abs(dot(normal, y)) / norm3(normal);
    });
    const best = outside.indexOf(Math.max(...outside));
    if (outside[best] < tolerance) break;
    chosen.push(best);
  }
  return chosen;
}

/** Coefficients c of y = sum_i c_i y_frame(i), from the normal equations. */
function frameCoordinates(positions: readonly Vec3[], frame: readonly number[]): Vec3[] {
  const gram: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  frame.forEach((s, i) => {
    frame.forEach((t, j) => {
      gram[3 * i + j] = dot(positions[s], positions[t]);
    });
  });
  const inverse = inv3(gram);
  return positions.map((y) => {
    const right = [0, 1, 2].map((i) => (i < frame.length ? dot(positions[frame[i]], y) : 0));
    return [0, 1, 2].map((i) => dot(inverse.slice(3 * i, 3 * i + 3), right)) as Vec3;
  });
}

function combine(coefficients: Vec3, vectors: readonly Vec3[]): Vec3 {
  const out: Vec3 = [0, 0, 0];
  vectors.forEach((vector, i) => {
    for (let k = 0; k < 3; k++) out[k] += coefficients[i] * vector[k];
  });
  return out;
}

/** Places of sites that the frame may go to: same classes, same lengths and mutual distances. */
function frameImages(
  positions: readonly Vec3[],
  classes: readonly number[],
  frame: readonly number[],
  tolerance: number,
): Vec3[][] {
  const distance = (a: Vec3, b: Vec3) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  let partial: Vec3[][] = [[]];
  frame.forEach((s, i) => {
    const own = positions[s];
    partial = partial.flatMap((images) => {
      // Sites of a wire above each other have one place across it: one image is enough.
      const places: Vec3[] = [];
      positions.forEach((place, t) => {
        if (classes[t] !== classes[s] || Math.abs(norm3(place) - norm3(own)) > 2 * tolerance) return;
        for (let j = 0; j < i; j++)
          if (Math.abs(distance(place, images[j]) - distance(own, positions[frame[j]])) > 2 * tolerance)
            return;
        if (places.every((known) => distance(known, place) > 2 * tolerance)) places.push(place);
      });
      return places.map((place) => [...images, place]);
    });
  });
  return partial;
}
