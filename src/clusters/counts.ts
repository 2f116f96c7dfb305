/** N_alpha of configurations: the columns of every fit, and the plain way to an energy. */
import { EcitonError } from "../core/errors.ts";
import type { ParentLattice } from "../lattice/parent-lattice.ts";
import type { Supercell } from "../lattice/supercell.ts";
import { type Cluster, POINT_STRIDE } from "./cluster.ts";
import { type BasisName, siteFunctions } from "./site-basis.ts";

/** Anything that has instances per parent cell: orbits of a pool or terms of a model. */
export interface Countable {
  readonly instances: readonly Cluster[];
}

/** Where the rows of site-function values of each sublattice start: one row for a (site, function) pair. */
export interface FunctionRows {
  /** First row of each parent site. */
  readonly start: Int32Array;
  /** Site of each row. */
  readonly site: Int32Array;
  /** Values of each row by species. */
  readonly values: readonly Float64Array[];
}

export function functionRows(lattice: ParentLattice, basis: BasisName): FunctionRows {
  const start = new Int32Array(lattice.sites.length);
  const site: number[] = [];
  const values: Float64Array[] = [];
  lattice.sites.forEach(({ species }, s) => {
    start[s] = values.length;
    const table = siteFunctions(basis, species.length);
    for (let k = 0; k < species.length - 1; k++) {
      site.push(s);
      values.push(table.slice(k * species.length, (k + 1) * species.length));
    }
  });
  return { start, site: Int32Array.from(site), values };
}

/** Distinct cell offsets of a set of clusters and, for a supercell, the cell that each leads to. */
export class OffsetTables {
  readonly #supercell: Supercell;
  readonly #index = new Map<string, number>();
  readonly #tables: Int32Array[] = [];

  constructor(supercell: Supercell) {
    this.#supercell = supercell;
  }

  /** Number of the offset; offsets that are equal modulo the supercell share one. */
  indexOf(u: number, v: number, w: number): number {
    const home = this.#supercell.cellOf(this.#supercell.cellIndex(u, v, w));
    const key = home.join();
    let index = this.#index.get(key);
    if (index === undefined) {
      index = this.#tables.length;
      this.#index.set(key, index);
      this.#tables.push(this.#supercell.shiftTable(home));
    }
    return index;
  }

  /** All tables one after the other: cell c + offset o at [o * numCells + c]. */
  flatten(): Int32Array {
    const cells = this.#supercell.numCells;
    const flat = new Int32Array(cells * this.#tables.length);
    this.#tables.forEach((table, i) => {
      flat.set(table, i * cells);
    });
    return flat;
  }
}

/**
 * Counts on one supercell: N_alpha(S) = sum over the instances of orbit alpha in the supercell of the product of
 * their site functions. Instances are those of the infinite lattice, one for each parent cell and instance per
 * cell, so the coefficients of a model mean the same on every supercell, also where a cluster meets its image.
 * N of the empty cluster is the number of parent cells.
 */
export class CountsEvaluator {
  readonly supercell: Supercell;
  readonly #rows: FunctionRows;
  readonly #orbitStart: Int32Array;
  readonly #instanceStart: Int32Array;
  readonly #pointRow: Int32Array;
  readonly #pointOffset: Int32Array;
  readonly #shift: Int32Array;
  /** Value of each row in each cell, for the occupation at hand. */
  readonly #values: Float64Array;
  /** Cells in which a row is not zero: from row * cells up to supportEnd[row * cells] (the other places are unused). */
  readonly #support: Int32Array;
  readonly #supportEnd: Int32Array;

  constructor(supercell: Supercell, basis: BasisName, orbits: readonly Countable[]) {
    this.supercell = supercell;
    const cells = supercell.numCells;
    this.#rows = functionRows(supercell.lattice, basis);
    const tables = new OffsetTables(supercell);
    const orbitStart = [0];
    const instanceStart = [0];
    const pointRow: number[] = [];
    const pointOffset: number[] = [];
    for (const { instances } of orbits) {
      for (const cluster of instances) {
        for (let at = 0; at < cluster.length; at += POINT_STRIDE) {
          pointRow.push((this.#rows.start[cluster[at]] + cluster[at + 4] - 1) * cells);
          // Relative to the first point, which is so found in the cell that stands for the instance.
          const [u, v, w] = [1, 2, 3].map((k) => cluster[at + k] - cluster[k]);
          pointOffset.push(tables.indexOf(u, v, w) * cells);
        }
        instanceStart.push(pointRow.length);
      }
      orbitStart.push(instanceStart.length - 1);
    }
    this.#orbitStart = Int32Array.from(orbitStart);
    this.#instanceStart = Int32Array.from(instanceStart);
    this.#pointRow = Int32Array.from(pointRow);
    this.#pointOffset = Int32Array.from(pointOffset);
    this.#shift = tables.flatten();
    this.#values = new Float64Array(this.#rows.values.length * cells);
    this.#support = new Int32Array(this.#rows.values.length * cells);
    this.#supportEnd = new Int32Array(this.#rows.values.length * cells);
  }

  /**
   * @param occupation Uint8Array(numSites), index of the species in the site's list
   * @param out Float64Array(orbits), overwritten
   * @returns out
   * @throws {EcitonError} "shape" for an occupation that is not one of this supercell, or another length of out
   */
  counts(
    occupation: Uint8Array,
    out: Float64Array = new Float64Array(this.#orbitStart.length - 1),
  ): Float64Array {
    const cells = this.supercell.numCells;
    checkOccupation(this.supercell, occupation);
    if (out.length !== this.#orbitStart.length - 1)
      throw new EcitonError(
        "shape",
        `there are ${this.#orbitStart.length - 1} orbits, out has ${out.length} places`,
      );
    const values = this.#values;
    const support = this.#support;
    const supportEnd = this.#supportEnd;
    this.#rows.values.forEach((table, row) => {
      const from = this.#rows.site[row] * cells;
      let end = row * cells;
      for (let c = 0; c < cells; c++) {
        const value = table[occupation[from + c]];
        values[row * cells + c] = value;
        if (value !== 0) support[end++] = c;
      }
      supportEnd[row * cells] = end;
    });
    const orbitStart = this.#orbitStart;
    const instanceStart = this.#instanceStart;
    const pointRow = this.#pointRow;
    const pointOffset = this.#pointOffset;
    const shift = this.#shift;
    for (let orbit = 0; orbit < out.length; orbit++) {
      let sum = 0;
      for (let instance = orbitStart[orbit]; instance < orbitStart[orbit + 1]; instance++) {
        const first = instanceStart[instance];
        const end = instanceStart[instance + 1];
        if (first === end) {
          sum += cells;
          continue;
        }
        // Sparse configurations have few cells in which the first factor is not zero.
        const row = pointRow[first];
        for (let at = row; at < supportEnd[row]; at++) {
          const c = support[at];
          let product = values[row + c];
          for (let p = first + 1; p < end && product !== 0; p++)
            product *= values[pointRow[p] + shift[pointOffset[p] + c]];
          sum += product;
        }
      }
      out[orbit] = sum;
    }
    return out;
  }
}

/** @throws {EcitonError} "shape" for a wrong length, or a species number that its site does not have */
export function checkOccupation(supercell: Supercell, occupation: Uint8Array): void {
  if (occupation.length !== supercell.numSites)
    throw new EcitonError(
      "shape",
      `an occupation of this supercell has ${supercell.numSites} entries, found ${occupation.length}`,
    );
  const { sites } = supercell.lattice;
  for (let i = 0; i < occupation.length; i++) {
    const site = sites[supercell.sublatticeOf(i)];
    if (occupation[i] >= site.species.length)
      throw new EcitonError("shape", `site ${i} (${site.name}) has no species number ${occupation[i]}`);
  }
}
