// exp of two numbers at once, the same additions and multiplications in the same order as src/core/exponential.ts
// (which see): |x| up to 708, within 1.5 units of the last place; below -708 about 1e-308, NaN for NaN.

// @ts-ignore: decorator
@inline
const ROUND: f64 = 6755399441055744; // 1.5 * 2^52: its last bits are the whole number that was added to it
// @ts-ignore: decorator
@inline
const LOG2E: f64 = 1.4426950408889634;
// @ts-ignore: decorator
@inline
const LN2_HIGH: f64 = 0.6931471803691238;
// @ts-ignore: decorator
@inline
const LN2_LOW: f64 = 1.9082149292705877e-10;

// @ts-ignore: decorator
@inline
export function expTwo(argument: v128): v128 {
  const x = f64x2.max(argument, f64x2.splat(-708));
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(LOG2E)), f64x2.splat(ROUND));
  const n = f64x2.sub(shifted, f64x2.splat(ROUND));
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(n, f64x2.splat(LN2_HIGH))),
    f64x2.mul(n, f64x2.splat(LN2_LOW)),
  );
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const a = f64x2.add(
    f64x2.add(f64x2.splat(1.0 / 2), f64x2.mul(r, f64x2.splat(1.0 / 6))),
    f64x2.mul(r2, f64x2.add(f64x2.splat(1.0 / 24), f64x2.mul(r, f64x2.splat(1.0 / 120)))),
  );
  const b = f64x2.add(
    f64x2.add(f64x2.splat(1.0 / 720), f64x2.mul(r, f64x2.splat(1.0 / 5040))),
    f64x2.mul(r2, f64x2.add(f64x2.splat(1.0 / 40320), f64x2.mul(r, f64x2.splat(1.0 / 362880)))),
  );
  const c = f64x2.add(
    f64x2.add(f64x2.splat(1.0 / 3628800), f64x2.mul(r, f64x2.splat(1.0 / 39916800))),
    f64x2.mul(
      r2,
      f64x2.add(f64x2.splat(1.0 / 479001600), f64x2.mul(r, f64x2.splat(1.0 / 6227020800))),
    ),
  );
  const tail = f64x2.add(a, f64x2.mul(r4, f64x2.add(b, f64x2.mul(r4, c))));
  const unit = f64x2.add(f64x2.splat(1), f64x2.add(r, f64x2.mul(r2, tail)));
  // 2^n: n stands in the last bits of `shifted`, so moved up by 52 it is added to the exponent of 1.
  const power = i64x2.add(i64x2.shl(shifted, 52), i64x2.splat(0x3ff0000000000000));
  return f64x2.mul(unit, power);
}
