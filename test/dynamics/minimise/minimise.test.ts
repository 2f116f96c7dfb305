import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EcitonError } from "../../../src/core/errors.ts";
import { RandomStream } from "../../../src/core/random.ts";
import { MAX_DENSE } from "../../../src/dynamics/minimise/descend.ts";
import { minimise } from "../../../src/dynamics/minimise/minimise.ts";
import type { MinimiseSettings } from "../../../src/dynamics/minimise/minimise-settings.ts";
import { largestBlock, type Objective } from "../../../src/dynamics/minimise/objective.ts";
import { minimisers } from "../../../src/dynamics/minimise/relax-settings.ts";
import { failureOf } from "../../failure.ts";
import { objective, rosenbrock, Witness } from "./objectives.ts";

const settings: Omit<MinimiseSettings, "method"> = {
  residualTolerance: 1e-8,
  valueTolerance: null,
  maxEvaluations: 20_000,
  maxStep: 1,
};

/** ½ (x − m)ᵀ A (x − m), A = Bᵀ B + 1 with random B; its minimum is 0 at m. */
function quadraticForm(size: number, seed: number): { form: Objective; minimum: Float64Array } {
  const random = new RandomStream(seed, 0);
  const b = Float64Array.from({ length: size * size }, () => random.nextNormal());
  const minimum = Float64Array.from({ length: size }, () => random.nextNormal());
  const form = objective(size, (x, gradient) => {
    let value = 0;
    for (let i = 0; i < size; i++) {
      gradient[i] = x[i] - minimum[i];
      value += 0.5 * gradient[i] ** 2;
    }
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += b[row * size + j] * (x[j] - minimum[j]);
      value += 0.5 * sum * sum;
      for (let j = 0; j < size; j++) gradient[j] += sum * b[row * size + j];
    }
    return value;
  });
  return { form, minimum };
}

describe.each(minimisers)("%s", (method) => {
  it("finds the minimum of quadratic forms", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(10_000), (size, seed) => {
        const { form, minimum } = quadraticForm(size, seed);
        const x = new Float64Array(size);
        const result = minimise(form, x, { ...settings, method });
        expect(result.ended).toBe("forces");
        expect(result.residual).toBeLessThanOrEqual(1e-8);
        // The smallest curvature is at least 1, so |x − m| ≤ |gradient| ≤ √size 1e-8.
        for (let i = 0; i < size; i++) expect(Math.abs(x[i] - minimum[i])).toBeLessThan(4e-8);
      }),
      { numRuns: 40 },
    );
  });

  it("goes along Rosenbrock's valley to its end", () => {
    // From the usual start; with ten coordinates from the other side, for there is a local minimum near x_1 = -1.
    for (const start of [[-1.2, 1], new Array(10).fill(2)]) {
      const x = Float64Array.from(start);
      const size = x.length;
      const result = minimise(rosenbrock(size), x, { ...settings, method });
      expect(result.ended).toBe("forces");
      // The smallest curvature at (1, 1, ...) is above 0.2.
      for (const value of x) expect(Math.abs(value - 1)).toBeLessThan(1e-6);
      expect(result.value).toBeLessThan(1e-12);
    }
  });

  it("gives the lowest value seen and never asks for more evaluations than allowed", () => {
    for (const maxEvaluations of [1, 2, 3, 7, 20, 35]) {
      const witness = new Witness(rosenbrock(2));
      const x = Float64Array.of(-1.2, 1);
      const result = minimise(witness, x, { ...settings, method, maxEvaluations });
      expect(witness.values).toHaveLength(maxEvaluations);
      expect(result.evaluations).toBe(maxEvaluations);
      expect(result.ended).toBe("limit");
      expect(result.value).toBe(Math.min(...witness.values));
      expect(witness.places[witness.values.indexOf(result.value)]).toEqual(x);
      const gradient = new Float64Array(2);
      expect(rosenbrock(2).evaluate(x, gradient)).toBe(result.value);
      expect(result.gradient).toEqual(gradient);
    }
  });

  it("gives the lowest value seen among bumps as well", () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = new RandomStream(seed, 3);
      const bumps = Float64Array.from({ length: 3 }, () => 2 + 6 * random.nextFloat());
      const witness = new Witness(
        objective(3, (x, gradient) => {
          let value = 0;
          for (let i = 0; i < 3; i++) {
            const next = x[(i + 1) % 3];
            value += Math.sin(bumps[i] * x[i] + next) + 0.05 * x[i] ** 2;
          }
          for (let i = 0; i < 3; i++) {
            const last = (i + 2) % 3;
            gradient[i] =
              bumps[i] * Math.cos(bumps[i] * x[i] + x[(i + 1) % 3]) +
              Math.cos(bumps[last] * x[last] + x[i]) +
              0.1 * x[i];
          }
          return value;
        }),
      );
      const x = Float64Array.from({ length: 3 }, () => 4 * random.nextFloat() - 2);
      const result = minimise(witness, x, { ...settings, method, maxEvaluations: 500 });
      // Sums of six numbers of order 1.
      expect(result.value - Math.min(...witness.values)).toBeLessThan(1e-12);
    }
  });

  it("moves no block farther in one step than the limit", () => {
    const size = 9;
    const { form } = quadraticForm(size, 3);
    const steep: Objective = { ...form, block: 3 };
    const witness = new Witness(steep);
    const maxStep = 0.07;
    const x = new Float64Array(size).fill(2);
    expect(minimise(witness, x, { ...settings, method, maxStep }).ended).toBe("forces");
    // A step begins at an earlier place, in FIRE at the last one.
    const step = new Float64Array(size);
    for (let k = 1; k < witness.places.length; k++) {
      const begins = method === "fire" ? [k - 1] : Array.from({ length: k }, (_, j) => j);
      const shortest = Math.min(
        ...begins.map((j) => {
          for (let i = 0; i < size; i++) step[i] = witness.places[k][i] - witness.places[j][i];
          return largestBlock(step, 3);
        }),
      );
      expect(shortest).toBeLessThanOrEqual(maxStep * (1 + 1e-12));
    }
  });

  it("ends by the change of the value near the minimum", () => {
    const { form } = quadraticForm(8, 5);
    const result = minimise(form, new Float64Array(8), {
      ...settings,
      method,
      residualTolerance: null,
      valueTolerance: 1e-6,
    });
    expect(result.ended).toBe("energy");
    // The steps of all methods shrink the distance by a good share each here; ten steps are left at most.
    expect(result.value).toBeLessThan(1e-5);
  });

  it("turns back from where there is no value", () => {
    // x − ln x: its minimum is 1 at 1; steps of up to 3 from 5 lead out of its domain.
    const half = objective(1, (x, gradient) => {
      gradient[0] = 1 - 1 / x[0];
      return x[0] > 0 ? x[0] - Math.log(x[0]) : Number.POSITIVE_INFINITY;
    });
    const x = Float64Array.of(5);
    const result = minimise(half, x, { ...settings, method, maxStep: 3 });
    expect(result.ended).toBe("forces");
    expect(Math.abs(x[0] - 1)).toBeLessThan(1e-7);
  });

  it("stays where the gradient is zero", () => {
    const { form, minimum } = quadraticForm(5, 9);
    const x = minimum.slice();
    const result = minimise(form, x, { ...settings, method, residualTolerance: null });
    expect(result).toMatchObject({ ended: "forces", evaluations: 1, steps: 0, value: 0 });
    expect(x).toEqual(minimum);
  });

  it("tells the step at which the objective failed, and leaves the last place that it accepted", () => {
    const { form } = quadraticForm(6, 11);
    let asked = 0;
    const failing: Objective = {
      ...form,
      evaluate: (x, gradient) => {
        if (++asked === 4) throw new EcitonError("data", "atoms 1 and 2 coincide", { atoms: [0, 1] });
        return form.evaluate(x, gradient);
      },
    };
    const witness = new Witness(failing);
    const x = new Float64Array(6);
    const error = failureOf(() => minimise(witness, x, { ...settings, method }));
    expect(error.code).toBe("data");
    expect(error.message).toContain("atoms 1 and 2 coincide");
    expect(error.details).toMatchObject({ atoms: [0, 1], evaluation: 4 });
    expect(error.details.step).toBeGreaterThan(0);
    expect(error.message).toContain(`step ${error.details.step} of ${method}`);
    expect(witness.places.some((place) => place.every((value, i) => value === x[i]))).toBe(true);
  });
});

describe("where no lower value can be found", () => {
  // |x| has no flat place: rounding ends the search at the kink.
  const kink = objective(1, (x, gradient) => {
    gradient[0] = x[0] < 0 ? -1 : 1;
    return Math.abs(x[0]);
  });

  it.each(["conjugate-gradient", "bfgs", "l-bfgs"] as const)("%s says that it is stuck", (method) => {
    const x = Float64Array.of(0.3);
    const result = minimise(kink, x, { ...settings, method });
    expect(result.ended).toBe("stuck");
    expect(result.residual).toBe(1);
    expect(Math.abs(x[0])).toBeLessThan(1e-3);
  });
});

describe("bfgs", () => {
  it("refuses more coordinates than its matrix should have", () => {
    const size = MAX_DENSE + 3;
    const large = objective(size, () => 0);
    const error = failureOf(() => minimise(large, new Float64Array(size), { ...settings, method: "bfgs" }));
    expect(error.code).toBe("study");
    expect(error.message).toContain("500 atoms");
  });
});
