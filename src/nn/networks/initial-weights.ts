/** Weights to begin a training with. */
import type { RandomStream } from "../../core/random.ts";
import { type Network, numWeights } from "./network.ts";

export type InitialWeights =
  /** Weights and biases uniform from min to max. */
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  /**
   * Weights uniform within ±√(6 / (inputs + outputs)) of each layer, biases 0: sums and slopes keep their variance from
   * layer to layer. (n2p2 does so by default for layers of tanh alone; its other weights stay within ±1.)
   */
  | { readonly kind: "glorot" }
  /**
   * Uniform within ±1, then in each hidden layer the weights into a node scaled to length β = 0.7 outputs^(1/inputs) and
   * its bias multiplied with β, both doubled for tanh, so that nodes share out the range of their inputs. Of the output
   * node the first weight is halved, which n2p2 does and its users are used to.
   */
  | { readonly kind: "nguyen-widrow" };

/**
 * @param random draws one number for each weight and bias, in their order
 * @see Glorot, Bengio, Proc. 13th Int. Conf. on Artificial Intelligence and Statistics, 249 (2010); Nguyen, Widrow, Proc.
 *   Int. Joint Conf. on Neural Networks 3, 21 (1990); n2p2's nguyen_widrow_weights_short
 */
export function initialWeights(
  { nodes, activations }: Pick<Network, "nodes" | "activations">,
  scheme: InitialWeights,
  random: RandomStream,
): Float64Array {
  const [min, max] = scheme.kind === "uniform" ? [scheme.min, scheme.max] : [-1, 1];
  const weights = Float64Array.from(
    { length: numWeights(nodes) },
    () => min + (max - min) * random.nextFloat(),
  );
  if (scheme.kind === "uniform") return weights;
  let start = 0;
  for (let layer = 1; layer < nodes.length; layer++) {
    const [inputs, outputs] = [nodes[layer - 1], nodes[layer]];
    const biases = start + inputs * outputs;
    if (scheme.kind === "glorot") {
      const width = Math.sqrt(6 / (inputs + outputs));
      for (let k = start; k < biases; k++) weights[k] *= width;
      weights.fill(0, biases, biases + outputs);
    } else if (layer < nodes.length - 1) {
      const beta = 0.7 * outputs ** (1 / inputs) * (activations[layer - 1] === "tanh" ? 2 : 1);
      for (let t = 0; t < outputs; t++) {
        let squares = 0;
        for (let k = start + t; k < biases; k += outputs) squares += weights[k] ** 2;
        for (let k = start + t; k < biases; k += outputs) weights[k] *= beta / Math.sqrt(squares);
        weights[biases + t] *= beta;
      }
    } else weights[start] *= 0.5;
    start = biases + outputs;
  }
  return weights;
}
