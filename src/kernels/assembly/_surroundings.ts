// Energies of one site from what is around it. A literal is a pair (neighbour, species); bits of masks stand for
// literals, (maxSpecies - 1) for each neighbour, neighbours never straddling two words.
import {
  COMPLETION_BYTES,
  COMPLETION_ENERGY,
  LIVE_LIST,
  MASK_WORDS,
  OWN_COMPLETION_ROOT,
  OWN_COMPLETION_SINGLES,
  OWN_LITERALS,
  OWN_PAIRS,
  OWN_ROOT,
  OWN_SINGLES,
  OWN_THROUGH,
  RECORD_BYTES,
  SPECIES,
  SUBLATTICE_MANY,
  SUBLATTICE_NEIGHBOURS,
  SUBLATTICE_OFFSETS,
  SUBLATTICE_PAIRS,
  SUMS,
  WORD_BYTES,
  WORD_RECORDS,
  WORD_VALUES,
} from "../swap-block";
import { REGION } from "./_region";

/** Notes which literals hold around a site; returns the address of the offsets after those it used. */
export function lookAround(sublattice: usize, site: usize, live: usize): usize {
  let list = <usize>load<u32>(sublattice, SUBLATTICE_OFFSETS);
  let left = load<i32>(sublattice, SUBLATTICE_MANY);
  const bits = <u64>(load<u32>(SPECIES) - 1);
  const end = live + ((<usize>load<u32>(MASK_WORDS)) << 3);
  for (; live < end; live += 8) {
    let word: u64 = 0;
    if (bits == 1) {
      const count = <u64>min(left, 64);
      for (let shift: u64 = 0; shift < count; shift++) {
        word |= (<u64>load<u8>(site + <usize>load<i32>(list))) << shift;
        list += 4;
      }
      left -= <i32>count;
    } else {
      for (let shift: u64 = 0; shift + bits <= 64 && left > 0; shift += bits) {
        const species = <u64>load<u8>(site + <usize>load<i32>(list));
        word |= (((<u64>1) << species) >> 1) << shift;
        list += 4;
        left--;
      }
    }
    store<u64>(live, word);
  }
  return list;
}

/** Sum of the energies of the live nodes below a record. */
export function walk(record: usize, live: usize): f64 {
  const bytes = <usize>load<u32>(RECORD_BYTES);
  const end = record + bytes;
  let sum: f64 = 0;
  let word = live;
  for (let at = record; at < end; at += WORD_BYTES) {
    const mask = load<u64>(at);
    let bits = mask & load<u64>(word);
    while (bits != 0) {
      const rank = <usize>popcnt<u64>(mask & ((bits & -bits) - 1));
      sum += load<f64>(<usize>load<u32>(at, WORD_VALUES) + (rank << 3));
      const records = <usize>load<u32>(at, WORD_RECORDS);
      if (records != 0) sum += walk(records + rank * bytes, live);
      bits &= bits - 1;
    }
    word += 8;
  }
  return sum;
}

/** Writes the positions of the live literals one after the other; returns the end of the list. */
function listLive(live: usize, words: usize): usize {
  let list = <usize>load<u32>(REGION, LIVE_LIST);
  for (let w: usize = 0; w < words; w++) {
    let bits = load<u64>(live + (w << 3));
    while (bits != 0) {
      store<u32>(list, <u32>((w << 6) + <usize>ctz<u64>(bits)));
      list += 4;
      bits &= bits - 1;
    }
  }
  return list;
}

/** Energy of all clusters of three or more sites and of pairs among their neighbours. */
function liveEnergy(own: usize, live: usize): f64 {
  const bytes = <usize>load<u32>(RECORD_BYTES);
  const root = <usize>load<u32>(own, OWN_ROOT);
  const singles = <usize>load<u32>(own, OWN_SINGLES);
  const end = listLive(live, <usize>load<u32>(MASK_WORDS));
  let sum: f64 = 0;
  for (let at = <usize>load<u32>(REGION, LIVE_LIST); at < end; at += 4) {
    const position = <usize>load<u32>(at);
    sum += load<f64>(singles + (position << 3)) + walk(root + position * bytes, live);
  }
  return sum;
}

/** Adds completions to the sums of their literals. */
function addCompletions(descriptor: usize, sign: f64, sums: usize): void {
  let at = <usize>load<u32>(descriptor);
  const end = at + <usize>load<u32>(descriptor, 4) * COMPLETION_BYTES;
  for (; at < end; at += COMPLETION_BYTES) {
    const sum = sums + <usize>load<u32>(at);
    store<f64>(sum, load<f64>(sum) + sign * load<f64>(at, COMPLETION_ENERGY));
  }
}

function walkCompletions(record: usize, live: usize, sign: f64, sums: usize): void {
  const bytes = <usize>load<u32>(RECORD_BYTES);
  const end = record + bytes;
  let word = live;
  for (let at = record; at < end; at += WORD_BYTES) {
    const mask = load<u64>(at);
    let bits = mask & load<u64>(word);
    while (bits != 0) {
      const rank = <usize>popcnt<u64>(mask & ((bits & -bits) - 1));
      addCompletions(<usize>load<u32>(at, WORD_VALUES) + (rank << 3), sign, sums);
      const records = <usize>load<u32>(at, WORD_RECORDS);
      if (records != 0) walkCompletions(records + rank * bytes, live, sign, sums);
      bits &= bits - 1;
    }
    word += 8;
  }
}

/**
 * Adds, for every neighbour and species of it, the energy of all clusters through the site, as if it held a species, and
 * that neighbour to the sums at SUMS.
 */
export function addPairEnergies(sublattice: usize, own: usize, live: usize, sign: f64): void {
  const sums = <usize>load<u32>(REGION, SUMS);
  const kinds = <usize>load<u32>(SPECIES) - 1;
  let pairs = <usize>load<u32>(own, OWN_LITERALS);
  const last = sums + ((<usize>load<u32>(sublattice, SUBLATTICE_NEIGHBOURS) * kinds) << 3);
  for (let at = sums; at < last; at += 8) {
    store<f64>(at, load<f64>(at) + sign * load<f64>(pairs));
    pairs += 8;
  }
  const root = <usize>load<u32>(own, OWN_COMPLETION_ROOT);
  if (root == 0) return;
  const words = <usize>load<u32>(MASK_WORDS);
  const bytes = <usize>load<u32>(RECORD_BYTES);
  const singles = <usize>load<u32>(own, OWN_COMPLETION_SINGLES);
  const first = <usize>load<u32>(REGION, LIVE_LIST);
  const end = listLive(live, words);
  for (let at = first; at < end; at += 4) {
    const position = <usize>load<u32>(at);
    addCompletions(singles + (position << 3), sign, sums);
    const offset = (position >> 6) * WORD_BYTES;
    const bit = <u64>position;
    for (let other = first; other < at; other += 4) {
      const word = root + <usize>load<u32>(other) * bytes + offset;
      const mask = load<u64>(word);
      if (((mask >> bit) & 1) == 0) continue;
      const rank = <usize>popcnt<u64>(mask & ~(~(<u64>0) << bit));
      addCompletions(<usize>load<u32>(word, WORD_VALUES) + (rank << 3), sign, sums);
      const records = <usize>load<u32>(word, WORD_RECORDS);
      if (records != 0) walkCompletions(records + rank * bytes, live, sign, sums);
    }
  }
}

/** Energy of all clusters through a site as if it held a species; leaves the live literals at `live`. */
export function energyAt(sublattice: usize, own: usize, site: usize, live: usize): f64 {
  const many = <usize>load<u32>(sublattice, SUBLATTICE_MANY);
  const rowBytes = (<usize>load<u32>(SPECIES)) << 3;
  let list = <usize>load<u32>(sublattice, SUBLATTICE_OFFSETS);
  let sum0 = load<f64>(own);
  if (many != 0) {
    list = lookAround(sublattice, site, live);
    sum0 += liveEnergy(own, live);
  }
  let row = <usize>load<u32>(own, OWN_PAIRS) + many * rowBytes;
  let sum1: f64 = 0;
  const end = list + ((<usize>load<u32>(sublattice, SUBLATTICE_PAIRS)) << 2);
  while (list < end) {
    const s0 = <usize>load<u8>(site + <usize>load<i32>(list));
    const s1 = <usize>load<u8>(site + <usize>load<i32>(list, 4));
    const s2 = <usize>load<u8>(site + <usize>load<i32>(list, 8));
    const s3 = <usize>load<u8>(site + <usize>load<i32>(list, 12));
    list += 16;
    sum0 += load<f64>(row + (s0 << 3));
    row += rowBytes;
    sum1 += load<f64>(row + (s1 << 3));
    row += rowBytes;
    sum0 += load<f64>(row + (s2 << 3));
    row += rowBytes;
    sum1 += load<f64>(row + (s3 << 3));
    row += rowBytes;
  }
  return sum0 + sum1;
}

/** Energy of all clusters through a site and one neighbour as if both held given species. */
export function energyOfPair(own: usize, many: usize, neighbour: usize, species: usize, live: usize): f64 {
  const all = <usize>load<u32>(SPECIES);
  let sum = load<f64>(<usize>load<u32>(own, OWN_PAIRS) + ((neighbour * all + species) << 3));
  if (neighbour < many) {
    const roots = <usize>load<u32>(own, OWN_THROUGH);
    const root = <usize>load<u32>(roots + ((neighbour * (all - 1) + species - 1) << 2));
    if (root != 0) sum += walk(root, live);
  }
  return sum;
}
