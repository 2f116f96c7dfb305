// What an accepted swap changes for the rejection-free engine.
import {
  CHANNEL_A,
  CHANNEL_ACCEPTED,
  CHANNEL_BYTES,
  CHANNEL_COUNT,
  CHANNEL_GROUP,
  CHANNELS,
  FEW_OF,
  GROUP_NEIGHBOURS,
  NEIGHBOUR_BYTES,
  NEIGHBOUR_SUBLATTICE,
  ROWS,
  SIDE_FROM,
  SIDE_TO,
  STAMP,
  STAMPS,
  STAY,
} from "../nfold-block";
import { CLASS_WIDTH } from "../nfold-scheme";
import {
  BIN_ORIGIN,
  BIN_SQUARES,
  BIN_SUM,
  COUNTS,
  ENERGY,
  HOME,
  OCCUPATION,
  OCCUPATION_BYTES,
  SITE_BITS,
  SPECIES,
  SUBLATTICE_BYTES,
  SUBLATTICE_COUNT,
  SUBLATTICE_NEIGHBOURS,
  SUBLATTICE_RECORDS,
  SUBLATTICE_STEPS,
} from "../swap-block";
import { note, noteLowest, place, spread } from "./_accept";
import { classify, replace } from "./_classes";
import { groupOf, layOut, sidesOf, sum, weighAll } from "./_lay-out";
import { weigh } from "./_near";
import { REGION } from "./_region";

/** Whether a site is below the classes of its list. */
let below: bool = false;

function replaceAll(sides: usize, before: u32, after: u32): void {
  let at = <usize>load<u32>(sides, 4);
  const end = at + ((<usize>load<u32>(sides)) << 2);
  for (; at < end; at += 4) replace(<usize>load<u32>(at), before, after);
}

/** Carries out an exchange of a site of the channel's first species and one of the second. */
export function accept(channel: usize, siteA: u32, siteB: u32, change: f64, beta: f64, step: f64): void {
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
  const scale = beta / CLASS_WIDTH;
  rows = changed(siteA, rows, scale);
  rows = changed(siteB, rows, scale);
  rows = changedAround(siteA, rows, scale);
  rows = changedAround(siteB, rows, scale);
  if (below) layOut(beta);
  below = false;
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
function changed(site: u32, rows: usize, scale: f64): usize {
  const bits = load<u32>(SITE_BITS);
  const cell = <usize>(site >> bits);
  const sublattice = site & ((1 << bits) - 1);
  const group = groupOf(sublattice);
  if (group == <u32>-1) return rows;
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const occupation = <usize>load<u32>(REGION, OCCUPATION);
  const index = cell * width + <usize>sublattice;
  const species = <u32>load<u8>(occupation + index);
  const sides = sidesOf(group, species);
  let at = <usize>load<u32>(sides, 4);
  const end = at + ((<usize>load<u32>(sides)) << 2);
  for (; at < end; at += 4) if (!classify(<usize>load<u32>(at), site, index, scale)) below = true;

  const few = <u64>load<u64>(<usize>load<u32>(REGION, FEW_OF) + ((<usize>group) << 3));
  const stamps = <usize>load<u32>(REGION, STAMPS);
  const now = load<u32>(REGION, STAMP);
  if (((few >> species) & 1) != 0 && load<u32>(stamps + (index << 2)) != now) {
    store<u32>(stamps + (index << 2), now);
    store<u32>(rows, site);
    rows += 4;
  }
  const home = <usize>load<u32>(HOME) + (cell << 2);
  const entry = <usize>load<u32>(REGION, GROUP_NEIGHBOURS) + ((<usize>sublattice) << 3);
  let neighbour = <usize>load<u32>(entry);
  const last = neighbour + <usize>load<u32>(entry, 4) * NEIGHBOUR_BYTES;
  for (; neighbour < last; neighbour += NEIGHBOUR_BYTES) {
    const otherCell = load<u32>(home + <usize>(load<i32>(neighbour) << 2));
    const otherSublattice = load<u32>(neighbour, NEIGHBOUR_SUBLATTICE);
    const other = <usize>otherCell * width + <usize>otherSublattice;
    if (((few >> <u64>load<u8>(occupation + other)) & 1) == 0) continue;
    if (load<u32>(stamps + (other << 2)) == now) continue;
    store<u32>(stamps + (other << 2), now);
    store<u32>(rows, (otherCell << bits) | otherSublattice);
    rows += 4;
  }
  return rows;
}

function changedAround(site: u32, rows: usize, scale: f64): usize {
  const bits = load<u32>(SITE_BITS);
  const record = <usize>load<u32>(SUBLATTICE_RECORDS) + <usize>(site & ((1 << bits) - 1)) * SUBLATTICE_BYTES;
  const home = <usize>load<u32>(HOME) + ((<usize>(site >> bits)) << 2);
  let steps = <usize>load<u32>(record, SUBLATTICE_STEPS);
  for (let k = load<u32>(record, SUBLATTICE_NEIGHBOURS); k > 0; k--) {
    const cell = load<u32>(home + <usize>(load<i32>(steps) << 2));
    rows = changed((cell << bits) | load<u32>(steps, 4), rows, scale);
    steps += 8;
  }
  return rows;
}
