/**
 * Adam: steps along the gradient g = −(1/m) Σ ξ_c h_c of half the mean squared error of m candidates, each weight at its
 * own scale:
 *   a ← β₁ a + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   w ← w − η √(1 − β₂ᵗ)/(1 − β₁ᵗ) a / (√v + ε)
 * @see Kingma, Ba, arXiv:1412.6980 (2014), the order of operations of section 2's last paragraph, as n2p2 has it
 */
import { EcitonError } from "../../core/errors.ts";
import type { AdamSettings } from "./training-settings.ts";
import type { OptimiserState, WeightOptimiser } from "./weight-optimiser.ts";

export class Adam implements WeightOptimiser {
  readonly #settings: AdamSettings;
  readonly #rows: Float64Array;
  readonly #size: number;
  /** Running means of the gradient and of its square. */
  #first: Float64Array;
  #second: Float64Array;
  #updates = 0;

  /** @param columns candidates of an update, at most */
  constructor(settings: AdamSettings, size: number, columns: number) {
    this.#settings = settings;
    this.#size = size;
    this.#rows = new Float64Array(columns * size);
    this.#first = new Float64Array(size);
    this.#second = new Float64Array(size);
  }

  row(column: number): Float64Array {
    return this.#rows.subarray(column * this.#size, (column + 1) * this.#size);
  }

  update(columns: number, errors: Float64Array, weights: Float64Array): void {
    const { beta1, beta2, epsilon, eta } = this.#settings;
    const t = ++this.#updates;
    const step = (eta * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    const rows = this.#rows;
    const first = this.#first;
    const second = this.#second;
    for (let i = 0; i < this.#size; i++) {
      let gradient = 0;
      for (let c = 0; c < columns; c++) gradient -= errors[c] * rows[c * this.#size + i];
      gradient /= columns;
      first[i] = beta1 * first[i] + (1 - beta1) * gradient;
      second[i] = beta2 * second[i] + (1 - beta2) * gradient * gradient;
      weights[i] -= (step * first[i]) / (Math.sqrt(second[i]) + epsilon);
    }
  }

  facts(): Record<string, number> {
    return { eta: this.#settings.eta, updates: this.#updates };
  }

  state(): OptimiserState {
    return {
      method: "adam",
      numbers: { updates: this.#updates },
      arrays: [this.#first.slice(), this.#second.slice()],
    };
  }

  restore({ method, numbers, arrays }: OptimiserState): void {
    if (method !== "adam" || arrays.length !== 2 || arrays.some(({ length }) => length !== this.#size))
      throw new EcitonError(
        "data",
        `the checkpoint is of ${method}, expected Adam with ${this.#size} weights; begin anew without --resume`,
      );
    this.#updates = numbers.updates;
    this.#first = arrays[0].slice();
    this.#second = arrays[1].slice();
  }
}
