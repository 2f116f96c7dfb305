/**
 * Short-range interaction of two ions as a plain formula:
 *   u(r) = A exp(−r/ρ) − C/r⁶ + E/r¹² + D ([1 − exp(−a (r − r0))]² − 1) + c
 * Buckingham's potential is the first two terms; the rest is for sets that add a steeper repulsion, a Morse term, and a
 * constant that brings a window to zero at its end.
 * @see R. A. Buckingham, Proc. R. Soc. Lond. A 168, 264 (1938)
 */
import { EcitonError } from "../../core/errors.ts";

export interface MorseTerm {
  readonly D_eV: number;
  readonly a_per_A: number;
  readonly r0_A: number;
}

export interface IonPair {
  /** In any order. */
  readonly species: readonly [string, string];
  readonly A_eV: number;
  readonly rho_A: number;
  readonly C_eV_A6: number;
  readonly E_eV_A12?: number;
  readonly morse?: MorseTerm;
  readonly constant_eV?: number;
  /** Where the interaction ends at once, as published, Å; without it, it ends smoothly with the potential's cut-off. */
  readonly to_A?: number;
}

/** u(r) with its first and second derivative. */
export type Jet = readonly [value: number, slope: number, curvature: number];

export function shortRange(pair: IonPair, r: number): Jet {
  const { A_eV: A, rho_A: rho, C_eV_A6: C, morse } = pair;
  const wall = A * Math.exp(-r / rho);
  const r6 = r ** -6;
  const twelve = (pair.E_eV_A12 ?? 0) * r6 * r6;
  let value = wall - C * r6 + twelve + (pair.constant_eV ?? 0);
  let slope = -wall / rho + (6 * C * r6 - 12 * twelve) / r;
  let curvature = wall / (rho * rho) + (156 * twelve - 42 * C * r6) / (r * r);
  if (morse) {
    const { D_eV: D, a_per_A: a, r0_A: r0 } = morse;
    const e = Math.exp(-a * (r - r0));
    value += D * ((1 - e) ** 2 - 1);
    slope += 2 * D * a * e * (1 - e);
    curvature += 2 * D * a * a * e * (2 * e - 1);
  }
  return [value, slope, curvature];
}

/** Distances between which the wall is looked for, and how finely, Å. */
const SEARCH = { from: 0.02, to: 4, step: 0.005 };

/**
 * The distance inside which two ions fall into each other: −C/r⁶, or the attraction of opposite charges where the
 * repulsion stays finite, wins over the wall there (Buckingham's catastrophe). It is where the sum with the bare Coulomb
 * energy has its outermost maximum inside a repulsive stretch.
 * @param coulomb k q q', eV Å
 * @returns Å; 0 where the ions repel each other all the way down
 */
export function barrierOf(pair: IonPair | null, coulomb: number): number {
  const slope = (r: number) => (pair ? shortRange(pair, r)[1] : 0) - coulomb / (r * r);
  let repelled = false;
  for (let r = SEARCH.to; r > SEARCH.from; r -= SEARCH.step) {
    const here = slope(r);
    if (here < 0) repelled = true;
    else if (repelled && here > 0) {
      let [inner, outer] = [r, r + SEARCH.step];
      for (let n = 0; n < 50; n++) {
        const middle = (inner + outer) / 2;
        if (slope(middle) > 0) inner = middle;
        else outer = middle;
      }
      return outer;
    }
  }
  return 0;
}

/** @throws {EcitonError} "data" for numbers that are not finite, or lengths that are not positive */
export function checkIonPair(pair: IonPair): void {
  const { morse } = pair;
  const check = (key: string, value: number | undefined, positive: boolean) => {
    if (value === undefined || (Number.isFinite(value) && (!positive || value > 0))) return;
    throw new EcitonError(
      "data",
      `short-range parameters of ${pair.species.join(" and ")}: ${key} is ${value}; expected a ${positive ? "positive" : "finite"} number`,
      { species: pair.species, key },
    );
  };
  check("A_eV", pair.A_eV, false);
  check("rho_A", pair.rho_A, true);
  check("C_eV_A6", pair.C_eV_A6, false);
  check("E_eV_A12", pair.E_eV_A12, false);
  check("constant_eV", pair.constant_eV, false);
  check("to_A", pair.to_A, true);
  check("morse.D_eV", morse?.D_eV, false);
  check("morse.a_per_A", morse?.a_per_A, true);
  check("morse.r0_A", morse?.r0_A, false);
}
