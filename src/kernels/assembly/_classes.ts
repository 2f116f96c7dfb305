// Sites sorted into classes of their energies: the lists of mc/engines/classed-sites.ts and the pairs of mc/engines/class-pairs.ts.
import {
  CHANNEL_FAR,
  CHANNEL_FEW,
  CHANNEL_MANY,
  CHANNEL_SUMS,
  FAR,
  SIDE_BEGIN,
  SIDE_COUNT,
  SIDE_FROM,
  SIDE_ORDER,
  SIDE_PLACES,
  SIDE_TO,
  SORTED,
} from "../nfold-block";
import { CLASS_MARGIN, CLASSES, FAR_BOUNDS } from "../nfold-scheme";
import { FIELDS, SITE_BITS, SPECIES, SUBLATTICE_COUNT } from "../swap-block";
import { REGION } from "./_region";

/** Place of a site in arrays by padded cell and sublattice. */
export function indexOf(site: u32): usize {
  const bits = load<u32>(SITE_BITS);
  return <usize>((site >> bits) * load<u32>(SUBLATTICE_COUNT) + (site & ((1 << bits) - 1)));
}

/** Energy of changing a site from one species into another while all others stay. */
export function valueAt(index: usize, from: u32, to: u32): f64 {
  const kinds = <usize>load<u32>(SPECIES) - 1;
  const fields = <usize>load<u32>(REGION, FIELDS) + ((index * kinds) << 3) - 8;
  let value: f64 = 0;
  if (to != 0) value += load<f64>(fields + ((<usize>to) << 3));
  if (from != 0) value -= load<f64>(fields + ((<usize>from) << 3));
  return value;
}

/** Class of a site of a side, counted from energy 0; `scale` is classes for each eV. */
function absoluteClass(side: usize, index: usize, scale: f64): f64 {
  const value = valueAt(index, load<u32>(side, SIDE_FROM), load<u32>(side, SIDE_TO));
  return Math.floor(value * scale);
}

function put(order: usize, places: usize, site: u32, place: u32): void {
  store<u32>(order + ((<usize>place) << 2), site);
  store<u32>(places + (indexOf(site) << 3), place);
}

/** Brings a site of a side to its class; returns false for a site below all classes, which stays where it is. */
export function classify(side: usize, site: u32, index: usize, scale: f64): bool {
  const local = Math.min(absoluteClass(side, index, scale) - load<f64>(side), CLASSES - 1);
  if (local < 0) return false;
  const places = <usize>load<u32>(side, SIDE_PLACES);
  const own = places + (index << 3);
  const to = <u32>local;
  let at = load<u32>(own, 4);
  if (at == to) return true;
  const order = <usize>load<u32>(side, SIDE_ORDER);
  let begin = <usize>load<u32>(side, SIDE_BEGIN) + ((<usize>at) << 2);
  let place = load<u32>(own);
  // The site itself is put down at the end.
  for (; at < to; at++) {
    begin += 4;
    const border = load<u32>(begin) - 1;
    store<u32>(begin, border);
    if (border == place) continue;
    put(order, places, load<u32>(order + ((<usize>border) << 2)), place);
    place = border;
  }
  for (; at > to; at--) {
    const border = load<u32>(begin);
    store<u32>(begin, border + 1);
    begin -= 4;
    if (border == place) continue;
    put(order, places, load<u32>(order + ((<usize>border) << 2)), place);
    place = border;
  }
  store<u32>(order + ((<usize>place) << 2), site);
  store<u32>(own, place);
  store<u32>(own, to, 4);
  return true;
}

/** Puts one site in the place and class of another. */
export function replace(side: usize, before: u32, after: u32): void {
  const places = <usize>load<u32>(side, SIDE_PLACES);
  const old = load<u64>(places + (indexOf(before) << 3));
  store<u64>(places + (indexOf(after) << 3), old);
  store<u32>(<usize>load<u32>(side, SIDE_ORDER) + ((<usize>(<u32>old)) << 2), after);
}

/** Sorts a list anew, sites of one class staying in their order; its first class is chosen anew or stays. */
export function sort(side: usize, scale: f64, choose: bool): void {
  const count = load<u32>(side, SIDE_COUNT);
  const order = <usize>load<u32>(side, SIDE_ORDER);
  const begin = <usize>load<u32>(side, SIDE_BEGIN);
  const places = <usize>load<u32>(side, SIDE_PLACES);
  const sorted = <usize>load<u32>(REGION, SORTED);
  const end = order + ((<usize>count) << 2);
  if (choose) {
    let least: f64 = Infinity;
    for (let at = order; at < end; at += 4)
      least = Math.min(least, absoluteClass(side, indexOf(load<u32>(at)), scale));
    store<f64>(side, least - CLASS_MARGIN);
  }
  const origin = load<f64>(side);
  memory.fill(begin, 0, (CLASSES + 1) << 2);
  for (let at = order; at < end; at += 4) {
    const index = indexOf(load<u32>(at));
    const c = <u32>Math.min(absoluteClass(side, index, scale) - origin, CLASSES - 1);
    store<u32>(places + (index << 3), c, 4);
    const next = begin + ((<usize>c) << 2);
    store<u32>(next, load<u32>(next, 4) + 1, 4);
  }
  for (let c: usize = 0; c < <usize>CLASSES; c++) {
    const next = begin + (c << 2);
    store<u32>(next, load<u32>(next) + load<u32>(next, 4), 4);
  }
  memory.copy(sorted, order, (<usize>count) << 2);
  // Each class begins where it should; every site that is put moves its beginning up, and all are moved back at the end.
  for (let at = sorted; at < sorted + ((<usize>count) << 2); at += 4) {
    const site = load<u32>(at);
    const own = places + (indexOf(site) << 3);
    const next = begin + ((<usize>load<u32>(own, 4)) << 2);
    const place = load<u32>(next);
    store<u32>(next, place + 1);
    put(order, places, site, place);
  }
  memory.copy(begin + 4, begin, CLASSES << 2);
  store<u32>(begin, 0);
}

function clampClass(c: f64): usize {
  return <usize>Math.max(0, Math.min(CLASSES, c));
}

/** Sums the bounds of all pairs of a channel by the classes of their sites. */
export function sumFar(channel: usize): void {
  const few = <usize>load<u32>(channel, CHANNEL_FEW);
  const many = <usize>load<u32>(channel, CHANNEL_MANY);
  const order = <usize>load<u32>(few, SIDE_ORDER);
  const places = <usize>load<u32>(few, SIDE_PLACES);
  const beginFew = <usize>load<u32>(few, SIDE_BEGIN);
  const beginMany = <usize>load<u32>(many, SIDE_BEGIN);
  const countFew = load<u32>(few, SIDE_COUNT);
  const countMany = load<u32>(many, SIDE_COUNT);
  const bounds = <usize>load<u32>(REGION, FAR);
  const origin = load<f64>(few) + load<f64>(many);
  let sums = <usize>load<u32>(channel, CHANNEL_SUMS);
  let total: f64 = 0;
  for (let at: u32 = 0; at < countFew; ) {
    const j = <usize>load<u32>(places + (indexOf(load<u32>(order + ((<usize>at) << 2))) << 3), 4);
    const offset = origin + <f64>j;
    const first = clampClass(1 - offset);
    const end = clampClass(FAR_BOUNDS - offset);
    let i = beginMany + (first << 2);
    const last = beginMany + (end << 2);
    let sum = <f64>load<u32>(i) * load<f64>(bounds);
    if (i < last) {
      // The bound of class i is that of the sum of both classes.
      let bound = bounds + ((<usize>(<f64>first + offset)) << 3);
      let two = f64x2.splat(0);
      for (; i + 4 < last; i += 8) {
        const counts = i32x4.sub(v128.load64_zero(i, 4), v128.load64_zero(i));
        two = f64x2.add(two, f64x2.mul(f64x2.convert_low_i32x4_u(counts), v128.load(bound)));
        bound += 16;
      }
      sum += f64x2.extract_lane(two, 0) + f64x2.extract_lane(two, 1);
      if (i < last) sum += <f64>(load<u32>(i, 4) - load<u32>(i)) * load<f64>(bound);
    }
    sum += <f64>(countMany - load<u32>(last)) * load<f64>(bounds, FAR_BOUNDS << 3);
    const next = load<u32>(beginFew + (j << 2), 4);
    total += <f64>(next - at) * sum;
    store<f64>(sums, sum);
    sums += 8;
    at = next;
  }
  store<f64>(channel, total, CHANNEL_FAR);
}

/** The pair that was drawn last, and its bound. */
export let drawnFew: u32 = 0;
export let drawnMany: u32 = 0;
export let drawnBound: f64 = 0;

/** Finds the pair in whose share a whole number below the total falls. */
export function findFar(channel: usize, drawn: f64): void {
  const few = <usize>load<u32>(channel, CHANNEL_FEW);
  const many = <usize>load<u32>(channel, CHANNEL_MANY);
  const order = <usize>load<u32>(few, SIDE_ORDER);
  const places = <usize>load<u32>(few, SIDE_PLACES);
  const beginFew = <usize>load<u32>(few, SIDE_BEGIN);
  let sums = <usize>load<u32>(channel, CHANNEL_SUMS);
  let rest = drawn;
  let at: u32 = 0;
  let j: usize = 0;
  let sum: f64 = 0;
  for (;;) {
    j = <usize>load<u32>(places + (indexOf(load<u32>(order + ((<usize>at) << 2))) << 3), 4);
    sum = load<f64>(sums);
    const next = load<u32>(beginFew + (j << 2), 4);
    const part = <f64>(next - at) * sum;
    if (rest < part) break;
    rest -= part;
    sums += 8;
    at = next;
  }
  const place = Math.floor(rest / sum);
  drawnFew = load<u32>(order + ((<usize>(at + <u32>place)) << 2));
  rest -= place * sum;

  const orderMany = <usize>load<u32>(many, SIDE_ORDER);
  const beginMany = <usize>load<u32>(many, SIDE_BEGIN);
  const bounds = <usize>load<u32>(REGION, FAR);
  const offset = load<f64>(few) + load<f64>(many) + <f64>j;
  const last = beginMany + (clampClass(FAR_BOUNDS - offset) << 2);
  const first = clampClass(1 - offset);
  let i = beginMany + (first << 2);
  let bound = load<f64>(bounds);
  const surest = <f64>load<u32>(i) * bound;
  let start: u32 = 0;
  if (rest >= surest) {
    rest -= surest;
    let table = i < last ? bounds + ((<usize>(<f64>first + offset)) << 3) : bounds;
    for (; i < last; i += 4) {
      const part = <f64>(load<u32>(i, 4) - load<u32>(i)) * load<f64>(table);
      if (rest < part) break;
      rest -= part;
      table += 8;
    }
    bound = i < last ? load<f64>(table) : load<f64>(bounds, FAR_BOUNDS << 3);
    start = load<u32>(i);
  }
  drawnMany = load<u32>(orderMany + ((<usize>(start + <u32>Math.floor(rest / bound))) << 2));
  drawnBound = bound;
}
