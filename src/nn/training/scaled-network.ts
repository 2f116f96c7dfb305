/** The network of one element behind the scaling of its symmetry functions, as a function of their unscaled values. */
import { EcitonError } from "../../core/errors.ts";
import type { ElementModel, HdnnpModel } from "../hdnnp/model.ts";
import { FeedForward } from "../networks/feed-forward.ts";
import { describeFunction } from "../symmetry-functions/describe-function.ts";
import { type LinearScaling, scalingOf } from "../symmetry-functions/scaling.ts";

export class ScaledNetwork {
  readonly numFunctions: number;
  readonly numWeights: number;
  /** ∂E/∂G after `computeSlopes`. */
  readonly slopes: Float64Array;
  /** Change of the unscaled values along which `directional` differentiates, written by the caller. */
  readonly direction: Float64Array;
  readonly #network: FeedForward;
  readonly #scaling: LinearScaling;
  readonly #inputs: Float64Array;

  /**
   * @throws {EcitonError} "shape" if network and functions disagree in number; "data" for a function that cannot be scaled
   */
  constructor(
    { element, functions, network, ranges }: ElementModel,
    { scaling, scalingRange }: Pick<HdnnpModel, "scaling" | "scalingRange">,
  ) {
    if (functions.length !== network.nodes[0] || functions.length !== ranges.min.length)
      throw new EcitonError(
        "shape",
        `${element} has ${functions.length} symmetry functions with ${ranges.min.length} ranges, its network ${network.nodes[0]} inputs`,
      );
    this.numFunctions = functions.length;
    this.#network = new FeedForward(network);
    this.numWeights = this.#network.numWeights;
    this.#scaling = scalingOf(scaling, scalingRange, ranges, (g) => describeFunction(functions[g], element));
    this.#inputs = new Float64Array(functions.length);
    this.slopes = new Float64Array(functions.length);
    this.direction = new Float64Array(functions.length);
  }

  /** @param values G from `at` on */
  energy(weights: Float64Array, values: Float64Array, at: number): number {
    const { base, factor, origin } = this.#scaling;
    const inputs = this.#inputs;
    for (let g = 0; g < inputs.length; g++) inputs[g] = base + factor[g] * (values[at + g] - origin[g]);
    return this.#network.forward(weights, inputs);
  }

  /** After `energy`. */
  computeSlopes(weights: Float64Array): void {
    const { factor } = this.#scaling;
    const slopes = this.slopes;
    this.#network.gradient(weights, slopes);
    for (let g = 0; g < slopes.length; g++) slopes[g] *= factor[g];
  }

  /** Adds ∂E/∂w after `energy`. */
  addWeightGradient(weights: Float64Array, out: Float64Array, at: number): void {
    this.#network.addWeightGradient(weights, 1, out, at);
  }

  /**
   * After `energy`.
   * @returns D = direction · ∂E/∂G
   */
  directional(weights: Float64Array): number {
    const { factor } = this.#scaling;
    const scaled = this.#inputs;
    for (let g = 0; g < scaled.length; g++) scaled[g] = factor[g] * this.direction[g];
    return this.#network.directional(weights, scaled);
  }

  /** Adds factor (∂D/∂w + energy ∂E/∂w) after `directional`. */
  addDirectionalWeightGradient(
    weights: Float64Array,
    factor: number,
    out: Float64Array,
    at: number,
    energy = 0,
  ): void {
    this.#network.addDirectionalWeightGradient(weights, factor, out, at, energy);
  }
}
