/** Upper bounds of acceptances, and the waiting time for something of a given rate. */
import { expNonPositive } from "../../core/exponential.ts";
import { lnComplement, lnUnit } from "../../core/logarithm.ts";
import { CLASS_WIDTH, FAR_BOUNDS, NEAR_BOUNDS, NEAR_WIDTH } from "../../kernels/nfold-scheme.ts";
import type { RandomSource } from "../lattice-model.ts";

/** Covers the rounding of energies that are sorted into classes. */
const SLACK = 1 + 2 ** -20;

/**
 * Bounds are whole numbers of one unit, a power of two, rounded up: sums of them are exact, so that a sum does not depend
 * on how it came about.
 */
export interface Bounds {
  /** The bound 1 in units. */
  readonly one: number;
  /** Bound of a pair whose classes add up to n; the last one for all above. */
  readonly far: Float64Array;
  /** Bound of a pair whose energy change is in class n; the last one for all above. */
  readonly near: Float64Array;
}

/** @param mostPairs largest number of pairs of one channel; their bounds add up to less than 2^53 units */
export function boundsFor(mostPairs: number): Bounds {
  const one = 2 ** (52 - Math.ceil(Math.log2(mostPairs)));
  const falling = (width: number, count: number) =>
    Float64Array.from({ length: count + 1 }, (_, n) =>
      Math.min(one, Math.ceil(expNonPositive(-width * n) * SLACK * one)),
    );
  return { one, far: falling(CLASS_WIDTH, FAR_BOUNDS), near: falling(NEAR_WIDTH, NEAR_BOUNDS) };
}

/**
 * Number of steps up to and including the first one at which something of probability p happens:
 *   P(N > n) = (1 - p)^n, N = 1 + floor(ln u / ln (1 - p)), u uniform on (0, 1].
 * @param p above 0 and below 1
 */
export function waitingSteps(p: number, random: RandomSource): number {
  return 1 + Math.floor(lnUnit(1 - random.nextFloat()) / lnComplement(p));
}
