/** Integer supercells of the parent lattice that have nearly the shape of a given cell. */
import { det3, hermiteNormalForm, inv3, type Mat3, mul3, norm3, transpose3 } from "../../core/linalg.ts";
import type { ParentLattice } from "../../lattice/parent-lattice.ts";
import type { SymmetryOperation } from "../../lattice/symmetry.ts";
import { completeFrame, PeriodicFrame } from "./periodic-frame.ts";

export interface SupercellCandidate {
  /** Integer rows in units of the parent vectors, one for each row of the frame that was matched. */
  readonly matrix: Mat3;
  /** The same rows in the parent lattice, unstrained, Å. */
  readonly frame: Float64Array; // 9
  readonly numCells: number;
  /** Frobenius norm of V/s - 1, with V the stretch from the candidate to the frame, s its isotropic part. */
  readonly shape: number;
  /** Volume (area, length) of the frame over that of the candidate. */
  readonly volumeRatio: number;
}

interface LatticeVector {
  readonly integer: readonly [number, number, number];
  readonly cartesian: readonly [number, number, number];
  readonly length: number;
  /** Whether it stands for all vectors that the lattice's symmetry makes of it. */
  readonly representative: boolean;
}

/** Slack on bounds that hold exactly, so that rounding does not lose a perfect match. */
const SLACK = 1e-6;

export class SupercellMatcher {
  readonly parent: PeriodicFrame;
  readonly #periodic: readonly [boolean, boolean, boolean];
  readonly #axes: readonly number[];
  readonly #parentFrame: Float64Array;
  readonly #rotations: readonly Mat3[];
  readonly #improper: boolean;
  #vectors: LatticeVector[] = [];
  #reach = 0;

  constructor(lattice: ParentLattice, operations: readonly SymmetryOperation[]) {
    this.#periodic = lattice.periodic;
    this.#axes = [0, 1, 2].filter((k) => lattice.periodic[k]);
    this.#parentFrame = completeFrame(lattice.cell, lattice.periodic);
    this.parent = new PeriodicFrame(this.#parentFrame, lattice.periodic);
    // Wires and clusters are not turned, so operations that would turn them about relate nothing here.
    const turning = this.#axes.length >= 2 ? operations : [];
    const rotations = new Map<string, Mat3>([["1,0,0,0,1,0,0,0,1", [1, 0, 0, 0, 1, 0, 0, 0, 1]]]);
    for (const { rotation } of turning) rotations.set(rotation.join(), rotation);
    // A rotation acts on columns of cell indices; rows of a matrix are multiplied by its transpose.
    this.#rotations = [...rotations.values()].map(transpose3);
    this.#improper = this.#rotations.some((rotation) => det3(rotation) < 0);
  }

  /** Volume (area, length) of the frame in parent cells. */
  cellsOf(frame: ArrayLike<number>): number {
    return Math.abs(det3(frame)) / this.parent.volume;
  }

  /** Strain between a frame and a supercell, whatever its size. */
  measure(matrix: Mat3, frame: ArrayLike<number>): SupercellCandidate {
    const reference = this.#frameOf(matrix);
    const numCells = Math.abs(det3(matrix));
    const volumeRatio = this.cellsOf(frame) / numCells;
    const shape = shapeStrain(reference, frame, this.#periodic, volumeRatio);
    return { matrix, frame: reference, numCells, shape, volumeRatio };
  }

  /**
   * Every supercell of numCells cells whose shape strain is at most maxShape, one of each set of equivalents,
   * least strained first.
   * @param frame rows as completeFrame gives them, reduced along periodic directions
   */
  search(frame: ArrayLike<number>, numCells: number, maxShape: number): SupercellCandidate[] {
    const axes = this.#axes;
    if (axes.length === 0) return numCells === 1 ? [this.measure([1, 0, 0, 0, 1, 0, 0, 0, 1], frame)] : [];
    const scale = (this.cellsOf(frame) / numCells) ** (1 / axes.length);
    const rows = axes.map((k) => [0, 1, 2].map((i) => frame[3 * k + i] / scale));
    const lengths = rows.map(norm3);
    // s = r V with all stretches in [1-t, 1+t]: lengths scale within these bounds, and inner products change by
    // at most |V²-1| |r_i| |r_j| with |V²-1| <= 2t + t².
    const t = maxShape + SLACK;
    const shear = 2 * t + t * t;
    const pool = this.#within(Math.max(...lengths) / (1 - t));
    const options = lengths.map((length, i) =>
      pool.filter(
        (v) => v.length >= length / (1 + t) && v.length <= length / (1 - t) && (i > 0 || v.representative),
      ),
    );
    const found = new Map<string, SupercellCandidate>();
    const chosen: LatticeVector[] = [];
    const grow = (depth: number) => {
      if (depth === axes.length) {
        const matrix: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        chosen.forEach((v, i) => {
          for (let k = 0; k < 3; k++) matrix[3 * axes[i] + k] = v.integer[k];
        });
        if (Math.abs(det3(matrix)) !== numCells) return;
        const candidate = this.measure(matrix, frame);
        if (!(candidate.shape <= maxShape)) return;
        // A lattice without mirrors has a hand, and its mirror image is another lattice.
        if (!this.#improper && det3(candidate.frame) * det3(frame) < 0) return;
        const { key, member } = this.#canonical(matrix);
        if (!found.has(key)) found.set(key, this.measure(member, frame));
        return;
      }
      for (const v of options[depth]) {
        let fits = true;
        for (let i = 0; i < depth && fits; i++) {
          const w = chosen[i];
          const target =
            rows[i][0] * rows[depth][0] + rows[i][1] * rows[depth][1] + rows[i][2] * rows[depth][2];
          const inner =
            v.cartesian[0] * w.cartesian[0] +
            v.cartesian[1] * w.cartesian[1] +
            v.cartesian[2] * w.cartesian[2];
          fits = Math.abs(target - inner) <= shear * v.length * w.length;
        }
        if (!fits) continue;
        chosen[depth] = v;
        grow(depth + 1);
      }
      chosen.length = depth;
    };
    grow(0);
    return [...found.values()].sort((a, b) => a.shape - b.shape);
  }

  /**
   * Matrices M W with W a rotation of the lattice map a structure to equivalent configurations. Of these the one
   * is taken whose translations come first in Hermite normal form, so that few different supercells arise.
   */
  #canonical(matrix: Mat3): { key: string; member: Mat3 } {
    let key = "";
    let member = matrix;
    for (const rotation of this.#rotations) {
      const image = mul3(matrix, rotation);
      const text = `${hermiteNormalForm(image).join()}|${image.join()}`;
      if (key !== "" && text >= key) continue;
      key = text;
      member = image;
    }
    return { key, member };
  }

  #frameOf(matrix: Mat3): Float64Array {
    return Float64Array.from(mul3(matrix, this.#parentFrame));
  }

  /** Parent lattice vectors up to a length; kept and extended. */
  #within(length: number): LatticeVector[] {
    if (length > this.#reach) {
      this.#reach = 1.3 * length;
      this.#vectors = this.#enumerate(this.#reach);
    }
    return this.#vectors;
  }

  #enumerate(length: number): LatticeVector[] {
    const { rows, transform } = this.parent.reduced;
    const inverse = inv3(rows);
    // |n_k| <= |x| |k-th column of the inverse| for x = n rows
    const reach = [0, 1, 2].map((k) =>
      this.#periodic[k] ? Math.floor(length * Math.hypot(inverse[k], inverse[3 + k], inverse[6 + k])) : 0,
    );
    const vectors: LatticeVector[] = [];
    for (let a = -reach[0]; a <= reach[0]; a++)
      for (let b = -reach[1]; b <= reach[1]; b++)
        for (let c = -reach[2]; c <= reach[2]; c++) {
          const combine = (m: ArrayLike<number>) =>
            [0, 1, 2].map((i) => a * m[i] + b * m[3 + i] + c * m[6 + i]) as [number, number, number];
          const cartesian = combine(rows);
          const size = norm3(cartesian);
          if (size === 0 || size > length) continue;
          const integer = combine(transform);
          vectors.push({ integer, cartesian, length: size, representative: this.#isRepresentative(integer) });
        }
    return vectors;
  }

  /** First of its orbit in lexicographic order. */
  #isRepresentative(v: readonly [number, number, number]): boolean {
    for (const m of this.#rotations)
      for (let k = 0; k < 3; k++) {
        const difference = v[0] * m[k] + v[1] * m[3 + k] + v[2] * m[6 + k] - v[k];
        if (difference < 0) return false;
        if (difference > 0) break;
      }
    return true;
  }
}

/**
 * Frobenius norm of V/s - 1. With rows as vectors, frame = reference V R, so that D = reference⁻¹ frame has
 * D Dᵀ = V², whatever the rotation R.
 */
function shapeStrain(
  reference: ArrayLike<number>,
  frame: ArrayLike<number>,
  periodic: readonly boolean[],
  volumeRatio: number,
): number {
  const scale = volumeRatio ** (1 / Math.max(1, periodic.filter(Boolean).length));
  const scaled = Float64Array.from(frame, (x, i) => (periodic[Math.floor(i / 3)] ? x / scale : x));
  const d = mul3(inv3(reference), scaled);
  return Math.hypot(...symmetricEigenvalues(mul3(d, transpose3(d))).map((x) => Math.sqrt(x) - 1));
}

/**
 * Eigenvalues of a symmetric 3x3 matrix, from the deviation from its mean, so that nearly equal ones are exact.
 * @see Smith, Commun. ACM 4, 168 (1961)
 */
function symmetricEigenvalues(m: Mat3): [number, number, number] {
  const mean = (m[0] + m[4] + m[8]) / 3;
  const [a, b, c] = [m[0] - mean, m[4] - mean, m[8] - mean];
  const off = m[1] * m[1] + m[2] * m[2] + m[5] * m[5];
  const p = Math.sqrt((a * a + b * b + c * c + 2 * off) / 6);
  if (p === 0) return [mean, mean, mean];
  const half = det3([a, m[1], m[2], m[1], b, m[5], m[2], m[5], c]) / (2 * p ** 3);
  const angle = Math.acos(Math.max(-1, Math.min(1, half))) / 3;
  const first = 2 * p * Math.cos(angle);
  const last = 2 * p * Math.cos(angle + (2 * Math.PI) / 3);
  return [mean + first, mean - first - last, mean + last];
}
