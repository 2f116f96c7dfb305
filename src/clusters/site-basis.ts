/** Functions of the species on one site: what cluster functions are products of. */

export const basisNames = ["indicator", "chebyshev", "trigonometric"] as const;
export type BasisName = (typeof basisNames)[number];

/**
 * Values of the M - 1 site functions (the constant is function 0 and not listed).
 *   indicator:      phi_k(s) = 1 if s = k, else 0; species 0 is the background
 *   chebyshev:      phi_k(s) = T_k(x_s), x_s = -1 ... 1 equally spaced
 *   trigonometric:  phi_k(s) = -cos(2 pi ceil(k/2) s / M) for odd k, -sin(2 pi ceil(k/2) s / M) for even k;
 *                   the basis of ATAT and icet, also called sinusoidal
 * @param species number of species M, at least 1
 * @returns row k - 1 holds phi_k(0 .. M-1): Float64Array((M - 1) * M)
 * @see Sanchez, Ducastelle, Gratias, Physica A 128, 334 (1984); van de Walle, Calphad 33, 266 (2009)
 */
export function siteFunctions(basis: BasisName, species: number): Float64Array {
  const values = new Float64Array((species - 1) * species);
  for (let k = 1; k < species; k++)
    for (let s = 0; s < species; s++) values[(k - 1) * species + s] = siteFunction(basis, species, k, s);
  return values;
}

function siteFunction(basis: BasisName, species: number, k: number, s: number): number {
  switch (basis) {
    case "indicator":
      return s === k ? 1 : 0;
    case "chebyshev": {
      const x = -1 + (2 * s) / (species - 1);
      let previous = 1;
      let current = x;
      for (let degree = 1; degree < k; degree++) [previous, current] = [current, 2 * x * current - previous];
      return current;
    }
    case "trigonometric": {
      const angle = (2 * Math.PI * Math.ceil(k / 2) * s) / species;
      const value = k % 2 === 1 ? -Math.cos(angle) : -Math.sin(angle);
      // The exact zeros and ones of the table must not carry rounding into exact identities.
      const rounded = Math.round(2 * value) / 2;
      return Math.abs(value - rounded) < 1e-14 ? rounded + 0 : value;
    }
    default:
      return basis satisfies never;
  }
}
