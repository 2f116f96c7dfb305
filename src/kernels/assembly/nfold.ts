// Rejection-free swaps: the steps of mc/engines/nfold-plain.ts, which says why they are those of the Metropolis chain.
import {
  CHANNEL_A,
  CHANNEL_BYTES,
  CHANNEL_COUNT,
  CHANNEL_FAR,
  CHANNEL_FEW,
  CHANNEL_NEAR,
  CHANNEL_WEIGHT,
  CHANNELS,
  CLASS_BETA,
  IN_VAIN,
  ONE,
  PATIENCE,
  RATE,
  SIDE_BYTES,
  SIDE_COUNT,
  SIDE_FROM,
  SIDE_ORDER,
  SIDE_TO,
  STALE,
  STAY,
  WAIT,
  WEIGHT,
} from "../nfold-block";
import { PLAIN_RATE } from "../nfold-scheme";
import { BETA, CLASS, CLASS_NEIGHBOUR, CODE, SITE_BITS, STEP, SUBLATTICE_COUNT } from "../swap-block";
import { buildFields, keepLowest, place } from "./_accept";
import { drawnBound, drawnFew, drawnMany, findFar, indexOf, valueAt } from "./_classes";
import { drawFloat, drawIndex, drawWord } from "./_draw";
import { accept } from "./_exchange";
import { layOut, takeOver } from "./_lay-out";
import { waitingSteps } from "./_logarithm";
import { findLeaf, foundRest, foundSite, NONE, nearBound, nearChange, nearSite, scan } from "./_near";
import { expNonPositive, seek } from "./_random";
import { REGION } from "./_region";

export { buildFields, keepLowest, seek };

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
