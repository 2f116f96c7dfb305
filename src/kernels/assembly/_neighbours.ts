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
// foldScalars adds ghosts to owners, spreadScalars copies owners to ghosts. What a kernel keeps of pairs has room at
// PAIRS, so many bytes (pairBytes of the plan) for each u32 from LIST to LIST_END. Constants stand from PARAMETERS on, as doubles,
// just as the potential gave them.
//
// The caller's own positions, as given, stand at INPUT (3 f64 each); CELL has the lattice vectors, zero rows where not
// periodic. Nothing here depends on anything but the positions at the last build and now, so results are repeatable.
import {
  ATOM_A,
  ATOM_B,
  ATOM_ENERGY,
  BLOCK,
  CALLER,
  CLOSEST,
  ENERGIES_OUT,
  ENERGY,
  FORCE_X,
  FORCE_Y,
  FORCE_Z,
  FORCES_OUT,
  GHOSTS,
  NUM_ATOMS,
  NUM_GHOSTS,
  ORIGIN,
  RECORD_BYTES,
  RECORDS,
  ROWS,
  VIRIAL,
  WITH_ENERGIES,
  WITH_VIRIAL,
} from "../neighbour-block";

export { build } from "./_neighbour-build";
export { place } from "./_neighbour-place";

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
