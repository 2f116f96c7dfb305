import { describe, expect, it } from "vitest";
import { activate, activationLetters, activationOfLetter } from "../../../src/nn/networks/activations.ts";
import { type Activation, activations } from "../../../src/nn/networks/network.ts";

function at(kind: Activation, x: number): readonly [number, number, number] {
  const z = Float64Array.of(x);
  const [f, slope, curvature] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)];
  activate(kind, z, 0, 1, f, slope, curvature);
  return [f[0], slope[0], curvature[0]];
}

/** The definitions, as they stand in n2p2's documentation. */
const definitions: Record<Activation, (x: number) => number> = {
  linear: (x) => x,
  tanh: (x) => (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x)),
  logistic: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.log(1 + Math.exp(x)),
  relu: (x) => (x > 0 ? x : 0),
  gaussian: (x) => Math.exp((-x * x) / 2),
  cosine: (x) => Math.cos(x),
  "reverse-logistic": (x) => 1 - 1 / (1 + Math.exp(-x)),
  exponential: (x) => Math.exp(-x),
  harmonic: (x) => x * x,
};

describe("activation functions", () => {
  it.each(activations)("%s is its definition, and its derivatives are central differences", (kind) => {
    const h = 1e-5;
    for (const x of [-3.1, -1.7, -0.4, -0.05, 0.03, 0.6, 1.1, 2.9]) {
      const [f, slope, curvature] = at(kind, x);
      const size = 1 + Math.abs(f);
      expect(Math.abs(f - definitions[kind](x))).toBeLessThan(1e-14 * size);
      // Truncation h² f‴/6 is under 1e-9 here, rounding 1e-16/h = 1e-11.
      expect(Math.abs(slope - (at(kind, x + h)[0] - at(kind, x - h)[0]) / (2 * h))).toBeLessThan(2e-9 * size);
      expect(Math.abs(curvature - (at(kind, x + h)[1] - at(kind, x - h)[1]) / (2 * h))).toBeLessThan(
        2e-9 * size,
      );
    }
  });

  it("has finite tails that keep their digits", () => {
    const e = Math.exp(-50);
    expect(at("softplus", 800)).toEqual([800, 1, 0]);
    expect(at("softplus", -800)).toEqual([0, 0, 0]);
    for (const value of at("softplus", -50)) expect(value / e).toBeCloseTo(1, 14);
    expect(at("logistic", 800)).toEqual([1, 0, -0]);
    expect(at("logistic", -800)).toEqual([0, 0, 0]);
    expect(at("logistic", -50)[0] / e).toBeCloseTo(1, 14);
    expect(at("logistic", 50)[1] / e).toBeCloseTo(1, 14);
    expect(at("reverse-logistic", 50)[0] / e).toBeCloseTo(1, 14);
    for (const kind of ["tanh", "logistic", "reverse-logistic", "gaussian"] as const)
      for (const x of [-1e6, 1e6]) expect(at(kind, x).every(Number.isFinite)).toBe(true);
  });

  it("does not mask NaN", () => {
    for (const kind of activations) expect(at(kind, Number.NaN)[0]).toBeNaN();
  });

  it("takes the left slope at relu's kink", () => {
    expect(at("relu", 0)).toEqual([0, 0, 0]);
    expect(at("relu", 1e-300)).toEqual([1e-300, 1, 0]);
  });

  it("knows n2p2's letters both ways, capitals apart from small ones", () => {
    expect(activations.map((name) => activationLetters[name]).join("")).toBe("ltsprgcSeh");
    for (const name of activations) expect(activationOfLetter(activationLetters[name])).toBe(name);
    expect(activationOfLetter("T")).toBeUndefined();
    expect(activationOfLetter("x")).toBeUndefined();
  });
});
