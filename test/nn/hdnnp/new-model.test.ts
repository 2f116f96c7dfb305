import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/core/random.ts";
import type { FunctionRanges } from "../../../src/nn/hdnnp/model.ts";
import {
  type NewElement,
  type NewModelParts,
  networkShape,
  newModel,
} from "../../../src/nn/hdnnp/new-model.ts";
import { initialWeights } from "../../../src/nn/networks/initial-weights.ts";
import { numWeights } from "../../../src/nn/networks/network.ts";
import { generateFunctions } from "../../../src/nn/symmetry-functions/generate.ts";
import { failureOf } from "../../failure.ts";

const generated = generateFunctions(["Ce", "O"], {
  radius: 6,
  cutoff: { form: "cos", alpha: 0 },
  kinds: ["radial"],
  counts: "small",
  distances: null,
});

function ranges(length: number): FunctionRanges {
  return {
    min: new Float64Array(length),
    max: new Float64Array(length).fill(2),
    mean: new Float64Array(length).fill(1),
    sigma: new Float64Array(length).fill(0.5),
  };
}

const elements: NewElement[] = generated
  .map(({ element, functions }) => ({
    element,
    energy: element === "O" ? -400 : -1000,
    functions,
    ranges: ranges(functions.length),
    shape: element === "O" ? networkShape([15, 15], "tanh") : networkShape([7], "softplus"),
  }))
  .reverse();

describe("newModel", () => {
  it("has the elements in order, each with its network, and usual settings", () => {
    const model = newModel({ elements, notes: ["new"] }, new RandomStream(5, 0));
    expect(model.elements.map(({ element }) => element)).toEqual(["O", "Ce"]);
    const [oxygen, cerium] = model.elements;
    expect(oxygen.energy).toBe(-400);
    expect(oxygen.functions).toEqual(generated[0].functions);
    expect(oxygen.network.nodes).toEqual([12, 15, 15, 1]);
    expect(oxygen.network.activations).toEqual(["tanh", "tanh", "linear"]);
    expect(cerium.network.nodes).toEqual([12, 7, 1]);
    expect(cerium.network.activations).toEqual(["softplus", "linear"]);
    for (const { network } of model.elements) expect(network.weights.length).toBe(numWeights(network.nodes));
    expect("shape" in oxygen).toBe(false);
    expect(model).toMatchObject({
      scaling: "scale-center",
      scalingRange: [0, 1],
      normalisation: { meanEnergy: 0, perEnergy: 1, perLength: 1 },
      notes: ["new"],
    });
  });

  it("draws weights that depend on the seed, and not on the order in which elements are given", () => {
    const make = (seed: number, parts: Partial<NewModelParts> = {}) =>
      newModel({ elements, ...parts }, new RandomStream(seed, 0)).elements.map(
        ({ network }) => network.weights,
      );
    expect(make(5)).toEqual(make(5, { elements: elements.slice().reverse() }));
    expect(make(6)).not.toEqual(make(5));
    const random = new RandomStream(5, 0);
    const scheme = { kind: "uniform", min: -0.5, max: 0.25 } as const;
    const expected = newModel({ elements }, new RandomStream(1, 0)).elements.map(({ network }) =>
      initialWeights(network, scheme, random),
    );
    expect(make(5, { weights: scheme })).toEqual(expected);
  });

  it("refuses parts that do not fit, naming the element and the function", () => {
    const [cerium, oxygen] = elements;
    const changed = (change: Partial<NewElement>) => [oxygen, { ...cerium, ...change }];
    const turned = cerium.functions.slice().reverse();
    const still = ranges(12);
    still.max[3] = 0;
    const cases: [Partial<NewModelParts>, "data" | "shape", string][] = [
      [{ elements: [] }, "data", "at least one element"],
      [{ elements: [oxygen, oxygen] }, "data", "element O is in the model twice"],
      [{ elements: changed({ functions: [], ranges: ranges(0) }) }, "data", "Ce has no symmetry functions"],
      [{ elements: changed({ functions: turned }) }, "data", "element Ce: G2 Ce-"],
      [
        { elements: changed({ functions: [...cerium.functions.slice(0, 11), cerium.functions[10]] }) },
        "data",
        "is there twice (function 12)",
      ],
      [{ elements: changed({ ranges: ranges(11) }) }, "shape", "min of 11 for 12 functions"],
      [{ elements: changed({ ranges: still }) }, "data", "function 4, G2 Ce-"],
      [{ elements: changed({ shape: { hidden: [5], activations: ["tanh"] } }) }, "shape", "found tanh"],
      [{ elements: changed({ shape: networkShape([0], "tanh") }) }, "shape", "hidden layers of 0 nodes"],
    ];
    for (const [parts, code, words] of cases) {
      const error = failureOf(() => newModel({ elements, ...parts }, new RandomStream(1, 0)));
      expect(error.message).toContain(words);
      expect(error.code).toBe(code);
    }
    // Not all scalings divide by the range.
    expect(
      newModel({ elements: changed({ ranges: still }), scaling: "center" }, new RandomStream(1, 0)).scaling,
    ).toBe("center");
  });
});
