// Factors of one distance: exp(-eta (r - shift)^2) f_c(r), and bells of compact support; see ../hdnnp-block.
import {
  ASYMMETRIC_BELL,
  BELL,
  ETA,
  FACTOR,
  FACTOR_KIND,
  FORM,
  INNER,
  LEFT,
  OUTER,
  RATE,
  RIGHT,
  ROW,
  SAME_CUTOFF,
  SHIFT,
} from "../hdnnp-block";
import { bellTwo, cutoffTwo, slopeTwo } from "./_cutoff-functions";
import { powerTwo, restTwo, seriesTwo, wholeTwo, withinTwo } from "./_exponential";
import { field, wholeField } from "./_symmetry-parameters";

/**
 * Values and slopes of `count` factors at distances, an even number of them, at most a row.
 * @param table of the factors
 * @param values where those of the first factor go, those of the others each a stride of bytes further; likewise slopes
 * @param cut work space of two rows
 */
export function factorsOf(
  table: usize,
  count: i32,
  distances: usize,
  bytes: usize,
  values: usize,
  slopes: usize,
  stride: usize,
  cut: usize,
): void {
  for (let n = 0; n < count; n++) {
    const kind = wholeField(table, FACTOR_KIND);
    if (kind == BELL || kind == ASYMMETRIC_BELL)
      bells(table, kind == ASYMMETRIC_BELL, distances, bytes, values, slopes);
    else {
      if (wholeField(table, SAME_CUTOFF) == 0) cutoffs(table, distances, bytes, cut);
      gaussians(table, distances, bytes, cut, values, slopes);
    }
    table += FACTOR << 3;
    values += stride;
    slopes += stride;
  }
}

function cutoffs(table: usize, distances: usize, bytes: usize, cut: usize): void {
  const form = wholeField(table, FORM);
  const inner = field(table, INNER);
  const outer = field(table, OUTER);
  const rate = field(table, RATE);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(cut + at, cutoffTwo(form, v128.load(distances + at), inner, outer, rate));
    v128.store(cut + at, slopeTwo, ROW);
  }
}

function bells(
  table: usize,
  asymmetric: bool,
  distances: usize,
  bytes: usize,
  values: usize,
  slopes: usize,
): void {
  const form = wholeField(table, FORM);
  const left = field(table, LEFT);
  const right = field(table, RIGHT);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(values + at, bellTwo(form, asymmetric, v128.load(distances + at), left, right));
    v128.store(slopes + at, slopeTwo);
  }
}

function gaussians(
  table: usize,
  distances: usize,
  bytes: usize,
  cut: usize,
  values: usize,
  slopes: usize,
): void {
  const rate = f64x2.splat(-field(table, ETA));
  const shift = f64x2.splat(field(table, SHIFT));
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = f64x2.sub(v128.load(distances + at), shift);
    const y = f64x2.mul(rate, x);
    const exponent = withinTwo(f64x2.mul(y, x));
    const whole = wholeTwo(exponent);
    const e = f64x2.mul(seriesTwo(restTwo(exponent, whole)), powerTwo(whole));
    const value = f64x2.mul(e, v128.load(cut + at));
    v128.store(values + at, value);
    v128.store(
      slopes + at,
      f64x2.add(f64x2.mul(e, v128.load(cut + at, ROW)), f64x2.mul(f64x2.add(y, y), value)),
    );
  }
}
