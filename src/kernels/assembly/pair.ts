// Lennard-Jones and Morse on half lists, two neighbours at a time. Forces are −dE/dr divided by r, times the vector.
//
// Parameters (doubles): form (0 Lennard-Jones, 1 Morse), number of species, square of the cut-off, where the smooth
// cut-off begins and 1 / its width (beyond all distances, and 0, without one), then for each species and each other one
//   Lennard-Jones: 4 ε σ^12, 4 ε σ^6, energy that is added to each pair, 0
//   Morse: α r0, α, D, energy that is added to each pair
import {
  ATOM_ENERGY,
  BLOCK,
  ENERGY,
  FORCE_X,
  FORCE_Z,
  KIND,
  NUM_ATOMS,
  PARAMETERS,
  RECORD_BYTES,
  RECORDS,
  ROWS,
} from "../neighbour-block";
import { expTwo } from "./_exponential";

export { build, clear, closest, finish, place } from "./_neighbours";

/** Bytes of the parameters of a pair of species. */
const PAIR_ROW: usize = 32;

/** The numbers that stand at the same place of two rows. */
function both(row0: usize, row1: usize, place: usize): v128 {
  return v128.load64_lane(row1 + place, v128.load64_zero(row0 + place), 1);
}

// Energies of atoms cost no more than leaving them out: they stand beside the z component of the force. The parts that
// compute may be asked for are done by finish.
export function compute(_: i32): void {
  const parameters = <usize>load<u32>(BLOCK, PARAMETERS);
  const morse = load<f64>(parameters) != 0;
  const species = <usize>load<f64>(parameters, 8);
  const several = species > 1;
  const cutoff2 = f64x2.splat(load<f64>(parameters, 16));
  const from = f64x2.splat(load<f64>(parameters, 24));
  const from2 = f64x2.mul(from, from);
  const rate = f64x2.splat(load<f64>(parameters, 32));
  const table = parameters + 40;
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  // What follows a species' own row is changed for each pair where there are several.
  let first = both(table, table, 0);
  let second = both(table, table, 8);
  let third = both(table, table, 16);
  let fourth = both(table, table, 24);
  let total = zero;
  let row = <usize>load<u32>(BLOCK, ROWS);
  let p = <usize>load<u32>(BLOCK, RECORDS);
  const end = p + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  for (; p < end; p += RECORD_BYTES) {
    const xi = v128.load64_splat(p);
    const yi = v128.load64_splat(p, 8);
    const zi = v128.load64_splat(p, 16);
    const rows = table + <usize>load<i32>(p, KIND) * species * PAIR_ROW;
    let fx = zero;
    let fy = zero;
    let fz = zero;
    let sum = zero;
    const last = <usize>load<u32>(row, 4);
    for (let at = <usize>load<u32>(row); at < last; at += 8) {
      const q0 = <usize>load<u32>(at);
      const q1 = <usize>load<u32>(at, 4);
      const xy0 = v128.load(q0);
      const xy1 = v128.load(q1);
      const x = f64x2.sub(v128.shuffle<f64>(xy0, xy1, 0, 2), xi);
      const y = f64x2.sub(v128.shuffle<f64>(xy0, xy1, 1, 3), yi);
      const z = f64x2.sub(both(q0, q1, 16), zi);
      const r2 = f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z));
      const near = f64x2.lt(r2, cutoff2);
      if (!v128.any_true(near)) continue;
      if (several) {
        const row0 = rows + <usize>load<i32>(q0, KIND) * PAIR_ROW;
        const row1 = rows + <usize>load<i32>(q1, KIND) * PAIR_ROW;
        first = both(row0, row1, 0);
        second = both(row0, row1, 8);
        third = both(row0, row1, 16);
        fourth = both(row0, row1, 24);
      }
      let energy: v128;
      let force: v128;
      if (morse) {
        const r = f64x2.sqrt(r2);
        const e = expTwo(f64x2.sub(first, f64x2.mul(second, r)));
        const de = f64x2.mul(third, e);
        const less = f64x2.sub(e, one);
        energy = f64x2.add(f64x2.mul(de, f64x2.sub(less, one)), fourth);
        force = f64x2.div(f64x2.mul(f64x2.mul(f64x2.add(second, second), de), less), r);
      } else {
        const inverse2 = f64x2.div(one, r2);
        const inverse6 = f64x2.mul(f64x2.mul(inverse2, inverse2), inverse2);
        const attraction = f64x2.mul(second, inverse6);
        const repulsion = f64x2.mul(f64x2.mul(first, inverse6), inverse6);
        const bare = f64x2.sub(repulsion, attraction);
        energy = f64x2.add(bare, third);
        force = f64x2.mul(f64x2.mul(f64x2.splat(6), inverse2), f64x2.add(bare, repulsion));
      }
      if (v128.any_true(f64x2.gt(r2, from2))) {
        // S and dS/dr of smooth-cutoff.ts.
        const r = f64x2.sqrt(r2);
        const t = f64x2.min(f64x2.max(f64x2.mul(f64x2.sub(r, from), rate), zero), one);
        const rest = f64x2.sub(one, t);
        const inner = f64x2.sub(
          f64x2.mul(t, f64x2.sub(f64x2.splat(15), f64x2.mul(f64x2.splat(6), t))),
          f64x2.splat(10),
        );
        const s = f64x2.add(one, f64x2.mul(f64x2.mul(f64x2.mul(t, t), t), inner));
        const slope = f64x2.mul(
          f64x2.mul(f64x2.splat(30), rate),
          f64x2.mul(f64x2.mul(t, t), f64x2.mul(rest, rest)),
        );
        force = f64x2.add(f64x2.mul(force, s), f64x2.div(f64x2.mul(energy, slope), r));
        energy = f64x2.mul(energy, s);
      }
      energy = v128.and(energy, near);
      force = v128.and(force, near);
      const gx = f64x2.mul(force, x);
      const gy = f64x2.mul(force, y);
      const gz = f64x2.mul(force, z);
      const share = f64x2.mul(half, energy);
      fx = f64x2.add(fx, gx);
      fy = f64x2.add(fy, gy);
      fz = f64x2.add(fz, gz);
      sum = f64x2.add(sum, share);
      v128.store(q0, f64x2.add(v128.load(q0, FORCE_X), v128.shuffle<f64>(gx, gy, 0, 2)), FORCE_X);
      v128.store(q0, f64x2.add(v128.load(q0, FORCE_Z), v128.shuffle<f64>(gz, share, 0, 2)), FORCE_Z);
      v128.store(q1, f64x2.add(v128.load(q1, FORCE_X), v128.shuffle<f64>(gx, gy, 1, 3)), FORCE_X);
      v128.store(q1, f64x2.add(v128.load(q1, FORCE_Z), v128.shuffle<f64>(gz, share, 1, 3)), FORCE_Z);
    }
    const fxy = f64x2.add(v128.shuffle<f64>(fx, fy, 0, 2), v128.shuffle<f64>(fx, fy, 1, 3));
    v128.store(p, f64x2.sub(v128.load(p, FORCE_X), fxy), FORCE_X);
    store<f64>(p, load<f64>(p, FORCE_Z) - (f64x2.extract_lane(fz, 0) + f64x2.extract_lane(fz, 1)), FORCE_Z);
    store<f64>(
      p,
      load<f64>(p, ATOM_ENERGY) + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1),
      ATOM_ENERGY,
    );
    total = f64x2.add(total, sum);
    row += 8;
  }
  store<f64>(BLOCK, 2 * (f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1)), ENERGY);
}
