/** Orthonormal radial functions that densities around atoms are expanded in. */
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { EcitonError } from "../../core/errors.ts";
import { gaussLegendre } from "./quadrature.ts";

export const radialBases = ["gto", "polynomial"] as const;
export type RadialBasisName = (typeof radialBases)[number];

/** Relative to the largest; values of the functions lose rounding over it, so this leaves eight digits. */
const SMALLEST_SINGULAR_VALUE = 1e-8;
const QUADRATURE_POINTS = 200;

/**
 * Radial functions, symmetrically orthonormalised (Löwdin) under ∫ R_n R_n' r² dr from
 * - gto: r^n exp(−r²/2σ_n²), n = 0 .. count−1, σ_n = r_c max(√n, 1)/count, without end
 * - polynomial: (r_c − r)^{n+3}, n = 0 .. count−1, up to r_c
 * @see Bartók, Kondor, Csányi, Phys. Rev. B 87, 184115 (2013), for the polynomials; Musil et al., J. Chem. Phys.
 *   154, 114109 (2021), for the Gaussians
 */
export class RadialBasis {
  readonly count: number;
  /** The functions are zero beyond, Å; Infinity for Gaussians. */
  readonly end: number;
  readonly #primitives: Primitives;
  readonly #mixing: Matrix;

  /**
   * @param cutoff r_c, Å
   * @throws {EcitonError} "study" if so many functions are linearly dependent in double precision
   */
  constructor(name: RadialBasisName, count: number, cutoff: number) {
    this.count = count;
    this.#primitives = name === "gto" ? gaussians(count, cutoff) : polynomials(cutoff);
    const { end, reach, value } = this.#primitives;
    this.end = end;
    // Functions as columns of their values at quadrature points, so that AᵀA are their overlaps. Of A, not of AᵀA: that
    // would square the loss of digits where functions resemble each other.
    const { nodes, weights } = gaussLegendre(QUADRATURE_POINTS);
    const samples = new Matrix(QUADRATURE_POINTS, count);
    nodes.forEach((x, q) => {
      const r = (reach * (1 + x)) / 2;
      for (let n = 0; n < count; n++)
        samples.set(q, n, Math.sqrt((weights[q] * reach) / 2) * r * value(n, r));
    });
    const { diagonal, rightSingularVectors: vectors } = new SingularValueDecomposition(samples);
    if (Math.min(...diagonal) < SMALLEST_SINGULAR_VALUE * Math.max(...diagonal))
      throw new EcitonError(
        "study",
        `${count} radial functions of the ${name} basis depend on each other to rounding; take fewer`,
        { count, basis: name },
      );
    this.#mixing = vectors.mmul(Matrix.diag(diagonal.map((x) => 1 / x))).mmul(vectors.transpose());
  }

  /** R_n(r) of all n into `out`, Float64Array(count). */
  values(r: number, out: Float64Array): void {
    out.fill(0);
    for (let k = 0; k < this.count; k++) {
      const primitive = this.#primitives.value(k, r);
      for (let n = 0; n < this.count; n++) out[n] += this.#mixing.get(n, k) * primitive;
    }
  }
}

interface Primitives {
  /** Normalised to order one, which keeps the mixing well scaled. */
  readonly value: (n: number, r: number) => number;
  readonly end: number;
  /** Nothing of them is left beyond, Å. */
  readonly reach: number;
}

function gaussians(count: number, cutoff: number): Primitives {
  const width = (n: number) => (cutoff * Math.max(Math.sqrt(n), 1)) / count;
  // ∫ r^2n exp(−r²/σ²) r² dr = σ^{2n+3} Γ(n + 3/2) / 2
  const norm = (n: number) => Math.sqrt(2 / (width(n) ** (2 * n + 3) * gammaOfHalf(2 * n + 3)));
  const norms = Array.from({ length: count }, (_, n) => norm(n));
  return {
    value: (n, r) => norms[n] * r ** n * Math.exp((-r * r) / (2 * width(n) ** 2)),
    end: Infinity,
    // r^n of the widest costs about √n widths more than its Gaussian, which is below rounding after nine.
    reach: (9 + Math.sqrt(count)) * width(count - 1),
  };
}

function polynomials(cutoff: number): Primitives {
  // ∫₀^c (c−r)^p r² dr = 2 c^{p+3} / ((p+1)(p+2)(p+3))
  const norm = (p: number) => Math.sqrt(((p + 1) * (p + 2) * (p + 3)) / (2 * cutoff ** (p + 3)));
  return {
    value: (n, r) => (r < cutoff ? norm(2 * n + 6) * (cutoff - r) ** (n + 3) : 0),
    end: cutoff,
    reach: cutoff,
  };
}

/** Γ(k/2) for a whole number k > 0. */
export function gammaOfHalf(k: number): number {
  let value = k % 2 === 0 ? 1 : Math.sqrt(Math.PI);
  for (let x = k % 2 === 0 ? 1 : 0.5; x < k / 2; x++) value *= x;
  return value;
}
