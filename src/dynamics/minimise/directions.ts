/** Where to go next: the three methods that search along lines differ in this alone. */
import { compiledSteps, type StepMemory } from "../../kernels/two-loop.ts";
import { dotProduct, type Point } from "./objective.ts";

export interface Directions {
  /** Forgets what was learned. */
  reset(): void;
  /** Whether anything has been learned since the last reset: a direction without is the gradient's. */
  readonly learned: boolean;
  /** Whether a step of 1 is a good first guess of how far to go. */
  readonly scaled: boolean;
  /** What the step from `before` to `here` tells. */
  learn(before: Point, here: Point): void;
  /** @param out Float64Array(size), the direction to go in from here */
  direction(here: Point, out: Float64Array): void;
  /** Hands back what was borrowed; the last call. */
  release(): void;
}

/**
 * Limited-memory BFGS: the inverse Hessian from the last few steps, by the two-loop recursion.
 * @see Liu, Nocedal, Math. Program. 45, 503 (1989)
 */
export class LimitedMemory implements Directions {
  readonly scaled = true;
  readonly #rows: number;
  readonly #memory: StepMemory;
  #count = 0;
  #newest = -1;
  #scale = 1;

  /** @param rows steps that are remembered */
  constructor(
    size: number,
    rows: number,
    provide: (size: number, rows: number) => StepMemory = compiledSteps,
  ) {
    this.#rows = rows;
    this.#memory = provide(size, rows);
  }

  get learned(): boolean {
    return this.#count > 0;
  }

  reset(): void {
    this.#count = 0;
    this.#newest = -1;
  }

  learn(before: Point, here: Point): void {
    const { ld, steps, changes, inverses } = this.#memory;
    const slot = (this.#newest + 1) % this.#rows;
    const row = slot * ld;
    const size = here.x.length;
    let ss = 0;
    let sy = 0;
    let yy = 0;
    for (let i = 0; i < size; i++) {
      const s = here.x[i] - before.x[i];
      const y = here.gradient[i] - before.gradient[i];
      steps[row + i] = s;
      changes[row + i] = y;
      ss += s * s;
      sy += s * y;
      yy += y * y;
    }
    if (!curved(sy, yy, ss)) {
      // The oldest row has been overwritten.
      this.#count = Math.min(this.#count, this.#rows - 1);
      return;
    }
    inverses[slot] = 1 / sy;
    this.#scale = sy / yy;
    this.#newest = slot;
    this.#count = Math.min(this.#count + 1, this.#rows);
  }

  direction(here: Point, out: Float64Array): void {
    const scale = this.#count > 0 ? this.#scale : 1;
    this.#memory.direction(here.gradient, this.#count, this.#newest, scale, out);
  }

  release(): void {
    this.#memory.release();
  }
}

/**
 * BFGS with the whole inverse Hessian, size² numbers, scaled up where it proves too small.
 * @see Nocedal, Wright, "Numerical Optimization", 2nd ed., equations 6.17 and 6.20 (2006)
 * @see Al-Baali, J. Optim. Theory Appl. 96, 533 (1998): the scaling
 */
export class DenseInverse implements Directions {
  readonly scaled = true;
  readonly #inverse: Float64Array;
  readonly #s: Float64Array;
  readonly #y: Float64Array;
  readonly #hy: Float64Array;
  #learned = false;

  constructor(size: number) {
    this.#inverse = new Float64Array(size * size);
    this.#s = new Float64Array(size);
    this.#y = new Float64Array(size);
    this.#hy = new Float64Array(size);
  }

  get learned(): boolean {
    return this.#learned;
  }

  reset(): void {
    this.#learned = false;
  }

  learn(before: Point, here: Point): void {
    const h = this.#inverse;
    const s = this.#s;
    const y = this.#y;
    const hy = this.#hy;
    const size = s.length;
    difference(here.x, before.x, s);
    difference(here.gradient, before.gradient, y);
    const sy = dotProduct(s, y);
    const yy = dotProduct(y, y);
    if (!curved(sy, yy, dotProduct(s, s))) return;
    if (!this.#learned) {
      h.fill(0);
      for (let i = 0; i < size; i++) h[i * size + i] = sy / yy;
      this.#learned = true;
    }
    for (let i = 0, row = 0; i < size; i++, row += size) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += h[row + j] * y[j];
      hy[i] = sum;
    }
    // From steep places the matrix keeps steps that are far too short; scaled up, it forgets them.
    const growth = sy / dotProduct(y, hy);
    if (growth > 1) {
      for (let i = 0; i < h.length; i++) h[i] *= growth;
      for (let i = 0; i < size; i++) hy[i] *= growth;
    }
    // H + (1 + y·Hy / s·y) s sᵀ / s·y − (s (Hy)ᵀ + Hy sᵀ) / s·y
    const outer = (1 + dotProduct(y, hy) / sy) / sy;
    for (let i = 0, row = 0; i < size; i++, row += size) {
      const a = outer * s[i] - hy[i] / sy;
      const b = s[i] / sy;
      for (let j = 0; j < size; j++) h[row + j] += a * s[j] - b * hy[j];
    }
  }

  direction(here: Point, out: Float64Array): void {
    const { gradient } = here;
    const size = out.length;
    if (!this.#learned) {
      for (let i = 0; i < size; i++) out[i] = -gradient[i];
      return;
    }
    for (let i = 0, row = 0; i < size; i++, row += size) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += this.#inverse[row + j] * gradient[j];
      out[i] = -sum;
    }
  }

  release(): void {}
}

/**
 * Conjugate gradients by Polak and Ribière, begun anew where the formula would turn back or where two gradients that
 * follow each other are far from orthogonal (Powell).
 * @see Nocedal, Wright, "Numerical Optimization", 2nd ed., section 5.2 (2006)
 * @see Powell, Math. Program. 12, 241 (1977)
 */
export class Conjugate implements Directions {
  readonly scaled = false;
  readonly #last: Float64Array;
  #share = 0;
  #learned = false;

  constructor(size: number) {
    this.#last = new Float64Array(size);
  }

  get learned(): boolean {
    return this.#learned;
  }

  reset(): void {
    this.#learned = false;
  }

  learn(before: Point, here: Point): void {
    const old = dotProduct(before.gradient, before.gradient);
    const now = dotProduct(here.gradient, here.gradient);
    const both = dotProduct(before.gradient, here.gradient);
    this.#share = Math.abs(both) >= 0.2 * now ? 0 : Math.max(0, (now - both) / old);
    this.#learned = true;
  }

  direction(here: Point, out: Float64Array): void {
    const share = this.#learned ? this.#share : 0;
    const last = this.#last;
    for (let i = 0; i < out.length; i++) {
      last[i] = share === 0 ? -here.gradient[i] : share * last[i] - here.gradient[i];
      out[i] = last[i];
    }
  }

  release(): void {}
}

function difference(a: Float64Array, b: Float64Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
}

/** Whether the gradient grew along the step, beyond rounding: else the pair would spoil a positive definite Hessian. */
function curved(sy: number, yy: number, ss: number): boolean {
  return sy > 1e-12 * Math.sqrt(yy * ss);
}
