// Sums over the partners k of a neighbour j, the innermost loops; partners come in twos.
import {
  ANGLE_RECORD_BYTES,
  DIRECTION_BYTES,
  NARROW_RECORD_BYTES,
  WIDE_RECORD_BYTES,
} from "../descriptor-block";

function across(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Sum of w A, with records of so many bytes that begin with w. */
export function sumValue(angles: usize, weights: usize, bytes: usize, count: i32): f64 {
  let sum = f64x2.splat(0);
  const end = angles + ANGLE_RECORD_BYTES * (<usize>(count + 1) >> 1);
  for (; angles < end; angles += ANGLE_RECORD_BYTES) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(weights), v128.load(angles)));
    weights += bytes;
  }
  return across(sum);
}

/** To `out`: sums of w A, then of w A' e. */
export function sumWide(angles: usize, weights: usize, directions: usize, count: i32, out: usize): void {
  let sum = f64x2.splat(0);
  let x = f64x2.splat(0);
  let y = f64x2.splat(0);
  let z = f64x2.splat(0);
  const end = angles + ANGLE_RECORD_BYTES * (<usize>(count + 1) >> 1);
  for (; angles < end; angles += ANGLE_RECORD_BYTES) {
    const w = v128.load(weights);
    sum = f64x2.add(sum, f64x2.mul(w, v128.load(angles)));
    const turn = f64x2.mul(w, v128.load(angles, 16));
    x = f64x2.add(x, f64x2.mul(turn, v128.load(directions)));
    y = f64x2.add(y, f64x2.mul(turn, v128.load(directions, 16)));
    z = f64x2.add(z, f64x2.mul(turn, v128.load(directions, 32)));
    weights += WIDE_RECORD_BYTES;
    directions += DIRECTION_BYTES;
  }
  store<f64>(out, across(sum));
  store<f64>(out, 0, 8);
  store<f64>(out, across(x), 16);
  store<f64>(out, across(y), 24);
  store<f64>(out, across(z), 32);
}

/** To `out`: sums of w A and of v A, then of (w A' - u A) e, for weights w, u, v. */
export function sumNarrow(angles: usize, weights: usize, directions: usize, count: i32, out: usize): void {
  let sum = f64x2.splat(0);
  let along = f64x2.splat(0);
  let x = f64x2.splat(0);
  let y = f64x2.splat(0);
  let z = f64x2.splat(0);
  const end = angles + ANGLE_RECORD_BYTES * (<usize>(count + 1) >> 1);
  for (; angles < end; angles += ANGLE_RECORD_BYTES) {
    const w = v128.load(weights);
    const a = v128.load(angles);
    sum = f64x2.add(sum, f64x2.mul(w, a));
    along = f64x2.add(along, f64x2.mul(v128.load(weights, 32), a));
    const turn = f64x2.sub(f64x2.mul(w, v128.load(angles, 16)), f64x2.mul(v128.load(weights, 16), a));
    x = f64x2.add(x, f64x2.mul(turn, v128.load(directions)));
    y = f64x2.add(y, f64x2.mul(turn, v128.load(directions, 16)));
    z = f64x2.add(z, f64x2.mul(turn, v128.load(directions, 32)));
    weights += NARROW_RECORD_BYTES;
    directions += DIRECTION_BYTES;
  }
  store<f64>(out, across(sum));
  store<f64>(out, across(along), 8);
  store<f64>(out, across(x), 16);
  store<f64>(out, across(y), 24);
  store<f64>(out, across(z), 32);
}
