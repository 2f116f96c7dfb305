/** Supercells of a parent lattice: numbering of sites, wrapping, positions. */
import { EcitonError } from "../core/errors.ts";
import { det3, hermiteNormalForm, inv3, type Mat3, mul3, rowTimes, type Vec3 } from "../core/linalg.ts";
import { activeSites, type ParentLattice } from "./parent-lattice.ts";

/** More than any run can use; a mistyped size would otherwise end as a lack of memory. */
const MAX_SITES = 2 ** 26;

/**
 * A periodic repetition of the parent cell. Site index of parent site s in parent cell number c is
 * s * numCells + c: sites of one sublattice are contiguous.
 */
export class Supercell {
  readonly lattice: ParentLattice;
  /** Integer rows: supercell vectors in units of the parent's. */
  readonly matrix: Mat3;
  readonly numCells: number;
  readonly numSites: number;
  /** Supercell vectors, Å. */
  readonly cell: Float64Array; // 9
  /** Indices of sites that can change. */
  readonly active: Int32Array;
  readonly #hnf: Mat3;

  /**
   * @param matrix nine integers, or three for a diagonal
   * @throws {EcitonError} "study" for a matrix that is not of integers, is singular, makes more than 2^26 sites, or
   *   repeats the lattice along a direction in which it is not periodic
   */
  constructor(lattice: ParentLattice, matrix: ArrayLike<number>) {
    const m = matrix.length === 3 ? [matrix[0], 0, 0, 0, matrix[1], 0, 0, 0, matrix[2]] : Array.from(matrix);
    const text = Array.from(matrix).join(",");
    const fail = (message: string): never => {
      throw new EcitonError("study", `supercell ${text}: ${message}`, { path: "supercell", matrix: text });
    };
    if (m.length !== 9 || !m.every(Number.isInteger)) fail("expected three or nine integers");
    const cells = Math.abs(det3(m));
    if (cells === 0) fail("its vectors are linearly dependent");
    if (cells * lattice.sites.length > MAX_SITES)
      fail(`it has ${cells * lattice.sites.length} sites, at most ${MAX_SITES} are supported`);
    for (let k = 0; k < 3; k++)
      if (!lattice.periodic[k])
        for (let j = 0; j < 3; j++)
          if (m[3 * k + j] !== (j === k ? 1 : 0) || m[3 * j + k] !== (j === k ? 1 : 0))
            fail(`the lattice is not periodic along its vector ${k + 1}, which must stay 1`);
    this.lattice = lattice;
    this.matrix = m as Mat3;
    this.numCells = cells;
    this.numSites = cells * lattice.sites.length;
    this.cell = Float64Array.from(mul3(m, lattice.cell));
    this.#hnf = hermiteNormalForm(m);
    const active = activeSites(lattice);
    this.active = new Int32Array(active.length * cells);
    active.forEach((s, i) => {
      for (let c = 0; c < cells; c++) this.active[i * cells + c] = s * cells + c;
    });
  }

  /** Number (0 .. numCells-1) of the parent cell (u, v, w), wrapped into the supercell. */
  cellIndex(u: number, v: number, w: number): number {
    const h = this.#hnf;
    let q = Math.floor(w / h[8]);
    const w0 = w - q * h[8];
    let v0 = v - q * h[7];
    let u0 = u - q * h[6];
    q = Math.floor(v0 / h[4]);
    v0 -= q * h[4];
    u0 -= q * h[3];
    u0 -= Math.floor(u0 / h[0]) * h[0];
    return (w0 * h[4] + v0) * h[0] + u0;
  }

  /** The parent cell (u, v, w) that stands for a cell number. */
  cellOf(index: number): Vec3 {
    const h = this.#hnf;
    const u = index % h[0];
    const rest = (index - u) / h[0];
    const v = rest % h[4];
    return [u, v, (rest - v) / h[4]];
  }

  siteIndex(site: number, cell: ArrayLike<number>): number {
    return site * this.numCells + this.cellIndex(cell[0], cell[1], cell[2]);
  }

  /** Parent site of a supercell site. */
  sublatticeOf(index: number): number {
    return Math.floor(index / this.numCells);
  }

  /** Numbers of the cells c + offset for every cell c. */
  shiftTable(offset: ArrayLike<number>, out = new Int32Array(this.numCells)): Int32Array {
    for (let c = 0; c < this.numCells; c++) {
      const [u, v, w] = this.cellOf(c);
      out[c] = this.cellIndex(u + offset[0], v + offset[1], w + offset[2]);
    }
    return out;
  }

  /** Cartesian positions of all sites, wrapped into the supercell along periodic directions, Å. */
  positions(): Float64Array {
    const { lattice, numCells } = this;
    const inverse = inv3(this.cell);
    const out = new Float64Array(3 * this.numSites);
    for (let s = 0; s < lattice.sites.length; s++)
      for (let c = 0; c < numCells; c++) {
        const shift = rowTimes(this.cellOf(c), lattice.cell);
        const x = [0, 1, 2].map((k) => lattice.cartesian[3 * s + k] + shift[k]);
        const f = rowTimes(x, inverse).map((y, k) => (lattice.periodic[k] ? y - Math.floor(y + 1e-9) : y));
        out.set(rowTimes(f, this.cell), 3 * (s * numCells + c));
      }
    return out;
  }
}
