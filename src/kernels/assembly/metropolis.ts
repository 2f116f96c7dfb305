// Canonical Metropolis steps: the proposals of mc/moves/swap-moves.ts and the loop of mc/engines/metropolis.ts. Every energy of a
// cluster is a multiple of one power of two and sums are exact, so both engines, and the plain code, find the same
// changes to the last bit in whatever order they add.

import {
  BETA,
  BIN_ORIGIN,
  BIN_SQUARES,
  BIN_SUM,
  CHANNEL_A,
  CHANNEL_B,
  CHANNEL_BYTES,
  CHANNEL_COUNT,
  CHANNEL_COUNT_A,
  CHANNEL_COUNT_B,
  CHANNEL_LIST_A,
  CHANNEL_LIST_B,
  CHANNEL_PROPOSED,
  CHANNEL_THRESHOLD_A,
  CHANNEL_THRESHOLD_B,
  CHANNELS,
  CLASS,
  CLASS_NEIGHBOUR,
  CODE,
  ENERGY,
  FIELDS,
  LIVE_A,
  LIVE_B,
  OCCUPATION,
  OWN_BYTES,
  OWN_RECORDS,
  RANDOM_AT,
  RANDOM_BUFFER,
  RANDOM_WORDS,
  SITE_BITS,
  SPECIES,
  STEP,
  SUBLATTICE_BYTES,
  SUBLATTICE_COUNT,
  SUBLATTICE_MANY,
  SUBLATTICE_RECORDS,
  WEIGHT,
  WEIGHT_THRESHOLD,
} from "../swap-block";
import { accept, buildFields, keepLowest, noteLowest } from "./_accept";
import { expNonPositive, ROUND, refill, seek } from "./_random";
import { REGION } from "./_region";
import { energyAt, energyOfPair, lookAround } from "./_surroundings";

export { buildFields, keepLowest, seek };

/** Energies computed from the neighbours at every step. */
export function runDirect(steps: i32): void {
  run<i32>(steps);
}

/** Energies looked up in the table of fields. */
export function runField(steps: i32): void {
  run<f64>(steps);
}

/** Words that a step draws at most, as long as no index is rejected. */
const STEP_WORDS = 5;

function run<Engine>(steps: i32): void {
  const beta = load<f64>(REGION, BETA);
  const origin = load<f64>(REGION, BIN_ORIGIN);
  let sum = load<f64>(REGION, BIN_SUM);
  let squares = load<f64>(REGION, BIN_SQUARES);
  let energy = load<f64>(REGION, ENERGY);
  let deviation = energy - origin;
  let square = deviation * deviation;
  const firstStep = load<f64>(REGION, STEP);
  const channels = <usize>load<u32>(REGION, CHANNELS);
  const lastChannel = channels + (<usize>load<u32>(REGION, CHANNEL_COUNT) - 1) * CHANNEL_BYTES;
  const weight = <u64>load<u32>(REGION, WEIGHT);
  const weightThreshold = load<u32>(REGION, WEIGHT_THRESHOLD);
  const bits = load<u32>(SITE_BITS);
  const siteMask = (1 << bits) - 1;
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const kinds = <usize>load<u32>(SPECIES) - 1;
  const occupation = <usize>load<u32>(REGION, OCCUPATION);
  const codes = <usize>load<u32>(CODE);
  const classes = <usize>load<u32>(CLASS);
  const classNeighbours = <usize>load<u32>(CLASS_NEIGHBOUR);
  const sublattices = <usize>load<u32>(SUBLATTICE_RECORDS);
  const owns = <usize>load<u32>(OWN_RECORDS);
  const fields = <usize>load<u32>(REGION, FIELDS);
  const liveA = <usize>load<u32>(REGION, LIVE_A);
  const liveB = <usize>load<u32>(REGION, LIVE_B);
  let at = <usize>load<u32>(REGION, RANDOM_AT);
  const safe = <usize>load<u32>(REGION, RANDOM_BUFFER) + 4 * (RANDOM_WORDS - STEP_WORDS);
  for (let n = 1; n <= steps; n++) {
    if (at > safe) at = refill(at);
    let channel = channels;
    if (channels != lastChannel) {
      let product = <u64>load<u32>(at) * weight;
      at += 4;
      while (<u32>product < weightThreshold) {
        if (at > safe) at = refill(at);
        product = <u64>load<u32>(at) * weight;
        at += 4;
      }
      const pick = <u32>(product >> 32);
      // Without a branch: which channel comes cannot be foreseen.
      for (let next = channels; next < lastChannel; next += CHANNEL_BYTES)
        channel += pick >= load<u32>(next) ? CHANNEL_BYTES : 0;
    }
    let product = <u64>load<u32>(at) * <u64>load<u32>(channel, CHANNEL_COUNT_A);
    at += 4;
    while (<u32>product < load<u32>(channel, CHANNEL_THRESHOLD_A)) {
      if (at > safe) at = refill(at);
      product = <u64>load<u32>(at) * <u64>load<u32>(channel, CHANNEL_COUNT_A);
      at += 4;
    }
    const listA = <usize>load<u32>(channel, CHANNEL_LIST_A) + ((<usize>(product >> 32)) << 2);
    product = <u64>load<u32>(at) * <u64>load<u32>(channel, CHANNEL_COUNT_B);
    at += 4;
    while (<u32>product < load<u32>(channel, CHANNEL_THRESHOLD_B)) {
      if (at > safe) at = refill(at);
      product = <u64>load<u32>(at) * <u64>load<u32>(channel, CHANNEL_COUNT_B);
      at += 4;
    }
    const listB = <usize>load<u32>(channel, CHANNEL_LIST_B) + ((<usize>(product >> 32)) << 2);
    store<u32>(channel, load<u32>(channel, CHANNEL_PROPOSED) + 1, CHANNEL_PROPOSED);

    const a = <usize>load<u32>(channel, CHANNEL_A);
    const b = <usize>load<u32>(channel, CHANNEL_B);
    const memberA = load<u32>(listA);
    const memberB = load<u32>(listB);
    const cellA = <usize>(memberA >> bits);
    const cellB = <usize>(memberB >> bits);
    const sublatticeA = <usize>(memberA & siteMask);
    const sublatticeB = <usize>(memberB & siteMask);
    const siteA = cellA * width + sublatticeA;
    const siteB = cellB * width + sublatticeB;
    // Of the two species only a can be the background, since channels have a < b.
    let up: f64;
    let down: f64;
    let upToA: f64 = 0;
    let downFromA: f64 = 0;
    if (isFloat<Engine>()) {
      const fieldsA = fields + ((siteA * kinds) << 3) - 8;
      const fieldsB = fields + ((siteB * kinds) << 3) - 8;
      up = load<f64>(fieldsA + (b << 3));
      down = load<f64>(fieldsB + (b << 3));
      if (a != 0) {
        upToA = load<f64>(fieldsB + (a << 3));
        downFromA = load<f64>(fieldsA + (a << 3));
      }
    } else {
      const recordA = sublattices + sublatticeA * SUBLATTICE_BYTES;
      const recordB = sublattices + sublatticeB * SUBLATTICE_BYTES;
      const ownA = owns + (sublatticeA * kinds - 1) * OWN_BYTES;
      const ownB = owns + (sublatticeB * kinds - 1) * OWN_BYTES;
      up = energyAt(recordA, ownA + b * OWN_BYTES, occupation + siteA, liveA);
      down = energyAt(recordB, ownB + b * OWN_BYTES, occupation + siteB, liveB);
      if (a != 0) {
        upToA = energyAt(recordB, ownB + a * OWN_BYTES, occupation + siteB, liveB);
        downFromA = energyAt(recordA, ownA + a * OWN_BYTES, occupation + siteA, liveA);
      }
    }
    const difference = load<i32>(codes + (cellB << 2)) - load<i32>(codes + (cellA << 2));
    const near = <usize>load<u16>(classes + <usize>(difference << 1));
    if (near != 0) {
      const found = <usize>(
        load<u16>(classNeighbours + (((near * width + sublatticeA) * width + sublatticeB) << 1))
      );
      if (found != 0) {
        // Each site was looked at with the other one as it is. With P(x, y) for clusters through both, A holding x:
        // the change is [F_A(b) - P(b,b) + P(b,a)] + [F_B(a) - P(a,a)] - F_A(a) - [F_B(b) - P(a,b)].
        const recordA = sublattices + sublatticeA * SUBLATTICE_BYTES;
        const ownA = owns + (sublatticeA * kinds - 1) * OWN_BYTES;
        const many = <usize>load<u32>(recordA, SUBLATTICE_MANY);
        if (isFloat<Engine>() && found <= many) lookAround(recordA, occupation + siteA, liveA);
        const ownOfB = ownA + b * OWN_BYTES;
        up -= energyOfPair(ownOfB, many, found - 1, b, liveA);
        if (a != 0) {
          const ownOfA = ownA + a * OWN_BYTES;
          up += energyOfPair(ownOfB, many, found - 1, a, liveA);
          upToA -= energyOfPair(ownOfA, many, found - 1, a, liveA);
          down -= energyOfPair(ownOfA, many, found - 1, b, liveA);
        }
      }
    }
    const change = up + upToA - downFromA - down;
    let taken = change <= 0;
    if (!taken) {
      const high = <u64>(load<u32>(at) >> 5);
      const low = <u64>(load<u32>(at, 4) >> 6);
      at += 8;
      const uniform = <f64>((high << 26) | low) * (1.0 / 9007199254740992);
      const exponent = beta * change;
      // e^-x <= 2^(1/2 - n), n = x log2 e rounded: most rejections are sure without the exponential. What is left
      // of a factor of two keeps rounding out of it; n goes up to 1000, where the numbers are still normal.
      const shifted = min<f64>(exponent * 1.4426950408889634, 1000) + ROUND;
      if (uniform < reinterpret<f64>((1024 - reinterpret<i64>(shifted)) << 52))
        taken = uniform < expNonPositive(-exponent);
    }
    if (taken) {
      accept(channel, listA, listB, isFloat<Engine>());
      energy += change;
      noteLowest(energy, firstStep + <f64>n);
      deviation = energy - origin;
      square = deviation * deviation;
    }
    sum += deviation;
    squares += square;
  }
  store<u32>(REGION, <u32>at, RANDOM_AT);
  store<f64>(REGION, firstStep + <f64>steps, STEP);
  store<f64>(REGION, energy, ENERGY);
  store<f64>(REGION, sum, BIN_SUM);
  store<f64>(REGION, squares, BIN_SQUARES);
}
