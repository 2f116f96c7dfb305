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
  FUNCTION_ANGLE,
  FUNCTION_CHANNEL,
  FUNCTION_INDEX,
  FUNCTION_PLACES,
  GRADIENT_BYTES,
  GROUP_ANGLE_COUNT,
  GROUP_ANGLES,
  GROUP_BYTES,
  GROUP_CHANNEL_COUNT,
  GROUP_CHANNELS,
  GROUP_FIRST,
  GROUP_FUNCTION_COUNT,
  GROUP_FUNCTIONS,
  GROUP_NARROW,
  GROUP_NARROW_CHANNELS,
  GROUP_NARROW_COUNT,
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
  NARROW_RECORD_BYTES,
  NEIGHBOUR_BLOCK,
  NEIGHBOUR_BYTES,
  NEIGHBOUR_DISTANCE,
  NEIGHBOUR_KIND,
  NEIGHBOURS,
  NUM_KINDS,
  RADIAL,
  WEIGHTS,
  WIDE_RECORD_BYTES,
} from "../descriptor-block";
import { fillAngles, fillChannels } from "./_descriptor-curves";
import {
  angleRecords,
  betweenRows,
  channelRows,
  chosen,
  distances,
  functionBytes,
  gradients,
  gradientsWanted,
  members,
  narrowRecords,
  openGroup,
  openMemory,
  row,
  strains,
  strainsWanted,
  values,
  wideRecords,
} from "./_descriptor-memory";
import { choose, look, narrowWeights, noMember, squareOf, wideWeights } from "./_descriptor-partners";
import { sumNarrow, sumValue, sumWide } from "./_descriptor-sums";

/** Values, gradients and strains of the atom of this kind whose neighbours stand in the memory. */
export function describe(kind: i32, parts: i32): void {
  openMemory(parts);
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
  const radius = load<f64>(group, GROUP_RADIUS);
  const kindA = load<i32>(group, GROUP_FIRST);
  const kindB = load<i32>(group, GROUP_SECOND);
  const alike = kindA == kindB;
  const countA = collect(kindA, radius, 0);
  const count = alike ? countA : collect(kindB, radius, countA);
  if (countA == 0 || (alike ? count < 2 : count == countA)) return;
  memberCurves(group, count);
  const channels = load<i32>(group, GROUP_CHANNEL_COUNT);
  const narrowChannels = load<i32>(group, GROUP_NARROW_CHANNELS);
  const wide = load<i32>(group, GROUP_FUNCTION_COUNT) > 0;
  noMember(count, channels, radius);
  const limit = squareOf(radius);
  openGroup(channels);
  const perAngle = ANGLE_RECORD_BYTES * (row >> 4);
  // Each pair of like kinds appears twice, and of unlike ones once from either side.
  const share: f64 = alike ? 0.5 : 1;
  const last = alike || gradientsWanted ? count : countA;
  for (let j = 0; j < last; j++) {
    const from = alike || j >= countA ? 0 : countA;
    const to = alike || j < countA ? count : countA;
    const near = choose(j, from, to, count, limit);
    const all = wide ? to - from - <i32>alike : near;
    if (all == 0) continue;
    look(j, all);
    fillAngles(
      <usize>load<u32>(group, GROUP_ANGLES),
      load<i32>(group, GROUP_ANGLE_COUNT),
      chosen,
      all,
      angleRecords,
      perAngle,
      chosen + 4 * row,
      row,
    );
    const part: f64 = j < countA ? share : 0;
    if (wide) {
      for (let h = 0; h < channels; h++) wideWeights(h, all);
      sums(group, j, all, false, perAngle, part);
    }
    if (near == 0 || narrowChannels == 0) continue;
    const between = chosen + 2 * row;
    fillChannels(<usize>load<u32>(group, GROUP_CHANNELS), narrowChannels, between, near, betweenRows, row);
    for (let h = 0; h < narrowChannels; h++) narrowWeights(j, h, near);
    sums(group, j, near, true, perAngle, part);
  }
}

/** All wide or all narrow functions of the group, summed over the partners of member j. */
function sums(group: usize, j: i32, number: i32, narrow: bool, perAngle: usize, share: f64): void {
  const member = members + MEMBER_BYTES * <usize>j;
  const directions = chosen + 6 * row;
  const out = chosen + 9 * row;
  const x = load<f64>(member);
  const y = load<f64>(member, 8);
  const z = load<f64>(member, 16);
  const r = load<f64>(member, 24);
  const records = narrow ? narrowRecords : wideRecords;
  const bytes: usize = narrow ? NARROW_RECORD_BYTES : WIDE_RECORD_BYTES;
  let f = <usize>(narrow ? load<u32>(group, GROUP_NARROW) : load<u32>(group, GROUP_FUNCTIONS));
  const functions = narrow ? load<u32>(group, GROUP_NARROW_COUNT) : load<u32>(group, GROUP_FUNCTION_COUNT);
  const end = f + functionBytes * <usize>functions;
  for (; f < end; f += functionBytes) {
    const h = <usize>load<u32>(f, FUNCTION_CHANNEL);
    const curve = channelRows + 2 * row * h + ((<usize>j) << 3);
    const angles = angleRecords + perAngle * <usize>load<u32>(f, FUNCTION_ANGLE);
    const weights = records + bytes * (row >> 4) * h;
    const p = load<f64>(curve);
    const value = values + ((<usize>load<u32>(f, FUNCTION_INDEX)) << 3);
    if (!gradientsWanted) {
      store<f64>(value, load<f64>(value) + share * p * sumValue(angles, weights, bytes, number));
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
