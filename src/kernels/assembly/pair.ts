// Lennard-Jones
import {
  ATOM_ENERGY,
  BLOCK,
  ENERGY,
  FORCE_X,
  FORCE_Y,
  FORCE_Z,
  NUM_ATOMS,
  PARAMETERS,
  RECORD_BYTES,
  RECORDS,
  ROWS,
  WITH_ENERGIES,
} from "../neighbour-block";

export { build, clear, closest, finish, place } from "./_neighbours";

export function compute(parts: i32): void {
  let p = <usize>load<u32>(BLOCK, RECORDS);
  const end = p + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  let row = <usize>load<u32>(BLOCK, ROWS);
  const q = <usize>load<u32>(BLOCK, PARAMETERS);
  const cut2 = load<f64>(q);
  const c12 = load<f64>(q, 8);
  const c6 = load<f64>(q, 16);
  const energies = (parts & WITH_ENERGIES) != 0;
  let energy: f64 = 0;
  for (; p < end; p += RECORD_BYTES) {
    const x = load<f64>(p);
    const y = load<f64>(p, 8);
    const z = load<f64>(p, 16);
    let fx: f64 = 0;
    let fy: f64 = 0;
    let fz: f64 = 0;
    let e: f64 = 0;
    const last = <usize>load<u32>(row, 4);
    for (let at = <usize>load<u32>(row); at < last; at += 4) {
      const q = <usize>load<u32>(at);
      const dx = load<f64>(q) - x;
      const dy = load<f64>(q, 8) - y;
      const dz = load<f64>(q, 16) - z;
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 >= cut2) continue;
      const inverse = 1 / r2;
      const i6 = inverse * inverse * inverse;
      const pair = i6 * (c12 * i6 - c6);
      const f = inverse * i6 * (12 * c12 * i6 - 6 * c6);
      fx -= f * dx;
      fy -= f * dy;
      fz -= f * dz;
      store<f64>(q, load<f64>(q, FORCE_X) + f * dx, FORCE_X);
      store<f64>(q, load<f64>(q, FORCE_Y) + f * dy, FORCE_Y);
      store<f64>(q, load<f64>(q, FORCE_Z) + f * dz, FORCE_Z);
      e += pair;
      if (energies) {
        store<f64>(p, load<f64>(p, ATOM_ENERGY) + 0.5 * pair, ATOM_ENERGY);
        store<f64>(q, load<f64>(q, ATOM_ENERGY) + 0.5 * pair, ATOM_ENERGY);
      }
    }
    energy += e;
    store<f64>(p, load<f64>(p, FORCE_X) + fx, FORCE_X);
    store<f64>(p, load<f64>(p, FORCE_Y) + fy, FORCE_Y);
    store<f64>(p, load<f64>(p, FORCE_Z) + fz, FORCE_Z);
    row += 8;
  }
  store<f64>(BLOCK, energy, ENERGY);
}
