/** The covariance of a Kalman filter by the plain formulas. */
import type { Covariance } from "./kalman.ts";

export class ReferenceCovariance implements Covariance {
  readonly size: number;
  readonly ld: number;
  readonly jacobian: Float64Array;
  readonly products: Float64Array;
  readonly gains: Float64Array;
  readonly #p: Float64Array;

  constructor(size: number, columns: number, diagonal: number) {
    this.size = size;
    this.ld = size;
    this.jacobian = new Float64Array(size * columns);
    this.products = new Float64Array(size * columns);
    this.gains = new Float64Array(size * columns);
    this.#p = new Float64Array((size * (size + 1)) / 2);
    for (let i = 0; i < size; i++) this.#p[(i * (i + 3)) / 2] = diagonal;
  }

  multiply(columns: number): void {
    const n = this.size;
    this.products.fill(0, 0, n * columns);
    for (let c = 0; c < n * columns; c += n)
      for (let i = 0, at = 0; i < n; i++)
        for (let j = 0; j <= i; j++, at++) {
          this.products[c + i] += this.#p[at] * this.jacobian[c + j];
          if (j < i) this.products[c + j] += this.#p[at] * this.jacobian[c + i];
        }
  }

  subtract(columns: number, factor: number, noise: number): void {
    const n = this.size;
    for (let i = 0, at = 0; i < n; i++)
      for (let j = 0; j <= i; j++, at++) {
        for (let c = 0; c < n * columns; c += n) this.#p[at] -= this.gains[c + i] * this.products[c + j];
        this.#p[at] *= factor;
        if (i === j) this.#p[at] += noise;
      }
  }

  meanVariance(): number {
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum += this.#p[(i * (i + 3)) / 2];
    return sum / this.size;
  }

  triangle(): Float64Array {
    return this.#p.slice();
  }

  setTriangle(triangle: Float64Array): void {
    this.#p.set(triangle);
  }
}
