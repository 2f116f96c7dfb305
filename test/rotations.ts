/** Proper rotations of space, for what must not change under them. */
import type { Mat3 } from "../src/core/linalg.ts";
import type { RandomStream } from "../src/core/random.ts";

/** Row-major, for column vectors; @param quaternion of any length but zero */
export function rotationOf(quaternion: readonly number[]): Mat3 {
  const length = Math.hypot(...quaternion);
  const [w, x, y, z] = quaternion.map((part) => part / length);
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}

/** Uniform over all: the direction of four normal deviates is. */
export function randomRotation(random: RandomStream): Mat3 {
  return rotationOf([0, 0, 0, 0].map(() => random.nextNormal()));
}
