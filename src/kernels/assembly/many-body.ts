// Gupta, Sutton-Chen and EAM potentials: E = Σ_{i<j} φ(r_ij) + Σ_i F(ρ_i), ρ_i = Σ_j f(r_ij), on half lists.
// The first pass keeps of every pair within the cut-off the neighbour and the slopes of φ and f, so that the second pass,
// which needs the slopes of F, neither finds the pairs nor computes their functions again.
//
// Parameters (doubles): the fields of many-body-block, from FIRST_ROOT on d of each species (F = -d √ρ), then
//   EXPONENTIALS and POWERS: for each species and each other one a row, see _pair-forms;
//   TABLE_OF_ONE and TABLES_OF_MANY: the tables of F of each species, four coefficients an interval, then those of pairs.

import {
  ANALYTIC_ROW,
  BITS,
  CUTOFF_SQUARED,
  DENSITY_INTERVALS,
  DENSITY_RATE,
  EXPONENTIALS,
  FIRST_ROOT,
  FORM,
  INTERVALS,
  LARGEST_DENSITY,
  POWERS,
  RATE,
  ROOTS,
  SPECIES,
  SWITCH_FROM,
  SWITCH_RATE,
  TABLE_OF_ONE,
  TABLES_OF_MANY,
} from "../many-body-block";
import {
  ATOM_ENERGY,
  BLOCK,
  ENERGY,
  FORCE_X,
  FORCE_Z,
  KIND,
  LIST,
  LIST_END,
  NUM_ATOMS,
  PAIRS,
  PARAMETERS,
  RECORD_BYTES,
  RECORDS,
  ROWS,
  SCALARS,
  WITH_ENERGIES,
} from "../neighbour-block";
import { clearScalars, foldScalars, spreadScalars } from "./_neighbours";
import { exponentials, inversePowers, setSwitch, tableOfMany, tableOfOne } from "./_pair-forms";

export { build, clear, closest, finish, place } from "./_neighbours";

function parameter(index: usize): f64 {
  return load<f64>(<usize>load<u32>(BLOCK, PARAMETERS) + (index << 3));
}

function scalars(index: usize): usize {
  return <usize>load<u32>(BLOCK + SCALARS + (index << 2));
}

export function compute(parts: i32): void {
  const each = (parts & WITH_ENERGIES) != 0;
  clearScalars(scalars(0));
  const pairs = addDensities(each);
  foldScalars(scalars(0));
  const embedded = <i32>parameter(FORM) <= POWERS ? embedInRoots(each) : embedInTables(each);
  spreadScalars(scalars(1));
  if (<i32>parameter(FORM) == TABLES_OF_MANY) addForces<Three>();
  else addForces<Two>();
  store<f64>(BLOCK, pairs + embedded, ENERGY);
}

/** Densities of atoms and ghosts in scalars 0; the kept pairs of atom i end where entry i of scalars 3 (u32) says. */
function addDensities(each: bool): f64 {
  const records = <usize>load<u32>(BLOCK, RECORDS);
  const end = records + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  const densities = scalars(0) - (records >> 3);
  const squares = scalars(2);
  let kept = scalars(3);
  let row = <usize>load<u32>(BLOCK, ROWS);
  const form = <i32>parameter(FORM);
  const species = <usize>parameter(SPECIES);
  const cutoff2 = parameter(CUTOFF_SQUARED);
  const valueBytes: usize = form == TABLES_OF_MANY ? 24 : 16;
  const first = <usize>load<u32>(BLOCK, PARAMETERS) + ((FIRST_ROOT + species) << 3);
  const rates = parameter(RATE);
  const intervals = <i32>parameter(INTERVALS);
  const bits = <i32>parameter(BITS);
  const roots = parameter(ROOTS) != 0;
  setSwitch(parameter(SWITCH_FROM), parameter(SWITCH_RATE));
  const pairTables = first + species * <usize>parameter(DENSITY_INTERVALS) * 32;
  let neighbours = <usize>load<u32>(BLOCK, PAIRS);
  let values = firstValue();
  let energy: f64 = 0;
  for (let p = records; p < end; p += RECORD_BYTES) {
    const count = keepNear(p, load<u32>(row), load<u32>(row, 4), cutoff2, neighbours, squares);
    const kind = <usize>load<i32>(p, KIND);
    if (form == EXPONENTIALS)
      energy += exponentials(
        first + kind * species * ANALYTIC_ROW,
        species == 1,
        p,
        neighbours,
        squares,
        count,
        values,
        densities,
        each,
      );
    else if (form == POWERS)
      energy += inversePowers(
        first + kind * species * ANALYTIC_ROW,
        p,
        neighbours,
        squares,
        count,
        values,
        densities,
        each,
        bits,
        roots,
      );
    else if (form == TABLE_OF_ONE)
      energy += tableOfOne(
        pairTables,
        intervals,
        rates,
        p,
        neighbours,
        squares,
        count,
        values,
        densities,
        each,
      );
    else
      energy += tableOfMany(
        pairTables,
        intervals,
        rates,
        p,
        neighbours,
        squares,
        count,
        values,
        densities,
        each,
      );
    neighbours += (<usize>count) << 2;
    values += <usize>count * valueBytes;
    store<u32>(kept, <u32>neighbours);
    kept += 8;
    row += 8;
  }
  return energy;
}

/** Values of pairs stand behind the addresses of all neighbours that the list can have. */
function firstValue(): usize {
  const room = <usize>(load<u32>(BLOCK, LIST_END) - load<u32>(BLOCK, LIST));
  return (<usize>load<u32>(BLOCK, PAIRS) + room + 15) & ~15;
}

/** Copies the neighbours nearer than the cut-off, with r²; returns their number. */
function keepNear(p: usize, from: usize, to: usize, cutoff2: f64, neighbours: usize, squares: usize): i32 {
  const x = load<f64>(p);
  const y = load<f64>(p, 8);
  const z = load<f64>(p, 16);
  const first = neighbours;
  for (let at = from; at < to; at += 4) {
    const q = <usize>load<u32>(at);
    const dx = load<f64>(q) - x;
    const dy = load<f64>(q, 8) - y;
    const dz = load<f64>(q, 16) - z;
    const r2 = dx * dx + dy * dy + dz * dz;
    store<u32>(neighbours, <u32>q);
    store<f64>(squares, r2);
    const near = <usize>(r2 < cutoff2);
    neighbours += near << 2;
    squares += near << 3;
  }
  return <i32>((neighbours - first) >> 2);
}

/** F = -d √ρ of the atoms, its slopes in scalars 1. */
function embedInRoots(each: bool): f64 {
  const records = <usize>load<u32>(BLOCK, RECORDS);
  const end = records + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  let density = scalars(0);
  let slope = scalars(1);
  let energy: f64 = 0;
  for (let p = records; p < end; p += RECORD_BYTES) {
    const d = parameter(FIRST_ROOT + <usize>load<i32>(p, KIND));
    const root = sqrt(load<f64>(density));
    store<f64>(slope, root > 0 ? (-0.5 * d) / root : 0);
    energy -= d * root;
    if (each) store<f64>(p, load<f64>(p, ATOM_ENERGY) - d * root, ATOM_ENERGY);
    density += 8;
    slope += 8;
  }
  return energy;
}

/** F of the atoms from tables, a straight line beyond their end; its slopes in scalars 1. */
function embedInTables(each: bool): f64 {
  const records = <usize>load<u32>(BLOCK, RECORDS);
  const end = records + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  const tables = <usize>load<u32>(BLOCK, PARAMETERS) + ((FIRST_ROOT + <usize>parameter(SPECIES)) << 3);
  const intervals = <usize>parameter(DENSITY_INTERVALS);
  const rate = parameter(DENSITY_RATE);
  const largest = parameter(LARGEST_DENSITY);
  let density = scalars(0);
  let slopes = scalars(1);
  let energy: f64 = 0;
  for (let p = records; p < end; p += RECORD_BYTES) {
    const rho = load<f64>(density);
    const knots = rho * rate;
    const k = max<f64>(0, min<f64>(Math.floor(knots), <f64>(intervals - 1)));
    const t = min<f64>(knots - k, 1);
    const c = tables + ((intervals * <usize>load<i32>(p, KIND) + <usize>k) << 5);
    const c1 = load<f64>(c, 8);
    const c2 = load<f64>(c, 16);
    const c3 = load<f64>(c, 24);
    const slope = rate * (c1 + t * (2 * c2 + t * 3 * c3));
    const value = load<f64>(c) + t * (c1 + t * (c2 + t * c3)) + slope * max<f64>(0, rho - largest);
    store<f64>(slopes, slope);
    energy += value;
    if (each) store<f64>(p, load<f64>(p, ATOM_ENERGY) + value, ATOM_ENERGY);
    density += 8;
    slopes += 8;
  }
  return energy;
}

// Types in place of a flag: whether slopes of densities differ at the two ends of a pair, three values kept, or not.
class Two {}
class Three {}

function addForces<Kept>(): void {
  const many = idof<Kept>() == idof<Three>();
  const records = <usize>load<u32>(BLOCK, RECORDS);
  const end = records + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  const slopes = scalars(1) - (records >> 3);
  let kept = scalars(3);
  let at = <usize>load<u32>(BLOCK, PAIRS);
  let value = firstValue();
  for (let p = records; p < end; p += RECORD_BYTES) {
    const last = <usize>load<u32>(kept);
    const xy = v128.load(p);
    const z = load<f64>(p, 16);
    const slope = load<f64>((p >> 3) + slopes);
    let fxy = f64x2.splat(0);
    let fz: f64 = 0;
    for (; at < last; at += 4) {
      const q = <usize>load<u32>(at);
      const there = load<f64>((q >> 3) + slopes);
      let s: f64;
      if (many) {
        s = load<f64>(value) + slope * load<f64>(value, 8) + there * load<f64>(value, 16);
        value += 24;
      } else {
        s = load<f64>(value) + (slope + there) * load<f64>(value, 8);
        value += 16;
      }
      const pull = f64x2.mul(f64x2.splat(s), f64x2.sub(v128.load(q), xy));
      const pullZ = s * (load<f64>(q, 16) - z);
      fxy = f64x2.add(fxy, pull);
      fz += pullZ;
      v128.store(q, f64x2.sub(v128.load(q, FORCE_X), pull), FORCE_X);
      store<f64>(q, load<f64>(q, FORCE_Z) - pullZ, FORCE_Z);
    }
    v128.store(p, f64x2.add(v128.load(p, FORCE_X), fxy), FORCE_X);
    store<f64>(p, load<f64>(p, FORCE_Z) + fz, FORCE_Z);
    kept += 8;
  }
}
