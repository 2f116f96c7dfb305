/** Radial part of the expansion of a Gaussian that stands at a distance from the centre. */
import { gaussLegendre } from "./quadrature.ts";
import type { RadialBasis } from "./radial-basis.ts";

/** Gaussians are followed so many widths from their centre: exp(−9²/2) is below the rounding of 1. */
const REACH = 9;
const QUADRATURE_POINTS = 140;

/**
 * Plain reference, by quadrature:
 *   I_nl(r) = 4π (πσ²)^{−3/4} ∫ R_n(s) exp(−(r² + s²)/2σ²) i_l(rs/σ²) s² ds
 * with i_l the modified spherical Bessel function: the projection on R_n Y_lm of a Gaussian of width σ at distance r,
 * normalised to ∫ g² = 1, apart from Y_lm of its direction.
 * @see Bartók, Kondor, Csányi, Phys. Rev. B 87, 184115 (2013)
 */
export class RadialIntegrals {
  readonly basis: RadialBasis;
  readonly maxAngular: number;
  readonly #width: number;
  readonly #nodes: Float64Array;
  readonly #weights: Float64Array;
  readonly #radial: Float64Array;
  readonly #bessel: Float64Array;

  /** @param width σ, Å */
  constructor(basis: RadialBasis, maxAngular: number, width: number) {
    this.basis = basis;
    this.maxAngular = maxAngular;
    this.#width = width;
    ({ nodes: this.#nodes, weights: this.#weights } = gaussLegendre(QUADRATURE_POINTS));
    this.#radial = new Float64Array(basis.count);
    this.#bessel = new Float64Array(maxAngular + 1);
  }

  /** Numbers of one distance: I_nl at l · count + n. */
  get size(): number {
    return (this.maxAngular + 1) * this.basis.count;
  }

  /** @param out Float64Array(size), overwritten */
  compute(r: number, out: Float64Array): void {
    const { basis, maxAngular } = this;
    const sigma = this.#width;
    const low = Math.max(0, r - REACH * sigma);
    const high = Math.min(basis.end, r + REACH * sigma);
    const factor = 4 * Math.PI * (Math.PI * sigma * sigma) ** -0.75 * ((high - low) / 2);
    out.fill(0);
    for (let q = 0; q < this.#nodes.length; q++) {
      const s = low + ((high - low) / 2) * (1 + this.#nodes[q]);
      basis.values(s, this.#radial);
      scaledBessel((r * s) / (sigma * sigma), this.#bessel);
      const weight = factor * this.#weights[q] * s * s * Math.exp(-((r - s) ** 2) / (2 * sigma * sigma));
      for (let l = 0; l <= maxAngular; l++)
        for (let n = 0; n < basis.count; n++)
          out[l * basis.count + n] += weight * this.#bessel[l] * this.#radial[n];
    }
  }
}

const DEGREE = 5;
/** Pieces a width of the Gaussian: then the sixth derivative leaves less than 1e-9 of the largest value (see below). */
const PIECES_PER_WIDTH = 6;

export interface RadialTable {
  readonly pieces: number;
  /** Å */
  readonly pieceLength: number;
  /** Of t^k, t from 0 to 1 in a piece, at (piece · 6 + k) · size. */
  readonly coefficients: Float64Array;
}

/**
 * The same as polynomials on pieces of a grid. Interpolation at Chebyshev nodes of a piece of length h is off by at
 * most h⁶ max|f⁽⁶⁾| / (6! 2¹¹); with f⁽⁶⁾ ≈ 15 f/σ⁶, that of a Gaussian, and h = σ/6 that is 2e-10 f.
 * @param cutoff largest distance that will be asked for, Å
 */
export function tabulateIntegrals(reference: RadialIntegrals, width: number, cutoff: number): RadialTable {
  const { size } = reference;
  const pieces = Math.ceil((cutoff / width) * PIECES_PER_WIDTH);
  const pieceLength = cutoff / pieces;
  const coefficients = new Float64Array(pieces * (DEGREE + 1) * size);
  const nodes = Array.from(
    { length: DEGREE + 1 },
    (_, k) => 0.5 - 0.5 * Math.cos(((k + 0.5) * Math.PI) / (DEGREE + 1)),
  );
  const toPowers = inverseVandermonde(nodes);
  const samples = nodes.map(() => new Float64Array(size));
  for (let piece = 0; piece < pieces; piece++) {
    for (const [k, t] of nodes.entries()) reference.compute((piece + t) * pieceLength, samples[k]);
    for (let power = 0; power <= DEGREE; power++) {
      const at = (piece * (DEGREE + 1) + power) * size;
      for (let k = 0; k <= DEGREE; k++) {
        const factor = toPowers[power][k];
        for (let i = 0; i < size; i++) coefficients[at + i] += factor * samples[k][i];
      }
    }
  }
  return { pieces, pieceLength, coefficients };
}

/** e^{−x} i_l(x) for l = 0 .. out.length − 1: downwards (Miller), where the recurrence is stable. */
export function scaledBessel(x: number, out: Float64Array): void {
  if (x < 1e-12) {
    out.fill(0);
    out[0] = 1;
    return;
  }
  const last = out.length - 1;
  // i_l goes with exp(−l²/2x) where x is large, the other solution with exp(+l²/2x): from here downwards what the wrong
  // start has of it falls below 1e-17, e^−40.
  const start = last + 20 + Math.ceil(Math.sqrt(40 * x));
  let above = 0;
  let value = 1e-280;
  for (let l = start; l >= 0; l--) {
    if (l <= last) out[l] = value;
    const below = above + ((2 * l + 1) / x) * value;
    above = value;
    value = below;
    if (value > 1e250) {
      // Only ratios count.
      above *= 1e-250;
      value *= 1e-250;
      for (let k = l; k <= last; k++) out[k] *= 1e-250;
    }
  }
  const scale = -Math.expm1(-2 * x) / (2 * x) / out[0];
  for (let l = 0; l <= last; l++) out[l] *= scale;
}

/** Rows turn values at the nodes into coefficients of powers. */
function inverseVandermonde(nodes: readonly number[]): number[][] {
  const rows = nodes.map(() => nodes.map(() => 0));
  nodes.forEach((node, k) => {
    // The Lagrange polynomial of node k, multiplied out.
    let polynomial = [1];
    let scale = 1;
    nodes.forEach((other, j) => {
      if (j === k) return;
      scale *= node - other;
      const longer = [...polynomial.map((x) => -other * x), 0];
      polynomial.forEach((x, power) => {
        longer[power + 1] += x;
      });
      polynomial = longer;
    });
    polynomial.forEach((x, power) => {
      rows[power][k] = x / scale;
    });
  });
  return rows;
}
