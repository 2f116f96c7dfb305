/** Eigenvectors of symmetric 3x3 matrices. */

const SWEEPS = 50;

/**
 * Jacobi's rotations. Nothing is allocated, so that it can be used in every step of a simulation.
 * @param m row-major, nine numbers, symmetric; not modified
 * @param values Float64Array(3), eigenvalues in no particular order, overwritten
 * @param vectors Float64Array(9), row i is the normalised eigenvector of value i, overwritten
 */
export function eigenSymmetric3(m: ArrayLike<number>, values: Float64Array, vectors: Float64Array): void {
  let xx = m[0];
  let yy = m[4];
  let zz = m[8];
  let xy = m[1];
  let xz = m[2];
  let yz = m[5];
  vectors.fill(0);
  vectors[0] = vectors[4] = vectors[8] = 1;
  for (let sweep = 0; sweep < SWEEPS && (xy !== 0 || xz !== 0 || yz !== 0); sweep++) {
    if (xy !== 0) {
      const t = tangent(xx, yy, xy);
      const c = 1 / Math.sqrt(1 + t * t);
      const s = t * c;
      xx -= t * xy;
      yy += t * xy;
      const held = xz;
      xz = c * held - s * yz;
      yz = s * held + c * yz;
      xy = 0;
      turn(vectors, 0, 3, c, s);
    }
    if (xz !== 0) {
      const t = tangent(xx, zz, xz);
      const c = 1 / Math.sqrt(1 + t * t);
      const s = t * c;
      xx -= t * xz;
      zz += t * xz;
      const held = xy;
      xy = c * held - s * yz;
      yz = s * held + c * yz;
      xz = 0;
      turn(vectors, 0, 6, c, s);
    }
    if (yz !== 0) {
      const t = tangent(yy, zz, yz);
      const c = 1 / Math.sqrt(1 + t * t);
      const s = t * c;
      yy -= t * yz;
      zz += t * yz;
      const held = xy;
      xy = c * held - s * xz;
      xz = s * held + c * xz;
      yz = 0;
      turn(vectors, 3, 6, c, s);
    }
  }
  values[0] = xx;
  values[1] = yy;
  values[2] = zz;
}

/** Tangent of the smaller angle that brings the element `off` between the diagonal elements p and q to zero. */
function tangent(p: number, q: number, off: number): number {
  const theta = (q - p) / (2 * off);
  return (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(1 + theta * theta));
}

function turn(vectors: Float64Array, a: number, b: number, c: number, s: number): void {
  for (let k = 0; k < 3; k++) {
    const held = vectors[a + k];
    vectors[a + k] = c * held - s * vectors[b + k];
    vectors[b + k] = s * held + c * vectors[b + k];
  }
}
