/** Symmetry of a parent lattice, as permutations of its sites. */
import { EcitonError } from "../core/errors.ts";
import {
  cross,
  det3,
  dot,
  inv3,
  type Mat3,
  mul3,
  norm3,
  rowTimes,
  transpose3,
  type Vec3,
} from "../core/linalg.ts";
import { moyo } from "./moyo.ts";
import type { ParentLattice } from "./parent-lattice.ts";

/**
 * One operation. The site s in parent cell c goes to the site siteMap[s] in the cell W c + shift(s), with W the
 * integer rotation acting on column vectors of cell indices.
 */
export interface SymmetryOperation {
  readonly rotation: Mat3;
  readonly siteMap: Int32Array; // sites
  readonly shift: Int32Array; // 3 * sites
}

export interface LatticeSymmetry {
  readonly operations: readonly SymmetryOperation[];
  /** Space group of the three-dimensional arrangement that was analysed. */
  readonly spaceGroup: { readonly number: number; readonly symbol: string };
  /** What was found before operations that mix layers or leave the periodic directions were dropped. */
  readonly operationsFound: number;
}

/** Largest distance between a site's image and the site it stands for, Å. */
const SYMMETRY_TOLERANCE_A = 1e-3;

/**
 * Space group by moyo, restricted to what the lattice allows: every operation must permute the sites, respect
 * the allowed species and the layer names, and along non-periodic directions work without any wrapping; for a
 * slab it must also keep every height (no operation may turn the slab over).
 * @throws {EcitonError} "study" when moyo finds no symmetry, "not-converged" when operations do not form a group
 */
export function findSymmetry(lattice: ParentLattice): LatticeSymmetry {
  const boxed = boxedCell(lattice);
  const classes = new Map<string, number>();
  const numbers = lattice.sites.map((site) => {
    const key = JSON.stringify([site.species, site.layer]);
    if (!classes.has(key)) classes.set(key, classes.size + 1);
    return classes.get(key)!;
  });
  const inverse = inv3(boxed);
  const positions = lattice.sites.map((_, s) =>
    rowTimes(lattice.cartesian.subarray(3 * s, 3 * s + 3), inverse),
  );
  let dataset: ReturnType<ReturnType<typeof moyo>["analyze_cell"]>;
  try {
    dataset = moyo().analyze_cell(
      JSON.stringify({ lattice: { basis: boxed }, positions, numbers }),
      SYMMETRY_TOLERANCE_A,
      "Standard",
    );
  } catch (error) {
    throw new EcitonError(
      "study",
      `lattice: no space group was found (${String(error)}); check the cell and the positions`,
      { path: "lattice" },
      error,
    );
  }
  const operations: SymmetryOperation[] = [];
  for (const found of dataset.operations) {
    // moyo's rotations are column-major.
    const rotation = transpose3(found.rotation).map(Math.round) as Mat3;
    const operation = asPermutation(lattice, boxed, numbers, rotation, found.translation);
    if (operation) operations.push(operation);
  }
  checkGroup(operations);
  return {
    operations,
    spaceGroup: { number: dataset.number, symbol: dataset.hm_symbol },
    operationsFound: dataset.operations.length,
  };
}

/**
 * The cell with its non-periodic vectors replaced by ones normal to the rest, long enough that images do not
 * matter. Two free directions get equal lengths, three a cube, so that the box hides no cubic operation.
 */
function boxedCell(lattice: ParentLattice): Mat3 {
  const cell = Array.from(lattice.cell) as Mat3;
  const free = [0, 1, 2].filter((k) => !lattice.periodic[k]);
  if (free.length === 0) return cell;
  const extent = Math.max(...spread(lattice));
  const length = 2 * extent + 10;
  const row = (k: number): Vec3 => [cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]];
  const setRow = (k: number, v: Vec3) => {
    for (let i = 0; i < 3; i++) cell[3 * k + i] = v[i];
  };
  const scaled = (v: Vec3): Vec3 => v.map((x) => (x / norm3(v)) * length) as Vec3;
  if (free.length === 1) {
    const k = free[0];
    const normal = scaled(cross(row((k + 1) % 3), row((k + 2) % 3)));
    setRow(k, dot(normal, row(k)) < 0 ? (normal.map((x) => -x) as Vec3) : normal);
  } else if (free.length === 2) {
    const axis = row([0, 1, 2].find((k) => lattice.periodic[k])!);
    const along = dot(row(free[0]), axis) / dot(axis, axis);
    const first = scaled(row(free[0]).map((x, i) => x - along * axis[i]) as Vec3);
    setRow(free[0], first);
    setRow(free[1], scaled(cross(axis, first)));
  } else {
    cell.splice(0, 9, length, 0, 0, 0, length, 0, 0, 0, length);
  }
  return cell;
}

function spread(lattice: ParentLattice): Vec3 {
  const range = (k: number) => {
    const values = lattice.sites.map((_, s) => lattice.cartesian[3 * s + k]);
    return Math.max(...values) - Math.min(...values);
  };
  return [range(0), range(1), range(2)];
}

/** The operation as a permutation of sites, or null if it is not one on this lattice. */
function asPermutation(
  lattice: ParentLattice,
  boxed: Mat3,
  numbers: readonly number[],
  rotation: Mat3,
  translation: readonly number[],
): SymmetryOperation | null {
  const { periodic } = lattice;
  const count = lattice.sites.length;
  const free = [0, 1, 2].filter((k) => !periodic[k]);
  // Periodic and free directions may not mix, and a slab may not be turned over.
  for (const k of free)
    for (let j = 0; j < 3; j++)
      if (periodic[j] && (rotation[3 * k + j] !== 0 || rotation[3 * j + k] !== 0)) return null;
  if (free.length === 1 && rotation[4 * free[0]] !== 1) return null;
  const inverse = inv3(boxed);
  const fractional = lattice.sites.map((_, s) =>
    rowTimes(lattice.cartesian.subarray(3 * s, 3 * s + 3), inverse),
  );
  // Along free directions the box is arbitrary: fix the translation by the centre of the sites.
  const shiftOf = [...translation];
  for (const k of free) {
    const centre = [0, 1, 2].map((j) => fractional.reduce((sum, f) => sum + f[j], 0) / count);
    shiftOf[k] = centre[k] - free.reduce((sum, j) => sum + rotation[3 * k + j] * centre[j], 0);
  }
  const siteMap = new Int32Array(count);
  const shift = new Int32Array(3 * count);
  const taken = new Uint8Array(count);
  for (let s = 0; s < count; s++) {
    const f = fractional[s];
    const image = [0, 1, 2].map(
      (k) => rotation[3 * k] * f[0] + rotation[3 * k + 1] * f[1] + rotation[3 * k + 2] * f[2] + shiftOf[k],
    );
    const target = fractional.findIndex((g, t) => {
      if (numbers[t] !== numbers[s]) return false;
      const difference = image.map((x, k) => x - g[k] - (periodic[k] ? Math.round(x - g[k]) : 0));
      return norm3(rowTimes(difference, boxed)) < SYMMETRY_TOLERANCE_A;
    });
    if (target < 0 || taken[target]) return null;
    taken[target] = 1;
    siteMap[s] = target;
    for (let k = 0; k < 3; k++)
      shift[3 * s + k] = periodic[k] ? Math.round(image[k] - fractional[target][k]) : 0;
  }
  return { rotation, siteMap, shift };
}

/** Operations must be distinct and closed under composition: a tolerance between two symmetries shows here. */
function checkGroup(operations: readonly SymmetryOperation[]): void {
  const key = (op: Pick<SymmetryOperation, "rotation" | "siteMap" | "shift">) => {
    // Modulo lattice translations: the shift of the first site is taken off.
    const shift = Array.from(op.shift, (x, i) => x - op.shift[i % 3]);
    return `${op.rotation.join()}|${op.siteMap.join()}|${shift.join()}`;
  };
  const known = new Set(operations.map(key));
  const closed =
    known.size === operations.length &&
    operations.every((a) => operations.every((b) => known.has(key(compose(a, b)))));
  if (!closed)
    throw new EcitonError(
      "study",
      "lattice: its symmetry operations do not form a group; the positions lie between two symmetries, give them with more digits",
      { path: "lattice" },
    );
}

/** First b, then a. */
function compose(a: SymmetryOperation, b: SymmetryOperation) {
  const rotation = mul3(a.rotation, b.rotation);
  const siteMap = b.siteMap.map((s) => a.siteMap[s]);
  const shift = new Int32Array(b.shift.length);
  b.siteMap.forEach((middle, s) => {
    for (let k = 0; k < 3; k++)
      shift[3 * s + k] =
        a.rotation[3 * k] * b.shift[3 * s] +
        a.rotation[3 * k + 1] * b.shift[3 * s + 1] +
        a.rotation[3 * k + 2] * b.shift[3 * s + 2] +
        a.shift[3 * middle + k];
  });
  return { rotation, siteMap, shift };
}

/** Whether the operation maps the lattice of supercell translations onto itself. */
export function preservesSupercell(operation: SymmetryOperation, matrix: ArrayLike<number>): boolean {
  const inverse = inv3(matrix);
  for (let i = 0; i < 3; i++) {
    const row = [matrix[3 * i], matrix[3 * i + 1], matrix[3 * i + 2]];
    const image = [0, 1, 2].map((k) =>
      dot([operation.rotation[3 * k], operation.rotation[3 * k + 1], operation.rotation[3 * k + 2]], row),
    );
    if (rowTimes(image, inverse).some((x) => Math.abs(x - Math.round(x)) > 1e-9)) return false;
  }
  return Math.abs(det3(operation.rotation)) === 1;
}
