/** Symmetry of a parent lattice, as permutations of its sites. */
import { EcitonError } from "../core/errors.ts";
import { cross, det3, dot, inv3, type Mat3, norm3, rowTimes, transpose3, type Vec3 } from "../core/linalg.ts";
import { finiteOperations } from "./finite-symmetry.ts";
import { moyo } from "./moyo.ts";
import { checkGroup, type SymmetryOperation } from "./operation.ts";
import type { ParentLattice } from "./parent-lattice.ts";

export type { SymmetryOperation };

export interface LatticeSymmetry {
  readonly operations: readonly SymmetryOperation[];
  /**
   * Space group of the three-dimensional arrangement that was analysed; for clusters and wires number 0 and the
   * kind and order of the group.
   */
  readonly spaceGroup: { readonly number: number; readonly symbol: string };
  /** What was found before operations that mix layers or leave the periodic directions were dropped. */
  readonly operationsFound: number;
}

/** Largest distance between a site's image and the site it stands for, Å. */
const SYMMETRY_TOLERANCE_A = 1e-3;

/**
 * Space group by moyo, restricted to what the lattice allows: every operation must permute the sites, respect
 * the allowed species and the layer names, and along non-periodic directions work without any wrapping; for a
 * slab it must also keep every height (no operation may turn the slab over). Clusters and wires, whose rotations
 * need not fit a box, are searched directly.
 * @throws {EcitonError} "study" when moyo finds no symmetry, or the operations do not form a group
 */
export function findSymmetry(lattice: ParentLattice): LatticeSymmetry {
  const classes = new Map<string, number>();
  const numbers = lattice.sites.map((site) => {
    const key = JSON.stringify([site.species, site.layer]);
    if (!classes.has(key)) classes.set(key, classes.size + 1);
    return classes.get(key)!;
  });
  const freeDirections = lattice.periodic.filter((p) => !p).length;
  if (freeDirections > 1) {
    const operations = finiteOperations(lattice, numbers, SYMMETRY_TOLERANCE_A);
    checkGroup(operations);
    const kind = freeDirections === 3 ? "point" : "rod";
    return {
      operations,
      spaceGroup: { number: 0, symbol: `${kind} group of order ${operations.length}` },
      operationsFound: operations.length,
    };
  }
  const boxed = freeDirections === 1 ? boxedCell(lattice) : (Array.from(lattice.cell) as Mat3);
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
    const operation = asPermutation(lattice, boxed, positions, numbers, rotation, found.translation);
    if (operation) operations.push(operation);
  }
  checkGroup(operations);
  return {
    operations,
    spaceGroup: { number: dataset.number, symbol: dataset.hm_symbol },
    operationsFound: dataset.operations.length,
  };
}

/** The cell of a slab with its free vector replaced by one normal to the rest, so long that images do not matter. */
function boxedCell(lattice: ParentLattice): Mat3 {
  const cell = Array.from(lattice.cell) as Mat3;
  const k = lattice.periodic.indexOf(false);
  const row = (i: number) => cell.slice(3 * (i % 3), 3 * (i % 3) + 3);
  const normal = cross(row(k + 1), row(k + 2));
  const heights = lattice.sites.map(
    (_, s) => dot(lattice.cartesian.subarray(3 * s, 3 * s + 3), normal) / norm3(normal),
  );
  const thickness = Math.max(...heights) - Math.min(...heights);
  const sense = dot(normal, row(k)) < 0 ? -1 : 1;
  const length = (sense * (2 * thickness + 10)) / norm3(normal);
  for (let i = 0; i < 3; i++) cell[3 * k + i] = normal[i] * length;
  return cell;
}

/** The operation as a permutation of sites, or null if it is not one on this lattice. */
function asPermutation(
  lattice: ParentLattice,
  boxed: Mat3,
  fractional: readonly Vec3[],
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
  if (free.some((k) => rotation[4 * k] !== 1)) return null;
  // Along the free direction the box is arbitrary, and heights stay.
  const shiftOf = translation.map((x, k) => (periodic[k] ? x : 0));
  const siteMap = new Int32Array(count);
  const shift = new Int32Array(3 * count);
  const taken = new Uint8Array(count);
  for (let s = 0; s < count; s++) {
    const f = fractional[s];
    const image = [0, 1, 2].map(
      (k) => rotation[3 * k] * f[0] + rotation[3 * k + 1] * f[1] + rotation[3 * k + 2] * f[2] + shiftOf[k],
    );
    const difference: Vec3 = [0, 0, 0];
    const target = fractional.findIndex((g, t) => {
      if (numbers[t] !== numbers[s]) return false;
      for (let k = 0; k < 3; k++) {
        const x = image[k] - g[k];
        difference[k] = periodic[k] ? x - Math.round(x) : x;
      }
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
