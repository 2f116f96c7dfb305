/** Cells of atoms that are periodic in some directions only. */
import { EcitonError } from "./errors.ts";
import { cross, det3, type Mat3, norm3, type Vec3 } from "./linalg.ts";

const directions = ["a", "b", "c"] as const;

/** A cell is taken as flat when its volume is below this part of the product of its edges. */
const FLAT = 1e-9;

/**
 * The cell with unit vectors, normal to each other and to the periodic rows, in place of the rows of directions that are
 * not periodic: it has an inverse whatever the file says of those rows (often zero), and its face spacings along the
 * periodic directions are the distances between the periodic images of a face.
 * @param cell Float64Array(9), rows are lattice vectors, Å
 * @throws {EcitonError} "data" when a periodic row is not finite, or the periodic rows span no volume (area, length)
 */
export function completedCell(cell: ArrayLike<number>, periodic: readonly [boolean, boolean, boolean]): Mat3 {
  const rows = [0, 3, 6].map((i): Vec3 => [cell[i], cell[i + 1], cell[i + 2]]);
  const kept = [0, 1, 2].filter((k) => periodic[k]);
  const lengths = kept.map((k) => norm3(rows[k]));
  const fail = (what: string): never => {
    const shown = kept.map((k) => `${directions[k]} = (${rows[k].join(", ")})`).join(", ");
    throw new EcitonError("data", `${what}: the periodic lattice vectors are ${shown} Å`, {
      cell: Array.from(cell),
    });
  };
  if (!lengths.every(Number.isFinite)) fail("a lattice vector is not finite");
  const unit = (v: Vec3): Vec3 => {
    const length = norm3(v);
    return [v[0] / length, v[1] / length, v[2] / length];
  };
  if (kept.length === 0) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  if (kept.length === 1) {
    const [k] = kept;
    const along = unit(rows[k]);
    // The axis furthest from the row gives the best-conditioned normal.
    const smallest = [0, 1, 2].reduce((a, b) => (Math.abs(along[b]) < Math.abs(along[a]) ? b : a));
    const axis: Vec3 = [0, 0, 0];
    axis[smallest] = 1;
    rows[(k + 1) % 3] = unit(cross(along, axis));
    rows[(k + 2) % 3] = cross(along, rows[(k + 1) % 3]);
  }
  if (kept.length === 2) {
    const k = [0, 1, 2].find((direction) => !periodic[direction])!;
    rows[k] = unit(cross(rows[(k + 1) % 3], rows[(k + 2) % 3]));
  }
  const completed = rows.flat() as Mat3;
  const edges = lengths.reduce((product, length) => product * length, 1);
  // Written so that NaN, which zero rows give, counts as flat.
  if (!(Math.abs(det3(completed)) > FLAT * edges)) fail("the cell has no volume in its periodic directions");
  return completed;
}
