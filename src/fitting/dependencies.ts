/**
 * Exact linear dependencies among columns. A dependency Σ_j a_j x_j = 0 that holds in every row lets the
 * coefficients move along a without any change of a prediction; only combinations Σ_j b_j β_j with
 * Σ_j a_j b_j = 0 are determined by the data.
 */
import { MinimumNorm, OrthogonalBasis } from "./orthogonal.ts";
import { indicesOf, type LinearProblem, weightedColumn } from "./problem.ts";

export interface Combination {
  readonly terms: readonly { readonly column: number; readonly name: string; readonly factor: number }[];
  /** Such as "2·VO1 + 2·VO2 − Ce1". */
  readonly text: string;
}

export interface DependencyReport {
  /** Number of columns looked at, and how many of them are independent. */
  readonly columns: number;
  readonly rank: number;
  /** Combinations of columns that are zero in every row; text ends in " = 0". */
  readonly dependencies: readonly Combination[];
  /** Combinations of coefficients that the data determine though no coefficient in them is. */
  readonly determined: readonly Combination[];
}

/** Least error with which a factor counts as rational, and the largest denominator tried. */
const RATIONAL = 1e-9;
const LARGEST_DENOMINATOR = 64;

/**
 * @param columns which to look at; default the unpenalised ones. A column that depends on others is expressed
 *   through those that come before it.
 */
export function findDependencies(
  problem: LinearProblem,
  columns: readonly number[] = indicesOf(problem.unpenalised, true),
): DependencyReport {
  const roots = problem.weights.map(Math.sqrt);
  const vectors = new Map(columns.map((j) => [j, weightedColumn(problem.X, j, roots)]));
  const basis = new OrthogonalBasis();
  const independent: number[] = [];
  const dependent: number[] = [];
  for (const j of columns) (basis.add(vectors.get(j)!) > 0 ? independent : dependent).push(j);
  const solver = new MinimumNorm(independent.map((j) => vectors.get(j)!));
  // shares[d][i]: x_dependent = Σ_i shares x_independent
  const shares = dependent.map((j) => Array.from(solver.solve(vectors.get(j)!), rationalised));
  const combination = (terms: [number, number][], end = ""): Combination => {
    const kept = terms.filter(([, factor]) => factor !== 0);
    return {
      terms: kept.map(([column, factor]) => ({ column, name: problem.names[column], factor })),
      text: textOf(kept.map(([column, factor]) => [problem.names[column], factor])) + end,
    };
  };
  return {
    columns: columns.length,
    rank: independent.length,
    dependencies: dependent.map((j, d) => {
      const terms = independent.map((i, a): [number, number] => [i, shares[d][a]]);
      return combination(wholeNumbers([...terms, [j, -1]]), " = 0");
    }),
    determined: independent.flatMap((i, a) =>
      shares.some((share) => share[a] !== 0)
        ? [combination([[i, 1], ...dependent.map((j, d): [number, number] => [j, shares[d][a]])])]
        : [],
    ),
  };
}

/** The nearest fraction with a small denominator where it is within 1e-9, else the value itself. */
function rationalised(value: number): number {
  for (let q = 1; q <= LARGEST_DENOMINATOR; q++) {
    const p = Math.round(value * q);
    if (Math.abs(value - p / q) <= RATIONAL * Math.max(1, Math.abs(value))) return p / q;
  }
  return value;
}

/** Multiplied by the common denominator, if there is one, and so that the first factor is positive. */
function wholeNumbers(terms: [number, number][]): [number, number][] {
  const first = terms.find(([, factor]) => factor !== 0);
  const sign = first && first[1] < 0 ? -1 : 1;
  for (let q = 1; q <= LARGEST_DENOMINATOR; q++)
    if (terms.every(([, factor]) => Math.abs(factor * q - Math.round(factor * q)) < 1e-12))
      return terms.map(([j, factor]) => [j, sign * Math.round(factor * q)]);
  return terms.map(([j, factor]) => [j, sign * factor]);
}

function textOf(terms: [string, number][]): string {
  return terms
    .map(([name, factor], k) => {
      const size = Math.abs(factor);
      const number = Math.abs(size - 1) < 1e-12 ? "" : `${Number(size.toPrecision(6))}·`;
      const sign = factor < 0 ? (k === 0 ? "−" : "− ") : k === 0 ? "" : "+ ";
      return `${sign}${number}${name}`;
    })
    .join(" ");
}
