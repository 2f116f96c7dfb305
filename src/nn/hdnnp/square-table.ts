/**
 * Functions of a distance as polynomials of its square, piece by piece, so that neither a root nor an exponential is needed.
 * Pieces are numbered by the exponent and the first bits of the mantissa of r² as a double: finer where r² is small, where
 * functions of r change faster with r².
 */
import { TABLE_DEGREE } from "../../kernels/hdnnp-block.ts";
import type { Term } from "../symmetry-functions/terms.ts";

export interface SquareTable {
  /** Bits of r² below those that number its piece. */
  readonly shift: number;
  /** Number of the first piece; it begins at the lowest r². */
  readonly first: number;
  readonly lowest: number;
  /** For each piece and function TABLE_DEGREE + 1 coefficients of powers of t = r² − where the piece begins. */
  readonly coefficients: Float64Array;
}

/** Å²: no two atoms come nearer, but in a move that is rejected. */
const LOWEST = 0.25;
/**
 * What slopes may be wrong by: of the largest one of a piece, and of all. Less is rounding, which their functions have as
 * well.
 */
const OF_PIECE = 1e-14;
const OF_ALL = 5e-16;
/** Bits of the mantissa that number pieces: fewer are never enough, more take too much of the cache. */
const FEWEST_BITS = 4;
const MOST_BITS = 7;
const COUNT = TABLE_DEGREE + 1;
/** Points of slopes; values are their integral, so that both are as exact as they can be. */
const POINTS = TABLE_DEGREE;

type Reaching = Pick<Term, "radial" | "radius">;

/** null where no table is exact enough: functions with inner radii have steps in their derivatives. */
export function squareTable(functions: readonly Reaching[]): SquareTable | null {
  if (functions.length === 0) return null;
  for (let bits = FEWEST_BITS; bits <= MOST_BITS; bits++) {
    const table = tableOf(functions, 52 - bits);
    if (table !== null) return table;
  }
  return null;
}

function tableOf(functions: readonly Reaching[], shift: number): SquareTable | null {
  const first = pieceOf(LOWEST, shift);
  const last = pieceOf(Math.max(...functions.map(({ radius }) => radius)) ** 2, shift);
  const coefficients = new Float64Array((last - first + 1) * functions.length * COUNT);
  for (let n = 0; n < functions.length; n++) {
    const { radial, radius } = functions[n];
    const slopes = Array.from({ length: last - first + 1 }, (_, k) =>
      slopeAt(radial, beginOf(first + k, shift)),
    );
    const rounding = OF_ALL * Math.max(...slopes.map(Math.abs));
    // The longest pieces are the last, and fail first.
    for (let piece = last; piece >= first; piece--) {
      const begin = beginOf(piece, shift);
      const width = Math.min(beginOf(piece + 1, shift), radius ** 2) - begin;
      if (width <= 0) continue;
      const slope = (t: number) => slopeAt(radial, begin + t);
      const own = integral(fitted(slope, width), width / 2, radial(Math.sqrt(begin + width / 2))[0]);
      if (!isExact(own, slope, width, rounding)) return null;
      coefficients.set(own, ((piece - first) * functions.length + n) * COUNT);
    }
  }
  return { shift, first, lowest: LOWEST, coefficients };
}

/** Of a function of the distance with its square. */
function slopeAt(radial: Term["radial"], square: number): number {
  const r = Math.sqrt(square);
  return radial(r)[1] / (2 * r);
}

const double = new Float64Array(1);
const bitsOfDouble = new BigUint64Array(double.buffer);

function pieceOf(square: number, shift: number): number {
  double[0] = square;
  return Number(bitsOfDouble[0] >> BigInt(shift));
}

function beginOf(piece: number, shift: number): number {
  bitsOfDouble[0] = BigInt(piece) << BigInt(shift);
  return double[0];
}

/** Coefficients of powers of t of the polynomial through the Chebyshev points of 0..width. */
function fitted(f: (t: number) => number, width: number): Float64Array {
  const values = cosines.map((row) => f((width * (row[1] + 1)) / 2));
  const coefficients = new Float64Array(POINTS);
  for (let k = 0; k < POINTS; k++) {
    let sum = 0;
    for (let n = 0; n < POINTS; n++) sum += values[n] * cosines[n][k];
    const weight = (sum * (k === 0 ? 1 : 2)) / POINTS;
    for (let power = 0; power <= k; power++) coefficients[power] += weight * shifted[k][power];
  }
  return coefficients.map((coefficient, power) => coefficient / width ** power);
}

/** Of each point: cos k θ, of which k = 1 is the point itself. */
const cosines = Array.from({ length: POINTS }, (_, n) =>
  Array.from({ length: POINTS }, (_, k) => Math.cos((k * Math.PI * (n + 0.5)) / POINTS)),
);

/** Of the Chebyshev polynomials of 2u − 1 in powers of u: whole numbers. */
const shifted = chebyshev();

function chebyshev(): number[][] {
  const all = [[1], [-1, 2]];
  for (let k = 2; k < POINTS; k++)
    all.push(
      Array.from({ length: k + 1 }, (_, power) => {
        const [before, last] = [all[k - 2], all[k - 1]];
        return 4 * (last[power - 1] ?? 0) - 2 * (last[power] ?? 0) - (before[power] ?? 0);
      }),
    );
  return all;
}

/** With this value at t. */
function integral(slopes: Float64Array, t: number, value: number): Float64Array {
  const own = new Float64Array(COUNT);
  let sum = 0;
  for (let power = TABLE_DEGREE; power > 0; power--) {
    own[power] = slopes[power - 1] / power;
    sum = (sum + own[power]) * t;
  }
  own[0] = value - sum;
  return own;
}

/** Whether the slopes at some places are right, against the largest one of the piece and rounding. */
function isExact(own: Float64Array, slope: (t: number) => number, width: number, rounding: number): boolean {
  let worst = 0;
  let largest = 0;
  for (let n = 0; n <= CHECKS; n++) {
    // Beyond the end of the last piece functions are zero.
    const t = width * Math.min(n / CHECKS, 1 - 1e-9);
    const exact = slope(t);
    let found = 0;
    for (let power = TABLE_DEGREE; power > 0; power--) found = found * t + power * own[power];
    worst = Math.max(worst, Math.abs(found - exact));
    largest = Math.max(largest, Math.abs(exact));
  }
  return worst <= OF_PIECE * largest + rounding;
}

const CHECKS = 9;
