/**
 * Parameters of generated symmetry functions: where Gaussians, bells and cones stand. Lengths are rounded to 0.001 Å and η to
 * four digits, so that files of a generated set can be read by people; the sets mean nothing finer.
 */
import type { CompactForm } from "./symmetry-function.ts";

export interface Gaussian {
  readonly eta: number;
  readonly shift: number;
}

/** Equidistant from `from` in steps of (radius − from)/count; the last stands one step before the radius. */
function grid(from: number, radius: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + (i * (radius - from)) / count);
}

/**
 * Shells of neighbours: r_s equidistant, η = 1/(2 Δ²) with Δ their distance, so that each Gaussian falls to exp(−1/2) where
 * the next one stands. A shell at the radius itself would be cut off.
 * @param from r_s of the first: the shortest distance there is, Å
 * @see Gastegger et al., J. Chem. Phys. 148, 241709 (2018), "shifted"
 */
export function shiftedGaussians(from: number, radius: number, count: number): Gaussian[] {
  const eta = fourDigits(1 / (2 * ((radius - from) / count) ** 2));
  return grid(from, radius, count).map((r) => ({ eta, shift: threeDecimals(r) }));
}

/**
 * Neighbours up to some distance: r_s = 0, η = 1/(2 r²) with r equidistant, so that the Gaussian is steepest at r. The
 * narrowest one so tells short distances apart best.
 * @param from r of the narrowest: the shortest distance there is, Å
 * @see Gastegger et al. (2018), "centered"; Behler, Int. J. Quantum Chem. 115, 1032 (2015), for the turning point at the
 *   shortest distance
 */
export function centredGaussians(from: number, radius: number, count: number): Gaussian[] {
  return grid(from, radius, count).map((r) => ({ eta: fourDigits(1 / (2 * r * r)), shift: 0 }));
}

/** The interval of a function of compact support, Å; outside it is 0. */
export interface Bell {
  readonly form: CompactForm;
  readonly left: number;
  readonly radius: number;
}

/**
 * Neighbours up to some distance: from −r to r, r equidistant, the first one step beyond the shortest distance and the last
 * the radius. Forms as in the published sets: asymmetric, but for the widest.
 * @see Bircher, Singraber, Dellago, Mach. Learn.: Sci. Technol. 2, 035026 (2021)
 */
export function centredBells(from: number, radius: number, count: number): Bell[] {
  const step = (radius - from) / count;
  return Array.from({ length: count }, (_, i) => {
    if (i === count - 1) return { form: "p2", left: -radius, radius };
    const r = threeDecimals(from + (i + 1) * step);
    return { form: "p2a", left: -r, radius: r };
  });
}

/**
 * Shells of neighbours: bells with middles equidistant from `from`, each reaching over two steps to both sides, the last to
 * the radius.
 * @see Bircher et al. (2021)
 */
export function shiftedBells(from: number, radius: number, count: number): Bell[] {
  const step = (radius - from) / (count + 1);
  return Array.from({ length: count }, (_, i) => {
    const middle = from + i * step;
    const right = i === count - 1 ? radius : threeDecimals(middle + 2 * step);
    return { form: "p2a", left: threeDecimals(middle - 2 * step), radius: right };
  });
}

/** Interval of angles, degrees. */
export interface AngleBell {
  readonly angleLeft: number;
  readonly angleRight: number;
}

/**
 * Three of ±90° about 0°, 90° and 180°; five with ±60° about 60° and 120°; eight with ±45° about every 45° instead.
 * @see Bircher et al. (2021), whose sets for molecules have the first five
 */
export function angleBells(count: 3 | 5 | 8): AngleBell[] {
  const around = (middle: number, reach: number): AngleBell => ({
    angleLeft: middle - reach,
    angleRight: middle + reach,
  });
  const wide = [0, 90, 180].map((middle) => around(middle, 90));
  if (count === 3) return wide;
  if (count === 5) return [...wide, around(60, 60), around(120, 60)];
  return [...wide, ...[0, 45, 90, 135, 180].map((middle) => around(middle, 45))];
}

const threeDecimals = (x: number) => Math.round(x * 1000) / 1000 + 0;
const fourDigits = (x: number) => Number(x.toPrecision(4));
