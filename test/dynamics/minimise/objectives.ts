/** Functions with known minima, and a witness of where they were asked. */
import { largestBlock, type Objective } from "../../../src/dynamics/minimise/objective.ts";

export function objective(
  size: number,
  evaluate: (x: Float64Array, gradient: Float64Array) => number,
  block = 1,
): Objective {
  return { size, block, evaluate, residual: (_, gradient) => largestBlock(gradient, block) };
}

/** Σ_i 100 (x_{i+1} − x_i²)² + (1 − x_i)²; its minimum is 0 at (1, 1, ...). Rosenbrock, Comput. J. 3, 175 (1960). */
export function rosenbrock(size: number): Objective {
  return objective(size, (x, gradient) => {
    gradient.fill(0);
    let value = 0;
    for (let i = 0; i + 1 < size; i++) {
      const bend = x[i + 1] - x[i] * x[i];
      value += 100 * bend * bend + (1 - x[i]) ** 2;
      gradient[i] += -400 * bend * x[i] - 2 * (1 - x[i]);
      gradient[i + 1] += 200 * bend;
    }
    return value;
  });
}

/** Remembers every place that was asked for, and the value there. */
export class Witness implements Objective {
  readonly size: number;
  readonly block: number;
  readonly places: Float64Array[] = [];
  readonly values: number[] = [];
  readonly #of: Objective;

  constructor(of: Objective) {
    this.size = of.size;
    this.block = of.block;
    this.#of = of;
  }

  evaluate(x: Float64Array, gradient: Float64Array): number {
    const value = this.#of.evaluate(x, gradient);
    this.places.push(x.slice());
    this.values.push(value);
    return value;
  }

  residual(x: Float64Array, gradient: Float64Array): number {
    return this.#of.residual(x, gradient);
  }
}
