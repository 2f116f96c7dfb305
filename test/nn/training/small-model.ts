/** A model of two elements with random weights, and disordered structures of it: for tests of derivatives. */
import { RandomStream } from "../../../src/core/random.ts";
import type { Structure } from "../../../src/data/structure.ts";
import type { ElementModel, FunctionRanges, HdnnpModel } from "../../../src/nn/hdnnp/model.ts";
import { initialWeights } from "../../../src/nn/networks/initial-weights.ts";
import type { Activation } from "../../../src/nn/networks/network.ts";
import type { SymmetryFunction } from "../../../src/nn/symmetry-functions/symmetry-function.ts";

const cutoff = { form: "tanh3", alpha: 0 } as const;
const radius = 4;

const radial = (neighbour: string, eta: number): SymmetryFunction => ({
  type: 2,
  neighbour,
  eta,
  shift: 0.5,
  radius,
  cutoff,
});

const angular = (type: 3 | 9, neighbours: [string, string], lambda: 1 | -1): SymmetryFunction => ({
  type,
  neighbours,
  eta: 0.05,
  shift: 0,
  lambda,
  zeta: 2,
  radius,
  cutoff,
});

/** O has functions that do not depend on Cu, on O, or on both. */
const functionsOf = {
  O: [radial("O", 0.2), radial("O", 0.9), radial("Cu", 0.3), angular(3, ["O", "Cu"], 1)],
  Cu: [radial("O", 0.4), radial("Cu", 0.1), angular(3, ["Cu", "Cu"], -1), angular(9, ["O", "O"], 1)],
};

function rangesOf(count: number, random: RandomStream): FunctionRanges {
  const draw = (from: number) => Float64Array.from({ length: count }, () => from + random.nextFloat());
  return { min: draw(-0.5), mean: draw(0.5), max: draw(2), sigma: draw(0.5) };
}

export function smallModel(seed: number, overrides: Partial<HdnnpModel> = {}): HdnnpModel {
  const random = new RandomStream(seed, 0);
  const element = (
    name: "O" | "Cu",
    energy: number,
    hidden: number[],
    activations: Activation[],
  ): ElementModel => {
    const functions = functionsOf[name];
    const shape = { nodes: [functions.length, ...hidden, 1], activations, normaliseNodes: name === "Cu" };
    const weights = initialWeights(shape, { kind: "uniform", min: -1, max: 1 }, random);
    return {
      element: name,
      energy,
      functions,
      ranges: rangesOf(functions.length, random),
      network: { ...shape, weights },
    };
  };
  return {
    elements: [
      element("O", -3.5, [5, 4], ["tanh", "softplus", "linear"]),
      element("Cu", -1.25, [6], ["tanh", "linear"]),
    ],
    scaling: "scale-center",
    scalingRange: [0, 1],
    normalisation: { meanEnergy: -0.4, perEnergy: 2.5, perLength: 1.7 },
    notes: [],
    ...overrides,
  };
}

export type Geometry = Pick<Structure, "species" | "positions" | "cell" | "periodic">;

const species = ["Cu", "O", "O", "Cu", "O", "Cu", "Cu"];

/** Seven atoms on a disturbed lattice; the cell, if there is one, is skewed and smaller than the radius. */
export function smallStructure(seed: number, periodic: boolean): Geometry {
  const random = new RandomStream(seed, 1);
  const cell = Float64Array.of(3.9, 0.3, 0, -0.4, 3.8, 0.5, 0.2, 0.1, 4.1);
  const positions = new Float64Array(3 * species.length);
  species.forEach((_, i) => {
    const site = [i & 1, (i >> 1) & 1, i >> 2];
    for (let c = 0; c < 3; c++) {
      const place = site.reduce((sum, s, a) => sum + (s / 2) * cell[3 * a + c], 0);
      positions[3 * i + c] = place + 0.3 * (random.nextFloat() - 0.5);
    }
  });
  return {
    species,
    positions,
    cell: periodic ? cell : new Float64Array(9),
    periodic: [periodic, periodic, periodic],
  };
}
