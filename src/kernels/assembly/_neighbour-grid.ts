// The grid of bins that atoms and ghosts are sorted into, and the bounds of the atoms.
import {
  ATOM_A,
  BIN_ROOM,
  BLOCK,
  CELL,
  FAR,
  FORCES_OUT,
  INPUT,
  INVERSE,
  LIST_CUTOFF,
  NUM_ATOMS,
  ORIGIN,
  PERIODIC,
} from "../neighbour-block";

// The grid of bins: its corner, bins per Å and bins along each axis; and the bounds of the fractional coordinates.
export let lowX: f64 = 0;
export let lowY: f64 = 0;
export let lowZ: f64 = 0;
export let highX: f64 = 0;
export let highY: f64 = 0;
export let highZ: f64 = 0;
export let perX: f64 = 0;
export let perY: f64 = 0;
export let perZ: f64 = 0;
export let binsX: i32 = 1;
export let binsY: i32 = 1;
export let binsZ: i32 = 1;
export let low0: f64 = 0;
export let low1: f64 = 0;
export let low2: f64 = 0;
export let high0: f64 = 0;
export let high1: f64 = 0;
export let high2: f64 = 0;

export function fraction(x: f64, y: f64, z: f64, k: usize): f64 {
  const m = BLOCK + INVERSE + (k << 3);
  return x * load<f64>(m) + y * load<f64>(m, 24) + z * load<f64>(m, 48);
}

/** Cells to go back along direction k to come inside. */
export function turns(x: f64, y: f64, z: f64, k: usize): f64 {
  return load<u32>(BLOCK + PERIODIC + (k << 2)) ? Math.floor(fraction(x, y, z, k)) : 0;
}

/**
 * Writes the positions inside the cell into FORCES_OUT and finds their bounds; false where one is astray. The room of
 * results is free while the list is built.
 */
export function bringInside(): bool {
  const atoms = load<i32>(BLOCK, NUM_ATOMS);
  const cell = BLOCK + CELL;
  let p = <usize>load<u32>(BLOCK, INPUT);
  let out = <usize>load<u32>(BLOCK, FORCES_OUT);
  lowX = lowY = lowZ = low0 = low1 = low2 = Infinity;
  highX = highY = highZ = high0 = high1 = high2 = -Infinity;
  for (let i = 0; i < atoms; i++) {
    let x = load<f64>(p);
    let y = load<f64>(p, 8);
    let z = load<f64>(p, 16);
    const w0 = -turns(x, y, z, 0);
    const w1 = -turns(x, y, z, 1);
    const w2 = -turns(x, y, z, 2);
    // Written so that NaN is found, too.
    if (
      !(
        max(max(Math.abs(x), Math.abs(y)), Math.abs(z)) <= FAR &&
        max(max(Math.abs(w0), Math.abs(w1)), Math.abs(w2)) <= FAR
      )
    ) {
      store<i32>(BLOCK, i, ATOM_A);
      return false;
    }
    x += w0 * load<f64>(cell) + w1 * load<f64>(cell, 24) + w2 * load<f64>(cell, 48);
    y += w0 * load<f64>(cell, 8) + w1 * load<f64>(cell, 32) + w2 * load<f64>(cell, 56);
    z += w0 * load<f64>(cell, 16) + w1 * load<f64>(cell, 40) + w2 * load<f64>(cell, 64);
    store<f64>(out, x);
    store<f64>(out, y, 8);
    store<f64>(out, z, 16);
    lowX = min(lowX, x);
    lowY = min(lowY, y);
    lowZ = min(lowZ, z);
    highX = max(highX, x);
    highY = max(highY, y);
    highZ = max(highZ, z);
    const f0 = fraction(x, y, z, 0);
    const f1 = fraction(x, y, z, 1);
    const f2 = fraction(x, y, z, 2);
    low0 = min(low0, f0);
    low1 = min(low1, f1);
    low2 = min(low2, f2);
    high0 = max(high0, f0);
    high1 = max(high1, f1);
    high2 = max(high2, f2);
    p += 24;
    out += 24;
  }
  if (atoms > 0) {
    store<f64>(BLOCK, 0.5 * (lowX + highX), ORIGIN);
    store<f64>(BLOCK, 0.5 * (lowY + highY), ORIGIN + 8);
    store<f64>(BLOCK, 0.5 * (lowZ + highZ), ORIGIN + 16);
  }
  return true;
}

/** The box of the atoms, wider by the reach where there can be ghosts, in bins half as wide as the reach. */
export function setUpGrid(): void {
  const reach = load<f64>(BLOCK, LIST_CUTOFF);
  if (load<u32>(BLOCK, PERIODIC) | load<u32>(BLOCK, PERIODIC + 4) | load<u32>(BLOCK, PERIODIC + 8)) {
    lowX -= reach;
    lowY -= reach;
    lowZ -= reach;
    highX += reach;
    highY += reach;
    highZ += reach;
  }
  // Without atoms there is nothing to sort, but the starts of bins are still written.
  const empty = load<i32>(BLOCK, NUM_ATOMS) == 0;
  const x = empty ? 0 : highX - lowX;
  const y = empty ? 0 : highY - lowY;
  const z = empty ? 0 : highZ - lowZ;
  binsX = divisions(x, reach);
  binsY = divisions(y, reach);
  binsZ = divisions(z, reach);
  const room = <f64>load<u32>(BLOCK, BIN_ROOM);
  while (<f64>binsX * <f64>binsY * <f64>binsZ > room) {
    if (binsX >= binsY && binsX >= binsZ) binsX = (binsX + 1) >> 1;
    else if (binsY >= binsZ) binsY = (binsY + 1) >> 1;
    else binsZ = (binsZ + 1) >> 1;
  }
  perX = x > 0 ? <f64>binsX / x : 0;
  perY = y > 0 ? <f64>binsY / y : 0;
  perZ = z > 0 ? <f64>binsZ / z : 0;
}

function divisions(length: f64, reach: f64): i32 {
  return <i32>max<f64>(1, min<f64>(1048576, Math.floor((2 * length) / reach)));
}

/** Bin of a coordinate, the outermost one for all that lies beyond. */
export function along(x: f64, low: f64, per: f64, bins: i32): i32 {
  return <i32>max<f64>(0, min<f64>(<f64>(bins - 1), Math.floor((x - low) * per)));
}

export function binOf(x: f64, y: f64, z: f64): usize {
  return <usize>(
    ((along(z, lowZ, perZ, binsZ) * binsY + along(y, lowY, perY, binsY)) * binsX +
      along(x, lowX, perX, binsX))
  );
}

/**
 * Counts stand two entries behind their bin: their running sum, moved on while entries are placed, leaves the first entry
 * of each bin at the bin's own place.
 */
export function clearBins(starts: usize): void {
  memory.fill(starts, 0, (<usize>(binsX * binsY * binsZ + 2)) << 2);
}

export function sumBins(starts: usize): void {
  const end = starts + ((<usize>(binsX * binsY * binsZ + 2)) << 2);
  let sum: u32 = 0;
  for (let p = starts; p < end; p += 4) {
    sum += load<u32>(p);
    store<u32>(p, sum);
  }
}

/** Distance from a coordinate to a layer of bins, 0 inside. */
export function outside(x: f64, low: f64, per: f64, bin: i32): f64 {
  if (per == 0) return 0;
  const begin = low + <f64>bin / per;
  return max<f64>(0, max<f64>(begin - x, x - (begin + 1 / per)));
}
