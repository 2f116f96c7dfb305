import { CholeskyDecomposition, inverse, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { CompiledCovariance, covarianceMemory, planCovariance } from "../../../src/kernels/kalman.ts";
import { ReferenceCovariance } from "../../../src/kernels/kalman-reference.ts";
import { KalmanFilter } from "../../../src/nn/training/kalman-filter.ts";
import type { KalmanSettings } from "../../../src/nn/training/training-settings.ts";

const settings: KalmanSettings = {
  method: "kalman",
  type: "standard",
  strategy: "global",
  epsilon: 0.01,
  q0: 0.01,
  qtau: 2.25,
  qmin: 1e-3,
  eta: 0.01,
  etatau: 2.25,
  etamax: 0.1,
  lambda: 0.96,
  nu: 0.9995,
  energyBatch: 1,
  forceBatch: 1,
};

const UPDATES = 20;

function filterOf(sizes: number[], columns: number, changes: Partial<KalmanSettings> = {}) {
  const all = { ...settings, ...changes };
  const blocks = sizes.map((size) => {
    const plan = planCovariance(size, columns);
    return new CompiledCovariance(plan, covarianceMemory(plan), 1 / all.epsilon);
  });
  return new KalmanFilter(all, blocks, columns, UPDATES);
}

/** n2p2's formulas with whole matrices; weights of different blocks never share covariance. */
class DenseFilter {
  readonly #settings: KalmanSettings;
  readonly #sizes: number[];
  p: Matrix;
  #q: number;
  #eta: number;
  lambda: number;

  constructor(sizes: number[], changes: Partial<KalmanSettings>) {
    this.#settings = { ...settings, ...changes };
    this.#sizes = sizes;
    const size = sizes.reduce((sum, n) => sum + n, 0);
    this.p = Matrix.eye(size).mul(1 / this.#settings.epsilon);
    this.#q = this.#settings.q0;
    this.#eta = this.#settings.eta;
    this.lambda = this.#settings.lambda;
  }

  update(h: Matrix, errors: Matrix, w: Matrix): Matrix {
    const { type, qmin, qtau, etatau, etamax, nu } = this.#settings;
    const fading = type === "fading-memory";
    const x = this.p.mmul(h);
    if (!fading && this.#eta < etamax) this.#eta *= Math.exp(etatau / UPDATES);
    const a = Matrix.add(
      h.transpose().mmul(x),
      Matrix.eye(h.columns).mul(fading ? this.lambda : 1 / this.#eta),
    );
    const k = x.mmul(inverse(a));
    this.p = Matrix.sub(this.p, k.mmul(x.transpose()));
    let first = 0;
    for (const size of this.#sizes) {
      for (let i = first; i < first + size; i++)
        for (let j = 0; j < this.p.columns; j++) if (j < first || j >= first + size) this.p.set(i, j, 0);
      first += size;
    }
    if (fading) this.p.mul(1 / this.lambda);
    this.p = Matrix.add(this.p, Matrix.eye(this.p.rows).mul(this.#q));
    if (this.#q > qmin) this.#q *= Math.exp(-qtau / UPDATES);
    if (fading) this.lambda = nu * this.lambda + 1 - nu;
    return Matrix.add(w, k.mmul(errors));
  }

  get facts() {
    return { q: this.#q, eta: this.#eta };
  }
}

/** Random candidates written to the filter's rows. */
function draw(filter: KalmanFilter, size: number, columns: number, random: RandomStream) {
  const h = Matrix.zeros(size, columns);
  const errors = new Float64Array(columns);
  for (let c = 0; c < columns; c++) {
    const row = filter.row(c);
    for (let i = 0; i < size; i++) {
      row[i] = random.nextNormal();
      h.set(i, c, row[i]);
    }
    errors[c] = random.nextNormal();
  }
  return { h, errors };
}

describe("Kalman filter", () => {
  it.each([
    ["standard", [37], 1, {}],
    ["standard, three candidates an update", [37], 3, {}],
    ["fading memory", [37], 1, { type: "fading-memory" }],
    ["fading memory, two candidates", [37], 2, { type: "fading-memory" }],
    ["decoupled", [21, 16], 1, { strategy: "element-decoupled" }],
    ["decoupled, two candidates", [5, 24, 8], 2, { strategy: "element-decoupled" }],
  ] as const)("%s: equals the formulas with whole matrices", (_, sizes, columns, changes) => {
    const size = sizes.reduce((sum, n) => sum + n, 0);
    const filter = filterOf([...sizes], columns, changes);
    const dense = new DenseFilter([...sizes], changes);
    const random = new RandomStream(11, columns);
    const weights = new Float64Array(size);
    let w = Matrix.zeros(size, 1);
    for (let update = 0; update < 60; update++) {
      const { h, errors } = draw(filter, size, columns, random);
      filter.update(columns, errors, weights);
      w = dense.update(h, Matrix.columnVector(Array.from(errors)), w);
    }
    // Sixty updates of numbers of order one; P begins at 100.
    weights.forEach((value, i) => {
      expect(Math.abs(value - w.get(i, 0))).toBeLessThan(1e-10);
    });
    let first = 0;
    for (const [b, triangle] of filter.state().arrays.entries()) {
      for (let i = 0, at = 0; i < sizes[b]; i++)
        for (let j = 0; j <= i; j++, at++)
          expect(Math.abs(triangle[at] - dense.p.get(first + i, first + j))).toBeLessThan(1e-10);
      first += sizes[b];
    }
    const facts = filter.facts();
    expect(facts.q).toBeCloseTo(dense.facts.q, 14);
    expect(facts.q).toBeLessThan(settings.qmin);
    expect(facts["mean variance"]).toBeCloseTo(dense.p.trace() / size, 9);
    if ("type" in changes) expect(facts.lambda).toBeCloseTo(dense.lambda, 14);
    else expect(facts.eta).toBeCloseTo(dense.facts.eta, 14);
  });

  it("stops the growth of its rate above the ceiling, as n2p2 does", () => {
    const filter = filterOf([3], 1);
    for (let update = 0; update < 3 * UPDATES; update++) {
      filter.row(0).fill(1);
      filter.update(1, Float64Array.of(0), new Float64Array(3));
    }
    // 0.01 e^(2.25 k / 20): k = 21 is the first above 0.1.
    expect(filter.facts().eta).toBeCloseTo(0.01 * Math.exp((2.25 * 21) / 20), 12);
  });

  it("keeps P positive definite through a thousand updates, dependent ones among them", () => {
    const size = 60;
    const filter = filterOf([size], 1, { q0: 1e-4, qmin: 1e-6 });
    const random = new RandomStream(5, 0);
    const weights = new Float64Array(size);
    for (let update = 0; update < 1000; update++) {
      if (update % 3 !== 0) draw(filter, size, 1, random);
      filter.update(1, Float64Array.of(random.nextNormal()), weights);
    }
    const [triangle] = filter.state().arrays;
    const p = Matrix.zeros(size, size);
    for (let i = 0, at = 0; i < size; i++)
      for (let j = 0; j <= i; j++, at++) {
        p.set(i, j, triangle[at]);
        p.set(j, i, triangle[at]);
      }
    expect(new CholeskyDecomposition(p).isPositiveDefinite()).toBe(true);
  });

  it("finds the weights of a linear model: an errors-free least-squares problem", () => {
    const size = 10;
    const filter = filterOf([size], 1, { eta: 1, etamax: 1e6, q0: 0 });
    const random = new RandomStream(6, 0);
    const truth = Float64Array.from({ length: size }, () => random.nextNormal());
    const weights = new Float64Array(size);
    for (let update = 0; update < 400; update++) {
      const row = filter.row(0);
      let error = 0;
      for (let i = 0; i < size; i++) {
        row[i] = random.nextNormal();
        error += row[i] * (truth[i] - weights[i]);
      }
      filter.update(1, Float64Array.of(error), weights);
    }
    weights.forEach((value, i) => {
      expect(value).toBeCloseTo(truth[i], 5);
    });
  });

  it.each([1, 2])("goes on from its state bit for bit, %i candidates", (columns) => {
    const size = 150;
    const [whole, first, second] = [0, 1, 2].map(() => filterOf([size], columns));
    const [a, b] = [new Float64Array(size), new Float64Array(size)];
    const [left, right] = [new RandomStream(3, 0), new RandomStream(3, 0)];
    for (let update = 0; update < 30; update++) {
      whole.update(columns, draw(whole, size, columns, left).errors, a);
      const other = update < 13 ? first : second;
      if (update === 13) second.restore(structuredClone(first.state()));
      other.update(columns, draw(other, size, columns, right).errors, b);
    }
    expect(b).toEqual(a);
    expect(second.state()).toEqual(whole.state());
    expect(second.facts()).toEqual(whole.facts());
  });

  it("is the same on the plain covariance", () => {
    const size = 90;
    const compiled = filterOf([size], 2);
    const plain = new KalmanFilter(settings, [new ReferenceCovariance(size, 2, 100)], 2, UPDATES);
    const [a, b] = [new Float64Array(size), new Float64Array(size)];
    const [left, right] = [new RandomStream(4, 0), new RandomStream(4, 0)];
    for (let update = 0; update < 40; update++) {
      compiled.update(2, draw(compiled, size, 2, left).errors, a);
      plain.update(2, draw(plain, size, 2, right).errors, b);
    }
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i])).toBeLessThan(1e-11);
    });
  });

  it("refuses numbers that it cannot go on from, and the state of another", () => {
    for (const columns of [1, 2]) {
      const filter = filterOf([8], columns);
      for (let c = 0; c < columns; c++) filter.row(c).fill(1e200);
      expect(() => filter.update(columns, new Float64Array(columns), new Float64Array(8))).toThrow(
        expect.objectContaining({ code: "not-converged" }),
      );
    }
    const filter = filterOf([8], 1);
    expect(() => filter.restore(filterOf([9], 1).state())).toThrow(/45 numbers.*expected.*36/);
    expect(() => filter.restore({ ...filter.state(), method: "adam" })).toThrow(/is of adam/);
  });
});
