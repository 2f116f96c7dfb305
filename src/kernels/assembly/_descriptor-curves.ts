// The curves that symmetry functions are made from, for many distances or angles at once: rows of doubles, an even number
// of them (what stands beyond the last one is computed with and must be finite).
import {
  ANGLE_BELL,
  ANGLE_BYTES,
  ANGLE_FACTOR,
  ANGLE_FORM,
  ANGLE_KIND,
  ANGLE_LAMBDA,
  ANGLE_RECORD_BYTES,
  ANGLE_ZETA,
  ASYMMETRIC_BELL,
  CHANNEL_BYTES,
  CHANNEL_ETA,
  CHANNEL_FORM,
  CHANNEL_INNER,
  CHANNEL_KIND,
  CHANNEL_OUTER,
  CHANNEL_SAME,
  CHANNEL_SHIFT,
  GAUSSIAN,
  REAL_POWER,
  WHOLE_POWER,
} from "../descriptor-block";
import { bellTwo, cutoffTwo, slopeTwo } from "./_cutoff-functions";
import { expTwo, powerTwo, restTwo, seriesTwo, wholeTwo, withinTwo } from "./_exponential";
import { lnUnit } from "./_logarithm";

/**
 * Values and slopes of each channel at so many distances: channel h has its rows at rows + (2 h) row and rows + (2 h + 1) row.
 * @param row bytes of a row; two rows before `rows` are scratch, for the cut-off function that channels share
 */
export function fillChannels(
  channel: usize,
  channels: i32,
  distances: usize,
  count: i32,
  rows: usize,
  row: usize,
): void {
  const cut = rows - 2 * row;
  const bytes = (<usize>((count + 1) & ~1)) << 3;
  for (let h = 0; h < channels; h++) {
    const form = load<i32>(channel, CHANNEL_FORM);
    const inner = load<f64>(channel, CHANNEL_INNER);
    const outer = load<f64>(channel, CHANNEL_OUTER);
    const kind = load<i32>(channel, CHANNEL_KIND);
    if (kind == GAUSSIAN) {
      if (!load<i32>(channel, CHANNEL_SAME)) {
        const rate = 1 / (outer - inner);
        for (let t: usize = 0; t < bytes; t += 16) {
          v128.store(cut + t, cutoffTwo(form, v128.load(distances + t), inner, outer, rate));
          v128.store(cut + row + t, slopeTwo);
        }
      }
      gaussian(
        load<f64>(channel, CHANNEL_ETA),
        load<f64>(channel, CHANNEL_SHIFT),
        distances,
        cut,
        rows,
        row,
        bytes,
      );
    } else {
      const asymmetric = kind == ASYMMETRIC_BELL;
      for (let t: usize = 0; t < bytes; t += 16) {
        v128.store(rows + t, bellTwo(form, asymmetric, v128.load(distances + t), inner, outer));
        v128.store(rows + row + t, slopeTwo);
      }
    }
    channel += CHANNEL_BYTES;
    rows += 2 * row;
  }
}

/** e^(-eta (r - shift)^2) f_c(r) */
function gaussian(
  eta: f64,
  shift: f64,
  distances: usize,
  cut: usize,
  rows: usize,
  row: usize,
  bytes: usize,
): void {
  const minus = f64x2.splat(-eta);
  for (let t: usize = 0; t < bytes; t += 16) {
    const d = f64x2.sub(v128.load(distances + t), f64x2.splat(shift));
    const steep = f64x2.mul(minus, d);
    const exponent = withinTwo(f64x2.mul(steep, d));
    const whole = wholeTwo(exponent);
    const bell = f64x2.mul(seriesTwo(restTwo(exponent, whole)), powerTwo(whole));
    const value = f64x2.mul(bell, v128.load(cut + t));
    v128.store(rows + t, value);
    const slope = f64x2.mul(bell, v128.load(cut + row + t));
    v128.store(rows + row + t, f64x2.add(slope, f64x2.mul(f64x2.add(steep, steep), value)));
  }
}

/**
 * Values and slopes in the cosine of each angular factor: factor m has its records of two, value value slope slope, at
 * records + m perAngle.
 * @param angles two rows of scratch
 */
export function fillAngles(
  angle: usize,
  count: i32,
  cosines: usize,
  number: i32,
  records: usize,
  perAngle: usize,
  angles: usize,
  row: usize,
): void {
  const bytes = (<usize>((number + 1) & ~1)) << 3;
  let known = false;
  for (let m = 0; m < count; m++) {
    const kind = load<i32>(angle, ANGLE_KIND);
    const form = load<i32>(angle, ANGLE_FORM);
    const lambda = load<f64>(angle, ANGLE_LAMBDA);
    const zeta = load<f64>(angle, ANGLE_ZETA);
    const factor = load<f64>(angle, ANGLE_FACTOR);
    if (kind == WHOLE_POWER)
      wholePower(form - 1, lambda, factor, zeta * lambda * factor, cosines, bytes, records);
    else if (kind == REAL_POWER) realPower(lambda, zeta, cosines, bytes, records);
    else if (kind == ANGLE_BELL) {
      if (!known) findAngles(cosines, bytes, angles, row);
      known = true;
      let out = records;
      for (let t: usize = 0; t < bytes; t += 16) {
        v128.store(out, bellTwo(form, false, v128.load(angles + t), lambda, zeta));
        v128.store(out, f64x2.mul(slopeTwo, v128.load(angles + row + t)), 16);
        out += ANGLE_RECORD_BYTES;
      }
    }
    angle += ANGLE_BYTES;
    records += perAngle;
  }
}

/** factor (1 + lambda c)^(power + 1), which rounding must not take below 0. */
function wholePower(
  power: i32,
  lambda: f64,
  factor: f64,
  slope: f64,
  cosines: usize,
  bytes: usize,
  out: usize,
): void {
  const end = cosines + bytes;
  for (; cosines < end; cosines += 16) {
    const turned = f64x2.mul(f64x2.splat(lambda), v128.load(cosines));
    const base = f64x2.max(f64x2.add(f64x2.splat(1), turned), f64x2.splat(0));
    let result = f64x2.splat(1);
    let square = base;
    for (let rest = power; rest > 0; rest >>= 1) {
      if (rest & 1) result = f64x2.mul(result, square);
      square = f64x2.mul(square, square);
    }
    v128.store(out, f64x2.mul(f64x2.splat(factor), f64x2.mul(result, base)));
    v128.store(out, f64x2.mul(f64x2.splat(slope), result), 16);
    out += ANGLE_RECORD_BYTES;
  }
}

/** 2^(1 - zeta) (1 + lambda c)^zeta through logarithms; 0 where the bracket is. */
function realPower(lambda: f64, zeta: f64, cosines: usize, bytes: usize, out: usize): void {
  const end = cosines + bytes;
  for (; cosines < end; cosines += 16) {
    const turned = f64x2.mul(f64x2.splat(lambda), v128.load(cosines));
    const base = f64x2.add(f64x2.splat(1), turned);
    const above = f64x2.gt(base, f64x2.splat(0));
    const half = f64x2.min(f64x2.mul(base, f64x2.splat(0.5)), f64x2.splat(1));
    const positive = v128.bitselect(half, f64x2.splat(1), above);
    const logarithm = f64x2(lnUnit(f64x2.extract_lane(positive, 0)), lnUnit(f64x2.extract_lane(positive, 1)));
    const power = v128.and(expTwo(f64x2.mul(f64x2.splat(zeta - 1), logarithm)), above);
    v128.store(out, f64x2.mul(power, base));
    v128.store(out, f64x2.mul(f64x2.splat(zeta * lambda), power), 16);
    out += ANGLE_RECORD_BYTES;
  }
}

/** Angles, and their derivatives with the cosine; 0 for atoms in line, where curves of the angle have their extremes. */
function findAngles(cosines: usize, bytes: usize, angles: usize, row: usize): void {
  for (let t: usize = 0; t < bytes; t += 8) {
    const c = load<f64>(cosines + t);
    const between = Math.abs(c) < 1;
    store<f64>(angles + t, between ? Math.acos(c) : c > 0 ? 0 : Math.PI);
    store<f64>(angles + row + t, between ? -1 / Math.sqrt(1 - c * c) : 0);
  }
}
