// Symmetry functions of one atom with their derivatives. All functions are sums over neighbours j of a curve p(r_j), or over
// pairs of p(r_j) p(r_k) A(cos) [p(r_jk)]; functions of a group differ in p (channel) and A (angle) only. For each neighbour
// j in turn, its partners k are chosen, their curves written down, and then every function summed over them. With e the
// directions of j and k, and sums over k of
//   S = w A,  V = (w A' - u A) e_k,  X = v A     w = p(r_k) p(r_jk), u = q r_j r_k, v = q r_j (r_j - r_k cos),
//                                               q = p(r_k) p'(r_jk) / r_jk  (wide: w = p(r_k), q = 0)
// the derivative of the function with the vector to j is
//   p'(r_j) S e_j + p(r_j) / r_j [V + (X - e_j V) e_j]
// as each pair appears twice, once as (j, k) and once as (k, j), this is all of it, and no partial sums are kept.
import {
  ANGLE_RECORD_BYTES,
  ANGLE_RECORDS,
  CHANNEL_ROWS,
  CHOSEN,
  DIRECTION_BYTES,
  DISTANCES,
  FUNCTION_ANGLE,
  FUNCTION_CHANNEL,
  FUNCTION_INDEX,
  FUNCTION_PLACES,
  GRADIENT_BYTES,
  GRADIENTS,
  GROUP_ANGLE_COUNT,
  GROUP_ANGLES,
  GROUP_BYTES,
  GROUP_CHANNEL_COUNT,
  GROUP_CHANNELS,
  GROUP_FIRST,
  GROUP_FUNCTION_COUNT,
  GROUP_FUNCTIONS,
  GROUP_RADIUS,
  GROUP_ROLE,
  GROUP_SECOND,
  GROUP_WEIGHTED,
  HEADER,
  KIND_BYTES,
  KIND_FUNCTIONS,
  KIND_GROUP_COUNT,
  KIND_GROUPS,
  KIND_STARTS,
  KINDS,
  MEMBER_BYTES,
  MEMBER_NEIGHBOUR,
  MEMBERS,
  NARROW,
  NEIGHBOUR_BLOCK,
  NEIGHBOUR_BYTES,
  NEIGHBOUR_DISTANCE,
  NEIGHBOUR_KIND,
  NEIGHBOURS,
  NUM_KINDS,
  RADIAL,
  ROW,
  STRAINS,
  VALUES,
  WEIGHT_RECORD_BYTES,
  WEIGHT_RECORDS,
  WEIGHTS,
  WITH_GRADIENTS,
  WITH_STRAINS,
} from "../descriptor-block";
import { fillAngles, fillChannels } from "./_descriptor-curves";
import { sumNarrow, sumValue, sumWide } from "./_descriptor-sums";

let gradientsWanted: bool;
let strainsWanted: bool;
let values: usize;
let gradients: usize;
let strains: usize;
let functionBytes: usize;
let row: usize;
let members: usize;
let distances: usize;
/** Rows of the channels at the distances of the members, then at those between j and its partners. */
let channelRows: usize;
let betweenRows: usize;
/** Of the partners of j: cosines, distances from the atom and from j, two rows of scratch, members (u32), directions. */
let chosen: usize;
let angleRecords: usize;
let weightRecords: usize;

/** Values, gradients and strains of the atom of this kind whose neighbours stand in the memory. */
export function describe(kind: i32, parts: i32): void {
  gradientsWanted = (parts & WITH_GRADIENTS) != 0;
  strainsWanted = (parts & WITH_STRAINS) != 0;
  values = <usize>load<u32>(HEADER, VALUES);
  gradients = <usize>load<u32>(HEADER, GRADIENTS);
  strains = <usize>load<u32>(HEADER, STRAINS);
  functionBytes = FUNCTION_PLACES + 4 * <usize>load<u32>(HEADER, NUM_KINDS);
  row = <usize>load<u32>(HEADER, ROW);
  members = <usize>load<u32>(HEADER, MEMBERS);
  distances = <usize>load<u32>(HEADER, DISTANCES);
  channelRows = <usize>load<u32>(HEADER, CHANNEL_ROWS) + 2 * row;
  chosen = <usize>load<u32>(HEADER, CHOSEN);
  angleRecords = <usize>load<u32>(HEADER, ANGLE_RECORDS);
  weightRecords = <usize>load<u32>(HEADER, WEIGHT_RECORDS);
  const own = <usize>load<u32>(HEADER, KINDS) + KIND_BYTES * <usize>kind;
  const functions = <usize>load<u32>(own, KIND_FUNCTIONS);
  memory.fill(values, 0, functions << 3);
  if (gradientsWanted) memory.fill(gradients, 0, <usize>load<u32>(HEADER, GRADIENT_BYTES));
  if (strainsWanted) memory.fill(strains, 0, functions * 48);
  let group = <usize>load<u32>(own, KIND_GROUPS);
  const end = group + GROUP_BYTES * <usize>load<u32>(own, KIND_GROUP_COUNT);
  for (; group < end; group += GROUP_BYTES)
    if (load<u32>(group, GROUP_ROLE) == RADIAL) ofNeighbours(group);
    else ofPairs(group);
}

/** Notes the neighbours of a kind (-1: of all) that are within the radius as members number `count` and on. */
function collect(kind: i32, radius: f64, count: i32): i32 {
  const starts = <usize>load<u32>(HEADER, KIND_STARTS);
  const kinds = load<u32>(HEADER, NUM_KINDS);
  const from = kind < 0 ? load<u32>(starts) : load<u32>(starts + 4 * <usize>kind);
  const to = load<u32>(starts + 4 * (kind < 0 ? <usize>kinds : <usize>kind + 1));
  let neighbour = <usize>load<u32>(HEADER, NEIGHBOURS) + NEIGHBOUR_BYTES * <usize>from;
  let member = members + MEMBER_BYTES * <usize>count;
  for (let n = from; n < to; n++) {
    const r = load<f64>(neighbour, NEIGHBOUR_DISTANCE);
    if (r < radius) {
      const x = load<f64>(neighbour);
      const y = load<f64>(neighbour, 8);
      const z = load<f64>(neighbour, 16);
      store<f64>(member, x / r);
      store<f64>(member, y / r, 8);
      store<f64>(member, z / r, 16);
      store<f64>(member, r, 24);
      store<f64>(member, x, 32);
      store<f64>(member, y, 40);
      store<f64>(member, z, 48);
      store<u32>(member, <u32>neighbour, MEMBER_NEIGHBOUR);
      store<f64>(distances + ((<usize>count) << 3), r);
      member += MEMBER_BYTES;
      count++;
    }
    neighbour += NEIGHBOUR_BYTES;
  }
  store<f64>(distances + ((<usize>count) << 3), 1);
  return count;
}

/** Curves of all channels at the members; those of weighted functions times the weights. */
function memberCurves(group: usize, count: i32): void {
  const channels = load<i32>(group, GROUP_CHANNEL_COUNT);
  fillChannels(<usize>load<u32>(group, GROUP_CHANNELS), channels, distances, count, channelRows, row);
  if (!load<u32>(group, GROUP_WEIGHTED)) return;
  const weights = <usize>load<u32>(HEADER, WEIGHTS);
  for (let m = 0; m < count; m++) {
    const neighbour = <usize>load<u32>(members + MEMBER_BYTES * <usize>m, MEMBER_NEIGHBOUR);
    const weight = load<f64>(weights + ((<usize>load<u32>(neighbour, NEIGHBOUR_KIND)) << 3));
    let at = channelRows + ((<usize>m) << 3);
    for (let h = 0; h < 2 * channels; h++) {
      store<f64>(at, load<f64>(at) * weight);
      at += row;
    }
  }
}

function ofNeighbours(group: usize): void {
  const count = collect(load<i32>(group, GROUP_FIRST), load<f64>(group, GROUP_RADIUS), 0);
  if (count == 0) return;
  memberCurves(group, count);
  const first = <usize>load<u32>(group, GROUP_FUNCTIONS);
  const end = first + functionBytes * <usize>load<u32>(group, GROUP_FUNCTION_COUNT);
  for (let m = 0; m < count; m++) {
    const member = members + MEMBER_BYTES * <usize>m;
    for (let f = first; f < end; f += functionBytes) {
      const at = channelRows + 2 * row * <usize>load<u32>(f, FUNCTION_CHANNEL) + ((<usize>m) << 3);
      const value = values + ((<usize>load<u32>(f)) << 3);
      store<f64>(value, load<f64>(value) + load<f64>(at));
      if (!gradientsWanted) continue;
      const slope = load<f64>(at + row);
      derive(
        f,
        member,
        slope * load<f64>(member),
        slope * load<f64>(member, 8),
        slope * load<f64>(member, 16),
      );
    }
  }
}

/** Adds what a function changes by with the vector to a member. */
function derive(f: usize, member: usize, x: f64, y: f64, z: f64): void {
  const index = <usize>load<u32>(f, FUNCTION_INDEX);
  const neighbour = <usize>load<u32>(member, MEMBER_NEIGHBOUR);
  const block = <usize>load<u32>(neighbour, NEIGHBOUR_BLOCK);
  // An image of the atom moves with it.
  if (block != 0) {
    const place = <usize>load<u32>(f + 4 * <usize>load<u32>(neighbour, NEIGHBOUR_KIND), FUNCTION_PLACES);
    addThree(block + 24 * place, x, y, z);
    addThree(gradients + 24 * index, -x, -y, -z);
  }
  if (!strainsWanted) return;
  const at = strains + 48 * index;
  const u = load<f64>(member, 32);
  const v = load<f64>(member, 40);
  const w = load<f64>(member, 48);
  addThree(at, x * u, y * v, z * w);
  addThree(at + 24, y * w + z * v, x * w + z * u, x * v + y * u);
}

function addThree(at: usize, x: f64, y: f64, z: f64): void {
  store<f64>(at, load<f64>(at) + x);
  store<f64>(at, load<f64>(at, 8) + y, 8);
  store<f64>(at, load<f64>(at, 16) + z, 16);
}

function ofPairs(group: usize): void {
  const narrow = load<u32>(group, GROUP_ROLE) == NARROW;
  const radius = load<f64>(group, GROUP_RADIUS);
  const kindA = load<i32>(group, GROUP_FIRST);
  const kindB = load<i32>(group, GROUP_SECOND);
  const alike = kindA == kindB;
  const countA = collect(kindA, radius, 0);
  const count = alike ? countA : collect(kindB, radius, countA);
  if (countA == 0 || (alike ? count < 2 : count == countA)) return;
  memberCurves(group, count);
  const channels = load<i32>(group, GROUP_CHANNEL_COUNT);
  betweenRows = channelRows + 2 * row * <usize>(channels + 1);
  const perAngle = ANGLE_RECORD_BYTES * (row >> 4);
  // Each pair of like kinds appears twice, and of unlike ones once from either side.
  const share: f64 = alike ? 0.5 : 1;
  const last = alike || gradientsWanted ? count : countA;
  for (let j = 0; j < last; j++) {
    const from = alike || j >= countA ? 0 : countA;
    const to = alike || j < countA ? count : countA;
    const number = choose(j, from, to, narrow ? radius * radius : Infinity);
    if (number == 0) continue;
    fillAngles(
      <usize>load<u32>(group, GROUP_ANGLES),
      load<i32>(group, GROUP_ANGLE_COUNT),
      chosen,
      number,
      angleRecords,
      perAngle,
      chosen + 3 * row,
      row,
    );
    if (narrow)
      fillChannels(
        <usize>load<u32>(group, GROUP_CHANNELS),
        channels,
        chosen + 2 * row,
        number,
        betweenRows,
        row,
      );
    for (let h = 0; h < channels; h++)
      if (narrow) narrowWeights(j, h, number);
      else wideWeights(h, number);
    sums(group, j, number, narrow, perAngle, j < countA ? share : 0);
  }
}

/** Notes the members from `from` to `to` that are near enough to member j as its partners. */
function choose(j: i32, from: i32, to: i32, limit: f64): i32 {
  const own = members + MEMBER_BYTES * <usize>j;
  const x = load<f64>(own);
  const y = load<f64>(own, 8);
  const z = load<f64>(own, 16);
  const u = load<f64>(own, 32);
  const v = load<f64>(own, 40);
  const w = load<f64>(own, 48);
  const directions = chosen + 6 * row;
  let number = 0;
  let member = members + MEMBER_BYTES * <usize>from;
  for (let k = from; k < to; k++) {
    const du = load<f64>(member, 32) - u;
    const dv = load<f64>(member, 40) - v;
    const dw = load<f64>(member, 48) - w;
    const square = du * du + dv * dv + dw * dw;
    if (square < limit && k != j) {
      const at = chosen + ((<usize>number) << 3);
      const direction = directions + DIRECTION_BYTES * (<usize>number >> 1) + ((<usize>(number & 1)) << 3);
      const ex = load<f64>(member);
      const ey = load<f64>(member, 8);
      const ez = load<f64>(member, 16);
      store<f64>(at, x * ex + y * ey + z * ez);
      store<f64>(at + row, load<f64>(member, 24));
      store<f64>(at + 2 * row, Math.sqrt(square));
      store<u32>(at + 5 * row, k);
      store<f64>(direction, ex);
      store<f64>(direction, ey, 16);
      store<f64>(direction, ez, 32);
      number++;
    }
    member += MEMBER_BYTES;
  }
  if (number & 1) {
    // One that has no weight makes the number even.
    const at = chosen + ((<usize>number) << 3);
    const direction = directions + DIRECTION_BYTES * (<usize>number >> 1) + 8;
    store<f64>(at, 0);
    store<f64>(at + row, 1);
    store<f64>(at + 2 * row, 1);
    store<u32>(at + 5 * row, -1);
    store<f64>(direction, 0);
    store<f64>(direction, 0, 16);
    store<f64>(direction, 0, 32);
  }
  return number;
}

/** p of the two partners at `at` of the list; 0 for the one that fills it up. */
function partnerCurves(curve: usize, at: usize): v128 {
  const first = curve + ((<usize>load<u32>(at + 5 * row)) << 3);
  const second = load<i32>(at + 5 * row, 8);
  return f64x2.replace_lane(
    v128.load64_zero(first),
    1,
    second < 0 ? 0 : load<f64>(curve + ((<usize>second) << 3)),
  );
}

function wideWeights(h: i32, number: i32): void {
  const curve = channelRows + 2 * row * <usize>h;
  let out = weightRecords + WEIGHT_RECORD_BYTES * (row >> 4) * <usize>h;
  const end = chosen + ((<usize>number) << 3);
  for (let at = chosen; at < end; at += 16) {
    v128.store(out, partnerCurves(curve, at));
    out += WEIGHT_RECORD_BYTES;
  }
}

function narrowWeights(j: i32, h: i32, number: i32): void {
  const curve = channelRows + 2 * row * <usize>h;
  let between = betweenRows + 2 * row * <usize>h;
  let out = weightRecords + WEIGHT_RECORD_BYTES * (row >> 4) * <usize>h;
  const own = v128.load64_splat(members + MEMBER_BYTES * <usize>j, 24);
  const end = chosen + ((<usize>number) << 3);
  for (let at = chosen; at < end; at += 16) {
    const p = partnerCurves(curve, at);
    const q = f64x2.mul(own, f64x2.div(f64x2.mul(p, v128.load(between + row)), v128.load(at + 2 * row)));
    const r = v128.load(at + row);
    v128.store(out, f64x2.mul(p, v128.load(between)));
    v128.store(out, f64x2.mul(q, r), 16);
    v128.store(out, f64x2.mul(q, f64x2.sub(own, f64x2.mul(r, v128.load(at)))), 32);
    between += 16;
    out += WEIGHT_RECORD_BYTES;
  }
}

/** All functions of the group, summed over the partners of member j. */
function sums(group: usize, j: i32, number: i32, narrow: bool, perAngle: usize, share: f64): void {
  const member = members + MEMBER_BYTES * <usize>j;
  const directions = chosen + 6 * row;
  const out = chosen + 9 * row;
  const x = load<f64>(member);
  const y = load<f64>(member, 8);
  const z = load<f64>(member, 16);
  const r = load<f64>(member, 24);
  let f = <usize>load<u32>(group, GROUP_FUNCTIONS);
  const end = f + functionBytes * <usize>load<u32>(group, GROUP_FUNCTION_COUNT);
  for (; f < end; f += functionBytes) {
    const h = <usize>load<u32>(f, FUNCTION_CHANNEL);
    const curve = channelRows + 2 * row * h + ((<usize>j) << 3);
    const angles = angleRecords + perAngle * <usize>load<u32>(f, FUNCTION_ANGLE);
    const weights = weightRecords + WEIGHT_RECORD_BYTES * (row >> 4) * h;
    const p = load<f64>(curve);
    const value = values + ((<usize>load<u32>(f, FUNCTION_INDEX)) << 3);
    if (!gradientsWanted) {
      store<f64>(value, load<f64>(value) + share * p * sumValue(angles, weights, number));
      continue;
    }
    if (narrow) sumNarrow(angles, weights, directions, number, out);
    else sumWide(angles, weights, directions, number, out);
    const sum = load<f64>(out);
    store<f64>(value, load<f64>(value) + share * p * sum);
    const vx = load<f64>(out, 16);
    const vy = load<f64>(out, 24);
    const vz = load<f64>(out, 32);
    const turn = p / r;
    const along = load<f64>(curve + row) * sum + turn * (load<f64>(out, 8) - (x * vx + y * vy + z * vz));
    derive(f, member, along * x + turn * vx, along * y + turn * vy, along * z + turn * vz);
  }
}
