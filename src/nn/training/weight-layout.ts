/** The weights of all elements as one vector, which optimisers work on: those of the first element, then the next. */
import { EcitonError } from "../../core/errors.ts";
import type { HdnnpModel } from "../hdnnp/model.ts";
import { numWeights } from "../networks/network.ts";

/** Where the weights of each element begin; as the last entry the number of all. */
export function weightOffsets(model: HdnnpModel): Uint32Array {
  const offsets = new Uint32Array(model.elements.length + 1);
  model.elements.forEach(({ network }, k) => {
    offsets[k + 1] = offsets[k] + numWeights(network.nodes);
  });
  return offsets;
}

/** A copy of all weights. */
export function weightsOf(model: HdnnpModel): Float64Array {
  const offsets = weightOffsets(model);
  const all = new Float64Array(offsets[offsets.length - 1]);
  model.elements.forEach(({ element, network }, k) => {
    checkLength(`weights of ${element}`, network.weights, offsets[k + 1] - offsets[k]);
    all.set(network.weights, offsets[k]);
  });
  return all;
}

/**
 * The model with other weights, which are copied.
 * @throws {EcitonError} "shape" for another number of weights
 */
export function withWeights(model: HdnnpModel, weights: Float64Array): HdnnpModel {
  const offsets = weightOffsets(model);
  checkLength("weights of the model", weights, offsets[offsets.length - 1]);
  return {
    ...model,
    elements: model.elements.map((one, k) => ({
      ...one,
      network: { ...one.network, weights: weights.slice(offsets[k], offsets[k + 1]) },
    })),
  };
}

/** @throws {EcitonError} "shape" */
export function checkLength(what: string, array: Float64Array, length: number): void {
  if (array.length !== length)
    throw new EcitonError("shape", `${what}: expected ${length} numbers, found ${array.length}`);
}
