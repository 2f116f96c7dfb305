/**
 * Search along a line for a point that is low enough (Armijo) and flat enough (curvature), by cubic interpolation.
 * Where the values differ by no more than their rounding, slopes decide (the approximate Wolfe condition).
 * @see Nocedal, Wright, "Numerical Optimization", 2nd ed., section 3.5 (2006)
 * @see Hager, Zhang, SIAM J. Optim. 16, 170 (2005)
 */
import type { Progress } from "./minimise-settings.ts";
import { dotProduct, type Objective, type Point, pointOf, ROUNDING } from "./objective.ts";

/** Decrease that is asked for, as a share of what the slope promises. */
const SUFFICIENT = 1e-4;
const MAX_TRIALS = 20;
/** How much farther one extrapolation may go. */
const LEAP = 5;

export class LineSearch {
  /** Where the search stands; the last point that was accepted. */
  here: Point;
  /** After a search that found something: where it began. */
  before: Point;
  #trial: Point;
  readonly #objective: Objective;
  readonly #flat: number;
  readonly #limit: number;
  readonly #progress: Progress;

  /**
   * @param x where to begin; copied
   * @param flat the slope has to fall to this share of the first one: 0.9 takes nearly any full step, 0.1 finds the
   *   minimum of the line well
   * @param limit of evaluations, counted in `progress`; there a search ends with the best it has
   */
  constructor(objective: Objective, x: Float64Array, flat: number, limit: number, progress: Progress) {
    this.#objective = objective;
    this.#flat = flat;
    this.#limit = limit;
    this.#progress = progress;
    this.here = pointOf(objective.size);
    this.before = pointOf(objective.size);
    this.#trial = pointOf(objective.size);
    this.here.x.set(x);
    this.here.value = objective.evaluate(this.here.x, this.here.gradient);
    progress.evaluations++;
  }

  /**
   * Goes from `here` along `direction` to a lower point.
   * @param slope derivative of the value along the direction, below zero
   * @param first how far to go at first, in units of the direction
   * @param farthest never farther than this
   * @returns how far it went; 0 if nothing lower was found, and then it is where it was
   */
  search(direction: Float64Array, slope: number, first: number, farthest: number): number {
    const start = this.here;
    const rounding = ROUNDING * Math.abs(start.value);
    let lowAt = 0;
    let lowValue = start.value;
    let lowSlope = slope;
    let highAt = Number.NaN; // none yet
    let highValue = 0;
    let highSlope = 0;
    let at = Math.min(first, farthest);
    for (let trials = 0; trials < MAX_TRIALS && this.#progress.evaluations < this.#limit; trials++) {
      const trial = this.#trial;
      const trialSlope = this.#evaluate(direction, at);
      const decreased = trial.value <= start.value + SUFFICIENT * at * slope;
      const asLow = trial.value <= start.value + rounding && trialSlope <= (2 * SUFFICIENT - 1) * slope;
      const good = (decreased && trial.value <= lowValue) || asLow;
      if (good || trial.value < lowValue) {
        if (trialSlope * (at - lowAt) > 0 || !good) {
          // It has gone over the minimum, which lies between the last low end and this one.
          highAt = lowAt;
          highValue = lowValue;
          highSlope = lowSlope;
        }
        this.#trial = this.before;
        this.before = trial;
        lowAt = at;
        lowValue = trial.value;
        lowSlope = trialSlope;
        const flat = Math.abs(trialSlope) <= -this.#flat * slope;
        if (good && (flat || (trialSlope < 0 && at >= farthest))) break;
      } else {
        highAt = at;
        highValue = trial.value;
        highSlope = trialSlope;
      }
      if (Number.isNaN(highAt))
        at = Math.min(farthest, leap(0, start.value, slope, lowAt, lowValue, lowSlope));
      else at = between(lowAt, lowValue, lowSlope, highAt, highValue, highSlope);
    }
    if (lowAt === 0) return 0;
    this.here = this.before;
    this.before = start;
    return lowAt;
  }

  /** The value and the gradient `at` times the direction from here, into the trial point; returns the slope there. */
  #evaluate(direction: Float64Array, at: number): number {
    const from = this.here.x;
    const { x, gradient } = this.#trial;
    for (let i = 0; i < x.length; i++) x[i] = from[i] + at * direction[i];
    this.#trial.value = this.#objective.evaluate(x, gradient);
    this.#progress.evaluations++;
    return dotProduct(gradient, direction);
  }
}

/** Minimum of the cubic through two values and slopes, kept off the ends of the interval. */
function between(a: number, fa: number, da: number, b: number, fb: number, db: number): number {
  const at = cubicMinimum(a, fa, da, b, fb, db);
  const width = b - a;
  const share = (at - a) / width;
  // Beyond a hard core the cubic says nothing, and neither does a value that is none.
  if (!(share >= 0.1)) return a + 0.1 * width;
  return share > 0.9 ? a + 0.9 * width : at;
}

/** Where to look farther out than b. */
function leap(a: number, fa: number, da: number, b: number, fb: number, db: number): number {
  const at = cubicMinimum(a, fa, da, b, fb, db);
  if (!(at > b)) return LEAP * b;
  return Math.min(Math.max(at, 1.1 * b), LEAP * b);
}

function cubicMinimum(a: number, fa: number, da: number, b: number, fb: number, db: number): number {
  const d1 = da + db - (3 * (fa - fb)) / (a - b);
  const root = d1 * d1 - da * db;
  if (!(root >= 0)) return Number.NaN;
  const d2 = Math.sign(b - a) * Math.sqrt(root);
  return b - ((b - a) * (db + d2 - d1)) / (db - da + 2 * d2);
}
