/**
 * Leaves out symmetry functions of one element that the data do not need: those that are the same for all atoms, those that
 * follow from others, and on request all but some that tell the atoms apart best.
 */
import { EcitonError } from "../../core/errors.ts";
import type { FunctionCorrelations } from "./correlation.ts";
import { curSelection } from "./cur.ts";
import { describeFunction } from "./describe-function.ts";
import type { SymmetryFunction } from "./symmetry-function.ts";

export interface PruneSettings {
  /**
   * Functions whose largest and smallest value differ by less, in units of what one neighbour or pair can add, go: a neighbour
   * that moves would take them far out of the range that was trained.
   */
  readonly smallestRange: number;
  /** Of two functions whose |Pearson correlation| is above, the cheaper one stays; 1 keeps all but exact copies. */
  readonly correlation: number;
  /** Functions that CUR leaves; null for all. */
  readonly keep: number | null;
}

export const usualPruning: PruneSettings = { smallestRange: 1e-3, correlation: 0.999, keep: null };

export type PruneReason =
  | { readonly kind: "constant"; readonly value: number }
  /** largestTerm: what one neighbour or pair can add. */
  | { readonly kind: "small-range"; readonly range: number; readonly largestTerm: number }
  | { readonly kind: "correlated"; readonly with: number; readonly correlation: number }
  /** residual: part of its variance that does not follow linearly from the functions that were kept. */
  | { readonly kind: "cur"; readonly residual: number };

export interface PruneResult {
  /** Numbers of the functions that stay, ascending. */
  readonly kept: readonly number[];
  /** The others, ascending. */
  readonly dropped: readonly { readonly index: number; readonly reason: PruneReason }[];
}

/**
 * @param functions of one element
 * @param correlations of their values over the atoms of the training set
 * @param largestTerms of each function, see largest-term.ts; without them 1 for each
 * @throws {EcitonError} "shape" if the correlations are of other functions; "study" for settings that make no sense;
 *   "data" where no function would be left
 */
export function pruneFunctions(
  functions: readonly SymmetryFunction[],
  correlations: FunctionCorrelations,
  settings: PruneSettings,
  largestTerms: readonly number[] = functions.map(() => 1),
): PruneResult {
  const { min, max, matrix, numFunctions: n } = correlations;
  if (functions.length !== n || largestTerms.length !== functions.length)
    throw new EcitonError(
      "shape",
      `${functions.length} functions, but correlations of ${n} and the largest terms of ${largestTerms.length}`,
    );
  const { smallestRange, correlation, keep } = settings;
  if (!(smallestRange >= 0) || !(correlation > 0 && correlation <= 1) || !(keep === null || keep >= 1))
    throw new EcitonError(
      "study",
      "pruning needs a range from 0 on, a correlation above 0 and at most 1, and at least 1 function to keep; found " +
        `${smallestRange}, ${correlation}, ${keep}`,
    );
  const reasons = new Map<number, PruneReason>();
  for (let g = 0; g < n; g++) {
    const range = max[g] - min[g];
    if (range === 0) reasons.set(g, { kind: "constant", value: min[g] });
    else if (range < smallestRange * largestTerms[g])
      reasons.set(g, { kind: "small-range", range, largestTerm: largestTerms[g] });
  }
  const varied = functions.map((_, g) => g).filter((g) => !reasons.has(g));
  if (varied.length === 0)
    throw new EcitonError(
      "data",
      `none of ${n} symmetry functions varies over ${correlations.count} atoms: give structures that differ`,
      { functions: n, atoms: correlations.count },
    );
  const distinct: number[] = [];
  for (const g of varied.sort((a, b) => costOf(functions[a]) - costOf(functions[b]) || a - b)) {
    const strongest = distinct.reduce(
      (best, h) => (Math.abs(matrix[g * n + h]) > Math.abs(matrix[g * n + best]) ? h : best),
      distinct[0],
    );
    const size = distinct.length === 0 ? 0 : Math.abs(matrix[g * n + strongest]);
    // Copies have a correlation of 1 to rounding.
    if (size > correlation || size > 1 - 1e-14)
      reasons.set(g, { kind: "correlated", with: strongest, correlation: matrix[g * n + strongest] });
    else distinct.push(g);
  }
  if (keep !== null && keep < distinct.length) {
    distinct.sort((a, b) => a - b);
    const gram = Float64Array.from(distinct.flatMap((a) => distinct.map((b) => matrix[a * n + b])));
    const { order, residuals } = curSelection(gram, distinct.length, keep);
    distinct.forEach((g, c) => {
      if (!order.includes(c)) reasons.set(g, { kind: "cur", residual: residuals[c] });
    });
  }
  return {
    kept: functions.map((_, g) => g).filter((g) => !reasons.has(g)),
    dropped: [...reasons].map(([index, reason]) => ({ index, reason })).sort((a, b) => a.index - b.index),
  };
}

/**
 * Work of a function in a dense material, relative: neighbours grow as r_c³ and pairs of them as r_c⁶, of which narrow
 * functions skip those far from each other. High powers come last among equals.
 */
function costOf(one: SymmetryFunction): number {
  const neighbours = one.radius ** 3;
  switch (one.type) {
    case 2:
    case 12:
    case 20:
    case 23:
      return neighbours;
    case 3:
    case 13:
      return neighbours * neighbours * (0.7 + 1e-3 * one.zeta);
    case 9:
      return neighbours * neighbours * (1 + 1e-3 * one.zeta);
    case 21:
    case 24:
      return 0.6 * neighbours * neighbours;
    case 22:
    case 25:
      return 0.9 * neighbours * neighbours;
    default:
      return one satisfies never;
  }
}

/** What was left out and why, a line for each function: "G2 O-O, …: the same for all atoms, 0". */
export function pruneText(
  element: string,
  functions: readonly SymmetryFunction[],
  { dropped }: PruneResult,
): string[] {
  const digits = (x: number) => String(Number(x.toPrecision(3)));
  const why = (reason: PruneReason): string => {
    switch (reason.kind) {
      case "constant":
        return `the same for all atoms, ${digits(reason.value)}`;
      case "small-range":
        return (
          `its values differ by no more than ${digits(reason.range)}, where one neighbour or pair can add ` +
          digits(reason.largestTerm)
        );
      case "correlated": {
        // Three digits would make 1 of all of them.
        const size = reason.correlation.toFixed(6);
        return `correlated by ${size} with ${describeFunction(functions[reason.with], element)}`;
      }
      case "cur":
        return `${digits(100 * (1 - reason.residual))}% of its variance follow from those kept`;
      default:
        return reason satisfies never;
    }
  };
  return dropped.map(({ index, reason }) => `${describeFunction(functions[index], element)}: ${why(reason)}`);
}
