// Brings atoms and ghosts to where the caller's atoms are now.
import {
  ASTRAY,
  ATOM_A,
  BLOCK,
  CELL,
  FAR,
  FARTHEST,
  GHOSTS,
  INPUT,
  NUM_ATOMS,
  NUM_GHOSTS,
  ORDER,
  READY,
  REBUILD,
  RECORD_BYTES,
  RECORDS,
  REFERENCE,
  STRETCH,
  WRAPS,
} from "../neighbour-block";

/** Brings the records to the caller's positions and cell: READY, REBUILD (the list may not be complete) or ASTRAY. */
export function place(): i32 {
  const far2 = moveAtoms();
  // Also where a coordinate is NaN.
  if (!(far2 <= 4 * FAR * FAR)) return findAstray();
  if (far2 > load<f64>(BLOCK, FARTHEST)) return REBUILD;
  moveGhosts();
  return READY;
}

/** Returns the square of the largest displacement since the build, apart from that of the cell; NaN if one is. */
export function moveAtoms(): f64 {
  const c0 = load<f64>(BLOCK, CELL);
  const c1 = load<f64>(BLOCK, CELL + 8);
  const c2 = load<f64>(BLOCK, CELL + 16);
  const c3 = load<f64>(BLOCK, CELL + 24);
  const c4 = load<f64>(BLOCK, CELL + 32);
  const c5 = load<f64>(BLOCK, CELL + 40);
  const c6 = load<f64>(BLOCK, CELL + 48);
  const c7 = load<f64>(BLOCK, CELL + 56);
  const c8 = load<f64>(BLOCK, CELL + 64);
  const s0 = load<f64>(BLOCK, STRETCH);
  const s1 = load<f64>(BLOCK, STRETCH + 8);
  const s2 = load<f64>(BLOCK, STRETCH + 16);
  const s3 = load<f64>(BLOCK, STRETCH + 24);
  const s4 = load<f64>(BLOCK, STRETCH + 32);
  const s5 = load<f64>(BLOCK, STRETCH + 40);
  const s6 = load<f64>(BLOCK, STRETCH + 48);
  const s7 = load<f64>(BLOCK, STRETCH + 56);
  const s8 = load<f64>(BLOCK, STRETCH + 64);
  const input = <usize>load<u32>(BLOCK, INPUT);
  let order = <usize>load<u32>(BLOCK, ORDER);
  let wraps = <usize>load<u32>(BLOCK, WRAPS);
  let reference = <usize>load<u32>(BLOCK, REFERENCE);
  let p = <usize>load<u32>(BLOCK, RECORDS);
  const end = p + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  let largest: f64 = 0;
  for (; p < end; p += RECORD_BYTES) {
    const at = input + <usize>load<u32>(order);
    const w0 = <f64>load<i32>(wraps);
    const w1 = <f64>load<i32>(wraps, 4);
    const w2 = <f64>load<i32>(wraps, 8);
    const x = load<f64>(at) + (w0 * c0 + w1 * c3 + w2 * c6);
    const y = load<f64>(at, 8) + (w0 * c1 + w1 * c4 + w2 * c7);
    const z = load<f64>(at, 16) + (w0 * c2 + w1 * c5 + w2 * c8);
    store<f64>(p, x);
    store<f64>(p, y, 8);
    store<f64>(p, z, 16);
    const x0 = load<f64>(reference);
    const y0 = load<f64>(reference, 8);
    const z0 = load<f64>(reference, 16);
    const dx = x - (x0 * s0 + y0 * s3 + z0 * s6);
    const dy = y - (x0 * s1 + y0 * s4 + z0 * s7);
    const dz = z - (x0 * s2 + y0 * s5 + z0 * s8);
    // max of WebAssembly keeps NaN.
    largest = max(largest, dx * dx + dy * dy + dz * dz);
    order += 4;
    wraps += 12;
    reference += 24;
  }
  return largest;
}

export function moveGhosts(): void {
  const count = <usize>load<u32>(BLOCK, NUM_GHOSTS);
  if (count == 0) return;
  const c0 = load<f64>(BLOCK, CELL);
  const c1 = load<f64>(BLOCK, CELL + 8);
  const c2 = load<f64>(BLOCK, CELL + 16);
  const c3 = load<f64>(BLOCK, CELL + 24);
  const c4 = load<f64>(BLOCK, CELL + 32);
  const c5 = load<f64>(BLOCK, CELL + 40);
  const c6 = load<f64>(BLOCK, CELL + 48);
  const c7 = load<f64>(BLOCK, CELL + 56);
  const c8 = load<f64>(BLOCK, CELL + 64);
  let ghost = <usize>load<u32>(BLOCK, GHOSTS);
  let p = <usize>load<u32>(BLOCK, RECORDS) + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  const end = p + RECORD_BYTES * count;
  for (; p < end; p += RECORD_BYTES) {
    const owner = <usize>load<u32>(ghost);
    const w0 = <f64>load<i32>(ghost, 4);
    const w1 = <f64>load<i32>(ghost, 8);
    const w2 = <f64>load<i32>(ghost, 12);
    store<f64>(p, load<f64>(owner) + (w0 * c0 + w1 * c3 + w2 * c6));
    store<f64>(p, load<f64>(owner, 8) + (w0 * c1 + w1 * c4 + w2 * c7), 8);
    store<f64>(p, load<f64>(owner, 16) + (w0 * c2 + w1 * c5 + w2 * c8), 16);
    ghost += 16;
  }
}

/** The atom that has gone furthest astray. */
function findAstray(): i32 {
  let p = <usize>load<u32>(BLOCK, INPUT);
  const atoms = load<i32>(BLOCK, NUM_ATOMS);
  let worst: f64 = -1;
  for (let i = 0; i < atoms; i++) {
    const x = load<f64>(p);
    const y = load<f64>(p, 8);
    const z = load<f64>(p, 16);
    let r2 = x * x + y * y + z * z;
    if (!(r2 < Infinity)) r2 = Infinity;
    if (r2 > worst) {
      worst = r2;
      store<i32>(BLOCK, i, ATOM_A);
    }
    p += 24;
  }
  return ASTRAY;
}
