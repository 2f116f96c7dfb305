// Values of the symmetry functions of one atom: G_g = sum over neighbours or triplets of coefficient x factors (x angle).
import {
  ANGLES,
  ANGLES_AT,
  ELEMENTS,
  FIRST_CHANNEL,
  MEMBER,
  MEMBERS_AT,
  NARROW_CHANNELS,
  NARROW_PATCHES,
  NEAR,
  NEAR_AT,
  OWN_ROWS,
  PATCH,
  PATCH_ANGLES,
  PATCH_ANGLES_AT,
  PATCH_CHANNELS,
  PATCHES_AT,
  RADIAL,
  ROW,
  ROWS_AT,
  VALUES_AT,
  WIDE_PATCHES,
} from "../hdnnp-block";
import { anglesOf } from "./_symmetry-angles";
import {
  cosinesFrom,
  NEAR_COUNT,
  NEAR_SET,
  OTHER_COUNT,
  OTHER_SET,
  productsFrom,
  ROOM,
} from "./_symmetry-layout";
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";
import { factorValues, kindTable, stride } from "./_symmetry-slots";

/** Radial functions. */
export function addRadialValues(element: usize): void {
  const head = tableAt(0);
  const kinds = wholeField(head, ELEMENTS);
  const out = tableOf(head, VALUES_AT);
  let near = tableOf(element, NEAR_AT);
  for (let kind = 0; kind < kinds; kind++) {
    const slots = kindTable(kind);
    const begin = <usize>load<u32>(slots);
    const end = <usize>load<u32>(slots, 12);
    let radial = tableOf(near, 3);
    for (let n = wholeField(near, 2); n > 0; n--) {
      const values = factorValues + stride * <usize>field(radial, 0);
      let sum = f64x2.splat(0);
      // Factors of the padding after the last are zero.
      for (let at = begin; at < end; at += 16) sum = f64x2.add(sum, v128.load(values + at));
      add(out, radial + 8, sum);
      radial += RADIAL << 3;
    }
    near += NEAR << 3;
  }
}

/** Adds coefficient x both halves of the sum to a function's value. */
function add(out: usize, member: usize, sum: v128): void {
  const at = out + ((<usize>field(member, 0)) << 3);
  store<f64>(
    at,
    load<f64>(at) + field(member, 1) * (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)),
  );
}

/** Functions of a group's triplets. */
export function addAngularValues(group: usize, entry: usize): void {
  const room = <usize>load<u32>(entry + ROOM);
  const narrow = wholeField(group, NARROW_PATCHES);
  const near = <usize>load<u32>(entry + NEAR_SET);
  addSet(
    group,
    near,
    room,
    <usize>load<u32>(entry + NEAR_COUNT),
    narrow,
    2 * wholeField(group, NARROW_CHANNELS),
  );
  addSet(group, <usize>load<u32>(entry + OTHER_SET), room, <usize>load<u32>(entry + OTHER_COUNT), 0, 0);
}

/**
 * @param narrow patches of narrow functions that count here
 * @param wideFrom the row of products where those of wide channels begin
 */
function addSet(group: usize, set: usize, room: usize, count: usize, narrow: i32, wideFrom: i32): void {
  const angles = tableOf(tableAt(0), ROWS_AT) + OWN_ROWS * ROW;
  const angleTable = tableOf(group, ANGLES_AT);
  const numAngles = wholeField(group, ANGLES);
  const wide = wholeField(group, WIDE_PATCHES);
  const skipped = wholeField(group, NARROW_PATCHES) - narrow;
  const row = room << 3;
  const bytes = count << 3;
  for (let at: usize = 0; at < bytes; at += ROW) {
    const part = min<usize>(ROW, bytes - at);
    anglesOf(angleTable, numAngles, set + cosinesFrom(room) + at, part, angles, 0);
    let patch = tableOf(group, PATCHES_AT) + ((<usize>skipped * PATCH) << 3);
    const products = set + productsFrom(room) + at;
    for (let n = 0; n < narrow + wide; n++) {
      addPatch(patch, n < narrow ? products : products + <usize>wideFrom * row, row, angles, part);
      patch += PATCH << 3;
    }
  }
}

/** Sums of products x angles, of up to three channels and two angles at once. */
function addPatch(patch: usize, products: usize, row: usize, angles: usize, bytes: usize): void {
  const out = tableOf(tableAt(0), VALUES_AT);
  const channels = wholeField(patch, PATCH_CHANNELS);
  const t0 = products + row * <usize>field(patch, FIRST_CHANNEL);
  const t1 = products + row * <usize>field(patch, FIRST_CHANNEL + 1);
  const t2 = products + row * <usize>field(patch, FIRST_CHANNEL + 2);
  let angle = tableOf(patch, PATCH_ANGLES_AT);
  let member = tableOf(patch, MEMBERS_AT);
  const step = (<usize>channels * MEMBER) << 3;
  for (let left = wholeField(patch, PATCH_ANGLES); left > 0; left -= 2) {
    const a0 = angles + ROW * <usize>field(angle, 0);
    // The last of an odd number stands for two.
    const a1 = left > 1 ? angles + ROW * <usize>field(angle, 1) : a0;
    if (channels == 3) sumThree(t0, t1, t2, a0, a1, bytes);
    else if (channels == 2) sumTwo(t0, t1, a0, a1, bytes);
    else sumOne(t0, a0, a1, bytes);
    add(out, member, sum00);
    if (channels > 1) add(out, member + (MEMBER << 3), sum10);
    if (channels > 2) add(out, member + (MEMBER << 4), sum20);
    if (left > 1) {
      add(out, member + step, sum01);
      if (channels > 1) add(out, member + step + (MEMBER << 3), sum11);
      if (channels > 2) add(out, member + step + (MEMBER << 4), sum21);
    }
    angle += 16;
    member += 2 * step;
  }
}

// Of channel and angle.
let sum00: v128 = f64x2(0, 0);
let sum01: v128 = f64x2(0, 0);
let sum10: v128 = f64x2(0, 0);
let sum11: v128 = f64x2(0, 0);
let sum20: v128 = f64x2(0, 0);
let sum21: v128 = f64x2(0, 0);

function sumThree(t0: usize, t1: usize, t2: usize, a0: usize, a1: usize, bytes: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(a0 + at);
    const y = v128.load(a1 + at);
    const u = v128.load(t0 + at);
    const v = v128.load(t1 + at);
    const w = v128.load(t2 + at);
    s00 = f64x2.add(s00, f64x2.mul(u, x));
    s01 = f64x2.add(s01, f64x2.mul(u, y));
    s10 = f64x2.add(s10, f64x2.mul(v, x));
    s11 = f64x2.add(s11, f64x2.mul(v, y));
    s20 = f64x2.add(s20, f64x2.mul(w, x));
    s21 = f64x2.add(s21, f64x2.mul(w, y));
  }
  sum00 = s00;
  sum01 = s01;
  sum10 = s10;
  sum11 = s11;
  sum20 = s20;
  sum21 = s21;
}

function sumTwo(t0: usize, t1: usize, a0: usize, a1: usize, bytes: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(a0 + at);
    const y = v128.load(a1 + at);
    const u = v128.load(t0 + at);
    const v = v128.load(t1 + at);
    s00 = f64x2.add(s00, f64x2.mul(u, x));
    s01 = f64x2.add(s01, f64x2.mul(u, y));
    s10 = f64x2.add(s10, f64x2.mul(v, x));
    s11 = f64x2.add(s11, f64x2.mul(v, y));
  }
  sum00 = s00;
  sum01 = s01;
  sum10 = s10;
  sum11 = s11;
}

function sumOne(t0: usize, a0: usize, a1: usize, bytes: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = s00;
  for (let at: usize = 0; at < bytes; at += 16) {
    const u = v128.load(t0 + at);
    s00 = f64x2.add(s00, f64x2.mul(u, v128.load(a0 + at)));
    s01 = f64x2.add(s01, f64x2.mul(u, v128.load(a1 + at)));
  }
  sum00 = s00;
  sum01 = s01;
}
