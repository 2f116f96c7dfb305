// Slopes of the energy of one atom with the places of its neighbours, from those with its symmetry functions, w_g. The
// distances r_ij, r_ik, r_jk of a triplet are independent variables:
//   d cos / d r_ij = 1 / r_ik - cos / r_ij, likewise r_ik,  d cos / d r_jk = -r_jk / (r_ij r_ik)
import {
  ANGLE_ROWS,
  ANGLES,
  ANGLES_AT,
  BETWEEN_FACTOR,
  CHANNEL,
  CHANNELS_AT,
  ELEMENTS,
  FAR_FACTORS,
  FIRST_FACTOR,
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
  SLOPES_AT,
  WIDE_CHANNELS,
} from "../hdnnp-block";
import { anglesOf } from "./_symmetry-angles";
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";
import {
  factorSlopes,
  factorValues,
  fieldInverse,
  gradients,
  kindTable,
  stride,
  vectors,
} from "./_symmetry-slots";
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

// Rows of a part of the triplets: slopes with r_ij, r_ik, with r_jk divided by it, and with the cosine; sums over the
// members of a channel of w A and w A'.
const FIRST: usize = 0;
const SECOND: usize = ROW;
const BETWEEN: usize = 2 * ROW;
const COSINE: usize = 3 * ROW;
const SUM: usize = 4 * ROW;
const SLOPE_SUM: usize = 5 * ROW;

/** Radial functions. */
export function addRadialSlopes(element: usize): void {
  const head = tableAt(0);
  const kinds = wholeField(head, ELEMENTS);
  const weights = tableOf(head, SLOPES_AT);
  let near = tableOf(element, NEAR_AT);
  for (let kind = 0; kind < kinds; kind++) {
    const slots = kindTable(kind);
    const begin = <usize>load<u32>(slots);
    const end = <usize>load<u32>(slots, 12);
    let radial = tableOf(near, 3);
    for (let n = wholeField(near, 2); n > 0; n--) {
      const slopes = factorSlopes + stride * <usize>field(radial, 0);
      const weight = weightOf(weights, radial);
      for (let at = begin; at < end; at += 8) {
        const along = gradients + (at << 2);
        store<f64>(along, load<f64>(along, 24) + weight * load<f64>(slopes + at), 24);
      }
      radial += RADIAL << 3;
    }
    near += NEAR << 3;
  }
}

function weightOf(weights: usize, member: usize): f64 {
  return field(member, 2) * load<f64>(weights + ((<usize>field(member, 1)) << 3));
}

/** Functions of a group's triplets. */
export function addAngularSlopes(group: usize, entry: usize): void {
  const room = <usize>load<u32>(entry + ROOM);
  const narrow = wholeField(group, NARROW_CHANNELS);
  const wide = wholeField(group, WIDE_CHANNELS);
  addSet(group, <usize>load<u32>(entry + NEAR_SET), room, <usize>load<u32>(entry + NEAR_COUNT), narrow, wide);
  addSet(group, <usize>load<u32>(entry + OTHER_SET), room, <usize>load<u32>(entry + OTHER_COUNT), 0, wide);
}

function addSet(group: usize, set: usize, room: usize, count: usize, narrow: i32, wide: i32): void {
  const rows = tableOf(tableAt(0), ROWS_AT);
  const angles = rows + OWN_ROWS * ROW;
  const angleSlopes = angles + ROW * <usize>wholeField(tableAt(0), ANGLE_ROWS);
  const angleTable = tableOf(group, ANGLES_AT);
  const numAngles = wholeField(group, ANGLES);
  const channels = tableOf(group, CHANNELS_AT);
  const skipped = wholeField(group, NARROW_CHANNELS) - narrow;
  const slopeRows = <usize>wholeField(group, FAR_FACTORS) * room;
  const bytes = count << 3;
  for (let at: usize = 0; at < bytes; at += ROW) {
    const part = min<usize>(ROW, bytes - at);
    const seconds = set + (at >> 1);
    const firsts = set + firstsFrom(room) + (at >> 2);
    const cosines = set + cosinesFrom(room) + at;
    anglesOf(angleTable, numAngles, cosines, part, angles, angleSlopes);
    memory.fill(rows, 0, 4 * ROW);
    let channel = channels + ((<usize>skipped * CHANNEL) << 3);
    for (let n = 0; n < narrow + wide; n++) {
      sumMembers(channel, angles, angleSlopes, part, rows);
      const first = stride * <usize>field(channel, FIRST_FACTOR);
      const second = stride * <usize>field(channel, SECOND_FACTOR);
      if (n < narrow) {
        const between = set + betweenFrom(room) + ((<usize>field(channel, BETWEEN_FACTOR) * room) << 3) + at;
        addNarrow(seconds, firsts, first, second, between, between + (slopeRows << 3), part, rows);
      } else addWide(seconds, firsts, first, second, part, rows);
      channel += CHANNEL << 3;
    }
    spread(seconds, firsts, cosines, part, rows);
  }
}

/** Sums of w A and w A' over the members of a channel. */
function sumMembers(channel: usize, angles: usize, angleSlopes: usize, bytes: usize, rows: usize): void {
  const weights = tableOf(tableAt(0), SLOPES_AT);
  const sums = rows + SUM;
  const slopeSums = rows + SLOPE_SUM;
  const toSlope = angleSlopes - angles;
  let member = tableOf(channel, MEMBERS_AT);
  let rest = wholeField(channel, MEMBERS);
  let keep = f64x2.splat(0);
  for (; rest >= 4; rest -= 4) {
    const a0 = angles + ROW * <usize>field(member, 0);
    const a1 = angles + ROW * <usize>field(member, MEMBER);
    const a2 = angles + ROW * <usize>field(member, 2 * MEMBER);
    const a3 = angles + ROW * <usize>field(member, 3 * MEMBER);
    const w0 = f64x2.splat(weightOf(weights, member));
    const w1 = f64x2.splat(weightOf(weights, member + (MEMBER << 3)));
    const w2 = f64x2.splat(weightOf(weights, member + 2 * (MEMBER << 3)));
    const w3 = f64x2.splat(weightOf(weights, member + 3 * (MEMBER << 3)));
    for (let at: usize = 0; at < bytes; at += 16) {
      const sum = f64x2.add(
        f64x2.add(f64x2.mul(w0, v128.load(a0 + at)), f64x2.mul(w1, v128.load(a1 + at))),
        f64x2.add(f64x2.mul(w2, v128.load(a2 + at)), f64x2.mul(w3, v128.load(a3 + at))),
      );
      const slope = f64x2.add(
        f64x2.add(f64x2.mul(w0, v128.load(a0 + toSlope + at)), f64x2.mul(w1, v128.load(a1 + toSlope + at))),
        f64x2.add(f64x2.mul(w2, v128.load(a2 + toSlope + at)), f64x2.mul(w3, v128.load(a3 + toSlope + at))),
      );
      v128.store(sums + at, f64x2.add(sum, v128.and(keep, v128.load(sums + at))));
      v128.store(slopeSums + at, f64x2.add(slope, v128.and(keep, v128.load(slopeSums + at))));
    }
    member += MEMBER << 5;
    keep = i64x2.splat(-1);
  }
  for (; rest > 0; rest--) {
    const a0 = angles + ROW * <usize>field(member, 0);
    const w0 = f64x2.splat(weightOf(weights, member));
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(
        sums + at,
        f64x2.add(f64x2.mul(w0, v128.load(a0 + at)), v128.and(keep, v128.load(sums + at))),
      );
      v128.store(
        slopeSums + at,
        f64x2.add(f64x2.mul(w0, v128.load(a0 + toSlope + at)), v128.and(keep, v128.load(slopeSums + at))),
      );
    }
    member += MEMBER << 3;
    keep = i64x2.splat(-1);
  }
}

function addNarrow(
  seconds: usize,
  firsts: usize,
  first: usize,
  second: usize,
  between: usize,
  betweenSlopes: usize,
  bytes: usize,
  rows: usize,
): void {
  const values = factorValues;
  const slopes = factorSlopes;
  for (let at: usize = 0; at < bytes; at += 16) {
    const j = first + <usize>load<u32>(firsts + (at >> 2));
    const k0 = second + <usize>load<u32>(seconds + (at >> 1));
    const k1 = second + <usize>load<u32>(seconds + (at >> 1), 4);
    const valueJ = v128.load64_splat(values + j);
    const slopeJ = v128.load64_splat(slopes + j);
    const valueK = v128.load64_lane(values + k1, v128.load64_zero(values + k0), 1);
    const slopeK = v128.load64_lane(slopes + k1, v128.load64_zero(slopes + k0), 1);
    const x = v128.load(between + at);
    const both = f64x2.mul(valueJ, valueK);
    const sum = v128.load(rows + at, SUM);
    const scaled = f64x2.mul(sum, x);
    const row = rows + at;
    v128.store(row, f64x2.add(v128.load(row, FIRST), f64x2.mul(scaled, f64x2.mul(slopeJ, valueK))), FIRST);
    v128.store(row, f64x2.add(v128.load(row, SECOND), f64x2.mul(scaled, f64x2.mul(valueJ, slopeK))), SECOND);
    v128.store(
      row,
      f64x2.add(v128.load(row, BETWEEN), f64x2.mul(f64x2.mul(sum, both), v128.load(betweenSlopes + at))),
      BETWEEN,
    );
    v128.store(
      row,
      f64x2.add(v128.load(row, COSINE), f64x2.mul(v128.load(row, SLOPE_SUM), f64x2.mul(both, x))),
      COSINE,
    );
  }
}

function addWide(
  seconds: usize,
  firsts: usize,
  first: usize,
  second: usize,
  bytes: usize,
  rows: usize,
): void {
  const values = factorValues;
  const slopes = factorSlopes;
  for (let at: usize = 0; at < bytes; at += 16) {
    const j = first + <usize>load<u32>(firsts + (at >> 2));
    const k0 = second + <usize>load<u32>(seconds + (at >> 1));
    const k1 = second + <usize>load<u32>(seconds + (at >> 1), 4);
    const valueJ = v128.load64_splat(values + j);
    const slopeJ = v128.load64_splat(slopes + j);
    const valueK = v128.load64_lane(values + k1, v128.load64_zero(values + k0), 1);
    const slopeK = v128.load64_lane(slopes + k1, v128.load64_zero(slopes + k0), 1);
    const row = rows + at;
    const sum = v128.load(row, SUM);
    v128.store(row, f64x2.add(v128.load(row, FIRST), f64x2.mul(sum, f64x2.mul(slopeJ, valueK))), FIRST);
    v128.store(row, f64x2.add(v128.load(row, SECOND), f64x2.mul(sum, f64x2.mul(valueJ, slopeK))), SECOND);
    v128.store(
      row,
      f64x2.add(v128.load(row, COSINE), f64x2.mul(v128.load(row, SLOPE_SUM), f64x2.mul(valueJ, valueK))),
      COSINE,
    );
  }
}

/** Takes the slopes of the triplets to the gradients of the slots. */
function spread(seconds: usize, firsts: usize, cosines: usize, bytes: usize, rows: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const j = <usize>load<u32>(firsts + (at >> 2));
    const k0 = <usize>load<u32>(seconds + (at >> 1));
    const k1 = <usize>load<u32>(seconds + (at >> 1), 4);
    const row = rows + at;
    const inverseJ = v128.load64_splat(fieldInverse + j);
    const inverseK = v128.load64_lane(fieldInverse + k1, v128.load64_zero(fieldInverse + k0), 1);
    const cosine = v128.load(cosines + at);
    const slope = v128.load(row, COSINE);
    const alongJ = f64x2.add(
      v128.load(row, FIRST),
      f64x2.mul(slope, f64x2.sub(inverseK, f64x2.mul(cosine, inverseJ))),
    );
    const alongK = f64x2.add(
      v128.load(row, SECOND),
      f64x2.mul(slope, f64x2.sub(inverseJ, f64x2.mul(cosine, inverseK))),
    );
    const across = f64x2.sub(v128.load(row, BETWEEN), f64x2.mul(slope, f64x2.mul(inverseJ, inverseK)));
    const vectorJ = vectors + (j << 2);
    const xyJ = v128.load(vectorJ);
    const zJ = v128.load64_zero(vectorJ + 16);
    const vector0 = vectors + (k0 << 2);
    const vector1 = vectors + (k1 << 2);
    const across0 = i8x16.shuffle(across, across, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    const across1 = i8x16.shuffle(across, across, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    const xy0 = f64x2.mul(across0, f64x2.sub(v128.load(vector0), xyJ));
    const xy1 = f64x2.mul(across1, f64x2.sub(v128.load(vector1), xyJ));
    const z0 = f64x2.mul(across0, f64x2.sub(v128.load64_zero(vector0 + 16), zJ));
    const z1 = f64x2.mul(across1, f64x2.sub(v128.load64_zero(vector1 + 16), zJ));
    const gradient0 = gradients + (k0 << 2);
    const gradient1 = gradients + (k1 << 2);
    const gradientJ = gradients + (j << 2);
    // The lower half of z, and what is along the displacement in the upper one.
    const rest0 = i8x16.shuffle(z0, alongK, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    const rest1 = i8x16.shuffle(z1, alongK, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31);
    v128.store(gradient0, f64x2.add(v128.load(gradient0), xy0));
    v128.store(gradient0, f64x2.add(v128.load(gradient0, 16), rest0), 16);
    v128.store(gradient1, f64x2.add(v128.load(gradient1), xy1));
    v128.store(gradient1, f64x2.add(v128.load(gradient1, 16), rest1), 16);
    const both = f64x2.extract_lane(alongJ, 0) + f64x2.extract_lane(alongJ, 1);
    const restJ = f64x2.replace_lane(f64x2.neg(f64x2.add(z0, z1)), 1, both);
    v128.store(gradientJ, f64x2.sub(v128.load(gradientJ), f64x2.add(xy0, xy1)));
    v128.store(gradientJ, f64x2.add(v128.load(gradientJ, 16), restJ), 16);
  }
}
