// Values of the symmetry functions of one atom: G_g = sum over neighbours or triplets of coefficient x factors (x angle).
import {
  ANGLE_ROWS,
  ANGLES,
  ANGLES_AT,
  BETWEEN_FACTOR,
  CHANNEL,
  CHANNELS_AT,
  ELEMENTS,
  FIRST_FACTOR,
  KIND_A,
  MEMBER,
  MEMBERS,
  MEMBERS_AT,
  NARROW_CHANNELS,
  NEAR,
  NEAR_AT,
  OWN_ROWS,
  RADIAL,
  ROW,
  ROWS_AT,
  SECOND_FACTOR,
  VALUES_AT,
  WIDE_CHANNELS,
} from "../hdnnp-block";
import { anglesOf } from "./_symmetry-angles";
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";
import { factorValues, kindTable, stride } from "./_symmetry-slots";
import {
  betweenFrom,
  cosinesFrom,
  firstsFrom,
  NEAR_COUNT,
  NEAR_SET,
  OTHER_COUNT,
  OTHER_SET,
  ROOM,
} from "./_symmetry-triplets";

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
      add(out, radial, sum);
      radial += RADIAL << 3;
    }
    near += NEAR << 3;
  }
}

/** Adds coefficient x both halves of the sum to a function's value. */
function add(out: usize, member: usize, sum: v128): void {
  const at = out + ((<usize>field(member, 1)) << 3);
  store<f64>(
    at,
    load<f64>(at) + field(member, 2) * (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)),
  );
}

/** Functions of a group's triplets. */
export function addAngularValues(group: usize, entry: usize): void {
  const room = <usize>load<u32>(entry + ROOM);
  const narrow = wholeField(group, NARROW_CHANNELS);
  const wide = wholeField(group, WIDE_CHANNELS);
  addSet(group, <usize>load<u32>(entry + NEAR_SET), room, <usize>load<u32>(entry + NEAR_COUNT), narrow, wide);
  addSet(group, <usize>load<u32>(entry + OTHER_SET), room, <usize>load<u32>(entry + OTHER_COUNT), 0, wide);
}

function addSet(group: usize, set: usize, room: usize, count: usize, narrow: i32, wide: i32): void {
  const rows = tableOf(tableAt(0), ROWS_AT);
  const products = rows;
  const angles = rows + OWN_ROWS * ROW;
  const angleSlopes = angles + ROW * <usize>wholeField(tableAt(0), ANGLE_ROWS);
  const angleTable = tableOf(group, ANGLES_AT);
  const numAngles = wholeField(group, ANGLES);
  const channels = tableOf(group, CHANNELS_AT);
  const skipped = wholeField(group, NARROW_CHANNELS) - narrow;
  const bytes = count << 3;
  for (let at: usize = 0; at < bytes; at += ROW) {
    const part = min<usize>(ROW, bytes - at);
    anglesOf(angleTable, numAngles, set + cosinesFrom(room) + at, part, angles, angleSlopes);
    let channel = channels + ((<usize>skipped * CHANNEL) << 3);
    for (let n = 0; n < narrow + wide; n++) {
      const seconds = set + (at >> 1);
      const firsts = set + firstsFrom(room) + (at >> 2);
      const first = factorValues + stride * <usize>field(channel, FIRST_FACTOR);
      const second = factorValues + stride * <usize>field(channel, SECOND_FACTOR);
      multiply(seconds, firsts, first, second, part, products);
      if (n < narrow)
        multiplyWith(
          set + betweenFrom(room) + ((<usize>field(channel, BETWEEN_FACTOR) * room) << 3) + at,
          part,
          products,
        );
      addMembers(channel, angles, part, products);
      channel += CHANNEL << 3;
    }
  }
}

/** Products of the factors of both neighbours. */
function multiply(
  seconds: usize,
  firsts: usize,
  first: usize,
  second: usize,
  bytes: usize,
  out: usize,
): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const k0 = <usize>load<u32>(seconds + (at >> 1));
    const k1 = <usize>load<u32>(seconds + (at >> 1), 4);
    const ofSecond = v128.load64_lane(second + k1, v128.load64_zero(second + k0), 1);
    const ofFirst = v128.load64_splat(first + <usize>load<u32>(firsts + (at >> 2)));
    v128.store(out + at, f64x2.mul(ofFirst, ofSecond));
  }
}

function multiplyWith(factors: usize, bytes: usize, products: usize): void {
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(products + at, f64x2.mul(v128.load(products + at), v128.load(factors + at)));
}

/** Sums of products x angles, for four members at once, then one by one. */
function addMembers(channel: usize, angles: usize, bytes: usize, products: usize): void {
  const out = tableOf(tableAt(0), VALUES_AT);
  let member = tableOf(channel, MEMBERS_AT);
  let rest = wholeField(channel, MEMBERS);
  for (; rest >= 4; rest -= 4) {
    const a0 = angles + ROW * <usize>field(member, 0);
    const a1 = angles + ROW * <usize>field(member, MEMBER);
    const a2 = angles + ROW * <usize>field(member, 2 * MEMBER);
    const a3 = angles + ROW * <usize>field(member, 3 * MEMBER);
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let at: usize = 0; at < bytes; at += 16) {
      const product = v128.load(products + at);
      s0 = f64x2.add(s0, f64x2.mul(product, v128.load(a0 + at)));
      s1 = f64x2.add(s1, f64x2.mul(product, v128.load(a1 + at)));
      s2 = f64x2.add(s2, f64x2.mul(product, v128.load(a2 + at)));
      s3 = f64x2.add(s3, f64x2.mul(product, v128.load(a3 + at)));
    }
    add(out, member, s0);
    add(out, member + (MEMBER << 3), s1);
    add(out, member + (MEMBER << 4), s2);
    add(out, member + 3 * (MEMBER << 3), s3);
    member += MEMBER << 5;
  }
  for (; rest > 0; rest--) {
    const a0 = angles + ROW * <usize>field(member, 0);
    let s0 = f64x2.splat(0);
    for (let at: usize = 0; at < bytes; at += 16)
      s0 = f64x2.add(s0, f64x2.mul(v128.load(products + at), v128.load(a0 + at)));
    add(out, member, s0);
    member += MEMBER << 3;
  }
}
