/** What the minimisers minimise: a smooth function of many coordinates. Atoms are one case of it (atoms-objective.ts). */

export interface Objective {
  readonly size: number;
  /** Coordinates that belong together, 3 for atoms: steps and gradients are measured by the length of such a block. */
  readonly block: number;
  /**
   * @param x Float64Array(size); not modified
   * @param gradient Float64Array(size), written
   * @returns the value at x; Infinity or NaN is taken for a place that cannot be gone to
   */
  evaluate(x: Float64Array, gradient: Float64Array): number;
  /** How far x is from a stationary point, in the unit of the tolerance: `largestBlock(gradient, block)`, or better known. */
  residual(x: Float64Array, gradient: Float64Array): number;
}

/** Length of the longest block of a vector, from the coordinate `first` on. */
export function largestBlock(vector: Float64Array, block: number, first = 0): number {
  let largest = 0;
  for (let i = first; i < vector.length; i += block) {
    let square = 0;
    for (let k = i; k < i + block; k++) square += vector[k] * vector[k];
    // Not by a comparison alone: NaN would be passed over.
    if (!(square <= largest)) largest = square;
  }
  return Math.sqrt(largest);
}

/**
 * Brings a gradient whose squares are beyond the range of numbers (atoms at 1e-12 Å) down to at most 1. Its direction is
 * all that can be used of it, for steps are limited.
 */
export function tame(gradient: Float64Array): void {
  let largest = 0;
  for (let i = 0; i < gradient.length; i++) largest = Math.max(largest, Math.abs(gradient[i]));
  for (let i = 0; i < gradient.length; i++) gradient[i] /= largest;
}

export function dotProduct(a: Float64Array, b: Float64Array): number {
  // Four sums, because each addition waits for the one before it.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = a.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = whole; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}

/** Rounding of a value as a share of it: it is a sum of many terms of either sign. */
export const ROUNDING = 1e-13;

/** A place with what is known there. */
export interface Point {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  value: number;
}

export function pointOf(size: number): Point {
  return { x: new Float64Array(size), gradient: new Float64Array(size), value: 0 };
}
