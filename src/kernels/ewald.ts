/** The compiled reciprocal sum of Ewald, with its memory: positions in, energy and slopes out. */
import { EcitonError } from "../core/errors.ts";
import * as block from "./ewald-block.ts";
import { Layout } from "./layout.ts";
import { instantiateKernel } from "./load.ts";

const REMEDY = "take fewer atoms, a longer cut-off or Wolf's sum";

/** Wave vectors h b1 + k b2 + l b3, as rows of one (h, k) with l from `from` on. */
export interface WaveRow {
  readonly h: number;
  readonly k: number;
  readonly from: number;
  readonly count: number;
}

export class EwaldKernel {
  readonly #charges: Float64Array;
  readonly #exports: { sumWaves(): void };
  readonly #memory: WebAssembly.Memory;
  #f64 = new Float64Array(0);
  #u32 = new Uint32Array(0);
  #numWaves = 0;

  constructor(charges: Float64Array) {
    this.#charges = charges;
    const { exports, memory } = instantiateKernel<{ sumWaves(): void }>("ewald", 65536);
    this.#exports = exports;
    this.#memory = memory;
  }

  /** Makes room for these waves; what was there is gone, the coefficients too. */
  setRows(rows: readonly WaveRow[]): void {
    const atoms = this.#charges.length;
    const even = atoms + (atoms % 2);
    const largest = (of: (row: WaveRow) => number) => rows.reduce((most, row) => Math.max(most, of(row)), 0);
    const mostH = largest((row) => row.h);
    const mostK = largest((row) => Math.abs(row.k));
    // The first harmonic is what a row goes on by.
    const mostL = Math.max(
      1,
      largest((row) => Math.max(Math.abs(row.from), row.from + row.count - 1)),
    );
    this.#numWaves = rows.reduce((sum, row) => sum + row.count, 0);

    const layout = new Layout(REMEDY, 1024 + block.EWALD_BLOCK_BYTES);
    const addresses: [number, number][] = [];
    const put = (field: number, doubles: number) => addresses.push([field, layout.take(8 * doubles)]);
    put(block.POSITIONS, 3 * atoms);
    put(block.CHARGES, even);
    put(block.PHASES_H, 2 * even * (mostH + 1));
    put(block.PHASES_K, 2 * even * (2 * mostK + 1));
    put(block.PHASES_L, 2 * even * (2 * mostL + 1));
    put(block.WAVES, 2 * even);
    for (const field of [block.ROW_SUMS, block.SLOPES_H, block.SLOPES_K, block.SLOPES_L, block.SHARES])
      put(field, even);
    put(block.ROW_LIST, 2 * rows.length);
    put(block.COEFFICIENTS, this.#numWaves);
    put(block.SQUARES, this.#numWaves);
    const missing = layout.bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#grow(Math.ceil(missing / 65536));
    this.#f64 = new Float64Array(this.#memory.buffer);
    this.#u32 = new Uint32Array(this.#memory.buffer);
    // The atom that fills up an odd number has no phases.
    this.#f64.fill(0, (block.EWALD_BLOCK + block.EWALD_BLOCK_BYTES) / 8);
    const words = this.#u32.subarray(block.EWALD_BLOCK / 4);
    for (const [field, at] of addresses) words[field / 4] = at;
    words[block.ATOMS / 4] = atoms;
    words[block.EVEN_ATOMS / 4] = even;
    words[block.WAVE_ROWS / 4] = rows.length;
    words[block.MOST_H / 4] = mostH;
    words[block.MOST_K / 4] = mostK;
    words[block.MOST_L / 4] = mostL;
    this.#array(block.CHARGES, atoms).set(this.#charges);
    const list = new Int32Array(this.#memory.buffer, this.#word(block.ROW_LIST), 4 * rows.length);
    rows.forEach(({ h, k, from, count }, n) => {
      list.set([h, k, from, count], 4 * n);
    });
  }

  /** Where the coefficients of the waves are to be written, eV; valid until setRows. */
  coefficients(): Float64Array {
    return this.#array(block.COEFFICIENTS, this.#numWaves);
  }

  /**
   * @param reciprocal rows are reciprocal lattice vectors without 2π, 1/Å
   * @returns energy, eV
   */
  compute(positions: Float64Array, reciprocal: ArrayLike<number>, energies: boolean): number {
    this.#f64.set(positions, this.#word(block.POSITIONS) / 8);
    this.#f64.set(reciprocal, (block.EWALD_BLOCK + block.RECIPROCAL) / 8);
    this.#u32[(block.EWALD_BLOCK + block.EACH_ENERGY) / 4] = energies ? 1 : 0;
    this.#exports.sumWaves();
    return this.#f64[(block.EWALD_BLOCK + block.WAVE_ENERGY) / 8];
  }

  /** Adds the forces, eV/Å. @param waveVectors rows are reciprocal lattice vectors with 2π, 1/Å */
  addForces(waveVectors: ArrayLike<number>, forces: Float64Array): void {
    const atoms = this.#charges.length;
    const [h, k, l] = [block.SLOPES_H, block.SLOPES_K, block.SLOPES_L].map((field) =>
      this.#array(field, atoms),
    );
    for (let i = 0; i < atoms; i++)
      for (let d = 0; d < 3; d++)
        forces[3 * i + d] += h[i] * waveVectors[d] + k[i] * waveVectors[3 + d] + l[i] * waveVectors[6 + d];
  }

  addEnergies(energies: Float64Array): void {
    const shares = this.#array(block.SHARES, energies.length);
    for (let i = 0; i < energies.length; i++) energies[i] += shares[i];
  }

  /** |S|² of the waves in the order of the rows; valid until the next call. */
  squares(): Float64Array {
    return this.#array(block.SQUARES, this.#numWaves);
  }

  #grow(pages: number): void {
    try {
      this.#memory.grow(pages);
    } catch (error) {
      throw new EcitonError("memory", `${this.#numWaves} waves: no memory for them; ${REMEDY}`, {}, error);
    }
  }

  #word(field: number): number {
    return this.#u32[(block.EWALD_BLOCK + field) / 4];
  }

  #array(field: number, length: number): Float64Array {
    const from = this.#word(field) / 8;
    return this.#f64.subarray(from, from + length);
  }
}
