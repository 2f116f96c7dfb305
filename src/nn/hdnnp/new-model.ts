/** An untrained model from its parts. */
import { EcitonError } from "../../core/errors.ts";
import type { RandomStream } from "../../core/random.ts";
import { type InitialWeights, initialWeights } from "../networks/initial-weights.ts";
import type { Activation, Network } from "../networks/network.ts";
import { describeFunction } from "../symmetry-functions/describe-function.ts";
import { compareFunctions, inElementOrder } from "../symmetry-functions/order.ts";
import { scalingOf } from "../symmetry-functions/scaling.ts";
import {
  type ElementModel,
  type HdnnpModel,
  NO_NORMALISATION,
  type Normalisation,
  type Scaling,
} from "./model.ts";

/** Layers of a network beside its inputs. */
export interface NetworkShape {
  /** Nodes of each hidden layer. */
  readonly hidden: readonly number[];
  /** Of each hidden layer and of the output. */
  readonly activations: readonly Activation[];
}

/** Hidden layers alike, and an output that may have any value. */
export function networkShape(hidden: readonly number[], activation: Activation): NetworkShape {
  return { hidden, activations: [...hidden.map(() => activation), "linear"] };
}

/** What an element has before there are weights. */
export interface NewElement extends Omit<ElementModel, "network"> {
  readonly shape: NetworkShape;
}

export interface NewModelParts {
  /** In any order; their functions in the order of order.ts, with their ranges over the training set. */
  readonly elements: readonly NewElement[];
  /** Default "scale-center", which keeps inputs small and their means zero. */
  readonly scaling?: Scaling;
  /** Default 0 to 1. */
  readonly scalingRange?: readonly [number, number];
  /** Default none. */
  readonly normalisation?: Normalisation;
  /** Default Nguyen and Widrow's. */
  readonly weights?: InitialWeights;
  readonly normaliseNodes?: boolean;
  readonly notes?: readonly string[];
}

/**
 * @param random draws the weights, element by element in the order of atomic numbers
 * @throws {EcitonError} "data" for no element or one without functions, an element twice, functions out of order or twice,
 *   and ones that cannot be scaled as they are the same for all atoms; "shape" for ranges or layers of other lengths
 */
export function newModel(parts: NewModelParts, random: RandomStream): HdnnpModel {
  const {
    scaling = "scale-center",
    scalingRange = [0, 1],
    normalisation = NO_NORMALISATION,
    weights = { kind: "nguyen-widrow" },
    normaliseNodes = false,
    notes = [],
  } = parts;
  const names = parts.elements.map(({ element }) => element);
  if (names.length === 0) throw new EcitonError("data", "a model needs at least one element, found none");
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) throw new EcitonError("data", `element ${twice} is in the model twice`);
  const elements = inElementOrder(parts.elements, ({ element }) => element);
  return {
    elements: elements.map(({ shape, ...one }): ElementModel => {
      checkElement(one, shape);
      scalingOf(scaling, scalingRange, one.ranges, (g) => describeFunction(one.functions[g], one.element));
      const nodes = [one.functions.length, ...shape.hidden, 1];
      const network: Omit<Network, "weights"> = { nodes, activations: shape.activations, normaliseNodes };
      return { ...one, network: { ...network, weights: initialWeights(network, weights, random) } };
    }),
    scaling,
    scalingRange,
    normalisation,
    notes,
  };
}

function checkElement(
  { element, functions, ranges }: Omit<ElementModel, "network">,
  shape: NetworkShape,
): void {
  if (functions.length === 0)
    throw new EcitonError(
      "data",
      `element ${element} has no symmetry functions, and its atoms no surroundings`,
    );
  for (let g = 1; g < functions.length; g++) {
    const order = compareFunctions(functions[g - 1], functions[g]);
    if (order < 0) continue;
    const label = describeFunction(functions[g], element);
    throw new EcitonError(
      "data",
      `element ${element}: ${label} ${order === 0 ? "is there twice" : "stands out of order"} (function ${g + 1})`,
      { element, function: g },
    );
  }
  for (const [name, { length }] of Object.entries(ranges))
    if (length !== functions.length)
      throw new EcitonError(
        "shape",
        `element ${element}: ${name} of ${length} for ${functions.length} functions`,
      );
  const { hidden, activations } = shape;
  if (activations.length !== hidden.length + 1 || !hidden.every((n) => Number.isInteger(n) && n >= 1))
    throw new EcitonError(
      "shape",
      `element ${element}: hidden layers of ${hidden.join(", ") || "no"} nodes need as many activation functions and one ` +
        `for the output, found ${activations.join(", ")}`,
    );
}
