// exp of two numbers at once, the same additions and multiplications in the same order as src/core/exponential.ts
// (which see): |x| up to 708, within 1.5 units of the last place; below -708 about 1e-308, NaN for NaN.
// Its parts are small enough that the compiler puts them into the loops that use them; as a whole it is called.

const ROUND: f64 = 6755399441055744; // 1.5 * 2^52: its last bits are the whole number that was added to it
const LOG2E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;

/** The argument within the range where 2^n is a normal number. */
export function withinTwo(x: v128): v128 {
  return f64x2.max(x, f64x2.splat(-708));
}

/** ROUND + n for the whole number n of x / ln 2. */
export function wholeTwo(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(LOG2E)), f64x2.splat(ROUND));
}

/** r = x - n ln 2 */
export function restTwo(x: v128, whole: v128): v128 {
  const n = f64x2.sub(whole, f64x2.splat(ROUND));
  return f64x2.sub(f64x2.sub(x, f64x2.mul(n, f64x2.splat(LN2_HIGH))), f64x2.mul(n, f64x2.splat(LN2_LOW)));
}

/** e^r */
export function seriesTwo(r: v128): v128 {
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const tail = f64x2.add(
    middle(r, r2, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120),
    f64x2.mul(
      r4,
      f64x2.add(
        middle(r, r2, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880),
        f64x2.mul(r4, middle(r, r2, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800)),
      ),
    ),
  );
  return f64x2.add(f64x2.splat(1), f64x2.add(r, f64x2.mul(r2, tail)));
}

function middle(r: v128, r2: v128, c0: f64, c1: f64, c2: f64, c3: f64): v128 {
  return f64x2.add(
    f64x2.add(f64x2.splat(c0), f64x2.mul(r, f64x2.splat(c1))),
    f64x2.mul(r2, f64x2.add(f64x2.splat(c2), f64x2.mul(r, f64x2.splat(c3)))),
  );
}

/** 2^n: n stands in the last bits, so moved up by 52 it is added to the exponent of 1. */
export function powerTwo(whole: v128): v128 {
  return i64x2.add(i64x2.shl(whole, 52), i64x2.splat(0x3ff0000000000000));
}

export function expTwo(argument: v128): v128 {
  const x = withinTwo(argument);
  const whole = wholeTwo(x);
  return f64x2.mul(seriesTwo(restTwo(x, whole)), powerTwo(whole));
}
