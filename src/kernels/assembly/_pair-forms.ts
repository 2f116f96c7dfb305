// The functions of distance of many-body potentials, for the neighbours of one atom at a time.
// In: `neighbours`, the addresses of their records (u32), and `squares`, r² of each (f64). Out: what each adds to the
// density at the atom and at the neighbour, and in `values` the pair's parts of the force, slopes divided by r: (φ', f') or,
// from tables of several species, (φ', f' at the atom, f' at the neighbour). Each form returns the sum of the pair energies.
// Where energies of atoms are wanted, both ends of a pair take half of it.
// The density at a record r stands at (r >> 3) + densities.
// Analytic forms work on two pairs at once; an odd last one has a partner at r² = FAR_AWAY, where all is under 1e-307.
import { ANALYTIC_ROW, FAR_AWAY } from "../many-body-block";
import { ATOM_ENERGY, KIND } from "../neighbour-block";
import { powerTwo, restTwo, seriesTwo, wholeTwo, withinTwo } from "./_exponential";

/** Where functions begin to be cut off, and 1 / width of that; FAR_AWAY where they are not. */
let switchFrom: f64 = FAR_AWAY;
let switchRate: f64 = 0;

export function setSwitch(from: f64, rate: f64): void {
  switchFrom = from;
  switchRate = rate;
}

// Two numbers, one from each of two addresses.
function gatherTwo(first: usize, second: usize, offset: usize): v128 {
  return f64x2.replace_lane(v128.load64_splat(first + offset), 1, load<f64>(second + offset));
}

// S of the cut-off, and dS/dr, for two distances; see smooth-cutoff.ts.
function switchTime(r: v128): v128 {
  const t = f64x2.mul(f64x2.sub(r, f64x2.splat(switchFrom)), f64x2.splat(switchRate));
  return f64x2.min(f64x2.max(t, f64x2.splat(0)), f64x2.splat(1));
}
function switchValue(t: v128): v128 {
  const t3 = f64x2.mul(f64x2.mul(t, t), t);
  const inner = f64x2.sub(
    f64x2.mul(t, f64x2.sub(f64x2.splat(15), f64x2.mul(f64x2.splat(6), t))),
    f64x2.splat(10),
  );
  return f64x2.add(f64x2.splat(1), f64x2.mul(t3, inner));
}
function switchSlope(t: v128): v128 {
  const rest = f64x2.sub(f64x2.splat(1), t);
  const square = f64x2.mul(f64x2.mul(t, t), f64x2.mul(rest, rest));
  return f64x2.mul(f64x2.splat(-30 * switchRate), square);
}

/** x to a whole power of so many bits, by squaring; the powers of the two numbers may differ. */
function power(x: v128, wholes: v128, bits: i32): v128 {
  const one = i64x2.splat(1);
  let result = f64x2.splat(1);
  for (let k = 0; k < bits; k++) {
    const taken = i64x2.eq(v128.and(wholes, one), one);
    result = v128.bitselect(f64x2.mul(result, x), result, taken);
    x = f64x2.mul(x, x);
    wholes = i64x2.shr_u(wholes, 1);
  }
  return result;
}

// Types in place of flags: the compiler makes a loop of its own, without branches, for each combination that is used.
class Exponentials {}
class Powers {}
/** One species, or several. */
class One {}
class Many {}
/** Energies of atoms wanted, or only the sum. */
class Atoms {}
class Sum {}

// The common frame of the analytic forms. Rows of exponentials: k1 c1 h1 k2 c2 h2 (h exp(k - c r)); of powers:
// a n h1 m - h2, then as i64 the two exponents that `power` takes.
function analytic<Form, Kinds, Shares>(
  rows: usize,
  atom: usize,
  neighbours: usize,
  squares: usize,
  count: i32,
  values: usize,
  densities: usize,
  bits: i32,
  roots: bool,
): f64 {
  const powersOf = idof<Form>() == idof<Powers>();
  const one = idof<Kinds>() == idof<One>();
  const each = idof<Shares>() == idof<Atoms>();
  let energy = f64x2.splat(0);
  let here = f64x2.splat(0);
  // The row of this atom's species with its like, until there are others.
  let c0 = v128.load64_splat(rows);
  let c1 = v128.load64_splat(rows, 8);
  let c2 = v128.load64_splat(rows, 16);
  let c3 = v128.load64_splat(rows, 24);
  let c4 = v128.load64_splat(rows, 32);
  let c5 = v128.load64_splat(rows, 40);
  let exponents1 = v128.load64_splat(rows, 48);
  let exponents2 = v128.load64_splat(rows, 56);
  store<f64>(squares + ((<usize>count) << 3), FAR_AWAY);
  for (let k = 0; k < count; k += 2) {
    const q0 = <usize>load<u32>(neighbours);
    const both = k + 1 < count;
    const q1 = both ? <usize>load<u32>(neighbours, 4) : q0;
    neighbours += 8;
    if (!one) {
      const row0 = rows + <usize>load<i32>(q0, KIND) * ANALYTIC_ROW;
      const row1 = rows + <usize>load<i32>(q1, KIND) * ANALYTIC_ROW;
      c0 = gatherTwo(row0, row1, 0);
      c1 = gatherTwo(row0, row1, 8);
      c2 = gatherTwo(row0, row1, 16);
      c3 = gatherTwo(row0, row1, 24);
      c4 = gatherTwo(row0, row1, 32);
      c5 = gatherTwo(row0, row1, 40);
      if (powersOf) {
        exponents1 = gatherTwo(row0, row1, 48);
        exponents2 = gatherTwo(row0, row1, 56);
      }
    }
    const r = f64x2.sqrt(v128.load(squares));
    squares += 16;
    const inverse = f64x2.div(f64x2.splat(1), r);
    let pair: v128;
    let density: v128;
    let pairSlope: v128;
    let densitySlope: v128;
    if (!powersOf) {
      const x1 = withinTwo(f64x2.sub(c0, f64x2.mul(c1, r)));
      const x2 = withinTwo(f64x2.sub(c3, f64x2.mul(c4, r)));
      const n1 = wholeTwo(x1);
      const n2 = wholeTwo(x2);
      pair = f64x2.mul(c2, f64x2.mul(seriesTwo(restTwo(x1, n1)), powerTwo(n1)));
      density = f64x2.mul(c5, f64x2.mul(seriesTwo(restTwo(x2, n2)), powerTwo(n2)));
      pairSlope = f64x2.neg(f64x2.mul(c1, pair));
      densitySlope = f64x2.neg(f64x2.mul(c4, density));
    } else {
      let x = f64x2.mul(c0, inverse);
      if (roots) x = f64x2.sqrt(x);
      pair = f64x2.mul(c2, power(x, exponents1, bits));
      density = f64x2.mul(c5, power(x, exponents2, bits));
      pairSlope = f64x2.neg(f64x2.mul(f64x2.mul(c1, pair), inverse));
      densitySlope = f64x2.neg(f64x2.mul(f64x2.mul(c3, density), inverse));
    }
    if (v128.any_true(f64x2.gt(r, f64x2.splat(switchFrom)))) {
      const t = switchTime(r);
      const s = switchValue(t);
      const ds = switchSlope(t);
      pairSlope = f64x2.add(f64x2.mul(pairSlope, s), f64x2.mul(pair, ds));
      densitySlope = f64x2.add(f64x2.mul(densitySlope, s), f64x2.mul(density, ds));
      pair = f64x2.mul(pair, s);
      density = f64x2.mul(density, s);
    }
    pairSlope = f64x2.mul(pairSlope, inverse);
    densitySlope = f64x2.mul(densitySlope, inverse);
    energy = f64x2.add(energy, pair);
    here = f64x2.add(here, density);
    v128.store(values, v128.shuffle<f64>(pairSlope, densitySlope, 0, 2));
    v128.store(values, v128.shuffle<f64>(pairSlope, densitySlope, 1, 3), 16);
    values += 32;
    addTo((q0 >> 3) + densities, f64x2.extract_lane(density, 0));
    if (each) addTo(q0 + ATOM_ENERGY, 0.5 * f64x2.extract_lane(pair, 0));
    if (both) {
      addTo((q1 >> 3) + densities, f64x2.extract_lane(density, 1));
      if (each) addTo(q1 + ATOM_ENERGY, 0.5 * f64x2.extract_lane(pair, 1));
    }
  }
  addTo((atom >> 3) + densities, f64x2.extract_lane(here, 0) + f64x2.extract_lane(here, 1));
  const total = f64x2.extract_lane(energy, 0) + f64x2.extract_lane(energy, 1);
  if (each) addTo(atom + ATOM_ENERGY, 0.5 * total);
  return total;
}

function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}

/**
 * @param rows parameters of this atom's species with each; @param one whether there is one species only
 * @param each whether energies of atoms are wanted too
 */
export function exponentials(
  rows: usize,
  one: bool,
  atom: usize,
  neighbours: usize,
  squares: usize,
  count: i32,
  values: usize,
  densities: usize,
  each: bool,
): f64 {
  if (!one)
    return each
      ? analytic<Exponentials, Many, Atoms>(
          rows,
          atom,
          neighbours,
          squares,
          count,
          values,
          densities,
          0,
          false,
        )
      : analytic<Exponentials, Many, Sum>(
          rows,
          atom,
          neighbours,
          squares,
          count,
          values,
          densities,
          0,
          false,
        );
  return each
    ? analytic<Exponentials, One, Atoms>(rows, atom, neighbours, squares, count, values, densities, 0, false)
    : analytic<Exponentials, One, Sum>(rows, atom, neighbours, squares, count, values, densities, 0, false);
}

/** @param bits of the largest exponent; @param roots whether exponents are those of the square root of a/r */
export function inversePowers(
  rows: usize,
  atom: usize,
  neighbours: usize,
  squares: usize,
  count: i32,
  values: usize,
  densities: usize,
  each: bool,
  bits: i32,
  roots: bool,
): f64 {
  return each
    ? analytic<Powers, Many, Atoms>(rows, atom, neighbours, squares, count, values, densities, bits, roots)
    : analytic<Powers, Many, Sum>(rows, atom, neighbours, squares, count, values, densities, bits, roots);
}

/**
 * One species: rows of 64 bytes an interval, (z0 f0) (z1 f1) (z2 f2) (z3 f3) for r φ = Σ z_k p^k and f = Σ f_k p^k.
 * @param intervals number of them; @param rate intervals per Å
 */
export function tableOfOne(
  table: usize,
  intervals: i32,
  rate: f64,
  atom: usize,
  neighbours: usize,
  squares: usize,
  count: i32,
  values: usize,
  densities: usize,
  each: bool,
): f64 {
  let energy: f64 = 0;
  let here: f64 = 0;
  const last = intervals - 1;
  const two = f64x2.splat(2);
  const three = f64x2.splat(3);
  const rates = f64x2.splat(rate);
  for (let k = 0; k < count; k++) {
    const r = sqrt(load<f64>(squares));
    const inverse = 1 / r;
    const knots = r * rate;
    const m = min(<i32>knots, last);
    const p = f64x2.splat(min(knots - <f64>m, 1));
    const row = table + ((<usize>m) << 6);
    const c1 = v128.load(row, 16);
    const c2 = v128.load(row, 32);
    const c3p = f64x2.mul(p, v128.load(row, 48));
    const value = f64x2.add(v128.load(row), f64x2.mul(p, f64x2.add(c1, f64x2.mul(p, f64x2.add(c2, c3p)))));
    const slope = f64x2.mul(
      rates,
      f64x2.add(c1, f64x2.mul(p, f64x2.add(f64x2.mul(two, c2), f64x2.mul(three, c3p)))),
    );
    const pair = f64x2.extract_lane(value, 0) * inverse;
    const density = f64x2.extract_lane(value, 1);
    store<f64>(values, (f64x2.extract_lane(slope, 0) - pair) * inverse * inverse);
    store<f64>(values, f64x2.extract_lane(slope, 1) * inverse, 8);
    energy += pair;
    here += density;
    const q = <usize>load<u32>(neighbours);
    addTo((q >> 3) + densities, density);
    if (each) addTo(q + ATOM_ENERGY, 0.5 * pair);
    neighbours += 4;
    squares += 8;
    values += 16;
  }
  addTo((atom >> 3) + densities, here);
  if (each) addTo(atom + ATOM_ENERGY, 0.5 * energy);
  return energy;
}

/**
 * Several species: rows of 96 bytes, as above with f of the species of larger index, then f0 to f3 of the other one.
 * @param tables of species a >= b at a (a + 1) / 2 + b
 */
export function tableOfMany(
  tables: usize,
  intervals: i32,
  rate: f64,
  atom: usize,
  neighbours: usize,
  squares: usize,
  count: i32,
  values: usize,
  densities: usize,
  each: bool,
): f64 {
  let energy: f64 = 0;
  let here: f64 = 0;
  const kind = load<i32>(atom, KIND);
  const last = intervals - 1;
  const two = f64x2.splat(2);
  const three = f64x2.splat(3);
  const rates = f64x2.splat(rate);
  for (let k = 0; k < count; k++) {
    const q = <usize>load<u32>(neighbours);
    const other = load<i32>(q, KIND);
    const r = sqrt(load<f64>(squares));
    const inverse = 1 / r;
    const knots = r * rate;
    const m = min(<i32>knots, last);
    const p = min(knots - <f64>m, 1);
    const pp = f64x2.splat(p);
    const high = max(kind, other);
    const table = (high * (high + 1)) / 2 + min(kind, other);
    const row = tables + 96 * <usize>(table * intervals + m);
    const c1 = v128.load(row, 16);
    const c2 = v128.load(row, 32);
    const c3p = f64x2.mul(pp, v128.load(row, 48));
    const value = f64x2.add(v128.load(row), f64x2.mul(pp, f64x2.add(c1, f64x2.mul(pp, f64x2.add(c2, c3p)))));
    const slope = f64x2.mul(
      rates,
      f64x2.add(c1, f64x2.mul(pp, f64x2.add(f64x2.mul(two, c2), f64x2.mul(three, c3p)))),
    );
    const l1 = load<f64>(row, 72);
    const l2 = load<f64>(row, 80);
    const l3p = p * load<f64>(row, 88);
    const lower = load<f64>(row, 64) + p * (l1 + p * (l2 + l3p));
    const lowerSlope = rate * (l1 + p * (2 * l2 + 3 * l3p));
    const upper = f64x2.extract_lane(value, 1);
    const upperSlope = f64x2.extract_lane(slope, 1);
    const pair = f64x2.extract_lane(value, 0) * inverse;
    // An atom is in the density of its neighbours, not in its own.
    const neighbourIsHigh = other >= kind;
    store<f64>(values, (f64x2.extract_lane(slope, 0) - pair) * inverse * inverse);
    store<f64>(values, select(upperSlope, lowerSlope, neighbourIsHigh) * inverse, 8);
    store<f64>(values, select(lowerSlope, upperSlope, neighbourIsHigh) * inverse, 16);
    energy += pair;
    here += select(upper, lower, neighbourIsHigh);
    addTo((q >> 3) + densities, select(lower, upper, neighbourIsHigh));
    if (each) addTo(q + ATOM_ENERGY, 0.5 * pair);
    neighbours += 4;
    squares += 8;
    values += 24;
  }
  addTo((atom >> 3) + densities, here);
  if (each) addTo(atom + ATOM_ENERGY, 0.5 * energy);
  return energy;
}
