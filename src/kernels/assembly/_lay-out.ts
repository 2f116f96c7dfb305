// The lists, trees and sums of the rejection-free engine as a whole.
import {
  CHANNEL_BYTES,
  CHANNEL_COUNT,
  CHANNEL_FAR,
  CHANNEL_FEW,
  CHANNEL_NEAR,
  CHANNEL_TREE,
  CHANNELS,
  CLASS_BETA,
  GROUP_OF,
  IN_VAIN,
  LEVELS,
  RATE,
  SIDE_BYTES,
  SIDE_COUNT,
  SIDE_ORDER,
  SIDE_ROWS,
  SIDES,
  SIDES_OF,
  STALE,
  WAIT,
} from "../nfold-block";
import { CLASS_WIDTH } from "../nfold-scheme";
import { OCCUPATION, SITE_BITS, SPECIES } from "../swap-block";
import { indexOf, sort, sumFar } from "./_classes";
import { prepareCorrections, weigh } from "./_near";
import { REGION } from "./_region";

/** Sides of a site: address of their number, behind which is that of the list of their addresses. */
export function sidesOf(group: u32, species: u32): usize {
  return <usize>load<u32>(REGION, SIDES_OF) + ((<usize>(group * load<u32>(SPECIES) + species)) << 3);
}

export function groupOf(sublattice: u32): u32 {
  return load<u32>(<usize>load<u32>(REGION, GROUP_OF) + ((<usize>sublattice) << 2));
}

/** Weighs the near pairs of a site in all channels on whose side with few it is. */
export function weighAll(site: u32, beta: f64): void {
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
export function layOut(beta: f64): void {
  const other = beta != load<f64>(REGION, CLASS_BETA);
  store<f64>(REGION, beta, CLASS_BETA);
  store<f64>(REGION, 0, IN_VAIN);
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
    sort(side, beta / CLASS_WIDTH, choose);
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
export function takeOver(): void {
  store<u32>(REGION, 0, STALE);
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
export function sum(): void {
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
