/**
 * Passes through a network with one output, in work space that is allocated once. With sums z_l = (W_l a_{l−1} + b_l) / n_l
 * and values a_l = f_l(z_l), where n_l is the number of inputs of a node if nodes are normalised, otherwise 1:
 *
 *   E = a_L                        forward
 *   ∂E/∂x, ∂E/∂w                   backwards:  δ_l = ∂E/∂z_l = f′_l ∘ (W_{l+1}ᵀ δ_{l+1}) / n_{l+1}
 *   D = v·∇_x E                    tangents:   ż_l = W_l ȧ_{l−1} / n_l,  ȧ_l = f′_l ∘ ż_l,  ȧ_0 = v,  D = ȧ_L
 *   ∂D/∂w                          backwards through both: ∂D/∂ż_l is δ_l again, and
 *                                  γ_l = ∂D/∂z_l = [f′_l ∘ (W_{l+1}ᵀ γ_{l+1}) + f″_l ∘ ż_l ∘ (W_{l+1}ᵀ δ_{l+1})] / n_{l+1};
 *                                  ∂D/∂W_l = (γ_l a_{l−1}ᵀ + δ_l ȧ_{l−1}ᵀ) / n_l,  ∂D/∂b_l = γ_l / n_l
 *
 * A derivative of a force is thus one pass of about three times the cost of a gradient, however many inputs there are.
 * Each pass uses what the pass before it in this list left behind: forward, then backwards; forward, directional, then
 * addDirectionalWeightGradient, with the same weights.
 */
import { EcitonError } from "../../core/errors.ts";
import { activate } from "./activations.ts";
import { addOuter, addProduct, addTwoOuter, scale, transposedProduct } from "./layer-products.ts";
import { type Network, numWeights } from "./network.ts";

export class FeedForward {
  readonly numInputs: number;
  readonly numWeights: number;
  readonly #nodes: readonly number[];
  readonly #activations: Network["activations"];
  /** 1/n of each layer; the inputs have 1. */
  readonly #scales: readonly number[];
  /** Where each layer begins in the arrays of nodes, and where the weights into it begin. */
  readonly #starts: readonly number[];
  readonly #weightStarts: readonly number[];
  readonly #values: Float64Array;
  readonly #slopes: Float64Array;
  readonly #curvatures: Float64Array;
  /** ż and ȧ. */
  readonly #sumTangents: Float64Array;
  readonly #tangents: Float64Array;
  /** δ and γ. */
  readonly #deltas: Float64Array;
  readonly #gammas: Float64Array;

  /** @throws {EcitonError} "shape" unless there is an activation for each layer but the inputs, and one output */
  constructor(network: Omit<Network, "weights">) {
    const { nodes, activations } = network;
    if (
      nodes.length < 2 ||
      activations.length !== nodes.length - 1 ||
      !nodes.every((n) => Number.isInteger(n) && n >= 1) ||
      nodes[nodes.length - 1] !== 1
    )
      throw new EcitonError(
        "shape",
        `a network needs two or more layers of at least one node, the last of one, and an activation for each but the first; found nodes ${nodes.join(", ")} and activations ${activations.join(", ")}`,
      );
    this.#nodes = nodes;
    this.#activations = activations;
    this.#scales = nodes.map((_, layer) => (network.normaliseNodes && layer > 0 ? 1 / nodes[layer - 1] : 1));
    this.numInputs = nodes[0];
    this.numWeights = numWeights(nodes);
    this.#starts = nodes.map((_, layer) => nodes.slice(0, layer).reduce((sum, n) => sum + n, 0));
    this.#weightStarts = nodes.map((_, layer) => numWeights(nodes.slice(0, layer)));
    const all = nodes.reduce((sum, n) => sum + n, 0);
    this.#values = new Float64Array(all);
    this.#slopes = new Float64Array(all);
    this.#curvatures = new Float64Array(all);
    this.#sumTangents = new Float64Array(all);
    this.#tangents = new Float64Array(all);
    this.#deltas = new Float64Array(all);
    this.#gammas = new Float64Array(all);
  }

  /**
   * @param weights Float64Array(numWeights)
   * @param x inputs from `at` on
   * @returns E
   */
  forward(weights: Float64Array, x: Float64Array, at = 0): number {
    const values = this.#values;
    const nodes = this.#nodes;
    for (let i = 0; i < this.numInputs; i++) values[i] = x[at + i];
    for (let layer = 1; layer < nodes.length; layer++) {
      const inputs = nodes[layer - 1];
      const outputs = nodes[layer];
      const from = this.#starts[layer];
      const start = this.#weightStarts[layer];
      const biases = start + inputs * outputs;
      for (let t = 0; t < outputs; t++) values[from + t] = weights[biases + t];
      addProduct(weights, start, inputs, outputs, values, this.#starts[layer - 1], values, from);
      scale(values, from, outputs, this.#scales[layer]);
      activate(
        this.#activations[layer - 1],
        values,
        from,
        from + outputs,
        values,
        this.#slopes,
        this.#curvatures,
      );
    }
    return values[values.length - 1];
  }

  /**
   * ∂E/∂x after `forward`.
   * @param out overwritten from `at` on
   */
  gradient(weights: Float64Array, out: Float64Array, at = 0): void {
    this.#backwards(weights);
    transposedProduct(weights, 0, this.#nodes[0], this.#nodes[1], this.#deltas, this.#starts[1], out, at);
    scale(out, at, this.#nodes[0], this.#scales[1]);
  }

  /**
   * Adds factor ∂E/∂w after `forward`.
   * @param out changed from `at` on, numWeights numbers
   */
  addWeightGradient(weights: Float64Array, factor: number, out: Float64Array, at = 0): void {
    this.#backwards(weights);
    for (let layer = 1; layer < this.#nodes.length; layer++)
      addOuter(
        factor * this.#scales[layer],
        this.#values,
        this.#starts[layer - 1],
        this.#nodes[layer - 1],
        this.#deltas,
        this.#starts[layer],
        this.#nodes[layer],
        out,
        at + this.#weightStarts[layer],
      );
  }

  /**
   * After `forward`.
   * @param v direction in the space of inputs, from `at` on
   * @returns D = v·∂E/∂x
   */
  directional(weights: Float64Array, v: Float64Array, at = 0): number {
    const tangents = this.#tangents;
    const sums = this.#sumTangents;
    const nodes = this.#nodes;
    for (let i = 0; i < this.numInputs; i++) tangents[i] = v[at + i];
    for (let layer = 1; layer < nodes.length; layer++) {
      const outputs = nodes[layer];
      const from = this.#starts[layer];
      for (let t = from; t < from + outputs; t++) sums[t] = 0;
      addProduct(
        weights,
        this.#weightStarts[layer],
        nodes[layer - 1],
        outputs,
        tangents,
        this.#starts[layer - 1],
        sums,
        from,
      );
      scale(sums, from, outputs, this.#scales[layer]);
      for (let t = from; t < from + outputs; t++) tangents[t] = this.#slopes[t] * sums[t];
    }
    return tangents[tangents.length - 1];
  }

  /**
   * Adds factor (∂D/∂w + energy ∂E/∂w) after `forward` and `directional`: with `energy`, two gradients in one pass.
   * @param out changed from `at` on, numWeights numbers
   */
  addDirectionalWeightGradient(
    weights: Float64Array,
    factor: number,
    out: Float64Array,
    at = 0,
    energy = 0,
  ): void {
    const nodes = this.#nodes;
    const slopes = this.#slopes;
    const deltas = this.#deltas;
    const gammas = this.#gammas;
    const last = nodes.length - 1;
    const end = slopes.length - 1;
    deltas[end] = slopes[end];
    gammas[end] = this.#curvatures[end] * this.#sumTangents[end] + energy * slopes[end];
    for (let layer = last; layer >= 1; layer--) {
      const inputs = nodes[layer - 1];
      const outputs = nodes[layer];
      const from = this.#starts[layer - 1];
      const to = this.#starts[layer];
      const start = this.#weightStarts[layer];
      const factorHere = factor * this.#scales[layer];
      addTwoOuter(
        factorHere,
        this.#values,
        this.#tangents,
        from,
        inputs,
        gammas,
        deltas,
        to,
        outputs,
        out,
        at + start,
      );
      if (layer === 1) return;
      transposedProduct(weights, start, inputs, outputs, deltas, to, deltas, from);
      transposedProduct(weights, start, inputs, outputs, gammas, to, gammas, from);
      const s = this.#scales[layer];
      for (let i = from; i < to; i++) {
        gammas[i] = s * (slopes[i] * gammas[i] + this.#curvatures[i] * this.#sumTangents[i] * deltas[i]);
        deltas[i] *= s * slopes[i];
      }
    }
  }

  /** δ of all layers but the inputs. */
  #backwards(weights: Float64Array): void {
    const nodes = this.#nodes;
    const deltas = this.#deltas;
    const slopes = this.#slopes;
    deltas[deltas.length - 1] = slopes[slopes.length - 1];
    for (let layer = nodes.length - 1; layer >= 2; layer--) {
      const from = this.#starts[layer - 1];
      const to = this.#starts[layer];
      transposedProduct(
        weights,
        this.#weightStarts[layer],
        nodes[layer - 1],
        nodes[layer],
        deltas,
        to,
        deltas,
        from,
      );
      const s = this.#scales[layer];
      for (let i = from; i < to; i++) deltas[i] *= s * slopes[i];
    }
  }
}
