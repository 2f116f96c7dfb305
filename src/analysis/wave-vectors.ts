/** Wave vectors of a supercell and the transform of occupations to them. */
import { hermiteNormalForm } from "../core/linalg.ts";
import type { Supercell } from "../lattice/supercell.ts";

/**
 * The numCells wave vectors k that are commensurate with a supercell, in units of the reciprocal vectors of the parent
 * cell, components in (-1/2, 1/2], and sums n(k) = Σ_c e^(2πi k·c) over its cells c.
 *
 * Cells are numbered by the Hermite normal form of the supercell, with rows (h0 0 0), (h3 h4 0), (h6 h7 h8): c stands
 * for (u, v, w) with u < h0, v < h4, w < h8. The wave vector (a, b, c) has k·row = (a, b, c), so that
 *   k1 = a / h0,  k2 = (b - k1 h3) / h4,  k3 = (c - k1 h6 - k2 h7) / h8.
 * k1 depends on a alone and k2 on a and b, which lets the sum be done direction by direction also in skewed cells, in
 * numCells (h0 + h4 + h8) operations. All phases are multiples of 2π / numCells and come from one table.
 */
export class CellTransform {
  readonly numCells: number;
  /** 3 * numCells. */
  readonly waveVectors: Float64Array;
  readonly #size: readonly [number, number, number];
  /** numCells k of each wave vector (k2 for a and b alone), modulo numCells. */
  readonly #turn1: Int32Array;
  readonly #turn2: Int32Array;
  readonly #turn3: Int32Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #partRe: Float64Array;
  readonly #partIm: Float64Array;

  constructor(supercell: Supercell) {
    const n = supercell.numCells;
    const h = hermiteNormalForm(supercell.matrix);
    const [h0, h4, h8] = [h[0], h[4], h[8]];
    const wrap = (x: number) => x - n * Math.floor(x / n);
    this.numCells = n;
    this.#size = [h0, h4, h8];
    this.#turn1 = new Int32Array(h0);
    this.#turn2 = new Int32Array(h0 * h4);
    this.#turn3 = new Int32Array(n);
    this.waveVectors = new Float64Array(3 * n);
    for (let c = 0, index = 0; c < h8; c++)
      for (let b = 0; b < h4; b++)
        for (let a = 0; a < h0; a++, index++) {
          const turns = [
            wrap(a * h4 * h8),
            wrap(h8 * (b * h0 - a * h[3])),
            wrap(c * h0 * h4 - a * h4 * h[6] - (b * h0 - a * h[3]) * h[7]),
          ];
          this.#turn1[a] = turns[0];
          this.#turn2[b * h0 + a] = turns[1];
          this.#turn3[index] = turns[2];
          turns.forEach((turn, k) => {
            this.waveVectors[3 * index + k] = (2 * turn > n ? turn - n : turn) / n;
          });
        }
    this.#cos = Float64Array.from({ length: n }, (_, m) => Math.cos((2 * Math.PI * m) / n));
    this.#sin = Float64Array.from({ length: n }, (_, m) => Math.sin((2 * Math.PI * m) / n));
    this.#partRe = new Float64Array(n);
    this.#partIm = new Float64Array(n);
  }

  /**
   * Sum over the cells whose entry, from `first` on, is the species.
   * @param re Float64Array(numCells), overwritten; im likewise
   */
  transform(
    occupation: Uint8Array,
    first: number,
    species: number,
    re: Float64Array,
    im: Float64Array,
  ): void {
    const [h0, h4, h8] = this.#size;
    const n = this.numCells;
    const cos = this.#cos;
    const sin = this.#sin;
    const partRe = this.#partRe;
    const partIm = this.#partIm;
    // Along the first direction, one occupied cell after the other: most are empty.
    re.fill(0);
    im.fill(0);
    for (let row = 0; row < n; row += h0)
      for (let u = 0; u < h0; u++) {
        if (occupation[first + row + u] !== species) continue;
        for (let a = 0; a < h0; a++) {
          const turn = (this.#turn1[a] * u) % n;
          re[row + a] += cos[turn];
          im[row + a] += sin[turn];
        }
      }
    along(re, im, partRe, partIm, cos, sin, this.#turn2, h0, h4, h8);
    along(partRe, partIm, re, im, cos, sin, this.#turn3, h0 * h4, h8, 1);
  }
}

/**
 * One direction of the transform: out[o][y][x] = Σ_v e^(2πi turn[y][x] v / n) in[o][v][x] for o < blocks, y and v < count
 * and x < stride, n being the length of the tables of cosines and sines.
 */
function along(
  inRe: Float64Array,
  inIm: Float64Array,
  outRe: Float64Array,
  outIm: Float64Array,
  cos: Float64Array,
  sin: Float64Array,
  turns: Int32Array,
  stride: number,
  count: number,
  blocks: number,
): void {
  const n = cos.length;
  for (let o = 0, block = 0; o < blocks; o++, block += stride * count)
    for (let y = 0, to = 0; y < count; y++)
      for (let x = 0; x < stride; x++, to++) {
        const turn = turns[to];
        let angle = 0;
        let sumRe = 0;
        let sumIm = 0;
        for (let v = 0, from = block + x; v < count; v++, from += stride) {
          const re = inRe[from];
          const im = inIm[from];
          const c = cos[angle];
          const s = sin[angle];
          sumRe += re * c - im * s;
          sumIm += re * s + im * c;
          angle += turn;
          if (angle >= n) angle -= n;
        }
        outRe[block + to] = sumRe;
        outIm[block + to] = sumIm;
      }
}
