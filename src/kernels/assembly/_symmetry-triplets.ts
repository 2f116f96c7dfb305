// Finds the triplets of one atom and one group, near ones apart; how they stand in memory see _symmetry-layout.
import {
  CHANNEL,
  CHANNELS_AT,
  KIND_A,
  KIND_B,
  NARROW_CHANNELS,
  NARROW2,
  WIDE_CHANNELS,
} from "../hdnnp-block";
import {
  cosinesFrom,
  firstsFrom,
  NEAR_COUNT,
  NEAR_SET,
  OTHER_COUNT,
  OTHER_SET,
  productsFrom,
  ROOM,
} from "./_symmetry-layout";
import { field, tableOf, wholeField } from "./_symmetry-parameters";
import { fillNarrow, fillWide } from "./_symmetry-products";
import { fieldInverse, fieldSquare, fieldX, kindTable, stride } from "./_symmetry-slots";

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
