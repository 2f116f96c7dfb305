/**
 * Logarithms of numbers of (0, 1], the same bits on every machine: only additions, multiplications and divisions of
 * doubles in a fixed order, so that compiled kernels can repeat them exactly. Math.log may differ between engines.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Bits of √½: numbers are brought between it and √2. */
const ROOT_HALF_HIGH = 0x3fe6a09e;

const double = new Float64Array(1);
/** The low and the high word of the double; every machine that runs this stores the low one first. */
const words = new Uint32Array(double.buffer);

/**
 * ln x = n ln 2 + 2 artanh s, s = (m - 1) / (m + 1), x = m 2^n with m in [√½, √2), the series up to s^23 (remainder
 * under 3e-19).
 * @param x a normal number, above 0 and at most 1
 * @returns within some units of the last place, at most 0
 */
export function lnUnit(x: number): number {
  double[0] = x;
  const high = words[1] + (0x3ff00000 - ROOT_HALF_HIGH);
  const n = (high >>> 20) - 1023;
  words[1] = (high & 0xfffff) + ROOT_HALF_HIGH;
  const m = double[0];
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const a = 1 / 3 + z * (1 / 5) + z2 * (1 / 7 + z * (1 / 9));
  const b = 1 / 11 + z * (1 / 13) + z2 * (1 / 15 + z * (1 / 17));
  const c = 1 / 19 + z * (1 / 21) + z2 * (1 / 23);
  const series = z * (a + z4 * (b + z4 * c));
  return n * LN2_HIGH + (2 * s + 2 * s * series + n * LN2_LOW);
}

/**
 * ln (1 - p), exact to some units of the last place for small p too: the rounding of 1 - p is undone by the factor
 * p / (1 - (1 - p)).
 * @param p above 0 and below 1
 * @see Goldberg, ACM Computing Surveys 23, 5 (1991), theorem 4
 */
export function lnComplement(p: number): number {
  const rest = 1 - p;
  return rest === 1 ? -p : lnUnit(rest) * (p / (1 - rest));
}
