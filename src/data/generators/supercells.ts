/** Repetition of a cell. */
import { EcitonError, studyError } from "../../core/errors.ts";
import { det3, hermiteNormalForm, inv3, mul3, rowTimes, type Vec3 } from "../../core/linalg.ts";
import { completedCell } from "../../core/periodic-cell.ts";
import type { Built } from "./built.ts";

/** A mistyped size would otherwise end as a lack of memory. */
const MAX_ATOMS = 2 ** 24;

/**
 * The crystal in a larger cell; copies of one atom stand next to each other.
 * @param matrix three repetitions, or nine integers: the new vectors in units of the old ones
 * @throws {EcitonError} "study" at `atoms.supercell` for a singular matrix, a direction that is not periodic and does
 *   not stay as it is, or more than 2^24 atoms
 */
export function repeated(built: Built, matrix: readonly number[]): Built {
  const m = matrix.length === 3 ? [matrix[0], 0, 0, 0, matrix[1], 0, 0, 0, matrix[2]] : matrix;
  const fail = (message: string): never => {
    throw studyError("atoms.supercell", message);
  };
  const cells = Math.abs(det3(m));
  if (cells === 0) fail(`its vectors ${matrix.join(", ")} are linearly dependent`);
  for (let k = 0; k < 3; k++)
    if (!built.periodic[k])
      for (let j = 0; j < 3; j++)
        if (m[3 * k + j] !== Number(j === k) || m[3 * j + k] !== Number(j === k))
          fail(`the atoms are not periodic along vector ${k + 1}, which must stay 1`);
  const atoms = cells * built.species.length;
  if (atoms > MAX_ATOMS)
    throw new EcitonError("study", `atoms.supercell: it has ${atoms} atoms, at most ${MAX_ATOMS} are built`, {
      path: "atoms.supercell",
    });

  const cell = Float64Array.from(mul3(m, built.cell));
  // It spans the same lattice, so the box of its diagonal holds every translation once.
  const [a, , , , b, , , , c] = hermiteNormalForm(m);
  const species: string[] = [];
  const positions = new Float64Array(3 * atoms);
  const full = completedCell(cell, built.periodic);
  const inverse = inv3(full);
  let next = 0;
  for (let atom = 0; atom < built.species.length; atom++)
    for (let i = 0; i < a; i++)
      for (let j = 0; j < b; j++)
        for (let k = 0; k < c; k++) {
          const shift = rowTimes([i, j, k], built.cell);
          const at: Vec3 = [0, 1, 2].map((x) => built.positions[3 * atom + x] + shift[x]) as Vec3;
          positions.set(wrapped(at, full, inverse, built.periodic), next);
          species.push(built.species[atom]);
          next += 3;
        }
  return { ...built, species, positions, cell };
}

/** A point brought into the cell along its periodic directions; one within rounding of the far side goes to the near one. */
export function wrapped(
  point: ArrayLike<number>,
  cell: ArrayLike<number>,
  inverse: ArrayLike<number>,
  periodic: readonly boolean[],
): Vec3 {
  const fraction = rowTimes(point, inverse);
  const whole = fraction.map((f, k) => (periodic[k] ? -Math.floor(f + 1e-9) : 0));
  if (whole.every((n) => n === 0)) return [point[0], point[1], point[2]];
  const shift = rowTimes(whole, cell);
  return [point[0] + shift[0], point[1] + shift[1], point[2] + shift[2]];
}
