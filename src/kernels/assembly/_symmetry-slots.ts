// The neighbours of one atom, sorted by kind, those near enough for angles first. Slot o (a multiple of 8) has its fields at
// fixed distances from each other, `stride` bytes: read along a field by two at once, or all of one neighbour by its slot.
// Kinds begin at even slots and end before padding beyond all cut-offs. Slots 0 and 1 are padding too, whose factors are 0.
import {
  ANGLE_REACH2,
  ELEMENTS,
  FACTOR_ROWS,
  KIND_FIELDS,
  KINDS_AT,
  NEAR,
  NEAR_AT,
  REACH2,
  ROW,
  ROWS_AT,
} from "../hdnnp-block";
import { FORCE_X, FORCE_Z, KIND } from "../neighbour-block";
import { factorsOf } from "./_symmetry-factors";
import { field, tableAt, tableOf, wholeField } from "./_symmetry-parameters";

/** Bytes from a field to the next. */
export let stride: usize;
/** Displacement from the atom, Å; its square, length and inverse length. */
export let fieldX: usize;
export let fieldSquare: usize;
export let fieldLength: usize;
export let fieldInverse: usize;
/** Of four doubles: displacement again, for one neighbour at a time; address of its record (u32) in the fourth. */
export let vectors: usize;
/** Of four doubles: slope of the atom's energy with the displacement, but for what is along it; that in the fourth. */
export let gradients: usize;
/** Values of factor n at factorValues + n stride, slopes with distance divided by them at factorRates + n stride. */
export let factorValues: usize;
export let factorRates: usize;
// Records of the neighbours within reach and squares of their distances, as they come.
let nearRecords: usize;
let nearSquares: usize;
/** The first byte after the slots. */
export let slotsEnd: usize;

/** Å, beyond all cut-offs. Squares and inverses of padding are 1, which keeps all that is computed with them finite. */
const FAR_AWAY: f64 = 1e6;

/** Bytes of work space for so many slots. */
export function slotBytes(slots: usize): usize {
  return (slots << 3) * <usize>(16 + 2 * wholeField(tableAt(0), FACTOR_ROWS));
}

export function setUpSlots(work: usize, slots: usize): void {
  stride = slots << 3;
  fieldX = work;
  fieldSquare = work + 3 * stride;
  fieldLength = work + 4 * stride;
  fieldInverse = work + 5 * stride;
  vectors = work + 6 * stride;
  gradients = work + 10 * stride;
  nearRecords = work + 14 * stride;
  nearSquares = work + 15 * stride;
  factorValues = work + 16 * stride;
  factorRates = factorValues + stride * <usize>wholeField(tableAt(0), FACTOR_ROWS);
  slotsEnd = work + slotBytes(slots);
  pad(0);
  pad(8);
  for (let at = factorValues; at < slotsEnd; at += stride) v128.store(at, f64x2.splat(0));
}

/** Table of the slots of a kind: begin, end of those for angles, end of all, as offsets. */
export function kindTable(kind: i32): usize {
  return tableOf(tableAt(0), KINDS_AT) + ((<usize>kind) << 4);
}

function pad(slot: usize): void {
  put(slot, 0, 0, 0, 1, 0);
  store<f64>(fieldLength + slot, FAR_AWAY);
}

function put(slot: usize, x: f64, y: f64, z: f64, square: f64, record: usize): void {
  const length = Math.sqrt(square);
  const at = fieldX + slot;
  store<f64>(at, x);
  store<f64>(at + stride, y);
  store<f64>(at + 2 * stride, z);
  store<f64>(at + 3 * stride, square);
  store<f64>(at + 4 * stride, length);
  store<f64>(at + 5 * stride, 1 / length);
  const vector = vectors + (slot << 2);
  store<f64>(vector, x);
  store<f64>(vector, y, 8);
  store<f64>(vector, z, 16);
  store<u64>(vector, <u64>record, 24);
  v128.store(gradients + (slot << 2), f64x2.splat(0));
  v128.store(gradients + (slot << 2), f64x2.splat(0), 16);
}

/** Fills the slots with the neighbours of the atom at record p that its element sees. */
export function fillSlots(p: usize, element: usize, from: usize, to: usize): void {
  const kinds = wholeField(tableAt(0), ELEMENTS);
  const table = kindTable(0);
  const tableEnd = table + ((<usize>kinds) << 4);
  const reach2 = field(element, REACH2);
  const angleReach2 = field(element, ANGLE_REACH2);
  const x0 = load<f64>(p);
  const y0 = load<f64>(p, 8);
  const z0 = load<f64>(p, 16);
  for (let at = table; at < tableEnd; at += 8) store<u64>(at, 0);
  let near = nearRecords;
  let squares = nearSquares;
  for (let at = from; at < to; at += 4) {
    const q = <usize>load<u32>(at);
    const dx = load<f64>(q) - x0;
    const dy = load<f64>(q, 8) - y0;
    const dz = load<f64>(q, 16) - z0;
    const square = dx * dx + dy * dy + dz * dz;
    if (square >= reach2) continue;
    store<u32>(near, <u32>q);
    store<f64>(squares, square);
    near += 4;
    squares += 8;
    const count = table + ((<usize>load<i32>(q, KIND)) << 4) + (square < angleReach2 ? 4 : 8);
    store<u32>(count, load<u32>(count) + 1);
  }
  // Now the words of a kind become: begin, next slot for angles, next slot for others, end.
  let slot: u32 = 16;
  for (let at = table; at < tableEnd; at += 16) {
    const angles = load<u32>(at, 4);
    const others = load<u32>(at, 8);
    store<u32>(at, slot);
    store<u32>(at, slot, 4);
    slot += angles << 3;
    store<u32>(at, slot, 8);
    slot += others << 3;
    store<u32>(at, slot, 12);
    if (slot & 8) slot += 8;
  }
  place(near, table, angleReach2, x0, y0, z0);
  for (let at = table; at < tableEnd; at += 16) if (load<u32>(at, 12) & 8) pad(<usize>load<u32>(at, 12));
}

function place(end: usize, table: usize, angleReach2: f64, x0: f64, y0: f64, z0: f64): void {
  let squares = nearSquares;
  for (let at = nearRecords; at < end; at += 4) {
    const q = <usize>load<u32>(at);
    const square = load<f64>(squares);
    squares += 8;
    const next = table + ((<usize>load<i32>(q, KIND)) << 4) + (square < angleReach2 ? 4 : 8);
    const slot = <usize>load<u32>(next);
    store<u32>(next, <u32>slot + 8);
    put(slot, load<f64>(q) - x0, load<f64>(q, 8) - y0, load<f64>(q, 16) - z0, square, q);
  }
}

/** Factors of all slots. */
export function fillFactors(element: usize): void {
  const kinds = wholeField(tableAt(0), ELEMENTS);
  const cut = tableOf(tableAt(0), ROWS_AT);
  let near = tableOf(element, NEAR_AT);
  for (let kind = 0; kind < kinds; kind++) {
    const slots = kindTable(kind);
    const begin = <usize>load<u32>(slots);
    const end = (<usize>load<u32>(slots, 12) + 8) & ~15;
    for (let at = begin; at < end; at += ROW)
      factorsOf(
        tableOf(near, 1),
        wholeField(near, 0),
        fieldLength + at,
        min<usize>(ROW, end - at),
        factorValues + at,
        factorRates + at,
        stride,
        cut,
      );
    for (let n = wholeField(near, 0) - 1; n >= 0; n--) divide(stride * <usize>n, begin, end);
    near += NEAR << 3;
  }
}

/** Slopes become rates. Where the value is zero, so is the slope. */
function divide(row: usize, begin: usize, end: usize): void {
  for (let at = row + begin; at < row + end; at += 16) {
    const value = v128.load(factorValues + at);
    const rate = f64x2.div(v128.load(factorRates + at), value);
    v128.store(factorRates + at, v128.and(rate, f64x2.ne(value, f64x2.splat(0))));
  }
}

/** Adds the forces of the slots' gradients, on neighbours and on the atom at record p. */
export function addSlotForces(p: usize): void {
  const kinds = wholeField(tableAt(0), ELEMENTS);
  let ownXY = f64x2.splat(0);
  let ownZ = f64x2.splat(0);
  for (let kind = 0; kind < kinds; kind++) {
    const slots = kindTable(kind);
    const end = <usize>load<u32>(slots, 12);
    for (let slot = <usize>load<u32>(slots); slot < end; slot += 8) {
      const vector = vectors + (slot << 2);
      const gradient = gradients + (slot << 2);
      const along = f64x2.splat(load<f64>(gradient, 24) * load<f64>(fieldInverse + slot));
      const q = <usize>load<u32>(vector, 24);
      const xy = f64x2.add(v128.load(gradient), f64x2.mul(along, v128.load(vector)));
      const z = f64x2.add(v128.load64_zero(gradient + 16), f64x2.mul(along, v128.load64_zero(vector + 16)));
      ownXY = f64x2.add(ownXY, xy);
      ownZ = f64x2.add(ownZ, z);
      v128.store(q, f64x2.sub(v128.load(q, FORCE_X), xy), FORCE_X);
      v128.store(q, f64x2.sub(v128.load(q, FORCE_Z), z), FORCE_Z);
    }
  }
  v128.store(p, f64x2.add(v128.load(p, FORCE_X), ownXY), FORCE_X);
  v128.store(p, f64x2.add(v128.load(p, FORCE_Z), ownZ), FORCE_Z);
}
