// The partners k of a neighbour j: which they are, where they lie, and what they count in each channel.
import { DIRECTION_BYTES, MEMBER_BYTES, NARROW_RECORD_BYTES, WIDE_RECORD_BYTES } from "../descriptor-block";
import {
  betweenRows,
  channelRows,
  chosen,
  distances,
  members,
  narrowRecords,
  row,
  wideRecords,
} from "./_descriptor-memory";

/** What makes odd numbers of partners even: a member without weight, far from all others, at the end of the list. */
export function noMember(count: i32, channels: i32, radius: f64): void {
  const member = members + MEMBER_BYTES * <usize>count;
  memory.fill(member, 0, MEMBER_BYTES);
  store<f64>(member, 1, 24);
  store<f64>(member, 4 * radius, 32);
  let curve = channelRows + ((<usize>count) << 3);
  for (let h = 0; h < channels; h++) {
    store<f64>(curve, 0);
    curve += 2 * row;
  }
}

/** The smallest number whose root is not below the radius, so that squares tell exactly what distances do. */
export function squareOf(radius: f64): f64 {
  let square = radius * radius;
  while (Math.sqrt(square) >= radius) square = reinterpret<f64>(reinterpret<u64>(square) - 1);
  while (Math.sqrt(square) < radius) square = reinterpret<f64>(reinterpret<u64>(square) + 1);
  return square;
}

/**
 * Lists the members from `from` to `to` but j: first those whose distance from j has a square below the limit, then the
 * others, then the one without weight.
 * @returns how many are near
 */
export function choose(j: i32, from: i32, to: i32, none: i32, limit: f64): i32 {
  const own = members + MEMBER_BYTES * <usize>j;
  const u = load<f64>(own, 32);
  const v = load<f64>(own, 40);
  const w = load<f64>(own, 48);
  let near = chosen + 3 * row;
  let far = near + row;
  let member = members + MEMBER_BYTES * <usize>from;
  for (let k = from; k < to; k++) {
    const du = load<f64>(member, 32) - u;
    const dv = load<f64>(member, 40) - v;
    const dw = load<f64>(member, 48) - w;
    // Both lists are written and one of them goes on: whether an atom is near cannot be foreseen by a processor.
    store<u32>(near, k);
    store<u32>(far, k);
    const within = <usize>(du * du + dv * dv + dw * dw < limit);
    const other = <usize>(k != j);
    near += (within & other) << 2;
    far += ((1 - within) & other) << 2;
    member += MEMBER_BYTES;
  }
  const first = chosen + 3 * row;
  const bytes = far - (first + row);
  memory.copy(near, first + row, bytes);
  store<u32>(near + bytes, none);
  return <i32>((near - first) >> 2);
}

// A number from each of two members.
function ofTwo(first: usize, second: usize, offset: usize): v128 {
  return f64x2.replace_lane(v128.load64_splat(first + offset), 1, load<f64>(second + offset));
}

/** Cosines, distances and directions of the listed partners of member j. */
export function look(j: i32, number: i32): void {
  const own = members + MEMBER_BYTES * <usize>j;
  const x = v128.load64_splat(own);
  const y = v128.load64_splat(own, 8);
  const z = v128.load64_splat(own, 16);
  const u = v128.load64_splat(own, 32);
  const v = v128.load64_splat(own, 40);
  const w = v128.load64_splat(own, 48);
  let directions = chosen + 6 * row;
  let list = chosen + 3 * row;
  const end = chosen + ((<usize>number) << 3);
  for (let at = chosen; at < end; at += 16) {
    const first = members + MEMBER_BYTES * <usize>load<u32>(list);
    const second = members + MEMBER_BYTES * <usize>load<u32>(list, 4);
    const ex = ofTwo(first, second, 0);
    const ey = ofTwo(first, second, 8);
    const ez = ofTwo(first, second, 16);
    v128.store(directions, ex);
    v128.store(directions, ey, 16);
    v128.store(directions, ez, 32);
    v128.store(at, f64x2.add(f64x2.add(f64x2.mul(x, ex), f64x2.mul(y, ey)), f64x2.mul(z, ez)));
    v128.store(at + row, ofTwo(first, second, 24));
    const du = f64x2.sub(ofTwo(first, second, 32), u);
    const dv = f64x2.sub(ofTwo(first, second, 40), v);
    const dw = f64x2.sub(ofTwo(first, second, 48), w);
    const square = f64x2.add(f64x2.add(f64x2.mul(du, du), f64x2.mul(dv, dv)), f64x2.mul(dw, dw));
    v128.store(at + 2 * row, f64x2.sqrt(square));
    directions += DIRECTION_BYTES;
    list += 8;
  }
}

/** p of two listed partners. */
function partnerCurves(curve: usize, list: usize): v128 {
  return f64x2.replace_lane(
    v128.load64_splat(curve + ((<usize>load<u32>(list)) << 3)),
    1,
    load<f64>(curve + ((<usize>load<u32>(list, 4)) << 3)),
  );
}

export function wideWeights(h: i32, number: i32): void {
  const curve = channelRows + 2 * row * <usize>h;
  let out = wideRecords + row * <usize>h;
  let list = chosen + 3 * row;
  const end = list + ((<usize>number) << 2);
  for (; list < end; list += 8) {
    v128.store(out, partnerCurves(curve, list));
    out += WIDE_RECORD_BYTES;
  }
}

export function narrowWeights(j: i32, h: i32, number: i32): void {
  const curve = channelRows + 2 * row * <usize>h;
  let between = betweenRows + 2 * row * <usize>h;
  let out = narrowRecords + 3 * row * <usize>h;
  let list = chosen + 3 * row;
  const own = v128.load64_splat(members + MEMBER_BYTES * <usize>j, 24);
  const end = chosen + ((<usize>number) << 3);
  for (let at = chosen; at < end; at += 16) {
    const p = partnerCurves(curve, list);
    const q = f64x2.mul(own, f64x2.div(f64x2.mul(p, v128.load(between + row)), v128.load(at + 2 * row)));
    const r = v128.load(at + row);
    v128.store(out, f64x2.mul(p, v128.load(between)));
    v128.store(out, f64x2.mul(q, r), 16);
    v128.store(out, f64x2.mul(q, f64x2.sub(own, f64x2.mul(r, v128.load(at)))), 32);
    between += 16;
    list += 8;
    out += NARROW_RECORD_BYTES;
  }
}
