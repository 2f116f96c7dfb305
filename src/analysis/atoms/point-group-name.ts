/** Schoenflies symbols of operations and of finite groups of them. */
import { det3, dot, type Mat3, norm3, type Vec3 } from "../../core/linalg.ts";

export interface NamedOperation {
  /** "E", "i", "sigma", "C5^2", "S10^3": S_n^k turns by k/n of a circle and reflects, whatever k is. */
  readonly label: string;
  /** Of the rotation, or the normal of the mirror; of E and i [0, 0, 1]. */
  readonly axis: Vec3;
}

export interface PointGroupOperation extends NamedOperation {
  /** x' = R x for column vectors about the centre, row-major. */
  readonly matrix: Mat3;
  /** Atom i comes to the place of atom image[i]. */
  readonly image: Int32Array;
}

export interface PointGroupResult {
  /** Schoenflies: "C1", "Cs", "Ci", "C2v", "D5h", "Ih"; linear "C*v" and "D*h"; one atom "Kh". */
  readonly name: string;
  /** Number of operations; Infinity for linear molecules and one atom. */
  readonly order: number;
  /** All of a finite group; of an infinite one E and, where it is there, i. */
  readonly operations: readonly PointGroupOperation[];
  /** Mean of the positions, Å; every operation keeps it. */
  readonly centre: Vec3;
  /** The farthest that an atom is from its place in the symmetric structure, Å. */
  readonly deviation: number;
}

/** Axes that differ by less are one: 1 − |cos|. Far below that of neighbours in any group of a few hundred atoms. */
const SAME_AXIS = 1e-7;

/** @param matrix orthogonal, row-major */
export function nameOperation(matrix: Mat3): NamedOperation {
  const proper = det3(matrix) > 0;
  // A rotation by φ has the trace 1 + 2 cos φ, one with a reflection −1 + 2 cos φ; both have 2 sin φ n beside it.
  const cosine = (matrix[0] + matrix[4] + matrix[8] - (proper ? 1 : -1)) / 2;
  const sine = norm3([matrix[7] - matrix[5], matrix[2] - matrix[6], matrix[3] - matrix[1]]) / 2;
  const [power, order] = fractionOf(Math.atan2(sine, cosine) / (2 * Math.PI));
  if (proper && order === 1) return { label: "E", axis: [0, 0, 1] };
  if (!proper && order === 2) return { label: "i", axis: [0, 0, 1] };
  const rotation = proper ? matrix : (matrix.map((x) => -x) as Mat3);
  const axis = axisOf(rotation);
  if (!proper && order === 1) return { label: "sigma", axis };
  return { label: `${proper ? "C" : "S"}${order}${power === 1 ? "" : `^${power}`}`, axis };
}

/**
 * Schoenflies symbol of a finite group of isometries.
 * @param matrices all of its elements, exact to about 1e-8
 */
export function nameGroup(matrices: readonly Mat3[]): string {
  const rotations = matrices.filter((m) => det3(m) > 0);
  const named = matrices.filter((m) => det3(m) < 0).map(nameOperation);
  const mirrors = named.filter(({ label }) => label === "sigma").length;
  const inverts = named.some(({ label }) => label === "i");
  const improper = named.length > 0;
  const axes: { axis: Vec3; order: number }[] = [];
  for (const rotation of rotations) {
    const { label, axis } = nameOperation(rotation);
    if (label === "E") continue;
    const known = axes.find((other) => 1 - Math.abs(dot(other.axis, axis)) < SAME_AXIS);
    if (known === undefined) axes.push({ axis, order: 2 });
    else known.order++;
  }
  if (axes.filter(({ order }) => order >= 3).length > 1) {
    if (rotations.length === 60) return improper ? "Ih" : "I";
    if (rotations.length === 24) return improper ? "Oh" : "O";
    return !improper ? "T" : inverts ? "Th" : "Td";
  }
  const n = axes.reduce((most, { order }) => Math.max(most, order), 1);
  // A group of rotations with one axis of order n alone has n elements, with two-fold axes across it 2n.
  if (rotations.length === 2 * n) {
    if (!improper) return `D${n}`;
    return mirrors === n + 1 ? `D${n}h` : `D${n}d`;
  }
  if (!improper) return `C${n}`;
  if (n === 1) return inverts ? "Ci" : "Cs";
  if (mirrors === n) return `C${n}v`;
  return mirrors === 1 ? `C${n}h` : `S${2 * n}`;
}

/** P + Pᵀ − (tr P − 1) = 2 (1 − cos φ) n nᵀ for a rotation P by φ about n. */
function axisOf(rotation: Mat3): Vec3 {
  const trace = rotation[0] + rotation[4] + rotation[8];
  const outer = [0, 1, 2].map((a) =>
    [0, 1, 2].map((b) => rotation[3 * a + b] + rotation[3 * b + a] - (a === b ? trace - 1 : 0)),
  );
  const longest = [0, 1, 2].reduce((best, k) => (outer[k][k] > outer[best][best] ? k : best), 0);
  const row = outer[longest];
  return row.map((x) => x / norm3(row)) as Vec3;
}

/** The fraction k/n nearest to a part of a circle, with the smallest n that fits. */
function fractionOf(part: number): [number, number] {
  for (let n = 1; n < 1000; n++) {
    const k = Math.round(n * part);
    // Two fractions with denominators up to 1000 differ by at least 1e-6.
    if (Math.abs(part - k / n) < 5e-7) return [k, n];
  }
  return [Math.round(part * 1000), 1000];
}
