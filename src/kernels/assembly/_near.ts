// Pairs of sites that share clusters: their bounds, kept by site of the side with few as sums of sums.
import {
  CELL_OF,
  CHANNEL_BYTES,
  CHANNEL_CORRECTIONS,
  CHANNEL_COUNT,
  CHANNEL_FEW,
  CHANNEL_GROUP,
  CHANNEL_NEAR,
  CHANNEL_TREE,
  CHANNELS,
  GROUP_NEIGHBOURS,
  GROUP_OF,
  LEVELS,
  MOST_NEIGHBOURS,
  NEAR,
  NEIGHBOUR_BYTES,
  NEIGHBOUR_SUBLATTICE,
  NEIGHBOUR_SUM,
  SIDE_FROM,
  SIDE_TO,
} from "../nfold-block";
import { FAN_OUT, NEAR_BOUNDS, NEAR_WIDTH } from "../nfold-scheme";
import {
  FIELDS,
  HOME,
  HOME_COUNT,
  HOMES,
  LIVE_A,
  OCCUPATION,
  OWN_BYTES,
  OWN_RECORDS,
  SITE_BITS,
  SPECIES,
  SUBLATTICE_BYTES,
  SUBLATTICE_COUNT,
  SUBLATTICE_MANY,
  SUBLATTICE_NEIGHBOURS,
  SUBLATTICE_RECORDS,
  SUMS,
} from "../swap-block";
import { valueAt } from "./_classes";
import { REGION } from "./_region";
import { addPairEnergies, lookAround } from "./_surroundings";

/** Number of a site in trees: the order of sublattices and cells of the supercell. */
function leafOf(site: u32): usize {
  const bits = load<u32>(SITE_BITS);
  const cell = <usize>load<u32>(<usize>load<u32>(REGION, CELL_OF) + ((<usize>(site >> bits)) << 2));
  return <usize>(site & ((1 << bits) - 1)) * <usize>load<u32>(HOME_COUNT) + cell;
}

/** Sets the sum of a site. */
function setLeaf(channel: usize, site: u32, value: f64): void {
  const tree = <usize>load<u32>(channel, CHANNEL_TREE);
  let levels = <usize>load<u32>(REGION, LEVELS);
  let leaf = leafOf(site);
  const change = value - load<f64>(tree + (leaf << 3));
  if (change == 0) return;
  store<f64>(channel, load<f64>(channel, CHANNEL_NEAR) + change, CHANNEL_NEAR);
  const last = levels + ((<usize>load<u32>(levels)) << 2);
  while (levels < last) {
    levels += 4;
    const at = tree + <usize>load<u32>(levels) + (leaf << 3);
    store<f64>(at, load<f64>(at) + change);
    leaf /= FAN_OUT;
  }
}

/** What findLeaf found: the site, and how far into its share. */
export let foundSite: u32 = 0;
export let foundRest: f64 = 0;

/** Finds the site in whose share a whole number below the sum of all falls. */
export function findLeaf(channel: usize, drawn: f64): void {
  const tree = <usize>load<u32>(channel, CHANNEL_TREE);
  const levels = <usize>load<u32>(REGION, LEVELS);
  let index: usize = 0;
  let rest = drawn;
  for (let level = levels + ((<usize>load<u32>(levels)) << 2); level > levels; level -= 4) {
    index *= FAN_OUT;
    const from = tree + <usize>load<u32>(level);
    for (let size = load<f64>(from + (index << 3)); rest >= size; size = load<f64>(from + (index << 3))) {
      rest -= size;
      index++;
    }
  }
  const cells = <usize>load<u32>(HOME_COUNT);
  const sublattice = index / cells;
  const cell = load<u32>(<usize>load<u32>(HOMES) + ((index - sublattice * cells) << 2));
  foundSite = (cell << load<u32>(SITE_BITS)) | <u32>sublattice;
  foundRest = rest;
}

/**
 * Sums for every neighbour and species how much more the clusters through both cost when the site holds `to` than when it
 * holds `from`.
 */
function sumDifferences(sublattice: usize, site: usize, from: u32, to: u32): void {
  const kinds = <usize>load<u32>(SPECIES) - 1;
  const record = <usize>load<u32>(SUBLATTICE_RECORDS) + sublattice * SUBLATTICE_BYTES;
  const own = <usize>load<u32>(OWN_RECORDS) + (sublattice * kinds - 1) * OWN_BYTES;
  const live = <usize>load<u32>(REGION, LIVE_A);
  if (load<u32>(record, SUBLATTICE_MANY) != 0) lookAround(record, site, live);
  const count = <usize>load<u32>(record, SUBLATTICE_NEIGHBOURS);
  memory.fill(<usize>load<u32>(REGION, SUMS), 0, (count * kinds) << 3);
  if (to != 0) addPairEnergies(record, own + <usize>to * OWN_BYTES, live, 1);
  if (from != 0) addPairEnergies(record, own + <usize>from * OWN_BYTES, live, -1);
}

/**
 * With D(y) as above for a neighbour that holds y, both sites looked at with the other one as it is: exchanging them
 * changes the energy by the sum of both changes, plus D(from) - D(to).
 */
function storeCorrections(sublattice: usize, from: u32, to: u32, out: usize): void {
  const entry = <usize>load<u32>(REGION, GROUP_NEIGHBOURS) + (sublattice << 3);
  const sums = <usize>load<u32>(REGION, SUMS) - 8;
  let neighbour = <usize>load<u32>(entry);
  const end = neighbour + <usize>load<u32>(entry, 4) * NEIGHBOUR_BYTES;
  for (; neighbour < end; neighbour += NEIGHBOUR_BYTES) {
    const sum = sums + <usize>load<u32>(neighbour, NEIGHBOUR_SUM);
    let correction: f64 = 0;
    if (from != 0) correction += load<f64>(sum + ((<usize>from) << 3));
    if (to != 0) correction -= load<f64>(sum + ((<usize>to) << 3));
    store<f64>(out, correction);
    out += 8;
  }
}

/** Fills the corrections of sublattices that are in no larger clusters, where they are always the same. */
export function prepareCorrections(): void {
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const row = (<usize>load<u32>(REGION, MOST_NEIGHBOURS)) << 3;
  const groups = <usize>load<u32>(REGION, GROUP_OF);
  let channel = <usize>load<u32>(REGION, CHANNELS);
  for (let k = load<u32>(REGION, CHANNEL_COUNT); k > 0; k--) {
    const few = <usize>load<u32>(channel, CHANNEL_FEW);
    const from = load<u32>(few, SIDE_FROM);
    const to = load<u32>(few, SIDE_TO);
    for (let s: usize = 0; s < width; s++) {
      const record = <usize>load<u32>(SUBLATTICE_RECORDS) + s * SUBLATTICE_BYTES;
      if (load<u32>(groups + (s << 2)) != load<u32>(channel, CHANNEL_GROUP)) continue;
      if (load<u32>(record, SUBLATTICE_MANY) != 0) continue;
      sumDifferences(s, 0, from, to);
      storeCorrections(s, from, to, <usize>load<u32>(channel, CHANNEL_CORRECTIONS) + s * row);
    }
    channel += CHANNEL_BYTES;
  }
}

/** No site. */
export const NONE: u32 = 0xffffffff;

/** The pair at which scan stopped. */
export let nearSite: u32 = 0;
export let nearChange: f64 = 0;
export let nearBound: f64 = 0;

/**
 * Sums the bounds of a site of the side with few and its neighbours on the other side, up to the one in whose share `drawn`
 * falls or which is `wanted`; of all where neither comes.
 */
export function scan(channel: usize, site: u32, beta: f64, drawn: f64, wanted: u32): f64 {
  const few = <usize>load<u32>(channel, CHANNEL_FEW);
  const from = load<u32>(few, SIDE_FROM);
  const to = load<u32>(few, SIDE_TO);
  const bits = load<u32>(SITE_BITS);
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const cell = <usize>(site >> bits);
  const sublattice = <usize>(site & ((1 << bits) - 1));
  const index = cell * width + sublattice;
  const occupation = <usize>load<u32>(REGION, OCCUPATION);
  const record = <usize>load<u32>(SUBLATTICE_RECORDS) + sublattice * SUBLATTICE_BYTES;
  let correction =
    <usize>load<u32>(channel, CHANNEL_CORRECTIONS) +
    ((sublattice * <usize>load<u32>(REGION, MOST_NEIGHBOURS)) << 3);
  if (load<u32>(record, SUBLATTICE_MANY) != 0) {
    sumDifferences(sublattice, occupation + index, from, to);
    storeCorrections(sublattice, from, to, correction);
  }
  const value = valueAt(index, from, to);
  const bounds = <usize>load<u32>(REGION, NEAR);
  const home = <usize>load<u32>(HOME) + (cell << 2);
  const entry = <usize>load<u32>(REGION, GROUP_NEIGHBOURS) + (sublattice << 3);
  let neighbour = <usize>load<u32>(entry);
  const end = neighbour + <usize>load<u32>(entry, 4) * NEIGHBOUR_BYTES;
  let sum: f64 = 0;
  for (; neighbour < end; neighbour += NEIGHBOUR_BYTES) {
    const otherCell = load<u32>(home + <usize>(load<i32>(neighbour) << 2));
    const otherSublattice = load<u32>(neighbour, NEIGHBOUR_SUBLATTICE);
    const other = <usize>otherCell * width + <usize>otherSublattice;
    if (<u32>load<u8>(occupation + other) == to) {
      const change = value + valueAt(other, to, from) + load<f64>(correction);
      let n: usize = 0;
      if (change > 0) n = <usize>Math.min(Math.floor((beta * change) / NEAR_WIDTH), NEAR_BOUNDS);
      const bound = load<f64>(bounds + (n << 3));
      const packed = (otherCell << bits) | otherSublattice;
      sum += bound;
      if (drawn < sum || packed == wanted) {
        nearSite = packed;
        nearChange = change;
        nearBound = bound;
        return sum;
      }
    }
    correction += 8;
  }
  return sum;
}

/** Finds the sum of a site anew; 0 where it is not on the channel's side with few. */
export function weigh(channel: usize, site: u32, beta: f64, member: bool): void {
  setLeaf(channel, site, member ? scan(channel, site, beta, Infinity, NONE) : 0);
}
