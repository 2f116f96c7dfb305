// Second derivatives of the activation functions, from sums, values and slopes; see nn/networks/activations.ts.

const TANH = 1;
const LOGISTIC = 2;
const SOFTPLUS = 3;
const GAUSSIAN = 5;
const COSINE = 6;
const REVERSE_LOGISTIC = 7;
const EXPONENTIAL = 8;
const HARMONIC = 9;

/**
 * In the place of the sums z from `at` on.
 * @param kind number in the list of nn/networks/network.ts
 */
export function bendActivations(kind: i32, at: usize, values: usize, slopes: usize, bytes: usize): void {
  const end = at + bytes;
  const one = f64x2.splat(1);
  for (; at < end; at += 16) {
    const f = v128.load(values);
    const slope = v128.load(slopes);
    let curvature = f64x2.splat(0);
    if (kind == TANH) curvature = f64x2.mul(f64x2.splat(-2), f64x2.mul(f, slope));
    else if (kind == LOGISTIC) curvature = f64x2.mul(slope, f64x2.sub(one, f64x2.add(f, f)));
    else if (kind == REVERSE_LOGISTIC) curvature = f64x2.mul(slope, f64x2.sub(f64x2.add(f, f), one));
    else if (kind == SOFTPLUS) curvature = f64x2.mul(slope, f64x2.sub(one, slope));
    else if (kind == GAUSSIAN) {
      const z = v128.load(at);
      curvature = f64x2.mul(f64x2.sub(f64x2.mul(z, z), one), f);
    } else if (kind == COSINE) curvature = f64x2.neg(f);
    else if (kind == EXPONENTIAL) curvature = f;
    else if (kind == HARMONIC) curvature = f64x2.splat(2);
    v128.store(at, curvature);
    values += 16;
    slopes += 16;
  }
}
