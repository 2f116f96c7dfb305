/**
 * Minimises ½‖ỹ − X̃β‖² + ½ρ Σ_j f_j² β_j² + μ Σ_j f_j |β_j| from wherever the last call ended, by descent steps only:
 * coordinate descent lets violating columns in; then, within the current signs, Newton steps through the
 * Cholesky factor of the active Gram matrix, each cut at the first coefficient that would change its sign,
 * which leaves the active set. Each step lowers the objective and a set of signs is left for good once it
 * is, so the iteration is finite; it ends when no column violates the optimality conditions.
 *
 * A row i can be left out: that is a further unpenalised column e_i, so with q its normalised projection
 * the problem becomes X̃ − qqᵀX̃, which is formed for active columns only (a residual orthogonal to q has the
 * same products with X̃ and with its downdate).
 * @see Lee, Battle, Raina, Ng, NIPS 19, 801 (2006): feature-sign search
 */
import { type ColumnMemory, compiledColumns, Layout } from "../kernels/columns.ts";
import { ActiveFactor } from "./active-factor.ts";
import type { ProjectedProblem } from "./projection.ts";
import { SafeScreen } from "./screening.ts";

/** An inactive column may exceed its bound by this part of it, and by this part of ‖x̃_j‖‖ỹ‖, which is rounding. */
const VIOLATION = 1e-9;
const ROUNDING = 1e-13;
/** Newton steps are refined until active gradients meet their bound to this part of it, or stagnate. */
const REFINED = 1e-12;
/** Less than this part of a column's length (squared) left after projection is rounding: it counts as zero. */
const VANISHED = 1e-18;

/** More at once only overshoot and have to leave again. */
const ADMIT_AT_ONCE = 10;

export interface SolverCounters {
  newtonSteps: number;
  additions: number;
  removals: number;
  exchanges: number;
  /** Products x̃ᵀr computed, and spared by the screen. */
  gradientsComputed: number;
  gradientsSpared: number;
}

export interface SolveStatus {
  /** Largest violation of the optimality conditions, as a part of μ f_j; Infinity when the iteration failed. */
  violation: number;
  rounds: number;
}

export class ActiveSetSolver {
  readonly beta: Float64Array;
  readonly counters: SolverCounters = {
    newtonSteps: 0,
    additions: 0,
    removals: 0,
    exchanges: 0,
    gradientsComputed: 0,
    gradientsSpared: 0,
  };
  readonly #problem: ProjectedProblem;
  readonly #memory: ColumnMemory;
  readonly #factor: ActiveFactor;
  readonly #screen: SafeScreen;
  readonly #columns: number;
  readonly #target: number;
  readonly #residual: number;
  readonly #work: number;
  readonly #step: number;
  readonly #single: number;
  readonly #singleValue: number;
  readonly #penalty: Float64Array;
  /** ‖x̃_j‖² after leaving out the row. */
  readonly #norms: Float64Array;
  readonly #candidates: Int32Array;
  #targetLength = 0;
  #q: Float64Array | null = null;
  #d: Float64Array;
  #ridge = 0;

  /** @param capacity most columns that can be active at once (the rank is enough unless there is a ridge) */
  constructor(
    problem: ProjectedProblem,
    capacity = Math.min(problem.rows, problem.columns),
    provide: (layout: Layout) => ColumnMemory = compiledColumns,
  ) {
    const { stride, columns } = problem;
    this.#problem = problem;
    const layout = new Layout();
    this.#columns = layout.doubles(problem.X.length);
    this.#target = layout.doubles(stride);
    this.#residual = layout.doubles(stride);
    this.#work = layout.doubles(Math.max(columns, capacity) + 4);
    this.#step = layout.doubles(capacity + 4);
    this.#single = layout.words(columns + 4);
    this.#singleValue = layout.doubles(4);
    const place = ActiveFactor.reserve(layout, capacity, stride);
    this.#memory = provide(layout);
    this.#factor = new ActiveFactor(this.#memory, place, capacity, stride);
    this.#memory.f64.set(problem.X, this.#columns >> 3);
    this.#screen = new SafeScreen(columns);
    this.beta = new Float64Array(columns);
    this.#penalty = new Float64Array(columns).fill(1);
    this.#norms = new Float64Array(columns);
    this.#candidates = new Int32Array(columns);
    this.#d = new Float64Array(columns);
    this.reset(null, null);
  }

  get activeCount(): number {
    return this.#factor.count;
  }

  /**
   * Begins anew at β = 0.
   * @param q normalised projection of the left-out row's unit vector, or null for the whole problem
   * @param penalty f_j for every column; Infinity excludes a column; null means 1 for all
   */
  reset(q: Float64Array | null, penalty: Float64Array | null): void {
    const { stride, columns, lengths } = this.#problem;
    const f = this.#memory.f64;
    this.#factor.clear();
    this.#screen.forget();
    this.beta.fill(0);
    const target = f.subarray(this.#target >> 3, (this.#target >> 3) + stride);
    target.set(this.#problem.y);
    this.#q = q;
    if (q) {
      f.fill(0, this.#residual >> 3, (this.#residual >> 3) + stride);
      f.set(q, this.#residual >> 3);
      this.#allProducts(this.#residual, this.#d);
      const part = removeDirection(target, q);
      // The target keeps a rounding of q otherwise, which every gradient would see.
      if (part !== 0) removeDirection(target, q);
    }
    this.#targetLength = Math.hypot(...target);
    for (let j = 0; j < columns; j++) {
      this.#norms[j] = this.#normWithoutRow(j);
      const vanished = this.#norms[j] <= VANISHED * lengths[j];
      this.#penalty[j] = vanished ? Number.POSITIVE_INFINITY : penalty ? penalty[j] : 1;
    }
    this.#refreshResidual();
  }

  #ridgeOf(j: number): number {
    return this.#ridge === 0 ? 0 : this.#ridge * this.#penalty[j] ** 2;
  }

  #normWithoutRow(j: number): number {
    const { stride, X } = this.#problem;
    const q = this.#q;
    const d = q ? this.#d[j] : 0;
    let norm = 0;
    for (let i = 0, at = j * stride; i < stride; i++, at++) norm += X[at] * X[at];
    if (!q || norm - d * d > 1e-4 * norm) return norm - d * d;
    // Most of the column lay in the left-out row: the difference of squares would be rounding.
    let exact = 0;
    for (let i = 0; i < q.length; i++) exact += (X[j * stride + i] - q[i] * d) ** 2;
    return exact;
  }

  /** ‖·‖∞ of the gradient at β = 0 in units of f: the smallest μ at which nothing is active. */
  largestPenalty(): number {
    const gradient = new Float64Array(this.#problem.columns);
    this.#allProducts(this.#target, gradient);
    let largest = 0;
    for (let j = 0; j < gradient.length; j++)
      if (this.#penalty[j] < Number.POSITIVE_INFINITY)
        largest = Math.max(largest, Math.abs(gradient[j]) / this.#penalty[j]);
    return largest;
  }

  /** ỹ − X̃β without its part along q: Float64Array(stride), valid until the next call. */
  residual(): Float64Array {
    const start = this.#residual >> 3;
    return this.#memory.f64.subarray(start, start + this.#problem.stride);
  }

  /**
   * @param mu μ, positive
   * @param ridge ρ, zero for the LASSO
   */
  solve(mu: number, ridge = 0): SolveStatus {
    if (ridge !== this.#ridge) {
      this.#ridge = ridge;
      this.#factor.rebuild((j) => this.#ridgeOf(j));
    }
    this.#refreshResidual();
    const limit = 200 + 4 * this.#problem.rows;
    let polished = false;
    for (let rounds = 1; rounds <= limit; rounds++) {
      const active = this.#newton(mu);
      const { violators, worst } = this.#admitViolators(mu, polished);
      if (violators === 0) {
        // The residual has drifted by rounding along the way: confirm on a fresh one.
        if (polished) return { violation: Math.max(active, worst), rounds };
        this.#refreshResidual();
        polished = true;
      } else polished = false;
    }
    return { violation: Number.POSITIVE_INFINITY, rounds: limit };
  }

  /** @returns the largest |gradient| of an active column as a part of its bound */
  #newton(mu: number): number {
    const { operations, f64 } = this.#memory;
    const { stride } = this.#problem;
    const factor = this.#factor;
    let previous = Number.POSITIVE_INFINITY;
    for (;;) {
      const k = factor.count;
      if (k === 0) return 0;
      const step = this.#step >> 3;
      operations.dots(factor.list, k, this.#residual, stride, this.#step);
      let worst = 0;
      for (let a = 0; a < k; a++) {
        const j = factor.members[a];
        const bound = mu * this.#penalty[j];
        f64[step + a] -= this.#ridgeOf(j) * this.beta[j] + (this.beta[j] > 0 ? bound : -bound);
        worst = Math.max(worst, Math.abs(f64[step + a]) / bound);
      }
      if (worst <= REFINED || worst >= 0.5 * previous) return worst;
      this.counters.newtonSteps += 1;
      factor.solve(this.#step);
      let length = 1;
      let hit = -1;
      for (let a = 0; a < k; a++) {
        const value = this.beta[factor.members[a]];
        const change = f64[step + a];
        if (value + change > 0 === value > 0 && value + change !== 0) continue;
        const until = -value / change;
        if (until < length || hit < 0) {
          length = until;
          hit = a;
        }
      }
      for (let a = 0; a < k; a++) {
        const j = factor.members[a];
        const change = a === hit ? -this.beta[j] : length * f64[step + a];
        // A second coefficient that reaches zero within rounding of the first must not change its sign.
        const next =
          a !== hit && this.beta[j] + change > 0 !== this.beta[j] > 0
            ? this.beta[j] * 1e-3
            : this.beta[j] + change;
        f64[step + a] = next - this.beta[j];
        this.beta[j] = next;
      }
      operations.subtract(factor.list, k, this.#step, stride, this.#residual);
      previous = hit < 0 ? worst : Number.POSITIVE_INFINITY;
      if (hit >= 0) {
        this.beta[factor.members[hit]] = 0;
        factor.remove(hit);
        this.counters.removals += 1;
      }
    }
  }

  /**
   * Lets in the columns that violate |x̃ᵀr| ≤ μf, worst first, each by one exact coordinate step.
   * @returns how many violate, and the largest violation as a part of the bound
   */
  #admitViolators(mu: number, everything: boolean): { violators: number; worst: number } {
    const { f64, u32, operations } = this.#memory;
    const { stride, columns } = this.#problem;
    const residual = this.residual();
    const count = everything
      ? columns
      : this.#screen.select(residual, this.#norms, this.#penalty, mu, this.#candidates);
    if (everything) for (let j = 0; j < columns; j++) this.#candidates[j] = j;
    for (let a = 0; a < count; a++)
      u32[(this.#single >> 2) + a] = this.#columns + 8 * stride * this.#candidates[a];
    operations.dots(this.#single, count, this.#residual, stride, this.#work);
    this.counters.gradientsComputed += count;
    this.counters.gradientsSpared += columns - count;
    const gradient = f64.subarray(this.#work >> 3, (this.#work >> 3) + count);
    if (count === columns) this.#screen.remember(residual, gradient);
    const violators: { j: number; excess: number }[] = [];
    let worst = 0;
    for (let a = 0; a < count; a++) {
      const j = this.#candidates[a];
      if (this.beta[j] !== 0) continue;
      const excess = Math.abs(gradient[a]) / (mu * this.#penalty[j]);
      if (excess - 1 > worst) worst = excess - 1;
      if (Math.abs(gradient[a]) > this.#limitOf(j, mu)) violators.push({ j, excess });
    }
    violators.sort((a, b) => b.excess - a.excess || a.j - b.j);
    for (const { j } of violators.slice(0, ADMIT_AT_ONCE)) this.#admit(j, mu);
    return { violators: violators.length, worst };
  }

  #limitOf(j: number, mu: number): number {
    return (
      mu * this.#penalty[j] * (1 + VIOLATION) + ROUNDING * Math.sqrt(this.#norms[j]) * this.#targetLength
    );
  }

  #admit(j: number, mu: number): void {
    const { f64, u32, operations } = this.#memory;
    const { stride } = this.#problem;
    const factor = this.#factor;
    const address = this.#columns + 8 * stride * j;
    u32[this.#single >> 2] = address;
    operations.dots(this.#single, 1, this.#residual, stride, this.#singleValue);
    const gradient = f64[this.#singleValue >> 3];
    const bound = mu * this.#penalty[j];
    if (Math.abs(gradient) <= this.#limitOf(j, mu)) return;
    const slot = factor.freeSlot(address >> 3);
    if (this.#q) {
      const d = this.#d[j];
      const q = this.#q;
      for (let i = 0, at = slot >> 3; i < q.length; i++, at++) f64[at] -= d * q[i];
    }
    this.beta[j] = (gradient - Math.sign(gradient) * bound) / (this.#norms[j] + this.#ridgeOf(j));
    f64[this.#singleValue >> 3] = this.beta[j];
    u32[this.#single >> 2] = slot;
    operations.subtract(this.#single, 1, this.#singleValue, stride, this.#residual);
    this.counters.additions += 1;
    while (!factor.append(j, slot, this.#norms[j], this.#ridgeOf(j))) {
      this.counters.exchanges += 1;
      if (this.#exchange(j)) return;
    }
  }

  /**
   * Column j depends on the active ones, x_j = Σ_a w_a x_a: the fit does not change along (1, −w). Moves that
   * way, downhill in the penalty, until a coefficient is zero and leaves.
   * @returns true when it was j itself
   */
  #exchange(j: number): boolean {
    const factor = this.#factor;
    const w = factor.combination();
    const sign = Math.sign(this.beta[j]);
    let rate = this.#penalty[j] * sign;
    for (let a = 0; a < factor.count; a++) {
      const member = factor.members[a];
      rate -= this.#penalty[member] * Math.sign(this.beta[member]) * w[a];
    }
    // Where the penalty does not change either, the newcomer goes.
    const scale = 1e-12 * this.#penalty[j];
    const direction = rate > scale ? -1 : rate < -scale ? 1 : -sign;
    let length = direction * sign < 0 ? Math.abs(this.beta[j]) : Number.POSITIVE_INFINITY;
    let hit = -1;
    for (let a = 0; a < factor.count; a++) {
      const value = this.beta[factor.members[a]];
      const change = -direction * w[a];
      if (change * value >= 0) continue;
      const until = -value / change;
      if (until < length) {
        length = until;
        hit = a;
      }
    }
    for (let a = 0; a < factor.count; a++)
      if (a !== hit) this.beta[factor.members[a]] -= direction * length * w[a];
    this.beta[j] = hit < 0 ? 0 : this.beta[j] + direction * length;
    if (hit >= 0) {
      this.beta[factor.members[hit]] = 0;
      factor.remove(hit);
      this.counters.removals += 1;
    }
    this.#refreshResidual();
    if (hit >= 0) this.#subtractUnlisted(j);
    return hit < 0;
  }

  /** The residual counts listed columns only; j is not listed yet. */
  #subtractUnlisted(j: number): void {
    const { f64, u32, operations } = this.#memory;
    u32[this.#single >> 2] = this.#factor.pendingSlot;
    f64[this.#singleValue >> 3] = this.beta[j];
    operations.subtract(this.#single, 1, this.#singleValue, this.#problem.stride, this.#residual);
  }

  #refreshResidual(): void {
    const { f64, operations } = this.#memory;
    const { stride } = this.#problem;
    const target = this.#target >> 3;
    f64.copyWithin(this.#residual >> 3, target, target + stride);
    const k = this.#factor.count;
    for (let a = 0; a < k; a++) f64[(this.#step >> 3) + a] = this.beta[this.#factor.members[a]];
    operations.subtract(this.#factor.list, k, this.#step, stride, this.#residual);
  }

  #allProducts(r: number, out: Float64Array): void {
    const { f64, u32, operations } = this.#memory;
    const { stride, columns } = this.#problem;
    for (let j = 0; j < columns; j++) u32[(this.#single >> 2) + j] = this.#columns + 8 * stride * j;
    operations.dots(this.#single, columns, r, stride, this.#work);
    out.set(f64.subarray(this.#work >> 3, (this.#work >> 3) + columns));
  }
}

/** v −= q (q·v), in place. */
function removeDirection(v: Float64Array, q: Float64Array): number {
  let c = 0;
  for (let i = 0; i < q.length; i++) c += q[i] * v[i];
  for (let i = 0; i < q.length; i++) v[i] -= c * q[i];
  return c;
}
