/** What the many-body kernel computes with, laid out as it reads it. */
import { EcitonError } from "../../core/errors.ts";
import {
  BITS,
  CUTOFF_SQUARED,
  DENSITY_INTERVALS,
  DENSITY_RATE,
  EXPONENTIALS,
  FAR_AWAY,
  FIRST_ROOT,
  FORM,
  INTERVALS,
  LARGEST_DENSITY,
  POWERS,
  RATE,
  ROOTS,
  SPECIES,
  SWITCH_FROM,
  SWITCH_RATE,
  TABLE_OF_ONE,
  TABLES_OF_MANY,
} from "../../kernels/many-body-block.ts";
import { ANY_SQUARE } from "../../kernels/neighbour-block.ts";
import type { SmoothCutoff } from "./smooth-cutoff.ts";
import { pairIndex } from "./species-pairs.ts";
import type { EamSplines } from "./table-spline.ts";

/** One pair of species of a potential with closed formulas; `length` scales distances. */
export interface AnalyticPair {
  readonly length: number;
  readonly pairHeight: number;
  readonly pairDecay: number;
  readonly densityHeight: number;
  readonly densityDecay: number;
}

/**
 * What the kernel computes, with h and k a height and its decay, a the length:
 * exponentials: h exp(-k (r/a - 1)); powers: h (a/r)^k with 2k whole. The embedding energy is -root √ρ.
 */
export interface AnalyticKernel {
  readonly form: "exponentials" | "powers";
  readonly cutoff: SmoothCutoff | null;
  pair(a: number, b: number): AnalyticPair;
  root(a: number): number;
}

/** Functions from tables. */
export interface TableKernel {
  readonly form: "tables";
  readonly splines: EamSplines;
}

export function kernelParameters(kernel: AnalyticKernel | TableKernel, numSpecies: number): Float64Array {
  return kernel.form === "tables" ? tables(kernel.splines) : analytic(kernel, numSpecies);
}

function analytic(kernel: AnalyticKernel, numSpecies: number): Float64Array {
  const first = FIRST_ROOT + numSpecies;
  const out = new Float64Array(first + 8 * numSpecies ** 2);
  const wholes = new BigInt64Array(out.buffer);
  const exponential = kernel.form === "exponentials";
  out[FORM] = exponential ? EXPONENTIALS : POWERS;
  out[SPECIES] = numSpecies;
  out[CUTOFF_SQUARED] = kernel.cutoff ? kernel.cutoff.to_A ** 2 : ANY_SQUARE;
  out[SWITCH_FROM] = kernel.cutoff ? kernel.cutoff.from_A : FAR_AWAY;
  out[SWITCH_RATE] = kernel.cutoff ? 1 / (kernel.cutoff.to_A - kernel.cutoff.from_A) : 0;
  const pairs = Array.from({ length: numSpecies ** 2 }, (_, k) =>
    kernel.pair(Math.floor(k / numSpecies), k % numSpecies),
  );
  const decays = pairs.flatMap((pair) => [pair.pairDecay, pair.densityDecay]);
  const largest = Math.max(...decays);
  if (exponential && largest > 600)
    throw new EcitonError("data", `a decay of ${largest} would overflow where atoms come close; at most 600`);
  // Whole exponents are powers of a/r, halves of them powers of its root.
  const scale = decays.every(Number.isInteger) ? 1 : 2;
  if (!exponential) {
    out[BITS] = Math.floor(Math.log2(scale * largest)) + 1;
    out[ROOTS] = scale - 1;
  }
  for (let a = 0; a < numSpecies; a++) out[FIRST_ROOT + a] = kernel.root(a);
  for (const [k, pair] of pairs.entries()) {
    const { length, pairHeight, pairDecay, densityHeight, densityDecay } = pair;
    const at = first + 8 * k;
    if (exponential) {
      out.set([pairDecay, pairDecay / length, pairHeight], at);
      out.set([densityDecay, densityDecay / length, densityHeight], at + 3);
    } else {
      out.set([length, pairDecay, pairHeight, densityDecay, 0, densityHeight], at);
      wholes[at + 6] = BigInt(scale * pairDecay);
      wholes[at + 7] = BigInt(scale * densityDecay);
    }
  }
  return out;
}

function tables(splines: EamSplines): Float64Array {
  const numSpecies = splines.species.length;
  const { intervals, step } = splines.pairs[0];
  const embedded = splines.embedding[0];
  const first = FIRST_ROOT + numSpecies;
  const pairAt = first + 4 * embedded.intervals * numSpecies;
  const rowLength = numSpecies === 1 ? 8 : 12;
  const out = new Float64Array(pairAt + rowLength * intervals * splines.pairs.length);
  out[FORM] = numSpecies === 1 ? TABLE_OF_ONE : TABLES_OF_MANY;
  out[SPECIES] = numSpecies;
  out[CUTOFF_SQUARED] = splines.cutoff ** 2;
  out[INTERVALS] = intervals;
  out[RATE] = 1 / step;
  out[DENSITY_INTERVALS] = embedded.intervals;
  out[DENSITY_RATE] = 1 / embedded.step;
  out[LARGEST_DENSITY] = splines.largestDensity;
  for (const [a, spline] of splines.embedding.entries())
    out.set(spline.coefficients, first + 4 * a * embedded.intervals);
  let at = pairAt;
  for (let a = 0; a < numSpecies; a++)
    for (let b = 0; b <= a; b++) {
      const pair = splines.pairs[pairIndex(a, b)].coefficients;
      const high = splines.density[a].coefficients;
      const low = splines.density[b].coefficients;
      for (let k = 0; k < intervals; k++, at += rowLength) {
        for (let c = 0; c < 4; c++) {
          out[at + 2 * c] = pair[4 * k + c];
          out[at + 2 * c + 1] = high[4 * k + c];
          if (numSpecies > 1) out[at + 8 + c] = low[4 * k + c];
        }
      }
    }
  return out;
}
