import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutRounding } from "../../src/core/units.ts";

describe("energies without rounding", () => {
  it("are what was summed", () => {
    expect(withoutRounding(0.1 + 0.2)).toBe(0.3);
    expect(withoutRounding(-(2 ** -51))).toBe(0);
    expect(Object.is(withoutRounding(-(2 ** -51)), 0)).toBe(true);
  });

  it("of decimal fractions are those fractions, whatever the order of the sum", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 200 }), (parts) => {
        const sum = parts.reduce((energy, part) => energy + part / 1000, 0);
        const exact = parts.reduce((a, b) => a + b, 0) / 1000;
        // 200 roundings of numbers below 200 are 200 * 2^-46 = 3e-12 at most, usually far less.
        expect(Math.abs(withoutRounding(sum) - exact)).toBeLessThan(4e-12);
        if (Math.abs(sum - exact) < 4e-13) expect(withoutRounding(sum)).toBe(exact + 0);
      }),
    );
  });

  it("change nothing that matters", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (energy) => {
        const error = Math.abs(withoutRounding(energy) - energy);
        expect(error).toBeLessThanOrEqual(0.5e-12 + 2 ** -52 * Math.abs(energy));
      }),
    );
  });
});
