// Functions that end at a distance, for two distances at once: the cut-off functions of symmetry functions by n2p2's
// numbers (0 hard, 1 cos, 2 tanh3, 3 tanh3 normalised, 4 exp, 5 to 8 poly1 to poly4) and the bells of compact support
// made from the same polynomials. Each returns its values and leaves its slopes in slopeTwo. All are written in terms of
// s = 1 - x, the distance from where they end, so that small values keep their digits.
import { expTwo } from "./_exponential";

/** Derivatives that belong to the values returned last. */
export let slopeTwo: v128 = f64x2(0, 0);

const E: f64 = 2.718281828459045;
/** 1 / tanh(1)^3 */
const TANH_NORM: f64 = 2.2637537952253513;

/**
 * f_c(r), and df_c/dr in slopeTwo: 1 up to the inner radius, 0 from the outer one on. The hard and tanh forms know no inner
 * radius.
 * @param rate 1 / (outer - inner)
 */
export function cutoffTwo(form: i32, r: v128, inner: f64, outer: f64, rate: f64): v128 {
  const within = f64x2.lt(r, f64x2.splat(outer));
  let value = f64x2.splat(1);
  let slope = f64x2.splat(0);
  if (form == 2 || form == 3) {
    value = tanhCube(f64x2.sub(f64x2.splat(1), f64x2.div(r, f64x2.splat(outer))));
    const norm: f64 = form == 2 ? 1 : TANH_NORM;
    value = f64x2.mul(value, f64x2.splat(norm));
    slope = f64x2.mul(slopeTwo, f64x2.splat(-norm / outer));
  } else if (form != 0) {
    const flat = f64x2.lt(r, f64x2.splat(inner));
    const scale = f64x2.splat(rate);
    const x = f64x2.max(f64x2.mul(f64x2.sub(r, f64x2.splat(inner)), scale), slope);
    const s = f64x2.max(f64x2.mul(f64x2.sub(f64x2.splat(outer), r), scale), slope);
    value = v128.bitselect(value, form == 1 ? halfWave(s) : core(form, x, s), flat);
    slope = v128.andnot(f64x2.mul(slopeTwo, scale), flat);
  }
  slopeTwo = v128.and(slope, within);
  return v128.and(value, within);
}

/**
 * 1 in the middle between `left` and `right`, 0 outside of them, and the derivative in slopeTwo:
 *   core(x), x = |a - middle| / half the width, or, asymmetric, core((2 - x) x)
 * @param form 4 exp, 5 to 8 poly1 to poly4
 */
export function bellTwo(form: i32, asymmetric: bool, a: v128, left: f64, right: f64): v128 {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const rate = f64x2.splat(2 / (right - left));
  const offset = f64x2.mul(f64x2.sub(a, f64x2.splat(0.5 * (left + right))), rate);
  const before = f64x2.lt(offset, zero);
  // The nearer end counts: the distance from it is exact where a is close to it.
  const rest = v128.bitselect(f64x2.sub(a, f64x2.splat(left)), f64x2.sub(f64x2.splat(right), a), before);
  const within = f64x2.gt(rest, zero);
  let x = f64x2.min(f64x2.abs(offset), one);
  let s = f64x2.max(f64x2.mul(rest, rate), zero);
  let inner = one;
  if (asymmetric) {
    inner = f64x2.add(s, s);
    x = f64x2.mul(f64x2.sub(f64x2.splat(2), x), x);
    s = f64x2.mul(s, s);
  }
  const value = core(form, x, s);
  const slope = f64x2.mul(f64x2.mul(slopeTwo, inner), v128.bitselect(f64x2.neg(rate), rate, before));
  slopeTwo = v128.and(slope, within);
  return v128.and(value, within);
}

/** From 1 at x = 0 to 0 at x = 1 with as many derivatives zero at both ends as the form says; d/dx in slopeTwo. */
function core(form: i32, x: v128, s: v128): v128 {
  if (form == 4) return bump(x, s);
  const xs = f64x2.mul(x, s);
  const s2 = f64x2.mul(s, s);
  if (form == 5) {
    slopeTwo = f64x2.mul(f64x2.splat(-6), xs);
    return f64x2.mul(s2, step(s, f64x2.splat(-2), 3));
  }
  const xs2 = f64x2.mul(xs, xs);
  if (form == 6) {
    slopeTwo = f64x2.mul(f64x2.splat(-30), xs2);
    return f64x2.mul(f64x2.mul(s2, s), step(s, step(s, f64x2.splat(6), -15), 10));
  }
  const s4 = f64x2.mul(s2, s2);
  if (form == 7) {
    slopeTwo = f64x2.mul(f64x2.splat(-140), f64x2.mul(xs2, xs));
    return f64x2.mul(s4, step(s, step(s, step(s, f64x2.splat(-20), 70), -84), 35));
  }
  slopeTwo = f64x2.mul(f64x2.splat(-630), f64x2.mul(xs2, xs2));
  return f64x2.mul(
    f64x2.mul(s4, s),
    step(s, step(s, step(s, step(s, f64x2.splat(70), -315), 540), -420), 126),
  );
}

/** One step of Horner's scheme. */
function step(x: v128, sum: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, x), f64x2.splat(coefficient));
}

/** e^(1 - 1 / (1 - x^2)), with 1 - x^2 = s (1 + x). */
function bump(x: v128, s: v128): v128 {
  const one = f64x2.splat(1);
  // Beyond this the value is under 1e-300 whatever s is, and its inverse must stay finite.
  const inverse = f64x2.div(one, f64x2.max(f64x2.mul(s, f64x2.add(one, x)), f64x2.splat(1e-3)));
  const value = f64x2.mul(f64x2.splat(E), expTwo(f64x2.neg(inverse)));
  slopeTwo = f64x2.mul(f64x2.mul(f64x2.splat(-2), x), f64x2.mul(f64x2.mul(inverse, inverse), value));
  return value;
}

/**
 * (cos(pi x) + 1) / 2 = sin^2(pi s / 2), and its derivative with x. Sine and cosine of pi s / 4, at most pi / 4, by their
 * Taylor series (remainder under 5e-17), then for the doubled angle.
 */
function halfWave(s: v128): v128 {
  const angle = f64x2.mul(s, f64x2.splat(Math.PI / 4));
  const y = f64x2.mul(angle, angle);
  const sines = step(
    y,
    step(y, step(y, f64x2.splat(-1.0 / 1307674368000), 1.0 / 6227020800), -1.0 / 39916800),
    1.0 / 362880,
  );
  const sine = f64x2.mul(
    angle,
    step(y, step(y, step(y, step(y, sines, -1.0 / 5040), 1.0 / 120), -1.0 / 6), 1),
  );
  const cosines = step(
    y,
    step(
      y,
      step(y, step(y, f64x2.splat(1.0 / 20922789888000), -1.0 / 87178291200), 1.0 / 479001600),
      -1.0 / 3628800,
    ),
    1.0 / 40320,
  );
  const cosine = step(y, step(y, step(y, step(y, cosines, -1.0 / 720), 1.0 / 24), -0.5), 1);
  const doubled = f64x2.mul(f64x2.mul(f64x2.splat(2), sine), cosine);
  const square = f64x2.mul(sine, sine);
  const other = f64x2.sub(f64x2.splat(1), f64x2.add(square, square));
  slopeTwo = f64x2.mul(f64x2.splat(-Math.PI), f64x2.mul(doubled, other));
  return f64x2.mul(doubled, doubled);
}

/** tanh^3 and its derivative for 0 <= x <= 1, as sinh / cosh by their Taylor series (remainder under 1e-17). */
function tanhCube(x: v128): v128 {
  const y = f64x2.mul(x, x);
  const sines = step(
    y,
    step(
      y,
      step(y, step(y, f64x2.splat(1.0 / 355687428096000), 1.0 / 1307674368000), 1.0 / 6227020800),
      1.0 / 39916800,
    ),
    1.0 / 362880,
  );
  const sinh = f64x2.mul(x, step(y, step(y, step(y, step(y, sines, 1.0 / 5040), 1.0 / 120), 1.0 / 6), 1));
  const cosines = step(
    y,
    step(
      y,
      step(y, step(y, f64x2.splat(1.0 / 6402373705728000), 1.0 / 20922789888000), 1.0 / 87178291200),
      1.0 / 479001600,
    ),
    1.0 / 3628800,
  );
  const cosh = step(y, step(y, step(y, step(y, step(y, cosines, 1.0 / 40320), 1.0 / 720), 1.0 / 24), 0.5), 1);
  const t = f64x2.div(sinh, cosh);
  const square = f64x2.mul(t, t);
  slopeTwo = f64x2.mul(f64x2.mul(f64x2.splat(3), square), f64x2.sub(f64x2.splat(1), square));
  return f64x2.mul(square, t);
}
