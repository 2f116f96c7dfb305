// Activation functions of sums of nodes and their slopes; the formulas are those of nn/networks/activations.ts. Those with
// exponentials go by e = e^-|z|, which never overflows.
import { expTwo } from "./_exponential";
import { lnUnit } from "./_logarithm";

const LINEAR = 0;
const TANH = 1;
const LOGISTIC = 2;
const SOFTPLUS = 3;
const RELU = 4;
const GAUSSIAN = 5;
const COSINE = 6;
const REVERSE_LOGISTIC = 7;
const EXPONENTIAL = 8;

/**
 * Values in the place of the sums from `at` on, slopes from `slopes` on.
 * @param kind number in the list of nn/networks/network.ts
 */
export function activate(kind: i32, at: usize, slopes: usize, bytes: usize): void {
  const end = at + bytes;
  const one = f64x2.splat(1);
  for (; at < end; at += 16) {
    const z = v128.load(at);
    let value = z;
    let slope = one;
    if (kind == TANH) {
      // (1 - e) / (1 + e) with e = e^-2|z|; for small z its odd series would keep more digits, which sums do not need.
      const e = expTwo(f64x2.mul(f64x2.splat(-2), f64x2.abs(z)));
      const inverse = f64x2.div(one, f64x2.add(one, e));
      const sign = v128.and(z, f64x2.splat(-0.0));
      value = v128.or(f64x2.mul(f64x2.sub(one, e), inverse), sign);
      slope = f64x2.mul(f64x2.mul(f64x2.splat(4), e), f64x2.mul(inverse, inverse));
    } else if (kind == LOGISTIC || kind == REVERSE_LOGISTIC || kind == SOFTPLUS) {
      const x = kind == REVERSE_LOGISTIC ? f64x2.neg(z) : z;
      const e = expTwo(f64x2.neg(f64x2.abs(x)));
      const large = f64x2.div(one, f64x2.add(one, e));
      const small = f64x2.mul(e, large);
      const logistic = v128.bitselect(large, small, f64x2.ge(x, f64x2.splat(0)));
      if (kind == SOFTPLUS) {
        // ln(1 + e) = -ln(large)
        const tail = f64x2.replace_lane(
          f64x2.splat(lnUnit(f64x2.extract_lane(large, 0))),
          1,
          lnUnit(f64x2.extract_lane(large, 1)),
        );
        value = f64x2.sub(f64x2.max(z, f64x2.splat(0)), tail);
        slope = logistic;
      } else {
        value = logistic;
        slope = f64x2.mul(large, small);
        if (kind == REVERSE_LOGISTIC) slope = f64x2.neg(slope);
      }
    } else if (kind == RELU) {
      const positive = f64x2.gt(z, f64x2.splat(0));
      value = f64x2.max(z, f64x2.splat(0));
      slope = v128.and(one, positive);
    } else if (kind == GAUSSIAN) {
      value = expTwo(f64x2.mul(f64x2.splat(-0.5), f64x2.mul(z, z)));
      slope = f64x2.neg(f64x2.mul(z, value));
    } else if (kind == COSINE) {
      value = cosines(z);
      slope = f64x2.neg(sineOfLast);
    } else if (kind == EXPONENTIAL) {
      // 2^1024 of 710 and all beyond is infinite, as e^-z itself: what has grown without bound must not look like a number.
      value = expTwo(f64x2.min(f64x2.neg(z), f64x2.splat(710)));
      slope = f64x2.neg(value);
    } else if (kind != LINEAR) {
      value = f64x2.mul(z, z);
      slope = f64x2.add(z, z);
    }
    v128.store(at, value);
    v128.store(slopes, slope);
    slopes += 16;
  }
}

let sineOfLast: v128 = f64x2(0, 0);

/** Of z less its whole turns, a quarter of that by the series, and that angle doubled twice. */
function cosines(z: v128): v128 {
  const turns = f64x2.nearest(f64x2.mul(z, f64x2.splat(0.15915494309189535)));
  const rest = f64x2.sub(
    f64x2.sub(z, f64x2.mul(turns, f64x2.splat(6.283185307179586))),
    f64x2.mul(turns, f64x2.splat(2.4492935982947064e-16)),
  );
  const x = f64x2.mul(rest, f64x2.splat(0.25));
  const y = f64x2.neg(f64x2.mul(x, x));
  let sine = f64x2.splat(1);
  let cosine = sine;
  // 1 + y / (2 3) (1 + y / (4 5) (...)), likewise 1 + y / (1 2) (...)
  for (let n = 18; n >= 2; n -= 2) {
    sine = f64x2.add(f64x2.splat(1), f64x2.mul(f64x2.mul(y, sine), f64x2.splat(1 / <f64>(n * (n + 1)))));
    cosine = f64x2.add(f64x2.splat(1), f64x2.mul(f64x2.mul(y, cosine), f64x2.splat(1 / <f64>(n * (n - 1)))));
  }
  sine = f64x2.mul(x, sine);
  for (let n = 0; n < 2; n++) {
    const product = f64x2.mul(sine, cosine);
    const square = f64x2.mul(sine, sine);
    cosine = f64x2.sub(f64x2.splat(1), f64x2.add(square, square));
    sine = f64x2.add(product, product);
  }
  sineOfLast = sine;
  return cosine;
}
