// Slopes of the energy of one atom by way of its symmetry functions, from those with the functions, w_g. Functions are
// added up first: a triplet then has slopes with three distances and its cosine only.
import {
  ANGLE_ROWS,
  ANGLES,
  ANGLES_AT,
  CHANNEL,
  CHANNELS_AT,
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
  SLOPES_AT,
  WEIGHTS_OF_PATCH_AT,
  WIDE_PATCHES,
} from "../hdnnp-block";
import { anglesOf } from "./_symmetry-angles";
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
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";
import { factorRates, factorValues, gradients, kindTable, stride } from "./_symmetry-slots";
import { BETWEEN, COSINE, FIRST, SECOND, spread } from "./_symmetry-spread";

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
      const row = stride * <usize>field(radial, 0);
      const weight = field(radial, 2) * load<f64>(weights + ((<usize>field(radial, 1)) << 3));
      for (let at = begin; at < end; at += 8) {
        const along = gradients + (at << 2);
        const slope = load<f64>(factorValues + row + at) * load<f64>(factorRates + row + at);
        store<f64>(along, load<f64>(along, 24) + weight * slope, 24);
      }
      radial += RADIAL << 3;
    }
    near += NEAR << 3;
  }
}

/** Functions of a group's triplets. */
export function addAngularSlopes(group: usize, entry: usize): void {
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
  const rows = tableOf(tableAt(0), ROWS_AT);
  const angles = rows + OWN_ROWS * ROW;
  const angleRows = ROW * <usize>wholeField(tableAt(0), ANGLE_ROWS);
  const angleTable = tableOf(group, ANGLES_AT);
  const numAngles = wholeField(group, ANGLES);
  const wide = wholeField(group, WIDE_PATCHES);
  const skipped = wholeField(group, NARROW_PATCHES) - narrow;
  const narrowChannels = wholeField(group, NARROW_CHANNELS);
  const row = room << 3;
  const bytes = count << 3;
  toSlopes = angleRows;
  toBetween = <usize>narrowChannels * row;
  for (let at: usize = 0; at < bytes; at += ROW) {
    const part = min<usize>(ROW, bytes - at);
    const cosines = set + cosinesFrom(room) + at;
    anglesOf(angleTable, numAngles, cosines, part, angles, angles + angleRows);
    memory.fill(rows, 0, 4 * ROW);
    seconds = set + (at >> 1);
    firsts = set + firstsFrom(room) + (at >> 2);
    const products = set + productsFrom(room) + at;
    let patch = tableOf(group, PATCHES_AT) + ((<usize>skipped * PATCH) << 3);
    const narrowTable = tableOf(group, CHANNELS_AT);
    const wideTable = narrowTable + ((<usize>narrowChannels * CHANNEL) << 3);
    for (let n = 0; n < narrow + wide; n++) {
      if (n < narrow) addPatch(patch, narrowTable, products, row, true, angles, part, rows);
      else addPatch(patch, wideTable, products + <usize>wideFrom * row, row, false, angles, part, rows);
      patch += PATCH << 3;
    }
    spread(firsts, seconds, cosines, part, rows);
  }
}

// Of the part of the triplets that is worked on: slots of the neighbours; from the values of an angle to its slopes, and
// from the products of a narrow channel to those with the slope of the third factor.
let seconds: usize;
let firsts: usize;
let toSlopes: usize;
let toBetween: usize;
// Of a channel: its products, rates of the factors of the first and of the second neighbour.
let products0: usize;
let products1: usize;
let products2: usize;
let ratesFirst0: usize;
let ratesFirst1: usize;
let ratesFirst2: usize;
let ratesSecond0: usize;
let ratesSecond1: usize;
let ratesSecond2: usize;

/** Slopes of the energy by way of the functions of a patch, into the rows. */
function addPatch(
  patch: usize,
  table: usize,
  products: usize,
  row: usize,
  narrow: bool,
  angles: usize,
  bytes: usize,
  rows: usize,
): void {
  const numAngles = wholeField(patch, PATCH_ANGLES);
  const channels = wholeField(patch, PATCH_CHANNELS);
  const slopes = tableOf(tableAt(0), SLOPES_AT);
  const weights = tableOf(tableAt(0), WEIGHTS_OF_PATCH_AT);
  let member = tableOf(patch, MEMBERS_AT);
  let angle = tableOf(patch, PATCH_ANGLES_AT);
  let entry = weights;
  for (let n = 0; n < numAngles; n++) {
    store<u32>(entry, <u32>(angles + ROW * <usize>load<f64>(angle)));
    entry += 8;
    angle += 8;
    for (let channel = 0; channel < channels; channel++) {
      store<f64>(entry, field(member, 1) * load<f64>(slopes + ((<usize>field(member, 0)) << 3)));
      entry += 8;
      member += MEMBER << 3;
    }
  }
  const first = <usize>field(patch, FIRST_CHANNEL);
  const second = <usize>field(patch, FIRST_CHANNEL + 1);
  const third = <usize>field(patch, FIRST_CHANNEL + 2);
  products0 = products + row * first;
  products1 = products + row * second;
  products2 = products + row * third;
  ratesFirst0 = factorRates + stride * <usize>field(table, CHANNEL * first);
  ratesFirst1 = factorRates + stride * <usize>field(table, CHANNEL * second);
  ratesFirst2 = factorRates + stride * <usize>field(table, CHANNEL * third);
  ratesSecond0 = factorRates + stride * <usize>field(table, CHANNEL * first + 1);
  ratesSecond1 = factorRates + stride * <usize>field(table, CHANNEL * second + 1);
  ratesSecond2 = factorRates + stride * <usize>field(table, CHANNEL * third + 1);
  if (channels == 3) addThree(weights, entry, narrow, bytes, rows);
  else if (channels == 2) addTwo(weights, entry, narrow, bytes, rows);
  else addOne(weights, entry, narrow, bytes, rows);
}

function addThree(weights: usize, weightsEnd: usize, narrow: bool, bytes: usize, rows: usize): void {
  const t0 = products0;
  const first0 = ratesFirst0;
  const second0 = ratesSecond0;
  const t1 = products1;
  const first1 = ratesFirst1;
  const second1 = ratesSecond1;
  const t2 = products2;
  const first2 = ratesFirst2;
  const second2 = ratesSecond2;
  const between = toBetween;
  const slopes = toSlopes;
  let firstAt = firsts;
  let secondAt = seconds;
  for (let at: usize = 0; at < bytes; at += 16) {
    let sum0 = f64x2.splat(0);
    let slope0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let slope1 = f64x2.splat(0);
    let sum2 = f64x2.splat(0);
    let slope2 = f64x2.splat(0);
    for (let w = weights; w < weightsEnd; ) {
      const row = <usize>load<u32>(w) + at;
      const value = v128.load(row);
      const slope = v128.load(row + slopes);
      const w0 = v128.load64_splat(w, 8);
      sum0 = f64x2.add(sum0, f64x2.mul(w0, value));
      slope0 = f64x2.add(slope0, f64x2.mul(w0, slope));
      const w1 = v128.load64_splat(w, 16);
      sum1 = f64x2.add(sum1, f64x2.mul(w1, value));
      slope1 = f64x2.add(slope1, f64x2.mul(w1, slope));
      const w2 = v128.load64_splat(w, 24);
      sum2 = f64x2.add(sum2, f64x2.mul(w2, value));
      slope2 = f64x2.add(slope2, f64x2.mul(w2, slope));
      w += 32;
    }
    const j = <usize>load<u32>(firstAt);
    const k0 = <usize>load<u32>(secondAt);
    const k1 = <usize>load<u32>(secondAt, 4);
    firstAt += 4;
    secondAt += 8;
    const row = rows + at;
    if (narrow) {
      let across = v128.load(row, BETWEEN);
      across = f64x2.add(across, f64x2.mul(sum0, v128.load(t0 + between + at)));
      across = f64x2.add(across, f64x2.mul(sum1, v128.load(t1 + between + at)));
      across = f64x2.add(across, f64x2.mul(sum2, v128.load(t2 + between + at)));
      v128.store(row, across, BETWEEN);
    }
    let alongJ = v128.load(row, FIRST);
    let alongK = v128.load(row, SECOND);
    let cosine = v128.load(row, COSINE);
    const product0 = v128.load(t0 + at);
    const whole0 = f64x2.mul(sum0, product0);
    alongJ = f64x2.add(alongJ, f64x2.mul(whole0, v128.load64_splat(first0 + j)));
    alongK = f64x2.add(
      alongK,
      f64x2.mul(whole0, v128.load64_lane(second0 + k1, v128.load64_zero(second0 + k0), 1)),
    );
    cosine = f64x2.add(cosine, f64x2.mul(slope0, product0));
    const product1 = v128.load(t1 + at);
    const whole1 = f64x2.mul(sum1, product1);
    alongJ = f64x2.add(alongJ, f64x2.mul(whole1, v128.load64_splat(first1 + j)));
    alongK = f64x2.add(
      alongK,
      f64x2.mul(whole1, v128.load64_lane(second1 + k1, v128.load64_zero(second1 + k0), 1)),
    );
    cosine = f64x2.add(cosine, f64x2.mul(slope1, product1));
    const product2 = v128.load(t2 + at);
    const whole2 = f64x2.mul(sum2, product2);
    alongJ = f64x2.add(alongJ, f64x2.mul(whole2, v128.load64_splat(first2 + j)));
    alongK = f64x2.add(
      alongK,
      f64x2.mul(whole2, v128.load64_lane(second2 + k1, v128.load64_zero(second2 + k0), 1)),
    );
    cosine = f64x2.add(cosine, f64x2.mul(slope2, product2));
    v128.store(row, alongJ, FIRST);
    v128.store(row, alongK, SECOND);
    v128.store(row, cosine, COSINE);
  }
}

function addTwo(weights: usize, weightsEnd: usize, narrow: bool, bytes: usize, rows: usize): void {
  const t0 = products0;
  const first0 = ratesFirst0;
  const second0 = ratesSecond0;
  const t1 = products1;
  const first1 = ratesFirst1;
  const second1 = ratesSecond1;
  const between = toBetween;
  const slopes = toSlopes;
  let firstAt = firsts;
  let secondAt = seconds;
  for (let at: usize = 0; at < bytes; at += 16) {
    let sum0 = f64x2.splat(0);
    let slope0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let slope1 = f64x2.splat(0);
    for (let w = weights; w < weightsEnd; ) {
      const row = <usize>load<u32>(w) + at;
      const value = v128.load(row);
      const slope = v128.load(row + slopes);
      const w0 = v128.load64_splat(w, 8);
      sum0 = f64x2.add(sum0, f64x2.mul(w0, value));
      slope0 = f64x2.add(slope0, f64x2.mul(w0, slope));
      const w1 = v128.load64_splat(w, 16);
      sum1 = f64x2.add(sum1, f64x2.mul(w1, value));
      slope1 = f64x2.add(slope1, f64x2.mul(w1, slope));
      w += 24;
    }
    const j = <usize>load<u32>(firstAt);
    const k0 = <usize>load<u32>(secondAt);
    const k1 = <usize>load<u32>(secondAt, 4);
    firstAt += 4;
    secondAt += 8;
    const row = rows + at;
    if (narrow) {
      let across = v128.load(row, BETWEEN);
      across = f64x2.add(across, f64x2.mul(sum0, v128.load(t0 + between + at)));
      across = f64x2.add(across, f64x2.mul(sum1, v128.load(t1 + between + at)));
      v128.store(row, across, BETWEEN);
    }
    let alongJ = v128.load(row, FIRST);
    let alongK = v128.load(row, SECOND);
    let cosine = v128.load(row, COSINE);
    const product0 = v128.load(t0 + at);
    const whole0 = f64x2.mul(sum0, product0);
    alongJ = f64x2.add(alongJ, f64x2.mul(whole0, v128.load64_splat(first0 + j)));
    alongK = f64x2.add(
      alongK,
      f64x2.mul(whole0, v128.load64_lane(second0 + k1, v128.load64_zero(second0 + k0), 1)),
    );
    cosine = f64x2.add(cosine, f64x2.mul(slope0, product0));
    const product1 = v128.load(t1 + at);
    const whole1 = f64x2.mul(sum1, product1);
    alongJ = f64x2.add(alongJ, f64x2.mul(whole1, v128.load64_splat(first1 + j)));
    alongK = f64x2.add(
      alongK,
      f64x2.mul(whole1, v128.load64_lane(second1 + k1, v128.load64_zero(second1 + k0), 1)),
    );
    cosine = f64x2.add(cosine, f64x2.mul(slope1, product1));
    v128.store(row, alongJ, FIRST);
    v128.store(row, alongK, SECOND);
    v128.store(row, cosine, COSINE);
  }
}

function addOne(weights: usize, weightsEnd: usize, narrow: bool, bytes: usize, rows: usize): void {
  const t0 = products0;
  const first0 = ratesFirst0;
  const second0 = ratesSecond0;
  const between = toBetween;
  const slopes = toSlopes;
  let firstAt = firsts;
  let secondAt = seconds;
  for (let at: usize = 0; at < bytes; at += 16) {
    let sum0 = f64x2.splat(0);
    let slope0 = f64x2.splat(0);
    for (let w = weights; w < weightsEnd; ) {
      const row = <usize>load<u32>(w) + at;
      const value = v128.load(row);
      const slope = v128.load(row + slopes);
      const w0 = v128.load64_splat(w, 8);
      sum0 = f64x2.add(sum0, f64x2.mul(w0, value));
      slope0 = f64x2.add(slope0, f64x2.mul(w0, slope));
      w += 16;
    }
    const j = <usize>load<u32>(firstAt);
    const k0 = <usize>load<u32>(secondAt);
    const k1 = <usize>load<u32>(secondAt, 4);
    firstAt += 4;
    secondAt += 8;
    const row = rows + at;
    if (narrow) {
      let across = v128.load(row, BETWEEN);
      across = f64x2.add(across, f64x2.mul(sum0, v128.load(t0 + between + at)));
      v128.store(row, across, BETWEEN);
    }
    let alongJ = v128.load(row, FIRST);
    let alongK = v128.load(row, SECOND);
    let cosine = v128.load(row, COSINE);
    const product0 = v128.load(t0 + at);
    const whole0 = f64x2.mul(sum0, product0);
    alongJ = f64x2.add(alongJ, f64x2.mul(whole0, v128.load64_splat(first0 + j)));
    alongK = f64x2.add(
      alongK,
      f64x2.mul(whole0, v128.load64_lane(second0 + k1, v128.load64_zero(second0 + k0), 1)),
    );
    cosine = f64x2.add(cosine, f64x2.mul(slope0, product0));
    v128.store(row, alongJ, FIRST);
    v128.store(row, alongK, SECOND);
    v128.store(row, cosine, COSINE);
  }
}
