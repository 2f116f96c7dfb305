// The triplets of one atom and one group: pairs of its neighbours, those near each other (within reach of narrow functions)
// apart from the others. Two triplets stand together that share their first neighbour; an odd one has padding as its
// second. A set of triplets with room for m, a multiple of 8, has
//   4 m bytes  slots of second neighbours, u32
//   2 m bytes  slots of first neighbours, one u32 for two triplets
//   8 m bytes  squares of the distances between the neighbours, then cosines of the angles
//   8 m bytes  for each row of products of factors: of near triplets those of narrow channels, then the same with the
//              slope of the third factor divided by its distance; then those of wide channels
import {
  BETWEEN_AT,
  CHANNEL,
  CHANNELS_AT,
  FACTOR,
  KIND_A,
  KIND_B,
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
  WIDE_CHANNELS,
} from "../hdnnp-block";
import { factorsOf } from "./_symmetry-factors";
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";
import { factorValues, fieldInverse, fieldSquare, fieldX, kindTable, stride } from "./_symmetry-slots";

/** Words of a group's entry. */
export const ROOM: usize = 0;
export const NEAR_COUNT: usize = 4;
export const NEAR_SET: usize = 8;
export const OTHER_COUNT: usize = 12;
export const OTHER_SET: usize = 16;

/** Where the parts of a set stand from its address on. */
export function firstsFrom(room: usize): usize {
  return room << 2;
}

export function cosinesFrom(room: usize): usize {
  return 6 * room;
}

export function productsFrom(room: usize): usize {
  return 14 * room;
}

/** How many triplets a group can have at most. */
export function tripletRoom(group: usize): usize {
  const a = kindTable(wholeField(group, KIND_A));
  const b = kindTable(wholeField(group, KIND_B));
  const firsts = <usize>(load<u32>(a, 4) - load<u32>(a)) >> 3;
  const seconds = <usize>(load<u32>(b, 4) - load<u32>(b)) >> 3;
  const most = a == b ? (firsts * (firsts + 1)) >> 1 : firsts * (seconds + 1);
  return (most + 9) & ~7;
}

export function tripletBytes(group: usize, room: usize): usize {
  const rows = 2 * (wholeField(group, NARROW_CHANNELS) + wholeField(group, WIDE_CHANNELS));
  return room * (28 + 8 * <usize>rows);
}

// Where the next triplets go: ends of the slots of seconds, and of the squares.
let nearSeconds: usize;
let nearSquares: usize;
let otherSeconds: usize;
let otherSquares: usize;

/** Collects the triplets of a group from `at` on, with their cosines and products; returns the first byte after them. */
export function collectTriplets(group: usize, at: usize, entry: usize): usize {
  const room = tripletRoom(group);
  const narrow = wholeField(group, NARROW_CHANNELS);
  const wide = wholeField(group, WIDE_CHANNELS);
  const near = at;
  const other = near + productsFrom(room) + ((<usize>(2 * narrow + wide) * room) << 3);
  const numNear = pairUp(group, near, other, room);
  const numOther = (otherSeconds - other) >> 2;
  if (narrow > 0) fillNarrow(group, near, room, numNear);
  const channels = tableOf(group, CHANNELS_AT) + ((<usize>narrow * CHANNEL) << 3);
  const row = room << 3;
  fillWide(channels, wide, near, near + productsFrom(room) + 2 * <usize>narrow * row, row, numNear, room);
  fillWide(channels, wide, other, other + productsFrom(room), row, numOther, room);
  fillCosines(near, room, numNear);
  fillCosines(other, room, numOther);
  store<u32>(entry + ROOM, <u32>room);
  store<u32>(entry + NEAR_COUNT, <u32>numNear);
  store<u32>(entry + NEAR_SET, <u32>near);
  store<u32>(entry + OTHER_COUNT, <u32>numOther);
  store<u32>(entry + OTHER_SET, <u32>other);
  return other + productsFrom(room) + <usize>wide * row;
}

/** Slots and squares of all triplets; returns the number of near ones. */
function pairUp(group: usize, near: usize, other: usize, room: usize): usize {
  const a = kindTable(wholeField(group, KIND_A));
  const b = kindTable(wholeField(group, KIND_B));
  const endA = <usize>load<u32>(a, 4);
  const beginB = <usize>load<u32>(b);
  const endB = <usize>load<u32>(b, 4);
  const narrow2: f64 = wholeField(group, NARROW_CHANNELS) > 0 ? field(group, NARROW2) : -1;
  const wide = wholeField(group, WIDE_CHANNELS) > 0;
  nearSeconds = near;
  nearSquares = near + cosinesFrom(room);
  otherSeconds = other;
  otherSquares = other + cosinesFrom(room);
  let nearFirsts = near + firstsFrom(room);
  let otherFirsts = other + firstsFrom(room);
  for (let j = <usize>load<u32>(a); j < endA; j += 8) {
    const begin = a == b ? j + 8 : beginB;
    if (wide) collect(j, begin, endB, narrow2);
    else collectNear(j, begin, endB, narrow2);
    // Padding with a cosine of zero.
    const square = load<f64>(fieldSquare + j) + 1;
    if (nearSeconds & 4) {
      store<u32>(nearSeconds, 0);
      store<f64>(nearSquares, square);
      nearSeconds += 4;
      nearSquares += 8;
    }
    if (otherSeconds & 4) {
      store<u32>(otherSeconds, 0);
      store<f64>(otherSquares, square);
      otherSeconds += 4;
      otherSquares += 8;
    }
    const nearEnd = near + firstsFrom(room) + ((nearSeconds - near) >> 1);
    for (; nearFirsts < nearEnd; nearFirsts += 4) store<u32>(nearFirsts, <u32>j);
    const otherEnd = other + firstsFrom(room) + ((otherSeconds - other) >> 1);
    for (; otherFirsts < otherEnd; otherFirsts += 4) store<u32>(otherFirsts, <u32>j);
  }
  return (nearSeconds - near) >> 2;
}

/** Triplets of the slot j with those from `begin` to `end`, near ones apart. */
function collect(j: usize, begin: usize, end: usize, narrow2: f64): void {
  const x = f64x2.splat(load<f64>(fieldX + j));
  const y = f64x2.splat(load<f64>(fieldX + stride + j));
  const z = f64x2.splat(load<f64>(fieldX + 2 * stride + j));
  let seconds = nearSeconds;
  let squares = nearSquares;
  let seconds2 = otherSeconds;
  let squares2 = otherSquares;
  const fieldY = fieldX + stride;
  const fieldZ = fieldY + stride;
  for (let k = begin; k < end; k += 16) {
    const dx = f64x2.sub(v128.load(fieldX + k), x);
    const dy = f64x2.sub(v128.load(fieldY + k), y);
    const dz = f64x2.sub(v128.load(fieldZ + k), z);
    const two = f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz));
    // Each goes to both ends, and counts at one.
    const square = f64x2.extract_lane(two, 0);
    store<u32>(seconds, <u32>k);
    store<f64>(squares, square);
    store<u32>(seconds2, <u32>k);
    store<f64>(squares2, square);
    const near = <usize>(square < narrow2);
    seconds += near << 2;
    squares += near << 3;
    seconds2 += (near ^ 1) << 2;
    squares2 += (near ^ 1) << 3;
    const second = f64x2.extract_lane(two, 1);
    store<u32>(seconds, <u32>k + 8);
    store<f64>(squares, second);
    store<u32>(seconds2, <u32>k + 8);
    store<f64>(squares2, second);
    // The last of an odd number is followed by what is none of them.
    const inside = <usize>(k + 8 < end);
    const alsoNear = <usize>(second < narrow2) & inside;
    seconds += alsoNear << 2;
    squares += alsoNear << 3;
    const other = (alsoNear ^ 1) & inside;
    seconds2 += other << 2;
    squares2 += other << 3;
  }
  nearSeconds = seconds;
  nearSquares = squares;
  otherSeconds = seconds2;
  otherSquares = squares2;
}

/** Near ones only. */
function collectNear(j: usize, begin: usize, end: usize, narrow2: f64): void {
  const x = f64x2.splat(load<f64>(fieldX + j));
  const y = f64x2.splat(load<f64>(fieldX + stride + j));
  const z = f64x2.splat(load<f64>(fieldX + 2 * stride + j));
  let seconds = nearSeconds;
  let squares = nearSquares;
  const fieldY = fieldX + stride;
  const fieldZ = fieldY + stride;
  for (let k = begin; k < end; k += 16) {
    const dx = f64x2.sub(v128.load(fieldX + k), x);
    const dy = f64x2.sub(v128.load(fieldY + k), y);
    const dz = f64x2.sub(v128.load(fieldZ + k), z);
    const two = f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz));
    const square = f64x2.extract_lane(two, 0);
    store<u32>(seconds, <u32>k);
    store<f64>(squares, square);
    const near = <usize>(square < narrow2);
    seconds += near << 2;
    squares += near << 3;
    const second = f64x2.extract_lane(two, 1);
    store<u32>(seconds, <u32>k + 8);
    store<f64>(squares, second);
    const alsoNear = <usize>(second < narrow2) & <usize>(k + 8 < end);
    seconds += alsoNear << 2;
    squares += alsoNear << 3;
  }
  nearSeconds = seconds;
  nearSquares = squares;
}

/** Products of three factors, and those with the slope of the third one. */
function fillNarrow(group: usize, set: usize, room: usize, count: usize): void {
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
function fillWide(
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

/** cos theta = (r_ij^2 + r_ik^2 - r_jk^2) / (2 r_ij r_ik), in the place of r_jk^2. */
function fillCosines(set: usize, room: usize, count: usize): void {
  const cosines = set + cosinesFrom(room);
  const firsts = set + firstsFrom(room);
  const half = f64x2.splat(0.5);
  for (let at: usize = 0; at < count << 2; at += 8) {
    const j = <usize>load<u32>(firsts + (at >> 1));
    const k0 = <usize>load<u32>(set + at);
    const k1 = <usize>load<u32>(set + at, 4);
    const squares = f64x2.add(
      v128.load64_splat(fieldSquare + j),
      v128.load64_lane(fieldSquare + k1, v128.load64_zero(fieldSquare + k0), 1),
    );
    const inverses = f64x2.mul(
      f64x2.mul(half, v128.load64_splat(fieldInverse + j)),
      v128.load64_lane(fieldInverse + k1, v128.load64_zero(fieldInverse + k0), 1),
    );
    const at2 = cosines + (at << 1);
    v128.store(at2, f64x2.mul(f64x2.sub(squares, v128.load(at2)), inverses));
  }
}
