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
import { type ColumnMemory, compiledColumns } from "../kernels/columns.ts";
import { Layout } from "../kernels/layout.ts";
import { ActiveFactor } from "./active-factor.ts";
import { ColumnStore } from "./column-store.ts";
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
  /**
   * Solutions that are not unique: inactive columns meet their bound exactly and depend on the active ones, so
   * that other coefficients fit the same with the same penalty. Predictions of rows that took no part differ.
   */
  ambiguous: number;
  /** Products x̃ᵀr computed, and spared by the screen. */
  gradientsComputed: number;
  gradientsSpared: number;
}

export class ActiveSetSolver {
  readonly beta: Float64Array;
  readonly counters: SolverCounters = {
    newtonSteps: 0,
    additions: 0,
    removals: 0,
    exchanges: 0,
    ambiguous: 0,
    gradientsComputed: 0,
    gradientsSpared: 0,
  };
  readonly #problem: ProjectedProblem;
  readonly #memory: ColumnMemory;
  readonly #store: ColumnStore;
  readonly #factor: ActiveFactor;
  readonly #screen: SafeScreen;
  /** Address of one number for each active column. */
  readonly #step: number;
  readonly #penalty: Float64Array;
  readonly #candidates: Int32Array;
  /** x̃_jᵀr of all columns when they were last computed together. */
  readonly #gradient: Float64Array;
  #ridge = 0;

  /** @param capacity most columns that can be active at once (the rank is enough unless there is a ridge) */
  constructor(
    problem: ProjectedProblem,
    capacity = Math.min(problem.rows, problem.columns),
    provide: (layout: Layout) => ColumnMemory = compiledColumns,
  ) {
    const { stride, columns } = problem;
    this.#problem = problem;
    const layout = new Layout("reduce the columns of the regression");
    const storePlace = ColumnStore.reserve(layout, problem);
    const factorPlace = ActiveFactor.reserve(layout, capacity, stride);
    this.#step = layout.doubles(capacity + 4);
    this.#memory = provide(layout);
    this.#store = new ColumnStore(problem, this.#memory, storePlace);
    this.#factor = new ActiveFactor(this.#memory, factorPlace, capacity, stride);
    this.#screen = new SafeScreen(columns);
    this.beta = new Float64Array(columns);
    this.#penalty = new Float64Array(columns).fill(1);
    this.#candidates = new Int32Array(columns);
    this.#gradient = new Float64Array(columns);
    this.reset(null, null);
  }

  /**
   * Begins anew at β = 0.
   * @param q normalised projection of the left-out row's unit vector, or null for the whole problem
   * @param penalty f_j for every column; Infinity excludes a column; null means 1 for all
   */
  reset(q: Float64Array | null, penalty: Float64Array | null): void {
    const { columns, lengths } = this.#problem;
    this.#factor.clear();
    this.#screen.forget();
    this.beta.fill(0);
    this.#store.leaveOut(q);
    for (let j = 0; j < columns; j++) {
      const vanished = this.#store.norms[j] <= VANISHED * lengths[j];
      this.#penalty[j] = vanished ? Number.POSITIVE_INFINITY : penalty ? penalty[j] : 1;
    }
  }

  #ridgeOf(j: number): number {
    return this.#ridge === 0 ? 0 : this.#ridge * this.#penalty[j] ** 2;
  }

  /** Smallest μ at which nothing is active; to be asked for after reset. */
  largestPenalty(): number {
    const gradient = this.#store.allProducts();
    let largest = 0;
    for (let j = 0; j < gradient.length; j++)
      if (this.#penalty[j] < Number.POSITIVE_INFINITY)
        largest = Math.max(largest, Math.abs(gradient[j]) / this.#penalty[j]);
    return largest;
  }

  /**
   * @param mu μ, positive
   * @param ridge ρ, zero for the LASSO
   * @returns the largest violation of the optimality conditions as a part of μ f_j; Infinity when the iteration failed
   */
  solve(mu: number, ridge = 0): number {
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
        if (polished) {
          if (this.#isAmbiguous(mu)) this.counters.ambiguous += 1;
          return Math.max(active, worst);
        }
        this.#refreshResidual();
        polished = true;
      } else polished = false;
    }
    return Number.POSITIVE_INFINITY;
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
      operations.dots(factor.list, k, this.#store.residual, stride, this.#step);
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
      operations.subtract(factor.list, k, this.#step, stride, this.#store.residual);
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
    const { columns } = this.#problem;
    const residual = this.#store.residualValues();
    const candidates = this.#candidates;
    const count = everything
      ? columns
      : this.#screen.select(residual, this.#store.norms, this.#penalty, mu, candidates);
    if (everything) for (let j = 0; j < columns; j++) candidates[j] = j;
    const gradient = this.#store.products(candidates, count);
    this.counters.gradientsComputed += count;
    this.counters.gradientsSpared += columns - count;
    if (count === columns) {
      this.#screen.remember(residual, gradient);
      this.#gradient.set(gradient);
    }
    const violators: { j: number; excess: number }[] = [];
    let worst = 0;
    for (let a = 0; a < count; a++) {
      const j = candidates[a];
      if (this.beta[j] !== 0) continue;
      const excess = Math.abs(gradient[a]) / (mu * this.#penalty[j]);
      if (excess - 1 > worst) worst = excess - 1;
      if (Math.abs(gradient[a]) > this.#limitOf(j, mu)) violators.push({ j, excess });
    }
    violators.sort((a, b) => b.excess - a.excess || a.j - b.j);
    for (const { j } of violators.slice(0, ADMIT_AT_ONCE)) this.#admit(j, mu);
    return { violators: violators.length, worst };
  }

  /** To be asked right after a check of all columns. */
  #isAmbiguous(mu: number): boolean {
    if (this.#ridge > 0) return false;
    const factor = this.#factor;
    const before = factor.count;
    let ambiguous = false;
    for (let j = 0; j < this.beta.length && !ambiguous; j++) {
      if (this.beta[j] !== 0 || this.#penalty[j] === Number.POSITIVE_INFINITY) continue;
      if (Math.abs(this.#gradient[j]) < mu * this.#penalty[j] * (1 - VIOLATION)) continue;
      ambiguous = !factor.append(j, this.#prepareSlot(j), this.#store.norms[j], 0);
    }
    while (factor.count > before) factor.remove(factor.count - 1);
    return ambiguous;
  }

  #prepareSlot(j: number): number {
    const slot = this.#factor.freeSlot();
    this.#store.copyTo(slot, j);
    return slot;
  }

  #limitOf(j: number, mu: number): number {
    const rounding = ROUNDING * Math.sqrt(this.#store.norms[j]) * this.#store.targetLength;
    return mu * this.#penalty[j] * (1 + VIOLATION) + rounding;
  }

  #admit(j: number, mu: number): void {
    const factor = this.#factor;
    const gradient = this.#store.product(j);
    const bound = mu * this.#penalty[j];
    if (Math.abs(gradient) <= this.#limitOf(j, mu)) return;
    const slot = this.#prepareSlot(j);
    const norm = this.#store.norms[j];
    this.beta[j] = (gradient - Math.sign(gradient) * bound) / (norm + this.#ridgeOf(j));
    this.#store.subtract(slot, this.beta[j]);
    this.counters.additions += 1;
    while (!factor.append(j, slot, norm, this.#ridgeOf(j))) {
      this.counters.exchanges += 1;
      if (this.#exchange(j, slot)) return;
    }
  }

  /**
   * Column j depends on the active ones, x_j = Σ_a w_a x_a: the fit does not change along (1, −w). Moves that
   * way, downhill in the penalty, until a coefficient is zero and leaves.
   * @returns true when it was j itself
   */
  #exchange(j: number, slot: number): boolean {
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
    // The residual counts listed columns only; j is not listed yet.
    if (hit >= 0) this.#store.subtract(slot, this.beta[j]);
    return hit < 0;
  }

  /** Rounding gathers in the residual on the way; this forms it anew. */
  #refreshResidual(): void {
    const { f64, operations } = this.#memory;
    const { members, list } = this.#factor;
    this.#store.restart();
    members.forEach((j, a) => {
      f64[(this.#step >> 3) + a] = this.beta[j];
    });
    operations.subtract(list, members.length, this.#step, this.#problem.stride, this.#store.residual);
  }
}
