import { describe, expect, it } from "vitest";
import { Adam } from "../../../src/nn/training/adam.ts";
import type { AdamSettings } from "../../../src/nn/training/training-settings.ts";

const settings: AdamSettings = {
  method: "adam",
  eta: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  energyBatch: 1,
  forceBatch: 1,
};

describe("Adam", () => {
  it("moves as the formula of the paper says, two updates by hand", () => {
    const adam = new Adam(settings, 2, 1);
    const weights = Float64Array.of(1, -1);
    adam.row(0).set([2, -4]);
    adam.update(1, Float64Array.of(0.5), weights);
    // g = −ξ h = (−1, 2). The first step is η in size, against the gradient, but for ε.
    const size = (g: number) => (0.1 * Math.sqrt(0.01) * 0.1 * g) / (0.1 * (Math.sqrt(0.01 * g * g) + 1e-8));
    expect(weights[0]).toBeCloseTo(1 - size(-1), 15);
    expect(weights[1]).toBeCloseTo(-1 - size(2), 15);
    expect(weights[0]).toBeCloseTo(1.1, 7);

    adam.row(0).set([0, 1]);
    adam.update(1, Float64Array.of(-3), weights);
    // g = (0, 3): a = (−0.1 · 0.9, 0.2 · 0.9 + 0.3), v = (0.01 · 0.99, 0.04 · 0.99 + 0.09); t = 2.
    const rate = (0.1 * Math.sqrt(1 - 0.99 ** 2)) / (1 - 0.9 ** 2);
    expect(weights[0]).toBeCloseTo(1 - size(-1) - (rate * -0.09) / (Math.sqrt(0.0099) + 1e-8), 14);
    expect(weights[1]).toBeCloseTo(-1 - size(2) - (rate * 0.48) / (Math.sqrt(0.1296) + 1e-8), 14);
    expect(adam.facts().updates).toBe(2);
  });

  it("takes the mean over the candidates of an update", () => {
    const [together, mean] = [new Adam(settings, 3, 2), new Adam(settings, 3, 1)];
    const [a, b] = [new Float64Array(3), new Float64Array(3)];
    together.row(0).set([1, 0, 2]);
    together.row(1).set([3, 1, -1]);
    together.update(2, Float64Array.of(2, -1), a);
    // (2 (1, 0, 2) − (3, 1, −1)) / 2
    mean.row(0).set([-0.5, -0.5, 2.5]);
    mean.update(1, Float64Array.of(1), b);
    expect(a).toEqual(b);
  });

  it("goes down a narrow valley", () => {
    const adam = new Adam({ ...settings, eta: 0.01 }, 2, 2);
    const w = Float64Array.of(-1, 1);
    // Rosenbrock's residuals: 1 − x and 10 (y − x²), as reference minus prediction.
    const residuals = () => [1 - w[0], 10 * (w[1] - w[0] ** 2)];
    const before = Math.hypot(...residuals());
    for (let update = 0; update < 8000; update++) {
      adam.row(0).set([1, 0]);
      adam.row(1).set([20 * w[0], -10]);
      adam.update(2, Float64Array.from(residuals()), w);
    }
    expect(Math.hypot(...residuals())).toBeLessThan(1e-2 * before);
  });

  it("goes on from its state bit for bit, and refuses another's", () => {
    const [whole, first, second] = [0, 1, 2].map(() => new Adam(settings, 5, 1));
    const [a, b] = [new Float64Array(5), new Float64Array(5)];
    for (let update = 0; update < 12; update++) {
      if (update === 7) second.restore(structuredClone(first.state()));
      const error = Float64Array.of(Math.cos(update));
      for (const [adam, w] of [[whole, a] as const, [update < 7 ? first : second, b] as const]) {
        adam.row(0).forEach((_, i, row) => {
          row[i] = Math.sin(i + update);
        });
        adam.update(1, error, w);
      }
    }
    expect(b).toEqual(a);
    expect(() => whole.restore(new Adam(settings, 4, 1).state())).toThrow(/expected Adam with 5 weights/);
  });
});
