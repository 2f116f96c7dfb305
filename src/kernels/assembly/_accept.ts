// What an accepted exchange changes: lists, occupation, counts, fields, and the record of the lowest state.

import {
  CHANNEL_A,
  CHANNEL_ACCEPTED,
  CHANNEL_B,
  COPIES,
  COPY_START,
  COUNTS,
  FIELDS,
  HOME,
  HOME_COUNT,
  HOMES,
  JOURNAL,
  JOURNAL_BYTES,
  JOURNAL_CAPACITY,
  JOURNAL_LENGTH,
  JOURNALING,
  LIVE_A,
  LOWEST_ENERGY,
  LOWEST_OCCUPATION,
  LOWEST_STEP,
  OCCUPATION,
  OCCUPATION_BYTES,
  OWN_BYTES,
  OWN_RECORDS,
  ROUNDING,
  SITE_BITS,
  SPECIES,
  SUBLATTICE_BYTES,
  SUBLATTICE_COUNT,
  SUBLATTICE_MANY,
  SUBLATTICE_NEIGHBOURS,
  SUBLATTICE_RECORDS,
  SUBLATTICE_SPECIES,
  SUBLATTICE_STEPS,
  SUMS,
} from "../swap-block";
import { REGION } from "./_region";
import { addPairEnergies, energyAt, lookAround } from "./_surroundings";

/** Puts a species on a site and on its copies in the margin. */
export function place(cell: usize, sublattice: usize, species: u32): void {
  const occupation = <usize>load<u32>(REGION, OCCUPATION) + sublattice;
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  store<u8>(occupation + cell * width, species);
  const starts = <usize>load<u32>(COPY_START) + (cell << 2);
  const copies = <usize>load<u32>(COPIES);
  const end = copies + ((<usize>load<u32>(starts, 4)) << 2);
  for (let at = copies + ((<usize>load<u32>(starts)) << 2); at < end; at += 4)
    store<u8>(occupation + <usize>load<u32>(at) * width, species);
}

/** Changes the fields of all neighbours for a site that goes from one species to another. */
export function spread(cell: usize, sublattice: usize, before: u32, after: u32): void {
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const kinds = <usize>load<u32>(SPECIES) - 1;
  const record = <usize>load<u32>(SUBLATTICE_RECORDS) + sublattice * SUBLATTICE_BYTES;
  const own = <usize>load<u32>(OWN_RECORDS) + (sublattice * kinds - 1) * OWN_BYTES;
  const ownBefore = own + before * OWN_BYTES;
  const ownAfter = own + after * OWN_BYTES;
  const live = <usize>load<u32>(REGION, LIVE_A);
  const many = <usize>load<u32>(record, SUBLATTICE_MANY);
  if (many != 0) lookAround(record, <usize>load<u32>(REGION, OCCUPATION) + cell * width + sublattice, live);
  const count = <usize>load<u32>(record, SUBLATTICE_NEIGHBOURS);
  let sum = <usize>load<u32>(REGION, SUMS);
  memory.fill(sum, 0, (count * kinds) << 3);
  if (after != 0) addPairEnergies(record, ownAfter, live, 1);
  if (before != 0) addPairEnergies(record, ownBefore, live, -1);
  const home = <usize>load<u32>(HOME) + (cell << 2);
  const fields = <usize>load<u32>(REGION, FIELDS);
  let steps = <usize>load<u32>(record, SUBLATTICE_STEPS);
  for (let k: usize = 0; k < count; k++) {
    const other = <usize>load<u32>(home + <usize>(load<i32>(steps) << 2));
    let field = fields + (((other * width + <usize>load<u32>(steps, 4)) * kinds) << 3);
    steps += 8;
    for (let y: usize = 0; y < kinds; y++) {
      store<f64>(field, load<f64>(field) + load<f64>(sum));
      field += 8;
      sum += 8;
    }
  }
}

/** Computes all fields of the present occupation. */
export function buildFields(): void {
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const kinds = <usize>load<u32>(SPECIES) - 1;
  const occupation = <usize>load<u32>(REGION, OCCUPATION);
  const live = <usize>load<u32>(REGION, LIVE_A);
  const fields = <usize>load<u32>(REGION, FIELDS);
  let home = <usize>load<u32>(HOMES);
  for (let c = load<u32>(HOME_COUNT); c > 0; c--) {
    const cell = <usize>load<u32>(home);
    home += 4;
    let record = <usize>load<u32>(SUBLATTICE_RECORDS);
    for (let s: usize = 0; s < width; s++) {
      const site = cell * width + s;
      const species = <usize>load<u32>(record, SUBLATTICE_SPECIES);
      for (let y: usize = 1; y < species; y++) {
        const own = <usize>load<u32>(OWN_RECORDS) + (s * kinds + y - 1) * OWN_BYTES;
        store<f64>(fields + ((site * kinds + y - 1) << 3), energyAt(record, own, occupation + site, live));
      }
      record += SUBLATTICE_BYTES;
    }
  }
}

/** Carries out an exchange; listA and listB are the places of the two sites in their lists. */
export function accept(channel: usize, listA: usize, listB: usize, withFields: bool): void {
  const siteA = load<u32>(listA);
  const siteB = load<u32>(listB);
  store<u32>(listA, siteB);
  store<u32>(listB, siteA);
  const bits = load<u32>(SITE_BITS);
  const cellA = <usize>(siteA >> bits);
  const cellB = <usize>(siteB >> bits);
  const sublatticeA = <usize>(siteA & ((1 << bits) - 1));
  const sublatticeB = <usize>(siteB & ((1 << bits) - 1));
  const a = load<u32>(channel, CHANNEL_A);
  const b = load<u32>(channel, CHANNEL_B);
  store<u32>(channel, load<u32>(channel, CHANNEL_ACCEPTED) + 1, CHANNEL_ACCEPTED);
  if (withFields) spread(cellA, sublatticeA, a, b);
  place(cellA, sublatticeA, b);
  if (withFields) spread(cellB, sublatticeB, b, a);
  place(cellB, sublatticeB, a);
  if (sublatticeA != sublatticeB) {
    const counts = <usize>load<u32>(REGION, COUNTS);
    const row = (<usize>load<u32>(SPECIES)) << 2;
    const rowA = counts + sublatticeA * row;
    const rowB = counts + sublatticeB * row;
    const ofA = (<usize>a) << 2;
    const ofB = (<usize>b) << 2;
    store<u32>(rowA + ofA, load<u32>(rowA + ofA) - 1);
    store<u32>(rowA + ofB, load<u32>(rowA + ofB) + 1);
    store<u32>(rowB + ofA, load<u32>(rowB + ofA) + 1);
    store<u32>(rowB + ofB, load<u32>(rowB + ofB) - 1);
  }
  if (load<u32>(REGION, JOURNALING) != 0) {
    const length = load<u32>(REGION, JOURNAL_LENGTH);
    const entry = <usize>load<u32>(REGION, JOURNAL) + <usize>length * JOURNAL_BYTES;
    store<u32>(entry, siteA);
    store<u32>(entry, a, 4);
    store<u32>(entry, siteB, 8);
    store<u32>(entry, b, 12);
    store<u32>(REGION, length + 2, JOURNAL_LENGTH);
    if (length + 4 > load<u32>(REGION, JOURNAL_CAPACITY)) keepLowest();
  }
}

/** Remembers the species that a site has and is about to lose, for the lowest state. */
export function note(site: u32, species: u32): void {
  if (load<u32>(REGION, JOURNALING) == 0) return;
  const length = load<u32>(REGION, JOURNAL_LENGTH);
  const entry = <usize>load<u32>(REGION, JOURNAL) + <usize>length * JOURNAL_BYTES;
  store<u32>(entry, site);
  store<u32>(entry, species, 4);
  store<u32>(REGION, length + 1, JOURNAL_LENGTH);
  if (length + 1 == load<u32>(REGION, JOURNAL_CAPACITY)) keepLowest();
}

/** Tells whether an energy is a new lowest one, and if so remembers it. */
export function noteLowest(energy: f64, step: f64): void {
  if (energy < load<f64>(REGION, LOWEST_ENERGY) - load<f64>(REGION, ROUNDING)) {
    store<f64>(REGION, energy, LOWEST_ENERGY);
    store<f64>(REGION, step, LOWEST_STEP);
    store<u32>(REGION, 1, JOURNALING);
    store<u32>(REGION, 0, JOURNAL_LENGTH);
  }
}

/** Writes the lowest state out by undoing the moves since then, so that none of them need be kept any longer. */
export function keepLowest(): void {
  if (load<u32>(REGION, JOURNALING) == 0) return;
  const lowest = <usize>load<u32>(REGION, LOWEST_OCCUPATION);
  memory.copy(lowest, <usize>load<u32>(REGION, OCCUPATION), <usize>load<u32>(OCCUPATION_BYTES));
  const bits = load<u32>(SITE_BITS);
  const mask = (1 << bits) - 1;
  const width = load<u32>(SUBLATTICE_COUNT);
  const journal = <usize>load<u32>(REGION, JOURNAL);
  for (let n = load<u32>(REGION, JOURNAL_LENGTH); n > 0; n--) {
    const entry = journal + <usize>(n - 1) * JOURNAL_BYTES;
    const site = load<u32>(entry);
    store<u8>(lowest + <usize>((site >> bits) * width + (site & mask)), load<u32>(entry, 4));
  }
  store<u32>(REGION, 0, JOURNALING);
}
