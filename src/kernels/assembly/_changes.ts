// Changes of one site after another, for moves of any number of sites: energies, lists, and carrying them out.
import {
  CHANGE_AFTER,
  CHANGE_BEFORE,
  CHANGE_BYTES,
  CHANGE_CELL,
  CHANGE_COUNT,
  CHANGE_SUBLATTICE,
  CHANGES,
  GROUP_BYTES,
  GROUP_OF,
  GROUPS,
  LIST_STARTS,
  MEMBER_PLACES,
  MEMBERS,
} from "../mixture-block";
import {
  CLASS,
  CLASS_NEIGHBOUR,
  CODE,
  COUNTS,
  FIELDS,
  LIVE_A,
  OCCUPATION,
  OWN_BYTES,
  OWN_RECORDS,
  SITE_BITS,
  SPECIES,
  SUBLATTICE_BYTES,
  SUBLATTICE_COUNT,
  SUBLATTICE_RECORDS,
} from "../swap-block";
import { note, place, spread } from "./_accept";
import { REGION } from "./_region";
import { energyAt } from "./_surroundings";

/** Adds a change to those of the proposal at hand. */
export function change(site: u32, before: u32, after: u32): void {
  const count = load<u32>(REGION, CHANGE_COUNT);
  const at = <usize>load<u32>(REGION, CHANGES) + <usize>count * CHANGE_BYTES;
  const bits = load<u32>(SITE_BITS);
  store<u32>(at, site);
  store<u32>(at, site >> bits, CHANGE_CELL);
  store<u32>(at, site & ((1 << bits) - 1), CHANGE_SUBLATTICE);
  store<u32>(at, before, CHANGE_BEFORE);
  store<u32>(at, after, CHANGE_AFTER);
  store<u32>(REGION, count + 1, CHANGE_COUNT);
}

/** Species on a site as it stands in lists. */
export function speciesOn(site: u32): u32 {
  const bits = load<u32>(SITE_BITS);
  const cell = <usize>(site >> bits);
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  return <u32>(
    load<u8>(<usize>load<u32>(REGION, OCCUPATION) + cell * width + <usize>(site & ((1 << bits) - 1)))
  );
}

/** Energy of all clusters through a site as if it held a species. */
function energyOn(cell: usize, sublattice: usize, species: usize): f64 {
  if (species == 0) return 0;
  const record = <usize>load<u32>(SUBLATTICE_RECORDS) + sublattice * SUBLATTICE_BYTES;
  const kinds = <usize>load<u32>(SPECIES) - 1;
  const own = <usize>load<u32>(OWN_RECORDS) + (sublattice * kinds + species - 1) * OWN_BYTES;
  const site = <usize>load<u32>(REGION, OCCUPATION) + cell * <usize>load<u32>(SUBLATTICE_COUNT) + sublattice;
  return energyAt(record, own, site, <usize>load<u32>(REGION, LIVE_A));
}

/** The same from the table of fields. */
function fieldOn(cell: usize, sublattice: usize, species: usize): f64 {
  if (species == 0) return 0;
  const kinds = <usize>load<u32>(SPECIES) - 1;
  const site = cell * <usize>load<u32>(SUBLATTICE_COUNT) + sublattice;
  return load<f64>(<usize>load<u32>(REGION, FIELDS) + ((site * kinds + species - 1) << 3));
}

/** Whether a site shares a cluster with one that changes before it. */
function nearEarlier(first: usize, change: usize): bool {
  const codes = <usize>load<u32>(CODE);
  const classes = <usize>load<u32>(CLASS);
  const neighbours = <usize>load<u32>(CLASS_NEIGHBOUR);
  const width = <usize>load<u32>(SUBLATTICE_COUNT);
  const code = load<i32>(codes + ((<usize>load<u32>(change, CHANGE_CELL)) << 2));
  const sublattice = <usize>load<u32>(change, CHANGE_SUBLATTICE);
  for (let earlier = first; earlier < change; earlier += CHANGE_BYTES) {
    const difference = code - load<i32>(codes + ((<usize>load<u32>(earlier, CHANGE_CELL)) << 2));
    const near = <usize>load<u16>(classes + <usize>(difference << 1));
    if (near == 0) continue;
    const row = (near * width + <usize>load<u32>(earlier, CHANGE_SUBLATTICE)) * width + sublattice;
    if (load<u16>(neighbours + (row << 1)) != 0) return true;
  }
  return false;
}

/**
 * Energy of the changes together. The energy of one change is exact, so it does not matter which way it is found; those
 * of several are added in the order of the plain code, for the sum over many sites need not be.
 */
export function energyOfChanges<Engine>(): f64 {
  const first = <usize>load<u32>(REGION, CHANGES);
  const end = first + <usize>load<u32>(REGION, CHANGE_COUNT) * CHANGE_BYTES;
  let sum: f64 = 0;
  // Earlier changes are carried out where a later one must see them, and undone afterwards.
  let placed = first;
  for (let at = first; at < end; at += CHANGE_BYTES) {
    const cell = <usize>load<u32>(at, CHANGE_CELL);
    const sublattice = <usize>load<u32>(at, CHANGE_SUBLATTICE);
    const before = <usize>load<u32>(at, CHANGE_BEFORE);
    const after = <usize>load<u32>(at, CHANGE_AFTER);
    if (isFloat<Engine>() && !nearEarlier(first, at)) {
      sum += fieldOn(cell, sublattice, after) - fieldOn(cell, sublattice, before);
      continue;
    }
    for (; placed < at; placed += CHANGE_BYTES)
      place(
        load<u32>(placed, CHANGE_CELL),
        load<u32>(placed, CHANGE_SUBLATTICE),
        load<u32>(placed, CHANGE_AFTER),
      );
    sum += energyOn(cell, sublattice, after) - energyOn(cell, sublattice, before);
  }
  for (let at = first; at < placed; at += CHANGE_BYTES)
    place(load<u32>(at, CHANGE_CELL), load<u32>(at, CHANGE_SUBLATTICE), load<u32>(at, CHANGE_BEFORE));
  return sum;
}

/** Puts a site where another one stands, and that one in its place. */
function moveTo(site: u32, index: usize, place: u32): void {
  const members = <usize>load<u32>(REGION, MEMBERS);
  const places = <usize>load<u32>(REGION, MEMBER_PLACES);
  const old = load<u32>(places + (index << 2));
  const other = load<u32>(members + ((<usize>place) << 2));
  store<u32>(members + ((<usize>old) << 2), other);
  store<u32>(places + (indexOf(other) << 2), old);
  store<u32>(members + ((<usize>place) << 2), site);
  store<u32>(places + (index << 2), place);
}

function indexOf(site: u32): usize {
  const bits = load<u32>(SITE_BITS);
  return <usize>((site >> bits) * load<u32>(SUBLATTICE_COUNT) + (site & ((1 << bits) - 1)));
}

/** As SiteLists.change: from list to neighbouring list, the borders move past the site. */
function changeLists(site: u32, sublattice: usize, before: u32, after: u32): void {
  const group = load<u32>(<usize>load<u32>(REGION, GROUP_OF) + (sublattice << 2));
  const row = <usize>load<u32>(<usize>load<u32>(REGION, GROUPS) + <usize>group * GROUP_BYTES);
  const starts = <usize>load<u32>(REGION, LIST_STARTS) + (row << 2);
  const index = indexOf(site);
  for (; before < after; before++) {
    const border = starts + ((<usize>before + 1) << 2);
    store<u32>(border, load<u32>(border) - 1);
    moveTo(site, index, load<u32>(border));
  }
  for (; before > after; before--) {
    const border = starts + ((<usize>before) << 2);
    moveTo(site, index, load<u32>(border));
    store<u32>(border, load<u32>(border) + 1);
  }
}

/** Carries out one change of a site. */
export function carryOut(
  site: u32,
  cell: usize,
  sublattice: usize,
  before: u32,
  after: u32,
  withFields: bool,
): void {
  if (load<u32>(REGION, MEMBERS) != 0) changeLists(site, sublattice, before, after);
  if (withFields) spread(cell, sublattice, before, after);
  note(site, before);
  place(cell, sublattice, after);
  const row = <usize>load<u32>(REGION, COUNTS) + ((sublattice * <usize>load<u32>(SPECIES)) << 2);
  const lost = row + ((<usize>before) << 2);
  const gained = row + ((<usize>after) << 2);
  store<u32>(lost, load<u32>(lost) - 1);
  store<u32>(gained, load<u32>(gained) + 1);
}

/** Carries out the proposal at hand. */
export function carryOutAll(withFields: bool): void {
  const first = <usize>load<u32>(REGION, CHANGES);
  const end = first + <usize>load<u32>(REGION, CHANGE_COUNT) * CHANGE_BYTES;
  for (let at = first; at < end; at += CHANGE_BYTES)
    carryOut(
      load<u32>(at),
      load<u32>(at, CHANGE_CELL),
      load<u32>(at, CHANGE_SUBLATTICE),
      load<u32>(at, CHANGE_BEFORE),
      load<u32>(at, CHANGE_AFTER),
      withFields,
    );
}
