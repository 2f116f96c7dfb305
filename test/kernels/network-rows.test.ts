import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import { CompiledNetworkRows, ROWS_OF_PASS } from "../../src/kernels/network-rows.ts";
import { FeedForward } from "../../src/nn/networks/feed-forward.ts";
import { activations, type Network, numWeights } from "../../src/nn/networks/network.ts";

type Shape = Omit<Network, "weights">;

const compiled = ({ nodes, activations: kinds, normaliseNodes }: Shape) =>
  new CompiledNetworkRows({
    nodes,
    activations: kinds.map((name) => activations.indexOf(name)),
    normaliseNodes,
  });

interface Case {
  readonly shape: Shape;
  readonly weights: Float64Array;
  /** Inputs and directions of some atoms. */
  readonly x: readonly Float64Array[];
  readonly v: readonly Float64Array[];
}

function drawCase(shape: Shape, rows: number, seed: number): Case {
  const random = new RandomStream(seed, 0);
  const draw = (length: number, size: number) =>
    Float64Array.from({ length }, () => size * (2 * random.nextFloat() - 1));
  const some = () => Array.from({ length: rows }, () => draw(shape.nodes[0], 1));
  return { shape, weights: draw(numWeights(shape.nodes), 0.7), x: some(), v: some() };
}

const cases = fc
  .record({
    hidden: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
    inputs: fc.integer({ min: 1, max: 11 }),
    kinds: fc.array(fc.constantFrom(...activations), { minLength: 4, maxLength: 4 }),
    normaliseNodes: fc.boolean(),
    rows: fc.integer({ min: 1, max: ROWS_OF_PASS }),
    seed: fc.integer({ min: 0, max: 1e9 }),
  })
  .map(({ hidden, inputs, kinds, normaliseNodes, rows, seed }) => {
    const nodes = [inputs, ...hidden, 1];
    return drawCase({ nodes, activations: kinds.slice(0, nodes.length - 1), normaliseNodes }, rows, seed);
  });

function fill(kernel: CompiledNetworkRows, { x, v }: Case): void {
  x.forEach((row, i) => {
    kernel.inputs.set(row, i * kernel.inputRow);
    kernel.directions.set(v[i], i * kernel.inputRow);
  });
}

/** The same sums by the plain formulas, atom by atom. */
function plainSums({ shape, weights, x, v }: Case, tangents: boolean, byEnergy: number) {
  const network = new FeedForward(shape);
  const gradient = new Float64Array(weights.length);
  let [energy, directional] = [0, 0];
  x.forEach((row, i) => {
    energy += network.forward(weights, row);
    if (tangents) {
      directional += network.directional(weights, v[i]);
      network.addDirectionalWeightGradient(weights, 1, gradient, 0, byEnergy);
    } else network.addWeightGradient(weights, byEnergy, gradient);
  });
  return { energy, directional, gradient };
}

/** Exponentials behind exponentials make some numbers large; the tolerance follows the largest. */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  let size = 1;
  for (let k = 0; k < expected.length; k++) size = Math.max(size, Math.abs(expected[k]));
  for (let k = 0; k < expected.length; k++)
    expect(Math.abs(found[k] - expected[k]), `entry ${k}`).toBeLessThan(2e-13 * size);
}

function expectEqualSums(kernel: CompiledNetworkRows, one: Case, tangents: boolean, byEnergy: number): void {
  const expected = plainSums(one, tangents, byEnergy);
  kernel.setWeights(one.weights);
  fill(kernel, one);
  kernel.run({ rows: one.x.length, tangents, gradient: { energy: byEnergy } });
  expectClose([kernel.energy], [expected.energy]);
  expectClose([kernel.directional], [expected.directional]);
  const gradient = new Float64Array(one.weights.length);
  kernel.takeGradient(1, gradient, 0);
  expectClose(gradient, expected.gradient);
}

describe("network passes for many atoms", () => {
  it("grow without bound where the plain ones do", () => {
    const shape: Shape = { nodes: [1, 1], activations: ["exponential"], normaliseNodes: false };
    const kernel = compiled(shape);
    kernel.setWeights(Float64Array.of(-1, 0));
    for (const z of [708, 709.4, 709.8, 720, 5e3, 1e300, Infinity]) {
      kernel.inputs[0] = z;
      kernel.run({ rows: 1, tangents: false, gradient: null });
      const plain = new FeedForward(shape).forward(Float64Array.of(-1, 0), Float64Array.of(z));
      if (Number.isFinite(plain)) expect(kernel.energy / plain).toBeCloseTo(1, 12);
      else expect(kernel.energy).toBe(Infinity);
    }
  });

  it("equal the plain ones for any shape, activation and number of atoms", () => {
    fc.assert(
      fc.property(cases, fc.boolean(), (one, tangents) => {
        expectEqualSums(compiled(one.shape), one, tangents, 0.75);
      }),
      { numRuns: 150 },
    );
  });

  it.each(activations)("equal the plain ones in wide layers of %s", (kind) => {
    const shape: Shape = { nodes: [45, 23, 16, 1], activations: [kind, kind, kind], normaliseNodes: true };
    expectEqualSums(compiled(shape), drawCase(shape, ROWS_OF_PASS, 3), true, 0);
  });

  it("does not depend on what it was used for before, nor on padding", () => {
    const shape: Shape = {
      nodes: [6, 5, 1],
      activations: ["exponential", "softplus"],
      normaliseNodes: false,
    };
    const many = drawCase(shape, ROWS_OF_PASS, 5);
    const few = drawCase(shape, 3, 6);
    const used = compiled(shape);
    expectEqualSums(used, many, true, 1);
    for (const tangents of [true, false]) expectEqualSums(used, few, tangents, 1);
  });

  it("computes values alone without touching the gradient, which it sums until it is taken", () => {
    const shape: Shape = { nodes: [7, 6, 1], activations: ["tanh", "linear"], normaliseNodes: false };
    const one = drawCase(shape, 9, 7);
    const { energy, directional, gradient } = plainSums(one, true, 0);
    const kernel = compiled(shape);
    kernel.setWeights(one.weights);
    fill(kernel, one);
    kernel.run({ rows: 9, tangents: true, gradient: null });
    expectClose([kernel.energy, kernel.directional], [energy, directional]);
    kernel.run({ rows: 9, tangents: false, gradient: null });
    expect(kernel.directional).toBe(0);
    const n = gradient.length;
    const out = new Float64Array(n + 5).fill(10);
    kernel.takeGradient(1, out, 2);
    expect([...out]).toEqual(new Array(n + 5).fill(10));
    for (let pass = 0; pass < 2; pass++) kernel.run({ rows: 9, tangents: true, gradient: { energy: 0 } });
    kernel.takeGradient(-0.5, out, 2);
    expectClose(
      out.subarray(2, 2 + n),
      gradient.map((g) => 10 - g),
    );
    expect([out[0], out[1], ...out.subarray(n + 2)]).toEqual([10, 10, 10, 10, 10]);
    kernel.takeGradient(1, out, 2);
    expectClose(
      out.subarray(2, 2 + n),
      gradient.map((g) => 10 - g),
    );
  });

  it("does not mask NaN", () => {
    const shape: Shape = { nodes: [3, 2, 1], activations: ["relu", "linear"], normaliseNodes: false };
    const one = drawCase(shape, 1, 8);
    one.x[0][1] = Number.NaN;
    const kernel = compiled(shape);
    kernel.setWeights(one.weights);
    fill(kernel, one);
    kernel.run({ rows: 1, tangents: false, gradient: null });
    expect(kernel.energy).toBeNaN();
  });
});
