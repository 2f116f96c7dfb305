// Products of the factors of triplets, row by row of the channels of a group; where they stand see _symmetry-triplets.
import {
  BETWEEN_AT,
  CHANNEL,
  CHANNELS_AT,
  FACTOR,
  NARROW_CHANNELS,
  NARROW2,
  OUTER,
  ROW,
  ROWS_AT,
  TABLE_AT,
  TABLE_DEGREE,
  TABLE_FIRST,
  TABLE_LOWEST2,
  TABLE_SHIFT,
} from "../hdnnp-block";
import { factorsOf } from "./_symmetry-factors";
import { cosinesFrom, firstsFrom, productsFrom } from "./_symmetry-layout";
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";
import { factorValues, stride } from "./_symmetry-slots";

/** Products of three factors, and those with the slope of the third one. */
export function fillNarrow(group: usize, set: usize, room: usize, count: usize): void {
  const table = tableOf(group, BETWEEN_AT);
  const channels = wholeField(group, NARROW_CHANNELS);
  const rows = tableOf(tableAt(0), ROWS_AT);
  const lengths = rows + 2 * ROW;
  const inverses = rows + 3 * ROW;
  const row = room << 3;
  const squares = set + cosinesFrom(room);
  const values = set + productsFrom(room);
  const slopes = values + <usize>channels * row;
  const bytes = count << 3;
  if (field(group, TABLE_AT) != 0 && allAbove(squares, bytes, field(group, TABLE_LOWEST2))) {
    fillFromTable(group, set, room, bytes);
    return;
  }
  for (let at: usize = 0; at < bytes; at += ROW) {
    const part = min<usize>(ROW, bytes - at);
    for (let k: usize = 0; k < part; k += 16) {
      const length = f64x2.sqrt(v128.load(squares + at + k));
      v128.store(lengths + k, length);
      v128.store(inverses + k, f64x2.div(f64x2.splat(1), length));
    }
    factorsOf(table, channels, lengths, part, values + at, slopes + at, row, rows);
    let channel = tableOf(group, CHANNELS_AT);
    for (let n = 0; n < channels; n++) {
      const offset = at + <usize>n * row;
      multiplyNarrow(channel, set, room, at, part, values + offset, slopes + offset, inverses);
      channel += CHANNEL << 3;
    }
  }
}

function multiplyNarrow(
  channel: usize,
  set: usize,
  room: usize,
  from: usize,
  bytes: usize,
  values: usize,
  slopes: usize,
  inverses: usize,
): void {
  const first = factorValues + stride * <usize>field(channel, 0);
  const second = factorValues + stride * <usize>field(channel, 1);
  const seconds = set + (from >> 1);
  const firsts = set + firstsFrom(room) + (from >> 2);
  for (let at: usize = 0; at < bytes; at += 16) {
    const k0 = <usize>load<u32>(seconds + (at >> 1));
    const k1 = <usize>load<u32>(seconds + (at >> 1), 4);
    const both = f64x2.mul(
      v128.load64_splat(first + <usize>load<u32>(firsts + (at >> 2))),
      v128.load64_lane(second + k1, v128.load64_zero(second + k0), 1),
    );
    v128.store(values + at, f64x2.mul(v128.load(values + at), both));
    const slope = f64x2.mul(v128.load(slopes + at), v128.load(inverses + at));
    v128.store(slopes + at, f64x2.mul(slope, both));
  }
}

function allAbove(squares: usize, bytes: usize, lowest: f64): bool {
  let smallest = f64x2.splat(lowest);
  for (let at: usize = 0; at < bytes; at += 16) smallest = f64x2.min(smallest, v128.load(squares + at));
  return f64x2.extract_lane(smallest, 0) >= lowest && f64x2.extract_lane(smallest, 1) >= lowest;
}

/** The same by the polynomials of the squares; slopes with r divided by r are twice those with the square. */
function fillFromTable(group: usize, set: usize, room: usize, bytes: usize): void {
  const channels = wholeField(group, NARROW_CHANNELS);
  const rows = tableOf(tableAt(0), ROWS_AT);
  const places = rows;
  const rests = rows + ROW;
  const row = room << 3;
  const squares = set + cosinesFrom(room);
  const factors = tableOf(group, BETWEEN_AT);
  const shift = wholeField(group, TABLE_SHIFT);
  const mask = i64x2.splat(-1 << (<i64>shift));
  // Padding may be anywhere.
  const top = f64x2.splat(field(group, NARROW2) * (1 - 2.3e-16));
  const table = tableOf(group, TABLE_AT);
  const piece = (<usize>channels * (TABLE_DEGREE + 1)) << 3;
  const start = table - <usize>field(group, TABLE_FIRST) * piece;
  for (let at: usize = 0; at < bytes; at += ROW) {
    const part = min<usize>(ROW, bytes - at);
    for (let k: usize = 0; k < part; k += 16) {
      const square = f64x2.min(v128.load(squares + at + k), top);
      v128.store(rests + k, f64x2.sub(square, v128.and(square, mask)));
      const pieces = i64x2.shr_u(square, shift);
      store<u32>(places + k, <u32>(start + piece * <usize>i64x2.extract_lane(pieces, 0)));
      store<u32>(places + k, <u32>(start + piece * <usize>i64x2.extract_lane(pieces, 1)), 4);
    }
    let channel = tableOf(group, CHANNELS_AT);
    let values = set + productsFrom(room) + at;
    for (let n = 0; n < channels; n++) {
      const outer = field(factors + ((<usize>n * FACTOR) << 3), OUTER);
      multiplyByTable(
        channel,
        set,
        room,
        at,
        part,
        (<usize>n) << 6,
        rows,
        outer * outer,
        values,
        values + <usize>channels * row,
      );
      channel += CHANNEL << 3;
      values += row;
    }
  }
}

function multiplyByTable(
  channel: usize,
  set: usize,
  room: usize,
  from: usize,
  bytes: usize,
  offset: usize,
  rows: usize,
  outer2: f64,
  values: usize,
  slopes: usize,
): void {
  const first = factorValues + stride * <usize>field(channel, 0);
  const second = factorValues + stride * <usize>field(channel, 1);
  const seconds = set + (from >> 1);
  const firsts = set + firstsFrom(room) + (from >> 2);
  const squares = set + cosinesFrom(room) + from;
  const outer = f64x2.splat(outer2);
  for (let at: usize = 0; at < bytes; at += 16) {
    const k0 = <usize>load<u32>(seconds + (at >> 1));
    const k1 = <usize>load<u32>(seconds + (at >> 1), 4);
    const both = v128.and(
      f64x2.mul(
        v128.load64_splat(first + <usize>load<u32>(firsts + (at >> 2))),
        v128.load64_lane(second + k1, v128.load64_zero(second + k0), 1),
      ),
      f64x2.lt(v128.load(squares + at), outer),
    );
    const a = <usize>load<u32>(rows + at) + offset;
    const b = <usize>load<u32>(rows + at, 4) + offset;
    const t = v128.load(rows + at, ROW);
    // Two coefficients of either lane at once.
    let c = v128.load(a, 48);
    let d = v128.load(b, 48);
    let value = highs(c, d);
    let slope = value;
    value = f64x2.add(f64x2.mul(value, t), lows(c, d));
    slope = f64x2.add(f64x2.mul(slope, t), value);
    c = v128.load(a, 32);
    d = v128.load(b, 32);
    value = f64x2.add(f64x2.mul(value, t), highs(c, d));
    slope = f64x2.add(f64x2.mul(slope, t), value);
    value = f64x2.add(f64x2.mul(value, t), lows(c, d));
    slope = f64x2.add(f64x2.mul(slope, t), value);
    c = v128.load(a, 16);
    d = v128.load(b, 16);
    value = f64x2.add(f64x2.mul(value, t), highs(c, d));
    slope = f64x2.add(f64x2.mul(slope, t), value);
    value = f64x2.add(f64x2.mul(value, t), lows(c, d));
    slope = f64x2.add(f64x2.mul(slope, t), value);
    c = v128.load(a);
    d = v128.load(b);
    value = f64x2.add(f64x2.mul(value, t), highs(c, d));
    slope = f64x2.add(f64x2.mul(slope, t), value);
    value = f64x2.add(f64x2.mul(value, t), lows(c, d));
    v128.store(values + at, f64x2.mul(value, both));
    v128.store(slopes + at, f64x2.mul(f64x2.add(slope, slope), both));
  }
}

function lows(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

function highs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** Products of two factors. */
export function fillWide(
  channel: usize,
  channels: i32,
  set: usize,
  out: usize,
  row: usize,
  count: usize,
  room: usize,
): void {
  const firsts = set + firstsFrom(room);
  for (let n = 0; n < channels; n++) {
    const first = factorValues + stride * <usize>field(channel, 0);
    const second = factorValues + stride * <usize>field(channel, 1);
    for (let at: usize = 0; at < count << 3; at += 16) {
      const k0 = <usize>load<u32>(set + (at >> 1));
      const k1 = <usize>load<u32>(set + (at >> 1), 4);
      const ofFirst = v128.load64_splat(first + <usize>load<u32>(firsts + (at >> 2)));
      const ofSecond = v128.load64_lane(second + k1, v128.load64_zero(second + k0), 1);
      v128.store(out + at, f64x2.mul(ofFirst, ofSecond));
    }
    channel += CHANNEL << 3;
    out += row;
  }
}
