// Rejection-free swaps: the steps of mc/nfold-plain.ts, which says why they are those of the Metropolis chain.
import {
  CHANNEL_A,
  CHANNEL_ACCEPTED,
  CHANNEL_BYTES,
  CHANNEL_COUNT,
  CHANNEL_FAR,
  CHANNEL_FEW,
  CHANNEL_GROUP,
  CHANNEL_NEAR,
  CHANNEL_TREE,
  CHANNEL_WEIGHT,
  CHANNELS,
  CLASS_BETA,
  GROUP_NEIGHBOURS,
  GROUP_OF,
  IN_VAIN,
  LEVELS,
  NEIGHBOUR_BYTES,
  NEIGHBOUR_SUBLATTICE,
  ONE,
  PATIENCE,
  RATE,
  ROWS,
  SIDE_BYTES,
  SIDE_COUNT,
  SIDE_FROM,
  SIDE_ORDER,
  SIDE_ROWS,
  SIDE_TO,
  SIDES,
  SIDES_OF,
  STALE,
  STAMP,
  STAMPS,
  STAY,
  WAIT,
  WEIGHT,
} from "../nfold-block";
import { PLAIN_RATE } from "../nfold-scheme";
import {
  BETA,
  BIN_ORIGIN,
  BIN_SQUARES,
  BIN_SUM,
  CLASS,
  CLASS_NEIGHBOUR,
  CODE,
  COUNTS,
  ENERGY,
  HOME,
  OCCUPATION,
  OCCUPATION_BYTES,
  SITE_BITS,
  SPECIES,
  STEP,
  SUBLATTICE_BYTES,
  SUBLATTICE_COUNT,
  SUBLATTICE_NEIGHBOURS,
  SUBLATTICE_RECORDS,
  SUBLATTICE_STEPS,
} from "../swap-block";
import { buildFields, keepLowest, note, noteLowest, place, spread } from "./_accept";
import {
  classify,
  drawnBound,
  drawnFew,
  drawnMany,
  findFar,
  indexOf,
  replace,
  sort,
  sumFar,
  valueAt,
} from "./_classes";
import { drawFloat, drawIndex, drawWord } from "./_draw";
import { waitingSteps } from "./_logarithm";
import {
  findLeaf,
  foundRest,
  foundSite,
  NONE,
  nearBound,
  nearChange,
  nearSite,
  prepareCorrections,
  scan,
  weigh,
} from "./_near";
import { expNonPositive, seek } from "./_random";
import { REGION } from "./_region";

export { buildFields, keepLowest, seek };

let below: bool = false;

/** Does a number of steps. The table of fields must be that of the occupation. */
export function runField(steps: i32): void {
  const beta = load<f64>(REGION, BETA);
  if (load<u32>(REGION, STALE) != 0) takeOver();
  if (beta != load<f64>(REGION, CLASS_BETA)) layOut(beta);
  let step = load<f64>(REGION, STEP);
  const last = step + <f64>steps;
  while (step < last) {
    let wait = load<f64>(REGION, WAIT);
    if (wait == 0) {
      const rate = load<f64>(REGION, RATE);
      if (rate >= PLAIN_RATE) {
        step += 1;
        plainStep(beta, step);
        continue;
      }
      wait = waitingSteps(rate, drawFloat());
    }
    const passed = Math.min(wait, last - step);
    step += passed;
    wait -= passed;
    store<f64>(REGION, wait, WAIT);
    if (wait > 0) {
      stayFor(passed);
      break;
    }
    // The last of these steps is the candidate's.
    stayFor(passed - 1);
    candidate(beta, step);
  }
  store<f64>(REGION, last, STEP);
}

function stayFor(steps: f64): void {
  store<f64>(REGION, load<f64>(REGION, STAY) + steps, STAY);
}

/** A step of the Metropolis chain as it is. */
function plainStep(beta: f64, step: f64): void {
  let channel = <usize>load<u32>(REGION, CHANNELS);
  if (load<u32>(REGION, CHANNEL_COUNT) > 1) {
    let pick = drawIndex(load<u32>(REGION, WEIGHT));
    for (
      let weight = load<u32>(channel, CHANNEL_WEIGHT);
      pick >= weight;
      weight = load<u32>(channel, CHANNEL_WEIGHT)
    ) {
      pick -= weight;
      channel += CHANNEL_BYTES;
    }
  }
  const sideA = <usize>load<u32>(channel, CHANNEL_A);
  const sideB = sideA + SIDE_BYTES;
  const siteA = pickOf(sideA);
  const siteB = pickOf(sideB);
  const change = changeOf(channel, siteA, siteB, beta);
  if (change <= 0 || drawFloat() < expNonPositive(-beta * change))
    accept(channel, siteA, siteB, change, beta, step);
  else stayFor(1);
}

function pickOf(side: usize): u32 {
  const place = <usize>drawIndex(load<u32>(side, SIDE_COUNT));
  return load<u32>(<usize>load<u32>(side, SIDE_ORDER) + (place << 2));
}

/** Whether two sites share a cluster. */
function isNear(a: u32, b: u32): bool {
  const bits = load<u32>(SITE_BITS);
  const mask = (1 << bits) - 1;
  const codes = <usize>load<u32>(CODE);
  const difference =
    load<i32>(codes + ((<usize>(b >> bits)) << 2)) - load<i32>(codes + ((<usize>(a >> bits)) << 2));
  const near = load<u16>(<usize>load<u32>(CLASS) + <usize>(difference << 1));
  if (near == 0) return false;
  const width = load<u32>(SUBLATTICE_COUNT);
  const row = <usize>((<u32>near * width + (a & mask)) * width + (b & mask));
  return load<u16>(<usize>load<u32>(CLASS_NEIGHBOUR) + (row << 1)) != 0;
}

/** Energy of exchanging a site of the first species of a channel and one of the second. */
function changeOf(channel: usize, siteA: u32, siteB: u32, beta: f64): f64 {
  const sideA = <usize>load<u32>(channel, CHANNEL_A);
  const a = load<u32>(sideA, SIDE_FROM);
  const b = load<u32>(sideA, SIDE_TO);
  if (!isNear(siteA, siteB)) return valueAt(indexOf(siteA), a, b) + valueAt(indexOf(siteB), b, a);
  const first = <usize>load<u32>(channel, CHANNEL_FEW) == sideA;
  scan(channel, first ? siteA : siteB, beta, Infinity, first ? siteB : siteA);
  return nearChange;
}

/** Draws a pair in proportion to its bound, and accepts it with its rate over its bound. */
function candidate(beta: f64, step: f64): void {
  const channels = <usize>load<u32>(REGION, CHANNELS);
  const last = channels + (<usize>load<u32>(REGION, CHANNEL_COUNT) - 1) * CHANNEL_BYTES;
  let x = drawFloat() * load<f64>(REGION, RATE);
  let channel = channels;
  let far = true;
  for (;;) {
    const share = load<f64>(channel);
    const farSize = share * load<f64>(channel, CHANNEL_FAR);
    if (x < farSize) break;
    x -= farSize;
    const nearSize = share * load<f64>(channel, CHANNEL_NEAR);
    if (x < nearSize || channel == last) {
      far = nearSize == 0;
      break;
    }
    x -= nearSize;
    channel += CHANNEL_BYTES;
  }
  const few = <usize>load<u32>(channel, CHANNEL_FEW);
  let fewSite: u32 = 0;
  let manySite: u32 = 0;
  let change: f64 = 0;
  let bound: f64 = 0;
  if (far) {
    findFar(channel, drawBelow(load<f64>(channel, CHANNEL_FAR)));
    fewSite = drawnFew;
    manySite = drawnMany;
    bound = drawnBound;
    if (!isNear(fewSite, manySite)) {
      const from = load<u32>(few, SIDE_FROM);
      const to = load<u32>(few, SIDE_TO);
      change = valueAt(indexOf(fewSite), from, to) + valueAt(indexOf(manySite), to, from);
    } else bound = 0;
  } else {
    findLeaf(channel, drawBelow(load<f64>(channel, CHANNEL_NEAR)));
    fewSite = foundSite;
    scan(channel, fewSite, beta, foundRest, NONE);
    manySite = nearSite;
    change = nearChange;
    bound = nearBound;
  }
  if (
    bound != 0 &&
    (change <= 0 || drawFloat() * bound < expNonPositive(-beta * change) * load<f64>(REGION, ONE))
  ) {
    const first = few == <usize>load<u32>(channel, CHANNEL_A);
    accept(channel, first ? fewSite : manySite, first ? manySite : fewSite, change, beta, step);
    return;
  }
  stayFor(1);
  const inVain = load<f64>(REGION, IN_VAIN) + 1;
  store<f64>(REGION, inVain, IN_VAIN);
  if (inVain >= load<f64>(REGION, PATIENCE)) layOut(beta);
}

/** Uniform whole number below n. */
function drawBelow(n: f64): f64 {
  if (n < 4294967296) return <f64>drawIndex(<u32>n);
  const shift = clz<u32>(<u32>Math.floor(n * (1.0 / 4294967296)));
  let drawn: f64 = 0;
  do {
    const high = <f64>(drawWord() >> shift);
    drawn = high * 4294967296 + <f64>drawWord();
  } while (drawn >= n);
  return drawn;
}

/** Sides of a site: address of their number, behind which is that of the list of their addresses. */
function sidesOf(group: u32, species: u32): usize {
  return <usize>load<u32>(REGION, SIDES_OF) + ((<usize>(group * load<u32>(SPECIES) + species)) << 3);
}

function groupOf(sublattice: u32): u32 {
  return load<u32>(<usize>load<u32>(REGION, GROUP_OF) + ((<usize>sublattice) << 2));
}

function replaceAll(sides: usize, before: u32, after: u32): void {
  let at = <usize>load<u32>(sides, 4);
  const end = at + ((<usize>load<u32>(sides)) << 2);
  for (; at < end; at += 4) replace(<usize>load<u32>(at), before, after);
}

function accept(channel: usize, siteA: u32, siteB: u32, change: f64, beta: f64, step: f64): void {
  settle();
  store<f64>(REGION, 1, STAY);
  store<u32>(channel, load<u32>(channel, CHANNEL_ACCEPTED) + 1, CHANNEL_ACCEPTED);
  const sideA = <usize>load<u32>(channel, CHANNEL_A);
  const a = load<u32>(sideA, SIDE_FROM);
  const b = load<u32>(sideA, SIDE_TO);
  const group = load<u32>(channel, CHANNEL_GROUP);
  replaceAll(sidesOf(group, a), siteA, siteB);
  replaceAll(sidesOf(group, b), siteB, siteA);
  put(siteA, a, b);
  put(siteB, b, a);
  const energy = load<f64>(REGION, ENERGY) + change;
  store<f64>(REGION, energy, ENERGY);
  noteLowest(energy, step);

  beginStamp();
  let rows = <usize>load<u32>(REGION, ROWS);
  // The two sites may have been on sides with few, and are not any more.
  let other = <usize>load<u32>(REGION, CHANNELS);
  for (let k = load<u32>(REGION, CHANNEL_COUNT); k > 0; k--) {
    if (load<u32>(other, CHANNEL_GROUP) == group) {
      weigh(other, siteA, beta, false);
      weigh(other, siteB, beta, false);
    }
    other += CHANNEL_BYTES;
  }
  rows = changed(siteA, rows, beta);
  rows = changed(siteB, rows, beta);
  rows = changedAround(siteA, rows, beta);
  rows = changedAround(siteB, rows, beta);
  if (below) layOut(beta);
  for (let row = <usize>load<u32>(REGION, ROWS); row < rows; row += 4) weighAll(load<u32>(row), beta);
  sum();
}

/** Makes all stamps those of earlier swaps. */
function beginStamp(): void {
  let stamp = load<u32>(REGION, STAMP) + 1;
  if (stamp == 0) {
    memory.fill(<usize>load<u32>(REGION, STAMPS), 0, (<usize>load<u32>(OCCUPATION_BYTES)) << 2);
    stamp = 1;
  }
  store<u32>(REGION, stamp, STAMP);
}

/** Adds the steps at the present energy to the sums of the bin. */
function settle(): void {
  const stay = load<f64>(REGION, STAY);
  const difference = load<f64>(REGION, ENERGY) - load<f64>(REGION, BIN_ORIGIN);
  store<f64>(REGION, load<f64>(REGION, BIN_SUM) + stay * difference, BIN_SUM);
  store<f64>(REGION, load<f64>(REGION, BIN_SQUARES) + stay * (difference * difference), BIN_SQUARES);
}

/** Puts another species on a site. */
function put(site: u32, before: u32, after: u32): void {
  const bits = load<u32>(SITE_BITS);
  const cell = <usize>(site >> bits);
  const sublattice = <usize>(site & ((1 << bits) - 1));
  spread(cell, sublattice, before, after);
  note(site, before);
  place(cell, sublattice, after);
  const counts = <usize>load<u32>(REGION, COUNTS) + ((sublattice * <usize>load<u32>(SPECIES)) << 2);
  const lost = counts + ((<usize>before) << 2);
  const gained = counts + ((<usize>after) << 2);
  store<u32>(lost, load<u32>(lost) - 1);
  store<u32>(gained, load<u32>(gained) + 1);
}

/** Brings a site to its classes, and lists those whose near pairs it is in; returns the end of the list. */
function changed(site: u32, rows: usize, beta: f64): usize {
  const bits = load<u32>(SITE_BITS);
  const cell = <usize>(site >> bits);
  const sublattice = site & ((1 << bits) - 1);
  const group = groupOf(sublattice);
  if (group == <u32>-1) return rows;
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const occupation = <usize>load<u32>(REGION, OCCUPATION);
  const index = cell * width + <usize>sublattice;
  const sides = sidesOf(group, load<u8>(occupation + index));
  let at = <usize>load<u32>(sides, 4);
  const end = at + ((<usize>load<u32>(sides)) << 2);
  for (; at < end; at += 4) if (!classify(<usize>load<u32>(at), site, index, beta)) below = true;
  rows = listRow(site, index, group, rows);
  const home = <usize>load<u32>(HOME) + (cell << 2);
  const entry = <usize>load<u32>(REGION, GROUP_NEIGHBOURS) + ((<usize>sublattice) << 3);
  let neighbour = <usize>load<u32>(entry);
  const last = neighbour + <usize>load<u32>(entry, 4) * NEIGHBOUR_BYTES;
  for (; neighbour < last; neighbour += NEIGHBOUR_BYTES) {
    const otherCell = load<u32>(home + <usize>(load<i32>(neighbour) << 2));
    const otherSublattice = load<u32>(neighbour, NEIGHBOUR_SUBLATTICE);
    const other = <usize>otherCell * width + <usize>otherSublattice;
    rows = listRow((otherCell << bits) | otherSublattice, other, group, rows);
  }
  return rows;
}

function changedAround(site: u32, rows: usize, beta: f64): usize {
  const bits = load<u32>(SITE_BITS);
  const record = <usize>load<u32>(SUBLATTICE_RECORDS) + <usize>(site & ((1 << bits) - 1)) * SUBLATTICE_BYTES;
  const home = <usize>load<u32>(HOME) + ((<usize>(site >> bits)) << 2);
  let steps = <usize>load<u32>(record, SUBLATTICE_STEPS);
  for (let k = load<u32>(record, SUBLATTICE_NEIGHBOURS); k > 0; k--) {
    const cell = load<u32>(home + <usize>(load<i32>(steps) << 2));
    rows = changed((cell << bits) | load<u32>(steps, 4), rows, beta);
    steps += 8;
  }
  return rows;
}

/** Lists a site once if near pairs are kept with it. */
function listRow(site: u32, index: usize, group: u32, rows: usize): usize {
  const stamp = <usize>load<u32>(REGION, STAMPS) + (index << 2);
  const now = load<u32>(REGION, STAMP);
  if (load<u32>(stamp) == now) return rows;
  store<u32>(stamp, now);
  const sides = sidesOf(group, load<u8>(<usize>load<u32>(REGION, OCCUPATION) + index));
  let at = <usize>load<u32>(sides, 4);
  const end = at + ((<usize>load<u32>(sides)) << 2);
  for (; at < end; at += 4)
    if (load<u32>(<usize>load<u32>(at), SIDE_ROWS) != 0) {
      store<u32>(rows, site);
      return rows + 4;
    }
  return rows;
}

/** Weighs the near pairs of a site in all channels on whose side with few it is. */
function weighAll(site: u32, beta: f64): void {
  const bits = load<u32>(SITE_BITS);
  const group = groupOf(site & ((1 << bits) - 1));
  const sides = sidesOf(group, load<u8>(<usize>load<u32>(REGION, OCCUPATION) + indexOf(site)));
  let at = <usize>load<u32>(sides, 4);
  const end = at + ((<usize>load<u32>(sides)) << 2);
  for (; at < end; at += 4) {
    const channel = <usize>load<u32>(<usize>load<u32>(at), SIDE_ROWS);
    if (channel != 0) weigh(channel, site, beta, true);
  }
}

/** Sorts all lists anew, each from its present lowest energy on. */
function layOut(beta: f64): void {
  const other = beta != load<f64>(REGION, CLASS_BETA);
  store<f64>(REGION, beta, CLASS_BETA);
  store<f64>(REGION, 0, IN_VAIN);
  below = false;
  sortAll(beta, true);
  if (other) {
    store<f64>(REGION, 0, WAIT);
    weighRows(beta);
  }
  sum();
}

function sortAll(beta: f64, choose: bool): void {
  let side = <usize>load<u32>(REGION, SIDES);
  for (let k = 2 * load<u32>(REGION, CHANNEL_COUNT); k > 0; k--) {
    sort(side, beta, choose);
    side += SIDE_BYTES;
  }
}

function weighRows(beta: f64): void {
  let channel = <usize>load<u32>(REGION, CHANNELS);
  for (let k = load<u32>(REGION, CHANNEL_COUNT); k > 0; k--) {
    const few = <usize>load<u32>(channel, CHANNEL_FEW);
    let at = <usize>load<u32>(few, SIDE_ORDER);
    const end = at + ((<usize>load<u32>(few, SIDE_COUNT)) << 2);
    for (; at < end; at += 4) weigh(channel, load<u32>(at), beta, true);
    channel += CHANNEL_BYTES;
  }
}

/** Finds everything that follows from the occupation, the order of the lists and their first classes. */
function takeOver(): void {
  store<u32>(REGION, 0, STALE);
  below = false;
  prepareCorrections();
  const levels = <usize>load<u32>(REGION, LEVELS);
  const bytes = <usize>load<u32>(levels + ((<usize>load<u32>(levels) + 1) << 2));
  let channel = <usize>load<u32>(REGION, CHANNELS);
  for (let k = load<u32>(REGION, CHANNEL_COUNT); k > 0; k--) {
    memory.fill(<usize>load<u32>(channel, CHANNEL_TREE), 0, bytes);
    store<f64>(channel, 0, CHANNEL_NEAR);
    channel += CHANNEL_BYTES;
  }
  const beta = load<f64>(REGION, CLASS_BETA);
  if (beta == 0) return;
  sortAll(beta, false);
  weighRows(beta);
  sum();
}

/** Sums the bounds of all pairs. */
function sum(): void {
  let rate: f64 = 0;
  let channel = <usize>load<u32>(REGION, CHANNELS);
  for (let k = load<u32>(REGION, CHANNEL_COUNT); k > 0; k--) {
    sumFar(channel);
    const share = load<f64>(channel);
    rate += share * load<f64>(channel, CHANNEL_FAR);
    rate += share * load<f64>(channel, CHANNEL_NEAR);
    channel += CHANNEL_BYTES;
  }
  store<f64>(REGION, rate, RATE);
}
