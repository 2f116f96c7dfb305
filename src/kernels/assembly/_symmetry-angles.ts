// Functions of cos theta of many triplets, with their slopes; see ../hdnnp-block.
import {
  ANGLE,
  ANGLE_BELL,
  ANGLE_FORM,
  ANGLE_KIND,
  ANGLE_LEFT,
  ANGLE_RIGHT,
  LAMBDA,
  ROW,
  SQUARED,
  SQUARINGS,
  STEPS_BACK,
  WHOLE_POWER,
  ZETA,
} from "../hdnnp-block";
import { bellTwo, slopeTwo } from "./_cutoff-functions";
import { expTwo } from "./_exponential";
import { lnUnit } from "./_logarithm";
import { field, wholeField } from "./_symmetry-parameters";

/**
 * Values of `count` angles in rows from `values` on, and, unless that is 0, their slopes in rows from `slopes` on.
 * @param bytes of a row that are wanted; up to 48 more are written
 */
export function anglesOf(
  table: usize,
  count: i32,
  cosines: usize,
  bytes: usize,
  values: usize,
  slopes: usize,
): void {
  for (let n = 0; n < count; n++) {
    const kind = wholeField(table, ANGLE_KIND);
    if (kind == ANGLE_BELL) bells(table, cosines, bytes, values, slopes);
    else if (kind == SQUARINGS) squarings(table, cosines, bytes, values, slopes);
    else if (kind == WHOLE_POWER) wholePowers(table, cosines, bytes, values, slopes);
    else powers(table, cosines, bytes, values, slopes);
    table += ANGLE << 3;
    values += ROW;
    if (slopes) slopes += ROW;
  }
}

/**
 * p^zeta and zeta lambda p^(zeta - 1) with p = 1 + lambda cos theta for zeta = 2^n, of eight cosines at once: the powers
 * that are squared on the way multiply to p^(zeta - 1). What an angle before has squared so far is taken from its rows.
 */
function squarings(table: usize, cosines: usize, bytes: usize, values: usize, slopes: usize): void {
  const back = <usize>wholeField(table, STEPS_BACK) * ROW;
  const lambda = f64x2.splat(field(table, LAMBDA));
  const steps = wholeField(table, SQUARED);
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  const end = cosines + bytes;
  const factor = f64x2.splat(back ? <f64>(1 << steps) : field(table, LAMBDA) * <f64>(1 << steps));
  for (; cosines < end; cosines += 64) {
    let p0: v128;
    let p1: v128;
    let p2: v128;
    let p3: v128;
    if (back) {
      p0 = v128.load(values - back);
      p1 = v128.load(values - back, 16);
      p2 = v128.load(values - back, 32);
      p3 = v128.load(values - back, 48);
    } else {
      p0 = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines))), zero);
      p1 = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines, 16))), zero);
      p2 = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines, 32))), zero);
      p3 = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines, 48))), zero);
    }
    if (slopes) {
      let power0 = factor;
      let power1 = factor;
      let power2 = factor;
      let power3 = factor;
      if (back) {
        power0 = f64x2.mul(factor, v128.load(slopes - back));
        power1 = f64x2.mul(factor, v128.load(slopes - back, 16));
        power2 = f64x2.mul(factor, v128.load(slopes - back, 32));
        power3 = f64x2.mul(factor, v128.load(slopes - back, 48));
      }
      for (let n = steps; n > 0; n--) {
        power0 = f64x2.mul(power0, p0);
        power1 = f64x2.mul(power1, p1);
        power2 = f64x2.mul(power2, p2);
        power3 = f64x2.mul(power3, p3);
        p0 = f64x2.mul(p0, p0);
        p1 = f64x2.mul(p1, p1);
        p2 = f64x2.mul(p2, p2);
        p3 = f64x2.mul(p3, p3);
      }
      v128.store(slopes, power0);
      v128.store(slopes, power1, 16);
      v128.store(slopes, power2, 32);
      v128.store(slopes, power3, 48);
      slopes += 64;
    } else
      for (let n = steps; n > 0; n--) {
        p0 = f64x2.mul(p0, p0);
        p1 = f64x2.mul(p1, p1);
        p2 = f64x2.mul(p2, p2);
        p3 = f64x2.mul(p3, p3);
      }
    v128.store(values, p0);
    v128.store(values, p1, 16);
    v128.store(values, p2, 32);
    v128.store(values, p3, 48);
    values += 64;
  }
}

/** The same for any whole zeta. */
function wholePowers(table: usize, cosines: usize, bytes: usize, values: usize, slopes: usize): void {
  const lambda = f64x2.splat(field(table, LAMBDA));
  const factor = f64x2.splat(field(table, LAMBDA) * field(table, ZETA));
  const exponent = wholeField(table, ZETA) - 1;
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  const end = cosines + bytes;
  for (; cosines < end; cosines += 64) {
    const p0 = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines))), zero);
    const p1 = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines, 16))), zero);
    const p2 = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines, 32))), zero);
    const p3 = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines, 48))), zero);
    let power0 = one;
    let power1 = one;
    let power2 = one;
    let power3 = one;
    if (exponent) {
      let square0 = p0;
      let square1 = p1;
      let square2 = p2;
      let square3 = p3;
      for (let rest = exponent; ; ) {
        if (rest & 1) {
          power0 = f64x2.mul(power0, square0);
          power1 = f64x2.mul(power1, square1);
          power2 = f64x2.mul(power2, square2);
          power3 = f64x2.mul(power3, square3);
        }
        rest >>= 1;
        if (rest == 0) break;
        square0 = f64x2.mul(square0, square0);
        square1 = f64x2.mul(square1, square1);
        square2 = f64x2.mul(square2, square2);
        square3 = f64x2.mul(square3, square3);
      }
    }
    v128.store(values, f64x2.mul(power0, p0));
    v128.store(values, f64x2.mul(power1, p1), 16);
    v128.store(values, f64x2.mul(power2, p2), 32);
    v128.store(values, f64x2.mul(power3, p3), 48);
    values += 64;
    if (!slopes) continue;
    v128.store(slopes, f64x2.mul(power0, factor));
    v128.store(slopes, f64x2.mul(power1, factor), 16);
    v128.store(slopes, f64x2.mul(power2, factor), 32);
    v128.store(slopes, f64x2.mul(power3, factor), 48);
    slopes += 64;
  }
}

/** The same for any zeta: p^zeta = 2^zeta e^(zeta ln(p / 2)), zero where p is. */
function powers(table: usize, cosines: usize, bytes: usize, values: usize, slopes: usize): void {
  const lambda = field(table, LAMBDA);
  const zeta = field(table, ZETA);
  for (let at: usize = 0; at < bytes; at += 8) {
    const p = 1 + lambda * load<f64>(cosines + at);
    let value: f64 = 0;
    let slope: f64 = 0;
    // NaN goes on.
    if (!(p <= 1e-300)) {
      const exponent = zeta * (lnUnit(min<f64>(0.5 * p, 1)) + Math.LN2);
      value = f64x2.extract_lane(expTwo(f64x2.splat(exponent)), 0);
      slope = (zeta * lambda * value) / p;
    }
    store<f64>(values + at, value);
    if (slopes) store<f64>(slopes + at, slope);
  }
}

/** A bell of theta; d theta / d cos theta = -1 / sin theta. Atoms in line: bells there are flat or zero. */
function bells(table: usize, cosines: usize, bytes: usize, values: usize, slopes: usize): void {
  const form = wholeField(table, ANGLE_FORM);
  const left = field(table, ANGLE_LEFT);
  const right = field(table, ANGLE_RIGHT);
  const one = f64x2.splat(1);
  for (let at: usize = 0; at < bytes; at += 16) {
    const c = f64x2.min(f64x2.max(v128.load(cosines + at), f64x2.splat(-1)), one);
    const theta = f64x2.replace_lane(
      f64x2.splat(Math.acos(f64x2.extract_lane(c, 0))),
      1,
      Math.acos(f64x2.extract_lane(c, 1)),
    );
    const sine2 = f64x2.sub(one, f64x2.mul(c, c));
    v128.store(values + at, bellTwo(form, false, theta, left, right));
    if (!slopes) continue;
    const slope = f64x2.div(f64x2.neg(slopeTwo), f64x2.sqrt(sine2));
    v128.store(slopes + at, v128.and(slope, f64x2.gt(sine2, f64x2.splat(0))));
  }
}
