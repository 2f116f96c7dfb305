/** The complementary error function. */

/** From here on the continued fraction is used: below, the series loses nothing that erfc of order one has. */
const LARGE = 2;

/**
 * erfc x = (2/√π) ∫_x^∞ exp(−t²) dt, with an absolute error of some 1e-16 and a relative one below 1e-13: erf by its
 * series (2/√π) exp(−x²) Σ 2^n x^(2n+1) / (2n+1)!! of positive terms below 2, above by the continued fraction of
 * exp(x²) √π erfc x, evaluated backwards.
 * @see M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  const gauss = Math.exp(-x * x);
  if (x < LARGE) {
    let term = x;
    let sum = x;
    for (let n = 1; term > 1e-17 * sum; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * gauss * sum;
  }
  // At x = 2 a hundred levels leave 1e-16 of the fraction, and fewer would do above.
  let fraction = x;
  for (let n = 100; n > 0; n--) fraction = x + n / 2 / fraction;
  return gauss / (Math.sqrt(Math.PI) * fraction);
}
