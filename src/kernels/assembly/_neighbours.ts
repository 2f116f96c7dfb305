// What the kernels of all potentials share: atoms with their periodic images, neighbour lists with a skin, and the way
// of positions in and forces out. A potential's kernel is one file that ends in
//     export { build, clear, closest, finish, place } from "./_neighbours";
// and exports compute(parts: i32): void, which neighbours.ts calls between clear() and finish(parts).
//
// Records. Each atom has a record of RECORD_BYTES = 64 bytes, a cache line: x, y, z (f64), kind (i32 at KIND: the number of
// its species), the caller's index (i32 at CALLER), force (f64 at FORCE_X, FORCE_Y, FORCE_Z) and energy (f64 at
// ATOM_ENERGY). They begin at load<u32>(BLOCK, RECORDS): first NUM_ATOMS atoms, sorted so that near ones have near
// addresses, then NUM_GHOSTS ghosts (periodic images within reach), then one record at NOWHERE.
//
// List. Atom number i (in the order of the records) has the row whose begin and end addresses are the two u32 at
// ROWS + 8 i. A row is u32 addresses of the records of its neighbours, within the cut-off and the skin: compare distances
// with the cut-off. Rows begin at multiples of 8; an odd one is padded with the record at NOWHERE, so that loops over two
// neighbours at once may run over the end (r² is then near 1e20; give it no weight). Two entries of a row always differ.
//   half: every pair once, atom with atom or with a ghost. full: all neighbours of each atom, atoms and ghosts.
//
// compute adds: energy of the whole to ENERGY; forces to the records of both partners, ghosts included (also with a full
// list: what a term of atom i does to its neighbour goes to the neighbour's record); with WITH_ENERGIES each atom's share
// to ATOM_ENERGY, of atoms or ghosts. clear has made all of them zero. finish folds ghosts onto their owners and copies
// out in the caller's order; with WITH_VIRIAL it takes the virial as Σ x ⊗ f over all records, which is right for any
// terms whose forces sum to zero over the records that they touch. What is not of this kind (reciprocal space) is better
// added to the results outside.
//
// Sums over neighbours that the second pass needs (densities): SCALARS has the addresses of as many arrays as the plan
// asks for, one f64 for each record, scalarOf(array, record); clearScalars, then add on both partners of a half list,
// foldScalars adds ghosts to owners, spreadScalars copies owners to ghosts. Constants stand from PARAMETERS on, as
// doubles, just as the potential gave them.
//
// The caller's own positions, as given, stand at INPUT (3 f64 each); CELL has the lattice vectors, zero rows where not
// periodic. Nothing here depends on anything but the positions at the last build and now, so results are repeatable.
import {
  ASTRAY,
  ATOM_A,
  ATOM_B,
  ATOM_ENERGY,
  BLOCK,
  CALLER,
  CELL,
  CLOSEST,
  ENERGIES_OUT,
  ENERGY,
  FAR,
  FARTHEST,
  FORCE_X,
  FORCE_Y,
  FORCE_Z,
  FORCES_OUT,
  GHOSTS,
  INPUT,
  NUM_ATOMS,
  NUM_GHOSTS,
  ORDER,
  ORIGIN,
  READY,
  REBUILD,
  RECORD_BYTES,
  RECORDS,
  REFERENCE,
  ROWS,
  STRETCH,
  VIRIAL,
  WITH_ENERGIES,
  WITH_VIRIAL,
  WRAPS,
} from "../neighbour-block";

export { build } from "./_neighbour-build";

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

/** Makes forces and energies zero. */
export function clear(): void {
  let p = <usize>load<u32>(BLOCK, RECORDS);
  const end = p + RECORD_BYTES * numRecords();
  const zero = f64x2.splat(0);
  for (; p < end; p += RECORD_BYTES) {
    v128.store(p, zero, FORCE_X);
    v128.store(p, zero, FORCE_Z);
  }
  store<f64>(BLOCK, 0, ENERGY);
  memory.fill(BLOCK + VIRIAL, 0, 72);
}

/** Atoms, ghosts and the one at NOWHERE. */
function numRecords(): usize {
  return <usize>(load<u32>(BLOCK, NUM_ATOMS) + load<u32>(BLOCK, NUM_GHOSTS) + 1);
}

/** Virial, ghosts folded onto their owners, forces and energies in the caller's order. */
export function finish(parts: i32): void {
  if (parts & WITH_VIRIAL) addVirial();
  const records = <usize>load<u32>(BLOCK, RECORDS);
  const ghosts = records + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  let ghost = <usize>load<u32>(BLOCK, GHOSTS);
  const end = ghosts + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_GHOSTS);
  for (let p = ghosts; p < end; p += RECORD_BYTES) {
    const owner = <usize>load<u32>(ghost);
    v128.store(owner, f64x2.add(v128.load(owner, FORCE_X), v128.load(p, FORCE_X)), FORCE_X);
    v128.store(owner, f64x2.add(v128.load(owner, FORCE_Z), v128.load(p, FORCE_Z)), FORCE_Z);
    ghost += 16;
  }
  const forces = <usize>load<u32>(BLOCK, FORCES_OUT);
  const energies = <usize>load<u32>(BLOCK, ENERGIES_OUT);
  for (let p = records; p < ghosts; p += RECORD_BYTES) {
    const caller = <usize>load<u32>(p, CALLER);
    const out = forces + 24 * caller;
    store<f64>(out, load<f64>(p, FORCE_X));
    store<f64>(out, load<f64>(p, FORCE_Y), 8);
    store<f64>(out, load<f64>(p, FORCE_Z), 16);
    if (parts & WITH_ENERGIES) store<f64>(energies + 8 * caller, load<f64>(p, ATOM_ENERGY));
  }
}

/** Σ x ⊗ f over all records, from the centre of the atoms so that rounding does not grow with their distance from 0. */
function addVirial(): void {
  const x0 = load<f64>(BLOCK, ORIGIN);
  const y0 = load<f64>(BLOCK, ORIGIN + 8);
  const z0 = load<f64>(BLOCK, ORIGIN + 16);
  let xx: f64 = 0;
  let xy: f64 = 0;
  let xz: f64 = 0;
  let yx: f64 = 0;
  let yy: f64 = 0;
  let yz: f64 = 0;
  let zx: f64 = 0;
  let zy: f64 = 0;
  let zz: f64 = 0;
  let p = <usize>load<u32>(BLOCK, RECORDS);
  const end = p + RECORD_BYTES * (numRecords() - 1);
  for (; p < end; p += RECORD_BYTES) {
    const x = load<f64>(p) - x0;
    const y = load<f64>(p, 8) - y0;
    const z = load<f64>(p, 16) - z0;
    const fx = load<f64>(p, FORCE_X);
    const fy = load<f64>(p, FORCE_Y);
    const fz = load<f64>(p, FORCE_Z);
    xx += x * fx;
    xy += x * fy;
    xz += x * fz;
    yx += y * fx;
    yy += y * fy;
    yz += y * fz;
    zx += z * fx;
    zy += z * fy;
    zz += z * fz;
  }
  // Symmetric but for rounding.
  xy = 0.5 * (xy + yx);
  xz = 0.5 * (xz + zx);
  yz = 0.5 * (yz + zy);
  const out = BLOCK + VIRIAL;
  store<f64>(out, load<f64>(out) + xx);
  store<f64>(out, load<f64>(out, 8) + xy, 8);
  store<f64>(out, load<f64>(out, 16) + xz, 16);
  store<f64>(out, load<f64>(out, 24) + xy, 24);
  store<f64>(out, load<f64>(out, 32) + yy, 32);
  store<f64>(out, load<f64>(out, 40) + yz, 40);
  store<f64>(out, load<f64>(out, 48) + xz, 48);
  store<f64>(out, load<f64>(out, 56) + yz, 56);
  store<f64>(out, load<f64>(out, 64) + zz, 64);
}

/** Finds the closest pair of the list: ATOM_A, ATOM_B and the distance in CLOSEST; −1 in ATOM_A for an empty list. */
export function closest(): void {
  let smallest: f64 = Infinity;
  let p = <usize>load<u32>(BLOCK, RECORDS);
  const end = p + RECORD_BYTES * <usize>load<u32>(BLOCK, NUM_ATOMS);
  let row = <usize>load<u32>(BLOCK, ROWS);
  store<i32>(BLOCK, -1, ATOM_A);
  for (; p < end; p += RECORD_BYTES) {
    const last = <usize>load<u32>(row, 4);
    for (let at = <usize>load<u32>(row); at < last; at += 4) {
      const q = <usize>load<u32>(at);
      const dx = load<f64>(q) - load<f64>(p);
      const dy = load<f64>(q, 8) - load<f64>(p, 8);
      const dz = load<f64>(q, 16) - load<f64>(p, 16);
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 < smallest) {
        smallest = r2;
        store<i32>(BLOCK, load<i32>(p, CALLER), ATOM_A);
        store<i32>(BLOCK, load<i32>(q, CALLER), ATOM_B);
      }
    }
    row += 8;
  }
  store<f64>(BLOCK, Math.sqrt(smallest), CLOSEST);
}

/** Address of a record's entry in one of the arrays of SCALARS. */
export function scalarOf(array: usize, record: usize): usize {
  return array + ((record - <usize>load<u32>(BLOCK, RECORDS)) >> 3);
}

export function clearScalars(array: usize): void {
  memory.fill(array, 0, 8 * numRecords());
}

/** Adds the entries of ghosts to those of their owners. */
export function foldScalars(array: usize): void {
  let ghost = <usize>load<u32>(BLOCK, GHOSTS);
  let at = array + 8 * <usize>load<u32>(BLOCK, NUM_ATOMS);
  const end = at + 8 * <usize>load<u32>(BLOCK, NUM_GHOSTS);
  for (; at < end; at += 8) {
    const owner = scalarOf(array, <usize>load<u32>(ghost));
    store<f64>(owner, load<f64>(owner) + load<f64>(at));
    ghost += 16;
  }
}

/** Gives ghosts the entries of their owners. */
export function spreadScalars(array: usize): void {
  let ghost = <usize>load<u32>(BLOCK, GHOSTS);
  let at = array + 8 * <usize>load<u32>(BLOCK, NUM_ATOMS);
  const end = at + 8 * <usize>load<u32>(BLOCK, NUM_GHOSTS);
  for (; at < end; at += 8) {
    store<f64>(at, load<f64>(scalarOf(array, <usize>load<u32>(ghost))));
    ghost += 16;
  }
}
