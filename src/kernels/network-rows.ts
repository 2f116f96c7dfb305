/**
 * Passes through one network for many atoms at once, as products of matrices: energies, directional derivatives, and the
 * sum over atoms of their derivatives by the weights. nn/networks/feed-forward.ts has the formulas and the plain code.
 *
 * Weights and biases into a layer are one matrix W, biases as its last row, for which each row of values ends in a 1 (in a 0
 * for tangents): Z = A W, derivatives by the weights are Aᵀ Γ + Ȧᵀ Δ, and those by the values of the layer before are Γ Wᵀ.
 */
import { Layout } from "./layout.ts";
import { instantiateKernel } from "./load.ts";

/** Atoms of a pass: few enough for the innermost cache. */
export const ROWS_OF_PASS = 32;

export interface RowNetwork {
  /** Of each layer, inputs and the one output included. */
  readonly nodes: readonly number[];
  /** Of each layer but the inputs, by their number in the list of nn/networks/network.ts. */
  readonly activations: readonly number[];
  readonly normaliseNodes: boolean;
}

export interface RowPass {
  /** Rows of atoms, at most ROWS_OF_PASS. */
  readonly rows: number;
  /** Whether there are directions; without them D is 0. */
  readonly tangents: boolean;
  /** Adds ∂(D + energy E)/∂w of all rows to the gradient; null: values alone. */
  readonly gradient: { readonly energy: number } | null;
}

interface RowExports {
  product(
    m: number,
    k: number,
    n: number,
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bRow: number,
    c: number,
    cRow: number,
    add: boolean,
  ): void;
  activateRows(
    kind: number,
    rows: number,
    width: number,
    row: number,
    nodes: number,
    at: number,
    slopes: number,
    curvatures: number,
    bend: boolean,
  ): void;
  multiplyRows(bytes: number, x: number, y: number, out: number): void;
  bendRows(
    bytes: number,
    byValues: number,
    byTangents: number,
    slopes: number,
    curvatures: number,
    tangents: number,
  ): void;
}

const fours = (count: number) => 4 * Math.ceil(count / 4);

/** Addresses of what belongs to a layer; of the inputs, values and tangents alone. */
interface Layer {
  readonly nodes: number;
  /** Nodes with their padding, and doubles of a row, which has room for the 1 behind the nodes. */
  readonly width: number;
  readonly row: number;
  readonly values: number;
  readonly tangents: number;
  readonly slopes: number;
  readonly curvatures: number;
  readonly sumTangents: number;
  /** Derivatives by values and by tangents, then by sums and their tangents. */
  readonly byValues: number;
  readonly byTangents: number;
  /** Weights into the layer, `width` doubles a row; the same turned round, of the layer before; their derivatives. */
  readonly weights: number;
  readonly turned: number;
  readonly gradient: number;
}

export class CompiledNetworkRows {
  readonly numInputs: number;
  /** Doubles of a row of `inputs` and `directions`. */
  readonly inputRow: number;
  /** The caller writes the inputs and the directions of each atom, numInputs from row · inputRow on. */
  readonly inputs: Float64Array;
  readonly directions: Float64Array;
  /** Of the last pass: sum of the outputs E, and of D. */
  energy = 0;
  directional = 0;
  readonly #network: RowNetwork;
  readonly #layers: readonly Layer[];
  readonly #exports: RowExports;
  readonly #memory: Float64Array;

  constructor(network: RowNetwork) {
    const { nodes } = network;
    const layout = new Layout("take smaller networks");
    this.#network = network;
    this.#layers = nodes.map((count, l): Layer => {
      const width = fours(count);
      const row = fours(count + 1);
      const before = l === 0 ? 0 : nodes[l - 1];
      const block = () => layout.doubles(ROWS_OF_PASS * row);
      return {
        nodes: count,
        width,
        row,
        values: block(),
        tangents: block(),
        slopes: block(),
        curvatures: block(),
        sumTangents: block(),
        byValues: block(),
        byTangents: block(),
        weights: layout.doubles(fours(before + 1) * width),
        turned: layout.doubles(width * fours(before)),
        gradient: layout.doubles(fours(before + 1) * width),
      };
    });
    const { exports, memory } = instantiateKernel<RowExports>("network-rows", layout.bytes);
    this.#exports = exports;
    this.#memory = new Float64Array(memory.buffer);
    const [first] = this.#layers;
    this.numInputs = first.nodes;
    this.inputRow = first.row;
    this.inputs = this.#block(first.values, ROWS_OF_PASS * first.row);
    this.directions = this.#block(first.tangents, ROWS_OF_PASS * first.row);
    for (let row = 0; row < ROWS_OF_PASS; row++) this.inputs[row * first.row + first.nodes] = 1;
  }

  /** @param weights in the order of nn/networks/network.ts */
  setWeights(weights: Float64Array): void {
    const memory = this.#memory;
    let from = 0;
    for (let l = 1; l < this.#layers.length; l++) {
      const { nodes, width, ...layer } = this.#layers[l];
      const inputs = this.#layers[l - 1].nodes;
      const turnedRow = this.#layers[l - 1].width;
      const scale = this.#scale(l);
      for (let s = 0; s <= inputs; s++)
        for (let t = 0; t < nodes; t++) {
          const w = scale * weights[from++];
          memory[layer.weights / 8 + s * width + t] = w;
          if (s < inputs) memory[layer.turned / 8 + t * turnedRow + s] = w;
        }
    }
  }

  run({ rows, tangents, gradient }: RowPass): void {
    const padded = fours(rows);
    for (let l = 1; l < this.#layers.length; l++) this.#forward(l, padded, tangents, gradient !== null);
    const last = this.#layers[this.#layers.length - 1];
    this.energy = this.#sum(last.values, last.row, rows);
    this.directional = tangents ? this.#sum(last.tangents, last.row, rows) : 0;
    if (!gradient) return;
    this.#block(last.byValues, ROWS_OF_PASS * last.row).fill(0);
    this.#block(last.byTangents, ROWS_OF_PASS * last.row).fill(0);
    for (let row = 0; row < rows; row++) {
      this.#memory[last.byValues / 8 + row * last.row] = gradient.energy;
      if (tangents) this.#memory[last.byTangents / 8 + row * last.row] = 1;
    }
    for (let l = this.#layers.length - 1; l > 0; l--) this.#backward(l, padded, tangents);
  }

  /** Adds factor times the gradient that passes have summed to out, from `at` on, and begins anew. */
  takeGradient(factor: number, out: Float64Array, at: number): void {
    const memory = this.#memory;
    let to = at;
    for (let l = 1; l < this.#layers.length; l++) {
      const { nodes, width, gradient } = this.#layers[l];
      const inputs = this.#layers[l - 1].nodes;
      const scale = factor * this.#scale(l);
      for (let s = 0; s <= inputs; s++)
        for (let t = 0; t < nodes; t++) out[to++] += scale * memory[gradient / 8 + s * width + t];
      this.#block(gradient, fours(inputs + 1) * width).fill(0);
    }
  }

  #forward(l: number, rows: number, tangents: boolean, bend: boolean): void {
    const { product, activateRows, multiplyRows } = this.#exports;
    const before = this.#layers[l - 1];
    const { nodes, width, row, ...layer } = this.#layers[l];
    const [k, from, to] = [before.nodes + 1, 8 * before.row, 8 * row];
    product(rows, k, width, before.values, from, 8, layer.weights, 8 * width, layer.values, to, false);
    activateRows(
      this.#network.activations[l - 1],
      rows,
      8 * width,
      to,
      nodes,
      layer.values,
      layer.slopes,
      layer.curvatures,
      bend,
    );
    if (!tangents) return;
    product(rows, k, width, before.tangents, from, 8, layer.weights, 8 * width, layer.sumTangents, to, false);
    multiplyRows(rows * to, layer.sumTangents, layer.slopes, layer.tangents);
  }

  #backward(l: number, rows: number, tangents: boolean): void {
    const { product, multiplyRows, bendRows } = this.#exports;
    const before = this.#layers[l - 1];
    const { nodes, width, row, byValues, byTangents, ...layer } = this.#layers[l];
    const [from, to] = [8 * before.row, 8 * row];
    if (tangents)
      bendRows(rows * to, byValues, byTangents, layer.slopes, layer.curvatures, layer.sumTangents);
    else multiplyRows(rows * to, byValues, layer.slopes, byValues);
    // A transposed: its rows are the nodes of the layer before and the 1 behind them.
    const m = fours(before.nodes + 1);
    product(m, rows, width, before.values, 8, from, byValues, to, layer.gradient, 8 * width, true);
    if (tangents)
      product(m, rows, width, before.tangents, 8, from, byTangents, to, layer.gradient, 8 * width, true);
    if (l === 1) return;
    const n = before.width;
    product(rows, nodes, n, byValues, to, 8, layer.turned, 8 * n, before.byValues, from, false);
    if (tangents)
      product(rows, nodes, n, byTangents, to, 8, layer.turned, 8 * n, before.byTangents, from, false);
  }

  /** Part of the weights rather than of sums, which are divided by the number of inputs. */
  #scale(l: number): number {
    return this.#network.normaliseNodes ? 1 / this.#layers[l - 1].nodes : 1;
  }

  #block(at: number, length: number): Float64Array {
    return this.#memory.subarray(at / 8, at / 8 + length);
  }

  #sum(at: number, row: number, rows: number): number {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += this.#memory[at / 8 + i * row];
    return sum;
  }
}
