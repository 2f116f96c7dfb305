import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import { initialWeights } from "../../../src/nn/networks/initial-weights.ts";
import { numWeights } from "../../../src/nn/networks/network.ts";

const shape = { nodes: [30, 20, 10, 1], activations: ["tanh", "softplus", "linear"] } as const;
const stream = () => new RandomStream(11, 3);
/** The draws behind all schemes. */
const uniform = initialWeights(shape, { kind: "uniform", min: -1, max: 1 }, stream());
/** Where the weights into each layer begin, where its biases begin, and where these end. */
const layers = [
  [0, 600, 620],
  [620, 820, 830],
  [830, 840, 841],
] as const;

describe("initialWeights", () => {
  it("is uniform in the range, biases too, with the mean and variance that this has", () => {
    const many = initialWeights(
      { nodes: [100, 100, 1], activations: ["tanh", "linear"] },
      { kind: "uniform", min: -0.5, max: 1.5 },
      stream(),
    );
    expect(many.length).toBe(numWeights([100, 100, 1]));
    expect(many.every((w) => w >= -0.5 && w < 1.5)).toBe(true);
    const mean = many.reduce((sum, w) => sum + w, 0) / many.length;
    const variance = many.reduce((sum, w) => sum + (w - 0.5) ** 2, 0) / many.length;
    // Standard errors: 0.577/√10201 = 0.0057 and √(4/45/10201) = 0.003.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1 / 3)).toBeLessThan(0.01);
  });

  it("gives the same weights for the same stream, others for another", () => {
    for (const kind of ["glorot", "nguyen-widrow"] as const) {
      const one = initialWeights(shape, { kind }, stream());
      expect(initialWeights(shape, { kind }, stream())).toEqual(one);
      expect(initialWeights(shape, { kind }, new RandomStream(11, 4))).not.toEqual(one);
    }
  });

  it("scales each layer by √(6 / (inputs + outputs)) and has no biases: glorot", () => {
    const weights = initialWeights(shape, { kind: "glorot" }, stream());
    layers.forEach(([from, biases, to], layer) => {
      const width = Math.sqrt(6 / (shape.nodes[layer] + shape.nodes[layer + 1]));
      for (let k = from; k < biases; k++) expect(weights[k]).toBeCloseTo(width * uniform[k], 14);
      for (let k = biases; k < to; k++) expect(weights[k]).toBe(0);
    });
  });

  it("gives the weights into a hidden node length β, doubled for tanh: nguyen-widrow", () => {
    const weights = initialWeights(shape, { kind: "nguyen-widrow" }, stream());
    const betas = [2 * 0.7 * 20 ** (1 / 30), 0.7 * 10 ** (1 / 20)];
    for (const [layer, beta] of betas.entries()) {
      const [from, biases, to] = layers[layer];
      const outputs = shape.nodes[layer + 1];
      for (let t = 0; t < outputs; t++) {
        const into = Array.from(weights.subarray(from, biases)).filter((_, k) => k % outputs === t);
        const drawn = Array.from(uniform.subarray(from, biases)).filter((_, k) => k % outputs === t);
        expect(Math.hypot(...into)).toBeCloseTo(beta, 12);
        into.forEach((w, k) => {
          expect(w).toBeCloseTo((beta * drawn[k]) / Math.hypot(...drawn), 12);
        });
      }
      for (let k = biases; k < to; k++) expect(weights[k]).toBeCloseTo(beta * uniform[k], 14);
    }
    expect(weights[830]).toBe(0.5 * uniform[830]);
    expect(weights.subarray(831)).toEqual(uniform.subarray(831));
  });
});
