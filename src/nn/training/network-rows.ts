/**
 * Sums over atoms of one element, each with values of its symmetry functions and perhaps a direction v in their space: of
 * E, of D = v · ∂E/∂G, and of their derivatives by the weights. What rows of Jacobians consist of.
 */
import { CompiledNetworkRows, ROWS_OF_PASS } from "../../kernels/network-rows.ts";
import { activations, type Network } from "../networks/network.ts";
import type { LinearScaling } from "../symmetry-functions/scaling.ts";
import type { ScaledNetwork } from "./scaled-network.ts";

/** What is summed. */
export interface RowSums {
  /** Whether atoms have directions; without them D is 0. */
  readonly directions: boolean;
  /** Sums ∂(D + energy E)/∂w; null: values alone. */
  readonly gradient: { readonly energy: number } | null;
}

export interface NetworkRows {
  /** Sums since `begin`, after `end`. */
  readonly energy: number;
  readonly directional: number;
  /** Of the atom that is added next, unscaled; the caller writes it. */
  readonly direction: Float64Array;
  /** To be told whenever the weights were changed. */
  takeWeights(): void;
  begin(sums: RowSums): void;
  /** @param values of the functions of the atom, from `at` on */
  add(values: Float64Array, at: number): void;
  /** Adds factor times the summed gradient, if there is one, to out from `at` on. */
  end(factor: number, out: Float64Array | null, at: number): void;
}

const NOTHING: RowSums = { directions: false, gradient: null };

/** Atom by atom. */
export class PlainNetworkRows implements NetworkRows {
  energy = 0;
  directional = 0;
  readonly direction: Float64Array;
  readonly #network: ScaledNetwork;
  readonly #gradient: Float64Array;
  #sums = NOTHING;

  constructor(network: ScaledNetwork, numWeights: number) {
    this.#network = network;
    this.direction = new Float64Array(network.numFunctions);
    this.#gradient = new Float64Array(numWeights);
  }

  /** Nothing to do: the network sees them. */
  takeWeights(): void {}

  begin(sums: RowSums): void {
    this.#sums = sums;
    this.energy = 0;
    this.directional = 0;
  }

  add(values: Float64Array, at: number): void {
    const { directions, gradient } = this.#sums;
    const network = this.#network;
    this.energy += network.energy(values, at);
    if (directions) this.directional += network.directional(this.direction);
    if (!gradient) return;
    if (directions) network.addDirectionalWeightGradient(gradient.energy, this.#gradient);
    else network.addWeightGradient(gradient.energy, this.#gradient);
  }

  end(factor: number, out: Float64Array | null, at: number): void {
    if (!out) return;
    const gradient = this.#gradient;
    for (let k = 0; k < gradient.length; k++) out[at + k] += factor * gradient[k];
    gradient.fill(0);
  }
}

/** By the kernel, many atoms at once. */
export class BatchedNetworkRows implements NetworkRows {
  energy = 0;
  directional = 0;
  readonly direction: Float64Array;
  readonly #kernel: CompiledNetworkRows;
  readonly #scaling: LinearScaling;
  readonly #weights: Float64Array;
  #sums = NOTHING;
  #waiting = 0;

  constructor(network: Omit<Network, "weights">, scaling: LinearScaling, weights: Float64Array) {
    this.#kernel = new CompiledNetworkRows({
      ...network,
      activations: network.activations.map((name) => activations.indexOf(name)),
    });
    this.#scaling = scaling;
    this.#weights = weights;
    this.direction = new Float64Array(this.#kernel.numInputs);
    this.takeWeights();
  }

  takeWeights(): void {
    this.#kernel.setWeights(this.#weights);
  }

  begin(sums: RowSums): void {
    this.#sums = sums;
    this.#waiting = 0;
    this.energy = 0;
    this.directional = 0;
  }

  add(values: Float64Array, at: number): void {
    const { base, factor, origin } = this.#scaling;
    const { inputs, directions, inputRow } = this.#kernel;
    const row = this.#waiting * inputRow;
    for (let g = 0; g < factor.length; g++) inputs[row + g] = base + factor[g] * (values[at + g] - origin[g]);
    if (this.#sums.directions)
      for (let g = 0; g < factor.length; g++) directions[row + g] = factor[g] * this.direction[g];
    if (++this.#waiting === ROWS_OF_PASS) this.#pass();
  }

  end(factor: number, out: Float64Array | null, at: number): void {
    if (this.#waiting > 0) this.#pass();
    if (out) this.#kernel.takeGradient(factor, out, at);
  }

  #pass(): void {
    const { directions: tangents, gradient } = this.#sums;
    this.#kernel.run({ rows: this.#waiting, tangents, gradient });
    this.energy += this.#kernel.energy;
    this.directional += this.#kernel.directional;
    this.#waiting = 0;
  }
}
