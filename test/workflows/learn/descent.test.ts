import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluationFor } from "../../../src/core/calculator.ts";
import { createAnyPotential } from "../../../src/workflows/atoms/create-any-potential.ts";
import { type Descent, descend, milestones } from "../../../src/workflows/learn/descent-task.ts";

describe("milestones of a descent", () => {
  it("stand in equal steps of the logarithm", () => {
    // 100^(1/2) and 100: the start, number 0, is labeled anyway.
    expect(milestones(101, 2)).toEqual([10, 100]);
    expect(milestones(1, 3)).toEqual([]);
    expect(milestones(2, 3)).toEqual([1]);
  });

  it("ascend, none twice, the last at the end", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 3000 }), fc.integer({ min: 1, max: 30 }), (length, count) => {
        const numbers = milestones(length, count);
        expect(numbers.at(-1)).toBe(length - 1);
        expect(numbers.length).toBeLessThanOrEqual(count);
        numbers.forEach((n, k) => {
          expect(n).toBeGreaterThan(k === 0 ? 0 : numbers[k - 1]);
        });
      }),
    );
  });
});

describe("a descent", () => {
  const spec = {
    kind: "lennard-jones",
    title: "test",
    mixing: "lorentz-berthelot",
    cutoff: null,
    pairs: [{ species: ["X", "X"], epsilon_eV: 1, sigma_A: 1 }],
  } as const;
  const flags = () => new Int32Array(new SharedArrayBuffer(4));
  const run = (positions: Float64Array, cancel = flags()) =>
    descend(
      {
        potential: spec,
        settings: {
          method: "l-bfgs",
          forceTolerance: 1e-6,
          energyTolerance: null,
          maxEvaluations: 200,
          maxStep: 0.2,
          cell: "fixed",
          pressure: 0,
        },
        atoms: {
          species: ["X", "X", "X"],
          periodic: [false, false, false],
          positions,
          cell: new Float64Array(9),
          fixed: null,
        },
        count: 4,
      },
      { cancel, progress: flags(), index: 0 },
    );

  it("ends at the minimum: the equilateral triangle of energy -3", () => {
    const { way } = run(Float64Array.of(0, 0, 0, 1.3, 0, 0, 0.4, 1.2, 0.1)) as Descent;
    expect(way.length).toBeGreaterThan(1);
    const calculator = createAnyPotential(spec).calculator({
      species: ["X", "X", "X"],
      periodic: [false, false, false],
    });
    const energies = way.map(({ positions, cell }) => {
      const out = evaluationFor(3);
      calculator.evaluate(positions, cell, out);
      return out.energy;
    });
    expect(energies.at(-1)).toBeCloseTo(-3, 10);
    expect(Math.min(...energies)).toBe(energies.at(-1));
    // Not copies of the end.
    expect(energies[0]).toBeGreaterThan(-3 + 1e-3);
  });

  it("is empty where the potential cannot describe the start", () => {
    expect(run(Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1))).toEqual({ interrupted: false, way: [] });
  });

  it("stops when it is asked to", () => {
    expect(run(Float64Array.of(0, 0, 0, 1.3, 0, 0, 0.4, 1.2, 0.1), flags().fill(1))).toEqual({
      interrupted: true,
    });
  });
});
