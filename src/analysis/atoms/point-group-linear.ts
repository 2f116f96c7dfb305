/** Point groups of one atom and of atoms on a line, which have infinitely many operations. */
import type { Vec3 } from "../../core/linalg.ts";
import { eigenSymmetric3 } from "../../core/symmetric3.ts";
import type { PointGroupOperation, PointGroupResult } from "./point-group-name.ts";

/**
 * @param positions Float64Array(3N) about their mean
 * @returns null for atoms that are not on one line within the tolerance
 */
export function linearGroup(
  positions: Float64Array,
  species: readonly string[],
  tolerance: number,
): Omit<PointGroupResult, "centre"> | null {
  const count = species.length;
  const identity: PointGroupOperation = {
    label: "E",
    axis: [0, 0, 1],
    matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    image: Int32Array.from({ length: count }, (_, i) => i),
  };
  const inversion = (image: Int32Array): PointGroupOperation => ({
    label: "i",
    axis: [0, 0, 1],
    matrix: [-1, 0, 0, 0, -1, 0, 0, 0, -1],
    image,
  });
  if (count === 1) {
    const operations = [identity, inversion(identity.image)];
    return { name: "Kh", order: Number.POSITIVE_INFINITY, operations, deviation: 0 };
  }
  const axis = longAxis(positions);
  const along = new Float64Array(count);
  const across = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const place = positions.subarray(3 * i, 3 * i + 3);
    along[i] = place[0] * axis[0] + place[1] * axis[1] + place[2] * axis[2];
    across[i] = Math.hypot(...place.map((x, k) => x - along[i] * axis[k]));
  }
  const offLine = across.reduce((most, d) => Math.max(most, d), 0);
  if (offLine > tolerance) return null;
  const image = mirrorImage(along, species);
  // In the average over both ends the atoms are as far from the middle as the mean of an atom and its image.
  const uneven =
    image === null
      ? Number.POSITIVE_INFINITY
      : along.reduce((most, s, i) => Math.max(most, Math.hypot((s + along[image[i]]) / 2, across[i])), 0);
  if (image === null || uneven > tolerance)
    return { name: "C*v", order: Number.POSITIVE_INFINITY, operations: [identity], deviation: offLine };
  return {
    name: "D*h",
    order: Number.POSITIVE_INFINITY,
    operations: [identity, inversion(image)],
    deviation: Math.max(offLine, uneven),
  };
}

/** Direction in which the atoms are spread most. */
function longAxis(positions: Float64Array): Vec3 {
  const spread = new Float64Array(9);
  for (let i = 0; i < positions.length; i += 3)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) spread[3 * a + b] += positions[i + a] * positions[i + b];
  const values = new Float64Array(3);
  const vectors = new Float64Array(9);
  eigenSymmetric3(spread, values, vectors);
  const most = values.indexOf(Math.max(...values));
  return Array.from(vectors.subarray(3 * most, 3 * most + 3)) as Vec3;
}

/** The n-th atom of a species from one end goes to the n-th from the other; null where species disagree. */
function mirrorImage(along: Float64Array, species: readonly string[]): Int32Array | null {
  const order = Array.from(along.keys()).sort((i, j) => along[i] - along[j]);
  const image = new Int32Array(along.length);
  for (let k = 0; k < order.length; k++) {
    image[order[k]] = order[order.length - 1 - k];
    if (species[order[k]] !== species[image[order[k]]]) return null;
  }
  return image;
}
