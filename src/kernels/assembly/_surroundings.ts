// Energies of one site from what is around it. A literal is a pair (neighbour, species); bits of masks stand for
// literals, (maxSpecies - 1) for each neighbour, neighbours never straddling two words.
import {
  MASK_WORDS,
  OWN_PAIR_ROOTS,
  OWN_PAIRS,
  OWN_ROOT,
  RECORD_BYTES,
  RECORD_MASK,
  RECORD_RECORDS,
  SPECIES,
  SUBLATTICE_MANY,
  SUBLATTICE_OFFSETS,
  SUBLATTICE_PAIRS,
} from "../swap-block";

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

/** Sum over the live nodes below a trie's record. */
export function walk(record: usize, live: usize): f64 {
  const bytes = <usize>load<u32>(RECORD_BYTES);
  let energies = <usize>load<u32>(record);
  let records = <usize>load<u32>(record, RECORD_RECORDS);
  const end = record + bytes;
  let sum: f64 = 0;
  let word = live;
  for (let at = record + RECORD_MASK; at < end; at += 8) {
    const mask = load<u64>(at);
    let bits = mask & load<u64>(word);
    while (bits != 0) {
      const rank = <usize>popcnt<u64>(mask & ((bits & -bits) - 1));
      sum += load<f64>(energies + (rank << 3));
      if (records != 0) sum += walk(records + rank * bytes, live);
      bits &= bits - 1;
    }
    const children = <usize>popcnt<u64>(mask);
    energies += children << 3;
    if (records != 0) records += children * bytes;
    word += 8;
  }
  return sum;
}

/** Energy of all clusters through a site as if it held a species; leaves the live literals at `live`. */
export function energyAt(sublattice: usize, own: usize, site: usize, live: usize): f64 {
  const many = <usize>load<u32>(sublattice, SUBLATTICE_MANY);
  const rowBytes = (<usize>load<u32>(SPECIES)) << 3;
  let list = <usize>load<u32>(sublattice, SUBLATTICE_OFFSETS);
  let sum0 = load<f64>(own);
  if (many != 0) {
    list = lookAround(sublattice, site, live);
    const root = <usize>load<u32>(own, OWN_ROOT);
    if (root != 0) sum0 += walk(root, live);
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
    const roots = <usize>load<u32>(own, OWN_PAIR_ROOTS);
    const root = <usize>load<u32>(roots + ((neighbour * (all - 1) + species - 1) << 2));
    if (root != 0) sum += walk(root, live);
  }
  return sum;
}
