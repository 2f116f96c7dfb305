/** Potentials with random weights, for atoms whose functions give the ranges. */
import { RandomStream } from "../../../src/core/random.ts";
import { type HdnnpModel, NO_NORMALISATION } from "../../../src/nn/hdnnp/model.ts";
import { type Activation, numWeights } from "../../../src/nn/networks/network.ts";
import type { ElementFunctions } from "../../../src/nn/symmetry-functions/dependence.ts";
import { RangeAccumulator } from "../../../src/nn/symmetry-functions/ranges.ts";
import { describeStructure } from "../../../src/nn/symmetry-functions/reference.ts";
import type { Atoms } from "../symmetry-functions/examples.ts";

export interface RandomModelOptions {
  readonly seed?: number;
  /** Of the hidden layers. */
  readonly hidden?: readonly number[];
  readonly activations?: readonly Activation[];
  readonly normaliseNodes?: boolean;
  readonly parts?: Partial<HdnnpModel>;
}

export function randomModel(
  elements: readonly ElementFunctions[],
  atoms: Atoms,
  options: RandomModelOptions = {},
): HdnnpModel {
  const { seed = 7, hidden = [5, 4], normaliseNodes = false, parts = {} } = options;
  const { activations = ["tanh", "softplus", "linear"] } = options;
  const random = new RandomStream(seed, 0);
  const found = describeStructure(elements, atoms);
  return {
    elements: elements.map(({ element, functions }, kind) => {
      const all = new RangeAccumulator(functions.length);
      found.kinds.forEach((other, i) => {
        if (other === kind) all.add(found.values, found.valueOffsets[i]);
      });
      // Some functions do not vary among few atoms.
      all.add(new Float64Array(functions.length).fill(1.5));
      const nodes = [functions.length, ...hidden, 1];
      const weights = Float64Array.from(
        { length: numWeights(nodes) },
        () => random.nextNormal() / Math.sqrt(functions.length),
      );
      return {
        element,
        energy: -10 * (kind + 1),
        functions,
        ranges: all.ranges(),
        network: { nodes, activations: [...activations], normaliseNodes, weights },
      };
    }),
    scaling: "scale-center",
    scalingRange: [0, 1],
    normalisation: NO_NORMALISATION,
    notes: [],
    ...parts,
  };
}
