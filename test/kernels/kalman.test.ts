import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.ts";
import {
  CompiledCovariance,
  type Covariance,
  type CovariancePass,
  CovarianceWorker,
  covarianceMemory,
  planCovariance,
} from "../../src/kernels/kalman.ts";
import { ReferenceCovariance } from "../../src/kernels/kalman-reference.ts";

function compiled(size: number, columns: number, diagonal: number): CompiledCovariance {
  const plan = planCovariance(size, columns);
  return new CompiledCovariance(plan, covarianceMemory(plan), diagonal);
}

/** Puts the same random numbers into the columns of all. */
function fill(covariances: readonly Covariance[], of: "jacobian" | "gains", columns: number, seed: number) {
  const random = new RandomStream(seed, 0);
  const { size } = covariances[0];
  for (let c = 0; c < columns; c++)
    for (let i = 0; i < size; i++) {
      const value = random.nextNormal();
      for (const covariance of covariances) covariance[of][c * covariance.ld + i] = value;
    }
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference = Math.max(difference, Math.abs(a[i] - b[i]));
  return difference;
};

const product = (covariance: Covariance, column: number) =>
  covariance.products.subarray(column * covariance.ld, column * covariance.ld + covariance.size);

describe("covariance of a Kalman filter", () => {
  // Sizes around the groups of four rows, the chunks of 256 columns and the split into parts.
  const sizes = [1, 2, 3, 4, 5, 8, 9, 63, 128, 129, 255, 261, 530, 745];

  it.each(sizes)("%i weights: products and what is taken off equal the plain formulas", (size) => {
    for (const [columns, factor, noise] of [
      [1, 1, 0.25],
      [3, 1, 0],
      [1, 1.04, 0.5],
      [2, 1.04, 0.125],
    ]) {
      const both = [compiled(size, columns, 3), new ReferenceCovariance(size, columns, 3)];
      for (let update = 0; update < 3; update++) {
        fill(both, "jacobian", columns, 10 * update + size);
        for (const covariance of both) covariance.multiply(columns);
        for (let c = 0; c < columns; c++) {
          const [x, y] = both.map((covariance) => product(covariance, c));
          const scale = Math.max(...y.map(Math.abs));
          // Sums of `size` terms in another order.
          expect(largest(x, y)).toBeLessThan(1e-15 * size * scale + 1e-14 * scale);
          expect(scale).toBeGreaterThan(0);
        }
        fill(both, "gains", columns, 10 * update + size + 5);
        // The products of one are the products of both, so that what follows depends on the same numbers.
        for (let c = 0; c < columns; c++) product(both[0], c).set(product(both[1], c));
        for (const covariance of both) covariance.subtract(columns, factor, noise);
      }
      const [a, b] = both.map((covariance) => covariance.triangle());
      expect(a.length).toBe((size * (size + 1)) / 2);
      const scale = Math.max(...Array.from(b.subarray(0, 5000), Math.abs));
      expect(largest(a, b)).toBeLessThan(1e-13 * scale);
      expect(both[0].meanVariance()).toBeCloseTo(both[1].meanVariance(), 8);
    }
  });

  it("takes off with the next product what it takes off alone, to the last bit", () => {
    const [together, apart] = [compiled(530, 2, 5), compiled(530, 2, 5)];
    for (let update = 0; update < 4; update++) {
      const columns = 1 + (update % 2);
      fill([together, apart], "jacobian", columns, update);
      for (const covariance of [together, apart]) covariance.multiply(columns);
      expect(largest(together.products, apart.products)).toBe(0);
      fill([together, apart], "gains", columns, 50 + update);
      for (const covariance of [together, apart]) covariance.subtract(columns, update === 3 ? 1.1 : 1, 0.1);
      apart.triangle();
    }
    expect(largest(together.triangle(), apart.triangle())).toBe(0);
  });

  it("goes on from a triangle that was handed out as if nothing had happened", () => {
    const [first, second] = [compiled(261, 1, 2), compiled(261, 1, 7)];
    fill([first], "jacobian", 1, 1);
    first.multiply(1);
    fill([first], "gains", 1, 2);
    first.subtract(1, 1, 0.5);
    second.setTriangle(first.triangle());
    fill([first, second], "jacobian", 1, 3);
    for (const covariance of [first, second]) covariance.multiply(1);
    expect(second.products).toEqual(first.products);
  });

  it("gives the same bits whoever carries out the parts, in whatever order", () => {
    const size = 1100;
    const plan = planCovariance(size, 1);
    expect(plan.parts.length).toBeGreaterThan(3);
    const memory = covarianceMemory(plan);
    const helpers = [0, 1, 2].map(() => new CovarianceWorker(plan, memory));
    const passes: number[] = [];
    const share = (pass: CovariancePass) => {
      for (let part = plan.parts.length - 2; part >= 0; part--) {
        helpers[part % 3].run(part, pass);
        passes.push(part);
      }
    };
    const shared = new CompiledCovariance(plan, memory, 5, share);
    const alone = compiled(size, 1, 5);
    for (let update = 0; update < 3; update++) {
      fill([shared, alone], "jacobian", 1, update);
      for (const covariance of [shared, alone]) covariance.multiply(1);
      fill([shared, alone], "gains", 1, 9 + update);
      for (const covariance of [shared, alone]) covariance.subtract(1, 1, 0.1);
    }
    expect(largest(shared.triangle(), alone.triangle())).toBe(0);
    expect(passes.length).toBe(4 * (plan.parts.length - 1));
  });
});
