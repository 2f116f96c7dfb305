/** The rotation that brings one set of points closest to another. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Mat3 } from "../../core/linalg.ts";

/**
 * The orthogonal matrix R of determinant `handed` with the smallest Σ_i |R x_i − y_i|², by Horn's quaternions: the
 * largest eigenvector of a symmetric 4x4 matrix made of the correlations. Improper ones are −1 times the best
 * proper one for −x.
 * @param correlation S_ab = Σ_i x_ia y_ib, row-major 3x3, of points about the centre that is to stay
 * @returns x' = R x for column vectors, row-major. Where points on a line or in one place leave R open, one of the
 *   best.
 * @see Horn, J. Opt. Soc. Am. A 4, 629 (1987)
 */
export function rotationFromCorrelation(correlation: ArrayLike<number>, handed: 1 | -1 = 1): Mat3 {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = Array.from(correlation, (s) => handed * s);
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(
    new Matrix([
      [xx + yy + zz, yz - zy, zx - xz, xy - yx],
      [yz - zy, xx - yy - zz, xy + yx, zx + xz],
      [zx - xz, xy + yx, yy - xx - zz, yz + zy],
      [xy - yx, zx + xz, yz + zy, zz - xx - yy],
    ]),
    { assumeSymmetric: true },
  );
  const largest = realEigenvalues.indexOf(Math.max(...realEigenvalues));
  const rotation = rotationOfQuaternion(eigenvectorMatrix.getColumn(largest));
  return handed === 1 ? rotation : (rotation.map((r) => -r) as Mat3);
}

/** @param quaternion w, x, y, z of length one */
export function rotationOfQuaternion([w, x, y, z]: readonly number[]): Mat3 {
  return [
    w * w + x * x - y * y - z * z,
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    w * w - x * x + y * y - z * z,
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    w * w - x * x - y * y + z * z,
  ];
}

/**
 * Correlations of points with their images: S_ab = Σ_i x_ia y_π(i)b.
 * @param from,to Float64Array(3N), about the centre that is to stay
 * @param image π, Int32Array(N)
 */
export function correlationOf(from: Float64Array, to: Float64Array, image: Int32Array): Float64Array {
  const correlation = new Float64Array(9);
  for (let i = 0; i < image.length; i++) {
    const target = 3 * image[i];
    for (let a = 0; a < 3; a++) {
      const x = from[3 * i + a];
      for (let b = 0; b < 3; b++) correlation[3 * a + b] += x * to[target + b];
    }
  }
  return correlation;
}

/** Mean of the positions, Å. */
export function centroid(positions: Float64Array): [number, number, number] {
  const mean: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < positions.length; i++) mean[i % 3] += positions[i];
  const count = positions.length / 3;
  return [mean[0] / count, mean[1] / count, mean[2] / count];
}

/** Positions about their mean: Float64Array(3N). */
export function centred(positions: Float64Array): Float64Array {
  const mean = centroid(positions);
  return positions.map((x, i) => x - mean[i % 3]);
}
