/** Norms of the real spherical harmonics that densities are expanded in. */

/**
 * √((2l+1)/2π · (l−m)!/(l+m)!), and 1/√2 of it for m = 0, at l(l+1)/2 + m: with them
 *   Y_l,±m = norm · P_l^m(z)/(1−z²)^{m/2} · {Re, Im} (x + iy)^m
 * are orthonormal on the sphere; the sine at −m, the cosine at +m, without the Condon-Shortley phase.
 * @param maxAngular 0 .. 30: beyond, factorials leave little of a double
 * @see Bigi, Fraux, Browning, Ceriotti, J. Chem. Phys. 159, 064802 (2023), for the form without square roots of 1 − z²
 */
export function harmonicNorms(maxAngular: number): Float64Array {
  const norms = new Float64Array(((maxAngular + 1) * (maxAngular + 2)) / 2);
  for (let l = 0; l <= maxAngular; l++)
    for (let m = 0; m <= l; m++) {
      let ratio = 1;
      for (let k = l - m + 1; k <= l + m; k++) ratio /= k;
      norms[(l * (l + 1)) / 2 + m] = Math.sqrt((((2 * l + 1) / (2 * Math.PI)) * ratio) / (m === 0 ? 2 : 1));
    }
  return norms;
}
