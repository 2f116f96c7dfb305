/** A cluster expansion compiled for one supercell: energies and energy changes of single moves. */
import type { Supercell } from "../lattice/supercell.ts";
import { POINT_STRIDE } from "./cluster.ts";
import { CountsEvaluator, checkOccupation, functionRows, OffsetTables } from "./counts.ts";
import type { ClusterExpansion } from "./expansion.ts";

/**
 * For each sublattice, the instances through one of its sites: how the site itself enters, and the other points.
 * Offsets are relative to the site, so tables grow with the interactions of one parent cell, and one table of
 * shifted cells serves the whole supercell.
 */
export class CompiledExpansion {
  readonly supercell: Supercell;
  readonly #counts: CountsEvaluator;
  readonly #coefficients: Float64Array;
  readonly #countBuffer: Float64Array;
  /** Entries of sublattice s: entryStart[s] .. entryStart[s + 1]. */
  readonly #entryStart: Int32Array;
  /** Coefficient times the site's own factor, by species: at ownStart[entry] + species. */
  readonly #own: Float64Array;
  readonly #ownStart: Int32Array;
  readonly #otherStart: Int32Array;
  readonly #otherTable: Int32Array;
  readonly #otherBase: Int32Array;
  readonly #otherOffset: Int32Array;
  readonly #functionValues: Float64Array;
  readonly #shift: Int32Array;

  constructor(expansion: ClusterExpansion, supercell: Supercell) {
    const cells = supercell.numCells;
    const { lattice, basis, terms } = expansion;
    this.supercell = supercell;
    this.#counts = new CountsEvaluator(supercell, basis, terms);
    this.#coefficients = Float64Array.from(terms, (term) => term.coefficient);
    this.#countBuffer = new Float64Array(terms.length);

    const rows = functionRows(lattice, basis);
    const widest = Math.max(...lattice.sites.map((site) => site.species.length));
    this.#functionValues = new Float64Array(rows.values.length * widest);
    rows.values.forEach((values, row) => {
      this.#functionValues.set(values, row * widest);
    });
    const rowOf = (site: number, fn: number) => rows.start[site] + fn - 1;

    const tables = new OffsetTables(supercell);
    const entryStart = [0];
    const own: number[] = [];
    const ownStart: number[] = [];
    const otherStart = [0];
    const otherTable: number[] = [];
    const otherBase: number[] = [];
    const otherOffset: number[] = [];
    lattice.sites.forEach((site, s) => {
      for (const term of terms) {
        if (term.coefficient === 0) continue;
        for (const cluster of term.instances) {
          for (let self = 0; self < cluster.length; self += POINT_STRIDE) {
            if (cluster[self] !== s) continue;
            const isSelf = (at: number) =>
              cluster[at] === s &&
              supercell.cellIndex(
                cluster[at + 1] - cluster[self + 1],
                cluster[at + 2] - cluster[self + 2],
                cluster[at + 3] - cluster[self + 3],
              ) === 0;
            // Where an instance meets its own image, it is entered through its first point on the site only.
            let first = 0;
            while (!isSelf(first)) first += POINT_STRIDE;
            if (first !== self) continue;
            const factor: Float64Array = new Float64Array(site.species.length).fill(term.coefficient);
            for (let at = 0; at < cluster.length; at += POINT_STRIDE) {
              if (isSelf(at)) {
                const values = rows.values[rowOf(s, cluster[at + 4])];
                for (let k = 0; k < factor.length; k++) factor[k] *= values[k];
              } else {
                otherTable.push(rowOf(cluster[at], cluster[at + 4]) * widest);
                otherBase.push(cluster[at] * cells);
                otherOffset.push(
                  tables.indexOf(
                    cluster[at + 1] - cluster[self + 1],
                    cluster[at + 2] - cluster[self + 2],
                    cluster[at + 3] - cluster[self + 3],
                  ) * cells,
                );
              }
            }
            ownStart.push(own.length);
            own.push(...factor);
            otherStart.push(otherTable.length);
          }
        }
      }
      entryStart.push(ownStart.length);
    });
    this.#entryStart = Int32Array.from(entryStart);
    this.#own = Float64Array.from(own);
    this.#ownStart = Int32Array.from(ownStart);
    this.#otherStart = Int32Array.from(otherStart);
    this.#otherTable = Int32Array.from(otherTable);
    this.#otherBase = Int32Array.from(otherBase);
    this.#otherOffset = Int32Array.from(otherOffset);
    this.#shift = tables.flatten();
  }

  /** Energy of a configuration by counting every cluster, eV for the whole supercell. */
  energy(occupation: Uint8Array): number {
    this.#counts.counts(occupation, this.#countBuffer);
    let sum = 0;
    for (let t = 0; t < this.#coefficients.length; t++) sum += this.#coefficients[t] * this.#countBuffer[t];
    return sum;
  }

  /** @throws {EcitonError} "shape" for an occupation that is not one of this supercell */
  check(occupation: Uint8Array): void {
    checkOccupation(this.supercell, occupation);
  }

  /**
   * Energy change of putting another species on a site.
   *   ΔE = Σ_{c ∋ i} J_c [Φ_c(σ') − Φ_c(σ)]
   * @param occupation Uint8Array(numSites), not modified
   * @returns eV
   */
  changeOfSite(occupation: Uint8Array, index: number, species: number): number {
    const cells = this.supercell.numCells;
    const sublattice = Math.floor(index / cells);
    const cell = index - sublattice * cells;
    const before = occupation[index];
    const own = this.#own;
    const ownStart = this.#ownStart;
    const otherStart = this.#otherStart;
    const otherTable = this.#otherTable;
    const otherBase = this.#otherBase;
    const otherOffset = this.#otherOffset;
    const values = this.#functionValues;
    const shift = this.#shift;
    let sum = 0;
    const end = this.#entryStart[sublattice + 1];
    for (let entry = this.#entryStart[sublattice]; entry < end; entry++) {
      let product = own[ownStart[entry] + species] - own[ownStart[entry] + before];
      const last = otherStart[entry + 1];
      for (let p = otherStart[entry]; p < last && product !== 0; p++)
        product *= values[otherTable[p] + occupation[otherBase[p] + shift[otherOffset[p] + cell]]];
      sum += product;
    }
    return sum;
  }

  /**
   * Energy change of exchanging the species of two sites; both must allow both species.
   * @param occupation Uint8Array(numSites); the same on return
   * @returns eV
   */
  changeOfSwap(occupation: Uint8Array, i: number, j: number): number {
    const a = occupation[i];
    const b = occupation[j];
    const first = this.changeOfSite(occupation, i, b);
    occupation[i] = b;
    const second = this.changeOfSite(occupation, j, a);
    occupation[i] = a;
    return first + second;
  }
}
