/** A feed-forward network as plain data. */

/** By n2p2's letters; the formulas stand in activations.ts. */
export const activations = [
  "linear",
  "tanh",
  "logistic",
  "softplus",
  "relu",
  "gaussian",
  "cosine",
  "reverse-logistic",
  "exponential",
  "harmonic",
] as const;
export type Activation = (typeof activations)[number];

export interface Network {
  /** Nodes of each layer, inputs and output included: [39, 16, 16, 1]. */
  readonly nodes: readonly number[];
  /** Of each layer but the inputs. */
  readonly activations: readonly Activation[];
  /** Whether each node's sum is divided by the number of its inputs (n2p2's normalize_nodes). */
  readonly normaliseNodes: boolean;
  /**
   * Layer after layer: for each source node the weights to all targets, then the biases of the targets. The order of n2p2's
   * weight files, and of Jacobians.
   */
  readonly weights: Float64Array;
}

/** Weights and biases of a network with these nodes. */
export function numWeights(nodes: readonly number[]): number {
  let count = 0;
  for (let layer = 1; layer < nodes.length; layer++) count += (nodes[layer - 1] + 1) * nodes[layer];
  return count;
}
