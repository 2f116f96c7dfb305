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
  WHOLE_POWER,
  ZETA,
} from "../hdnnp-block";
import { bellTwo, slopeTwo } from "./_cutoff-functions";
import { expTwo } from "./_exponential";
import { lnUnit } from "./_logarithm";
import { field, wholeField } from "./_symmetry-parameters";

/** Values of `count` angles in rows from `values` on, and their slopes in rows from `slopes` on. */
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
    else if (kind == WHOLE_POWER) wholePowers(table, cosines, bytes, values, slopes);
    else powers(table, cosines, bytes, values, slopes);
    table += ANGLE << 3;
    values += ROW;
    slopes += ROW;
  }
}

/** p^zeta and zeta lambda p^(zeta - 1) with p = 1 + lambda cos theta. */
function wholePowers(table: usize, cosines: usize, bytes: usize, values: usize, slopes: usize): void {
  const lambda = f64x2.splat(field(table, LAMBDA));
  const factor = f64x2.splat(field(table, LAMBDA) * field(table, ZETA));
  const exponent = wholeField(table, ZETA) - 1;
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  // Squarings: the exponents of usual functions take three at most.
  for (let at: usize = 0; at < bytes; at += 16) {
    const p = f64x2.max(f64x2.add(one, f64x2.mul(lambda, v128.load(cosines + at))), zero);
    let square = p;
    let power = exponent & 1 ? p : one;
    for (let rest = exponent >> 1; rest != 0; rest >>= 1) {
      square = f64x2.mul(square, square);
      if (rest & 1) power = f64x2.mul(power, square);
    }
    v128.store(values + at, f64x2.mul(power, p));
    v128.store(slopes + at, f64x2.mul(power, factor));
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
    store<f64>(slopes + at, slope);
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
    const slope = f64x2.div(f64x2.neg(slopeTwo), f64x2.sqrt(sine2));
    v128.store(slopes + at, v128.and(slope, f64x2.gt(sine2, f64x2.splat(0))));
  }
}
