// Metropolis steps of flips and of mixed moves: the loop of mc/engines/metropolis.ts. Every energy of a cluster is a multiple of
// one power of two and sums are exact, so both engines, and the plain code, find the same changes to the last bit in
// whatever order they add.
import {
  CHANGE_COUNT,
  FLIP,
  FLIP_COUNT,
  FLIP_GAINS,
  FLIP_LOSSES,
  FLIP_PHI,
  FLIP_POTENTIALS,
  FLIP_SITES,
  FLIP_THRESHOLD,
  GROUP_BYTES,
  GROUP_OF,
  GROUP_SPECIES,
  GROUPS,
  KIND,
  KINDS,
  LOG_RATIO,
  NEIGHBOUR_SWAP,
  OFFSET,
  PART_BYTES,
  PART_COUNT,
  PART_CUMULATED,
  PART_WEIGHT,
  PARTS,
  SWAP,
} from "../mixture-block";
import {
  BETA,
  BIN_ORIGIN,
  BIN_SQUARES,
  BIN_SUM,
  ENERGY,
  FIELDS,
  LIVE_A,
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
  SUBLATTICE_RECORDS,
} from "../swap-block";
import { buildFields, keepLowest, noteLowest } from "./_accept";
import { carryOut, carryOutAll, energyOfChanges } from "./_changes";
import { drawFloat, drawIndex } from "./_draw";
import {
  noteConstraint,
  noteConstraints,
  proposeFlip,
  proposeNeighbourSwap,
  proposeReaction,
  proposeSwap,
} from "./_proposals";
import { below, refill, seek } from "./_random";
import { REGION } from "./_region";
import { energyAt } from "./_surroundings";

export { buildFields, keepLowest, seek };

/** Energies computed from the neighbours at every step. */
export function runDirect(steps: i32): void {
  run<i32>(steps);
}

/** Energies looked up in the table of fields. */
export function runField(steps: i32): void {
  run<f64>(steps);
}

function run<Engine>(steps: i32): void {
  const flipsAlone = load<u32>(REGION, PART_COUNT) == 1 && load<u32>(<usize>load<u32>(REGION, PARTS)) == FLIP;
  if (flipsAlone) runFlips<Engine>(steps);
  else runMixture<Engine>(steps);
}

/** Words that a flip draws at most, as long as no index is rejected. */
const FLIP_WORDS = 4;

function runFlips<Engine>(steps: i32): void {
  const beta = load<f64>(REGION, BETA);
  const origin = load<f64>(REGION, BIN_ORIGIN);
  let sum = load<f64>(REGION, BIN_SUM);
  let squares = load<f64>(REGION, BIN_SQUARES);
  let energy = load<f64>(REGION, ENERGY);
  let deviation = energy - origin;
  let square = deviation * deviation;
  const firstStep = load<f64>(REGION, STEP);
  const part = <usize>load<u32>(REGION, PARTS);
  const sites = <usize>load<u32>(part, FLIP_SITES);
  const count = <u64>load<u32>(part, FLIP_COUNT);
  const threshold = load<u32>(part, FLIP_THRESHOLD);
  const potentials = <usize>load<u32>(part, FLIP_POTENTIALS);
  const losses = <usize>load<u32>(part, FLIP_LOSSES);
  const gains = <usize>load<u32>(part, FLIP_GAINS);
  const constrained = load<u32>(part, FLIP_PHI) != 0;
  if (constrained) noteConstraints(part);
  const kindCounts = <usize>load<u32>(REGION, KINDS);
  const groups = <usize>load<u32>(REGION, GROUPS);
  const groupOf = <usize>load<u32>(REGION, GROUP_OF);
  const bits = load<u32>(SITE_BITS);
  const siteMask = (1 << bits) - 1;
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const species = <usize>load<u32>(SPECIES);
  const occupation = <usize>load<u32>(REGION, OCCUPATION);
  const sublattices = <usize>load<u32>(SUBLATTICE_RECORDS);
  const owns = <usize>load<u32>(OWN_RECORDS);
  const fields = <usize>load<u32>(REGION, FIELDS);
  const live = <usize>load<u32>(REGION, LIVE_A);
  let at = <usize>load<u32>(REGION, RANDOM_AT);
  const safe = <usize>load<u32>(REGION, RANDOM_BUFFER) + 4 * (RANDOM_WORDS - FLIP_WORDS);
  for (let n = 1; n <= steps; n++) {
    if (at > safe) at = refill(at);
    let product = <u64>load<u32>(at) * count;
    at += 4;
    while (<u32>product < threshold) {
      if (at > safe) at = refill(at);
      product = <u64>load<u32>(at) * count;
      at += 4;
    }
    const packed = load<u32>(sites + ((<usize>(product >> 32)) << 2));
    const cell = <usize>(packed >> bits);
    const sublattice = <usize>(packed & siteMask);
    const site = cell * width + sublattice;
    const group = <usize>load<u32>(groupOf + (sublattice << 2));
    const before = <u32>load<u8>(occupation + site);
    let after: u32 = 1 - before;
    if (species != 2) {
      const others = load<u32>(groups + group * GROUP_BYTES, GROUP_SPECIES) - 1;
      let draw: u32 = 0;
      if (others > 1) {
        const rejected = (<u32>0 - others) % others;
        do {
          if (at > safe) at = refill(at);
          product = <u64>load<u32>(at) * <u64>others;
          at += 4;
        } while (<u32>product < rejected);
        draw = <u32>(product >> 32);
      }
      after = draw < before ? draw : draw + 1;
    }
    // The background has no energy, so that of two species there is one to compute; which one cannot be foreseen.
    const one = <usize>(after != 0 ? after : before);
    const both = after != 0 && before != 0;
    let change: f64;
    if (isFloat<Engine>()) {
      const field = fields + ((site * (species - 1)) << 3) - 8;
      const ofOne = load<f64>(field + (one << 3));
      change = after != 0 ? ofOne : -ofOne;
      if (both) change -= load<f64>(field + ((<usize>before) << 3));
    } else {
      const record = sublattices + sublattice * SUBLATTICE_BYTES;
      const own = owns + (sublattice * (species - 1) - 1) * OWN_BYTES;
      const ofOne = energyAt(record, own + one * OWN_BYTES, occupation + site, live);
      change = after != 0 ? ofOne : -ofOne;
      if (both) change -= energyAt(record, own + <usize>before * OWN_BYTES, occupation + site, live);
    }
    const row = group * species;
    const ofBefore = (row + <usize>before) << 3;
    const ofAfter = (row + <usize>after) << 3;
    const kindCount = kindCounts + (group << 3);
    store<u32>(kindCount, load<u32>(kindCount) + 1);
    const potential = change - (load<f64>(potentials + ofAfter) - load<f64>(potentials + ofBefore));
    const exponent = load<f64>(losses + ofBefore) + load<f64>(gains + ofAfter) - beta * potential;
    let taken = exponent >= 0;
    if (!taken) {
      const high = <u64>(load<u32>(at) >> 5);
      const low = <u64>(load<u32>(at, 4) >> 6);
      at += 8;
      taken = below(<f64>((high << 26) | low) * (1.0 / 9007199254740992), exponent);
    }
    if (taken) {
      carryOut(packed, cell, sublattice, before, after, isFloat<Engine>());
      store<u32>(kindCount, load<u32>(kindCount, 4) + 1, 4);
      if (constrained) {
        noteConstraint(part, group, before);
        noteConstraint(part, group, after);
      }
      energy += change;
      noteLowest(energy, firstStep + <f64>n);
      deviation = energy - origin;
      square = deviation * deviation;
    }
    sum += deviation;
    squares += square;
  }
  store<u32>(REGION, <u32>at, RANDOM_AT);
  finish(energy, sum, squares, firstStep + <f64>steps);
}

function finish(energy: f64, sum: f64, squares: f64, step: f64): void {
  store<f64>(REGION, step, STEP);
  store<f64>(REGION, energy, ENERGY);
  store<f64>(REGION, sum, BIN_SUM);
  store<f64>(REGION, squares, BIN_SQUARES);
}

function propose(part: usize): void {
  const move = load<u32>(part);
  if (move == FLIP) proposeFlip(part);
  else if (move == SWAP) proposeSwap(part);
  else if (move == NEIGHBOUR_SWAP) proposeNeighbourSwap(part);
  else proposeReaction(part);
}

function runMixture<Engine>(steps: i32): void {
  const beta = load<f64>(REGION, BETA);
  const origin = load<f64>(REGION, BIN_ORIGIN);
  let sum = load<f64>(REGION, BIN_SUM);
  let squares = load<f64>(REGION, BIN_SQUARES);
  let energy = load<f64>(REGION, ENERGY);
  let deviation = energy - origin;
  let square = deviation * deviation;
  const firstStep = load<f64>(REGION, STEP);
  const parts = <usize>load<u32>(REGION, PARTS);
  const several = load<u32>(REGION, PART_COUNT) > 1;
  const weight = load<u32>(REGION, PART_WEIGHT);
  const kindCounts = <usize>load<u32>(REGION, KINDS);
  for (let n = 1; n <= steps; n++) {
    let part = parts;
    if (several) {
      const pick = drawIndex(weight);
      while (pick >= load<u32>(part, PART_CUMULATED)) part += PART_BYTES;
    }
    store<u32>(REGION, 0, CHANGE_COUNT);
    propose(part);
    const kindCount = kindCounts + ((<usize>load<u32>(REGION, KIND)) << 3);
    store<u32>(kindCount, load<u32>(kindCount) + 1);
    const logRatio = load<f64>(REGION, LOG_RATIO);
    // Without changes there is nothing to accept, but the random words are drawn.
    const change = energyOfChanges<Engine>();
    const exponent = logRatio - beta * (change + load<f64>(REGION, OFFSET));
    if (exponent >= 0 || below(drawFloat(), exponent)) {
      carryOutAll(isFloat<Engine>());
      store<u32>(kindCount, load<u32>(kindCount, 4) + 1, 4);
      energy += change;
      noteLowest(energy, firstStep + <f64>n);
      deviation = energy - origin;
      square = deviation * deviation;
    }
    sum += deviation;
    squares += square;
  }
  finish(energy, sum, squares, firstStep + <f64>steps);
}
