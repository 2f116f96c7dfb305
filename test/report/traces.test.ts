import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocks, tracesFigure } from "../../src/report/plots/traces.ts";

describe("blocks of a trace", () => {
  it("keeps a short trace as it is", () => {
    expect(blocks({ step: [0, 10, 20], energy: [3, 1, 2] })).toEqual([
      { step: 0, mean: 3, low: 3, high: 3 },
      { step: 10, mean: 1, low: 1, high: 1 },
      { step: 20, mean: 2, low: 2, high: 2 },
    ]);
  });

  it("averages equal blocks by hand", () => {
    expect(blocks({ step: [0, 1, 2, 3], energy: [1, 3, 5, 9] }, 2)).toEqual([
      { step: 0.5, mean: 2, low: 1, high: 3 },
      { step: 2.5, mean: 7, low: 5, high: 9 },
    ]);
  });

  it("keeps the extremes and the order for any trace", () => {
    const energies = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(energies, fc.integer({ min: 1, max: 40 }), (energy, most) => {
        const result = blocks({ step: energy.map((_, i) => i), energy }, most);
        expect(result.length).toBe(Math.min(most, energy.length));
        expect(Math.min(...result.map((b) => b.low))).toBe(Math.min(...energy));
        expect(Math.max(...result.map((b) => b.high))).toBe(Math.max(...energy));
        result.forEach((b, i) => {
          // A sum of 300 numbers of size 50 carries a rounding error below 300 * 50 * 2^-52.
          expect(b.mean).toBeGreaterThanOrEqual(b.low - 4e-12);
          expect(b.mean).toBeLessThanOrEqual(b.high + 4e-12);
          if (i > 0) expect(b.step).toBeGreaterThan(result[i - 1].step);
        });
      }),
    );
  });

  it("refuses a trace with NaN or with lists of unequal length", () => {
    const chain = { name: "A", panel: "p", series: "300 K", temperature_K: 300, steps: 2 };
    const figure = (step: number[], energy: number[]) => () =>
      tracesFigure([{ ...chain, trace: { step, energy } }], "eV");
    expect(figure([0, 1], [1, Number.NaN])).toThrow("traces, chain A, row 2: energy is NaN");
    expect(figure([0, 1], [1])).toThrow("2 steps but 1 energies");
  });

  it("are drawn for hundreds of replicas", () => {
    const chain = { panel: "p", series: "300 K", temperature_K: 300, steps: 1000 };
    const step = Array.from({ length: 1000 }, (_, i) => i);
    const trace = { step, energy: step.map((i) => i % 7) };
    const chains = Array.from({ length: 900 }, (_, i) => ({ ...chain, name: `replica ${i}`, trace }));
    expect(tracesFigure(chains, "eV").panels).toHaveLength(1);
  }, 60_000);
});
