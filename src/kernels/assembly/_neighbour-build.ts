// Builds ghosts and neighbour list at the positions in INPUT. Atoms and ghosts are sorted into bins half as wide as the
// reach of the list; bins in a row along x follow each other in memory, so a search goes over few contiguous runs.
import {
  ALL_PAIRS,
  ASTRAY,
  ATOM_BINS,
  BLOCK,
  CALLER,
  CELL,
  ENERGIES_OUT,
  ENTRIES_WANTED,
  FORCES_OUT,
  GHOST_BINS,
  GHOST_ROOM,
  GHOSTS,
  GHOSTS_FULL,
  HALF,
  INPUT,
  KIND,
  KINDS,
  LIST,
  LIST_CUTOFF,
  LIST_END,
  LIST_FULL,
  NOWHERE,
  NUM_ATOMS,
  NUM_GHOSTS,
  ORDER,
  PERIODIC,
  READY,
  RECORD_BYTES,
  RECORDS,
  REFERENCE,
  ROWS,
  SPACINGS,
  WRAPS,
} from "../neighbour-block";
import {
  along,
  binOf,
  binsX,
  binsY,
  binsZ,
  bringInside,
  clearBins,
  fraction,
  high0,
  high1,
  high2,
  highX,
  highY,
  highZ,
  low0,
  low1,
  low2,
  lowX,
  lowY,
  lowZ,
  outside,
  perX,
  perY,
  perZ,
  setUpGrid,
  sumBins,
  turns,
} from "./_neighbour-grid";
import { moveAtoms, moveGhosts } from "./_neighbour-place";

/** READY, or what is wrong or missing: ASTRAY, GHOSTS_FULL, LIST_FULL. */
export function build(): i32 {
  store<u32>(BLOCK, 0, NUM_GHOSTS);
  if (!bringInside()) return ASTRAY;
  if (load<u32>(BLOCK, ALL_PAIRS)) {
    keepOrder();
    setUpAtoms();
    setUpNowhere();
    return listAllPairs();
  }
  setUpGrid();
  sortAtoms();
  setUpAtoms();
  if (!makeGhosts()) return GHOSTS_FULL;
  setUpNowhere();
  return listNear();
}

/** Order of the records, as 24 × the caller's index. */
function sortAtoms(): void {
  const atoms = <usize>load<u32>(BLOCK, NUM_ATOMS);
  const starts = <usize>load<u32>(BLOCK, ATOM_BINS);
  const order = <usize>load<u32>(BLOCK, ORDER);
  const inside = <usize>load<u32>(BLOCK, FORCES_OUT);
  const bins = <usize>load<u32>(BLOCK, ENERGIES_OUT);
  clearBins(starts);
  for (let i: usize = 0; i < atoms; i++) {
    const p = inside + 24 * i;
    const bin = binOf(load<f64>(p), load<f64>(p, 8), load<f64>(p, 16));
    store<u32>(bins + (i << 2), <u32>bin);
    const count = starts + (bin << 2);
    store<u32>(count, load<u32>(count, 8) + 1, 8);
  }
  sumBins(starts);
  for (let i: usize = 0; i < atoms; i++) {
    const next = starts + ((<usize>load<u32>(bins + (i << 2))) << 2);
    const slot = load<u32>(next, 4);
    store<u32>(next, slot + 1, 4);
    store<u32>(order + ((<usize>slot) << 2), <u32>(24 * i));
  }
}

function keepOrder(): void {
  const atoms = <usize>load<u32>(BLOCK, NUM_ATOMS);
  const order = <usize>load<u32>(BLOCK, ORDER);
  for (let i: usize = 0; i < atoms; i++) store<u32>(order + (i << 2), <u32>(24 * i));
}

/** Wraps, kinds, records and references of the atoms in their new order. */
function setUpAtoms(): void {
  const atoms = <usize>load<u32>(BLOCK, NUM_ATOMS);
  const input = <usize>load<u32>(BLOCK, INPUT);
  const kinds = <usize>load<u32>(BLOCK, KINDS);
  const records = <usize>load<u32>(BLOCK, RECORDS);
  let order = <usize>load<u32>(BLOCK, ORDER);
  let wraps = <usize>load<u32>(BLOCK, WRAPS);
  for (let i: usize = 0; i < atoms; i++) {
    const offset = <usize>load<u32>(order);
    const at = input + offset;
    const x = load<f64>(at);
    const y = load<f64>(at, 8);
    const z = load<f64>(at, 16);
    store<i32>(wraps, <i32>-turns(x, y, z, 0));
    store<i32>(wraps, <i32>-turns(x, y, z, 1), 4);
    store<i32>(wraps, <i32>-turns(x, y, z, 2), 8);
    const p = records + RECORD_BYTES * i;
    const caller = offset / 24;
    store<i32>(p, <i32>load<u8>(kinds + caller), KIND);
    store<i32>(p, <i32>caller, CALLER);
    order += 4;
    wraps += 12;
  }
  moveAtoms();
  let reference = <usize>load<u32>(BLOCK, REFERENCE);
  for (let i: usize = 0; i < atoms; i++) {
    memory.copy(reference, records + RECORD_BYTES * i, 24);
    reference += 24;
  }
}

function setUpNowhere(): void {
  const p =
    <usize>load<u32>(BLOCK, RECORDS) +
    RECORD_BYTES * <usize>(load<u32>(BLOCK, NUM_ATOMS) + load<u32>(BLOCK, NUM_GHOSTS));
  store<f64>(p, NOWHERE);
  store<f64>(p, NOWHERE, 8);
  store<f64>(p, NOWHERE, 16);
  store<i32>(p, 0, KIND);
  store<i32>(p, -1, CALLER);
}

/** false where there is no room for the ghosts; their number then stands in NUM_GHOSTS. */
function makeGhosts(): bool {
  const starts = <usize>load<u32>(BLOCK, GHOST_BINS);
  clearBins(starts);
  const count = goThroughImages(starts, false);
  if (count > load<u32>(BLOCK, GHOST_ROOM)) {
    store<u32>(BLOCK, count, NUM_GHOSTS);
    return false;
  }
  sumBins(starts);
  goThroughImages(starts, true);
  store<u32>(BLOCK, count, NUM_GHOSTS);
  moveGhosts();
  return true;
}

/** Lowest and highest shift along direction k that keep an atom within reach of the atoms inside. */
function lowestShift(f: f64, low: f64, margin: f64, k: usize): i32 {
  return load<u32>(BLOCK + PERIODIC + (k << 2)) ? <i32>Math.ceil(low - margin - f) : 0;
}

function highestShift(f: f64, high: f64, margin: f64, k: usize): i32 {
  return load<u32>(BLOCK + PERIODIC + (k << 2)) ? <i32>Math.floor(high + margin - f) : 0;
}

/**
 * Counts the images within reach by bins, or places them. A half list needs only one of each two opposite shifts: the
 * pair of i with j shifted by −s is the pair of j with i shifted by s.
 */
function goThroughImages(starts: usize, placing: bool): u32 {
  const half = load<u32>(BLOCK, HALF) != 0;
  const reach = load<f64>(BLOCK, LIST_CUTOFF);
  const margin0 = reach / load<f64>(BLOCK, SPACINGS);
  const margin1 = reach / load<f64>(BLOCK, SPACINGS + 8);
  const margin2 = reach / load<f64>(BLOCK, SPACINGS + 16);
  const records = <usize>load<u32>(BLOCK, RECORDS);
  const images = records + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  const ghosts = <usize>load<u32>(BLOCK, GHOSTS);
  const cell = BLOCK + CELL;
  let count: u32 = 0;
  for (let p = records; p < images; p += RECORD_BYTES) {
    const x = load<f64>(p);
    const y = load<f64>(p, 8);
    const z = load<f64>(p, 16);
    const f0 = fraction(x, y, z, 0);
    const f1 = fraction(x, y, z, 1);
    const f2 = fraction(x, y, z, 2);
    const begin0 = half ? 0 : lowestShift(f0, low0, margin0, 0);
    const begin1 = lowestShift(f1, low1, margin1, 1);
    const begin2 = lowestShift(f2, low2, margin2, 2);
    const end0 = highestShift(f0, high0, margin0, 0);
    const end1 = highestShift(f1, high1, margin1, 1);
    const end2 = highestShift(f2, high2, margin2, 2);
    for (let s0 = begin0; s0 <= end0; s0++)
      for (let s1 = half && s0 == 0 ? 0 : begin1; s1 <= end1; s1++)
        for (let s2 = half && s0 == 0 && s1 == 0 ? 1 : begin2; s2 <= end2; s2++) {
          if (s0 == 0 && s1 == 0 && s2 == 0) continue;
          const gx =
            x + (<f64>s0 * load<f64>(cell) + <f64>s1 * load<f64>(cell, 24) + <f64>s2 * load<f64>(cell, 48));
          const gy =
            y +
            (<f64>s0 * load<f64>(cell, 8) + <f64>s1 * load<f64>(cell, 32) + <f64>s2 * load<f64>(cell, 56));
          const gz =
            z +
            (<f64>s0 * load<f64>(cell, 16) + <f64>s1 * load<f64>(cell, 40) + <f64>s2 * load<f64>(cell, 64));
          if (gx < lowX || gx > highX || gy < lowY || gy > highY || gz < lowZ || gz > highZ) continue;
          count++;
          const next = starts + (binOf(gx, gy, gz) << 2);
          if (!placing) {
            store<u32>(next, load<u32>(next, 8) + 1, 8);
            continue;
          }
          const slot = load<u32>(next, 4);
          store<u32>(next, slot + 1, 4);
          const ghost = ghosts + ((<usize>slot) << 4);
          store<u32>(ghost, <u32>p);
          store<i32>(ghost, s0, 4);
          store<i32>(ghost, s1, 8);
          store<i32>(ghost, s2, 12);
          const q = images + RECORD_BYTES * <usize>slot;
          store<u64>(q, load<u64>(p, KIND), KIND);
        }
  }
  return count;
}

/** Appends the records from..to within the reach of a point; returns the new end of the list. */
function append(from: usize, to: usize, x: f64, y: f64, z: f64, reach2: f64, list: usize): usize {
  for (let q = from; q < to; q += RECORD_BYTES) {
    const dx = load<f64>(q) - x;
    const dy = load<f64>(q, 8) - y;
    const dz = load<f64>(q, 16) - z;
    store<u32>(list, <u32>q);
    list += (<usize>(dx * dx + dy * dy + dz * dz <= reach2)) << 2;
  }
  return list;
}

function listNear(): i32 {
  const half = load<u32>(BLOCK, HALF) != 0;
  const reach = load<f64>(BLOCK, LIST_CUTOFF);
  const reach2 = reach * reach;
  const records = <usize>load<u32>(BLOCK, RECORDS);
  const atoms = <usize>load<u32>(BLOCK, NUM_ATOMS);
  const images = records + RECORD_BYTES * atoms;
  const nowhere = images + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_GHOSTS);
  const atomStarts = <usize>load<u32>(BLOCK, ATOM_BINS);
  const ghostStarts = <usize>load<u32>(BLOCK, GHOST_BINS);
  const room = <usize>load<u32>(BLOCK, LIST_END);
  const begin = <usize>load<u32>(BLOCK, LIST);
  let row = <usize>load<u32>(BLOCK, ROWS);
  let list = begin;
  for (let p = records; p < images; p += RECORD_BYTES) {
    const x = load<f64>(p);
    const y = load<f64>(p, 8);
    const z = load<f64>(p, 16);
    store<u32>(row, <u32>list);
    const endZ = along(z + reach, lowZ, perZ, binsZ);
    const beginY = along(y - reach, lowY, perY, binsY);
    const endY = along(y + reach, lowY, perY, binsY);
    for (let bz = along(z - reach, lowZ, perZ, binsZ); bz <= endZ; bz++) {
      const dz = outside(z, lowZ, perZ, bz);
      for (let by = beginY; by <= endY; by++) {
        const dy = outside(y, lowY, perY, by);
        const rest = reach2 - dz * dz - dy * dy;
        if (rest < 0) continue;
        const width = Math.sqrt(rest);
        const line = (bz * binsY + by) * binsX;
        const bins = (<usize>(line + along(x - width, lowX, perX, binsX))) << 2;
        const binsEnd = (<usize>(line + along(x + width, lowX, perX, binsX) + 1)) << 2;
        let q = records + RECORD_BYTES * <usize>load<u32>(atomStarts + bins);
        const qEnd = records + RECORD_BYTES * <usize>load<u32>(atomStarts + binsEnd);
        const g = images + RECORD_BYTES * <usize>load<u32>(ghostStarts + bins);
        const gEnd = images + RECORD_BYTES * <usize>load<u32>(ghostStarts + binsEnd);
        // 4 bytes for each candidate, and some for the padding.
        if (list + ((qEnd - q + gEnd - g) >> 4) + 8 > room)
          return full(list - begin, (p - records) / RECORD_BYTES);
        if (half) q = max(q, p + RECORD_BYTES);
        else {
          list = append(q, min(p, qEnd), x, y, z, reach2, list);
          q = max(q, p < qEnd ? p + RECORD_BYTES : qEnd);
        }
        list = append(q, qEnd, x, y, z, reach2, list);
        list = append(g, gEnd, x, y, z, reach2, list);
      }
    }
    store<u32>(row, <u32>list, 4);
    if (list & 4) {
      store<u32>(list, <u32>nowhere);
      list += 4;
    }
    row += 8;
  }
  return READY;
}

/** What a list needs that became full after so many atoms. */
function full(bytes: usize, atoms: usize): i32 {
  const mean = <f64>(bytes >> 2) / <f64>(atoms + 1);
  store<u32>(BLOCK, <u32>min<f64>(4e9, mean * <f64>load<u32>(BLOCK, NUM_ATOMS)), ENTRIES_WANTED);
  return LIST_FULL;
}

function listAllPairs(): i32 {
  const half = load<u32>(BLOCK, HALF) != 0;
  const records = <usize>load<u32>(BLOCK, RECORDS);
  const atoms = <usize>load<u32>(BLOCK, NUM_ATOMS);
  const end = records + RECORD_BYTES * atoms;
  const entries = <f64>atoms * <f64>(half ? atoms / 2 + 2 : atoms + 1);
  let list = <usize>load<u32>(BLOCK, LIST);
  if (4 * entries > <f64>(<usize>load<u32>(BLOCK, LIST_END) - list)) {
    store<u32>(BLOCK, <u32>min<f64>(4e9, entries), ENTRIES_WANTED);
    return LIST_FULL;
  }
  let row = <usize>load<u32>(BLOCK, ROWS);
  for (let p = records; p < end; p += RECORD_BYTES) {
    store<u32>(row, <u32>list);
    for (let q = half ? p + RECORD_BYTES : records; q < end; q += RECORD_BYTES) {
      store<u32>(list, <u32>q);
      list += (<usize>(p != q)) << 2;
    }
    store<u32>(row, <u32>list, 4);
    if (list & 4) {
      store<u32>(list, <u32>end);
      list += 4;
    }
    row += 8;
  }
  return READY;
}
