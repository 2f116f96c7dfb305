import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { FeedForward } from "../../../src/nn/networks/feed-forward.ts";
import { type Activation, activations, numWeights } from "../../../src/nn/networks/network.ts";

/** The formula, node by node, with the order of weights that n2p2's files have. */
function plainEnergy(
  nodes: readonly number[],
  kinds: readonly Activation[],
  normalise: boolean,
  w: ArrayLike<number>,
  x: readonly number[],
): number {
  const functions: Record<Activation, (x: number) => number> = {
    linear: (z) => z,
    tanh: Math.tanh,
    logistic: (z) => 1 / (1 + Math.exp(-z)),
    softplus: (z) => Math.log(1 + Math.exp(z)),
    relu: (z) => Math.max(z, 0),
    gaussian: (z) => Math.exp((-z * z) / 2),
    cosine: Math.cos,
    "reverse-logistic": (z) => 1 / (1 + Math.exp(z)),
    exponential: (z) => Math.exp(-z),
    harmonic: (z) => z * z,
  };
  let values = x;
  let start = 0;
  for (let layer = 1; layer < nodes.length; layer++) {
    const [inputs, outputs] = [nodes[layer - 1], nodes[layer]];
    values = Array.from({ length: outputs }, (_, t) => {
      let sum = w[start + inputs * outputs + t];
      for (let s = 0; s < inputs; s++) sum += w[start + s * outputs + t] * values[s];
      return functions[kinds[layer - 1]](normalise ? sum / inputs : sum);
    });
    start += (inputs + 1) * outputs;
  }
  return values[0];
}

const smooth = activations.filter((kind) => kind !== "relu");

/** Networks of any shape, with weights and inputs at which derivatives are of order one. */
const networks = fc
  .record({
    hidden: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
    inputs: fc.integer({ min: 1, max: 11 }),
    kinds: fc.array(fc.constantFrom(...smooth), { minLength: 4, maxLength: 4 }),
    normaliseNodes: fc.boolean(),
    seed: fc.integer({ min: 0, max: 1e9 }),
  })
  .map(({ hidden, inputs, kinds, normaliseNodes, seed }) => {
    const nodes = [inputs, ...hidden, 1];
    const used = kinds.slice(0, nodes.length - 1);
    const random = new RandomStream(seed, 0);
    const uniform = () => 2 * random.nextFloat() - 1;
    return {
      nodes,
      kinds: used,
      normaliseNodes,
      network: new FeedForward({ nodes, activations: used, normaliseNodes }),
      weights: Float64Array.from({ length: numWeights(nodes) }, () => 0.7 * uniform()),
      x: Float64Array.from({ length: inputs }, uniform),
      v: Float64Array.from({ length: inputs }, uniform),
    };
  });

const H = 1e-5;

/** Central difference along entry k of an array, which is restored. */
function difference(array: Float64Array, k: number, value: () => number): number {
  const held = array[k];
  array[k] = held + H;
  const plus = value();
  array[k] = held - H;
  const minus = value();
  array[k] = held;
  return (plus - minus) / (2 * H);
}

/** Exponentials and squares in several layers make some numbers large; the tolerance follows the largest. */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, relative: number): void {
  let size = 1;
  for (let k = 0; k < expected.length; k++) size = Math.max(size, Math.abs(expected[k]));
  for (let k = 0; k < expected.length; k++)
    expect(Math.abs(found[k] - expected[k]), `entry ${k}`).toBeLessThan(relative * size);
}

describe("FeedForward", () => {
  it("computes the formula for any depth, width and activation", () => {
    fc.assert(
      fc.property(networks, ({ nodes, kinds, normaliseNodes, network, weights, x }) => {
        const expected = plainEnergy(nodes, kinds, normaliseNodes, weights, [...x]);
        expectClose([network.forward(weights, x)], [expected], 1e-13);
      }),
      { numRuns: 200 },
    );
  });

  it("has the input gradient and the weight gradient of its energy", () => {
    fc.assert(
      fc.property(networks, ({ network, weights, x }) => {
        const energy = () => network.forward(weights, x);
        const byX = Array.from(x, (_, k) => difference(x, k, energy));
        const byW = Array.from(weights, (_, k) => difference(weights, k, energy));
        energy();
        const gradient = new Float64Array(x.length);
        network.gradient(weights, gradient);
        expectClose(gradient, byX, 1e-6);
        const weightGradient = new Float64Array(weights.length);
        network.addWeightGradient(weights, 1, weightGradient);
        expectClose(weightGradient, byW, 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it("has the directional value and its weight gradient", () => {
    fc.assert(
      fc.property(networks, ({ network, weights, x, v }) => {
        const directional = () => {
          network.forward(weights, x);
          return network.directional(weights, v);
        };
        const byW = Array.from(weights, (_, k) => difference(weights, k, directional));
        const found = directional();
        const out = new Float64Array(weights.length);
        network.addDirectionalWeightGradient(weights, 1, out);
        const gradient = new Float64Array(x.length);
        network.gradient(weights, gradient);
        const projected = gradient.reduce((sum, g, k) => sum + g * v[k], 0);
        expectClose([found], [projected], 1e-12);
        expectClose(out, byW, 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it("agrees with a loop over inputs, one second derivative each", () => {
    fc.assert(
      fc.property(networks, ({ network, weights, x, v }) => {
        const out = new Float64Array(weights.length);
        network.forward(weights, x);
        network.directional(weights, v);
        network.addDirectionalWeightGradient(weights, 1, out);
        const looped = new Float64Array(weights.length);
        for (let k = 0; k < x.length; k++) {
          const unit = new Float64Array(x.length);
          unit[k] = 1;
          network.directional(weights, unit);
          network.addDirectionalWeightGradient(weights, v[k], looped);
        }
        expectClose(out, looped, 1e-13);
      }),
      { numRuns: 100 },
    );
  });

  it("adds with a factor at an offset, reads at an offset, and leaves the rest alone", () => {
    const network = new FeedForward({
      nodes: [5, 6, 1],
      activations: ["tanh", "linear"],
      normaliseNodes: false,
    });
    const random = new RandomStream(4, 0);
    const uniform = () => 2 * random.nextFloat() - 1;
    const weights = Float64Array.from({ length: network.numWeights }, uniform);
    const x = Float64Array.from({ length: 9 }, uniform);
    const n = network.numWeights;
    for (const directional of [false, true]) {
      const add = (factor: number, out: Float64Array, at: number) => {
        if (directional) network.addDirectionalWeightGradient(weights, factor, out, at);
        else network.addWeightGradient(weights, factor, out, at);
      };
      network.forward(weights, x, 3);
      network.directional(weights, x, 1);
      const plain = new Float64Array(n);
      add(1, plain, 0);
      const out = new Float64Array(n + 7).fill(10);
      add(-2.5, out, 4);
      for (let k = 0; k < n; k++) expect(out[4 + k]).toBeCloseTo(10 - 2.5 * plain[k], 13);
      expect([...out.subarray(0, 4), ...out.subarray(n + 4)]).toEqual(new Array(7).fill(10));
    }
    expect(network.forward(weights, x, 3)).toBe(network.forward(weights, x.slice(3)));
    const gradient = new Float64Array(9).fill(10);
    network.gradient(weights, gradient, 2);
    expect([gradient[0], gradient[1], gradient[7], gradient[8]]).toEqual([10, 10, 10, 10]);
  });

  it("adds the energy's gradient in the same pass", () => {
    fc.assert(
      fc.property(networks, ({ network, weights, x, v }) => {
        network.forward(weights, x);
        network.directional(weights, v);
        const apart = new Float64Array(weights.length);
        network.addDirectionalWeightGradient(weights, 2, apart);
        network.addWeightGradient(weights, -3, apart);
        const together = new Float64Array(weights.length);
        network.addDirectionalWeightGradient(weights, 2, together, 0, -1.5);
        expectClose(together, apart, 1e-13);
      }),
    );
  });

  it("gives the same bits whatever it was used for before", () => {
    const shape = {
      nodes: [7, 5, 3, 1],
      activations: ["tanh", "softplus", "linear"],
      normaliseNodes: true,
    } as const;
    const random = new RandomStream(5, 0);
    const uniform = () => 2 * random.nextFloat() - 1;
    const weights = Float64Array.from({ length: numWeights(shape.nodes) }, uniform);
    const [x, other] = [Float64Array.from({ length: 7 }, uniform), Float64Array.from({ length: 7 }, uniform)];
    const run = (network: FeedForward) => {
      const out = new Float64Array(weights.length);
      network.forward(weights, x);
      network.directional(weights, other);
      network.addDirectionalWeightGradient(weights, 1, out);
      return out;
    };
    const used = new FeedForward(shape);
    used.forward(weights, other);
    used.directional(weights, x);
    used.addDirectionalWeightGradient(weights, 1, new Float64Array(weights.length));
    expect(run(used)).toEqual(run(new FeedForward(shape)));
  });

  it("refuses shapes that are no network with one output", () => {
    const make = (nodes: number[], kinds: Activation[]) => () =>
      new FeedForward({ nodes, activations: kinds, normaliseNodes: false });
    expect(make([3], [])).toThrow(/two or more layers/);
    expect(make([3, 2], ["linear"])).toThrow(/two or more layers/);
    expect(make([3, 0, 1], ["tanh", "linear"])).toThrow(/two or more layers/);
    expect(make([3, 4, 1], ["tanh"])).toThrow(/activation for each/);
  });
});
