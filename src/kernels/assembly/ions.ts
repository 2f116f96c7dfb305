// Pairs of ions: the screened Coulomb energy and the short-range one from tables over r², on half lists.
// A bin of the tables is found by the upper bits of r², so that each octave has as many. It holds two polynomials of fifth
// degree in r² less its value at the bin's beginning: Coulomb in the first lanes, short-range in the second.

import {
  BARE,
  BIN_BITS,
  BIN_LENGTH,
  CUT_SQUARED,
  FIRST_BIN,
  HEADER_LENGTH,
  PAIR_HEADERS,
  SPECIES_COUNT,
  SWITCH_FROM,
  SWITCH_FROM_SQUARED,
  SWITCH_RATE,
  TABLE_END,
} from "../ions-block";
import {
  ATOM_ENERGY,
  BLOCK,
  ENERGY,
  FORCE_X,
  FORCE_Y,
  FORCE_Z,
  KIND,
  NUM_ATOMS,
  PARAMETERS,
  RECORD_BYTES,
  RECORDS,
  ROWS,
  WITH_ENERGIES,
} from "../neighbour-block";

export { build, clear, closest, finish, place } from "./_neighbours";

export function compute(parts: i32): void {
  const bare = load<f64>(<usize>load<u32>(BLOCK, PARAMETERS) + (BARE << 3)) != 0;
  const each = (parts & WITH_ENERGIES) != 0;
  // Compiled four times, so that the common loop has no branches for the rest.
  let energy: f64;
  if (bare) energy = each ? addPairs(true, true) : addPairs(true, false);
  else energy = each ? addPairs(false, true) : addPairs(false, false);
  store<f64>(BLOCK, energy, ENERGY);
}

// Energy of all pairs; NaN where two ions are nearer than they may be.
function addPairs(bare: bool, each: bool): f64 {
  const parameters = <usize>load<u32>(BLOCK, PARAMETERS);
  const cut2 = load<f64>(parameters, CUT_SQUARED << 3);
  const from2 = load<f64>(parameters, SWITCH_FROM_SQUARED << 3);
  const from = load<f64>(parameters, SWITCH_FROM << 3);
  const rate = load<f64>(parameters, SWITCH_RATE << 3);
  const firstBin = <u64>load<f64>(parameters, FIRST_BIN << 3);
  const tableEnd = load<f64>(parameters, TABLE_END << 3);
  const rowBytes = <usize>load<f64>(parameters, SPECIES_COUNT << 3) * (HEADER_LENGTH << 3);
  let p = <usize>load<u32>(BLOCK, RECORDS);
  const end = p + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  let row = <usize>load<u32>(BLOCK, ROWS);
  let energy: f64 = 0;
  for (; p < end; p += RECORD_BYTES) {
    const x = load<f64>(p);
    const y = load<f64>(p, 8);
    const z = load<f64>(p, 16);
    const headers = parameters + (PAIR_HEADERS << 3) + <usize>load<i32>(p, KIND) * rowBytes;
    let fx: f64 = 0;
    let fy: f64 = 0;
    let fz: f64 = 0;
    let here: f64 = 0;
    const last = load<u32>(row, 4);
    for (let at = load<u32>(row); at < last; at += 4) {
      const q = <usize>load<u32>(at);
      const dx = load<f64>(q) - x;
      const dy = load<f64>(q, 8) - y;
      const dz = load<f64>(q, 16) - z;
      const s = dx * dx + dy * dy + dz * dz;
      if (s >= cut2) continue;
      const header = headers + <usize>load<i32>(q, KIND) * (HEADER_LENGTH << 3);
      if (s < load<f64>(header)) {
        energy = NaN;
        continue;
      }
      let pair: f64 = 0;
      let slope: f64 = 0;
      if (!bare || s < tableEnd) {
        const bits = reinterpret<u64>(s);
        const bin = bits >> (52 - BIN_BITS);
        const u = f64x2.splat(s - reinterpret<f64>(bin << (52 - BIN_BITS)));
        const c = parameters + <usize>load<f64>(header, 24) + <usize>(bin - firstBin) * (BIN_LENGTH << 3);
        const c3 = v128.load(c, 48);
        const c4 = v128.load(c, 64);
        const c5 = v128.load(c, 80);
        let value = f64x2.add(f64x2.mul(c5, u), c4);
        let rise = f64x2.add(f64x2.mul(c5, u), value);
        value = f64x2.add(f64x2.mul(value, u), c3);
        rise = f64x2.add(f64x2.mul(rise, u), value);
        value = f64x2.add(f64x2.mul(value, u), v128.load(c, 32));
        rise = f64x2.add(f64x2.mul(rise, u), value);
        value = f64x2.add(f64x2.mul(value, u), v128.load(c, 16));
        rise = f64x2.add(f64x2.mul(rise, u), value);
        value = f64x2.add(f64x2.mul(value, u), v128.load(c));
        pair = f64x2.extract_lane(value, 0);
        slope = f64x2.extract_lane(rise, 0);
        if (s < load<f64>(header, 8)) {
          let near = f64x2.extract_lane(value, 1);
          let nearSlope = f64x2.extract_lane(rise, 1);
          if (s > from2) {
            const r = Math.sqrt(s);
            const t = (r - from) * rate;
            const rest = 1 - t;
            const whole = 1 + t * t * t * (t * (15 - 6 * t) - 10);
            nearSlope = nearSlope * whole - (15 * rate * near * t * t * rest * rest) / r;
            near *= whole;
          }
          pair += near;
          slope += nearSlope;
        }
      }
      if (bare) {
        const inverse = 1 / s;
        const coulomb = load<f64>(header, 16) * Math.sqrt(inverse);
        pair += coulomb;
        slope -= 0.5 * coulomb * inverse;
      }
      slope *= 2;
      fx += slope * dx;
      fy += slope * dy;
      fz += slope * dz;
      store<f64>(q, load<f64>(q, FORCE_X) - slope * dx, FORCE_X);
      store<f64>(q, load<f64>(q, FORCE_Y) - slope * dy, FORCE_Y);
      store<f64>(q, load<f64>(q, FORCE_Z) - slope * dz, FORCE_Z);
      here += pair;
      if (each) store<f64>(q, load<f64>(q, ATOM_ENERGY) + 0.5 * pair, ATOM_ENERGY);
    }
    energy += here;
    store<f64>(p, load<f64>(p, FORCE_X) + fx, FORCE_X);
    store<f64>(p, load<f64>(p, FORCE_Y) + fy, FORCE_Y);
    store<f64>(p, load<f64>(p, FORCE_Z) + fz, FORCE_Z);
    if (each) store<f64>(p, load<f64>(p, ATOM_ENERGY) + 0.5 * here, ATOM_ENERGY);
    row += 8;
  }
  return energy;
}
