// High-dimensional neural network potentials, E = sum_i (E_el + mean over networks of network(G_i)), on full lists. Of each
// atom: its neighbours sorted, functions of the distances, triplets, values G; the networks, which give the slopes w_g of
// the energy with G; then the slopes of the energy with all distances, w_g summed over functions first. Derivatives of G
// itself are nowhere made.
import {
  ELEMENT,
  ELEMENTS,
  ELEMENTS_AT,
  ENERGY_OF_ATOM,
  FUNCTIONS,
  GROUP,
  GROUP_FIELDS,
  GROUP_TABLES_AT,
  GROUPS,
  GROUPS_AT,
  HIGHEST_AT,
  LOWEST_AT,
  NETWORK,
  NETWORKS,
  NETWORKS_AT,
  OUTSIDE,
  OUTSIDE_AT,
  OUTSIDE_FIELDS,
  OUTSIDE_ROOM,
  SLOPES_AT,
  VALUES_AT,
} from "../hdnnp-block";
import {
  ATOM_ENERGY,
  BLOCK,
  CALLER,
  ENERGY,
  KIND,
  NUM_ATOMS,
  RECORD_BYTES,
  RECORDS,
  ROWS,
  WITH_ENERGIES,
  WORK,
  WORK_END,
  WORK_WANTED,
} from "../neighbour-block";
import { applyNetwork } from "./_hdnnp-network";
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";
import { addAngularSlopes, addRadialSlopes } from "./_symmetry-slopes";
import { addSlotForces, fillFactors, fillSlots, setUpSlots, slotBytes, slotsEnd } from "./_symmetry-slots";
import { collectTriplets, tripletBytes, tripletRoom } from "./_symmetry-triplets";
import { addAngularValues, addRadialValues } from "./_symmetry-values";

export { build, clear, closest, finish, place } from "./_neighbours";

export function compute(parts: i32): void {
  const head = tableAt(0);
  store<f64>(head + (OUTSIDE << 3), 0);
  const work = <usize>load<u32>(BLOCK, WORK);
  const room = <usize>load<u32>(BLOCK, WORK_END);
  const slots = longestRow() + 2 + <usize>wholeField(head, ELEMENTS);
  if (!fits(work + slotBytes((slots + 1) & ~1), work, room)) return;
  setUpSlots(work, (slots + 1) & ~1);
  let p = <usize>load<u32>(BLOCK, RECORDS);
  const end = p + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  let row = <usize>load<u32>(BLOCK, ROWS);
  let energy: f64 = 0;
  for (; p < end; p += RECORD_BYTES) {
    const kind = load<i32>(p, KIND);
    const element = tableOf(head, ELEMENTS_AT) + ((<usize>kind * ELEMENT) << 3);
    fillSlots(p, element, <usize>load<u32>(row), <usize>load<u32>(row, 4));
    row += 8;
    fillFactors(element);
    clearFunctions(element);
    addRadialValues(element);
    if (!addGroups(element, work, room)) return;
    const own = applyNetworks(element);
    findOutside(p, kind, element);
    energy += own;
    if (parts & WITH_ENERGIES) store<f64>(p, own, ATOM_ENERGY);
    addRadialSlopes(element);
    addGroupSlopes(element);
    addSlotForces(p);
  }
  store<f64>(BLOCK, energy, ENERGY);
}

/** Whether the work space ends after `end`; else how much would. */
function fits(end: usize, work: usize, room: usize): bool {
  if (end <= room) return true;
  store<u32>(BLOCK, <u32>(end - work), WORK_WANTED);
  return false;
}

function longestRow(): usize {
  let row = <usize>load<u32>(BLOCK, ROWS);
  const end = row + 8 * <usize>load<u32>(BLOCK, NUM_ATOMS);
  let longest: u32 = 0;
  for (; row < end; row += 8) longest = max(longest, load<u32>(row, 4) - load<u32>(row));
  return longest >> 2;
}

function clearFunctions(element: usize): void {
  const bytes = (<usize>wholeField(element, FUNCTIONS)) << 3;
  memory.fill(tableOf(tableAt(0), VALUES_AT), 0, bytes);
  memory.fill(tableOf(tableAt(0), SLOPES_AT), 0, bytes);
}

/** Triplets and values of all groups; false where the work space does not hold them. */
function addGroups(element: usize, work: usize, room: usize): bool {
  let group = tableOf(element, GROUP_TABLES_AT);
  let entry = tableOf(tableAt(0), GROUPS_AT);
  let at = slotsEnd;
  for (let n = wholeField(element, GROUPS); n > 0; n--) {
    if (!fits(at + tripletBytes(group, tripletRoom(group)), work, room)) return false;
    at = collectTriplets(group, at, entry);
    addAngularValues(group, entry);
    group += GROUP << 3;
    entry += GROUP_FIELDS << 2;
  }
  return true;
}

function addGroupSlopes(element: usize): void {
  let group = tableOf(element, GROUP_TABLES_AT);
  let entry = tableOf(tableAt(0), GROUPS_AT);
  for (let n = wholeField(element, GROUPS); n > 0; n--) {
    addAngularSlopes(group, entry);
    group += GROUP << 3;
    entry += GROUP_FIELDS << 2;
  }
}

/** Energy of the atom; leaves its slopes with the functions. */
function applyNetworks(element: usize): f64 {
  let energy = field(element, ENERGY_OF_ATOM);
  let network = tableOf(element, NETWORKS_AT);
  for (let n = wholeField(element, NETWORKS); n > 0; n--) {
    energy += applyNetwork(network);
    network += NETWORK << 3;
  }
  return energy;
}

/** Counts values outside the ranges of the training set, and keeps the first ones. */
function findOutside(p: usize, kind: i32, element: usize): void {
  const head = tableAt(0);
  const values = tableOf(head, VALUES_AT);
  const lowest = tableOf(element, LOWEST_AT);
  const highest = tableOf(element, HIGHEST_AT);
  const count = wholeField(element, FUNCTIONS);
  for (let n = 0; n < count; n++) {
    const at = (<usize>n) << 3;
    const value = load<f64>(values + at);
    if (value >= load<f64>(lowest + at) && value <= load<f64>(highest + at)) continue;
    const found = wholeField(head, OUTSIDE);
    store<f64>(head + (OUTSIDE << 3), <f64>(found + 1));
    if (found >= wholeField(head, OUTSIDE_ROOM)) continue;
    const out = tableOf(head, OUTSIDE_AT) + ((<usize>found * OUTSIDE_FIELDS) << 3);
    store<f64>(out, <f64>load<i32>(p, CALLER));
    store<f64>(out, <f64>kind, 8);
    store<f64>(out, <f64>n, 16);
    store<f64>(out, value, 24);
  }
}
