/** Real spherical harmonics of unit vectors. */

/** Number of functions with l up to maxAngular; (l, m) stands at l² + l + m. */
export function harmonicsCount(maxAngular: number): number {
  return (maxAngular + 1) * (maxAngular + 1);
}

/**
 * Y_lm of one unit vector, orthonormal on the sphere, for all l up to a limit:
 *   Y_l,±m = √((2l+1)/2π · (l−m)!/(l+m)!) P_l^m(z)/(1−z²)^{m/2} · {Re, Im} (x + iy)^m, and 1/√2 of it for m = 0;
 * the sine at −m, the cosine at +m, without the Condon-Shortley phase. P_l^m is P's recurrence in l from P_m^m.
 * @see Bigi, Fraux, Browning, Ceriotti, J. Chem. Phys. 159, 064802 (2023), for the form without square roots of 1 − z²
 */
export class SphericalHarmonics {
  readonly maxAngular: number;
  /** What the last call found, Float64Array((maxAngular + 1)²). */
  readonly values: Float64Array;
  /** Norms, at l(l+1)/2 + m. */
  readonly #norms: Float64Array;

  /** @param maxAngular 0 .. 30: beyond, factorials leave little of a double */
  constructor(maxAngular: number) {
    this.maxAngular = maxAngular;
    this.values = new Float64Array(harmonicsCount(maxAngular));
    this.#norms = new Float64Array(((maxAngular + 1) * (maxAngular + 2)) / 2);
    for (let l = 0; l <= maxAngular; l++)
      for (let m = 0; m <= l; m++) {
        let ratio = 1;
        for (let k = l - m + 1; k <= l + m; k++) ratio /= k;
        this.#norms[(l * (l + 1)) / 2 + m] = Math.sqrt(
          (((2 * l + 1) / (2 * Math.PI)) * ratio) / (m === 0 ? 2 : 1),
        );
      }
  }

  /** Writes `values` for the unit vector (x, y, z). */
  compute(x: number, y: number, z: number): void {
    const { maxAngular, values } = this;
    const norms = this.#norms;
    // (x + iy)^m, and (2m−1)!!, the start of the recurrence in l.
    let cosine = 1;
    let sine = 0;
    let start = 1;
    for (let m = 0; m <= maxAngular; m++) {
      let before = 0;
      let legendre = start;
      for (let l = m; l <= maxAngular; l++) {
        const scaled = norms[(l * (l + 1)) / 2 + m] * legendre;
        const at = l * l + l;
        values[at + m] = scaled * cosine;
        if (m > 0) values[at - m] = scaled * sine;
        const next = ((2 * l + 1) * z * legendre - (l + m) * before) / (l - m + 1);
        before = legendre;
        legendre = next;
      }
      const turned = x * cosine - y * sine;
      sine = x * sine + y * cosine;
      cosine = turned;
      start *= 2 * m + 1;
    }
  }
}
