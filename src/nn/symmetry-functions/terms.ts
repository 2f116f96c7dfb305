/**
 * What all types of symmetry functions have in common, a product of curves:
 *   G_i = Σ_j w_j R(r_ij)                                       of distances, or
 *   G_i = Σ_{j<k} w_j w_k R(r_ij) R(r_ik) [R(r_jk)] A(cos θ_jik)   the third R in narrow ones only
 * over neighbours, images included; w is 1, or the atomic number in weighted functions.
 */
import { EcitonError } from "../../core/errors.ts";
import { atomicNumberOf } from "../../data/elements.ts";
import { compactAngleFunction, compactFunction } from "./compact-functions.ts";
import { type Curve, cutoffFunction } from "./cutoff-functions.ts";
import { type ElementFunctions, neighboursOf } from "./dependence.ts";
import type { CutoffFunction, SymmetryFunction } from "./symmetry-function.ts";

export interface Term {
  /** R is 0 from here on, Å. */
  readonly radius: number;
  readonly radial: Curve;
  /** A of the cosine; null for functions of distances. */
  readonly angular: Curve | null;
  readonly narrow: boolean;
  /** Of the neighbour or the pair of them, unordered: numbers of elements; null for all. */
  readonly kinds: readonly number[] | null;
  /** w by element. */
  readonly weights: readonly number[];
}

/**
 * @throws {EcitonError} "data" for a neighbour that is none of the elements, a weighted function among elements without an
 *   atomic number, and parameters that describe no function
 */
export function termOf(one: SymmetryFunction, elements: readonly ElementFunctions[]): Term {
  const names = elements.map(({ element }) => element);
  const kinds = neighboursOf(one)?.map((name) => {
    const kind = names.indexOf(name);
    if (kind < 0)
      throw new EcitonError(
        "data",
        `a symmetry function of type ${one.type} is of ${name} neighbours, but the elements are ${names.join(", ")}`,
      );
    return kind;
  });
  const common = { radius: one.radius, kinds: kinds ?? null };
  const unweighted = names.map(() => 1);
  switch (one.type) {
    case 2:
      return { ...common, radial: gaussian(one), angular: null, narrow: false, weights: unweighted };
    case 3:
    case 9:
      return {
        ...common,
        radial: gaussian(one),
        angular: cone(one),
        narrow: one.type === 3,
        weights: unweighted,
      };
    case 12:
      return { ...common, radial: gaussian(one), angular: null, narrow: false, weights: names.map(numberOf) };
    case 13:
      return {
        ...common,
        radial: gaussian(one),
        angular: cone(one),
        narrow: true,
        weights: names.map(numberOf),
      };
    case 20:
    case 23: {
      const weights = one.type === 23 ? names.map(numberOf) : unweighted;
      const radial = compactFunction(one.form, one.left, one.radius);
      return { ...common, radial, angular: null, narrow: false, weights };
    }
    case 21:
    case 22:
    case 24:
    case 25: {
      const weights = one.type >= 24 ? names.map(numberOf) : unweighted;
      const radial = compactFunction(one.form, one.left, one.radius);
      const angular = compactAngleFunction(one.form, one.angleLeft, one.angleRight);
      return { ...common, radial, angular, narrow: one.type === 21 || one.type === 24, weights };
    }
    default:
      return one satisfies never;
  }
}

/** exp(−η (r − r_s)²) f_c(r) */
function gaussian(one: { eta: number; shift: number; radius: number; cutoff: CutoffFunction }): Curve {
  const { eta, shift, radius } = one;
  const cut = cutoffFunction(one.cutoff, radius);
  return (r) => {
    const [value, slope] = cut(r);
    const bell = Math.exp(-eta * (r - shift) ** 2);
    return [bell * value, bell * (slope - 2 * eta * (r - shift) * value)];
  };
}

/** 2^(1−ζ) (1 + λ cos θ)^ζ; rounding may take the bracket below 0. */
function cone({ zeta, lambda }: { zeta: number; lambda: number }): Curve {
  const factor = 2 ** (1 - zeta);
  return (cosine) => {
    const base = 1 + lambda * cosine;
    if (base <= 0) return [0, 0];
    return [factor * base ** zeta, factor * zeta * lambda * base ** (zeta - 1)];
  };
}

function numberOf(element: string): number {
  const number = atomicNumberOf(element);
  if (number === undefined)
    throw new EcitonError(
      "data",
      `functions weighted with atomic numbers need elements that have one; "${element}" has none`,
    );
  return number;
}
