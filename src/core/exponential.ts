/**
 * exp of numbers that are not positive, the same bits on every machine: only additions and multiplications of
 * doubles in a fixed order, so that compiled kernels can repeat it exactly. Math.exp may differ between engines.
 */

// ln 2 in two parts; the first ends in 32 zero bits, so its product with a whole number below 2^32 is exact.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** exp is taken as 0 below this: its value there is under 1e-307 and no longer a normal number. */
export const LOWEST_EXPONENT = -708;

/** A number of this size has no digits after the point, so adding and subtracting it rounds to a whole number. */
const ROUND = 1.5 * 2 ** 52;

/** 2^-k */
const powers = Float64Array.from({ length: 1023 }, (_, k) => 2 ** -k);

/**
 * e^x = 2^n e^r with |r| <= ln 2 / 2, e^r by its Taylor series up to r^13 (remainder under 5e-18), summed in pairs so
 * that the additions do not wait for each other.
 * @param x at most 0
 * @returns within 1.5 units of the last place; NaN for NaN
 */
export function expNonPositive(x: number): number {
  if (x < LOWEST_EXPONENT) return 0;
  const n = x * Math.LOG2E + ROUND - ROUND;
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  const r2 = r * r;
  const r4 = r2 * r2;
  const a = 1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120));
  const b = 1 / 720 + r * (1 / 5040) + r2 * (1 / 40320 + r * (1 / 362880));
  const c = 1 / 3628800 + r * (1 / 39916800) + r2 * (1 / 479001600 + r * (1 / 6227020800));
  return (1 + (r + r2 * (a + r4 * (b + r4 * c)))) * powers[-n];
}
