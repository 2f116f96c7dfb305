/**
 * How the Coulomb energy of ions is summed, and the function of the distance that two charges have in real space.
 *
 * Wolf's sum takes every charge as screened by a Gaussian of the opposite charge, and each sphere of the cut-off as
 * neutralised at its surface; Fennell and Gezelter's form of it brings the force to zero there too:
 *   φ(r) = erfc(αr)/r − erfc(αR)/R + f (r − R),   f = erfc(αR)/R² + (2α/√π) exp(−α²R²)/R
 * Ewald's sum adds in reciprocal space what the screening took away. Its real part ends by the same φ with a larger α:
 * energy and forces are then continuous where pairs pass the cut-off, and the change is of the size of what is left out.
 * Either way a charge feels its own screening, ½ q² lim (φ − 1/r).
 * @see D. Wolf, P. Keblinski, S. R. Phillpot, J. Eggebrecht, J. Chem. Phys. 110, 8254 (1999)
 * @see C. J. Fennell, J. D. Gezelter, J. Chem. Phys. 124, 234104 (2006)
 */
import { erfc } from "../../core/error-function.ts";
import { EcitonError } from "../../core/errors.ts";
import type { Jet } from "./ion-pairs.ts";

export type CoulombSpec =
  | {
      readonly method: "ewald";
      /** Of energies and forces against their Coulomb parts; 1e-8 if absent. */
      readonly accuracy?: number;
      /** Cells periodic in three directions hold a slab with vacuum along c: its dipole is corrected for. */
      readonly slab?: boolean;
      /** A cell with a net charge is filled with the opposite one, evenly; without it such a cell is refused. */
      readonly background?: boolean;
    }
  | {
      readonly method: "wolf";
      /** α, 1/Å. */
      readonly damping_per_A: number;
    }
  /** Every pair, for clusters only. */
  | { readonly method: "bare" };

export const EWALD_ACCURACY = 1e-8;

export interface Screening {
  /** 1/Å; 0 for bare charges. */
  readonly alpha: number;
  /** c0 and c1 of φ(r) = erfc(αr)/r + c0 + c1 r. */
  readonly constant: number;
  readonly slope: number;
  /** Energy of a charge in its own screening is this times k q², 1/Å. */
  readonly self: number;
}

export const bareCharges: Screening = { alpha: 0, constant: 0, slope: 0, self: 0 };

/** The screening that ends at a cut-off (Å). */
export function screeningOf(alpha: number, cutoff: number): Screening {
  const value = erfc(alpha * cutoff) / cutoff;
  const gauss = ((2 * alpha) / Math.sqrt(Math.PI)) * Math.exp(-((alpha * cutoff) ** 2));
  const slope = (value + gauss) / cutoff;
  const constant = -value - slope * cutoff;
  return { alpha, constant, slope, self: constant / 2 - alpha / Math.sqrt(Math.PI) };
}

/** φ(r) with its derivatives, 1/Å. */
export function screenedCoulomb({ alpha, constant, slope }: Screening, r: number): Jet {
  const value = erfc(alpha * r) / r;
  const gauss = ((2 * alpha) / Math.sqrt(Math.PI)) * Math.exp(-((alpha * r) ** 2));
  return [
    value + constant + slope * r,
    -(value + gauss) / r + slope,
    2 * ((value + gauss) / (r * r) + alpha * alpha * gauss),
  ];
}

/**
 * exp(−x²) is the accuracy, x = αR = k_max / 2α: both sums leave out terms of that part of their first ones.
 * @returns α, 1/Å, and the longest wave vector, 1/Å
 */
export function ewaldSplitting(
  accuracy: number,
  cutoff: number,
): { readonly alpha: number; readonly longest: number } {
  const x = Math.sqrt(-Math.log(accuracy));
  const alpha = x / cutoff;
  return { alpha, longest: 2 * alpha * x };
}

/** @throws {EcitonError} "data" for an accuracy or damping out of range */
export function checkCoulomb(coulomb: CoulombSpec): void {
  if (coulomb.method === "ewald") {
    const { accuracy = EWALD_ACCURACY } = coulomb;
    if (!(accuracy >= 1e-15 && accuracy <= 1e-2))
      throw new EcitonError("data", `Ewald sum: expected an accuracy from 1e-15 to 0.01, found ${accuracy}`, {
        accuracy,
      });
    if (coulomb.slab && coulomb.background)
      throw new EcitonError(
        "data",
        "Ewald sum: the energy of a charged slab in a background depends on the height of its cell; take slab or background",
      );
  }
  if (coulomb.method === "wolf" && !(coulomb.damping_per_A > 0 && coulomb.damping_per_A < 10))
    throw new EcitonError(
      "data",
      `Wolf sum: expected a damping between 0 and 10 1/Å, found ${coulomb.damping_per_A}`,
      { damping: coulomb.damping_per_A },
    );
}
