/** The network of one element behind the scaling of its symmetry functions, as a function of their unscaled values. */
import { EcitonError } from "../../core/errors.ts";
import type { ElementModel, HdnnpModel } from "../hdnnp/model.ts";
import { FeedForward } from "../networks/feed-forward.ts";
import { describeFunction } from "../symmetry-functions/describe-function.ts";
import { type LinearScaling, scalingOf } from "../symmetry-functions/scaling.ts";

export class ScaledNetwork {
  readonly numFunctions: number;
  readonly scaling: LinearScaling;
  /** ∂E/∂G after `computeSlopes`. */
  readonly slopes: Float64Array;
  readonly #network: FeedForward;
  readonly #weights: Float64Array;
  readonly #inputs: Float64Array;

  /**
   * @param weights used as they are at each call
   * @throws {EcitonError} "shape" if network and functions disagree in number; "data" for a function that cannot be scaled
   */
  constructor(
    { element, functions, network, ranges }: ElementModel,
    { scaling, scalingRange }: Pick<HdnnpModel, "scaling" | "scalingRange">,
    weights: Float64Array,
  ) {
    if (functions.length !== network.nodes[0] || functions.length !== ranges.min.length)
      throw new EcitonError(
        "shape",
        `${element} has ${functions.length} symmetry functions with ${ranges.min.length} ranges, its network ${network.nodes[0]} inputs`,
      );
    this.numFunctions = functions.length;
    this.#network = new FeedForward(network);
    this.#weights = weights;
    this.scaling = scalingOf(scaling, scalingRange, ranges, (g) => describeFunction(functions[g], element));
    this.#inputs = new Float64Array(functions.length);
    this.slopes = new Float64Array(functions.length);
  }

  /** @param values G from `at` on */
  energy(values: Float64Array, at: number): number {
    const { base, factor, origin } = this.scaling;
    const inputs = this.#inputs;
    for (let g = 0; g < inputs.length; g++) inputs[g] = base + factor[g] * (values[at + g] - origin[g]);
    return this.#network.forward(this.#weights, inputs);
  }

  /** After `energy`. */
  computeSlopes(): void {
    const { factor } = this.scaling;
    const slopes = this.slopes;
    this.#network.gradient(this.#weights, slopes);
    for (let g = 0; g < slopes.length; g++) slopes[g] *= factor[g];
  }

  /**
   * After `energy`.
   * @param direction change of the unscaled values
   * @returns D = direction · ∂E/∂G
   */
  directional(direction: Float64Array): number {
    const { factor } = this.scaling;
    const scaled = this.#inputs;
    for (let g = 0; g < scaled.length; g++) scaled[g] = factor[g] * direction[g];
    return this.#network.directional(this.#weights, scaled);
  }

  /** Adds factor ∂E/∂w after `energy`. */
  addWeightGradient(factor: number, out: Float64Array): void {
    this.#network.addWeightGradient(this.#weights, factor, out);
  }

  /** Adds ∂(D + energy E)/∂w after `directional`. */
  addDirectionalWeightGradient(energy: number, out: Float64Array): void {
    this.#network.addDirectionalWeightGradient(this.#weights, 1, out, 0, energy);
  }
}
