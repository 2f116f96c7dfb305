/** The covariance matrix of a Kalman filter, in a memory that threads can share. */
import { EcitonError } from "../core/errors.ts";
import { Layout } from "./layout.ts";
import { instantiateIn } from "./load.ts";

/** A symmetric matrix P (n × n) with the columns that updates work on; kalman-reference.ts has the plain formulas. */
export interface Covariance {
  /** n */
  readonly size: number;
  /** Doubles from one column to the next, at least n; zero beyond the data. */
  readonly ld: number;
  /** H: the caller writes it. */
  readonly jacobian: Float64Array;
  /** X: written by `multiply`. */
  readonly products: Float64Array;
  /** K: the caller writes it. */
  readonly gains: Float64Array;
  /** X ← P H, for the first `columns` columns. */
  multiply(columns: number): void;
  /**
   * P ← factor (P − K Xᵀ) + noise · 1. Carried out together with the next product: until then K and X must stay as they are.
   */
  subtract(columns: number, factor: number, noise: number): void;
  /** Mean of P's diagonal. */
  meanVariance(): number;
  /** P, rows of the lower triangle one after the other: n (n + 1) / 2 doubles, a copy. */
  triangle(): Float64Array;
  setTriangle(triangle: Float64Array): void;
}

interface KalmanExports {
  advance(
    p: number,
    first: number,
    end: number,
    taken: number,
    k: number,
    x: number,
    factor: number,
    noise: number,
    count: number,
    h: number,
    out: number,
    ld: number,
  ): void;
  collect(shares: number, parts: number, count: number, x: number, ld: number): void;
}

/** Where everything lies, for all threads alike. */
export interface CovariancePlan {
  readonly size: number;
  readonly columns: number;
  /** Doubles of a column. */
  readonly ld: number;
  /** The first group of each part, and the number of groups; a part is the work of one thread at a time. */
  readonly parts: readonly number[];
  readonly bytes: number;
  /** Addresses. */
  readonly p: number;
  readonly h: number;
  readonly x: number;
  readonly k: number;
  /** What each part adds to X. */
  readonly shares: number;
}

const ROWS = 4;
/** Sums are split by parts, so their number is part of the result: it depends on the size alone. */
const MOST_PARTS = 8;
/** About 50 µs of work: less would not be worth the meeting of threads. */
const BYTES_OF_PART = 2 ** 20;

/** @throws {EcitonError} "memory" where it does not fit */
export function planCovariance(size: number, columns: number): CovariancePlan {
  const groups = Math.ceil(size / ROWS);
  const ld = ROWS * groups;
  const matrix = 64 * groups * (groups + 1);
  const count = Math.max(1, Math.min(MOST_PARTS, Math.floor(matrix / BYTES_OF_PART)));
  const layout = new Layout("train fewer weights, an element at a time, or smaller batches");
  return {
    size,
    columns,
    ld,
    // Group b has b + 1 pairs of tiles: parts of equal area.
    parts: Array.from({ length: count + 1 }, (_, part) => Math.round(groups * Math.sqrt(part / count))),
    p: layout.take(matrix),
    h: layout.doubles(ld * columns),
    x: layout.doubles(ld * columns),
    k: layout.doubles(ld * columns),
    shares: layout.doubles(ld * columns * count),
    bytes: layout.bytes,
  };
}

/** @throws {EcitonError} "memory" where this machine has less */
export function covarianceMemory({ size, bytes }: CovariancePlan): WebAssembly.Memory {
  const pages = Math.ceil(bytes / 65536);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    throw new EcitonError(
      "memory",
      `the covariance of ${size} weights needs ${(bytes / 2 ** 20).toFixed(0)} MiB, which this machine does not have; ` +
        "train fewer weights or an element at a time",
      { bytes },
      error,
    );
  }
}

/** What one pass over P does; the same numbers for all threads. */
export interface CovariancePass {
  /** Columns of K and X that are taken off. */
  readonly taken: number;
  readonly factor: number;
  readonly noise: number;
  /** Columns of H that are multiplied. */
  readonly count: number;
}

/** Carries out one part of a pass; parts may run at the same time. */
export class CovarianceWorker {
  readonly #plan: CovariancePlan;
  readonly #exports: KalmanExports;

  constructor(plan: CovariancePlan, memory: WebAssembly.Memory) {
    this.#plan = plan;
    this.#exports = instantiateIn<KalmanExports>("kalman", memory);
  }

  run(part: number, { taken, factor, noise, count }: CovariancePass): void {
    const { p, h, x, k, ld, parts, shares } = this.#plan;
    const out = shares + 8 * ld * count * part;
    const end = parts[part + 1];
    this.#exports.advance(p, parts[part], end, taken, k, x, factor, noise, count, h, out, 8 * ld);
  }

  /** After all parts, once. */
  collect(count: number): void {
    const { parts, shares, x, ld } = this.#plan;
    this.#exports.collect(shares, parts.length - 1, count, x, 8 * ld);
  }
}

const NOTHING: CovariancePass = { taken: 0, factor: 1, noise: 0, count: 0 };

export class CompiledCovariance implements Covariance {
  readonly plan: CovariancePlan;
  readonly memory: WebAssembly.Memory;
  readonly jacobian: Float64Array;
  readonly products: Float64Array;
  readonly gains: Float64Array;
  readonly #p: Float64Array;
  readonly #worker: CovarianceWorker;
  readonly #share: ((pass: CovariancePass) => void) | null;
  #pending: CovariancePass = NOTHING;

  /**
   * P = diagonal · 1.
   * @param columns of H, at most
   * @param share runs all parts of a pass, on several threads perhaps; null: they run here, one after the other
   * @throws {EcitonError} "memory" where it does not fit
   */
  constructor(
    plan: CovariancePlan,
    memory: WebAssembly.Memory,
    diagonal: number,
    share: ((pass: CovariancePass) => void) | null = null,
  ) {
    this.plan = plan;
    this.memory = memory;
    const { buffer } = memory;
    this.jacobian = new Float64Array(buffer, plan.h, plan.ld * plan.columns);
    this.products = new Float64Array(buffer, plan.x, plan.ld * plan.columns);
    this.gains = new Float64Array(buffer, plan.k, plan.ld * plan.columns);
    this.#p = new Float64Array(buffer, plan.p, (plan.h - plan.p) / 8);
    for (let i = 0; i < plan.size; i++) this.#p[entry(i, i)] = diagonal;
    this.#worker = new CovarianceWorker(plan, memory);
    this.#share = share;
  }

  get size(): number {
    return this.plan.size;
  }

  get ld(): number {
    return this.plan.ld;
  }

  multiply(columns: number): void {
    this.#run({ ...this.#pending, count: columns });
    this.#worker.collect(columns);
  }

  subtract(columns: number, factor: number, noise: number): void {
    this.#pending = { taken: columns, factor, noise, count: 0 };
  }

  meanVariance(): number {
    this.#settle();
    let sum = 0;
    for (let i = 0; i < this.plan.size; i++) sum += this.#p[entry(i, i)];
    return sum / this.plan.size;
  }

  triangle(): Float64Array {
    this.#settle();
    const { size } = this.plan;
    const triangle = new Float64Array((size * (size + 1)) / 2);
    for (let i = 0, at = 0; i < size; i++) for (let j = 0; j <= i; j++) triangle[at++] = this.#p[entry(i, j)];
    return triangle;
  }

  setTriangle(triangle: Float64Array): void {
    this.#pending = NOTHING;
    for (let i = 0, at = 0; i < this.plan.size; i++)
      for (let j = 0; j <= i; j++) this.#p[entry(i, j)] = triangle[at++];
  }

  #settle(): void {
    if (this.#pending !== NOTHING) this.#run(this.#pending);
  }

  #run(pass: CovariancePass): void {
    if (this.#share) this.#share(pass);
    else for (let part = 0; part < this.plan.parts.length - 1; part++) this.#worker.run(part, pass);
    this.#pending = NOTHING;
  }
}

/** Where row i, column j ≤ i lies, in doubles: see the kernel. */
function entry(i: number, j: number): number {
  const group = i >> 2;
  return 8 * (group * (group + 1) + (j >> 1)) + 2 * (i & 3) + (j & 1);
}
